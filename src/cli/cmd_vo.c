/* cmd_vo.c - `vigie vo`: the Virtual Observatory from the shell: registry, simple protocols, TAP,
 * names. Not: the protocols (vo room), the registry's options (vo_registry.c).
 */
#include "cmds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/formats/json.h"
#include "vigie/formats/sexa.h"
#include "vigie/vo/resolve.h"
#include "vigie/vo/simple.h"
#include "vo_ask.h"

/* Shows what came, also with a fault that has been told; frees it. */
static int show(struct cli *cli, struct table_doc *doc, int rc)
{
    if (doc && doc->tables.n && (rc == CLI_OK || doc->tables.at[0]->rows)) {
        int shown = vo_cli_show(cli, doc);
        rc = rc == CLI_OK ? shown : rc;
    } else if (doc && rc == CLI_OK) {
        rc = vo_cli_show(cli, doc);
    }
    table_doc_free(doc);
    return rc;
}

static int ask_and_show(struct cli *cli, const char *url, const struct str *form)
{
    struct table_doc *doc = NULL;
    int rc = vo_cli_ask(cli, NULL, url, form, &doc);
    return show(cli, doc, rc);
}

/* The position and the size of argv[2 .. 4]: degrees, or sexagesimal. */
static bool read_place(struct cli *cli, double *ra, double *dec, double *size)
{
    struct error err;
    if (sexa_parse(cli->argv[2], strlen(cli->argv[2]), SEXA_RA, ra, &err) != OK ||
        sexa_parse(cli->argv[3], strlen(cli->argv[3]), SEXA_DEC, dec, &err) != OK) {
        cli_say(cli, "%.40s %.40s: %s", cli->argv[2], cli->argv[3], err.text);
        return false;
    }
    if (!str_num(cli->argv[4], size) || !(*size >= 0 && *size <= 180)) {
        cli_say(cli, "\"%.40s\" is no size in degrees, 0 .. 180", cli->argv[4]);
        return false;
    }
    return true;
}

static int place_query(struct cli *cli, const char *what)
{
    double ra, dec, size;
    struct str url = {0};
    bool bad = false;
    uint64_t rows = (uint64_t)cli_number(cli, "--rows", 0, 1, 1e8, &bad);
    const char *base = cli->argv[1];
    if (bad || !read_place(cli, &ra, &dec, &size))
        return CLI_USAGE;
    if (strcmp(what, "cone") == 0)
        vo_cone(&url, base, ra, dec, size, 0, rows);
    else if (strcmp(what, "sia") == 0)
        vo_sia1(&url, base, ra, dec, size, NULL);
    else if (strcmp(what, "sia2") == 0)
        vo_sia2(&url, base, ra, dec, size, rows);
    else
        vo_ssa(&url, base, ra, dec, size, NULL);
    int rc = ask_and_show(cli, str_c(&url), NULL);
    str_clear(&url);
    return rc;
}

static int tap(struct cli *cli)
{
    struct str url = {0}, form = {0};
    bool bad = false;
    uint64_t rows = (uint64_t)cli_number(cli, "--rows", 0, 1, 1e8, &bad);
    if (bad)
        return CLI_USAGE;
    if (cli_arg(cli, "--async")) {
        struct table_doc *doc = NULL;
        int rc = vo_cli_job(cli, cli->argv[1], cli->argv[2], rows, &doc);
        return show(cli, doc, rc);
    }
    vo_tap_sync(&url, &form, cli->argv[1], cli->argv[2], rows);
    int rc = ask_and_show(cli, str_c(&url), &form);
    str_clear(&url);
    str_clear(&form);
    return rc;
}

static int datalink(struct cli *cli)
{
    struct str url = {0};
    vo_datalink(&url, cli->argv[1], cli->argv[2]);
    int rc = ask_and_show(cli, str_c(&url), NULL);
    str_clear(&url);
    return rc;
}

static void print_object(struct cli *cli, const char *asked, const struct vo_object *o)
{
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

/* Sesame, then its mirrors; a name that the first does not know the others do not know either. */
static int resolve_one(struct cli *cli, const char *name)
{
    enum { ANSWER_MAX = 1 << 20 };
    struct error err = {E_NET, "Sesame: nobody to ask"};
    struct vo_object o;
    struct str url = {0}, body = {0};
    enum status s = E_NET;
    for (int mirror = 0; vo_resolve_url(&url, mirror, name); mirror++) {
        str_reset(&body);
        s = vo_cli_fetch(cli, "Sesame", str_c(&url), NULL, ANSWER_MAX, &body, &err);
        if (s == OK)
            s = vo_resolve_read(str_c(&body), body.n, name, &o, &err);
        if (s == OK || s == E_ABSENT || s == E_CANCELLED || cli->offline)
            break;
        str_reset(&url);
    }
    if (s == OK)
        print_object(cli, name, &o);
    str_clear(&url);
    str_clear(&body);
    return s == OK ? CLI_OK : cli_fail(cli, &err);
}

static int resolve(struct cli *cli)
{
    int rc = CLI_OK;
    for (int i = 1; i < cli->argc; i++) {
        int one = resolve_one(cli, cli->argv[i]);
        rc = one > rc ? one : rc;
    }
    return rc;
}

static int run(struct cli *cli)
{
    const char *what = cli->argc ? cli->argv[0] : "";
    bool place = strcmp(what, "cone") == 0 || strcmp(what, "sia") == 0 ||
                 strcmp(what, "sia2") == 0 || strcmp(what, "ssa") == 0;
    if (strcmp(what, "registry") == 0)
        return vo_registry(cli);
    if (place && cli->argc == 5)
        return place_query(cli, what);
    if (strcmp(what, "tap") == 0 && cli->argc == 3)
        return tap(cli);
    if (strcmp(what, "datalink") == 0 && cli->argc == 3)
        return datalink(cli);
    if (strcmp(what, "resolve") == 0 && cli->argc > 1)
        return resolve(cli);
    return cli_usage(cli);
}

static const struct cli_option options[] = {
    {"--save", "FILE", "the answer into a file: .vot .csv .tsv .ecsv .fits .json"},
    {"--rows", "N", "at most so many rows"},
    {"--async", NULL, "tap: as a job of the server, for long queries; Ctrl-C aborts it"},
    {"--uat", "CONCEPT", "registry: subject in the Unified Astronomy Thesaurus"},
    {"--up", "N", "registry: also concepts so many steps wider"},
    {"--down", "N", "registry: also concepts so many steps narrower"},
    {"--vocabulary", "FILE", "registry: the thesaurus (desise JSON) instead of the kept copy"},
    {"--service", "KIND", "registry: scs, sia, sia2, ssa, tap, slap, hips"},
    {"--author", "NAME", "registry: a creator; % is anything"},
    {"--waveband", "BAND",
     "registry: radio, millimeter, infrared, optical, uv, euv, x-ray, gamma-ray"},
    {"--ucd", "UCD", "registry: of a column; % is anything"},
    {"--datamodel", "NAME", "registry: obscore, regtap, epntap"},
    {"--ivoid", "ID", "registry: this record"},
    {"--place", "RA,DEC[,RADIUS]",
     "registry: the coverage holds the point, or meets the circle (degrees)"},
    {"--registry", "URL", "the TAP service of the registry (also IVOA_REGISTRY)"},
    {"--adql", NULL, "registry: only print the query"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_vo = {
    "vo",
    "registry|cone|sia|sia2|ssa|tap|datalink|resolve [ARG...]",
    "ask the Virtual Observatory: registry, catalogues, images, spectra, names",
    options,
    "registry [WORD...]         resources with all these words and every option that is given\n"
    "cone URL RA DEC RADIUS     Simple Cone Search; degrees, or 00:42:44 +41:16:08\n"
    "sia|sia2|ssa URL RA DEC SIZE   images, spectra\n"
    "tap URL ADQL               a query, answered in one go, or with --async as a job\n"
    "datalink URL ID            what belongs to a dataset\n"
    "resolve NAME...            positions of objects, by CDS's Sesame\n"
    "An answer that is cut, or broken on the way, is shown as far as it goes, and said to be so.\n",
    run};
