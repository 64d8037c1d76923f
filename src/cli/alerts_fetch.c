/* alerts_fetch.c - `vigie alerts fetch` and `cone`: one question to Astro-COLIBRI, its answer into
 * the store and printed. Not: the polling (a session, or `watch`).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts_cli.h"
#include "alerts_table.h"
#include "vigie/alerts/colibri.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"

struct fetching {
    struct cli *cli;
    struct alerts_cli at;
    struct loop *loop;
    struct http *http;
    int rc;
};

static void print_event(struct fetching *f, const struct alert *a)
{
    struct str line = {0};
    struct json_writer w;
    if (!f->cli->json) {
        alerts_packet(f->cli->out, a, "Astro-COLIBRI");
        return;
    }
    json_write(&w, &line);
    alert_json(&w, a, NULL, cli_now(&f->at.clock));
    str_addc(&line, '\n');
    fwrite(line.s, 1, line.n, f->cli->out);
    str_clear(&line);
}

static void say_clean(const struct cli *cli, const char *text)
{
    struct str t = {0};
    utf8_clean(&t, text, strlen(text));
    cli_say(cli, "%s", str_c(&t));
    str_clear(&t);
}

static int status_of(const struct cli *cli, const struct error *err)
{
    struct error clean = *err;
    struct str t = {0};
    utf8_clean(&t, err->text, strlen(err->text));
    snprintf(clean.text, sizeof clean.text, "%s", str_c(&t));
    str_clear(&t);
    return cli_fail(cli, &clean);
}

static void on_answer(void *arg, const struct http_answer *a)
{
    struct fetching *f = arg;
    struct alert_batch batch;
    struct alert_taken taken;
    int64_t renewal, now_ms = CLOCK_WALL(f->at.clock.clock) / 1000000;
    struct error err;
    enum status s = colibri_read(a, &batch, &renewal, &err);
    if (s == OK)
        s = alert_book_take_decoded(f->at.book, &batch, "colibri", NULL, now_ms, &taken, &err);
    if (s == OK)
        s = store_commit(f->at.store, &err);
    if (s != OK)
        f->rc = status_of(f->cli, &err);
    for (size_t i = 0; s == OK && i < batch.alerts.n; i++)
        print_event(f, batch.alerts.at[i]);
    for (size_t i = 0; s == OK && i < batch.refused.n; i++) {
        say_clean(f->cli, batch.refused.at[i]);
        f->rc = CLI_NO;
    }
    if (s == OK)
        cli_say(f->cli, "%zu events: %d new, %d revised, %d known already", batch.alerts.n,
                taken.fresh, taken.revised, taken.known);
    alert_batch_clear(&batch);
}

/* Opens what is needed, asks, waits for the answer. */
static int ask(struct cli *cli, struct colibri_query *q)
{
    struct fetching f = {.cli = cli, .rc = CLI_OK};
    struct error err;
    struct http_options ho = {.silence_ms =
                                  (int64_t)(conf_number(cli->conf, "http.timeout") * 1000),
                              .offline = cli->offline};
    f.loop = loop_new(clock_system());
    f.http = http_new(f.loop, &ho);
    f.rc = alerts_cli_open(cli, &f.at, NULL, &err) == OK ? CLI_OK : cli_fail(cli, &err);
    if (f.rc == CLI_OK)
        f.rc = cli_clock(cli, &f.at.clock);
    if (f.rc == CLI_OK) {
        q->base = conf_text(cli->conf, "alerts.colibri.url");
        q->uid = conf_text(cli->conf, "alerts.colibri.uid");
        uint64_t id = colibri_send(f.http, q, on_answer, &f, &err);
        if (id && q->kind == COLIBRI_CONE &&
            colibri_count(f.at.book, CLOCK_WALL(f.at.clock.clock) / 1000000, &err) != OK)
            cli_say(cli, "%s", err.text);
        if (id)
            http_wait(f.http, id);
        else
            f.rc = cli_fail(cli, &err);
    }
    http_free(f.http);
    alerts_cli_close(&f.at);
    loop_free(f.loop);
    return f.rc;
}

int alerts_fetch(struct cli *cli)
{
    struct colibri_query q = {.kind = COLIBRI_EVENT,
                              .ids = (const char *const *)(cli->argv + 1),
                              .n_ids = (size_t)cli->argc - 1};
    if (cli->argc < 2 || cli->argc > 40)
        return cli_usage(cli);
    if (cli_arg(cli, "--voevent")) {
        q.kind = COLIBRI_VOEVENT;
        if (q.n_ids != 1) {
            cli_say(cli, "--voevent: one event at a time");
            return CLI_USAGE;
        }
    }
    return ask(cli, &q);
}

int alerts_cone(struct cli *cli)
{
    struct colibri_query q = {.kind = COLIBRI_CONE};
    struct error err;
    double now_ms = (double)CLOCK_WALL(clock_system()) / 1e6;
    bool bad = false;
    double days = cli_number(cli, "--days", 30, 0.01, 3650, &bad);
    if (cli->argc != 3)
        return cli_usage(cli);
    if (sexa_parse_pair(cli->argv[1], strlen(cli->argv[1]), &q.ra_deg, &q.dec_deg, &err) != OK) {
        cli_say(cli, "%s", err.text);
        return CLI_USAGE;
    }
    if (!str_num(cli->argv[2], &q.radius_deg) || !(q.radius_deg > 0 && q.radius_deg <= 180)) {
        cli_say(cli, "\"%.20s\" is no radius in degrees (above 0, to 180)", cli->argv[2]);
        return CLI_USAGE;
    }
    if (bad)
        return CLI_USAGE;
    q.to_ms = ((int64_t)now_ms / 1800000 + 1) * 1800000;
    q.from_ms = q.to_ms - (int64_t)ceil(days * 48) * 1800000;
    return ask(cli, &q);
}
