/* vo_ask.c - see vo_ask.h. */
#include "vo_ask.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "table_view.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/formats/sexa.h"
#include "vigie/formats/tableio.h"
#include "vigie/vo/names.h"
#include "vigie/vo/range.h"

enum { ADQL_MAX = 1 << 20 };

void vo_cli_open(struct vo_cli *v, struct cli *cli)
{
    const struct http_options o = {
        .silence_ms = (int64_t)(conf_number(cli->conf, "http.timeout") * 1000),
        .max_body = (size_t)(conf_number(cli->conf, "http.max-body") * 1e6),
        .offline = cli->offline};
    *v = (struct vo_cli){.cli = cli, .loop = loop_new(clock_system())};
    v->access = (struct vo_access){.http = http_new(v->loop, &o),
                                   .registries = conf_text(cli->conf, "vo.registry"),
                                   .vocabulary = conf_text(cli->conf, "vo.vocabulary"),
                                   .sesame = conf_text(cli->conf, "vo.sesame"),
                                   .simbad = conf_text(cli->conf, "vo.simbad"),
                                   .offline = cli->offline};
}

void vo_cli_close(struct vo_cli *v)
{
    if (http_count(v->access.http) == 0)
        loop_run(v->loop); /* copies that are being written */
    http_free(v->access.http);
    loop_free(v->loop);
}

static void on_interrupt(void *arg, int signo)
{
    (void)signo;
    struct vo_cli *v = arg;
    v->broken = true;
}

bool vo_cli_wait(struct vo_cli *v)
{
    bool caught = loop_signal(v->loop, SIGINT, on_interrupt, v) == OK;
    while (!v->over && !v->broken)
        loop_turn(v->loop, true);
    if (caught)
        loop_signal_del(v->loop, SIGINT);
    return !v->broken;
}

struct asking {
    struct table_doc *doc;
    struct error err;
    bool overflow, excess;
};

static void on_answer(void *arg, struct vo_answer *a)
{
    struct asking *k = arg;
    k->doc = a->doc;
    a->doc = NULL;
    k->err = a->err;
    k->overflow = a->overflow;
    k->excess = a->excess;
}

int vo_cli_ask(struct vo_cli *v, const char *name, const struct vo_protocol *p,
               const struct proto_query *q, struct table_doc **doc)
{
    struct asking k = {.err = {OK, ""}};
    const struct vo_question ask = {.name = name, .done = on_answer, .arg = &k};
    uint64_t id = vo_ask_query(v->access.http, p, q, &ask, &k.err);
    if (id)
        http_wait(v->access.http, id);
    *doc = k.doc;
    if (k.overflow && k.err.status == OK)
        cli_say(v->cli, "%s: the answer is cut: there may be more rows than it gives",
                name ? name : "the service");
    if (k.excess && k.err.status == OK)
        cli_say(v->cli, "%s: sent more rows than the %llu asked for; all are here",
                name ? name : "the service", (unsigned long long)q->max_rows);
    if (k.doc && k.doc->fault && k.err.status == OK)
        cli_say(v->cli, "%s: %s", name ? name : "the service", k.doc->fault);
    return k.err.status == OK ? CLI_OK : cli_fail(v->cli, &k.err);
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

enum status vo_cli_fetch(struct vo_cli *v, const char *url, size_t max, struct str *body,
                         struct error *err)
{
    struct fetching f = {.body = body, .err = {OK, ""}};
    const struct http_request r = {.url = url, .max_body = max, .done = on_body, .arg = &f};
    uint64_t id = http_send(v->access.http, &r, &f.err);
    if (id)
        http_wait(v->access.http, id);
    if (f.err.status != OK)
        *err = f.err;
    return f.err.status;
}

/* ---- the answer ---- */

int vo_cli_save(struct cli *cli, const struct table_doc *doc, const char *to)
{
    enum table_format format = TABLE_JSON;
    struct error err;
    const struct table *t = doc->tables.at[0];
    if (to && !table_format_of(to, &format)) {
        cli_say(cli, "%s: no format has this ending; .vot .csv .tsv .ecsv .fits .json are known",
                to);
        return CLI_USAGE;
    }
    if (table_write_file(doc, t, format, to ? to : "-", &err) != OK)
        return cli_fail(cli, &err);
    if (to)
        cli_say(cli, "%s: %zu rows%s", to, t->rows, t->partial ? ", partial" : "");
    return CLI_OK;
}

int vo_cli_show(struct cli *cli, struct table_doc *doc, int rc)
{
    const char *to = cli_arg(cli, "--save");
    int shown = CLI_OK;
    if (!doc)
        return rc;
    if (doc->tables.n == 0) {
        if (rc == CLI_OK) {
            cli_say(cli, "there is no table in the answer");
            shown = CLI_NO;
        }
    } else if (rc == CLI_OK || doc->tables.at[0]->rows) {
        if (to || cli->json)
            shown = vo_cli_save(cli, doc, to);
        else
            table_view(cli, doc->tables.at[0]);
    }
    table_doc_free(doc);
    return rc == CLI_OK ? shown : rc;
}

/* ---- arguments ---- */

int vo_cli_text(struct cli *cli, const char *arg, struct str *text)
{
    struct error err;
    if (*arg != '@' && strcmp(arg, "-") != 0) {
        str_add(text, arg);
        return CLI_OK;
    }
    return file_read(*arg == '@' ? arg + 1 : arg, ADQL_MAX, text, &err) == OK ? CLI_OK
                                                                              : cli_fail(cli, &err);
}

uint64_t vo_cli_rows(struct cli *cli, uint64_t otherwise, bool *bad)
{
    return (uint64_t)cli_number(cli, "--rows", (double)otherwise, 1, 1e8, bad);
}

bool vo_cli_more(struct cli *cli, struct proto_param more[VO_CLI_MORE], size_t *n, struct str *text)
{
    *n = 0;
    for (int pass = 0; pass < 2; pass++) { /* first all the texts, then where they lie */
        size_t at = 0;
        for (int i = 0; i < cli->n_given; i++) {
            const char *value = cli->given[i].value, *eq;
            if (strcmp(cli->given[i].name, "--param") != 0)
                continue;
            eq = strchr(value, '=');
            if (!eq || eq == value || *n == VO_CLI_MORE) {
                cli_say(cli, "--param: \"%.60s\" is not KEY=VALUE", value);
                return false;
            }
            if (pass == 0) {
                str_addn(text, value, (size_t)(eq - value));
                str_addc(text, '\0');
            } else {
                more[*n] = (struct proto_param){text->s + at, eq + 1};
                at += (size_t)(eq - value) + 1;
                ++*n;
            }
        }
    }
    return true;
}

bool vo_cli_size(struct cli *cli, const char *text, double *deg)
{
    char *number = mem_str(text);
    size_t n = strlen(number);
    double unit = 1;
    if (n && (number[n - 1] == '\'' || number[n - 1] == '"')) {
        unit = number[n - 1] == '"' ? 1 / 3600.0 : 1 / 60.0;
        number[n - 1] = '\0';
    } else if (n > 1 && number[n - 1] == 'd') { /* as in forms and scripts */
        number[n - 1] = '\0';
    }
    bool good = str_num(number, deg);
    *deg *= unit;
    good = good && *deg >= 0 && *deg <= 180;
    if (!good)
        cli_say(cli, "\"%.40s\" is no size: degrees (5 or 5d), or 10' or 30\", 0 .. 180", text);
    free(number);
    return good;
}

bool vo_cli_ranges(struct cli *cli, struct proto_query *q)
{
    const char *band = cli_arg(cli, "--spectrum"), *time = cli_arg(cli, "--time");
    struct error err;
    q->band = band != NULL;
    q->time = time != NULL;
    if ((band && range_band(band, &q->band_lo_m, &q->band_hi_m, &err) != OK) ||
        (time && range_time(time, clock_system(), &q->mjd_lo, &q->mjd_hi, &err) != OK)) {
        cli_say(cli, "%s", err.text);
        return false;
    }
    return true;
}

struct naming {
    struct vo_cli *v;
    struct names_result r;
};

static void on_name(void *arg, const struct names_result *r)
{
    struct naming *k = arg;
    k->r = *r;
    k->v->over = true;
}

bool vo_cli_place(struct vo_cli *v, char *const *arg, int n, double *ra_deg, double *dec_deg)
{
    struct error err;
    char age[VO_AGE_TEXT];
    if (n == 2) {
        if (sexa_parse(arg[0], strlen(arg[0]), SEXA_RA, ra_deg, &err) == OK &&
            sexa_parse(arg[1], strlen(arg[1]), SEXA_DEC, dec_deg, &err) == OK)
            return true;
        v->why = CLI_USAGE;
        cli_say(v->cli, "%.40s %.40s: %s", arg[0], arg[1], err.text);
        return false;
    }
    v->why = CLI_USAGE;
    if (str_num(arg[0], ra_deg)) { /* the other one was forgotten, or the size is */
        cli_say(v->cli, "%.40s: a place is RA DEC or the name of an object, then comes the size",
                arg[0]);
        return false;
    }
    struct naming k = {.v = v};
    struct names *names = names_new(&v->access, 0);
    v->over = false;
    names_ask(names, arg[0], on_name, &k);
    bool good = vo_cli_wait(v) && k.r.err.status == OK;
    names_free(names);
    if (good) {
        *ra_deg = k.r.object.ra_deg;
        *dec_deg = k.r.object.dec_deg;
        if (k.r.age_s > 0 && k.r.why.status != OK)
            cli_say(v->cli, "%s; the position of %s is %s old", k.r.why.text, arg[0],
                    vo_age_text(k.r.age_s, age));
    } else if (v->broken) {
        cli_say(v->cli, "interrupted");
        v->why = CLI_NO;
    } else {
        v->why = cli_fail(v->cli, &k.r.err);
    }
    return good;
}
