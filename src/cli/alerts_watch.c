/* alerts_watch.c - `vigie alerts watch`: each new alert as a line, until Ctrl-C. While a session runs
 * it does the asking, and this one reads what the session stores; else the sources run here.
 */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "alerts_cli.h"
#include "alerts_table.h"
#include "print.h"
#include "vigie/alerts/feed.h"
#include "vigie/base/utf8.h"
#include "vigie/session/process.h"

enum { FOLLOW_MS = 500 };

struct news {
    int64_t event;
    enum alert_news what;
};

struct watching {
    struct cli *cli;
    struct alerts_cli at;
    struct loop *loop;
    struct http *http;
    struct alert_feed *feed;
    bool all, follows;
    VEC(struct news) news;
    char said[8][256]; /* last sentence of each source */
};

static void on_news(void *arg, enum alert_news what, const struct alert_event *e, int64_t other,
                    double before)
{
    struct watching *w = arg;
    (void)other, (void)before;
    if (what != ALERT_MARKED && what != ALERT_JOINED && what != ALERT_FORGOTTEN)
        VEC_PUSH(w->news, ((struct news){e->id, what}));
}

static const char *word(enum alert_news what)
{
    switch (what) {
    case ALERT_NEW: return "new";
    case ALERT_REVISED: return "revised";
    case ALERT_RETRACTED: return "retracted";
    case ALERT_JOINED:
    case ALERT_MARKED:
    case ALERT_FORGOTTEN: return "";
    }
    return "";
}

static void print_json(struct watching *w, const struct news *n, const struct alert_event *e,
                       const struct alert_view *view)
{
    struct str line = {0};
    struct json_writer j;
    json_write(&j, &line);
    json_object(&j);
    json_key(&j, "news");
    json_string(&j, word(n->what));
    alert_event_members(&j, e);
    if (view)
        alert_view_members(&j, view);
    json_end(&j);
    str_addc(&line, '\n');
    fwrite(line.s, 1, line.n, w->cli->out);
    str_clear(&line);
}

static void print_line(struct watching *w, const struct news *n, const struct alert_event *e,
                       const struct alert_view *view)
{
    char now[UTC_TEXT];
    struct str t = {0};
    utc_format(cli_now(&w->at.clock), 0, now);
    alert_event_title(e, &t);
    fprintf(w->cli->out, "%.19sZ %-9s ", now, word(n->what));
    print_clean(w->cli->out, str_c(&t));
    fprintf(w->cli->out, " (");
    print_clean(w->cli->out, e->classification ? e->classification : e->type);
    fprintf(w->cli->out, ")");
    if (n->what != ALERT_NEW) {
        fprintf(w->cli->out, ": ");
        print_clean(w->cli->out, e->change);
    }
    str_reset(&t);
    if (isfinite(e->error_rad)) {
        alert_angle_text(&t, e->error_rad);
        fprintf(w->cli->out, ", error %s", t.s);
    }
    if (isfinite(e->mag))
        fprintf(w->cli->out, ", mag %.1f", e->mag);
    if (view && isfinite(view->alt_rad))
        fprintf(w->cli->out, ", alt %.0f deg, %.0f min left", view->alt_rad * 180 / M_PI + 0.0,
                view->left_s / 60);
    fputc('\n', w->cli->out);
    str_clear(&t);
}

/* Prints what came in this turn, judged as things stand. */
static void print_news(void *arg)
{
    struct watching *w = arg;
    struct error err;
    struct jd_utc now = cli_now(&w->at.clock);
    if (w->news.n == 0)
        return;
    if (w->at.judge && alert_judge_move(w->at.judge, now, &err) != OK)
        cli_say(w->cli, "%s", err.text);
    for (size_t i = 0; i < w->news.n; i++) {
        const struct news *n = &w->news.at[i];
        const struct alert_event *e = alert_book_find(w->at.book, n->event);
        struct alert_view view;
        if (!e ||
            (e->standing != ALERT_SKY && !w->all &&
             !alert_filter_names(w->at.filter, e->standing == ALERT_TEST ? "test" : "utility")))
            continue;
        if (w->at.judge)
            alert_judge_event(w->at.judge, e, &view);
        struct alert_subject s = {e, w->at.judge ? &view : NULL, now};
        if (!alert_filter_match(w->at.filter, &s))
            continue;
        if (w->cli->json)
            print_json(w, n, e, s.view);
        else
            print_line(w, n, e, s.view);
    }
    w->news.n = 0;
    if (fflush(w->cli->out) != 0) /* the reader of the pipe went away */
        loop_stop(w->loop);
}

static void on_source(void *arg, const struct source_status *s)
{
    struct watching *w = arg;
    for (size_t i = 0; w->feed && i < alert_feed_n(w->feed) && i < 8; i++)
        if (alert_feed_at(w->feed, i) == s && s->state != SOURCE_ASKING &&
            strcmp(w->said[i], s->text) != 0) {
            memcpy(w->said[i], s->text, sizeof w->said[i]);
            cli_say(w->cli, "%s: %s", s->title, s->text);
        }
}

static int64_t follow(void *arg)
{
    struct watching *w = arg;
    struct error err;
    bool more = false;
    if (alert_book_refresh(w->at.book, &more, &err) != OK)
        cli_say(w->cli, "%s", err.text);
    return more ? 0 : FOLLOW_MS;
}

static void on_signal(void *arg, int signo)
{
    (void)signo;
    loop_stop(arg);
}

/* Whether a session holds the store: it locks a file beside it. */
static bool session_runs(struct cli *cli)
{
    char *path = cli->demo ? NULL : session_store_path(cli_arg(cli, "--store"), NULL);
    char *lock = path ? mem_printf("%s.lock", path) : NULL;
    int fd = lock ? open(lock, O_RDONLY | O_CLOEXEC) : -1;
    bool runs = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    free(lock);
    free(path);
    return runs;
}

static void begin(struct watching *w)
{
    struct http_options ho = {.silence_ms =
                                  (int64_t)(conf_number(w->cli->conf, "http.timeout") * 1000),
                              .offline = w->cli->offline};
    struct feed_options fo = {.loop = w->loop,
                              .clock = w->at.clock.clock,
                              .book = w->at.book,
                              .conf = w->cli->conf,
                              .offline = w->cli->offline,
                              .changed = on_source,
                              .arg = w};
    if (w->follows) {
        cli_say(w->cli, "a session runs and does the asking; this follows its store");
        loop_timer(w->loop, 0, follow, w, "alerts/watch");
        return;
    }
    fo.http = w->http = http_new(w->loop, &ho);
    w->feed = alert_feed_new(&fo);
    for (size_t i = 0; i < alert_feed_n(w->feed); i++)
        on_source(w, alert_feed_at(w->feed, i));
}

int alerts_watch(struct cli *cli)
{
    struct watching w = {.cli = cli, .all = cli_arg(cli, "--all") != NULL};
    struct error err;
    if (cli->argc > 1)
        return cli_usage(cli);
    w.follows = session_runs(cli);
    w.loop = loop_new(clock_system());
    int rc = alerts_cli_open(cli, &w.at, w.loop, &err) == OK ? CLI_OK : cli_fail(cli, &err);
    if (rc == CLI_OK)
        rc = alerts_cli_judge(cli, &w.at);
    if (rc == CLI_OK) {
        alert_book_listen(w.at.book, on_news, &w);
        loop_before_sleep(w.loop, print_news, &w);
        if (loop_signal(w.loop, SIGINT, on_signal, w.loop) != OK ||
            loop_signal(w.loop, SIGTERM, on_signal, w.loop) != OK)
            cli_say(cli, "Ctrl-C cannot be caught");
        begin(&w);
        loop_run(w.loop);
    }
    alert_feed_free(w.feed);
    http_free(w.http);
    alerts_cli_close(&w.at);
    loop_free(w.loop);
    VEC_FREE(w.news);
    return rc;
}
