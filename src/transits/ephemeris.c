/* ephemeris.c - see ephemeris.h. T0 is brought to BJD_TDB once, at its own date; from there on
 * everything is T0 + n P in two parts.
 */
#include "vigie/transits/ephemeris.h"

#include <math.h>
#include <stdio.h>

/* Shorter than any orbit; longer than any ephemeris is of use for. */
static const double PERIOD_MIN_D = 0.001, PERIOD_MAX_D = 1e6;

static const double DAY_MIN = 0, DAY_MAX = 1e7;

static struct days days_of(double d1, double d2)
{
    double w1 = floor(d1), w2 = floor(d2);
    double f = (d1 - w1) + (d2 - w2), wf = floor(f);
    return (struct days){w1 + w2 + wf, f - wf};
}

/* A heliocentric time seen from the Earth's centre, then moved to the barycentre. */
static struct bjd_tdb of_hjd(struct hjd_utc h, const struct planet *p)
{
    return utc_to_bjd(hjd_to_utc(h, p->ra_rad, p->dec_rad), NULL, p->ra_rad, p->dec_rad);
}

static struct bjd_tdb t0_bjd(const struct planet *p, bool *unsure)
{
    double d1 = p->ephemeris.t0.day, d2 = p->ephemeris.t0.frac;
    struct bjd_tdb same = {d1, d2};
    *unsure = false;
    switch (p->ephemeris.system) {
    case TIME_BJD_TDB:
    case TIME_BTJD: return same;
    case TIME_BJD_TT: {
        struct jd_tdb t = tt_to_tdb((struct jd_tt){d1, d2});
        return (struct bjd_tdb){t.d1, t.d2};
    }
    case TIME_BJD_UTC: {
        struct jd_tdb t = utc_to_tdb((struct jd_utc){d1, d2});
        return (struct bjd_tdb){t.d1, t.d2};
    }
    case TIME_HJD_TDB: {
        struct jd_utc u = tdb_to_utc((struct jd_tdb){d1, d2});
        return of_hjd((struct hjd_utc){u.d1, u.d2}, p);
    }
    case TIME_HJD_TT: {
        struct jd_utc u = tt_to_utc((struct jd_tt){d1, d2});
        return of_hjd((struct hjd_utc){u.d1, u.d2}, p);
    }
    case TIME_HJD: *unsure = true; return of_hjd((struct hjd_utc){d1, d2}, p);
    case TIME_HJD_UTC: return of_hjd((struct hjd_utc){d1, d2}, p);
    case TIME_JD_UTC: return utc_to_bjd((struct jd_utc){d1, d2}, NULL, p->ra_rad, p->dec_rad);
    case TIME_UNKNOWN:
    case TIME_BJD:
    case TIME_JD: break;
    }
    *unsure = true;
    return same;
}

bool orbit_clock_set(struct orbit_clock *c, const struct planet *p)
{
    const struct ephemeris *e = &p->ephemeris;
    double period = e->period.day + e->period.frac, t0 = e->t0.day + e->t0.frac;
    *c = (struct orbit_clock){.t0_err_d = e->t0_err_d, .period_err_d = e->period_err_d};
    if (!(period >= PERIOD_MIN_D && period <= PERIOD_MAX_D) || !(t0 > DAY_MIN && t0 < DAY_MAX))
        return false;
    struct bjd_tdb b = t0_bjd(p, &c->unsure);
    if (!isfinite(b.d1 + b.d2))
        return false;
    c->t0 = days_of(b.d1, b.d2);
    c->period = days_of(e->period.day, e->period.frac);
    return true;
}

struct bjd_tdb orbit_mid(const struct orbit_clock *c, int64_t epoch)
{
    double n = (double)epoch;
    double part = n * c->period.frac,
           rest = fma(n, c->period.frac, -part); /* part + rest is exact */
    double whole = floor(part);
    double f = c->t0.frac + (part - whole) + rest, wf = floor(f);
    return (struct bjd_tdb){c->t0.day + n * c->period.day + whole + wf, f - wf};
}

double orbit_epoch(const struct orbit_clock *c, struct bjd_tdb at)
{
    return ((at.d1 - c->t0.day) + (at.d2 - c->t0.frac)) / (c->period.day + c->period.frac);
}

double orbit_sigma_d(const struct orbit_clock *c, int64_t epoch)
{
    return epoch == 0 ? c->t0_err_d : hypot(c->t0_err_d, (double)epoch * c->period_err_d);
}

bool orbit_lost(const struct orbit_clock *c, int64_t epoch)
{
    return orbit_sigma_d(c, epoch) > (c->period.day + c->period.frac) / 2;
}

bool orbit_compare(const struct planet *other, struct bjd_tdb mid, struct orbit_other *o)
{
    struct orbit_clock c;
    if (!orbit_clock_set(&c, other))
        return false;
    int64_t epoch = (int64_t)nearbyint(orbit_epoch(&c, mid));
    o->mid = orbit_mid(&c, epoch);
    o->shift_d = (o->mid.d1 - mid.d1) + (o->mid.d2 - mid.d2);
    o->sigma_d = orbit_sigma_d(&c, epoch);
    o->unsure = c.unsure;
    return true;
}

const char *orbit_text(struct bjd_tdb bjd, int decimals, char out[ORBIT_TEXT])
{
    struct days d = days_of(bjd.d1, bjd.d2);
    double scale = pow(10, decimals), part = nearbyint(d.frac * scale);
    if (part >= scale) {
        part -= scale;
        d.day++;
    }
    if (!isfinite(d.day + part))
        snprintf(out, ORBIT_TEXT, "-");
    else
        snprintf(out, ORBIT_TEXT, "%.0f.%0*.0f", d.day, decimals, part);
    return out;
}

double orbit_flat_h(const struct planet *p)
{
    double k = p->rp_over_rs, e = isfinite(p->eccentricity) ? p->eccentricity : 0;
    double w = e > 0 ? p->periastron_rad : 0; /* of a circular orbit there is none */
    double period_h = 24 * (p->ephemeris.period.day + p->ephemeris.period.frac);
    double b = p->a_over_rs * cos(p->inclination_rad) * (1 - e * e) / (1 + e * sin(w));
    double inner = (1 - k) * (1 - k) - b * b, outer = (1 + k) * (1 + k) - b * b;
    double angle = M_PI * p->duration_h / period_h;
    if (!isfinite(inner) || !(outer > 0) || !(angle > 0 && angle < M_PI / 2) || !(k > 0 && k < 1))
        return NAN;
    if (inner <= 0)
        return 0;
    return asin(sin(angle) * sqrt(inner / outer)) * period_h / M_PI;
}
