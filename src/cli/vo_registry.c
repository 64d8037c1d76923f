/* vo_registry.c - `vigie vo registry`: constraints from the options, the query, the records.
 * Not: the ADQL (vo/registry.h). Mirrors are asked in turn when one does not answer.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/json.h"
#include "vigie/vo/registry.h"
#include "vigie/vo/simple.h"
#include "vo_ask.h"

enum { CONSTRAINTS_MAX = 16, UAT_MAX = 1 << 24 };

static const char *const mirrors[] = {
    "http://reg.g-vo.org/tap", "http://dc.zah.uni-heidelberg.de/tap",
    "https://registry.euro-vo.org/regtap/tap", "http://voparis-rr.obspm.fr/tap"};

struct search {
    struct registry_constraint c[CONSTRAINTS_MAX];
    size_t n;
    const char *value[CONSTRAINTS_MAX]; /* of constraints with one text */
    struct uat *uat;
};

static void add_option(struct cli *cli, struct search *s, const char *option,
                       enum registry_kind kind)
{
    for (int i = 0; i < cli->n_given; i++) {
        if (strcmp(cli->given[i].name, option) != 0 || s->n == CONSTRAINTS_MAX)
            continue;
        s->value[s->n] = cli->given[i].value;
        s->c[s->n] = (struct registry_constraint){.kind = kind, .text = &s->value[s->n], .n = 1};
        s->n++;
    }
}

/* The thesaurus: the user's file, the kept copy, else the IVOA's, which is then kept. NULL if there is
 * none: then concepts are not checked. */
static struct uat *read_uat(struct cli *cli)
{
    const char *named = cli_arg(cli, "--vocabulary");
    char *path = named ? mem_str(named) : file_place(PLACE_CACHE, "uat.desise", NULL);
    struct str s = {0};
    struct error err;
    struct uat *uat = NULL;
    enum status st = path ? file_read(path, UAT_MAX, &s, &err) : E_ABSENT;
    bool fetched = false;
    if (st != OK && named)
        cli_say(cli, "%s", err.text);
    if (st != OK && !named && !cli->offline) {
        st = vo_cli_fetch(cli, "IVOA vocabularies", "https://www.ivoa.net/rdf/uat",
                          "application/x-desise+json", UAT_MAX, &s, &err);
        fetched = st == OK;
        if (st != OK)
            cli_say(cli, "%s", err.text);
    }
    if (st == OK && uat_new(str_c(&s), s.n, &uat, &err) != OK)
        cli_say(cli, "%s", err.text);
    if (uat && fetched && path && file_replace(path, s.s, s.n, 0644, &err) != OK)
        cli_say(cli, "%s", err.text);
    free(path);
    str_clear(&s);
    return uat;
}

static void add_uat(struct cli *cli, struct search *s, bool *bad)
{
    size_t from = s->n;
    int up = (int)cli_number(cli, "--up", 0, 0, 20, bad);
    int down = (int)cli_number(cli, "--down", 0, 0, 20, bad);
    add_option(cli, s, "--uat", REGISTRY_UAT);
    for (size_t i = from; i < s->n; i++) {
        s->c[i].up = up;
        s->c[i].down = down;
    }
    if (s->n > from)
        s->uat = read_uat(cli);
}

/* "RA,DEC[,RADIUS]" in degrees. */
static bool add_place(struct cli *cli, struct search *s)
{
    const char *text = cli_arg(cli, "--place");
    double x[3] = {0, 0, 0};
    int n = 0;
    if (!text)
        return true;
    for (const char *p = text; n < 3 && p; n++) {
        char *one = mem_strn(p, strcspn(p, ","));
        bool good = str_num(one, &x[n]);
        free(one);
        if (!good)
            break;
        p = strchr(p, ',');
        p = p ? p + 1 : NULL;
    }
    if (n < 2) {
        cli_say(cli, "--place: \"%.60s\" is not RA,DEC or RA,DEC,RADIUS in degrees", text);
        return false;
    }
    s->c[s->n++] =
        (struct registry_constraint){.kind = REGISTRY_PLACE,
                                     .lon_deg = x[0],
                                     .lat_deg = x[1],
                                     .radius_deg = x[2],
                                     .meet = x[2] > 0 ? REGISTRY_OVERLAPS : REGISTRY_COVERS};
    return true;
}

static bool read_search(struct cli *cli, struct search *s)
{
    bool bad = false;
    if (cli->argc > 1)
        s->c[s->n++] = (struct registry_constraint){.kind = REGISTRY_WORDS,
                                                    .text = (const char *const *)(cli->argv + 1),
                                                    .n = (size_t)cli->argc - 1};
    add_option(cli, s, "--service", REGISTRY_SERVICE);
    add_option(cli, s, "--author", REGISTRY_AUTHOR);
    add_option(cli, s, "--waveband", REGISTRY_WAVEBAND);
    add_option(cli, s, "--ucd", REGISTRY_UCD);
    add_option(cli, s, "--datamodel", REGISTRY_DATAMODEL);
    add_option(cli, s, "--ivoid", REGISTRY_IVOID);
    if (s->n >= CONSTRAINTS_MAX - 2 || !add_place(cli, s))
        return false;
    add_uat(cli, s, &bad);
    return !bad;
}

/* ---- the answer ---- */

static void put(struct json_writer *j, const char *key, const char *value)
{
    json_key(j, key);
    json_string(j, *value ? value : NULL);
}

static void print_json(struct cli *cli, const struct registry_record *r)
{
    struct str out = {0};
    struct json_writer j;
    json_write(&j, &out);
    json_object(&j);
    put(&j, "ivoid", r->ivoid);
    put(&j, "short_name", r->short_name);
    put(&j, "title", r->title);
    put(&j, "description", r->description);
    put(&j, "reference_url", r->reference_url);
    put(&j, "creators", r->creators);
    put(&j, "waveband", r->waveband);
    json_key(&j, "interfaces");
    json_array(&j);
    for (size_t i = 0; i < r->interface.n; i++) {
        const struct registry_interface *f = &r->interface.at[i];
        json_object(&j);
        json_key(&j, "service");
        json_string(&j, f->kind);
        put(&j, "url", f->url);
        put(&j, "standard_id", f->standard_id);
        put(&j, "description", f->description);
        json_key(&j, "usable");
        json_bool(&j, registry_usable(f));
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    fprintf(cli->out, "%s\n", str_c(&out));
    str_clear(&out);
}

static void print_text(struct cli *cli, const char *before, const char *text)
{
    struct str s = {0};
    utf8_clean(&s, text, strlen(text));
    fprintf(cli->out, "%s%s\n", before, str_c(&s));
    str_clear(&s);
}

static void print_record(struct cli *cli, const struct registry_record *r)
{
    print_text(cli, "", *r->title ? r->title : r->short_name);
    print_text(cli, "    ", r->ivoid);
    for (size_t i = 0; i < r->interface.n; i++)
        if (registry_usable(&r->interface.at[i])) {
            char *before = mem_printf("    %-5s", r->interface.at[i].kind);
            print_text(cli, before, r->interface.at[i].url);
            free(before);
        }
}

static int print_answer(struct cli *cli, const struct table_doc *doc)
{
    struct registry_list list = {0};
    struct error err;
    if (cli_arg(cli, "--save"))
        return vo_cli_show(cli, doc);
    if (doc->tables.n == 0 || registry_read(doc->tables.at[0], &list, &err) != OK) {
        cli_say(cli, "%s", doc->tables.n ? err.text : "registry: there is no table in the answer");
        return CLI_NO;
    }
    for (size_t i = 0; i < list.record.n; i++)
        if (cli->json)
            print_json(cli, &list.record.at[i]);
        else
            print_record(cli, &list.record.at[i]);
    cli_say(cli, "%zu record%s", list.record.n, list.record.n == 1 ? "" : "s");
    int rc = list.record.n ? CLI_OK : CLI_NO;
    registry_clear(&list);
    return rc;
}

/* The registry that is named, by --registry or IVOA_REGISTRY, else the mirrors in turn. */
static int ask_registries(struct cli *cli, const char *adql)
{
    const char *named = cli_arg(cli, "--registry");
    if (!named)
        named = getenv("IVOA_REGISTRY");
    size_t n = named ? 1 : sizeof mirrors / sizeof mirrors[0];
    int rc = CLI_NET;
    bool bad = false;
    uint64_t rows = (uint64_t)cli_number(cli, "--rows", 20000, 1, 1e7, &bad);
    if (bad)
        return CLI_USAGE;
    for (size_t i = 0; i < n; i++) {
        struct str url = {0}, form = {0};
        struct table_doc *doc = NULL;
        struct error err;
        vo_tap_sync(&url, &form, named ? named : mirrors[i], adql, rows);
        enum status s = vo_cli_ask_quietly(cli, NULL, url.s, &form, &doc, &err);
        rc = s == OK ? print_answer(cli, doc) : cli_fail(cli, &err);
        table_doc_free(doc);
        str_clear(&url);
        str_clear(&form);
        if (s == OK || s == E_CANCELLED || cli->offline)
            break;
    }
    return rc;
}

int vo_registry(struct cli *cli)
{
    struct search s = {.n = 0};
    struct str adql = {0};
    struct error err;
    int rc = CLI_USAGE;
    if (!read_search(cli, &s)) {
        uat_free(s.uat);
        return rc;
    }
    if (s.n == 0) {
        rc = cli_usage(cli);
    } else if (registry_adql(s.c, s.n, s.uat, &adql, &err) != OK) {
        cli_say(cli, "%s", err.text);
    } else if (cli_arg(cli, "--adql")) {
        fprintf(cli->out, "%s\n", str_c(&adql));
        rc = CLI_OK;
    } else {
        rc = ask_registries(cli, str_c(&adql));
    }
    str_clear(&adql);
    uat_free(s.uat);
    return rc;
}
