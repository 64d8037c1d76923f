/* transits_own.h - the parts of the Transits tab: list, lines of time and curve, texts.
 * Not: any of the numbers (transits room, through session/tonight.h).
 */
#ifndef VIGIE_SRC_UI_VIEWS_TRANSITS_OWN_H
#define VIGIE_SRC_UI_VIEWS_TRANSITS_OWN_H

#include "../widgets/list.h"
#include "vigie/session/session.h"
#include "vigie/session/tonight.h"

/* What the contacts are shown as. */
enum time_shown { SHOW_UTC, SHOW_LOCAL, SHOW_BJD, N_TIMES };

/* What the lower half shows where there is no room for all. */
enum lower_pane { PANE_CURVE, PANE_NIGHT, PANE_NUMBERS, N_PANES };

/* struct transit_rows - what the list reads. list: that of the session when it was last looked at;
 * NULL none. */
struct transit_rows {
    struct session *session;
    const struct transit_list *list;
    enum time_shown times;
    bool ascii; /* of the canvas that is drawn on */
};

struct transits_view {
    struct session *session;
    struct transit_rows *rows;
    struct list *table;
    enum lower_pane pane;
    char evening[11]; /* of the night that the cursor was set for */
};

extern const struct list_source transits_source;

/* transits_event_at - the event of a row; transits_selected - the one under the cursor, NULL none. */
const struct transit_event *transits_event_at(const struct transit_rows *rows, size_t row);
const struct transit_event *transits_selected(const struct transits_view *v);

/* transits_now - the present as t of the list's almanac. transits_phase - where an event is now, in
 * words: "opens in 1h12m", "in transit, egress in 0h23m", "over". */
double transits_now(const struct transit_rows *rows);
void transits_phase(const struct transit_rows *rows, const struct transit_event *e,
                    struct str *out);

/* transits_clock - hours and minutes of an instant as the view shows times (BJD as UTC).
 * transits_zone - "UTC", or the local zone's name. */
void transits_clock(const struct transit_rows *rows, struct jd_utc utc, struct str *out);
const char *transits_zone(const struct transit_rows *rows);

/* transits_night_draw - a line of the night for each event around the cursor, then dark and hours.
 * transits_curve_draw - the altitude of the star with the transit on it. Both over a whole canvas. */
void transits_night_draw(const struct transits_view *v, struct canvas *c);
void transits_curve_draw(const struct transits_view *v, const struct transit_event *e,
                         struct canvas *c);

/* transits_detail_draw - the event in a few lines; transits_numbers_draw - where the numbers come
 * from, term by term. Return the rows used. */
int transits_detail_draw(const struct transits_view *v, const struct transit_event *e,
                         struct canvas *c);
int transits_numbers_draw(const struct transits_view *v, const struct transit_event *e,
                          struct canvas *c);

#endif
