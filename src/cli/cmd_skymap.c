/* cmd_skymap.c - `vigie skymap`: areas of a sky map or MOC, what of it is up tonight, the best fields.
 */
#include <math.h>
#include <stdlib.h>

#include "cmds.h"
#include "print.h"
#include "vigie/alerts/skymap.h"
#include "vigie/base/file.h"
#include "vigie/formats/json.h"
#include "vigie/formats/sexa.h"
#include "vigie/session/site.h"
#include "where.h"

#define DEG (3.14159265358979323846 / 180)

enum { FILE_MAX = 512 << 20, FIELDS = 10 };

struct tonight {
    bool known;
    double up;
    struct skymap_field field[FIELDS];
    size_t n;
};

static void key_number(struct json_writer *w, const char *key, double x, int decimals)
{
    json_key(w, key);
    json_fixed(w, x, decimals);
}

static void print_json(FILE *f, const struct skymap *m, const struct tonight *t)
{
    struct str out = {0};
    struct json_writer w;
    char text[UTC_TEXT];
    json_write(&w, &out);
    json_object(&w);
    json_key(&w, "ordering");
    json_string(&w, m->ordering);
    json_key(&w, "order_max");
    json_int(&w, m->order_max);
    key_number(&w, "probability_total", m->total, 12);
    key_number(&w, "area50_deg2", m->area50_deg2, 9);
    key_number(&w, "area90_deg2", m->area90_deg2, 9);
    key_number(&w, "peak_ra_deg", m->peak_ra_rad / DEG, 9);
    key_number(&w, "peak_dec_deg", m->peak_dec_rad / DEG, 9);
    if (m->region)
        key_number(&w, "area_deg2", m->area_deg2, 9);
    key_number(&w, "up_probability", t->known ? t->up : (double)NAN, 6);
    json_key(&w, "fields");
    json_array(&w);
    for (size_t i = 0; i < t->n; i++) {
        const struct skymap_field *x = &t->field[i];
        json_object(&w);
        key_number(&w, "ra_deg", x->ra_rad / DEG, 5);
        key_number(&w, "dec_deg", x->dec_rad / DEG, 5);
        key_number(&w, "probability", x->probability, 6);
        json_key(&w, "from_utc");
        json_string(&w, utc_format(x->from, 3, text));
        json_key(&w, "to_utc");
        json_string(&w, utc_format(x->until, 3, text));
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    str_addc(&out, '\n');
    fwrite(str_c(&out), 1, out.n, f);
    str_clear(&out);
}

static void print_fields(FILE *f, const struct tonight *t)
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT], from[UTC_TEXT], to[UTC_TEXT];
    if (!t->n)
        return;
    fprintf(f, "Best fields (UTC):\n  RA ICRS    Dec        Prob %%  from  to\n");
    for (size_t i = 0; i < t->n; i++) {
        const struct skymap_field *x = &t->field[i];
        sexa_format(x->ra_rad / DEG, SEXA_RA, 1, ':', ra);
        sexa_format(x->dec_rad / DEG, SEXA_DEC, 0, ':', dec);
        fprintf(f, "  %s %s %7.2f  %s %s\n", ra, dec, 100 * x->probability,
                print_hh_mm(x->from, from), print_hh_mm(x->until, to));
    }
}

static void print_people(FILE *f, const struct skymap *m, const struct tonight *t,
                         const double fov[2])
{
    char ra[SEXA_TEXT], dec[SEXA_TEXT];
    print_clean(f, m->ordering);
    if (m->region) {
        fprintf(f, " region, %zu cells to order %d, %.4g deg2\n", m->cells.n, m->order_max,
                m->area_deg2);
        return;
    }
    sexa_format(m->peak_ra_rad / DEG, SEXA_RA, 1, ':', ra);
    sexa_format(m->peak_dec_rad / DEG, SEXA_DEC, 0, ':', dec);
    fprintf(f, " map to order %d, total probability %.6f\n", m->order_max, m->total);
    fprintf(f, "50 %%: %.4g deg2, 90 %%: %.4g deg2; densest at %s %s ICRS\n", m->area50_deg2,
            m->area90_deg2, ra, dec);
    if (!t->known)
        fprintf(f, "What is up tonight: no site is given (--site)\n");
    else
        fprintf(f, "Up in the dark tonight: %.1f %%; fields of %.0f' x %.0f'\n", 100 * t->up,
                fov[0] / DEG * 60, fov[1] / DEG * 60);
    print_fields(f, t);
}

/* A number of the configuration, or what stands for it where it is not set. */
static double of_conf(const struct cli *cli, const char *name, double otherwise)
{
    double x = conf_number(cli->conf, name);
    return isfinite(x) ? x : otherwise;
}

static int look_at_tonight(struct cli *cli, const struct skymap *m, const double fov[2],
                           struct tonight *t)
{
    struct site site;
    struct cli_clock clock;
    struct alert_judge *judge;
    struct error err;
    int rc = cli_clock(cli, &clock);
    if (rc != CLI_OK)
        return rc;
    if (!cli_arg(cli, "--site") && !cli->demo) { /* none is needed */
        if (site_of_conf(cli->conf, NULL, &site, &err) == E_ABSENT)
            return CLI_OK;
        site_clear(&site);
    }
    rc = cli_site(cli, &site);
    if (rc != CLI_OK)
        return rc;
    const struct alert_limits limits = {.min_alt_rad = of_conf(cli, "alerts.min-alt", 30) * DEG,
                                        .max_sun_alt_rad =
                                            of_conf(cli, "alerts.max-sun-alt", -12) * DEG,
                                        .fov_rad = {fov[0], fov[1]}};
    if (alert_judge_new(&site, &limits, cli_now(&clock), &judge, &err) != OK) {
        rc = cli_fail(cli, &err);
    } else {
        t->known = true;
        t->up = skymap_up(m, judge);
        t->n = skymap_fields(m, judge, fov, t->field, FIELDS);
        alert_judge_free(judge);
    }
    site_clear(&site);
    return rc;
}

static int run(struct cli *cli)
{
    struct str bytes = {0};
    struct skymap m;
    struct tonight t = {0};
    struct error err;
    if (cli->argc != 1)
        return cli_usage(cli);
    const double fov[2] = {of_conf(cli, "fov.width", 60) / 60 * DEG,
                           of_conf(cli, "fov.height", 60) / 60 * DEG};
    enum status s = file_read(cli->argv[0], FILE_MAX, &bytes, &err);
    if (s != OK)
        return cli_fail(cli, &err);
    s = skymap_read(str_c(&bytes), bytes.n, &m, &err);
    str_clear(&bytes);
    int rc = CLI_OK;
    if (s != OK) {
        err_wrap(&err, "%s", cli->argv[0]);
        rc = cli_fail(cli, &err);
    } else {
        rc = look_at_tonight(cli, &m, fov, &t);
    }
    if (rc == CLI_OK && cli->json)
        print_json(cli->out, &m, &t);
    else if (rc == CLI_OK)
        print_people(cli->out, &m, &t, fov);
    skymap_clear(&m);
    return rc;
}

static const struct cli_option options[] = {{NULL, NULL, NULL}};

const struct cli_command cmd_skymap = {
    "skymap",
    "FILE",
    "Areas of a sky map or MOC, what of it is up tonight, the best fields",
    options,
    "FILE is a multi-order or flat HEALPix map or a MOC of space, in FITS, also gzip'd. Up "
    "tonight\n"
    "is what stands above alerts.min-alt while the Sun is below alerts.max-sun-alt. Fields have "
    "the\n"
    "size of fov.width and fov.height, a degree each if these are not set.\n",
    run};
