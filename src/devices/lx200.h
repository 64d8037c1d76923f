/* lx200.h - the LX200 family's texts and the table of its dialects. Not: the driver (drv_lx200.c).
 * From: Meade Telescope Serial Command Protocol (2010.10), LX200 Classic manual, OnStep's and 10micron's command lists.
 */
#ifndef VIGIE_SRC_DEVICES_LX200_H
#define VIGIE_SRC_DEVICES_LX200_H

#include <stdbool.h>
#include <stddef.h>

#include "exchange.h"

/* lx200_hours - "HH:MM:SS[.s]" or, low, "HH:MM.T" as hours 0 .. 24; 60 seconds and 24 h are brought into range.
 * lx200_degrees - "[s]DD*MM[:SS[.s]]": degrees; * may be 0xDF, 0xB0 or `:`, the next one ' or `:`. signed: the sign must be
 * there. Whole answers only: false for anything before, behind or out of range.
 *   low   NULL, or whether seconds were missing
 *   test  tests/devices/check_exchange.c */
bool lx200_hours(const char *s, size_t n, double *hours, bool *low);
bool lx200_degrees(const char *s, size_t n, bool with_sign, double *deg, bool *low);
/* lx200_zone - "sHH", "sHH.H", "sHH:MM[:SS[.s]]" of :GG#: hours to add to its local time for UTC. */
bool lx200_zone(const char *s, size_t n, double *hours);

/* The shapes of answers, as xcmd.ok and xcmd.rule. lx200_bars: of :D#. lx200_goto_rule: of :MS#; lx200_date_rule: of :SC. */
bool lx200_ok_ra(const char *s, size_t n);
bool lx200_ok_dec(const char *s, size_t n);
bool lx200_ok_angle(const char *s, size_t n);
bool lx200_ok_digit(const char *s, size_t n);
bool lx200_ok_bars(const char *s, size_t n);
bool lx200_ok_mode(const char *s, size_t n); /* of ACK */
int lx200_bars_rule(const char *s, size_t n);
int lx200_goto_rule(const char *s, size_t n);
int lx200_date_rule(const char *s, size_t n);

/* How a mount tells of its motion: bars of :D#, OnStep's letters, 10micron's number. */
enum lx200_status { LX200_BARS, LX200_LETTERS, LX200_NUMBER };

/* LX200_ZONE_H: +00; LX200_ZONE_D: +00.0; LX200_ZONE_S: +00:00:00 */
enum lx200_zone { LX200_ZONE_H, LX200_ZONE_D, LX200_ZONE_S };

/* struct lx200_dialect - what differs. A text "" or NULL: it has no such command. reply of a pair of texts. Speeds:
 * commands, slowest first, ended by NULL. */
struct lx200_dialect {
    const char *name, *title;
    const char *product[4]; /* what :GVP# may hold, ended by NULL */
    unsigned can;
    int gap_ms;
    enum lx200_status status;
    const char *precision; /* makes it long; toggles where it is :U# */
    const char *sync;
    const char *park, *unpark, *home, *track_on, *track_off;
    enum reply park_reply, track_reply;
    const char *const *speeds;
    enum lx200_zone zone; /* how :SG wants it */
    int ra_decimals;      /* of the seconds in :Sr */
    int pulse_ms;         /* the longest pulse; 0: it has none */
    const char *pier;     /* asks for the side of the pier */
    bool pulse_moves;     /* a pulse is :Mn0500#, not :Mgn0500# */
    bool modes;       /* ACK tells alt-az, polar or land; tracking goes on in the mode it was in */
    bool words;       /* :GW# may tell mode, tracking, alignment */
    bool west_360;    /* :Sg wants 0 .. 360 westward, not a sign */
    bool long_date;   /* :SC answers in several strings */
    bool degree_df;   /* wants 0xDF in :Sd */
    bool error_digit; /* :MS# answers one digit, no text */
};
extern const struct lx200_dialect lx200_dialect[];
const struct lx200_dialect *lx200_dialect_named(const char *name);
/* lx200_dialect_of - by the answer to :GVP#; NULL: none of these. word: what of the table was found in it. */
const struct lx200_dialect *lx200_dialect_of(const char *product, const char **word);

/* lx200_fault - what the general error of OnStep's :GU# or 10micron's state means; NULL: nothing is wrong. */
const char *lx200_fault(const struct lx200_dialect *d, int code);

/* lx200_refusal - why :MS# was refused, in words. */
const char *lx200_refusal(const struct lx200_dialect *d, char digit);

#endif
