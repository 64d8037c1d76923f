/* cmd_tonight.c - `vigie tonight`: the night in one page, or as JSON lines. Not: its layout
 * (tonight_page.c, tonight_json.c), any of the science.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerts_cli.h"
#include "cmds.h"
#include "planets.h"
#include "tonight.h"
#include "where.h"
#include "vigie/session/process.h"

static const double rad_per_deg = 0.017453292519943295769;

/* The night that is going on, or in the morning after sunrise the coming one. */
static enum status find_night(struct page *p, struct error *err)
{
    p->date = night_date_of(p->now, &p->site);
    enum status s = night_find(p->date, &p->site, 0, &p->night, err);
    const struct crossings *sun = &p->night.sun[0];
    bool over = s == OK && sun->n && sun->at[sun->n - 1].rising &&
                utc_diff_s(p->now, sun->at[sun->n - 1].utc) > 0;
    if (over) {
        p->date = utc_day_add(p->date, 1);
        s = night_find(p->date, &p->site, 0, &p->night, err);
    }
    return s;
}

/* Without ExoClock's catalogue (a first night in a field) the built-in one is better than none. */
static enum status find_planets(struct cli *cli, struct page *p, struct error *err)
{
    enum status s = cli_planets(cli, &p->catalogue, err);
    if (s == OK || cli_arg(cli, "--catalogue"))
        return s;
    p->lost = *err;
    p->catalogue = catalogue_demo();
    return OK;
}

static enum status find_transits(struct cli *cli, struct page *p, struct error *err)
{
    struct transit_request r = {.site = &p->site,
                                .planet = p->catalogue->planet,
                                .n_planet = p->catalogue->n,
                                .from = p->night.start,
                                .to = p->night.end};
    transit_limits_init(&r.limits);
    r.limits.min_alt_rad = rad_per_deg * conf_number(cli->conf, "transits.min-alt");
    r.limits.max_sun_alt_rad = rad_per_deg * conf_number(cli->conf, "transits.max-sun-alt");
    r.limits.baseline_d = conf_number(cli->conf, "transits.baseline") / 1440;
    r.filter.aperture_mm = r.own_aperture_mm = conf_number(cli->conf, "aperture");
    r.filter.min_depth_mmag = conf_number(cli->conf, "transits.min-depth");
    r.filter.classes = 1u << TRANSIT_PARTIAL | 1u << TRANSIT_FULL | 1u << TRANSIT_FULL_BASELINE;
    return transit_list_make(&r, &p->list, err);
}

/* Only a store that is there is looked into: a page is no reason to make one. */
static void find_alerts(struct cli *cli, struct page *p, struct alerts_cli *a)
{
    struct error err;
    char *path = cli->demo ? NULL : session_store_path(cli_arg(cli, "--store"), &err);
    bool there = path && access(path, R_OK) == 0;
    free(path);
    if (!there)
        return;
    if (alerts_cli_open(cli, a, NULL, &err) != OK) {
        cli_say(cli, "alerts: %s", err.text);
        return;
    }
    if (alerts_cli_judge(cli, a) != CLI_OK || !a->judge)
        return;
    struct alert_ask ask = {.judge = a->judge, .filter = a->filter, .now = p->now};
    alert_list_make(a->book, &ask, &p->alerts);
    p->has_alerts = true;
}

static int run(struct cli *cli)
{
    struct alerts_cli alerts = {0};
    struct page p = {0};
    struct cli_clock clock;
    struct error err = {0};
    bool bad = false;
    if (cli->argc)
        return cli_usage(cli);
    p.rows = (size_t)cli_number(cli, "--rows", 15, 1, 10000, &bad);
    if (bad)
        return CLI_USAGE;
    int rc = cli_site(cli, &p.site);
    if (rc != CLI_OK)
        return rc;
    rc = cli_clock(cli, &clock);
    if (rc == CLI_OK) {
        p.now = cli_now(&clock);
        if (find_night(&p, &err) != OK || find_planets(cli, &p, &err) != OK ||
            find_transits(cli, &p, &err) != OK)
            rc = cli_fail(cli, &err);
    }
    if (rc == CLI_OK) {
        find_alerts(cli, &p, &alerts);
        if (cli->json) {
            tonight_json(cli->out, &p);
            tonight_devices_json(cli->out, cli->conf);
        } else {
            tonight_page(cli->out, &p);
            tonight_devices(cli->out, cli->conf);
        }
    }
    alert_list_clear(&p.alerts);
    alerts_cli_close(&alerts);
    transit_list_free(p.list);
    catalogue_free(p.catalogue);
    site_clear(&p.site);
    return rc;
}

static const struct cli_option options[] = {
    {"--catalogue", "FILE",
     "planets in the layout of ExoClock's planets_json instead of the live ones"},
    {"--rows", "N", "show the N best transits [15]"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_tonight = {
    "tonight",
    "",
    "the night in one page: twilights, Moon, alerts that are up, transits worth observing",
    options,
    "The night is the one that is going on; after sunrise, the coming one. Transits are judged by "
    "the limits of the\n"
    "configuration (transits.min-alt, transits.max-sun-alt, transits.baseline, transits.min-depth, "
    "aperture); `vigie transits`\n"
    "lists them with all that is known. Without ExoClock's catalogue and without network the "
    "built-in sample is used, and\n"
    "the page says so. full+b: the whole transit with its baselines.\n",
    run};
