/* fetch_nasa.c - one planet's rows of the NASA Exoplanet Archive. Not: the query and its answer's
 * layout (nasa.c), the catalogue of ExoClock (fetch.c).
 */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/transits/fetch.h"

static const char archive[] = "NASA Exoplanet Archive";
enum { ANSWER_MAX = 4000000 }; /* the busiest planets have some hundred rows */

struct asked {
    fetch_nasa_fn *fn;
    void *arg;
};

static void on_done(void *arg, const struct http_answer *a)
{
    struct asked *q = arg;
    struct nasa_table *t = NULL;
    struct error err = a->err;
    if (err.status == OK && nasa_read(str_c(&a->body), a->body.n, &t, &err) != OK)
        err_wrap(&err, "%s", archive);
    q->fn(q->arg, t, &err);
    nasa_free(t);
    free(q);
}

uint64_t fetch_nasa(struct http *http, const struct planet *planet, const char *url,
                    fetch_nasa_fn *fn, void *arg, struct error *err)
{
    struct str full = {0};
    nasa_url(planet, &full);
    const char *query = strchr(str_c(&full), '?');
    char *other = url && *url && query ? mem_printf("%s%s", url, query) : NULL;
    struct asked *q = mem_zero(sizeof *q);
    *q = (struct asked){fn, arg};
    struct http_request r = {.url = other ? other : str_c(&full),
                             .name = archive,
                             .done = on_done,
                             .arg = q,
                             .max_body = ANSWER_MAX};
    uint64_t id = http_send(http, &r, err);
    if (!id)
        free(q);
    free(other);
    str_clear(&full);
    return id;
}
