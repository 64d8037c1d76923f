/* cli.c - from argv to a command's run: the parser of arguments and the configuration.
 * Not: any command. The contract is the table's: a command says its options, nothing else is
 * accepted.
 */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"
#include "vigie/cli/cli.h"
#include "vigie/session/options.h"

const struct cli_option cli_globals[] = {
    {"--site", "NAME|LAT,LON,HEIGHT",
     "the site: a name of the configuration, or degrees north, degrees east, metres"},
    {"--at", "TIME", "set the clock: ISO 8601 UTC, or now"},
    {"--json", NULL, "JSON lines, one object a record"},
    {"--offline", NULL, "never use the network"},
    {"--config", "FILE", "read this configuration instead of the user's"},
    {"--store", "FILE", "use this store instead of the user's"},
    {"--demo", NULL, "a site and sample data of its own, no network, nothing kept"},
    {NULL, NULL, NULL}};

const struct cli_option cli_doors[] = {
    {"--headless", NULL, "a session without a screen: what a service runs; `vigie` attaches to it"},
    {"--plain", NULL, "attach as lines: one an event, a prompt, no cursor motion"},
    {NULL, NULL, NULL}};

const char *cli_arg(const struct cli *cli, const char *option)
{
    for (int i = cli->n_given - 1; i >= 0; i--)
        if (strcmp(cli->given[i].name, option) == 0)
            return cli->given[i].value;
    return NULL;
}

double cli_number(struct cli *cli, const char *option, double def, double lo, double hi, bool *bad)
{
    const char *text = cli_arg(cli, option);
    double x;
    if (!text)
        return def;
    if (!str_num(text, &x) || !isfinite(x)) {
        cli_say(cli, "%s: \"%.40s\" is no number", option, text);
        *bad = true;
        return def;
    }
    if (x < lo || x > hi) {
        cli_say(cli, "%s: %g is not in %g .. %g", option, x, lo, hi);
        *bad = true;
        return def;
    }
    return x;
}

void cli_say(const struct cli *cli, const char *fmt, ...)
{
    va_list ap;
    char raw[4096];
    struct str clean = {0};
    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    utf8_clean(&clean, raw, strlen(raw)); /* much of it comes from outside: one line, no controls */
    fflush(cli->out);
    fprintf(cli->err, "vigie%s%s: %s\n", cli->command ? " " : "",
            cli->command ? cli->command->name : "", str_c(&clean));
    str_clear(&clean);
}

int cli_fail(const struct cli *cli, const struct error *err)
{
    cli_say(cli, "%s", err->text);
    return cli_exit(err);
}

int cli_exit(const struct error *err)
{
    switch (err->status) {
    case OK: return CLI_OK;
    case E_NET:
    case E_TIMEOUT: return CLI_NET;
    case E_DEVICE: return CLI_DEVICE;
    case E_BUG: return CLI_BUG;
    case E_MEMORY:
    case E_IO:
    case E_CANCELLED:
    case E_PARSE:
    case E_RANGE:
    case E_ABSENT:
    case E_BUSY:
    case E_REFUSED: return CLI_NO;
    }
    return CLI_BUG;
}

/* The line of a command's help that begins with the word, alone or among others ("sia|ssa URL"). */
static const char *line_of(const char *detail, const char *word, size_t *n)
{
    size_t m = strlen(word);
    for (const char *line = detail; *line; line += *n + (line[*n] == '\n')) {
        *n = strcspn(line, "\n");
        for (const char *s = line; m; s++) {
            size_t k = strcspn(s, "| \n");
            if (k == m && strncmp(s, word, m) == 0)
                return line;
            if (s[k] != '|')
                break;
            s += k;
        }
    }
    return NULL;
}

int cli_usage(const struct cli *cli)
{
    enum { OPTIONS_MAX = 12 }; /* as many as people read */
    const struct cli_option *o = cli->command->options;
    size_t n = 0, options = 0;
    const char *line = cli->argc ? line_of(cli->command->detail, cli->argv[0], &n) : NULL;
    while (o && o[options].name)
        options++;
    fprintf(cli->err, "usage: vigie %s%s%s", cli->command->name, cli->command->args[0] ? " " : "",
            cli->command->args);
    for (size_t i = 0; i < options && options <= OPTIONS_MAX; i++)
        fprintf(cli->err, " [%s%s%s]", o[i].name, o[i].arg ? " " : "", o[i].arg ? o[i].arg : "");
    fputs(options > OPTIONS_MAX ? " [OPTION...]\n" : "\n", cli->err);
    if (line)
        fprintf(cli->err, "%.*s\n", (int)n, line);
    fprintf(cli->err, "`vigie help %s` says more\n", cli->command->name);
    return CLI_USAGE;
}

static const struct cli_option *find_option(const struct cli_option *o, const char *name, size_t n)
{
    for (; o && o->name; o++)
        if (strlen(o->name) == n && strncmp(o->name, name, n) == 0)
            return o;
    return NULL;
}

static void nearest_option(const struct cli_option *o, const char *name, const char **best,
                           int *least)
{
    for (; o && o->name; o++)
        if (str_near(o->name, name) < *least) {
            *least = str_near(o->name, name);
            *best = o->name;
        }
}

static int bad_option(struct cli *cli, const char *text)
{
    const char *best = NULL;
    int least = str_near_most(text) + 1;
    if (find_option(cli_doors, text, strlen(text))) {
        cli_say(cli, "%s goes without a command, and not with --json", text);
        return CLI_USAGE;
    }
    nearest_option(cli_globals, text, &best, &least);
    if (cli->command)
        nearest_option(cli->command->options, text, &best, &least);
    cli_say(cli, "no option %.60s%s%s%s", text, best ? "; did you mean " : "", best ? best : "",
            best ? "?" : "");
    return CLI_USAGE;
}

/* A parameter of the script's own, `--name value` or `--name=value`, is left to it. */
static bool own_word(struct cli *cli, char *word, char *next, int *i)
{
    if (!cli->command || !find_option(cli->command->options, "--PARAM", 7) ||
        find_option(cli_doors, word, strlen(word)))
        return false;
    cli->argv[cli->argc++] = word;
    if (!strchr(word, '=') && next && strncmp(next, "--", 2) != 0) {
        cli->argv[cli->argc++] = next;
        ++*i;
    }
    return true;
}

/* Takes argv apart: options anywhere, the rest in order. "--" ends the options, "-" alone is a name
 * (standard input), what begins as a negative number is one (a declination). */
static int take_apart(struct cli *cli, int argc, char **argv)
{
    bool options = true;
    for (int i = 0; i < argc; i++) {
        char *a = argv[i];
        bool dashes = a[0] == '-' && a[1] == '-',
             one_dash = a[0] == '-' && a[1] && a[1] != '-' && cli->command &&
                        find_option(cli->command->options, a, strlen(a));
        if (!options || (!dashes && !one_dash)) {
            if (options && a[0] == '-' && a[1] &&
                !strchr("0123456789.", a[1])) /* -5.4 is a number */
                return bad_option(cli, a);
            cli->argv[cli->argc++] = argv[i];
            continue;
        }
        if (!a[2] && dashes) {
            options = false;
            continue;
        }
        size_t n = strcspn(a, "=");
        const struct cli_option *o = find_option(cli_globals, a, n);
        if (!o && cli->command)
            o = find_option(cli->command->options, a, n);
        if (!o && own_word(cli, a, i + 1 < argc ? argv[i + 1] : NULL, &i))
            continue;
        if (!o)
            return bad_option(cli, a);
        const char *value = a[n] ? a + n + 1 : NULL;
        if (!o->arg && value) {
            cli_say(cli, "%s takes no value", o->name);
            return CLI_USAGE;
        }
        if (o->arg && !value) {
            if (++i >= argc) {
                cli_say(cli, "%s needs a value: %s", o->name, o->arg);
                return CLI_USAGE;
            }
            value = argv[i];
        }
        if (cli->n_given == (int)(sizeof cli->given / sizeof cli->given[0])) {
            cli_say(cli, "too many options");
            return CLI_USAGE;
        }
        cli->given[cli->n_given].name = o->name;
        cli->given[cli->n_given++].value = value ? value : "";
    }
    return CLI_OK;
}

struct told {
    const struct cli *cli;
    const char *path;
};

static void tell_bad(void *arg, int line, const char *why)
{
    struct told *t = arg;
    cli_say(t->cli, "%s:%d: %s", t->path, line, why);
}

/* The user's file need not exist; one named by --config must. Wrong lines are told and passed over.
 */
static int read_conf(struct cli *cli)
{
    struct error err;
    const char *named = cli_arg(cli, "--config");
    char *path = named       ? mem_str(named)
                 : cli->demo ? NULL
                             : file_place(PLACE_CONFIG, "config", NULL);
    if (!path)
        return CLI_OK; /* no home: defaults */
    struct told told = {cli, path};
    int n_bad = 0, rc = CLI_OK;
    enum status s = conf_load(cli->conf, path, tell_bad, &told, &n_bad, &err);
    if (s != OK && (named || s != E_ABSENT))
        rc = cli_fail(cli, &err);
    free(path);
    return rc;
}

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; cli_table[i]; i++)
        if (strcmp(cli_table[i]->name, name) == 0)
            return cli_table[i];
    return NULL;
}

static int no_command(struct cli *cli, const char *name)
{
    const char *best = NULL;
    int least = str_near_most(name) + 1;
    for (size_t i = 0; cli_table[i]; i++)
        if (str_near(cli_table[i]->name, name) < least) {
            least = str_near(cli_table[i]->name, name);
            best = cli_table[i]->name;
        }
    cli_say(cli, "no command %.40s%s%s%s", name,
            best ? "; did you mean " : "; `vigie help` lists them", best ? best : "",
            best ? "?" : "");
    return CLI_USAGE;
}

/* --help among the options of a command; behind its name a script takes its own. */
static bool wants_help(const struct cli *cli, int argc, char **argv)
{
    if (find_option(cli->command->options, "--PARAM", 7))
        argc = 1;
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

/* The command is the first argument that is no option (the value of a global option is passed
 * over). Its place, or argc. */
static int command_at(int argc, char **argv)
{
    int i = 1;
    while (i < argc && argv[i][0] == '-' && argv[i][1]) {
        const struct cli_option *o = find_option(cli_globals, argv[i], strcspn(argv[i], "="));
        i += o && o->arg && !strchr(argv[i], '=') ? 2 : 1;
    }
    return i < argc ? i : argc;
}

int cli_run(int argc, char **argv, const struct screen_ops *screen, const struct script_ops *script)
{
    struct cli cli = {.out = stdout, .err = stderr, .screen = screen, .script = script};
    int at = command_at(argc, argv), rc = CLI_OK;
    if (at == argc) {
        bool version = argc == 2 && strcmp(argv[1], "--version") == 0,
             help = argc == 2 && strcmp(argv[1], "--help") == 0;
        cli.command = find_command(version ? "version" : help ? "help" : "tonight");
        if (version || help)
            argc = 1;
        at = argc;
    } else {
        cli.command = find_command(argv[at]);
        if (!cli.command)
            return no_command(&cli, argv[at]);
    }
    cli.argv = mem_zero(sizeof *cli.argv * (size_t)(argc + 1));
    if (at + 1 < argc && wants_help(&cli, argc - at - 1, argv + at + 1)) {
        cli.command = find_command("help");
        argc = at + 1; /* of what stands behind the command nothing else counts */
        cli.argv[cli.argc++] = argv[at];
    }
    rc = take_apart(&cli, at - 1, argv + 1);
    if (rc == CLI_OK && at + 1 < argc)
        rc = take_apart(&cli, argc - at - 1, argv + at + 1);
    if (rc == CLI_OK) {
        cli.json = cli_arg(&cli, "--json") != NULL;
        cli.demo = cli_arg(&cli, "--demo") != NULL;
        cli.offline = cli.demo || cli_arg(&cli, "--offline") != NULL;
        cli.conf = conf_new(session_options);
        rc = read_conf(&cli);
    }
    if (rc == CLI_OK)
        rc = cli.command->run(&cli);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cli_say(&cli, "cannot write the result (is the disk full, or the pipe closed?)");
        rc = rc == CLI_OK ? CLI_NO : rc;
    }
    conf_free(cli.conf);
    free(cli.argv);
    return rc;
}
