/* filter.h - the expression language over events: `type=grb & err<0.2 & alt>30 & age<6h`.
 * Not: SQL; nothing is run, only compared.
 *
 *   expression  terms joined by & (or nothing, or `and`), | (`or`), ! (`not`), ( )
 *   term        FIELD OP VALUE, or the name of a yes-or-no field
 *   OP          = != < <= > >= and ~ (text holds); lists and ranges: type=grb,frb  mag=12..17
 *   VALUE       a number with an optional unit (6h 30m 2d, 10' 7" 0.2deg, 1/y, 40Mpc), a word
 *               (* stands for anything), or a text in quotes
 *   FIELD       one of alert_fields, or any parameter of the packets: Rate_Signif, class.BNS,
 *               GROUP.NAME
 *
 * Text is compared without regard to case. What is not known makes a term unknown, and an event is
 * shown only where the whole is true: mag<17 hides events without a magnitude, and so does !(mag<17).
 */
#ifndef VIGIE_ALERTS_FILTER_H
#define VIGIE_ALERTS_FILTER_H

#include "vigie/alerts/judge.h"

/* struct alert_subject - what a filter looks at. view may be NULL: fields of the judgement are then
 * unknown. now: for ages. */
struct alert_subject {
    const struct alert_event *event;
    const struct alert_view *view;
    struct jd_utc now;
};

struct alert_filter;

/* alert_filter_new - compile. An empty text lets everything through. At most 4,000 bytes, 200 terms.
 *   err     E_PARSE: "filter, at \"<< 3\": a value is missing"
 *   test    tests/alerts/check_filter.c */
enum status alert_filter_new(const char *text, struct alert_filter **out,
                             struct error *err) MUST_CHECK;
void alert_filter_free(struct alert_filter *f);
const char *alert_filter_text(const struct alert_filter *f);

/* alert_filter_match - whether it lets the event through. */
bool alert_filter_match(const struct alert_filter *f, const struct alert_subject *s);

/* alert_filter_test - 1 true, 0 false, -1 unknown. False without a view stays false with one: an
 * event need not be judged to be hidden. */
int alert_filter_test(const struct alert_filter *f, const struct alert_subject *s);

/* alert_filter_why - why it does not: each part of it that fails, with what the event has:
 * "alt>30 (alt is 12.4 deg), mag<17 (mag is unknown)". Emptied first; empty if it matches. */
void alert_filter_why(const struct alert_filter *f, const struct alert_subject *s, struct str *out);

/* alert_filter_names - whether the expression speaks of a field, e.g. "test": then the caller does
 * not hide tests by itself. */
bool alert_filter_names(const struct alert_filter *f, const char *field);

/* struct alert_field - a row of the table of fields, for help and completion; ended by a NULL name. */
struct alert_field {
    const char *name, *unit, *help; /* unit "": text or yes-or-no */
};
const struct alert_field *alert_fields(void);

#endif
