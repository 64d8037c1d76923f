/* cmd_transits.c - `vigie transits`: transits of a span of days as a table or as JSON lines.
 * Not: any of the science (transits room); the rules of the values are those of the command line's
 * design.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "opinion.h"
#include "planets.h"
#include "print.h"
#include "transits_table.h"
#include "where.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"
#include "vigie/transits/export.h"
#include "vigie/transits/record.h"

enum { NAMED_MAX = 64, SEASON_DAYS = 180 };

static const double RAD = M_PI / 180;

/* struct ask - the arguments, read. */
struct ask {
    struct transit_request request;
    struct site site;
    struct catalogue *catalogue;
    const struct planet *named[NAMED_MAX];
    struct opinions opinions;
    const char *export_path;
    enum export_format export_format;
    struct jd_utc now;
    bool season, second, bad;
};

/* An aperture: millimetres, or inches with "in" or a double quote. */
static double aperture_mm(struct cli *cli, const char *option, double def, bool *bad)
{
    const char *text = cli_arg(cli, option);
    if (!text)
        return def;
    char number[32];
    size_t n = strcspn(text, "mi\" ");
    const char *unit = text + n;
    while (*unit == ' ')
        unit++;
    bool inches = strcmp(unit, "in") == 0 || strcmp(unit, "\"") == 0 || strcmp(unit, "inch") == 0,
         mm = !*unit || strcmp(unit, "mm") == 0;
    double x = NAN;
    if (n < sizeof number) {
        memcpy(number, text, n);
        number[n] = 0;
        if (!str_num(number, &x))
            x = NAN;
    }
    if (inches)
        x *= 25.4;
    if ((inches || mm) && x >= 10 && x <= 20000)
        return x;
    cli_say(cli, "%s: \"%.40s\" is no aperture: millimetres (10 .. 20000), or inches as in 12in",
            option, text);
    *bad = true;
    return def;
}

/* A list of words divided by commas; `bit` gives a word's bit or 0. */
static unsigned word_bits(struct cli *cli, const char *option, unsigned (*bit)(const char *),
                          const char *words, bool *bad)
{
    const char *text = cli_arg(cli, option);
    unsigned bits = 0;
    if (!text)
        return 0;
    char *copy = mem_str(text), *save = NULL;
    for (char *w = strtok_r(copy, ", ", &save); w; w = strtok_r(NULL, ", ", &save)) {
        unsigned b = bit(w);
        if (!b) {
            cli_say(cli, "%s: no \"%.40s\"; there are %s", option, w, words);
            *bad = true;
        }
        bits |= b;
    }
    if (!bits && !*bad) {
        cli_say(cli, "%s: nothing named; there are %s", option, words);
        *bad = true;
    }
    free(copy);
    return bits;
}

static unsigned priority_bit(const char *word)
{
    static const struct {
        const char *word;
        enum priority p;
    } all[] = {{"low", PRIORITY_LOW},
               {"medium", PRIORITY_MEDIUM},
               {"high", PRIORITY_HIGH},
               {"alert", PRIORITY_ALERT}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (str_eqi(word, all[i].word))
            return 1u << all[i].p;
    return 0;
}

/* A full transit with both baselines is a full transit. */
static unsigned class_bit(const char *word)
{
    enum transit_class c;
    if (!transit_class_read(word, &c))
        return 0;
    return c == TRANSIT_FULL ? 1u << c | 1u << TRANSIT_FULL_BASELINE : 1u << c;
}

static void read_limits(struct cli *cli, struct ask *a)
{
    struct transit_limits *l = &a->request.limits;
    transit_limits_init(l);
    l->min_alt_rad = RAD * cli_number(cli, "--min-alt", conf_number(cli->conf, "transits.min-alt"),
                                      0, 90, &a->bad);
    l->max_sun_alt_rad =
        RAD * cli_number(cli, "--max-sun-alt", conf_number(cli->conf, "transits.max-sun-alt"), -90,
                         90, &a->bad);
    l->baseline_d = cli_number(cli, "--baseline", conf_number(cli->conf, "transits.baseline"), 0,
                               1440, &a->bad) /
                    1440;
    l->widen_sigma = cli_number(cli, "--widen", 0, 0, 10, &a->bad);
}

/* With --all the configuration hides nothing: only what is asked for here does. */
static void read_filters(struct cli *cli, struct ask *a)
{
    struct transit_filter *f = &a->request.filter;
    double own = conf_number(cli->conf, "aperture");
    f->all = cli_arg(cli, "--all") != NULL;
    f->aperture_mm = aperture_mm(cli, "--aperture", f->all ? (double)NAN : own, &a->bad);
    a->request.own_aperture_mm = cli_arg(cli, "--aperture") ? f->aperture_mm : own;
    f->min_depth_mmag = cli_number(
        cli, "--min-depth", f->all ? (double)NAN : conf_number(cli->conf, "transits.min-depth"), 0,
        1000, &a->bad);
    f->has_max_mag = cli_arg(cli, "--max-mag") != NULL;
    f->max_mag = cli_number(cli, "--max-mag", 0, -30, 40, &a->bad);
    f->priorities = word_bits(cli, "--priority", priority_bit, "alert, high, medium, low", &a->bad);
    f->classes =
        word_bits(cli, "--class", class_bit, "full+baseline, full, partial, none", &a->bad);
    if (a->season && !f->classes && !f->all)
        f->classes = class_bit("full");
}

/* The same time of day, `days` calendar days later: a day with a leap second is one day. */
static struct jd_utc days_later(struct jd_utc from, int days)
{
    double of_day_s = utc_diff_s(from, utc_day_add(from, 0));
    return utc_add_s(utc_day_add(from, days), of_day_s);
}

static void read_span(struct cli *cli, struct ask *a)
{
    struct cli_clock clock;
    struct transit_request *r = &a->request;
    double days =
        cli_number(cli, "--days", a->season ? SEASON_DAYS : 1, 1, TRANSIT_LIST_DAYS - 10, &a->bad);
    if (days != floor(days)) {
        cli_say(cli, "--days: %g is no whole number of days", days);
        a->bad = true;
    }
    if (cli_clock(cli, &clock) != CLI_OK) {
        a->bad = true;
        return;
    }
    a->now = cli_now(&clock);
    if (cli_time(cli, "--from", &clock, a->now, &r->from) != CLI_OK ||
        cli_time(cli, "--to", &clock, days_later(r->from, (int)days), &r->to) != CLI_OK) {
        a->bad = true;
        return;
    }
    if (cli_arg(cli, "--to") && cli_arg(cli, "--days")) {
        cli_say(cli, "--to and --days: give one of them");
        a->bad = true;
    } else if (!(utc_diff_s(r->to, r->from) > 0)) {
        cli_say(cli, "--to is not later than --from: there is nothing between");
        a->bad = true;
    }
}

static void tell_rejects(struct cli *cli, const struct catalogue *c)
{
    size_t shown = c->n_reject < CATALOGUE_REJECTS ? c->n_reject : CATALOGUE_REJECTS;
    for (size_t i = 0; i < shown; i++) {
        struct str t = {0};
        utf8_clean(&t, c->reject[i].name, strlen(c->reject[i].name));
        cli_say(cli, "%s: %s: %s", c->source, str_c(&t), c->reject[i].why);
        str_clear(&t);
    }
    if (c->n_reject > shown)
        cli_say(cli, "%s: %zu more planets refused", c->source, c->n_reject - shown);
}

/* --planet: names divided by commas, each a planet or a star. */
static enum status find_named(struct cli *cli, struct ask *a, struct error *err)
{
    struct transit_filter *f = &a->request.filter;
    const char *text = cli_arg(cli, "--planet");
    enum status s = OK;
    if (!text)
        return OK;
    char *copy = mem_str(text), *save = NULL;
    for (char *w = strtok_r(copy, ",", &save); w && s == OK; w = strtok_r(NULL, ",", &save)) {
        size_t n = 0;
        s = catalogue_search(a->catalogue, w, a->named + f->n_only, NAMED_MAX - f->n_only, &n, err);
        f->n_only += n;
    }
    free(copy);
    f->only = a->named;
    return s;
}

static void print_json(const struct cli *cli, const struct ask *a, const struct transit_list *list)
{
    struct str t = {0};
    for (size_t i = 0; i < list->n; i++) {
        struct json_writer w;
        json_write(&w, &t);
        json_object(&w);
        transit_json_keys(&w, list->almanac, &list->at[i]);
        if (a->second)
            opinion_json(&a->opinions, &list->at[i], &w);
        json_end(&w);
        str_addc(&t, '\n');
        if (t.n > 1 << 16 || i + 1 == list->n) {
            fwrite(t.s, 1, t.n, cli->out);
            str_reset(&t);
        }
    }
    str_clear(&t);
}

static void print_season(const struct cli *cli, const struct transit_list *list)
{
    struct transit_season s;
    char text[UTC_TEXT];
    transit_list_season(list, &s);
    double days = utc_diff_s(list->request.to, list->request.from) / 86400;
    fprintf(cli->out,
            "%zu whole transit%s of %zu in %.0f days from here, %zu with both baselines\n",
            s.n_full, s.n_full == 1 ? "" : "s", s.n_all, days, s.n_full_baseline);
    if (s.next)
        fprintf(cli->out, "the next one: %.16s UTC\n",
                utc_format(s.next->contact[TRANSIT_MID].utc, 0, text));
    fputc('\n', cli->out);
}

static void print_people(const struct cli *cli, const struct ask *a, const struct transit_list *l)
{
    if (a->season)
        print_season(cli, l);
    if (l->n == 0)
        fputs("no transits to list\n", cli->out);
    else
        transits_table(cli->out, l, print_columns(cli->out, 80));
    if (a->request.filter.n_only == 1 && l->n > 0 && l->n <= 3)
        for (size_t i = 0; i < l->n; i++) {
            fputc('\n', cli->out);
            transits_detail(cli->out, l, &l->at[i]);
        }
    if (a->second && l->n)
        fputc('\n', cli->out);
    for (size_t i = 0; a->second && i < l->n; i++)
        opinion_print(&a->opinions, &l->at[i], cli->out);
}

static int write_export(struct cli *cli, const struct ask *a, const struct transit_list *l)
{
    struct str t = {0};
    struct error err;
    export_list(l, a->export_format, a->now, &t);
    enum status s = file_replace(a->export_path, str_c(&t), t.n, 0644, &err);
    str_clear(&t);
    if (s != OK)
        return cli_fail(cli, &err);
    cli_say(cli, "%s: %zu transit%s", a->export_path, l->n, l->n == 1 ? "" : "s");
    return CLI_OK;
}

static int list_and_print(struct cli *cli, struct ask *a)
{
    struct transit_list *list;
    struct error err;
    char text[TRANSIT_SUMMARY];
    int rc = CLI_OK;
    a->request.site = &a->site;
    a->request.planet = a->catalogue->planet;
    a->request.n_planet = a->catalogue->n;
    if (transit_list_make(&a->request, &list, &err) != OK)
        return cli_fail(cli, &err);
    if (a->second)
        rc = opinions_ask(cli, a->named, a->request.filter.n_only, &a->opinions);
    int written = CLI_OK;
    if (a->export_path)
        written = write_export(cli, a, list);
    else if (cli->json)
        print_json(cli, a, list);
    else
        print_people(cli, a, list);
    cli_say(cli, "%s", transit_list_summary(list, text));
    opinions_clear(&a->opinions);
    transit_list_free(list);
    return rc == CLI_OK ? written : rc;
}

/* What can be said of the arguments without looking at any file. */
static void read_arguments(struct cli *cli, struct ask *a)
{
    a->season = cli_arg(cli, "--season") != NULL;
    a->second = cli_arg(cli, "--second-opinion") != NULL;
    a->export_path = cli_arg(cli, "--export");
    if ((a->season || a->second) && !cli_arg(cli, "--planet")) {
        cli_say(cli, "%s needs --planet NAME: of which planet?",
                a->season ? "--season" : "--second-opinion");
        a->bad = true;
    }
    const char *planet = cli_arg(cli, "--planet");
    if (planet && !planet[strspn(planet, ", ")]) {
        cli_say(cli, "--planet: nothing named");
        a->bad = true;
    }
    if (a->export_path && !export_format_of(a->export_path, &a->export_format)) {
        cli_say(cli, "--export: %s: its ending must be .csv, .json or .ics", a->export_path);
        a->bad = true;
    }
    read_limits(cli, a);
    read_filters(cli, a);
    read_span(cli, a);
}

static void say_bad(void *arg, int line, const char *why)
{
    struct cli *cli = arg;
    cli_say(cli, "%s, line %d: %s", cli_arg(cli, "--own"), line, why);
}

/* The catalogue and the targets of --own. *refused: some of what was named could not be used. */
static enum status read_planets(struct cli *cli, struct ask *a, bool *refused, struct error *err)
{
    const char *own = cli_arg(cli, "--own");
    size_t n, n_bad = 0;
    enum status s = cli_planets(cli, &a->catalogue, err);
    if (s == OK && own)
        s = catalogue_add_own(a->catalogue, own, say_bad, cli, &n, &n_bad, err);
    if (a->catalogue && a->catalogue->n_reject)
        tell_rejects(cli, a->catalogue);
    *refused = n_bad || (a->catalogue && a->catalogue->n_reject && cli_arg(cli, "--catalogue"));
    return s == OK ? find_named(cli, a, err) : s;
}

static int run(struct cli *cli)
{
    struct error err;
    struct ask a = {0};
    bool refused = false;
    if (cli->argc)
        return cli_usage(cli);
    read_arguments(cli, &a);
    if (a.bad)
        return CLI_USAGE;
    int rc = cli_site(cli, &a.site);
    if (rc != CLI_OK)
        return rc;
    rc =
        read_planets(cli, &a, &refused, &err) == OK ? list_and_print(cli, &a) : cli_fail(cli, &err);
    catalogue_free(a.catalogue);
    site_clear(&a.site);
    return rc == CLI_OK && refused ? CLI_NO : rc;
}

static const struct cli_option options[] = {
    {"--catalogue", "FILE",
     "planets in the layout of ExoClock's planets_json instead of the live ones"},
    {"--own", "FILE", "add the observer's own targets: lines name=... t0=... period=..."},
    {"--from", "T", "begin of the span (default now)"},
    {"--to", "T", "its end, or"},
    {"--days", "N", "so many UTC calendar days (default 1)"},
    {"--planet", "NAME", "only these planets or stars, divided by commas; usual aliases are known"},
    {"--aperture", "MM", "telescope in mm, or inches as in 12in: hides what asks for more"},
    {"--min-depth", "MMAG", "smallest depth in R"},
    {"--max-mag", "MAG", "faintest star, V"},
    {"--priority", "LIST", "alert, high, medium, low"},
    {"--class", "LIST", "full+baseline, full (with or without baseline), partial, none"},
    {"--min-alt", "DEG", "lowest altitude of the star (default 20)"},
    {"--max-sun-alt", "DEG", "highest altitude of the Sun (default -12)"},
    {"--baseline", "MIN",
     "minutes before and after (default the larger of 60 and half the duration)"},
    {"--widen", "K", "make the baselines longer by K sigma of the mid time (default 0)"},
    {"--all", NULL, "list also what cannot be observed; limits then hide nothing"},
    {"--season", NULL,
     "all whole transits of --planet in the coming 180 days, and how rare they are"},
    {"--second-opinion", NULL, "what the NASA Exoplanet Archive says of --planet, in minutes"},
    {"--export", "FILE",
     "write the list to a file instead: .csv, .json (an array of the records) or .ics (calendar)"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_transits = {
    "transits",
    "",
    "transits of exoplanets: when, what of them can be observed, and why not the rest",
    options,
    "Predictions of the linear ephemeris of each planet (ExoClock's catalogue), converted contact\n"
    "by contact from BJD_TDB to UTC at the site; O-C is shown, never applied. Listed: mid transit\n"
    "in [--from, --to), with an interval in which the star is above --min-alt (and the horizon\n"
    "mask of a configured site) and the Sun below --max-sun-alt, inside ingress - baseline ..\n"
    "egress + baseline. The last line, on stderr, counts what each filter hid. A planet without a\n"
    "datum for a filter is not hidden by it.\n",
    run};
