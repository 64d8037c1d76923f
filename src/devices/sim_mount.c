/* sim_mount.c - the mechanics of a simulated mount: two axes that slew, track, drift, park; its clock; its faults.
 * Not: a protocol.
 */
#include <math.h>
#include <string.h>

#include "sim_own.h"
#include "vigie/sky/place.h"

static const double DEG = M_PI / 180;
#define SIDEREAL (2 * M_PI / 86164.0905) /* a second */

void sim_mount_init(struct sim_mount *m, struct sim *s)
{
    const struct sim_options *o = sim_options(s);
    memset(m, 0, sizeof *m);
    m->sim = s;
    m->ra = o->ra_rad;
    m->dec = o->dec_rad;
    m->lat = o->lat_rad;
    m->lon = o->lon_rad;
    m->speed = (o->slew_deg_s > 0 ? o->slew_deg_s : 4) * DEG;
    m->move_speed = m->speed / 4;
    m->wild = 2;
    m->tracking = true;
    m->at_ms = sim_now_ms(s);
}

static double toward(double from, double to, double most)
{
    double d = to - from;
    return fabs(d) <= most ? to : from + (d > 0 ? most : -most);
}

static void slew(struct sim_mount *m, double dt)
{
    double most = m->speed * dt, d_ra = remainder(m->to_ra - m->ra, 2 * M_PI);
    if (sim_faulty(m->sim, SIM_STUCK))
        return;
    if (m->flat_ra != 0 ||
        m->flat_dec != 0) { /* runaway: on and on in the direction of its last motion */
        m->ra += m->flat_ra * dt;
        m->dec += m->flat_dec * dt;
        return;
    }
    m->ra = toward(m->ra, m->ra + d_ra, most);
    m->dec = toward(m->dec, m->to_dec, most);
    if (fabs(remainder(m->to_ra - m->ra, 2 * M_PI)) > 1e-9 || fabs(m->to_dec - m->dec) > 1e-9)
        return;
    m->slewing = false;
    if (m->parking) {
        m->parked = true;
        m->tracking = false;
    }
    m->homed = m->homing;
    m->parking = m->homing = false;
    if (sim_flawed(m->sim, SIM_RUNAWAY)) {
        m->slewing = true;
        m->flat_dec = -m->speed / 2;
    }
}

static void one_step(struct sim_mount *m, double dt)
{
    bool stands = sim_faulty(m->sim, SIM_STANDS);
    if (m->slewing)
        slew(m, dt);
    if (!sim_faulty(m->sim, SIM_STUCK)) {
        m->ra += m->move_ra * m->move_speed * dt;
        m->dec += m->move_dec * m->move_speed * dt;
    }
    m->dec += m->push * dt;
    if (!m->slewing && (!m->tracking || m->parked || stands))
        m->ra += SIDEREAL * dt;
    if (m->dec > M_PI / 2)
        m->dec = M_PI / 2;
    if (m->dec < -M_PI / 2)
        m->dec = -M_PI / 2;
    m->ra = fmod(m->ra + 4 * M_PI, 2 * M_PI);
}

void sim_mount_step(struct sim_mount *m)
{
    int64_t now = sim_now_ms(m->sim);
    double dt = (double)(now - m->at_ms) / 1000;
    m->at_ms = now;
    while (dt > 0) {
        double part = dt < 0.02 ? dt : dt > 60 ? dt / 1000 : 0.02;
        one_step(m, part);
        dt -= part;
    }
}

struct jd_utc sim_mount_utc(const struct sim_mount *m)
{
    return utc_add_s(sim_utc(m->sim), m->clock_error_s);
}

double sim_mount_lst(const struct sim_mount *m)
{
    return sky_turn(sim_mount_utc(m), 0, m->lon).last_rad;
}

void sim_mount_altaz(const struct sim_mount *m, double ra, double dec, double *alt, double *az)
{
    double ha = sim_mount_lst(m) - ra;
    *alt = asin(sin(m->lat) * sin(dec) + cos(m->lat) * cos(dec) * cos(ha));
    *az = atan2(-cos(dec) * sin(ha), sin(dec) * cos(m->lat) - cos(dec) * cos(ha) * sin(m->lat));
    if (*az < 0)
        *az += 2 * M_PI;
}

bool sim_mount_goto(struct sim_mount *m, double ra, double dec)
{
    double alt, az;
    sim_mount_step(m);
    sim_mount_altaz(m, ra, dec, &alt, &az);
    if (alt < 0)
        return false;
    m->to_ra = ra;
    m->to_dec = dec;
    m->east = remainder(sim_mount_lst(m) - ra, 2 * M_PI) > 0;
    m->slewing = true;
    m->parking = m->homing = m->homed = false;
    m->flat_ra = m->flat_dec = 0;
    return true;
}

void sim_mount_sync(struct sim_mount *m, double ra, double dec)
{
    sim_mount_step(m);
    m->ra = ra;
    m->dec = dec;
}

void sim_mount_stop(struct sim_mount *m)
{
    sim_mount_step(m);
    if (sim_flawed(m->sim, SIM_STOP_IGNORED))
        return;
    m->slewing = m->parking = m->homing = false;
    m->move_ra = m->move_dec = m->flat_ra = m->flat_dec = 0;
}

/* The pole, or as good as: its park position stands at hour angle 6 h. */
void sim_mount_park(struct sim_mount *m)
{
    sim_mount_step(m);
    m->to_ra = fmod(sim_mount_lst(m) + 1.5 * M_PI, 2 * M_PI);
    m->to_dec = (m->lat < 0 ? -89 : 89) * DEG;
    m->slewing = m->parking = true;
    m->flat_ra = m->flat_dec = 0;
}

void sim_mount_home(struct sim_mount *m)
{
    sim_mount_park(m);
    m->parking = false;
    m->homing = true;
}

/* Switched off and on: it believes that it points where it does at power-on, and its clock has started anew. */
void sim_mount_reboot(struct sim_mount *m)
{
    sim_mount_step(m);
    m->slewing = m->parking = m->homing = m->parked = false;
    m->move_ra = m->move_dec = m->flat_ra = m->flat_dec = 0;
    m->tracking = true;
    m->ra = sim_mount_lst(m);
    m->dec = 0;
}

void sim_mount_seen(struct sim_mount *m, double *ra, double *dec)
{
    sim_mount_step(m);
    *ra = m->ra;
    *dec = m->dec;
    if (sim_flawed(m->sim, SIM_WILD))
        *ra = fmod(*ra + m->wild, 2 * M_PI);
}
