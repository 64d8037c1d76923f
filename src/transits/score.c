/* score.c - how much a transit is worth tonight, in terms that can be shown one by one; may the
 * telescope do it. See enum transit_term in event.h for the terms. Our own choice of weights, to be
 * changed by the observer; not a standard.
 */
#include <math.h>

#include "watch.h"

const double transit_weights[TRANSIT_TERMS] = {
    [TERM_COMPLETENESS] = 1, [TERM_PRIORITY] = 2, [TERM_ALTITUDE] = 2,
    [TERM_SIGMA] = 1,        [TERM_MOON] = 1,     [TERM_SIGNAL] = 2};

static double clamp(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static double completeness(const struct transit_event *e)
{
    if (e->class == TRANSIT_NONE)
        return 0;
    const struct transit_minutes *m = e->minutes;
    double of = m[PIECE_BEFORE].of + m[PIECE_AFTER].of,
           have = m[PIECE_BEFORE].have + m[PIECE_AFTER].have;
    return 0.6 * e->transit_fraction + 0.4 * (of > 0 ? have / of : 1);
}

static double priority(const struct planet *p)
{
    switch (p->priority) {
    case PRIORITY_NONE: return NAN;
    case PRIORITY_LOW: return 0.25;
    case PRIORITY_MEDIUM: return 0.5;
    case PRIORITY_HIGH: return 0.75;
    case PRIORITY_ALERT: return 1;
    }
    return NAN;
}

static double altitude(const struct transit_event *e)
{
    double sum = 0;
    for (int i = 0; i < TRANSIT_CONTACTS; i++)
        sum += fmax(0, sin(e->contact[i].alt_rad));
    return sum / TRANSIT_CONTACTS;
}

static double certainty(const struct transit_event *e)
{
    double target = e->planet->duration_h / 24 / 12;
    if (isnan(e->sigma_d))
        return NAN;
    return e->sigma_d > target ? target / e->sigma_d : 1;
}

static double moon(const struct transit_event *e)
{
    const double far = 120 * M_PI / 180;
    double least = 1;
    for (int i = 0; i < 2; i++)
        if (e->moon.alt_rad[i] > 0)
            least = fmin(least, 1 - e->moon.illum[i] * (1 - clamp(e->moon.sep_rad[i] / far)));
    return clamp(least);
}

static double signal(const struct planet *p)
{
    double mag = planet_known(p->mag_r) ? p->mag_r : p->mag_v;
    if (!planet_known(mag) || !planet_known(p->depth_mmag))
        return NAN;
    double s = fabs(p->depth_mmag) * pow(10, -0.2 * (mag - 11));
    return s / (s + 10);
}

void score_set(struct transit_event *e, const double *weight)
{
    struct transit_score *s = &e->score;
    double sum = 0, of = 0;
    s->value[TERM_COMPLETENESS] = completeness(e);
    s->value[TERM_PRIORITY] = priority(e->planet);
    s->value[TERM_ALTITUDE] = altitude(e);
    s->value[TERM_SIGMA] = certainty(e);
    s->value[TERM_MOON] = moon(e);
    s->value[TERM_SIGNAL] = signal(e->planet);
    for (int i = 0; i < TRANSIT_TERMS; i++) {
        s->weight[i] = weight[i];
        if (i == TERM_COMPLETENESS || isnan(s->value[i]))
            continue;
        sum += weight[i] * s->value[i];
        of += weight[i];
    }
    s->total =
        pow(s->value[TERM_COMPLETENESS], weight[TERM_COMPLETENESS]) * (of > 0 ? sum / of : 1);
    if (e->class == TRANSIT_NONE)
        s->total = 0; /* also with a weight of 0 */
}

enum transit_verdict verdict_of(const struct planet *p, double own_mm)
{
    double asked_mm = 25.4 * p->min_aperture_in;
    if (!planet_known(asked_mm) || !(own_mm > 0))
        return VERDICT_UNKNOWN;
    return own_mm >= asked_mm         ? VERDICT_YES
           : own_mm >= 0.8 * asked_mm ? VERDICT_MARGINAL
                                      : VERDICT_NO;
}
