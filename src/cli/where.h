/* where.h - site and clock of a one-shot command, from its options and the configuration.
 * Not: the session's (session/session.h). Each function tells on err what is wrong.
 */
#ifndef VIGIE_SRC_CLI_WHERE_H
#define VIGIE_SRC_CLI_WHERE_H

#include "cli.h"

#include "vigie/base/clock.h"
#include "vigie/sky/scale.h"
#include "vigie/sky/site.h"

/* cli_site - the site that --site, --demo or the configuration names; the caller frees it with
 * site_clear. Returns CLI_OK, or the exit status after a sentence on err. */
int cli_site(const struct cli *cli, struct site *site);

/* struct cli_clock - the clock of a command: the machine's, or set by --at (and running on). */
struct cli_clock {
    struct clock_shifted shifted;
    const struct clock *clock;
};

/* cli_clock - fill it. Returns as cli_site. cli_now - what it reads. */
int cli_clock(const struct cli *cli, struct cli_clock *c);
struct jd_utc cli_now(const struct cli_clock *c);

/* cli_time - an instant from an option ("--from"): ISO 8601, a date alone, or now. `def` if it is
 * not given. Returns as cli_site. */
int cli_time(const struct cli *cli, const char *option, const struct cli_clock *c,
             struct jd_utc def, struct jd_utc *utc);

#endif
