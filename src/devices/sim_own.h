/* sim_own.h - between the wire of a simulated device (sim.c) and the machines that speak its protocol (sim_*.c).
 * Not: for other rooms (sim.h).
 */
#ifndef VIGIE_SRC_DEVICES_SIM_OWN_H
#define VIGIE_SRC_DEVICES_SIM_OWN_H

#include "vigie/devices/sim.h"
#include "vigie/sky/scale.h"

/* struct sim_machine - speaks one protocol. variant: what of the family it is;
 * NULL with err: its options are wrong. byte: a byte came. tick: the time asked for
 * with sim_later has come. reset: it was switched off and on. mount: its mechanics, NULL for other devices. */
struct sim_mount;
struct sim_machine {
    void *(*open)(struct sim *s, const char *variant, struct error *err);
    void (*byte)(void *self, unsigned char c);
    void (*tick)(void *self);
    void (*reset)(void *self);
    struct sim_mount *(*mount)(void *self);
    void (*close)(void *self);
};

/* What a machine works with. sim_reply: with the wire's faults. sim_flawed: whether a fault is on (one of its n is used). */
const struct sim_options *sim_options(const struct sim *s);
int64_t sim_now_ms(const struct sim *s);
struct jd_utc sim_utc(const struct sim *s);
void sim_reply(struct sim *s, const void *bytes, size_t n);
void sim_text(struct sim *s, const char *fmt, ...) PRINTF(2, 3);
void sim_later(struct sim *s, int64_t ms);
bool sim_flawed(struct sim *s, enum sim_fault f);
bool sim_faulty(const struct sim *s, enum sim_fault f);

/* struct sim_mount - two axes and a clock: what every simulated mount has. Places apparent of date, radians.
 *   move     +1, 0, -1 of right ascension (east positive) and declination, speed in rad/s */
struct sim_mount {
    struct sim *sim;
    double ra, dec, to_ra, to_dec, lat, lon;
    double wild; /* how far off a wild position is, rad of right ascension */
    double push; /* by its hand control, rad a second of declination */
    double speed, move_speed, move_ra, move_dec, flat_ra, flat_dec;
    bool tracking, slewing, parked, parking, homing, homed;
    bool east; /* side of the pier: that of a German mount, chosen when a slew begins */
    int64_t at_ms;
    double clock_error_s;
    double utc_offset_h;
};
void sim_mount_init(struct sim_mount *m, struct sim *s);
/* sim_mount_step - up to now. sim_mount_goto - false: below the horizon. sim_mount_stop. sim_mount_lst - by its own clock
 * and site. sim_mount_alt - altitude of a place. */
void sim_mount_step(struct sim_mount *m);
bool sim_mount_goto(struct sim_mount *m, double ra, double dec);
void sim_mount_sync(struct sim_mount *m, double ra, double dec);
void sim_mount_stop(struct sim_mount *m);
void sim_mount_park(struct sim_mount *m);
void sim_mount_home(struct sim_mount *m);
void sim_mount_reboot(struct sim_mount *m);
struct jd_utc sim_mount_utc(const struct sim_mount *m);
double sim_mount_lst(const struct sim_mount *m);
void sim_mount_altaz(const struct sim_mount *m, double ra, double dec, double *alt, double *az);
/* sim_mount_seen - the position it reports: where it points, but for the fault WILD. */
void sim_mount_seen(struct sim_mount *m, double *ra, double *dec);

/* sim_stars - a frame: stars by ERFA's projection around a place, bias and noise. seconds: exposure; bin 1 or 2;
 * pixel[w * h], scale in arc seconds a pixel. seed: of the noise. */
void sim_stars(uint16_t *pixel, int w, int h, double arcsec, double ra_rad, double dec_rad,
               double seconds, bool light, unsigned seed);

#endif
