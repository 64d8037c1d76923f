/* cmd_screen.c - `vigie screen`: a view of the full screen printed once, as text. The drawing is the
 * ui's, handed in by main. Not: a running session; this one lives as long as the command.
 */
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "vigie/session/session.h"
#include "where.h"

/* A clock that stands still, so that what is printed is of one instant. */
static int64_t still_wall(void *arg)
{
    return *(int64_t *)arg;
}

static int64_t running_mono(void *arg)
{
    (void)arg;
    return clock_system()->mono_ns(clock_system()->arg);
}

static bool read_size(const struct cli *cli, struct screen_wish *w)
{
    const char *text = cli_arg(cli, "--size");
    char rest;
    if (!text)
        return true;
    if (sscanf(text, "%4dx%4d%c", &w->cols, &w->rows, &rest) == 2 && w->cols >= 1 && w->rows >= 1 &&
        w->cols <= 1000 && w->rows <= 1000)
        return true;
    cli_say(cli, "--size %s: not COLUMNSxROWS, 1 to 1000 each, such as 80x24", text);
    return false;
}

static bool read_wish(const struct cli *cli, struct screen_wish *w)
{
    const char *glyphs = cli_arg(cli, "--glyphs");
    *w = (struct screen_wish){.view = cli->argv[0],
                              .theme = cli_arg(cli, "--theme"),
                              .keys = cli_arg(cli, "--keys"),
                              .rows = 24,
                              .cols = 80,
                              .roles = cli_arg(cli, "--roles") != NULL};
    if (glyphs && strcmp(glyphs, "ascii") && strcmp(glyphs, "utf8")) {
        cli_say(cli, "--glyphs %s: ascii or utf8", glyphs);
        return false;
    }
    w->ascii = glyphs && !strcmp(glyphs, "ascii");
    return read_size(cli, w);
}

/* What the session has to compute is computed before it is shown; it asks nobody. */
static void settle(struct session *s)
{
    for (int quiet = 0, turns = 0; quiet < 3 && turns < 100000; turns++) {
        bool busy = session_turn(s) || jobs_n(session_jobs(s)) > 0;
        loop_turn(session_loop(s), false);
        quiet = busy ? 0 : quiet + 1;
    }
}

static int print(struct cli *cli, struct session_setup *setup, const struct screen_wish *wish)
{
    struct session *s;
    struct error err;
    struct str out = {0};
    if (session_new(setup, &s, &err) != OK)
        return cli_fail(cli, &err);
    settle(s);
    int rc = CLI_OK;
    if (cli->screen->print(s, wish, &out, &err) != OK)
        rc = cli_fail(cli, &err);
    else
        fwrite(str_c(&out), 1, out.n, cli->out);
    str_clear(&out);
    session_free(s);
    return rc;
}

static int run_screen(struct cli *cli)
{
    struct screen_wish wish;
    struct cli_clock now;
    if (cli->argc != 1 || !cli->screen)
        return cli_usage(cli);
    if (!read_wish(cli, &wish))
        return CLI_USAGE;
    int rc = cli_clock(cli, &now);
    if (rc != CLI_OK)
        return rc;
    int64_t wall = CLOCK_WALL(now.clock);
    struct clock still = {running_mono, still_wall, &wall};
    struct loop *loop = loop_new(&still);
    struct session_setup setup = {.loop = loop,
                                  .clock = &still,
                                  .conf = cli->conf,
                                  .site = cli_arg(cli, "--site"),
                                  .store_path = cli_arg(cli, "--store"),
                                  .offline = true,
                                  .demo = cli->demo,
                                  .devices = cli->demo ? DEMO_STILL : DEMO_NO_DEVICES};
    cli->conf = NULL; /* the session's now */
    rc = print(cli, &setup, &wish);
    loop_free(loop);
    return rc;
}

static const struct cli_option options[] = {
    {"--size", "COLUMNSxROWS", "size of the screen (80x24)"},
    {"--glyphs", "ascii|utf8", "drawing characters (utf8)"},
    {"--theme", "NAME", "theme; only its rules are looked at, the text is the same"},
    {"--keys", "KEYS", "press these before, as in the keys file: 'jj<Enter>'"},
    {"--roles", NULL, "print the meaning of each cell instead, one letter each, and the letters"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_screen = {
    .name = "screen",
    .args = "VIEW",
    .summary = "print a view of the full screen once",
    .options = options,
    .detail =
        "Views: transits, log, help. The night and its list are computed for --at and --site;\n"
        "nothing is asked of the network.\n",
    .run = run_screen,
};
