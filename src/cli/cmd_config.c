/* cmd_config.c - `vigie config`: every option with its value; --check reads the file and says what
 * is wrong in it. Not: the options themselves (session/options.h), their reader (base/conf.h).
 */
#include "cmds.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/formats/json.h"
#include "vigie/session/options.h"
#include "vigie/session/site.h"

static void print_one(void *arg, const char *name, const char *value, const struct conf_option *row,
                      bool given)
{
    struct cli *cli = arg;
    fprintf(cli->out, "%-24s = %-20s %c %s%s%s%s\n", name, value, given ? '*' : ' ', row->help,
            row->unit ? " (" : "", row->unit ? row->unit : "", row->unit ? ")" : "");
}

static void print_record(void *arg, const char *name, const char *value,
                         const struct conf_option *row, bool given)
{
    struct cli *cli = arg;
    struct str line = {0};
    struct json_writer w;
    json_write(&w, &line);
    json_object(&w);
    json_key(&w, "name");
    json_string(&w, name);
    json_key(&w, "value");
    json_string(&w, value[0] ? value : NULL);
    json_key(&w, "unit");
    json_string(&w, row->unit);
    json_key(&w, "given");
    json_bool(&w, given);
    json_key(&w, "help");
    json_string(&w, row->help);
    json_end(&w);
    fprintf(cli->out, "%s\n", str_c(&line));
    str_clear(&line);
}

/* struct checked - what --check found. */
struct checked {
    struct cli *cli;
    const struct conf *conf;
    const char *path;
    int n_bad;
};

static void bad_line(void *arg, int line, const char *why)
{
    struct checked *c = arg;
    if (c->cli->demo) /* otherwise told when the configuration was read */
        cli_say(c->cli, "%s:%d: %s", c->path, line, why);
}

/* A site is a text to the reader; here it is read as one, with its horizon. */
static void check_site(struct checked *c, const char *name)
{
    struct site site;
    struct error err;
    if (site_of_conf(c->conf, name, &site, &err) != OK) {
        cli_say(c->cli, "%s: %s", c->path, err.text);
        c->n_bad++;
    }
    site_clear(&site);
}

static void check_one(void *arg, const char *name, const char *value, const struct conf_option *row,
                      bool given)
{
    struct checked *c = arg;
    if (given && strcmp(row->name, "site.*") == 0)
        check_site(c, name + strlen("site."));
    else if (given && strcmp(name, "site") == 0 && value[0]) {
        char *key = mem_printf("site.%s", value);
        if (!conf_given(c->conf, key))
            check_site(c, value);
        free(key);
    }
}

static int check(struct cli *cli, const char *path)
{
    struct conf *conf = conf_new(session_options);
    struct checked c = {cli, conf, path, 0};
    struct error err;
    enum status s = conf_load(conf, path, bad_line, &c, &c.n_bad, &err);
    if (s == OK)
        conf_each(conf, check_one, &c);
    conf_free(conf);
    if (s == E_ABSENT && !cli_arg(cli, "--config")) {
        fprintf(cli->out, "%s: there is none; every option has its default\n", path);
        return CLI_OK;
    }
    if (s != OK)
        return cli_fail(cli, &err);
    fprintf(cli->out, "%s: %d wrong line%s\n", path, c.n_bad, c.n_bad == 1 ? "" : "s");
    return c.n_bad ? CLI_NO : CLI_OK;
}

static int run(struct cli *cli)
{
    struct error err;
    if (cli->argc)
        return cli_usage(cli);
    const char *named = cli_arg(cli, "--config");
    char *path = named ? mem_str(named) : file_place(PLACE_CONFIG, "config", &err);
    int rc = CLI_OK;
    if (cli_arg(cli, "--check")) {
        rc = path ? check(cli, path) : cli_fail(cli, &err);
    } else if (cli->json) {
        conf_each(cli->conf, print_record, cli);
    } else {
        fprintf(cli->out, "# %s   (* = set there)\n", path ? path : err.text);
        conf_each(cli->conf, print_one, cli);
    }
    free(path);
    return rc;
}

static const struct cli_option options[] = {
    {"--check", NULL, "only read the file and say what is wrong in it"}, {NULL, NULL, NULL}};

const struct cli_command cmd_config = {
    "config",
    "",
    "the options and their values; where the file lies",
    options,
    "The file holds lines `name = value`; # begins a comment. A site is `site.NAME = LAT, LON, "
    "HEIGHT` (degrees north, degrees\n"
    "east, metres), its horizon `horizon.NAME = FILE`; `site = NAME` says which one is used.\n",
    run};
