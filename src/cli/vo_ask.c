/* vo_ask.c - see vo_ask.h. */
#include "vo_ask.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "table_view.h"
#include "vigie/formats/tableio.h"
#include "vigie/vo/job.h"

struct asking {
    struct table_doc *doc;
    struct error err;
    bool overflow;
};

static void on_answer(void *arg, struct vo_answer *a)
{
    struct asking *k = arg;
    k->doc = a->doc;
    a->doc = NULL;
    k->err = a->err;
    k->overflow = a->overflow;
}

static struct http *open_http(struct cli *cli, struct loop **loop)
{
    struct http_options o = {.silence_ms = (int64_t)(conf_number(cli->conf, "http.timeout") * 1000),
                             .max_body = (size_t)(conf_number(cli->conf, "http.max-body") * 1e6),
                             .offline = cli->offline};
    *loop = loop_new(clock_system());
    return http_new(*loop, &o);
}

enum status vo_cli_ask_quietly(struct cli *cli, const char *name, const char *url,
                               const struct str *form, struct table_doc **doc, struct error *err)
{
    bool bad = false;
    struct asking k = {.err = {OK, ""}};
    struct loop *loop;
    struct http *http = open_http(cli, &loop);
    const struct vo_question q = {
        .name = name,
        .url = url,
        .body = form ? str_c(form) : NULL,
        .n_body = form ? form->n : 0,
        .max_rows = (uint64_t)cli_number(cli, "--rows", 0, 1, 1e8, &bad),
        .done = on_answer,
        .arg = &k,
    };
    uint64_t id = vo_ask(http, &q, &k.err);
    if (id)
        http_wait(http, id);
    http_free(http);
    loop_free(loop);
    *doc = k.doc;
    if (k.overflow && k.err.status == OK)
        cli_say(cli, "%s: the answer is cut: there are more rows than it gives",
                name ? name : "the service");
    if (k.err.status != OK)
        *err = k.err;
    return k.err.status;
}

int vo_cli_ask(struct cli *cli, const char *name, const char *url, const struct str *form,
               struct table_doc **doc)
{
    struct error err;
    return vo_cli_ask_quietly(cli, name, url, form, doc, &err) == OK ? CLI_OK : cli_fail(cli, &err);
}

/* ---- jobs ---- */

struct waiting {
    struct cli *cli;
    struct loop *loop;
    struct vo_job *job;
    struct asking answer;
};

static void on_changed(void *arg, const struct vo_job *job)
{
    struct waiting *w = arg;
    cli_say(w->cli, "%s %s", vo_job_url(job), vo_job_phase_name(vo_job_phase(job)));
}

static void on_job_done(void *arg, struct vo_job *job, struct vo_answer *a)
{
    struct waiting *w = arg;
    on_answer(&w->answer, a);
    if (vo_job_phase(job) == VO_JOB_COMPLETED && a->err.status == OK)
        vo_job_delete(job);
    loop_stop(w->loop);
}

static void on_interrupt(void *arg, int signo)
{
    struct waiting *w = arg;
    (void)signo;
    vo_job_abort(w->job);
}

/* What is still under way (the deletion of the job) is waited for, a moment. */
static void settle(struct http *http, struct loop *loop)
{
    for (int i = 0; i < 100 && http_count(http) > 0; i++)
        loop_turn(loop, 50);
}

int vo_cli_job(struct cli *cli, const char *base, const char *adql, uint64_t rows,
               struct table_doc **doc)
{
    struct waiting w = {.cli = cli, .answer = {.err = {OK, ""}}};
    struct http *http = open_http(cli, &w.loop);
    const struct vo_job_setup setup = {.http = http,
                                       .base = base,
                                       .adql = adql,
                                       .max_rows = rows,
                                       .changed = on_changed,
                                       .done = on_job_done,
                                       .arg = &w};
    w.job = vo_job_start(&setup, &w.answer.err);
    if (w.job && loop_signal(w.loop, SIGINT, on_interrupt, &w) == OK) {
        loop_run(w.loop);
        loop_signal_del(w.loop, SIGINT);
        settle(http, w.loop);
    }
    vo_job_free(w.job);
    http_free(http);
    loop_free(w.loop);
    *doc = w.answer.doc;
    if (w.answer.overflow)
        cli_say(cli, "the answer is cut: there are more rows than it gives");
    return w.answer.err.status == OK ? CLI_OK : cli_fail(cli, &w.answer.err);
}

struct fetching {
    struct str *body;
    struct error err;
};

static void on_body(void *arg, const struct http_answer *a)
{
    struct fetching *f = arg;
    f->err = a->err;
    if (a->err.status == OK)
        str_addn(f->body, str_c(&a->body), a->body.n);
}

enum status vo_cli_fetch(struct cli *cli, const char *name, const char *url, const char *accept,
                         size_t max, struct str *body, struct error *err)
{
    struct fetching f = {.body = body, .err = {OK, ""}};
    const struct http_header header = {"Accept", accept};
    struct loop *loop;
    struct http *http = open_http(cli, &loop);
    const struct http_request r = {.url = url,
                                   .name = name,
                                   .headers = &header,
                                   .n_headers = accept ? 1 : 0,
                                   .max_body = max,
                                   .done = on_body,
                                   .arg = &f};
    uint64_t id = http_send(http, &r, &f.err);
    if (id)
        http_wait(http, id);
    http_free(http);
    loop_free(loop);
    if (f.err.status != OK)
        *err = f.err;
    return f.err.status;
}

int vo_cli_show(struct cli *cli, const struct table_doc *doc)
{
    const char *to = cli_arg(cli, "--save");
    enum table_format format = TABLE_JSON;
    struct error err;
    if (doc->tables.n == 0) {
        cli_say(cli, "there is no table in the answer");
        return CLI_NO;
    }
    const struct table *t = doc->tables.at[0];
    if (to && !table_format_of(to, &format)) {
        cli_say(cli, "%s: no format has this ending; .vot .csv .tsv .ecsv .fits .json are known",
                to);
        return CLI_USAGE;
    }
    if (!to && !cli->json) {
        table_view(cli, t);
        return CLI_OK;
    }
    if (table_write_file(doc, t, format, to ? to : "-", &err) != OK)
        return cli_fail(cli, &err);
    if (to)
        cli_say(cli, "%s: %zu rows%s", to, t->rows, t->partial ? ", partial" : "");
    return CLI_OK;
}
