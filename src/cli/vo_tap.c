/* vo_tap.c - `vigie vo tap`, `job`, `tables`, `examples`, `info`: queries in one go and as jobs, what a
 * service holds and says of itself. Not: the protocols (vo room).
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/json.h"
#include "vigie/formats/tableio.h"
#include "vigie/vo/job.h"
#include "vigie/vo/schema.h"
#include "vigie/vo/vosi.h"
#include "vo_ask.h"

enum { UPLOADS_MAX = 8, DOCUMENT_MAX = 8 << 20 };

/* ---- tables that go with a query ---- */

struct uploads {
    struct proto_upload at[UPLOADS_MAX];
    struct table_doc *doc[UPLOADS_MAX];
    char *name[UPLOADS_MAX];
    size_t n;
};

static void uploads_clear(struct uploads *u)
{
    for (size_t i = 0; i < u->n; i++) {
        table_doc_free(u->doc[i]);
        free(u->name[i]);
    }
}

static bool read_upload(struct cli *cli, struct uploads *u, const char *text)
{
    const char *eq = strchr(text, '=');
    struct error err = {OK, ""};
    if (!eq || eq == text || u->n == UPLOADS_MAX) {
        cli_say(cli, "--upload: \"%.60s\" is not NAME=FILE (at most %d)", text, UPLOADS_MAX);
        return false;
    }
    size_t i = u->n++;
    u->name[i] = mem_strn(text, (size_t)(eq - text));
    u->doc[i] = NULL;
    if (table_read_file(eq + 1, NULL, &u->doc[i], &err) != OK || u->doc[i]->tables.n == 0) {
        cli_say(cli, "%s: %s", eq + 1, err.status == OK ? "there is no table in it" : err.text);
        return false;
    }
    u->at[i] = (struct proto_upload){
        .name = u->name[i], .doc = u->doc[i], .table = u->doc[i]->tables.at[0]};
    return true;
}

static bool read_uploads(struct cli *cli, struct uploads *u)
{
    for (int i = 0; i < cli->n_given; i++)
        if (strcmp(cli->given[i].name, "--upload") == 0 &&
            !read_upload(cli, u, cli->given[i].value))
            return false;
    return true;
}

/* ---- jobs ---- */

struct waiting {
    struct vo_cli *v;
    struct vo_job *job;
    struct table_doc *doc;
    struct error err;
    bool overflow, keep, aborted;
};

static void on_changed(void *arg, const struct vo_job *job)
{
    struct waiting *w = arg;
    if (*vo_job_url(job)) /* the server has made one */
        cli_say(w->v->cli, "%s %s", vo_job_url(job), vo_job_phase_name(vo_job_phase(job)));
}

static void on_job_done(void *arg, struct vo_job *job, struct vo_answer *a)
{
    struct waiting *w = arg;
    w->doc = a->doc;
    a->doc = NULL;
    w->err = a->err;
    w->overflow = a->overflow;
    if (!w->keep && (a->err.status == OK || w->aborted))
        vo_job_delete(job);
    w->v->over = true;
}

/* Ctrl-C: the job is aborted on the server too, then the answer of the abort is waited for. */
static void wait_for_job(struct waiting *w)
{
    if (!vo_cli_wait(w->v)) {
        w->aborted = true;
        w->v->broken = false;
        vo_job_abort(w->job);
        vo_cli_wait(w->v);
    }
    for (int i = 0; i < 100 && http_count(w->v->access.http) > 0; i++)
        loop_turn(w->v->loop, true); /* its deletion */
}

static int run_job(struct vo_cli *v, const char *base, const char *url, const char *adql,
                   const struct uploads *u, uint64_t rows)
{
    struct waiting w = {.v = v, .err = {OK, ""}, .keep = cli_arg(v->cli, "--keep") != NULL};
    const struct vo_job_setup setup = {.http = v->access.http,
                                       .base = base,
                                       .adql = adql,
                                       .max_rows = rows,
                                       .upload = u ? u->at : NULL,
                                       .n_upload = u ? u->n : 0,
                                       .patience = url ? 3 : 0, /* is it there at all? */
                                       .changed = on_changed,
                                       .done = on_job_done,
                                       .arg = &w};
    v->over = false;
    w.job = url ? vo_job_resume(&setup, url, &w.err) : vo_job_start(&setup, &w.err);
    if (w.job && cli_arg(v->cli, "--abort")) {
        w.aborted = true;
        vo_job_abort(w.job);
    }
    if (w.job)
        wait_for_job(&w);
    vo_job_free(w.job);
    if (w.overflow && w.err.status == OK)
        cli_say(v->cli, "the answer is cut: there may be more rows than it gives");
    bool wished = w.err.status == E_CANCELLED && cli_arg(v->cli, "--abort");
    return vo_cli_show(v->cli, w.doc,
                       wished || w.err.status == OK ? CLI_OK : cli_fail(v->cli, &w.err));
}

int vo_job(struct cli *cli)
{
    struct vo_cli v;
    bool bad = false;
    uint64_t rows = vo_cli_rows(cli, 0, &bad);
    if (bad || cli->argc != 2)
        return cli_usage(cli);
    vo_cli_open(&v, cli);
    int rc = run_job(&v, NULL, cli->argv[1], NULL, NULL, rows);
    vo_cli_close(&v);
    return rc;
}

static int ask(struct vo_cli *v, const char *adql, const struct uploads *u, uint64_t rows)
{
    const char *base = v->cli->argv[1];
    if (cli_arg(v->cli, "--async"))
        return run_job(v, base, NULL, adql, u, rows);
    const struct proto_query q = {.base = base,
                                  .adql = adql,
                                  .lang = cli_arg(v->cli, "--lang"),
                                  .max_rows = rows,
                                  .upload = u->at,
                                  .n_upload = u->n};
    struct table_doc *doc = NULL;
    int rc = vo_cli_ask(v, NULL, vo_protocol_find("tap"), &q, &doc);
    return vo_cli_show(v->cli, doc, rc);
}

int vo_tap(struct cli *cli)
{
    struct vo_cli v;
    struct uploads u = {.n = 0};
    struct str adql = {0};
    bool bad = false;
    uint64_t rows = vo_cli_rows(cli, 0, &bad);
    if (cli->argc != 3 || bad)
        return cli_usage(cli);
    int rc = vo_cli_text(cli, cli->argv[2], &adql);
    vo_cli_open(&v, cli);
    if (rc == CLI_OK)
        rc = read_uploads(cli, &u) ? ask(&v, str_c(&adql), &u, rows) : CLI_USAGE;
    vo_cli_close(&v);
    uploads_clear(&u);
    str_clear(&adql);
    return rc;
}

/* ---- what a service holds ---- */

static void on_schema(void *arg, struct schema *s, int i)
{
    (void)s, (void)i;
    ((struct vo_cli *)arg)->over = true;
}

static void print_fields(struct cli *cli, const char *const keys[], const char *const values[],
                         size_t n)
{
    struct str out = {0};
    struct json_writer j;
    json_write(&j, &out);
    json_object(&j);
    for (size_t i = 0; i < n; i++) {
        json_key(&j, keys[i]);
        json_string(&j, *values[i] ? values[i] : NULL);
    }
    json_end(&j);
    fprintf(cli->out, "%s\n", str_c(&out));
    str_clear(&out);
}

static void print_tables(struct cli *cli, const struct schema *s)
{
    static const char *const keys[] = {"schema", "table", "description", "utype"};
    for (size_t i = 0; i < schema_count(s); i++) {
        const struct schema_table *t = schema_table(s, i);
        const char *const values[] = {t->schema, t->name, t->description, t->utype};
        if (cli->json)
            print_fields(cli, keys, values, 4);
        else
            fprintf(cli->out, "%-32s  %s\n", t->name, *t->title ? t->title : t->description);
    }
}

static void print_columns(struct cli *cli, const struct schema_table *t)
{
    static const char *const keys[] = {"column", "type", "unit", "ucd", "utype", "description"};
    for (size_t i = 0; i < t->column.n; i++) {
        const struct schema_column *c = &t->column.at[i];
        const char *const values[] = {c->name, c->type, c->unit, c->ucd, c->utype, c->description};
        if (cli->json)
            print_fields(cli, keys, values, 6);
        else
            fprintf(cli->out, "%-24s %c %-10s %-10s %-32s %s\n", c->name, c->indexed ? '*' : ' ',
                    c->type, c->unit, c->ucd, c->description);
    }
}

int vo_tables(struct cli *cli)
{
    struct vo_cli v;
    const char *name = cli->argc == 3 ? cli->argv[2] : NULL;
    int rc = CLI_OK, at = -1;
    if (cli->argc < 2 || cli->argc > 3)
        return cli_usage(cli);
    vo_cli_open(&v, cli);
    struct schema *s = schema_new(v.access.http, NULL, cli->argv[1], on_schema, &v);
    schema_ask_tables(s);
    bool good = vo_cli_wait(&v) && schema_state(s) == SCHEMA_KNOWN;
    if (good && name && (at = schema_find(s, name)) < 0) {
        cli_say(cli, "no table '%.60s' in this service", name);
        rc = CLI_NO;
    } else if (good && name) {
        v.over = false;
        schema_ask_columns(s, (size_t)at);
        good = vo_cli_wait(&v) && schema_table(s, (size_t)at)->state == SCHEMA_KNOWN;
        if (good)
            print_columns(cli, schema_table(s, (size_t)at));
    } else if (good) {
        print_tables(cli, s);
    }
    if (!good)
        rc = v.broken ? CLI_NO : cli_fail(cli, schema_why(s));
    schema_free(s);
    vo_cli_close(&v);
    return rc;
}

/* ---- what a service says of itself ---- */

/* Where a service has it: below its address, else beside it. The error is that of the first place. */
static enum status document(struct vo_cli *v, const char *what, struct str *body, struct error *err)
{
    struct str url = {0};
    struct error beside;
    vosi_url(&url, v->cli->argv[1], what);
    enum status s = vo_cli_fetch(v, str_c(&url), DOCUMENT_MAX, body, err);
    str_reset(&url);
    if (s == E_ABSENT && vosi_url_beside(&url, v->cli->argv[1], what)) {
        str_reset(body);
        s = vo_cli_fetch(v, str_c(&url), DOCUMENT_MAX, body, &beside);
    }
    str_clear(&url);
    return s;
}

static int read_document(struct vo_cli *v, const char *what, struct str *body)
{
    struct error err;
    return document(v, what, body, &err) == OK ? CLI_OK : cli_fail(v->cli, &err);
}

int vo_examples(struct cli *cli)
{
    static const char *const keys[] = {"name", "query"};
    struct vo_cli v;
    struct str body = {0};
    struct vosi_examples e;
    struct error err;
    if (cli->argc != 2)
        return cli_usage(cli);
    vo_cli_open(&v, cli);
    int rc = read_document(&v, "examples", &body);
    if (rc == CLI_OK && vosi_read_examples(str_c(&body), body.n, &e, &err) == OK) {
        for (size_t i = 0; i < e.example.n; i++) {
            const char *const values[] = {e.example.at[i].name, e.example.at[i].query};
            if (cli->json)
                print_fields(cli, keys, values, 2);
            else
                fprintf(cli->out, "-- %s\n%s\n\n", values[0], values[1]);
        }
        rc = e.example.n ? CLI_OK : CLI_NO;
        vosi_examples_clear(&e);
    } else if (rc == CLI_OK) {
        rc = cli_fail(cli, &err);
    }
    str_clear(&body);
    vo_cli_close(&v);
    return rc;
}

static void put_list(struct json_writer *j, const char *key, const char *const *at, size_t n)
{
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < n; i++)
        json_string(j, at[i]);
    json_end(j);
}

static void print_capabilities(struct cli *cli, const struct vosi_capabilities *c, bool known,
                               const struct vosi_availability *a)
{
    struct str out = {0};
    struct json_writer j;
    json_write(&j, &out);
    json_object(&j);
    json_key(&j, "available");
    if (known)
        json_bool(&j, a->available);
    else
        json_null(&j);
    json_key(&j, "note");
    json_string(&j, known && *a->note ? a->note : NULL);
    json_key(&j, "capabilities");
    json_array(&j);
    for (size_t i = 0; i < c->capability.n; i++) {
        json_object(&j);
        json_key(&j, "service");
        json_string(&j, c->capability.at[i].kind);
        json_key(&j, "standard_id");
        json_string(&j, c->capability.at[i].standard_id);
        json_key(&j, "url");
        json_string(&j, c->capability.at[i].url);
        json_end(&j);
    }
    json_end(&j);
    put_list(&j, "languages", c->language.at, c->language.n);
    put_list(&j, "data_models", c->data_model.at, c->data_model.n);
    put_list(&j, "features", c->feature.at, c->feature.n);
    put_list(&j, "functions", c->function.at, c->function.n);
    json_key(&j, "rows_default");
    json_int(&j, (int64_t)c->rows_default);
    json_key(&j, "rows_most");
    json_int(&j, (int64_t)c->rows_most);
    json_key(&j, "upload");
    json_bool(&j, c->upload);
    json_end(&j);
    fprintf(cli->out, "%s\n", str_c(&out));
    str_clear(&out);
}

static void show_list(struct cli *cli, const char *title, const char *const *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(cli->out, "%-12s %s\n", i ? "" : title, at[i]);
}

static void show_capabilities(struct cli *cli, const struct vosi_capabilities *c, bool known,
                              const struct vosi_availability *a)
{
    fprintf(cli->out, "%-12s %s%s%s\n", "available",
            !known         ? "the service does not say"
            : a->available ? "yes"
                           : "no",
            known && *a->note ? ": " : "", known ? a->note : "");
    for (size_t i = 0; i < c->capability.n; i++)
        fprintf(cli->out, "%-12s %s\n",
                c->capability.at[i].kind ? c->capability.at[i].kind
                                         : c->capability.at[i].standard_id,
                c->capability.at[i].url);
    show_list(cli, "language", c->language.at, c->language.n);
    show_list(cli, "data model", c->data_model.at, c->data_model.n);
    show_list(cli, "feature", c->feature.at, c->feature.n);
    show_list(cli, "function", c->function.at, c->function.n);
    if (c->rows_most)
        fprintf(cli->out, "%-12s %llu, at most %llu\n", "rows", (unsigned long long)c->rows_default,
                (unsigned long long)c->rows_most);
    if (c->upload)
        fprintf(cli->out, "%-12s tables can go with a query\n", "upload");
}

int vo_info(struct cli *cli)
{
    struct vo_cli v;
    struct str body = {0}, say = {0};
    struct vosi_capabilities c;
    struct vosi_availability a;
    struct error err;
    if (cli->argc != 2)
        return cli_usage(cli);
    vo_cli_open(&v, cli);
    int rc = read_document(&v, "capabilities", &body);
    if (rc == CLI_OK && vosi_read_capabilities(str_c(&body), body.n, &c, &err) == OK) {
        bool known = document(&v, "availability", &say, &err) == OK &&
                     vosi_read_availability(str_c(&say), say.n, &a, &err) == OK;
        (cli->json ? print_capabilities : show_capabilities)(cli, &c, known, &a);
        vosi_clear(&c);
    } else if (rc == CLI_OK) {
        rc = cli_fail(cli, &err);
    }
    str_clear(&body);
    str_clear(&say);
    vo_cli_close(&v);
    return rc;
}
