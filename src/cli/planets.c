/* planets.c - see planets.h. */
#include "planets.h"

#include <string.h>

#include "vigie/base/str.h"
#include "vigie/transits/fetch.h"

static void say_bad(void *arg, int line, const char *why)
{
    struct cli *cli = arg;
    cli_say(cli, "%s, line %d: %s", conf_text(cli->conf, "transits.own"), line, why);
}

static void add_own(struct cli *cli, struct catalogue *c)
{
    const char *path = conf_text(cli->conf, "transits.own");
    size_t n, n_bad;
    struct error err;
    if (*path && catalogue_add_own(c, path, say_bad, cli, &n, &n_bad, &err) != OK)
        cli_say(cli, "transits.own: %s", err.text);
}

enum status cli_planets(struct cli *cli, struct catalogue **c, struct error *err)
{
    const char *path = cli_arg(cli, "--catalogue");
    double max_mb = conf_number(cli->conf, "http.max-body");
    *c = NULL;
    if (path)
        return catalogue_read(path, max_mb, c, err);
    if (cli->demo) {
        *c = catalogue_demo();
        return OK;
    }
    struct error note;
    struct str news = {0};
    struct fetch_options o = {.url = conf_text(cli->conf, "transits.url"),
                              .max_age_h = conf_number(cli->conf, "transits.max-age"),
                              .offline = cli->offline,
                              .max_mb = max_mb,
                              .silence_ms =
                                  (int64_t)(1000 * conf_number(cli->conf, "http.timeout"))};
    enum status s = fetch_catalogue(&o, c, &news, &note, err);
    char *save = NULL;
    for (char *l = news.n ? strtok_r(news.s, "\n", &save) : NULL; l;
         l = strtok_r(NULL, "\n", &save))
        cli_say(cli, "ExoClock, %s", l);
    str_clear(&news);
    if (s != OK)
        return s;
    if (note.status != OK)
        cli_say(cli, "%s", note.text);
    add_own(cli, *c);
    return OK;
}
