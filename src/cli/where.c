/* where.c - see where.h. */
#include "where.h"

#include <string.h>

#include "vigie/session/site.h"

int cli_site(const struct cli *cli, struct site *site)
{
    struct error err;
    const char *text = cli_arg(cli, "--site");
    memset(site, 0, sizeof *site);
    if (cli->demo && !text) {
        site_demo(site);
        return CLI_OK;
    }
    if (text && !*text) {
        cli_say(cli, "--site: no name and no LAT,LON,HEIGHT is given");
        return CLI_USAGE;
    }
    enum status status = site_of_conf(cli->conf, text, site, &err);
    if (status == OK)
        return CLI_OK;
    site_clear(site);
    if (status == E_ABSENT && !text)
        cli_say(cli,
                "no site: give --site LAT,LON,HEIGHT (degrees north, degrees east, metres), or "
                "write `site = NAME` and `site.NAME = LAT, LON, HEIGHT` into the configuration");
    else
        cli_say(cli, "%s%s", text ? "--site: " : "", err.text);
    return CLI_USAGE;
}

int cli_clock(const struct cli *cli, struct cli_clock *c)
{
    struct jd_utc utc;
    struct error err;
    const char *text = cli_arg(cli, "--at");
    c->clock = clock_system();
    if (!text)
        return CLI_OK;
    if (utc_parse(text, c->clock, &utc, &err) != OK) {
        cli_say(cli, "--at: %s", err.text);
        return CLI_USAGE;
    }
    if (!(jd_mjd(utc.d1, utc.d2) > -57000 && jd_mjd(utc.d1, utc.d2) < 124000)) {
        cli_say(cli, "--at: the clock can be set to a year in 1703 .. 2198");
        return CLI_USAGE;
    }
    clock_shifted_init(&c->shifted, utc_to_wall(utc));
    c->clock = &c->shifted.clock;
    return CLI_OK;
}

struct jd_utc cli_now(const struct cli_clock *c)
{
    return utc_of_wall(CLOCK_WALL(c->clock));
}

int cli_time(const struct cli *cli, const char *option, const struct cli_clock *c,
             struct jd_utc def, struct jd_utc *utc)
{
    struct error err;
    const char *text = cli_arg(cli, option);
    *utc = def;
    if (!text)
        return CLI_OK;
    if (utc_parse(text, c->clock, utc, &err) == OK)
        return CLI_OK;
    cli_say(cli, "%s: %s", option, err.text);
    return CLI_USAGE;
}
