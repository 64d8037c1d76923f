/* tonight.h - the transits of the night, or nights, that the observer looks at: computed in slices
 * from the newest catalogue, again whenever site, night, filter or catalogue change.
 * Not: the computing (transits room); not how it is shown.
 */
#ifndef VIGIE_SESSION_TONIGHT_H
#define VIGIE_SESSION_TONIGHT_H

#include "vigie/transits/list.h"

struct session;

/* struct tonight_state - what there is; borrowed until the next turn of the loop (EV_TRANSITS).
 *   list        NULL: none yet (working), or none possible: `why` says the reason in a sentence
 *   working     a newer one is being computed
 *   evening     of the first night; days: how many
 *   source      "ExoClock", "built-in sample"; n_planet: in use, the observer's own with them
 *   fetched_ns  wall time at which the service last gave or confirmed it; 0 not known
 *   asking      an answer is awaited; fresh: it came just now
 *   note        OK, or what is wrong with the source, in a sentence
 *   filter      as the observer wrote it; "" the options alone */
struct tonight_state {
    const struct transit_list *list;
    bool working;
    struct error why;
    char evening[11];
    int days;
    const char *source;
    size_t n_planet;
    int64_t fetched_ns;
    bool asking, fresh;
    struct error note;
    const char *filter;
};
const struct tonight_state *session_tonight(const struct session *s);

/* session_planets - the planets in use (catalogue, then the observer's own): n of them, borrowed
 * until the next turn of the loop. False: the catalogue is still awaited and these are the built-in
 * sample; EV_TRANSITS tells when it came. */
struct planet;
bool session_planets(struct session *s, const struct planet **planets, size_t *n);

/* struct transit_phase - where a transit is now.
 *   kind    WAITING before the window; RUNNING: `piece` says which part of it; OVER
 *   next_s  seconds to the next part (to the window when waiting; NAN when over) */
enum transit_phase_kind { PHASE_WAITING, PHASE_RUNNING, PHASE_OVER };
struct transit_phase {
    enum transit_phase_kind kind;
    enum transit_piece piece;
    double next_s;
};

/* transit_phase_at - of an event of the list, at an instant.
 *   test  tests/session/check_tonight.c */
struct transit_phase transit_phase_at(const struct transit_list *list,
                                      const struct transit_event *e, struct jd_utc utc);

/* transit_piece_name - "baseline before", "ingress", "in transit", "egress", "baseline after"; static. */
const char *transit_piece_name(enum transit_piece p);

/* tonight_filter_read - words of a filter, over what the options say:
 *     depth>5 (mmag)  mag<13 (V)  alt>30 (deg)  sun<-12 (deg)  aperture=300 (mm; off)
 *     baseline=60 (min)  class=full,partial  priority=high,alert  all
 *   filter, limits   changed
 *   own_mm           aperture of the telescope, changed
 *   err   E_PARSE with the word; E_RANGE
 *   test  tests/session/check_tonight.c */
enum status tonight_filter_read(const char *text, struct transit_filter *filter,
                                struct transit_limits *limits, double *own_mm,
                                struct error *err) MUST_CHECK;

#endif
