/* opinion.c - see opinion.h. */
#include "opinion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/clock.h"
#include "vigie/base/loop.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"
#include "vigie/io/http.h"
#include "vigie/transits/ephemeris.h"
#include "vigie/transits/fetch.h"

/* struct asked - one request under way. */
struct asked {
    const struct cli *cli;
    struct opinion *to;
    uint64_t id;
};

static void take(void *arg, const struct nasa_table *table, const struct error *err)
{
    struct asked *a = arg;
    struct opinion *o = a->to;
    if (!table) {
        cli_say(a->cli, "second opinion on %s: %s", o->planet->name, err->text);
        return;
    }
    o->answered = true;
    const struct nasa_row *row = nasa_best(table, o->planet);
    if (!row)
        return;
    o->there = true;
    o->unsure = row->unsure;
    nasa_planet(row, o->planet, &o->other);
    o->other.ephemeris.ref = ""; /* the table goes */
    o->reference = mem_str(row->reference);
}

int opinions_ask(struct cli *cli, const struct planet *const *planet, size_t n, struct opinions *o)
{
    struct asked asked[OPINION_MAX] = {0};
    struct error err;
    int rc = CLI_OK;
    memset(o, 0, sizeof *o);
    o->n = n < OPINION_MAX ? n : OPINION_MAX;
    if (o->n < n)
        cli_say(cli, "second opinion: only of the first %d planets", OPINION_MAX);
    struct loop *loop = loop_new(clock_system());
    struct http_options options = {.offline = cli->offline,
                                   .silence_ms =
                                       (int64_t)(1000 * conf_number(cli->conf, "http.timeout"))};
    struct http *http = http_new(loop, &options);
    for (size_t i = 0; i < o->n; i++) {
        o->at[i].planet = planet[i];
        asked[i] = (struct asked){.cli = cli, .to = &o->at[i]};
        asked[i].id = fetch_nasa(http, planet[i], NULL, take, &asked[i], &err);
        if (!asked[i].id)
            cli_say(cli, "second opinion: %s", err.text);
    }
    for (size_t i = 0; i < o->n; i++)
        if (asked[i].id)
            http_wait(http, asked[i].id);
    http_free(http);
    loop_free(loop);
    for (size_t i = 0; i < o->n; i++)
        rc = o->at[i].answered ? rc : CLI_NET;
    return rc;
}

void opinions_clear(struct opinions *o)
{
    for (size_t i = 0; i < o->n; i++)
        free(o->at[i].reference);
    o->n = 0;
}

static const struct opinion *find(const struct opinions *o, const struct transit_event *e,
                                  struct orbit_other *other)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->at[i].planet == e->planet && o->at[i].there &&
            orbit_compare(&o->at[i].other, e->contact[TRANSIT_MID].bjd, other))
            return &o->at[i];
    return NULL;
}

void opinion_json(const struct opinions *o, const struct transit_event *e, struct json_writer *w)
{
    struct orbit_other other;
    char text[ORBIT_TEXT];
    const struct opinion *p = find(o, e, &other);
    json_key(w, "second_opinion");
    if (!p) {
        json_null(w);
        return;
    }
    json_object(w);
    json_key(w, "source");
    json_string(w, "NASA Exoplanet Archive");
    json_key(w, "reference");
    json_string(w, p->reference);
    json_key(w, "mid_bjd_tdb");
    json_string(w, orbit_text(other.mid, 8, text));
    json_key(w, "difference_min");
    json_fixed(w, other.shift_d * 1440, 3);
    json_key(w, "sigma_mid_min");
    json_fixed(w, other.sigma_d * 1440, 5);
    json_key(w, "time_system");
    json_string(w, time_system_name(p->other.ephemeris.system));
    json_key(w, "time_system_unsure");
    json_bool(w, other.unsure || p->unsure);
    json_end(w);
}

void opinion_print(const struct opinions *o, const struct transit_event *e, FILE *out)
{
    struct orbit_other other;
    struct str name = {0}, ref = {0};
    const struct opinion *p = find(o, e, &other);
    bool asked = false;
    for (size_t i = 0; i < o->n; i++)
        asked = asked || (o->at[i].planet == e->planet && o->at[i].answered);
    utf8_clean(&name, e->planet->name, strlen(e->planet->name));
    fprintf(out, "%s, epoch %lld: ", str_c(&name), (long long)e->epoch);
    if (p) {
        double min = other.shift_d * 1440;
        utf8_clean(&ref, p->reference, strlen(p->reference));
        fprintf(out, "the NASA archive has it %.1f min %s", fabs(min),
                min < 0 ? "earlier" : "later");
        if (isfinite(other.sigma_d))
            fprintf(out, " (+- %.1f)", other.sigma_d * 1440);
        fprintf(out, ", %s%s\n", str_c(&ref),
                other.unsure || p->unsure ? "; its time system is not certain" : "");
    } else {
        fprintf(out, "%s\n", asked ? "the NASA archive has no ephemeris" : "no answer");
    }
    str_clear(&name);
    str_clear(&ref);
}
