/* list.h - the events that a filter shows, judged and sorted: what a screen and the command line
 * list. Not: the events themselves (book.h).
 */
#ifndef VIGIE_ALERTS_LIST_H
#define VIGIE_ALERTS_LIST_H

#include "vigie/alerts/book.h"
#include "vigie/alerts/filter.h"

/* Orders: what is best to observe first (score, then latest), time left in the dark, latest event,
 * latest packet, brightest, highest, by name. */
enum alert_sort {
    ALERT_BY_SCORE,
    ALERT_BY_LEFT,
    ALERT_BY_TIME,
    ALERT_BY_UPDATE,
    ALERT_BY_MAG,
    ALERT_BY_ALT,
    ALERT_BY_NAME
};

/* alert_sort_of - "score", "left", "time", "update", "mag", "alt", "name"; false if it is none. */
bool alert_sort_of(const char *name, enum alert_sort *sort);

/* struct alert_ask - what is listed.
 *   judge    NULL: no site; then nothing is judged, and ALERT_BY_SCORE and BY_LEFT are BY_TIME
 *   filter   NULL: everything
 *   all      tests and utility packets too; without it they are hidden unless the filter speaks of
 *            them
 *   now      for ages */
struct alert_ask {
    const struct alert_judge *judge;
    const struct alert_filter *filter;
    enum alert_sort sort;
    bool all;
    struct jd_utc now;
};

struct alert_row {
    const struct alert_event *event; /* of the book: valid until that changes */
    struct alert_view view;
};

/* struct alert_list - rows[n]; n_hidden by the filter, n_apart tests and utility packets. */
struct alert_list {
    struct alert_row *rows;
    size_t n, n_hidden, n_apart;
};

/* alert_list_make - list the events of a book; alert_list_clear frees the rows.
 *   test  tests/alerts/check_list.c */
void alert_list_make(const struct alert_book *book, const struct alert_ask *ask,
                     struct alert_list *out);
void alert_list_clear(struct alert_list *l);

#endif
