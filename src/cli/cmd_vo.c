/* cmd_vo.c - `vigie vo`: the Virtual Observatory from the shell. Here: which part does what, and the
 * questions that all simple protocols share. Not: the protocols (vo room), the parts (vo_*.c).
 */
#include "cmds.h"

#include <string.h>

#include "vo_ask.h"

/* ---- cone, images, spectra, observations ---- */

/* The arguments behind the URL, if there is one: a place (RA DEC, or a name), then a size; or none. */
static bool read_place(struct vo_cli *v, char *const *arg, int n, const struct vo_protocol *p,
                       struct proto_query *q)
{
    bool images = strcmp(p->name, "sia") == 0 || strcmp(p->name, "ssa") == 0;
    bool sized = !(p->needs & PROTO_TAKES_TIME); /* visibility is of a point */
    if (n == 0)
        return true;
    if (n < 1 + sized || n > 2 + sized)
        return false;
    q->place = true;
    if (sized && !vo_cli_size(v->cli, arg[n - 1], &q->radius_deg))
        return false;
    if (images) /* what the user gives is the width of the field, as these protocols have it */
        q->radius_deg /= 2;
    return vo_cli_place(v, arg, n - sized, &q->ra_deg, &q->dec_deg);
}

static int ask(struct vo_cli *v, const struct vo_protocol *p, struct proto_query *q)
{
    struct cli *cli = v->cli;
    const char *first = cli->argc > 1 ? cli->argv[1] : "";
    bool whom = strstr(first, "://") != NULL, bad = false;
    struct proto_param more[VO_CLI_MORE];
    struct str text = {0};
    struct table_doc *doc = NULL;
    int rc = CLI_USAGE, from = whom ? 2 : 1;
    q->base = whom ? first : NULL;
    q->max_rows = vo_cli_rows(cli, 0, &bad);
    q->verb = (int)cli_number(cli, "--verb", 0, 1, 3, &bad);
    q->min_alt_deg = cli_number(cli, "--min-alt", 0, 0, 90, &bad);
    q->min_hours = cli_number(cli, "--min-hours", 0, 0, 24, &bad);
    q->centre = cli_arg(cli, "--centre") != NULL;
    q->format = cli_arg(cli, "--format");
    q->kind = cli_arg(cli, "--kind");
    q->more = more;
    if (bad || !vo_cli_ranges(cli, q) || !vo_cli_more(cli, more, &q->n_more, &text)) {
        str_clear(&text);
        return CLI_USAGE;
    }
    bool several = cli_arg(cli, "--services") || vo_registry_wanted(cli);
    if (whom == several || (!whom && cli->argc < 2))
        rc = cli_usage(cli);
    else if (!read_place(v, cli->argv + from, cli->argc - from, p, q))
        rc = v->why ? v->why : q->place ? CLI_USAGE : cli_usage(cli);
    else if (several)
        rc = vo_several(v, p, q);
    else {
        rc = vo_cli_ask(v, NULL, p, q, &doc);
        rc = vo_cli_show(cli, doc, rc);
    }
    str_clear(&text);
    return rc;
}

static int simple(struct cli *cli)
{
    struct vo_cli v;
    struct proto_query q = {.place = false};
    vo_cli_open(&v, cli);
    int rc = ask(&v, vo_protocol_find(cli->argv[0]), &q);
    vo_cli_close(&v);
    return rc;
}

static int datalink(struct cli *cli)
{
    struct vo_cli v;
    struct table_doc *doc = NULL;
    bool bad = false;
    if (cli->argc != 3)
        return cli_usage(cli);
    const struct proto_query q = {
        .base = cli->argv[1], .id = cli->argv[2], .max_rows = vo_cli_rows(cli, 0, &bad)};
    if (bad)
        return CLI_USAGE;
    vo_cli_open(&v, cli);
    int rc = vo_cli_ask(&v, NULL, vo_protocol_find("datalink"), &q, &doc);
    rc = vo_cli_show(cli, doc, rc);
    vo_cli_close(&v);
    return rc;
}

/* ---- the parts ---- */

static const struct {
    const char *name;
    int (*run)(struct cli *cli);
} parts[] = {
    {"registry", vo_registry}, {"cone", simple},  {"scs", simple},         {"sia", simple},
    {"sia2", simple},          {"ssa", simple},   {"obscore", simple},     {"obsloc", simple},
    {"objvis", simple},        {"tap", vo_tap},   {"job", vo_job},         {"tables", vo_tables},
    {"examples", vo_examples}, {"info", vo_info}, {"datalink", datalink},  {"get", vo_get},
    {"header", vo_header},     {"gaia", vo_gaia}, {"resolve", vo_resolve}, {"uat", vo_uat}};

static int run(struct cli *cli)
{
    for (size_t i = 0; cli->argc && i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(cli->argv[0], parts[i].name) == 0)
            return parts[i].run(cli);
    return cli_usage(cli);
}

static const struct cli_option options[] = {
    {"--save", "FILE", "the answer into a file: .vot .csv .tsv .ecsv .fits .json"},
    {"--rows", "N", "at most so many rows"},
    {"--spectrum", "RANGE", "wavelengths: \"500 nm\", \"2..10 keV\", \"1.4 GHz\", V"},
    {"--time", "RANGE", "\"2019-01-14\", \"2019-01-14..2019-01-20\", MJD \"58497..58503\""},
    {"--services", "URL,URL...", "cone, sia ...: these services at once"},
    {"--format", "MIME", "sia, sia2, ssa: of the datasets"},
    {"--kind", "WORD", "obscore: image, cube ...; obsloc: Planned, Scheduled, Performed ..."},
    {"--centre", NULL, "obscore: only what has its centre in the circle, not all that meets it"},
    {"--verb", "N", "cone, sia: 1 few columns .. 3 all"},
    {"--min-alt", "DEG", "objvis: lowest altitude"},
    {"--min-hours", "H", "objvis: shortest visibility"},
    {"--max-mag", "G", "gaia: stars brighter than this"},
    {"--epoch", "TIME", "gaia: to which they are moved [now]"},
    {"--param", "KEY=VALUE", "a further parameter, sent as it is"},
    {"--async", NULL, "tap: as a job of the server, for long queries; Ctrl-C aborts it"},
    {"--upload", "NAME=FILE", "tap: a table that is TAP_UPLOAD.NAME in the query"},
    {"--lang", "NAME", "tap: the language, if not ADQL"},
    {"--keep", NULL, "tap --async, job: the job stays on the server"},
    {"--abort", NULL, "job: stop it"},
    {"--words", "WORDS", "registry, for cone, sia ...: all these words"},
    {"--uat", "CONCEPT,...", "registry: subject in the Unified Astronomy Thesaurus"},
    {"--up", "N", "registry, uat: also concepts so many steps wider"},
    {"--down", "N", "registry, uat: also concepts so many steps narrower"},
    {"--vocabulary", "FILE", "registry, uat: the thesaurus (desise JSON) instead of the kept copy"},
    {"--service", "KIND,...", "registry: scs, sia, sia2, ssa, tap, slap, datalink, soda, hips"},
    {"--auxiliary", NULL, "registry: also services that only help others"},
    {"--author", "NAME|...", "registry: a creator; % is anything"},
    {"--waveband", "BAND,...",
     "registry: radio, millimeter, infrared, optical, uv, euv, x-ray, gamma-ray"},
    {"--ucd", "UCD,...", "registry: of a column; % is anything"},
    {"--datamodel", "NAME,...", "registry: obscore, regtap, epntap, obsloctap"},
    {"--ivoid", "ID,...", "registry: this record"},
    {"--place", "RA,DEC[,RADIUS]",
     "registry: the coverage holds the point, or meets the circle (degrees)"},
    {"--region", "CORNERS|MOC",
     "registry: a polygon RA,DEC,RA,DEC,RA,DEC... or a MOC \"4/0-3 5/16\""},
    {"--meet", "HOW", "registry: the coverage covers, overlaps, or is enclosed by the region"},
    {"--order", "N", "registry: of the MOC that stands for a place [6]"},
    {"--unknown", NULL, "registry: also where the coverage is not known"},
    {"--count", NULL, "registry: only how many records"},
    {"--adql", NULL, "registry: only print the query"},
    {"--query", "ADQL", "registry: this query (@FILE, -), as --adql printed it, or edited"},
    {"--registry", "URL", "the TAP service of the registry (also vo.registry, IVOA_REGISTRY)"},
    {"--fresh", NULL, "registry, uat: ask, also if a kept answer is young enough"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_vo = {
    "vo",
    "registry|cone|sia|sia2|ssa|obscore|obsloc|objvis|tap|job|tables|examples|info|datalink|get|"
    "header|gaia|resolve|uat [ARG...]",
    "ask the Virtual Observatory: registry, catalogues, images, spectra, names",
    options,
    "registry [WORD...]         resources with all these words and every option that is given; "
    "alternatives\n"
    "                           within an option are divided by commas (authors by |)\n"
    "cone [URL] PLACE RADIUS    Simple Cone Search; PLACE is RA DEC (degrees, or 00:42:44 "
    "+41:16:08) "
    "or a NAME;\n"
    "                           without URL: --services, or the services that the options of "
    "registry find, at once\n"
    "sia|sia2|ssa [URL] PLACE SIZE   images, spectra; --spectrum, --time; SIZE is the width of the "
    "field (sia2: radius)\n"
    "obscore|obsloc URL [PLACE RADIUS]   observations of an archive; plans of observatories\n"
    "objvis URL PLACE           when an observatory can see it (--time)\n"
    "tap URL ADQL               a query (@FILE, - for standard input), in one go, or with --async "
    "as "
    "a job\n"
    "job URL                    take up a job, show its answer\n"
    "tables URL [TABLE]         what a TAP service holds; * marks columns with an index\n"
    "examples|info URL          queries a TAP service proposes; what a service says of itself\n"
    "datalink URL ID            what belongs to a dataset\n"
    "get URL [FILE]             download a dataset; a download that broke is taken up\n"
    "header FILE|URL            the headers of a FITS file\n"
    "gaia PLACE RADIUS          stars of Gaia DR3, brightest first, moved by their proper motion; "
    "a field "
    "once\n"
    "                           fetched is there without a network\n"
    "resolve NAME...            positions of objects, by CDS's Sesame, then SIMBAD\n"
    "uat [CONCEPT...]           the thesaurus: a concept, what is wider and narrower\n"
    "Several services with --json: a line for each (service, url, state, rows, error), then its "
    "rows.\n"
    "An answer that is cut, or broken on the way, is shown as far as it goes, and said to be so.\n"
    "What registry, names, the thesaurus and Gaia answered before is used, with its age, when the "
    "network is\n"
    "down; other answers are kept only by --save (in the VO tab each one is).\n",
    run};
