/* cmd_alerts.c - `vigie alerts`: packets shown, taken into the store, listed for a site.
 * Not: what alerts mean (alerts room), not the watch (alerts_watch.c).
 */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts_cli.h"
#include "alerts_table.h"
#include "cmds.h"
#include "print.h"
#include "vigie/base/file.h"
#include "vigie/base/utf8.h"
#include "vigie/session/process.h"
#include "vigie/session/site.h"

static const struct jd_utc never = {(double)NAN, (double)NAN};

/* A refusal: file and reason, the reason fit for a terminal. */
static void refuse(const struct cli *cli, const char *file, const char *why)
{
    struct str t = {0};
    utf8_clean(&t, why, strlen(why));
    cli_say(cli, "%s: %s", file, str_c(&t));
    str_clear(&t);
}

static void end_line(const struct cli *cli, struct str *t)
{
    str_addc(t, '\n');
    fwrite(t->s, 1, t->n, cli->out);
    str_reset(t);
}

/* ---- show ---- */

static int show_file(struct cli *cli, const char *path)
{
    struct str bytes = {0}, line = {0};
    struct error err;
    struct alert_batch batch = {0};
    struct json_writer w;
    if (file_read(path, ALERT_MAX_BYTES, &bytes, &err) != OK) {
        cli_say(cli, "%s", err.text);
        return CLI_NO;
    }
    bool bad = alert_decode(str_c(&bytes), bytes.n, &batch, &err) != OK;
    if (bad)
        refuse(cli, path, err.text);
    for (size_t i = 0; i < batch.alerts.n; i++) {
        if (!cli->json) {
            alerts_packet(cli->out, batch.alerts.at[i], path);
            continue;
        }
        json_write(&w, &line);
        alert_json(&w, batch.alerts.at[i], path, never);
        end_line(cli, &line);
    }
    for (size_t i = 0; i < batch.refused.n; i++)
        refuse(cli, path, batch.refused.at[i]);
    bad = bad || batch.refused.n;
    alert_batch_clear(&batch);
    str_clear(&bytes);
    str_clear(&line);
    return bad ? CLI_NO : CLI_OK;
}

static int show(struct cli *cli)
{
    int rc = CLI_OK;
    if (cli->argc < 2)
        return cli_usage(cli);
    for (int i = 1; i < cli->argc; i++)
        if (show_file(cli, cli->argv[i]) != CLI_OK)
            rc = CLI_NO;
    return rc;
}

/* ---- the store and what goes with it ---- */

enum status alerts_cli_open(struct cli *cli, struct alerts_cli *a, struct loop *loop,
                            struct error *err)
{
    struct store_options o = {
        .rooms = &alert_store_room, .n_rooms = 1, .loop = loop, .busy_ms = 10000};
    char *path = cli->demo ? NULL : session_store_path(cli_arg(cli, "--store"), err);
    *a = (struct alerts_cli){0};
    if (!path && !cli->demo)
        return err->status;
    enum status s = store_open(path, &o, &a->store, err);
    free(path);
    if (s == OK)
        s = alert_book_open(a->store, 0, &a->book, err);
    return s;
}

void alerts_cli_close(struct alerts_cli *a)
{
    alert_judge_free(a->judge);
    alert_filter_free(a->filter);
    site_clear(&a->site);
    alert_book_close(a->book);
    store_close(a->store);
}

/* "@name" is the view of that name in the configuration. */
static const char *filter_text(struct cli *cli, struct error *err)
{
    const char *text = cli_arg(cli, "--filter");
    if (!text)
        return conf_text(cli->conf, "alerts.filter");
    if (text[0] != '@')
        return text;
    char *name = mem_printf("alerts.view.%s", text + 1);
    bool known =
        text[1] && strlen(text) < 60 && conf_row(cli->conf, name) && conf_given(cli->conf, name);
    text = known ? conf_text(cli->conf, name) : NULL;
    if (!known)
        err_set(err, E_ABSENT,
                "--filter: no view %.60s; write `%.80s = EXPRESSION` into the configuration",
                name + 12, name);
    free(name);
    return text;
}

/* Filter, site if there is one, limits. An exit status. */
int alerts_cli_judge(struct cli *cli, struct alerts_cli *a)
{
    struct error err;
    bool bad = false;
    const char *text = filter_text(cli, &err);
    int rc = cli_clock(cli, &a->clock);
    if (rc != CLI_OK)
        return rc;
    if (!text || alert_filter_new(text, &a->filter, &err) != OK) {
        cli_say(cli, "%s", err.text);
        return CLI_USAGE;
    }
    struct alert_limits limits = {
        .min_alt_rad =
            cli_number(cli, "--min-alt", conf_number(cli->conf, "alerts.min-alt"), 0, 90, &bad) *
            M_PI / 180,
        .max_sun_alt_rad = cli_number(cli, "--max-sun-alt",
                                      conf_number(cli->conf, "alerts.max-sun-alt"), -90, 90, &bad) *
                           M_PI / 180,
        .fov_rad = {conf_number(cli->conf, "fov.width") / 60 * M_PI / 180,
                    conf_number(cli->conf, "fov.height") / 60 * M_PI / 180}};
    if (bad)
        return CLI_USAGE;
    if (!cli_arg(cli, "--site") && !cli->demo) { /* none is needed */
        if (site_of_conf(cli->conf, NULL, &a->site, &err) == E_ABSENT)
            return CLI_OK;
        site_clear(&a->site);
    }
    rc = cli_site(cli, &a->site);
    if (rc == CLI_OK &&
        alert_judge_new(&a->site, &limits, cli_now(&a->clock), &a->judge, &err) != OK)
        rc = cli_fail(cli, &err);
    return rc;
}

/* ---- list ---- */

void alerts_cli_row(const struct cli *cli, const struct alert_event *e,
                    const struct alert_view *view, struct str *line)
{
    struct json_writer w;
    json_write(&w, line);
    json_object(&w);
    alert_event_members(&w, e);
    if (view)
        alert_view_members(&w, view);
    json_end(&w);
    end_line(cli, line);
}

static void unreadable_row(void *arg, const struct alert_packet *p)
{
    const struct cli *cli = arg;
    char text[UTC_TEXT];
    struct str line = {0};
    struct json_writer w;
    utc_format(utc_of_wall(p->received_ms * 1000000), 3, text);
    if (!cli->json) {
        fprintf(cli->out, "%.19s  %-8s ", text, p->source);
        print_clean(cli->out, p->origin);
        fputs(": ", cli->out);
        print_clean(cli->out, p->reason);
        fputc('\n', cli->out);
        return;
    }
    json_write(&w, &line);
    json_object(&w);
    json_key(&w, "packet");
    json_int(&w, p->id);
    json_key(&w, "received_utc");
    json_string(&w, text);
    json_key(&w, "source");
    json_string(&w, p->source);
    json_key(&w, "file");
    json_string(&w, p->origin);
    json_key(&w, "bytes");
    json_int(&w, (int64_t)p->n_bytes);
    json_key(&w, "reason");
    json_string(&w, p->reason);
    json_end(&w);
    end_line(cli, &line);
    str_clear(&line);
}

static int print_list(struct cli *cli, struct alerts_cli *a, const struct alert_ask *ask,
                      size_t limit)
{
    struct alert_list list;
    struct str line = {0};
    alert_list_make(a->book, ask, &list);
    size_t n = list.n;
    if (limit && list.n > limit)
        list.n = limit;
    for (size_t i = 0; i < list.n && cli->json; i++)
        alerts_cli_row(cli, list.rows[i].event, ask->judge ? &list.rows[i].view : NULL, &line);
    if (!cli->json && n == 0)
        fputs("no alerts to list\n", cli->out);
    else if (!cli->json)
        alerts_table(cli->out, &list, ask->now, ask->judge != NULL, print_columns(cli->out, 100));
    cli_say(cli, "%zu of %zu events%s%s; %zu tests and utility packets kept apart%s", list.n,
            n + list.n_hidden, *alert_filter_text(a->filter) ? ", filter " : "",
            alert_filter_text(a->filter), list.n_apart, list.n_apart ? " (--all)" : "");
    alert_list_clear(&list);
    str_clear(&line);
    return CLI_OK;
}

static int list(struct cli *cli)
{
    struct alerts_cli a;
    struct error err;
    enum alert_sort sort = ALERT_BY_SCORE;
    bool bad = false;
    const char *order = cli_arg(cli, "--sort");
    double limit = cli_number(cli, "--limit", 0, 1, 1e6, &bad);
    if (cli->argc > 1)
        return cli_usage(cli);
    if (order && !alert_sort_of(order, &sort)) {
        cli_say(cli, "--sort: %.40s is none of score, left, time, update, mag, alt, name", order);
        bad = true;
    }
    if (bad)
        return CLI_USAGE;
    int rc = alerts_cli_open(cli, &a, NULL, &err) == OK ? CLI_OK : cli_fail(cli, &err);
    if (rc == CLI_OK)
        rc = alerts_cli_judge(cli, &a);
    if (rc == CLI_OK && cli_arg(cli, "--unreadable")) {
        if (alert_book_unreadable(a.book, limit > 0 ? (int)limit : 100000, unreadable_row, cli,
                                  &err) != OK)
            rc = cli_fail(cli, &err);
    } else if (rc == CLI_OK) {
        struct alert_ask ask = {.judge = a.judge,
                                .filter = a.filter,
                                .sort = sort,
                                .all = cli_arg(cli, "--all") != NULL,
                                .now = cli_now(&a.clock)};
        rc = print_list(cli, &a, &ask, (size_t)limit);
    }
    alerts_cli_close(&a);
    return rc;
}

/* ---- import ---- */

struct importing {
    struct cli *cli;
    struct alerts_cli at;
    struct alert_taken sum;
    int n_files, rc;
};

static void told(struct importing *m, const char *path, const struct alert_taken *t)
{
    struct str line = {0};
    struct json_writer w;
    if (m->cli->json) {
        json_write(&w, &line);
        json_object(&w);
        json_key(&w, "file");
        json_string(&w, path);
        json_key(&w, "new");
        json_int(&w, t->fresh);
        json_key(&w, "revised");
        json_int(&w, t->revised);
        json_key(&w, "known");
        json_int(&w, t->known);
        json_key(&w, "refused");
        json_int(&w, t->refused);
        json_key(&w, "event");
        if (t->event)
            json_int(&w, t->event);
        else
            json_null(&w);
        json_end(&w);
        end_line(m->cli, &line);
    }
    if (t->refused) {
        refuse(m->cli, path, t->reason);
        m->rc = CLI_NO;
    }
    m->sum.fresh += t->fresh;
    m->sum.revised += t->revised;
    m->sum.known += t->known;
    m->sum.refused += t->refused;
    m->n_files++;
    str_clear(&line);
}

static void import_file(struct importing *m, const char *path)
{
    struct str bytes = {0};
    struct alert_taken taken;
    struct error err;
    const char *source = strcmp(path, "-") == 0 ? "stdin" : "file";
    int64_t now_ms = CLOCK_WALL(m->at.clock.clock) / 1000000;
    if (file_read(path, ALERT_MAX_BYTES, &bytes, &err) != OK) {
        cli_say(m->cli, "%s", err.text);
        m->rc = CLI_NO;
    } else if (alert_book_take(m->at.book, str_c(&bytes), bytes.n, source, path, now_ms, &taken,
                               &err) != OK) {
        refuse(m->cli, path, err.text);
        m->rc = CLI_NO;
    } else {
        told(m, path, &taken);
    }
    str_clear(&bytes);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A folder: its files in order of name. Returns whether it is one. */
static bool import_folder(struct importing *m, const char *path)
{
    DIR *d = opendir(path);
    VEC(char *) names = {0};
    if (!d)
        return false;
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            VEC_PUSH(names, mem_printf("%s/%s", path, e->d_name));
    closedir(d);
    if (names.n)
        qsort(names.at, names.n, sizeof *names.at, by_text);
    for (size_t i = 0; i < names.n; i++) {
        import_file(m, names.at[i]);
        free(names.at[i]);
    }
    VEC_FREE(names);
    return true;
}

static int import(struct cli *cli)
{
    struct importing m = {.cli = cli, .rc = CLI_OK};
    struct error err;
    if (cli->argc < 2)
        return cli_usage(cli);
    int rc = cli_clock(cli, &m.at.clock);
    if (rc != CLI_OK)
        return rc;
    struct cli_clock clock = m.at.clock;
    if (alerts_cli_open(cli, &m.at, NULL, &err) != OK) {
        alerts_cli_close(&m.at);
        return cli_fail(cli, &err);
    }
    m.at.clock = clock;
    if (cli_arg(cli, "--at"))
        m.at.clock.clock = &m.at.clock.shifted.clock;
    for (int i = 1; i < cli->argc; i++)
        if (!import_folder(&m, cli->argv[i]))
            import_file(&m, cli->argv[i]);
    if (store_commit(m.at.store, &err) != OK)
        m.rc = cli_fail(cli, &err);
    alerts_cli_close(&m.at);
    cli_say(cli, "%d files: %d new events, %d revisions, %d known already, %d unreadable (kept)",
            m.n_files, m.sum.fresh, m.sum.revised, m.sum.known, m.sum.refused);
    return m.rc;
}

static int run(struct cli *cli)
{
    static const struct {
        const char *name;
        int (*run)(struct cli *cli);
    } verbs[] = {{"list", list},          {"show", show},          {"import", import},
                 {"watch", alerts_watch}, {"fetch", alerts_fetch}, {"cone", alerts_cone}};
    const char *verb = cli->argc ? cli->argv[0] : "list";
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return verbs[i].run(cli);
    cli_say(cli, "no `alerts %.40s`", verb);
    return cli_usage(cli);
}

static const struct cli_option options[] = {
    {"--filter", "EXPR",
     "only events it lets through: 'type=grb & err<0.2 & alt>30 & age<6h'; @NAME: a view"},
    {"--sort", "ORDER", "score (default), left, time, update, mag, alt, name"},
    {"--limit", "N", "at most so many"},
    {"--all", NULL, "tests and utility packets too"},
    {"--unreadable", NULL, "list the packets that could not be read, with the reason"},
    {"--voevent", NULL, "fetch: as the VOEvent packet"},
    {"--days", "N", "cone: so many days back (default 30)"},
    {"--min-alt", "DEG", "lowest altitude (default 30)"},
    {"--max-sun-alt", "DEG", "highest altitude of the Sun (default -12)"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_alerts = {
    .name = "alerts",
    .args = "list|show|import|watch|fetch|cone [FILE|ID...]",
    .summary = "alerts of transients: read, keep, list what can be observed from here",
    .options = options,
    .detail =
        "show    read packets without storing them: VOEvent XML, Astro-COLIBRI, GCN or IGWN JSON;\n"
        "        the format is told from the content; - is standard input\n"
        "import  take packets (files, folders, -) into the store; updates join their event, what\n"
        "        cannot be read is kept with the reason\n"
        "list    the events of the store, judged for the site (altitude, dark time left, Moon)\n"
        "watch   each alert as it comes, one line each, until Ctrl-C\n"
        "fetch   ask Astro-COLIBRI for events by trigger id or name (free, no account needed)\n"
        "cone    'RA DEC' RADIUS: events around a place; counts as one of the day's searches\n"
        "\n"
        "A filter joins terms by & | ! ( ): FIELD=VALUE, != < <= > >= and ~ (holds). Fields: type\n"
        "mag alt az left moon score err frames age ra dec z dist far kind name class from source\n"
        "packet rev, yes-or-no: dark up tonight new followed retracted test utility located; and\n"
        "every parameter of a packet: Rate_Signif>7, class.BNS>0.5. Units: 6h 30m 2d, 10' 7\", "
        "1/y.\n",
    .run = run,
};
