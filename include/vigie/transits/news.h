/* news.h - what changed between two copies of the catalogue: the morning's news. Not: the download
 * (fetch.h).
 */
#ifndef VIGIE_TRANSITS_NEWS_H
#define VIGIE_TRANSITS_NEWS_H

#include "vigie/base/str.h"
#include "vigie/transits/catalogue.h"

/* NEWS_ALERT: a planet became an alert; NEWS_PRIORITY: any other change of priority. */
enum news_kind { NEWS_ALERT, NEWS_NEW, NEWS_GONE, NEWS_PRIORITY, NEWS_EPHEMERIS, NEWS_KINDS };

/* struct news_item - one change. text: a sentence ("WASP-12b is now alert (was high), O-C 12.3
 * min"). shift_min: NEWS_EPHEMERIS, how much later the transit near the asked date now is; else
 * NAN. */
struct news_item {
    enum news_kind kind;
    const char *planet, *text;
    double shift_min;
};

/* struct catalogue_news - the changes, by kind in the order above, then in the order of the new
 * catalogue; count by kind. Texts are its own: both catalogues may go. */
struct catalogue_news {
    struct arena arena;
    struct news_item *at;
    size_t n, count[NEWS_KINDS];
};

/* catalogue_compare - what changed from `was` to `now`. The observer's own targets are left out.
 *   at_bjd   date (BJD) at which a changed ephemeris is judged, days
 *   returns  the changes; free with catalogue_news_free, which takes NULL
 *   test     tests/transits/check_news.c */
struct catalogue_news *catalogue_compare(const struct catalogue *was, const struct catalogue *now,
                                         double at_bjd);
void catalogue_news_free(struct catalogue_news *n);

/* catalogue_news_summary - "2 new alerts, 1 new planet, 3 changed ephemerides"; "nothing changed".
 */
void catalogue_news_summary(const struct catalogue_news *n, struct str *out);

/* catalogue_news_lines - what a person wants to know of a new copy: the summary, then a line for each
 * new alert and each new planet (at most 12), each ended by \n and fit for a terminal. Nothing if
 * nothing changed.
 *   test     tests/transits/check_news.c */
void catalogue_news_lines(const struct catalogue_news *n, struct str *out);

#endif
