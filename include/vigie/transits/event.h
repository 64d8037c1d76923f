/* event.h - one transit as one observer has it: contacts, sky at each, what of the window can be
 * observed and why not the rest, flip, Moon, score. Not: which transits there are (list.h).
 * Times `t` are days of 86400 SI seconds on the axis of the almanac of the list (sky/almanac.h);
 * almanac_utc makes UTC of them.
 */
#ifndef VIGIE_TRANSITS_EVENT_H
#define VIGIE_TRANSITS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/sky/scale.h"
#include "vigie/transits/catalogue.h"

enum transit_contact_id { TRANSIT_INGRESS, TRANSIT_MID, TRANSIT_EGRESS, TRANSIT_CONTACTS };

/* struct transit_contact - first contact, middle, fourth contact. Each is converted from its own
 * BJD_TDB. Altitudes are topocentric, without refraction. airmass: Pickering 2002, NAN at or below
 * the horizon. */
struct transit_contact {
    double t;
    struct jd_utc utc;
    struct bjd_tdb bjd;
    double alt_rad, az_rad, ha_rad; /* ha -pi .. pi, west positive */
    double airmass;
    double sun_alt_rad;
    double moon_alt_rad, moon_sep_rad, moon_illum; /* lit fraction 0 .. 1 */
};

/* enum transit_loss - why a part of the window is of no use; the first that holds. The Moon never
 * is a reason. LOSS_NONE: it is of use. LOSS_SHORT: dark, up and clear, but between two limits less
 * than TRANSIT_LEAST_S apart: no time to point and expose. A span that the window's own end cuts is
 * never short: beyond that end the sky goes on. */
enum transit_loss { LOSS_NONE, LOSS_SUN, LOSS_LOW, LOSS_HORIZON, LOSS_SHORT };
enum { TRANSIT_LEAST_S = 60 };

/* struct transit_segment - a part of the window with one answer. The segments of an event are in
 * order and cover its window without a gap. */
struct transit_segment {
    double from, to;
    enum transit_loss loss;
};

/* enum transit_class - as --json says it. enum transit_part - the same in finer words. */
enum transit_class { TRANSIT_NONE, TRANSIT_PARTIAL, TRANSIT_FULL, TRANSIT_FULL_BASELINE };
enum transit_part {
    PART_NONE,         /* nothing of the transit (perhaps of a baseline) */
    PART_MIDDLE,       /* a middle, neither ingress nor egress */
    PART_INGRESS,      /* ingress, not egress */
    PART_EGRESS,       /* egress, not ingress */
    PART_BROKEN,       /* both, with a gap between */
    PART_FULL,         /* all of the transit */
    PART_FULL_BASELINE /* all of the window */
};

/* enum transit_piece - what the window is made of. Ingress and egress end at the derived second and
 * third contact; where those are not known the whole transit is the bottom. */
enum transit_piece {
    PIECE_BEFORE,
    PIECE_INGRESS,
    PIECE_BOTTOM,
    PIECE_EGRESS,
    PIECE_AFTER,
    TRANSIT_PIECES
};
struct transit_minutes {
    double have, of; /* minutes that can be observed, of how many */
};

/* struct transit_moon - the Moon along the window: at its two ends; rise_t, set_t: NAN if it does
 * not rise or set inside. */
struct transit_moon {
    double alt_rad[2], sep_rad[2], illum[2];
    double rise_t, set_t;
};

/* enum transit_term - what the score is made of. Each value 0 .. 1, NAN where there is no datum
 * (the term is then left out). score = completeness^w x sum(w value) / sum(w) over the other terms:
 * what cannot be seen is worth nothing, however bright. priority      ExoClock's: alert 1, high
 * 0.75, medium 0.5, low 0.25 completeness  0.6 x transit fraction + 0.4 x baseline fraction, 0
 * without any transit altitude      mean sine of the altitude at the three contacts (1 / air mass)
 *   sigma         1 up to T14/12 (ExoClock's target), falling as T14/12 / sigma
 *   moon          1 when it is down; else 1 - illum x (1 - sep / 120 deg), the worse end
 *   signal        s / (s + 10 mmag), s = depth x 10^(-0.2 (R - 11)): the depth against photon noise
 */
enum transit_term {
    TERM_COMPLETENESS,
    TERM_PRIORITY,
    TERM_ALTITUDE,
    TERM_SIGMA,
    TERM_MOON,
    TERM_SIGNAL,
    TRANSIT_TERMS
};
struct transit_score {
    double total; /* 0 .. 1 */
    double value[TRANSIT_TERMS], weight[TRANSIT_TERMS];
};

/* enum transit_verdict - may the observer's telescope do it: yes (aperture at least what ExoClock
 * asks), marginal (at least 0.8 of it: two thirds of the light), no; unknown if either is not
 * known. */
enum transit_verdict { VERDICT_UNKNOWN, VERDICT_NO, VERDICT_MARGINAL, VERDICT_YES };

/* struct transit_event - a transit. planet: borrowed from the catalogue. segment, n_segment: in the
 * list's arena. */
struct transit_event {
    const struct planet *planet;
    int64_t epoch;
    struct transit_contact contact[TRANSIT_CONTACTS];
    double light_time_s;           /* BJD_TDB - TDB at the observer at mid */
    double sigma_d;                /* of the mid time; NAN unknown */
    bool phase_lost, time_unsure;  /* sigma > P/2; the time system is not certain */
    bool on_target;                /* sigma <= T14/12, ExoClock's target */
    double flat_h;                 /* T23, derived; 0 grazing; NAN unknown */
    double baseline_d;             /* each side */
    double window_from, window_to; /* ingress - baseline, egress + baseline */
    double oc_mid_t; /* a second mark: mid moved by the planet's O-C, never applied; NAN no O-C */
    const struct transit_segment *segment;
    size_t n_segment;
    struct transit_minutes minutes[TRANSIT_PIECES];
    double transit_fraction, window_fraction; /* 0 .. 1 */
    enum transit_class class;
    enum transit_part part;
    double flip_t; /* upper meridian passage inside the window; NAN none */
    struct jd_utc flip_utc;
    enum transit_contact_id flip_contact; /* the contact nearest to it */
    double flip_after_min;                /* flip minus that contact, minutes */
    struct transit_moon moon;
    struct transit_score score;
    enum transit_verdict verdict;
};

/* Words, static: transit_class_name "full+baseline" "full" "partial" "none"; transit_part_name
 * "ingress only"...; transit_loss_name "daylight" "low" "horizon" ("" for LOSS_NONE);
 * transit_contact_name "ingress"...; transit_term_name "priority"...; transit_verdict_name "yes"
 * "marginal" "no" "unknown". transit_class_read - false if unknown. */
const char *transit_class_name(enum transit_class c);
const char *transit_part_name(enum transit_part p);
const char *transit_loss_name(enum transit_loss l);
const char *transit_contact_name(enum transit_contact_id c);
const char *transit_term_name(enum transit_term t);
const char *transit_verdict_name(enum transit_verdict v);
bool transit_class_read(const char *text, enum transit_class *c);

/* transit_loss_at - why an instant of the window is of no use (LOSS_NONE: it is, or lies outside).
 */
enum transit_loss transit_loss_at(const struct transit_event *e, double t);

/* transit_note - what an observer should know first, in few words fit for a table: "ok", "low out",
 * "day in", "unsure" (sigma above the
 * duration), "phase lost"... Returns out. */
enum { TRANSIT_NOTE = 32 };
const char *transit_note(const struct transit_event *e, char out[TRANSIT_NOTE]);

/* transit_reason - one loss in a sentence for people: "below the limit from 04:31:12",
 * "daylight until 18:02:40", UTC. Returns out; "" for LOSS_NONE. */
struct almanac;
enum { TRANSIT_REASON = 80 };
const char *transit_reason(const struct almanac *a, const struct transit_event *e, size_t segment,
                           char out[TRANSIT_REASON]);

#endif
