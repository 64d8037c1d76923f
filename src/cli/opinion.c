/* opinion.c - see opinion.h. */
#include "opinion.h"

#include <math.h>
#include <string.h>

#include "vigie/base/clock.h"
#include "vigie/base/loop.h"
#include "vigie/base/utf8.h"
#include "vigie/io/http.h"
#include "vigie/transits/ephemeris.h"

/* struct asked - one request under way. */
struct asked {
    struct cli *cli;
    struct opinion *to;
    uint64_t id;
    bool good;
};

static void take(void *arg, const struct http_answer *answer)
{
    struct asked *a = arg;
    struct error err;
    if (answer->err.status != OK) {
        cli_say(a->cli, "second opinion on %s: %s", a->to->planet->name, answer->err.text);
        return;
    }
    if (nasa_read(str_c(&answer->body), answer->body.n, &a->to->table, &err) != OK) {
        cli_say(a->cli, "second opinion on %s: %s", a->to->planet->name, err.text);
        return;
    }
    a->good = true;
    a->to->row = nasa_best(a->to->table, a->to->planet);
    if (a->to->row)
        nasa_planet(a->to->row, a->to->planet, &a->to->other);
}

static void ask(struct http *http, struct asked *a)
{
    struct error err;
    struct str url = {0};
    nasa_url(a->to->planet, &url);
    struct http_request r = {
        .url = str_c(&url), .name = "NASA Exoplanet Archive", .done = take, .arg = a};
    a->id = http_send(http, &r, &err);
    if (!a->id)
        cli_say(a->cli, "second opinion: %s", err.text);
    str_clear(&url);
}

int opinions_ask(struct cli *cli, const struct planet *const *planet, size_t n, struct opinions *o)
{
    struct asked asked[OPINION_MAX] = {0};
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
        ask(http, &asked[i]);
    }
    for (size_t i = 0; i < o->n; i++)
        if (asked[i].id)
            http_wait(http, asked[i].id);
    http_free(http);
    loop_free(loop);
    for (size_t i = 0; i < o->n; i++)
        rc = asked[i].good ? rc : CLI_NET;
    return rc;
}

void opinions_clear(struct opinions *o)
{
    for (size_t i = 0; i < o->n; i++)
        nasa_free(o->at[i].table);
    o->n = 0;
}

static const struct opinion *find(const struct opinions *o, const struct transit_event *e,
                                  struct orbit_other *other)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->at[i].planet == e->planet && o->at[i].row &&
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
    json_string(w, p->row->reference);
    json_key(w, "mid_bjd_tdb");
    json_string(w, orbit_text(other.mid, 8, text));
    json_key(w, "difference_min");
    json_fixed(w, other.shift_d * 1440, 3);
    json_key(w, "sigma_mid_min");
    json_fixed(w, other.sigma_d * 1440, 5);
    json_key(w, "time_system");
    json_string(w, time_system_name(p->row->ephemeris.system));
    json_key(w, "time_system_unsure");
    json_bool(w, other.unsure || p->row->unsure);
    json_end(w);
}

void opinion_print(const struct opinions *o, const struct transit_event *e, FILE *out)
{
    struct orbit_other other;
    struct str name = {0}, ref = {0};
    const struct opinion *p = find(o, e, &other);
    bool asked = false;
    for (size_t i = 0; i < o->n; i++)
        asked = asked || (o->at[i].planet == e->planet && o->at[i].table);
    utf8_clean(&name, e->planet->name, strlen(e->planet->name));
    fprintf(out, "%s, epoch %lld: ", str_c(&name), (long long)e->epoch);
    if (p) {
        double min = other.shift_d * 1440;
        utf8_clean(&ref, p->row->reference, strlen(p->row->reference));
        fprintf(out, "the NASA archive has it %.1f min %s", fabs(min),
                min < 0 ? "earlier" : "later");
        if (isfinite(other.sigma_d))
            fprintf(out, " (+- %.1f)", other.sigma_d * 1440);
        fprintf(out, ", %s%s\n", str_c(&ref),
                other.unsure || p->row->unsure ? "; its time system is not certain" : "");
    } else {
        fprintf(out, "%s\n", asked ? "the NASA archive has no ephemeris" : "no answer");
    }
    str_clear(&name);
    str_clear(&ref);
}
