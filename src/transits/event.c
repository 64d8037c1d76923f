/* event.c - see event.h: the words for a transit. Not: its figures (watch.c, score.c).
 */
#include "vigie/transits/event.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vigie/sky/almanac.h"

static const char *const classes[] = {[TRANSIT_NONE] = "none",
                                      [TRANSIT_PARTIAL] = "partial",
                                      [TRANSIT_FULL] = "full",
                                      [TRANSIT_FULL_BASELINE] = "full+baseline"};

const char *transit_class_name(enum transit_class c)
{
    return classes[c];
}

bool transit_class_read(const char *text, enum transit_class *c)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (strcmp(text, classes[i]) == 0) {
            *c = (enum transit_class)i;
            return true;
        }
    return false;
}

const char *transit_part_name(enum transit_part p)
{
    switch (p) {
    case PART_NONE: return "none";
    case PART_MIDDLE: return "middle only";
    case PART_INGRESS: return "ingress only";
    case PART_EGRESS: return "egress only";
    case PART_BROKEN: return "with a gap";
    case PART_FULL: return "full";
    case PART_FULL_BASELINE: return "full+baseline";
    }
    return "";
}

const char *transit_loss_name(enum transit_loss l)
{
    switch (l) {
    case LOSS_NONE: return "";
    case LOSS_SUN: return "daylight";
    case LOSS_LOW: return "low";
    case LOSS_HORIZON: return "horizon";
    case LOSS_SHORT: return "short";
    }
    return "";
}

const char *transit_contact_name(enum transit_contact_id c)
{
    switch (c) {
    case TRANSIT_INGRESS: return "ingress";
    case TRANSIT_MID: return "mid";
    case TRANSIT_EGRESS: return "egress";
    case TRANSIT_CONTACTS: break;
    }
    return "";
}

const char *transit_term_name(enum transit_term t)
{
    switch (t) {
    case TERM_COMPLETENESS: return "completeness";
    case TERM_PRIORITY: return "priority";
    case TERM_ALTITUDE: return "altitude";
    case TERM_SIGMA: return "sigma";
    case TERM_MOON: return "moon";
    case TERM_SIGNAL: return "signal";
    case TRANSIT_TERMS: break;
    }
    return "";
}

const char *transit_verdict_name(enum transit_verdict v)
{
    switch (v) {
    case VERDICT_UNKNOWN: return "unknown";
    case VERDICT_NO: return "no";
    case VERDICT_MARGINAL: return "marginal";
    case VERDICT_YES: return "yes";
    }
    return "";
}

enum transit_loss transit_loss_at(const struct transit_event *e, double t)
{
    enum transit_loss loss = LOSS_NONE;
    for (size_t i = 0; i < e->n_segment; i++) {
        const struct transit_segment *s = &e->segment[i];
        if (t < s->from || t > s->to)
            continue;
        loss = s->loss; /* where two meet the useful one has the edge: its contact can be seen */
        if (loss == LOSS_NONE)
            break;
    }
    return loss;
}

/* The loss of an edge of the transit in one short word. */
static const char *short_loss(enum transit_loss l)
{
    switch (l) {
    case LOSS_NONE: return "";
    case LOSS_SUN: return "day";
    case LOSS_LOW: return "low";
    case LOSS_HORIZON: return "wall";
    case LOSS_SHORT: return "short";
    }
    return "";
}

static void note_partial(const struct transit_event *e, char out[TRANSIT_NOTE])
{
    enum transit_loss in = transit_loss_at(e, e->contact[TRANSIT_INGRESS].t),
                      to = transit_loss_at(e, e->contact[TRANSIT_EGRESS].t);
    if (e->part == PART_BROKEN)
        snprintf(out, TRANSIT_NOTE, "gap");
    else if (in != LOSS_NONE && to != LOSS_NONE && in != to)
        snprintf(out, TRANSIT_NOTE, "%s/%s", short_loss(in), short_loss(to));
    else if (in != LOSS_NONE && to != LOSS_NONE)
        snprintf(out, TRANSIT_NOTE, "%s", short_loss(in));
    else
        snprintf(out, TRANSIT_NOTE, "%s %s", short_loss(in != LOSS_NONE ? in : to),
                 in != LOSS_NONE ? "in" : "out");
}

const char *transit_note(const struct transit_event *e, char out[TRANSIT_NOTE])
{
    bool flips = isfinite(e->flip_t) && e->flip_t > e->contact[TRANSIT_INGRESS].t &&
                 e->flip_t < e->contact[TRANSIT_EGRESS].t;
    if (e->phase_lost)
        snprintf(out, TRANSIT_NOTE, "phase lost");
    else if (e->sigma_d * 24 > e->planet->duration_h)
        snprintf(out, TRANSIT_NOTE, "unsure"); /* it may well not happen in this window */
    else if (e->class == TRANSIT_NONE || e->class == TRANSIT_PARTIAL)
        note_partial(e, out);
    else if (e->class == TRANSIT_FULL)
        snprintf(out, TRANSIT_NOTE, "base %s",
                 e->minutes[PIECE_BEFORE].have < e->minutes[PIECE_BEFORE].of ? "in" : "out");
    else
        snprintf(out, TRANSIT_NOTE, flips ? "ok, flip" : "ok");
    return out;
}

/* hh:mm:ss of an instant. */
static const char *clock_text(const struct almanac *a, double t, char out[UTC_TEXT])
{
    utc_format(almanac_utc(a, t), 0, out);
    char *from = strchr(out, 'T');
    if (from && strlen(from) >= 9) {
        memmove(out, from + 1, 8);
        out[8] = 0;
    }
    return out;
}

const char *transit_reason(const struct almanac *a, const struct transit_event *e, size_t segment,
                           char out[TRANSIT_REASON])
{
    const struct transit_segment *s = &e->segment[segment];
    const char *what = "";
    char from[UTC_TEXT], to[UTC_TEXT];
    out[0] = 0;
    switch (s->loss) {
    case LOSS_NONE: return out;
    case LOSS_SUN: what = "daylight"; break;
    case LOSS_LOW: what = "below the limit"; break;
    case LOSS_HORIZON: what = "behind the horizon"; break;
    case LOSS_SHORT: what = "under a minute"; break;
    }
    bool first = segment == 0, last = segment + 1 == e->n_segment;
    clock_text(a, s->from, from);
    clock_text(a, s->to, to);
    if (first && last)
        snprintf(out, TRANSIT_REASON, "%s all the time", what);
    else if (first)
        snprintf(out, TRANSIT_REASON, "%s until %.8s", what, to);
    else if (last)
        snprintf(out, TRANSIT_REASON, "%s from %.8s", what, from);
    else
        snprintf(out, TRANSIT_REASON, "%s %.8s - %.8s", what, from, to);
    return out;
}
