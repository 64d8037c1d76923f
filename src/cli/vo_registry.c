/* vo_registry.c - `vigie vo registry`: constraints from the options, the query, the records.
 * Not: the ADQL (vo/registry.h), the asking (vo/search.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/json.h"
#include "vigie/formats/tableio.h"
#include "vigie/vo/range.h"
#include "vigie/vo/search.h"
#include "vigie/vo/vocabulary.h"
#include "vo_ask.h"

enum { CONSTRAINTS_MAX = 24, CORNERS_MAX = 64, ROWS = 20000 };

/* What is asked for: constraints, and the memory of their texts. */
struct wish {
    struct registry_constraint c[CONSTRAINTS_MAX];
    size_t n;
    VEC(char **) lists;
    VEC(char *) texts;
    double corner[2 * CORNERS_MAX];
    struct vocabulary *vocabulary;
};

static const struct {
    const char *option;
    enum registry_kind kind;
    char divider; /* of alternatives */
} worded[] = {{"--service", REGISTRY_SERVICE, ','},
              {"--author", REGISTRY_AUTHOR, '|'},
              {"--waveband", REGISTRY_WAVEBAND, ','},
              {"--ucd", REGISTRY_UCD, ','},
              {"--datamodel", REGISTRY_DATAMODEL, ','},
              {"--ivoid", REGISTRY_IVOID, ','},
              {"--uat", REGISTRY_UAT, ','}};
enum { WORDED = sizeof worded / sizeof worded[0] };

bool vo_registry_wanted(struct cli *cli)
{
    static const char *const others[] = {"--place", "--region", "--words"};
    for (size_t i = 0; i < WORDED; i++)
        if (cli_arg(cli, worded[i].option))
            return true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (cli_arg(cli, others[i]))
            return true;
    return false;
}

static struct registry_constraint *add(struct wish *w, enum registry_kind kind)
{
    if (w->n == CONSTRAINTS_MAX)
        return NULL;
    w->c[w->n] = (struct registry_constraint){.kind = kind};
    return &w->c[w->n++];
}

/* The parts of a text between dividers, as the alternatives of a constraint. */
static void set_texts(struct wish *w, struct registry_constraint *c, const char *text, char divider)
{
    VEC(char *) parts = {0};
    char *copy = mem_str(text), *p = copy;
    VEC_PUSH(w->texts, copy);
    while (p) {
        char *next = strchr(p, divider);
        if (next)
            *next++ = '\0';
        while (*p == ' ')
            p++;
        if (*p)
            VEC_PUSH(parts, p);
        p = next;
    }
    c->text = (const char *const *)parts.at;
    c->n = parts.n;
    VEC_PUSH(w->lists, parts.at);
}

static bool add_worded(struct cli *cli, struct wish *w, bool *bad)
{
    int up = (int)cli_number(cli, "--up", 0, 0, 20, bad);
    int down = (int)cli_number(cli, "--down", 0, 0, 20, bad);
    for (int i = 0; i < cli->n_given; i++)
        for (size_t k = 0; k < WORDED; k++) {
            if (strcmp(cli->given[i].name, worded[k].option) != 0)
                continue;
            struct registry_constraint *c = add(w, worded[k].kind);
            if (!c)
                return false;
            set_texts(w, c, cli->given[i].value, worded[k].divider);
            c->auxiliary = cli_arg(cli, "--auxiliary") != NULL;
            c->up = up;
            c->down = down;
        }
    const char *words = cli_arg(cli, "--words");
    struct registry_constraint *c = words ? add(w, REGISTRY_WORDS) : NULL;
    if (c)
        set_texts(w, c, words, ' ');
    return true;
}

/* ---- places ---- */

/* Numbers divided by blanks or commas, at most `max`; -1: something else stands there. */
static int numbers(const char *s, double *x, int max)
{
    int n = 0;
    while (*s) {
        char *end;
        s += strspn(s, " ,");
        if (!*s)
            break;
        double v = strtod(s, &end);
        if (end == s || n == max || !isfinite(v))
            return -1;
        x[n++] = v;
        s = end;
    }
    return n;
}

static bool read_meet(struct cli *cli, struct registry_constraint *c, bool circle)
{
    const char *meet = cli_arg(cli, "--meet");
    c->meet = circle ? REGISTRY_OVERLAPS : REGISTRY_COVERS;
    if (meet && strcmp(meet, "covers") == 0)
        c->meet = REGISTRY_COVERS;
    else if (meet && strcmp(meet, "enclosed") == 0)
        c->meet = REGISTRY_ENCLOSED;
    else if (meet && strcmp(meet, "overlaps") == 0)
        c->meet = REGISTRY_OVERLAPS;
    else if (meet) {
        cli_say(cli, "--meet: \"%.40s\" is not covers, enclosed or overlaps", meet);
        return false;
    }
    c->unknown = cli_arg(cli, "--unknown") != NULL;
    return true;
}

static bool add_place(struct cli *cli, struct wish *w, bool *bad)
{
    const char *place = cli_arg(cli, "--place"), *region = cli_arg(cli, "--region");
    int order = (int)cli_number(cli, "--order", 6, 1, 29, bad), n;
    double x[3] = {0, 0, 0};
    if (place) {
        struct registry_constraint *c = add(w, REGISTRY_PLACE);
        n = numbers(place, x, 3);
        if (n < 2) {
            cli_say(cli, "--place: \"%.60s\" is not RA,DEC or RA,DEC,RADIUS in degrees", place);
            return false;
        }
        if (!c || !read_meet(cli, c, x[2] > 0))
            return false;
        c->lon_deg = x[0];
        c->lat_deg = x[1];
        c->radius_deg = x[2];
        c->order = order;
    }
    if (region) {
        struct registry_constraint *c = add(w, REGISTRY_PLACE);
        if (!c || !read_meet(cli, c, false))
            return false;
        c->order = order;
        if (strchr(region, '/')) {
            c->moc = region;
            return true;
        }
        n = numbers(region, w->corner, 2 * CORNERS_MAX);
        if (n < 6 || n % 2) {
            cli_say(
                cli,
                "--region: \"%.60s\" is neither corners RA,DEC,RA,DEC,RA,DEC... in degrees nor a "
                "MOC 4/0-3 ...",
                region);
            return false;
        }
        c->polygon = w->corner;
        c->n_polygon = (size_t)n / 2;
    }
    return true;
}

/* With `kind` the ranges are the question's own, not of the registry's coverage. */
static bool add_ranges(struct cli *cli, struct wish *w)
{
    struct proto_query q = {.band = false};
    if (!vo_cli_ranges(cli, &q))
        return false;
    struct registry_constraint *c = q.band ? add(w, REGISTRY_SPECTRUM) : NULL;
    if (c) {
        c->lo = range_joule(q.band_hi_m);
        c->hi = range_joule(q.band_lo_m);
    }
    c = q.time ? add(w, REGISTRY_TIME) : NULL;
    if (c) {
        c->lo = q.mjd_lo;
        c->hi = q.mjd_hi;
    }
    return true;
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

/* The user's file, the kept copy, else the IVOA's; without a network the built-in core. */
static bool open_vocabulary(struct vo_cli *v, struct wish *w)
{
    const char *file = cli_arg(v->cli, "--vocabulary");
    struct fetching f = {.v = v, .err = {OK, ""}};
    w->vocabulary = vocabulary_new(&v->access);
    if (file) {
        if (vocabulary_read(w->vocabulary, file, &f.err) == OK)
            return true;
        cli_say(v->cli, "%s", f.err.text);
        return false;
    }
    v->over = false;
    if (vocabulary_fetch(w->vocabulary, false, on_vocabulary, &f)) {
        if (!vo_cli_wait(v))
            return false;
        if (f.err.status != OK)
            cli_say(v->cli, "%s; the built-in core of the thesaurus is used", f.err.text);
    }
    return true;
}

static bool read_wish(struct vo_cli *v, const char *kind, struct wish *w)
{
    struct cli *cli = v->cli;
    bool bad = false;
    if (!kind && cli->argc > 1) {
        struct registry_constraint *c = add(w, REGISTRY_WORDS);
        c->text = (const char *const *)(cli->argv + 1);
        c->n = (size_t)cli->argc - 1;
    }
    if (!add_worded(cli, w, &bad) || !add_place(cli, w, &bad) || bad ||
        (!kind && !add_ranges(cli, w)))
        return false;
    for (size_t i = 0; i < w->n; i++)
        if (w->c[i].kind == REGISTRY_UAT)
            return open_vocabulary(v, w);
    return true;
}

static void wish_clear(struct wish *w)
{
    for (size_t i = 0; i < w->lists.n; i++)
        free(w->lists.at[i]);
    for (size_t i = 0; i < w->texts.n; i++)
        free(w->texts.at[i]);
    VEC_FREE(w->lists);
    VEC_FREE(w->texts);
    vocabulary_free(w->vocabulary);
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

/* ---- asking ---- */

struct finding {
    struct vo_cli *v;
    struct registry_list *list;
    struct table_doc *doc;
    struct error err, tried; /* tried: what the last of the mirrors said, which is told already */
};

static void on_tried(void *arg, const struct error *why)
{
    struct finding *f = arg;
    cli_say(f->v->cli, "%s", why->text);
    f->tried = *why;
}

static void on_found(void *arg, struct search_result *r)
{
    struct finding *f = arg;
    char age[VO_AGE_TEXT];
    f->err = r->err;
    *f->list = *r->list;
    *r->list = (struct registry_list){.arena = {0}};
    f->doc = r->doc;
    r->doc = NULL;
    if (r->err.status == OK && r->age_s > 0)
        cli_say(f->v->cli, "a kept answer, %s old%s", vo_age_text(r->age_s, age),
                r->why.status == OK ? " (--fresh asks anew)" : "");
    if (r->err.status == OK && r->cut)
        cli_say(f->v->cli, "the answer is cut: there are more records than it gives");
    f->v->over = true;
}

static int ask(struct vo_cli *v, const char *adql, const char *plain, struct finding *f)
{
    struct cli *cli = v->cli;
    bool bad = false;
    const struct search_setup setup = {.access = &v->access,
                                       .adql = adql,
                                       .plain = plain,
                                       .one_only = cli_arg(cli, "--registry"),
                                       .max_age_s = cli_arg(cli, "--fresh") ? -1 : 0,
                                       .max_rows = vo_cli_rows(cli, ROWS, &bad),
                                       .tried = on_tried,
                                       .done = on_found,
                                       .arg = f};
    if (bad)
        return CLI_USAGE;
    struct search *s = search_start(&setup, &f->err);
    v->over = false;
    if (s && !vo_cli_wait(v))
        err_set(&f->err, E_CANCELLED, "registry: interrupted");
    search_free(s);
    if (f->err.status != OK && strcmp(f->err.text, f->tried.text) == 0)
        return cli_exit(&f->err);
    return f->err.status == OK ? CLI_OK : cli_fail(cli, &f->err);
}

/* The query of the options, in both dialects. Returns an exit status. */
static int make_query(struct vo_cli *v, const char *kind, bool count, struct str *adql,
                      struct str *plain)
{
    struct wish w = {.n = 0};
    struct error err;
    int rc = CLI_USAGE;
    if (read_wish(v, kind, &w)) {
        const struct uat *uat = w.vocabulary ? vocabulary_get(w.vocabulary) : NULL;
        struct registry_constraint *service = kind ? add(&w, REGISTRY_SERVICE) : NULL;
        if (service) {
            service->text = &kind;
            service->n = 1;
        }
        if (w.n == 0)
            rc = cli_usage(v->cli);
        else if ((count ? search_count_adql : registry_adql)(w.c, w.n, uat, adql, &err) != OK ||
                 (!count && registry_adql_plain(w.c, w.n, uat, plain, &err) != OK))
            cli_say(v->cli, "%s", err.text);
        else
            rc = CLI_OK;
    }
    wish_clear(&w);
    return rc;
}

int vo_registry_find(struct vo_cli *v, const char *kind, struct registry_list *list)
{
    struct str adql = {0}, plain = {0};
    struct finding f = {.v = v, .list = list, .err = {OK, ""}, .tried = {OK, ""}};
    int rc = make_query(v, kind, false, &adql, &plain);
    if (rc == CLI_OK)
        rc = ask(v, str_c(&adql), str_c(&plain), &f);
    table_doc_free(f.doc);
    str_clear(&adql);
    str_clear(&plain);
    return rc;
}

static int show(struct vo_cli *v, struct finding *f, bool count)
{
    struct cli *cli = v->cli;
    if (count) {
        fprintf(cli->out, "%lld\n", (long long)search_count_of(f->doc));
        return search_count_of(f->doc) > 0 ? CLI_OK : CLI_NO;
    }
    if (cli_arg(cli, "--save"))
        return vo_cli_save(cli, f->doc, cli_arg(cli, "--save"));
    for (size_t i = 0; i < f->list->record.n; i++)
        if (cli->json)
            print_json(cli, &f->list->record.at[i]);
        else
            print_record(cli, &f->list->record.at[i]);
    cli_say(cli, "%zu record%s", f->list->record.n, f->list->record.n == 1 ? "" : "s");
    return f->list->record.n ? CLI_OK : CLI_NO;
}

int vo_registry(struct cli *cli)
{
    struct vo_cli v;
    struct registry_list list = {0};
    struct finding f = {.v = &v, .list = &list, .err = {OK, ""}, .tried = {OK, ""}};
    struct str adql = {0}, plain = {0};
    bool count = cli_arg(cli, "--count") != NULL;
    const char *own = cli_arg(cli, "--query");
    vo_cli_open(&v, cli);
    int rc = CLI_OK;
    if (own)
        rc = vo_cli_text(cli, own, &adql);
    else
        rc = make_query(&v, NULL, count, &adql, &plain);
    if (rc == CLI_OK && cli_arg(cli, "--adql"))
        fprintf(cli->out, "%s\n", str_c(&adql));
    else if (rc == CLI_OK && (rc = ask(&v, str_c(&adql), plain.n ? plain.s : NULL, &f)) == CLI_OK)
        rc = show(&v, &f, count);
    registry_clear(&list);
    table_doc_free(f.doc);
    str_clear(&adql);
    str_clear(&plain);
    vo_cli_close(&v);
    return rc;
}
