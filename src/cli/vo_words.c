/* vo_words.c - `vigie vo resolve` and `vigie vo uat`: names of objects, terms of the thesaurus. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/json.h"
#include "vigie/formats/sexa.h"
#include "vigie/vo/names.h"
#include "vigie/vo/vocabulary.h"
#include "vo_ask.h"

/* ---- names ---- */

static void print_object(struct cli *cli, const char *asked, const struct names_result *r)
{
    const struct vo_object *o = &r->object;
    struct str out = {0};
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    if (cli->json) {
        struct json_writer j;
        json_write(&j, &out);
        json_object(&j);
        json_key(&j, "asked");
        json_string(&j, asked);
        json_key(&j, "name");
        json_string(&j, o->name);
        json_key(&j, "kind");
        json_string(&j, *o->kind ? o->kind : NULL);
        json_key(&j, "ra_deg");
        json_shortest(&j, o->ra_deg);
        json_key(&j, "dec_deg");
        json_shortest(&j, o->dec_deg);
        json_key(&j, "pm_ra_cosdec_masyr");
        json_shortest(&j, o->pm_ra_masyr);
        json_key(&j, "pm_dec_masyr");
        json_shortest(&j, o->pm_dec_masyr);
        json_key(&j, "parallax_mas");
        json_shortest(&j, o->parallax_mas);
        json_key(&j, "resolver");
        json_string(&j, o->resolver);
        json_key(&j, "age_s");
        json_fixed(&j, r->age_s, 0);
        json_end(&j);
        fprintf(cli->out, "%s\n", str_c(&out));
    } else {
        fprintf(cli->out, "%s  %s  %s  %.6f %+.6f  %s  (%s)\n", *o->name ? o->name : asked,
                sexa_format(o->ra_deg, SEXA_RA, 2, ' ', ra),
                sexa_format(o->dec_deg, SEXA_DEC, 1, ' ', dec), o->ra_deg, o->dec_deg, o->kind,
                o->resolver);
    }
    str_clear(&out);
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

int vo_resolve(struct cli *cli)
{
    struct vo_cli v;
    int rc = CLI_OK;
    if (cli->argc < 2)
        return cli_usage(cli);
    vo_cli_open(&v, cli);
    struct names *names = names_new(&v.access, 0);
    for (int i = 1; i < cli->argc && !v.broken; i++) {
        struct naming k = {.v = &v};
        char age[VO_AGE_TEXT];
        v.over = false;
        names_ask(names, cli->argv[i], on_name, &k);
        if (!vo_cli_wait(&v))
            break;
        if (k.r.err.status == OK && k.r.why.status != OK)
            cli_say(cli, "%s; the answer is %s old", k.r.why.text, vo_age_text(k.r.age_s, age));
        int one = k.r.err.status == OK ? CLI_OK : cli_fail(cli, &k.r.err);
        if (k.r.err.status == OK)
            print_object(cli, cli->argv[i], &k.r);
        rc = one > rc ? one : rc;
    }
    names_free(names);
    rc = v.broken ? CLI_NO : rc;
    vo_cli_close(&v);
    return rc;
}

/* ---- the thesaurus ---- */

struct fetching {
    struct vo_cli *v;
    struct error err;
};

static void on_vocabulary(void *arg, bool changed, const struct error *err)
{
    struct fetching *f = arg;
    (void)changed;
    f->err = *err;
    f->v->over = true;
}

static void print_term(struct cli *cli, const struct uat *u, const struct uat_term *t)
{
    struct str out = {0};
    struct json_writer j;
    const struct {
        const char *key;
        const uint32_t *at;
        size_t n;
    } lists[] = {{"wider", t->wider.at, t->wider.n}, {"narrower", t->narrower.at, t->narrower.n}};
    json_write(&j, &out);
    json_object(&j);
    json_key(&j, "name");
    json_string(&j, t->name);
    json_key(&j, "label");
    json_string(&j, t->label);
    json_key(&j, "description");
    json_string(&j, *t->description ? t->description : NULL);
    for (int k = 0; k < 2; k++) {
        json_key(&j, lists[k].key);
        json_array(&j);
        for (size_t i = 0; i < lists[k].n; i++)
            json_string(&j, uat_term(u, lists[k].at[i])->name);
        json_end(&j);
    }
    json_end(&j);
    fprintf(cli->out, "%s\n", str_c(&out));
    str_clear(&out);
}

/* One way through the tree, indented; depth bounds it, also where the thesaurus goes in a circle. */
static void print_tree(struct cli *cli, const struct uat *u, uint32_t i, int depth, int indent,
                       bool wider)
{
    const struct uat_term *t = uat_term(u, i);
    size_t n = wider ? t->wider.n : t->narrower.n;
    for (size_t k = 0; k < n && depth > 0; k++) {
        uint32_t next = wider ? t->wider.at[k] : t->narrower.at[k];
        if (wider)
            print_tree(cli, u, next, depth - 1, indent - 2, true);
        fprintf(cli->out, "%*s%s %s\n", indent, "", wider ? "^" : "-", uat_term(u, next)->name);
        if (!wider)
            print_tree(cli, u, next, depth - 1, indent + 2, false);
    }
}

static void show_term(struct cli *cli, const struct uat *u, uint32_t i, int up, int down)
{
    const struct uat_term *t = uat_term(u, i);
    if (cli->json) {
        print_term(cli, u, t);
        return;
    }
    print_tree(cli, u, i, up, up > 0 ? 2 * (up - 1) : 0, true);
    fprintf(cli->out, "%*s%s  (%s)\n", 2 * up, "", t->name, t->label);
    print_tree(cli, u, i, down, 2 * up + 2, false);
    if (*t->description)
        fprintf(cli->out, "%s\n", t->description);
}

static int show_near(struct cli *cli, const struct uat *u, const char *text)
{
    uint32_t near[20];
    size_t n = uat_near(u, text, near, 20);
    if (n == 0)
        cli_say(cli, "UAT: no concept '%.60s', nor any like it", text);
    else
        cli_say(cli, "UAT: no concept '%.60s'; near:", text);
    for (size_t i = 0; i < n; i++)
        fprintf(cli->out, "%s\n", uat_term(u, near[i])->name);
    return CLI_NO;
}

int vo_uat(struct cli *cli)
{
    struct vo_cli v;
    struct fetching f = {.v = &v, .err = {OK, ""}};
    bool bad = false;
    int up = (int)cli_number(cli, "--up", 1, 0, 20, &bad);
    int down = (int)cli_number(cli, "--down", 1, 0, 20, &bad), rc = CLI_OK;
    const char *file = cli_arg(cli, "--vocabulary");
    if (bad)
        return CLI_USAGE;
    vo_cli_open(&v, cli);
    struct vocabulary *voc = vocabulary_new(&v.access);
    if (file && vocabulary_read(voc, file, &f.err) != OK)
        rc = cli_fail(cli, &f.err);
    else if (!file && vocabulary_fetch(voc, cli_arg(cli, "--fresh") != NULL, on_vocabulary, &f) &&
             vo_cli_wait(&v) && f.err.status != OK)
        cli_say(cli, "%s; %s", f.err.text,
                vocabulary_whole(voc) ? "the kept copy is used" : "the built-in core is used");
    const struct uat *u = vocabulary_get(voc);
    for (int i = 1; i < cli->argc && (rc == CLI_OK || rc == CLI_NO); i++) {
        int at = uat_find(u, cli->argv[i]);
        if (at >= 0)
            show_term(cli, u, (uint32_t)at, up, down);
        else
            rc = show_near(cli, u, cli->argv[i]);
    }
    if (cli->argc == 1 && rc == CLI_OK)
        fprintf(cli->out, "%zu concepts, %s\n", uat_count(u),
                vocabulary_whole(voc) ? "the whole thesaurus" : "the built-in core");
    vocabulary_free(voc);
    vo_cli_close(&v);
    return rc;
}
