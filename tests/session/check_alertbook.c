/* check_alertbook.c - the alerts of a running session: the list and its filter, commands, sources
 * that behave badly, the corpus through the spool folder, ten thousand events in turns that stay
 * short. Orders and counts are compared with alerts/list.h on the same book.
 */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/alerts/list.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/session/alertbook.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

static struct loop *loop;
static struct session *s;
static struct clock_shifted shifted;
static char folder[] = "/tmp/check_alertbook.XXXXXX";
static char spool[64], store[64];

static struct conf *options(void)
{
    struct conf *c = conf_new(session_options);
    ck_assert_int_eq(conf_set(c, "alerts.spool", spool, NULL), OK);
    ck_assert_int_eq(conf_set(c, "alerts.colibri", "no", NULL), OK);
    return c;
}

static void open_session(struct conf *conf, bool demo, const char *site)
{
    struct error err;
    clock_shifted_init(&shifted, 1795468447LL * 1000000000); /* 2026-11-23T21:14:07Z */
    loop = loop_new(&shifted.clock);
    struct session_setup o = {.loop = loop,
                              .clock = &shifted.clock,
                              .conf = conf,
                              .store_path = demo ? NULL : store,
                              .site = site,
                              .demo = demo,
                              .watch = !demo};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
}

static void close_session(void)
{
    session_free(s);
    loop_free(loop);
    s = NULL;
}

static void setup(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(spool, sizeof spool, "%s/spool", folder);
    snprintf(store, sizeof store, "%s/vigie.db", folder);
    ck_assert_int_eq(mkdir(spool, 0700), 0);
}

static void teardown(void)
{
    if (s)
        close_session();
    char *command = mem_printf("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static void turn(void)
{
    session_turn(s);
    loop_turn(loop, false);
}

static void work_off(void)
{
    for (int i = 0, quiet = 0; i < 200000 && quiet < 3; i++) {
        turn();
        quiet = jobs_n(session_jobs(s)) || events_waiting(session_events(s)) ? 0 : quiet + 1;
    }
}

static const char *run(const char *line, enum status want)
{
    static char answer[512];
    struct str say = {0};
    struct error err = {0};
    enum status got = commands_run(s, NULL, line, BY_LINE, true, &say, &err);
    ck_assert_msg(got == want, "%s: status %d, %s", line, (int)got, err.text);
    snprintf(answer, sizeof answer, "%s", got == OK ? str_c(&say) : err.text);
    str_clear(&say);
    work_off();
    return answer;
}

static const struct alerts_state *state(void)
{
    work_off();
    return session_alerts_state(s);
}

/* The same question to the room, in one piece. */
static void same_as_list(const char *filter)
{
    struct alert_filter *f;
    struct alert_list l;
    const struct alerts_state *st = state();
    ck_assert_int_eq(alert_filter_new(filter, &f, NULL), OK);
    struct alert_ask ask = {.judge = session_alert_judge(s),
                            .filter = f,
                            .sort = ALERT_BY_SCORE,
                            .all = st->tests,
                            .now = utc_of_wall(session_now_ns(s))};
    alert_list_make(session_alerts(s), &ask, &l);
    ck_assert_uint_eq(st->n, l.n);
    ck_assert_uint_eq(st->n_hidden, l.n_hidden);
    ck_assert_uint_eq(st->n_apart, l.n_apart);
    for (size_t i = 0; i < l.n; i++) {
        size_t k = 0;
        while (k < st->n && st->row[k].id != l.rows[i].event->id)
            k++;
        ck_assert_uint_lt(k, st->n);
        ck_assert(fabs(st->row[k].view.score - l.rows[i].view.score) < 1e-3);
        if (i)
            ck_assert(st->row[i - 1].view.score >= st->row[i].view.score);
    }
    alert_list_clear(&l);
    alert_filter_free(f);
}

START_TEST(filters_and_views)
{
    open_session(conf_new(session_options), true, NULL);
    ck_assert_uint_gt(state()->n, 5);
    ck_assert(state()->judged);
    same_as_list("");
    run("alert-filter type=grb", OK);
    same_as_list("type=grb");
    ck_assert_uint_gt(state()->n_hidden, 3);
    ck_assert_ptr_nonnull(strstr(run("alert-filter mag<<3", E_PARSE), "filter, at"));
    ck_assert_str_eq(state()->filter, "type=grb");
    run("alert-view-save bursts", OK);
    ck_assert_str_eq(state()->name, "bursts");
    run("alert-filter alt>30 & mag<17", OK);
    same_as_list("alt>30 & mag<17");
    run("alert-view-save bright", OK);
    run("alert-view bursts", OK);
    ck_assert_str_eq(state()->filter, "type=grb");
    run("alert-view", OK); /* bright, bursts, then none */
    ck_assert_str_eq(state()->filter, "");
    run("alert-view", OK);
    ck_assert_str_eq(state()->name, "bright");
    run("alert-view nonsense", E_ABSENT);
    ck_assert_ptr_nonnull(strstr(run("alert-why \"sample nu\"", E_ABSENT), "no alert"));
    ck_assert_ptr_nonnull(strstr(run("alert-why sample nu f", OK), "mag is unknown"));
    ck_assert_ptr_nonnull(strstr(run("alert-why sample test", OK), "test packet, kept apart"));
    ck_assert_ptr_nonnull(strstr(run("alert-why sample sn a", OK), "in the list"));
    ck_assert_ptr_nonnull(strstr(run("alert-why sample", E_RANGE), "alerts have \"sample\""));
    run("alert-filter off", OK);
    size_t n = state()->n;
    run("alert-tests", OK);
    ck_assert_uint_eq(state()->n, n + 1);
    run("alert-tests", OK);
    run("set alerts.filter ((", OK); /* in the file by hand: the old one stays, and it is said */
    ck_assert_uint_eq(state()->n, n);
    ck_assert_int_eq(state()->bad.status, E_PARSE);
}
END_TEST

static void hear(void *arg, const struct event *ev)
{
    *(unsigned *)arg += ev->kind == EV_ALERTS;
}

START_TEST(marks_and_mute)
{
    unsigned heard = 0;
    open_session(conf_new(session_options), true, NULL);
    size_t n = state()->n, unseen = state()->n_unseen;
    int64_t id;
    ck_assert_uint_eq(unseen, n);
    ck_assert_int_eq(session_alert_find(s, "Sample GRB E", &id, NULL), OK);
    ck_assert_int_eq(session_alert(s, id)->revisions, 2); /* two packets, one event */
    run("alert-ack sample grb e", OK);
    ck_assert_uint_eq(state()->n_unseen, unseen - 1);
    run("alert-follow sample grb e", OK);
    ck_assert(session_alert(s, id)->followed);
    events_on(session_events(s), hear, &heard);
    run("alert-seen", OK); /* all at once is told of as the list that changed */
    ck_assert_uint_ge(heard, 1);
    events_off(session_events(s), hear, &heard);
    ck_assert_uint_eq(state()->n_unseen, 0);
    run("alert-mute Sample survey", OK);
    ck_assert_uint_eq(state()->n, n - 4);
    ck_assert_uint_eq(state()->n_muted, 4);
    ck_assert_ptr_nonnull(strstr(run("alert-why sample sn a", OK), "Sample survey is muted"));
    run("alert-mute sample SURVEY", OK);
    ck_assert_uint_eq(state()->n, n);
}
END_TEST

/* One event after another: the list as it is kept up is that of a whole pass. */
START_TEST(kept_up_row_by_row)
{
    struct alert_taken t;
    open_session(options(), false, "43.9317,5.7133,650");
    work_off();
    run("alert-filter type=grb | mag<17", OK);
    for (int i = 0; i < 120; i++) {
        char *p = mem_printf("{\"trigger_id\":\"%s%d\",\"source_name\":\"N %d\",\"type\":\"%s\","
                             "\"ra\":%d,\"dec\":%d,\"err\":0.1,\"instrument\":\"%s\",\"time\":"
                             "\"2026-11-23T%02d:00:00\"}",
                             i % 9 ? "b" : "MS26112", i % 80, i % 80, i % 3 ? "grb" : "ot", i * 3,
                             i % 70, i % 4 ? "A" : "B", i % 20);
        ck_assert_int_eq(
            alert_book_take(session_alerts(s), p, strlen(p), "test", NULL, 1000 + i, &t, NULL), OK);
        free(p);
        if (i % 5 == 0)
            work_off();
        if (i == 60)
            run("alert-seen", OK);
    }
    same_as_list("type=grb | mag<17");
    struct alerts_state was = *state();
    struct alerts_row *row = mem_dup(was.row, was.n * sizeof *row);
    ck_assert_uint_gt(was.n, 20);
    ck_assert_uint_gt(was.n_unseen, 0);
    ck_assert_uint_lt(was.n_unseen, was.n);
    run("alert-tests", OK); /* all anew, twice */
    run("alert-tests", OK);
    ck_assert_uint_eq(state()->n, was.n);
    ck_assert_uint_eq(state()->n_unseen, was.n_unseen);
    ck_assert_uint_eq(state()->n_apart, was.n_apart);
    for (size_t i = 0; i < was.n; i++)
        ck_assert_int_eq(state()->row[i].id, row[i].id);
    free(row);
    run("alert-filter new", OK);
    ck_assert_uint_gt(state()->n, 0);
    ck_assert_ptr_nonnull(strstr(run("alert-seen", OK), " alerts seen"));
    ck_assert_uint_eq(state()->n, 0); /* the filter lets them go */
    close_session();
    open_session(options(), false, "43.9317,5.7133,650");
    run("alert-filter type=grb | mag<17", OK);
    ck_assert_uint_eq(state()->n, was.n);
    size_t left = 0; /* those that the filter hid were not seen */
    for (size_t i = 0; i < alert_book_n(session_alerts(s)); i++)
        left += alert_book_at(session_alerts(s), i)->fresh;
    ck_assert_uint_eq(state()->n_unseen, 0);
    ck_assert_uint_lt(left, alert_book_n(session_alerts(s)));
}
END_TEST

static void drop(const char *name, const char *text)
{
    char *file = mem_printf("%s/%s", spool, name);
    ck_assert_int_eq(file_replace(file, text, strlen(text), 0644, NULL), OK);
    free(file);
}

static void wait_for(size_t events, int ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    while (loop_now_ms(loop) < end && alert_book_n(session_alerts(s)) < events) {
        turn();
        usleep(500);
    }
    ck_assert_uint_eq(alert_book_n(session_alerts(s)), events);
    work_off();
}

#define GRB(packet, ra, more)                                                                      \
    "<VOEvent ivorn='ivo://nasa.gsfc.gcn/SWIFT#BAT_" packet "_900007' role='observation'><What>"   \
    "<Param name='TrigID' value='900007'/></What><WhereWhen><ObsDataLocation>"                     \
    "<ObservationLocation><AstroCoordSystem id='UTC-ICRS-GEO'/>"                                   \
    "<AstroCoords coord_system_id='UTC-ICRS-GEO'><Time><TimeInstant>"                              \
    "<ISOTime>2026-11-23T21:00:00</ISOTime></TimeInstant></Time><Position2D unit='deg'>"           \
    "<Name1>RA</Name1><Name2>Dec</Name2><Value2><C1>" ra "</C1><C2>42.3</C2></Value2>"             \
    "<Error2Radius>0.05</Error2Radius></Position2D></AstroCoords></ObservationLocation>"           \
    "</ObsDataLocation></WhereWhen>" more "</VOEvent>"

START_TEST(a_file_becomes_a_row_and_rings)
{
    struct conf *c = options();
    int64_t id;
    bool open;
    open_session(c, false, "43.9317,5.7133,650");
    work_off();
    drop("a.xml", GRB("GRB_Pos", "35.6", ""));
    wait_for(1, 20000);
    ck_assert_uint_eq(state()->n, 1);
    ck_assert_uint_eq(alarms_open(s, NULL), 1);
    ck_assert_uint_eq(state()->n_ringing, 1);
    id = state()->row[0].id;
    ck_assert_uint_gt(session_alert_alarm(s, id, &open), 0);
    ck_assert(open);
    run("alert-ack swift 900007", OK);
    ck_assert_uint_eq(alarms_open(s, NULL), 0);
    ck_assert_uint_eq(state()->n_ringing, 0);
    run("alert-follow swift 900007", OK);
    drop("b.xml", GRB("Lost", "35.6",
                      "<Citations><EventIVORN cite='retraction'>"
                      "ivo://nasa.gsfc.gcn/SWIFT#BAT_GRB_Pos_900007</EventIVORN></Citations>"));
    int64_t end = loop_now_ms(loop) + 20000;
    while (loop_now_ms(loop) < end && !session_alert(s, id)->retracted)
        turn();
    work_off();
    ck_assert(session_alert(s, id)->retracted);
    ck_assert_uint_eq(alarms_open(s, NULL), 1); /* it was followed: the retraction rings */
    ck_assert_ptr_nonnull(strstr(alarms_at(s, alarms_n(s) - 1)->text, "RETRACTED"));
    close_session(); /* the next session knows what rang */
    open_session(options(), false, "43.9317,5.7133,650");
    ck_assert_uint_eq(state()->n, 1);
    ck_assert_uint_eq(alarms_n(s), 0);
    ck_assert(session_alert(s, id)->acknowledged);
}
END_TEST

START_TEST(hostile_packets_are_rows_or_reasons)
{
    open_session(options(), false, "43.9317,5.7133,650");
    char *big = mem_alloc(1100000), *text;
    memset(big, 'A', 1000000);
    big[1000000] = 0;
    text = mem_printf("{\"trigger_id\":\"h1\",\"source_name\":\"x\\u001b]0;evil\\u0007\\u202Ey\","
                      "\"type\":\"ot\",\"ra\":35,\"dec\":42,\"comment\":\"%s\"}",
                      big);
    drop("h.json", text);
    drop("n.xml", "neither XML nor JSON");
    free(text);
    wait_for(1, 20000);
    int64_t end = loop_now_ms(loop) + 20000;
    char *done = mem_printf("%s/done/n.xml", spool);
    while (loop_now_ms(loop) < end && access(done, F_OK) != 0) {
        turn();
        usleep(1000);
    }
    ck_assert_int_eq(access(done, F_OK), 0);
    ck_assert_uint_eq(state()->n, 1);
    char *said = mem_str(run("alert-follow #1", OK));
    for (const char *p = said; *p; p++)
        ck_assert_int_ge((unsigned char)*p, ' ');
    ck_assert_ptr_null(strstr(said, "\xE2\x80\xAE"));
    free(said);
    free(done);
    free(big);
}
END_TEST

/* ---- ten thousand events ---- */

/* What the prompt says of a filter that is being written, after all slices of the count. */
static bool try_says(const char *filter, const char *want)
{
    struct str say = {0};
    bool fine = session_alert_try(s, filter, &say);
    work_off();
    str_reset(&say);
    fine &= session_alert_try(s, filter, &say);
    ck_assert_msg(strstr(str_c(&say), want), "%s: \"%s\", not \"%s\"", filter, say.s, want);
    str_clear(&say);
    return fine;
}

START_TEST(a_filter_is_counted_as_it_is_written)
{
    char count[60];
    open_session(conf_new(session_options), true, NULL);
    static const char *const filters[] = {"", "type=grb", "alt>30 & mag<17", "left>60", "test"};
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        const struct alerts_state *st = state();
        size_t n_of = st->n_all - st->n_apart;
        char *line = mem_printf("alert-filter %s", *filters[i] ? filters[i] : "off");
        run(line, OK);
        free(line);
        snprintf(count, sizeof count, "%zu of %zu alerts", state()->n, n_of);
        run("alert-filter off", OK);
        ck_assert(try_says(filters[i], count)); /* as many as the list then shows */
        ck_assert_str_eq(state()->filter, "");  /* nothing is in force before Enter */
    }
    ck_assert(!try_says("mag<<3", "filter, at"));
    ck_assert(!try_says("type=grb &", "filter, at"));
}
END_TEST

START_TEST(many_events_keep_turns_short)
{
    struct str all = {0};
    struct alert_taken t;
    open_session(options(), false, "43.9317,5.7133,650");
    work_off();
    for (int i = 0; i < 10000; i++) {
        str_reset(&all);
        str_addf(&all,
                 "{\"trigger_id\":\"m%d\",\"source_name\":\"M %d\",\"type\":\"ot\","
                 "\"ra\":%d.5,\"dec\":%d.5,\"time\":\"2026-11-23T%02d:00:00\"}",
                 i, i, i % 360, i % 170 - 85, i % 21);
        ck_assert_int_eq(
            alert_book_take(session_alerts(s), all.s, all.n, "test", NULL, 1, &t, NULL), OK);
        if (i % 50 == 0)
            turn();
    }
    work_off();
    ck_assert_uint_eq(session_alerts_state(s)->n, 10000);
    const struct alerts_state *st = session_alerts_state(s);
    for (size_t i = 1; i < st->n; i++)
        ck_assert(!(st->row[i - 1].view.score < st->row[i].view.score));
    run("alert-filter alt>30 & tonight", OK);
    same_as_list("alt>30 & tonight");
    ck_assert_uint_gt(state()->n, 100);
    ck_assert_uint_lt(state()->n, 9000);
    char count[60];
    snprintf(count, sizeof count, "%zu of 10000 alerts", state()->n);
    ck_assert(try_says("alt>30 & tonight", count));
    str_clear(&all);
}
END_TEST

/* ---- a service that behaves badly ---- */

#define HEAD(status, type)  "HTTP/1.1 " status "\r\nContent-Type: " type "\r\nConnection: close\r\n"
#define PLAIN(status, body) HEAD(status, "application/json") "\r\n" body

static const struct {
    struct server_step step;
    const char *says;
} answers[] = {
    {{.answer = PLAIN("401 X", "{\"message\":\"unknown uid\",\"status_code\":401}")},
     "unknown uid"},
    {{.answer = PLAIN("403 X", "{\"message\":\"forbidden\",\"status_code\":403}")}, "forbidden"},
    {{.answer = PLAIN("404 X", "{\"message\":\"not found\",\"status_code\":404}")}, "not found"},
    {{.answer = PLAIN("429 X", "{\"message\":\"limit reached\",\"status_code\":429}")}, "limit"},
    {{.answer = HEAD("500 X", "text/html") "\r\n<html>oops</html>"}, "500"},
    {{.answer = HEAD("200 OK", "text/html") "\r\n<html><body>login</body></html>"},
     "not understood"},
    {{.answer = HEAD("200 OK", "application/json") "Content-Length: 5000\r\n\r\n{\"voevents\":["},
     ""},
    {{.wait_ms = -1, .answer = ""}, ""},
};

START_TEST(bad_answers_are_said)
{
    struct conf *c = options();
    struct server *server = server_start(&answers[_i].step, 1);
    ck_assert_int_eq(conf_set(c, "alerts.colibri", "yes", NULL), OK);
    ck_assert_int_eq(conf_set(c, "alerts.colibri.uid", "secret-uid", NULL), OK);
    ck_assert_int_eq(conf_set(c, "alerts.colibri.url", server_url(server, ""), NULL), OK);
    ck_assert_int_eq(conf_set(c, "http.timeout", "1", NULL), OK);
    open_session(c, false, "43.9317,5.7133,650");
    const struct source_status *st = NULL;
    int64_t end = loop_now_ms(loop) + 40000, worst = 0;
    do {
        int64_t before = loop_now_ms(loop);
        turn();
        int64_t took = loop_now_ms(loop) - before;
        worst = took > worst ? took : worst;
        usleep(2000);
        st = alert_feed_at(session_alert_feed(s), 0);
    } while (loop_now_ms(loop) < end && (!*st->text /* it has not begun */ ||
                                         (st->state != SOURCE_TROUBLE && st->state != SOURCE_OFF)));
    ck_assert_str_eq(st->name, "colibri");
    ck_assert_msg(st->state == SOURCE_TROUBLE || st->state == SOURCE_OFF, "%s", st->text);
    ck_assert_msg(strstr(st->text, answers[_i].says) != NULL, "\"%s\" lacks \"%s\"", st->text,
                  answers[_i].says);
    ck_assert_ptr_null(strstr(st->text, "secret-uid"));
    if (st->state == SOURCE_TROUBLE) /* it says when it tries again */
        ck_assert_int_gt(st->next_ms, session_now_ns(s) / 1000000);
    ck_assert_uint_eq(loop_slow(loop).n, 0);
    ck_assert_ptr_nonnull(strstr(run("alert-sources", OK), st->text));
    close_session();
    server_stop(server);
}
END_TEST

/* ---- the corpus through the spool ---- */

static int copy_all(const char *from, int n)
{
    DIR *d = opendir(from);
    if (!d)
        return n;
    for (struct dirent *e; (e = readdir(d));) {
        char *path = mem_printf("%s/%s", from, e->d_name);
        struct stat st;
        if (e->d_name[0] != '.' && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
            n = copy_all(path, n);
        } else if (e->d_name[0] != '.') {
            struct str bytes = {0};
            char *to = mem_printf("%s/%04d-%s", spool, n++, e->d_name);
            ck_assert_int_eq(file_read(path, 16 << 20, &bytes, NULL), OK);
            ck_assert_int_eq(file_replace(to, str_c(&bytes), bytes.n, 0644, NULL), OK);
            str_clear(&bytes);
            free(to);
        }
        free(path);
    }
    closedir(d);
    return n;
}

static int count_files(const char *where)
{
    DIR *d = opendir(where);
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.' && strcmp(e->d_name, "done") != 0;
    if (d)
        closedir(d);
    return n;
}

/* Each file is known: as an event or a revision, or with the reason why it is neither. */
static void all_known(const char *done, int n)
{
    DIR *d = opendir(done);
    int seen = 0;
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        struct str bytes = {0};
        struct alert_taken t;
        char *path = mem_printf("%s/%s", done, e->d_name);
        ck_assert_int_eq(file_read(path, 16 << 20, &bytes, NULL), OK);
        ck_assert_int_eq(
            alert_book_take(session_alerts(s), str_c(&bytes), bytes.n, "spool", NULL, 1, &t, NULL),
            OK);
        ck_assert_msg(t.fresh == 0 && t.revised == 0, "%s was not taken in", e->d_name);
        ck_assert_msg(t.known > 0 || t.reason[0], "%s: neither known nor a reason", e->d_name);
        seen++;
        str_clear(&bytes);
        free(path);
    }
    closedir(d);
    ck_assert_int_eq(seen, n);
}

static void one_more(void *arg, const struct alert_packet *p)
{
    (void)p;
    ++*(int *)arg;
}

static void with_reason(void *arg, const struct alert_packet *p)
{
    ck_assert(p->reason && *p->reason);
    ++*(int *)arg;
}

START_TEST(the_corpus_through_the_spool)
{
    const char *corpus = getenv("VIGIE_CORPUS");
    if (!corpus) {
        fprintf(stderr, "check_alertbook: VIGIE_CORPUS is not set: no replay of the corpus\n");
        return;
    }
    char *from = mem_printf("%s/alerts", corpus), *done = mem_printf("%s/done", spool);
    int n = copy_all(from, 0), packets = 0, unreadable = 0;
    ck_assert_int_gt(n, 400);
    pid_t child = fork();
    if (child == 0) {
        open_session(options(), false, "43.9317,5.7133,650");
        for (;;)
            turn();
    }
    for (int i = 0; i < 60000 && count_files(done) < n / 4; i++)
        usleep(2000);
    kill(child, SIGKILL); /* in the middle, and on */
    waitpid(child, NULL, 0);
    int before = count_files(done);
    ck_assert_int_ge(before, n / 4);
    ck_assert_int_lt(before, n);
    open_session(options(), false, "43.9317,5.7133,650");
    int64_t end = loop_now_ms(loop) + 240000;
    while (loop_now_ms(loop) < end && count_files(done) < n)
        for (int i = 0; i < 20; i++)
            turn();
    ck_assert_int_eq(count_files(done), n);
    ck_assert_int_eq(count_files(spool), 0);
    work_off();
    const struct alerts_state *st = session_alerts_state(s);
    ck_assert_uint_eq(st->n + st->n_apart + st->n_hidden, alert_book_n(session_alerts(s)));
    same_as_list("");
    for (size_t i = 0; i < alert_book_n(session_alerts(s)); i++)
        ck_assert_int_eq(alert_book_history(session_alerts(s),
                                            alert_book_at(session_alerts(s), i)->id, one_more,
                                            &packets, NULL),
                         OK);
    ck_assert_int_eq(
        alert_book_unreadable(session_alerts(s), 100000, with_reason, &unreadable, NULL), OK);
    printf(
        "%d files: %zu events of %d packets, %d unreadable; slow turns %zu, worst %.0f ms in %s\n",
        n, alert_book_n(session_alerts(s)), packets, unreadable, loop_slow(loop).n,
        loop_slow(loop).worst_ms, loop_slow(loop).name ? loop_slow(loop).name : "-");
    all_known(done, n);
    free(from);
    free(done);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alerts of the session");
    TCase *t = tcase_create("alerts");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, filters_and_views);
    tcase_add_test(t, marks_and_mute);
    tcase_add_test(t, kept_up_row_by_row);
    tcase_add_test(t, a_file_becomes_a_row_and_rings);
    tcase_add_test(t, hostile_packets_are_rows_or_reasons);
    tcase_add_test(t, a_filter_is_counted_as_it_is_written);
    tcase_add_test(t, many_events_keep_turns_short);
    tcase_add_loop_test(t, bad_answers_are_said, 0, sizeof answers / sizeof *answers);
    tcase_add_test(t, the_corpus_through_the_spool);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
