/* cmd_twilight.c - `vigie twilight`: the Sun's and the Moon's events of each night. */
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "print.h"
#include "vigie/formats/json.h"
#include "vigie/sky/event.h"
#include "where.h"

static const char *const names[TWILIGHTS] = {"-0.833", "-6", "-12", "-18"};

static void print_json(FILE *f, const char *date, const struct night *night)
{
    struct str out = {0};
    struct json_writer w;
    char text[UTC_TEXT];
    json_write(&w, &out);
    json_object(&w);
    json_key(&w, "date");
    json_string(&w, date);
    json_key(&w, "start_utc");
    json_string(&w, utc_format(night->start, 3, text));
    json_key(&w, "sun");
    json_object(&w);
    for (size_t i = 0; i < TWILIGHTS; i++) {
        print_crossings(&w, names[i], &night->sun[i]);
        json_end(&w);
    }
    json_end(&w);
    print_crossings(&w, "moon", &night->moon);
    json_key(&w, "illum");
    json_fixed(&w, night->moon_illum, 4);
    json_end(&w);
    json_end(&w);
    str_addc(&out, '\n');
    fwrite(str_c(&out), 1, out.n, f);
    str_clear(&out);
}

/* clock_of - hours and minutes of the first event of a kind, or why there is none. */
static const char *clock_of(const struct crossings *x, bool rising, char out[UTC_TEXT])
{
    for (size_t i = 0; i < x->n; i++)
        if (x->at[i].rising == rising)
            return print_hh_mm(x->at[i].utc, out);
    snprintf(out, UTC_TEXT, "%s", x->always > 0 ? "up" : x->always < 0 ? "down" : "-");
    return out;
}

static void print_head(FILE *f, const struct site *site)
{
    fprintf(f, "%s: Sun's centre at -0.8, -6, -12, -18 degrees, Moon; UTC; up, down: all night\n",
            site->name);
    fprintf(f, "date        set    civil  naut.  astro. | astro. naut.  civil  rise   | Moon rise  "
               "set    lit\n");
}

static void print_row(FILE *f, const char *date, const struct night *n)
{
    char t[UTC_TEXT];
    fprintf(f, "%s", date);
    for (size_t i = 0; i < TWILIGHTS; i++)
        fprintf(f, "%s%-5s", "  ", clock_of(&n->sun[i], false, t));
    fprintf(f, "  |");
    for (size_t i = TWILIGHTS; i-- > 0;)
        fprintf(f, " %-5s ", clock_of(&n->sun[i], true, t));
    fprintf(f, " |      %-5s ", clock_of(&n->moon, true, t));
    fprintf(f, " %-5s  %3.0f%%\n", clock_of(&n->moon, false, t), 100 * n->moon_illum);
}

static int print_nights(struct cli *cli, const struct site *site, struct jd_utc from, int days)
{
    for (int i = 0; i < days; i++) {
        struct night night;
        struct error err;
        char text[UTC_TEXT], date[UTC_TEXT];
        struct jd_utc day = utc_day_add(from, i);
        if (night_find(day, site, 0, &night, &err) != OK)
            return cli_fail(cli, &err);
        snprintf(date, sizeof date, "%.10s", utc_format(day, 0, text));
        if (cli->json)
            print_json(cli->out, date, &night);
        else
            print_row(cli->out, date, &night);
    }
    return CLI_OK;
}

static int run(struct cli *cli)
{
    struct site site;
    struct cli_clock clock;
    struct jd_utc from;
    bool bad = false;
    if (cli->argc != 0)
        return cli_usage(cli);
    double days = cli_number(cli, "--days", 1, 1, 3660, &bad);
    if (bad)
        return CLI_USAGE;
    if (days != (int)days) {
        cli_say(cli, "--days: %g is no whole number", days);
        return CLI_USAGE;
    }
    int rc = cli_site(cli, &site);
    if (rc != CLI_OK)
        return rc;
    rc = cli_clock(cli, &clock);
    if (rc == CLI_OK)
        rc = cli_time(cli, "--from", &clock, cli_now(&clock), &from);
    const char *text = cli_arg(cli, "--from");
    if (rc == CLI_OK && (!text || str_eqi(text, "now")))
        from = night_date_of(from, &site); /* the night that holds it, not the date of UTC */
    if (rc == CLI_OK && !cli->json)
        print_head(cli->out, &site);
    if (rc == CLI_OK)
        rc = print_nights(cli, &site, from, (int)days);
    site_clear(&site);
    return rc;
}

static const struct cli_option options[] = {
    {"--from", "T", "date of the first night; the present one if not given"},
    {"--days", "N", "number of nights [1]"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_twilight = {
    "twilight",
    "",
    "Sun and Moon events of each night",
    options,
    "A night is the 24 hours from local mean noon of its date. Altitudes are of the body's "
    "centre,\n"
    "without refraction. At high latitudes an altitude may not be crossed at all: up or down.\n",
    run};
