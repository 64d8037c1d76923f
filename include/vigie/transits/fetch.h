/* fetch.h - ExoClock's catalogue as the service has it now: the stored copy at once, a newer one
 * when it is there. Not: how it is parsed (catalogue.h), how it is asked for (io/http.h).
 * Service: https://www.exoclock.space/database/planets_json, one GET without parameters, about
 * 1.6 MB; it changes slowly, other clients ask once a day.
 *
 * The copy lies in the cache folder: exoclock.json, the one before it (exoclock.json.previous),
 * and a few lines about it (exoclock.json.meta: when it was fetched, validators, checksum). An answer takes
 * the copy's place only after it was parsed whole and holds a plausible number of planets.
 */
#ifndef VIGIE_TRANSITS_FETCH_H
#define VIGIE_TRANSITS_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "vigie/base/clock.h"
#include "vigie/base/err.h"
#include "vigie/base/str.h"
#include "vigie/io/http.h"
#include "vigie/transits/catalogue.h"
#include "vigie/transits/nasa.h"

struct fetch;

/* struct fetch_news - what is told, and each time there is something to tell:
 *   catalogue  the newest good one; borrowed until the next news or fetch_free. NULL: there is none
 *              (no copy and no network): err says what to do
 *   previous   with `changed`: the catalogue of before (NULL if there was none), for what is new;
 *              borrowed for the call
 *   changed    the catalogue is another one than at the news before
 *   fresh      it came from, or was confirmed by, the service just now
 *   final      nothing more follows until the next fetch_ask
 *   fetched_ns wall time at which the service last gave or confirmed it; 0 not known
 *   age_h      hours since then; NAN not known
 *   err        OK, or what went wrong in a sentence that also says which copy is in use: "ExoClock:
 *              HTTP 500 after 3 tries; using the copy of 2026-11-22 17:30 UTC (27 h old)" */
struct fetch_news {
    const struct catalogue *catalogue, *previous;
    bool changed, fresh, final;
    int64_t fetched_ns;
    double age_h;
    struct error err;
};
typedef void fetch_fn(void *arg, const struct fetch_news *news);

/* struct fetch_options -
 *   url        NULL: the service's own
 *   folder     NULL: the cache folder (PLACE_CACHE)
 *   max_age_h  age at which the copy is asked for again; negative: 24
 *   offline    never ask
 *   max_mb     largest answer, MB; 0: 64
 *   silence_ms longest silence of the service; 0: that of http
 *   clock      wall time; borrowed, NULL: the machine's (which is right also with --at) */
struct fetch_options {
    const char *url, *folder;
    double max_age_h;
    bool offline;
    double max_mb;
    int64_t silence_ms;
    const struct clock *clock;
};

/* fetch_new - http is borrowed, and may be NULL if offline. fetch_free cancels what is under way
 * without news; not inside the news.
 *   test     tests/transits/check_fetch.c */
struct fetch *fetch_new(struct http *http, const struct fetch_options *options, fetch_fn *fn,
                        void *arg);
void fetch_free(struct fetch *f);

/* fetch_ask - give the stored copy (news before it returns), then ask the service if the copy is
 * missing, older than max_age_h, or `force`; its answer is news later. While an answer is awaited
 * nothing further is asked. */
void fetch_ask(struct fetch *f, bool force);

/* fetch_catalogue - for one-shot commands: the newest catalogue there is, waiting for the service
 * where that is needed (20 s if there is a copy); Ctrl-C gives the stored copy.
 *   out      owned by the caller, catalogue_free
 *   news     lines of what changed against the copy before are added (news.h); NULL: not wanted
 *   note     OK, or why it is not fresh; to be shown, no failure
 *   err      no catalogue: what to do; E_NET, E_TIMEOUT or E_CANCELLED
 *   test     tests/transits/check_fetch.c */
enum status fetch_catalogue(const struct fetch_options *options, struct catalogue **out,
                            struct str *news, struct error *note, struct error *err) MUST_CHECK;

/* fetch_nasa_fn - what the NASA Exoplanet Archive says of one planet. table: all rows near it, none
 * is possible (nasa_best picks); NULL with err if it did not answer. Borrowed for the call. */
typedef void fetch_nasa_fn(void *arg, const struct nasa_table *table, const struct error *err);

/* fetch_nasa - ask the archive for a second opinion on a planet. It is asked only when someone wants
 * to see it, and its answer is not stored.
 *   url      of its TAP service, NULL: the archive's own (nasa_url)
 *   returns  an id for http_cancel; 0 with err
 *   test     tests/transits/check_fetch.c */
uint64_t fetch_nasa(struct http *http, const struct planet *planet, const char *url,
                    fetch_nasa_fn *fn, void *arg, struct error *err);

#endif
