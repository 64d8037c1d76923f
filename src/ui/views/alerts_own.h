/* alerts_own.h - the parts of the Alerts tab: list, texts of one alert, curve, sources.
 * Not: any of the numbers (alerts room, through session/alertbook.h).
 */
#ifndef VIGIE_SRC_UI_VIEWS_ALERTS_OWN_H
#define VIGIE_SRC_UI_VIEWS_ALERTS_OWN_H

#include "../widgets/list.h"
#include "vigie/session/alertbook.h"
#include "vigie/session/session.h"

/* What takes the place of list and detail: nothing, or a page that scrolls. */
enum alerts_page { PAGE_NONE, PAGE_EVENT, PAGE_HISTORY, PAGE_RAW, PAGE_CURVE, PAGE_SOURCES };

/* struct alerts_model - what the list reads: the session's rows; ascii: of the canvas. */
struct alerts_model {
    struct session *session;
    bool ascii;
};

/* struct alerts_line - a line of a text, as long as the canvas is wide. */
struct alerts_line {
    char *text;
    enum role role;
};

/* struct alerts_text - lines made for one event (or the sources), one page, one width. key: what
 * they were made from; top: first one that is seen; rows: of the page as last drawn. */
struct alerts_text {
    VEC(struct alerts_line) line;
    char *key;
    size_t top;
    int rows, width;
};

struct alerts_view {
    struct session *session;
    struct alerts_model *model;
    struct list *table;
    struct list_column *columns; /* the head of one tells the limit */
    struct list_source source;
    char limit_head[12];
    enum alerts_page page;
    int64_t opened;            /* the event of the page */
    struct alerts_text *text;  /* of the page */
    struct alerts_text *facts; /* below the list on a wide canvas */
};

/* alerts_columns - the columns, for a copy; *n of them; limit_column: the one whose head tells the
 * limit. */
extern const struct list_column alerts_columns[];
extern const int alerts_n_columns, alerts_limit_column;
extern const struct list_source alerts_source;

/* alerts_selected - the row under the cursor, NULL none. alerts_event - its event, or the one of the
 * open page; NULL if it is gone. *row: NULL where it is not in the list (any more). */
const struct alerts_row *alerts_selected(const struct alerts_view *v);
const struct alert_event *alerts_event(const struct alerts_view *v, const struct alerts_row **row);

/* Texts, added to out: the title, clean; the class; an age ("3h12"); hours and minutes of an
 * instant, "-" unknown; an air mass in at most four columns; when it can be observed ("-03:33" until,
 * "22:14-" from then). */
void alerts_title(const struct alert_event *e, struct str *out);
const char *alerts_class(const struct alert_event *e);
void alerts_put_age(double age_s, struct str *out);
void alerts_clock(struct jd_utc t, struct str *out);
void alerts_put_airmass(double airmass, struct str *out);
void alerts_when(const struct session *s, const struct alert_view *view, struct str *out);
void alerts_put_clean(struct str *out, const char *text, size_t max);
double alerts_age_s(const struct session *s, const struct alert_event *e);
struct jd_utc alerts_now(const struct session *s);

/* alerts_text_make - the lines of a page at a width, unless they are there (alerts_text.c).
 * alerts_text_clear frees them. alerts_text_draw - those from `top` on. */
void alerts_text_make(const struct alerts_view *v, struct alerts_text *t, enum alerts_page page,
                      int width);
void alerts_text_facts(const struct alerts_view *v, struct alerts_text *t, int width);
void alerts_text_clear(struct alerts_text *t);
void alerts_text_draw(struct alerts_text *t, struct canvas *c);
bool alerts_text_move(struct alerts_text *t, enum motion motion);

/* For those who make texts: a line, one that is broken at the width, a named value. */
void alerts_line(struct alerts_text *t, enum role role, const char *text);
void alerts_wrap(struct alerts_text *t, enum role role, int indent, const char *text);
void alerts_fact(struct alerts_text *t, const char *name, const char *value);

/* alerts_facts - what an event is, as named values (alerts_facts.c). alerts_brief - the same in
 * three lines, drawn from the first row on. */
void alerts_facts(const struct alerts_view *v, const struct alert_event *e,
                  const struct alerts_row *row, struct alerts_text *t);
int alerts_brief(const struct alerts_view *v, const struct alert_event *e,
                 const struct alerts_row *row, struct canvas *c);

/* alerts_curve_draw - the altitude tonight, with Moon and twilight, over a whole canvas. */
void alerts_curve_draw(const struct alerts_view *v, const struct alert_event *e, struct canvas *c);

/* alerts_source_line - one source in a line: name, state, age of its last answer, next one; returns
 * its role. alerts_source_trouble - what is the matter and when it asks again, the time first: the
 * line may be cut. alerts_source_short - "Colibri 21:12 ok". */
enum role alerts_source_line(const struct session *s, const struct source_status *st,
                             struct str *out);
void alerts_source_trouble(const struct session *s, const struct source_status *st,
                           struct str *out);
enum role alerts_source_short(const struct session *s, const struct source_status *st,
                              struct str *out);

#endif
