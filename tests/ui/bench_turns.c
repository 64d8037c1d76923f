/* bench_turns.c - how long one turn of the session's loop takes at worst, in CPU of its thread, while
 * large things are done: tables of a million rows shown, sorted, filtered, drawn, matched, saved; the
 * registry's longest answers; the thesaurus; names; a hundred thousand alerts. A key waits for one turn
 * at most. The ui draws at once whatever has changed. Prints; asserts nothing.
 */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/alerts/book.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/io/keep.h"
#include "vigie/session/alertbook.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"
#include "vigie/session/viewer.h"
#include "vigie/session/vodesk.h"
#include "vigie/store/store.h"
#include "vigie/ui/door.h"

enum {
    ROWS = 1000000,
    PAIRS = 150000,
    RECORDS = 20000,
    NAMES = 2000,
    EVENTS = 100000,
    PATIENCE_MS = 120000
};

static struct loop *loop;
static struct session *s;
static void *ui;
static struct str screen;
static char folder[] = "/tmp/bench_turns.XXXXXX";
static double worst_ms, sum_ms;
static size_t turns;

static void on_event(void *arg, const struct event *ev)
{
    ui_viewer.event(arg, ev);
}

/* A frame is at most every 100 ms there, here each turn that has one: no turn is let off. */
static void before_sleep(void *arg)
{
    (void)arg;
    session_turn(s);
    if (ui_viewer.dirty(ui)) {
        str_reset(&screen);
        ui_viewer.draw(ui, false, &screen);
    }
}

static void forget(void)
{
    worst_ms = sum_ms = 0;
    turns = 0;
}

static void took(int64_t began_us)
{
    double ms = (double)(clock_thread_us() - began_us) / 1000;
    worst_ms = ms > worst_ms ? ms : worst_ms;
    sum_ms += ms;
    turns++;
}

static void tell(const char *what)
{
    printf("turns: %-46s worst %7.1f ms   (%zu turns, %.0f ms in all)\n", what, worst_ms, turns,
           sum_ms);
    fflush(stdout);
    forget();
}

static void turn(bool wait)
{
    int64_t began = clock_thread_us();
    loop_turn(loop, wait);
    took(began);
}

static void keys(const char *k)
{
    int64_t began = clock_thread_us();
    ui_viewer.keys(ui, k, strlen(k));
    took(began);
    turn(false);
}

/* Alone: what comes too soon would make it another key. */
static void escape(void)
{
    keys("\033");
    for (int64_t end = CLOCK_MS(clock_system()) + 200; CLOCK_MS(clock_system()) < end;)
        turn(true);
}

static bool vo_busy(void)
{
    const struct vo_desk *d = session_vo(s);
    for (size_t i = 0; i < d->query.n; i++)
        for (size_t k = 0; k < d->query.at[i]->service.n; k++) {
            const struct vo_service *v = d->query.at[i]->service.at[k];
            if (v->shown.working || v->state == VO_RUNNING || v->state == VO_WAITING)
                return true;
        }
    return false;
}

/* Turns until the message holds the text (NULL: until the VO desk rests), then until all is quiet. */
static void until(const char *message)
{
    int64_t end = CLOCK_MS(clock_system()) + PATIENCE_MS;
    while ((message ? !strstr(session_message(s, NULL), message) : vo_busy()) ||
           jobs_n(session_jobs(s)) || events_waiting(session_events(s))) {
        turn(true);
        if (CLOCK_MS(clock_system()) > end) {
            fprintf(stderr, "no end: %s\n", session_message(s, NULL));
            exit(1);
        }
    }
    turn(false);
}

static int64_t tick(void *arg)
{
    (void)arg;
    return 20;
}

/* ---- tables ---- */

/* Rows of a sky of a million, a little displaced. */
static struct table *stars(size_t rows, double shift)
{
    static const struct table_field field[] = {
        {.name = "source_id", .datatype = "long", .ucd = "meta.id;meta.main"},
        {.name = "ra", .datatype = "double", .unit = "deg", .ucd = "pos.eq.ra;meta.main"},
        {.name = "dec", .datatype = "double", .unit = "deg", .ucd = "pos.eq.dec;meta.main"},
        {.name = "gmag", .datatype = "float", .unit = "mag", .ucd = "phot.mag;em.opt"},
        {.name = "nobs", .datatype = "int", .ucd = "meta.number"},
        {.name = "name", .datatype = "char", .arraysize = "*", .ucd = "meta.note"}};
    struct table *t = table_new(NULL);
    struct error err;
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        table_add(t, &field[i]);
    for (size_t i = 0; i < rows; i++) {
        char name[32];
        double x = (double)i;
        int n = snprintf(name, sizeof name, "VG J%06zu+%05zu", i % 899999, i % 79999);
        table_put_int(t, 0, 4500000000000000000 + (int64_t)i * 7919);
        table_put_double(t, 1, fmod(x * 137.50776405, 360));
        table_put_double(t, 2, shift + asin(1.98 * (x + 0.5) / ROWS - 0.99) * 180 / M_PI);
        table_put_double(t, 3, 6 + 14 * sqrt((x + 1) / ROWS));
        table_put_int(t, 4, 10 + (int64_t)(i % 90));
        table_put_string(t, 5, name, (size_t)n);
        ensure(table_row_end(t, &err) == OK);
    }
    return t;
}

static void save(const char *ending)
{
    char *line =
        mem_printf("w\025%s/t.%s\r", folder, ending); /* C-u: the name that is offered goes */
    keys(line);
    until("1000000 rows");
    free(line);
    line = mem_printf("save a million rows, .%s", ending);
    tell(line);
    free(line);
    session_say(s, "-");
}

static void tables(void)
{
    struct error err;
    struct table *t = stars(ROWS, 0);
    int64_t began = clock_thread_us();
    ensure(session_vo_show(s, "million", t, true, &err) == OK);
    took(began);
    until(NULL);
    tell("a million rows shown");
    keys("G");
    keys("gg");
    until(NULL);
    tell("its bottom, its top");
    keys("o"); /* by the column under the cursor */
    until(NULL);
    tell("sorted");
    keys("llllo");
    until(NULL);
    tell("sorted by another");
    keys("/gmag < 15 and dec < 0");
    until(NULL);
    tell("a filter typed");
    keys("\025"
         "J0001");
    until(NULL);
    tell("words typed");
    keys("\025\r");
    until(NULL);
    tell("no filter");
    keys("hv");
    until(NULL);
    tell("scatter");
    keys("\t");
    until(NULL);
    tell("histogram");
    keys("lj");
    keys("\t");
    until(NULL);
    tell("chart of positions");
    escape();
    save("vot");
    save("csv");
    save("fits");
    save("json");
}

static void match(void)
{
    struct error err;
    uint64_t id = session_vo(s)->shown, other, both;
    ensure(session_vo_show(s, "another", stars(PAIRS, 1e-4), true, &err) == OK);
    other = session_vo(s)->shown;
    until(NULL);
    forget();
    const struct vo_service *a = session_vo_query(s, id)->service.at[0],
                            *b = session_vo_query(s, other)->service.at[0];
    int64_t began = clock_thread_us();
    enum status st = session_vo_match(s, a, b, 0.5 / 3600, &both, &err);
    took(began);
    if (st != OK)
        fprintf(stderr, "%s\n", err.text);
    until(NULL);
    tell("a million against 150000 matched");
}

/* ---- registry ---- */

static void record(struct str *out, int i)
{
    str_addf(out,
             "<TR><TD>ivo://bench/r%d</TD><TD>vs:catalogservice</TD><TD>R %d</TD><TD>The catalogue "
             "of things number %d</TD><TD>About six hundred letters stand here as a rule. %0550d"
             "</TD><TD>http://bench/%d</TD><TD>Someone; Somebody</TD><TD>catalog</TD><TD>optical"
             "</TD><TD>http://bench.example/scs/%d?</TD><TD>ivo://ivoa.net/std/conesearch</TD>"
             "<TD>vs:paramhttp</TD><TD>std</TD><TD>cone</TD></TR>\n",
             i, i, i, i, i, i);
}

static char *registry_answer(void)
{
    static const char *const names[] = {
        "ivoid",         "res_type",    "short_name",   "res_title",      "res_description",
        "reference_url", "creator_seq", "content_type", "waveband",       "access_url",
        "standard_id",   "intf_type",   "intf_role",    "cap_description"};
    struct str out = {0};
    str_add(&out, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
                  "<VOTABLE><RESOURCE type=\"results\"><TABLE>");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        str_addf(&out, "<FIELD name=\"%s\" datatype=\"char\" arraysize=\"*\"/>", names[i]);
    str_add(&out, "<DATA><TABLEDATA>");
    for (int i = 0; i < RECORDS; i++)
        record(&out, i);
    str_add(&out, "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>");
    return str_take(&out);
}

static void registry(void)
{
    struct error err;
    uint64_t id;
    char *answer = registry_answer();
    const struct server_step step = {.answer = answer};
    struct server *server = server_start(&step, 1);
    struct vo_wish w = {.kind = VO_REGISTRY};
    ensure(session_set(s, "vo.registry", server_url(server, "/tap"), &err) == OK);
    vo_wish_set(&w, VO_WORDS, "star");
    forget();
    for (int again = 0; again < 2; again++) {
        int64_t began = clock_thread_us();
        if (session_vo_ask(s, &w, &id, &err) != OK)
            fprintf(stderr, "%s\n", err.text);
        took(began);
        until(NULL);
        tell(again ? "registry: 20000 records, the kept answer" : "registry: 20000 records");
        for (int i = 0; i < 50; i++)
            turn(false);
    }
    printf("       (%zu finds)\n", session_vo_query(s, id)->find.n);
    forget();
    keys("3");
    keys("/");
    keys("num");
    keys("ber 1777");
    keys("\r");
    until(NULL);
    tell("registry: a filter of the list typed");
    escape();
    forget();
    vo_wish_clear(&w);
    server_stop(server);
    free(answer);
}

/* ---- thesaurus and names ---- */

static void uat(void)
{
    const char *shared = getenv("VIGIE_CORPUS");
    char *json = shared ? mem_printf("%s/../vo-server/data/uat.desise", shared) : NULL;
    struct str body = {0};
    struct error err;
    if (!json || file_read(json, 16 << 20, &body, &err) != OK) { /* as large, of our own */
        str_add(&body, "{\"terms\":{");
        for (int i = 0; i < 2400; i++)
            str_addf(&body,
                     "%s\"term-%d\":{\"label\":\"Term %d\",\"description\":\"%0120d\",\"wider\":["
                     "\"term-%d\"],\"narrower\":[\"term-%d\"]}",
                     i ? "," : "", i, i, i, i / 2, i * 2 + 1);
        str_add(&body, "}}");
    }
    char *path = mem_printf("%s/.cache/vigie/vo/uat.desise", folder);
    char *http = mem_printf("HTTP/1.1 200 OK\r\nContent-Type: application/x-desise+json\r\n"
                            "Connection: close\r\n\r\n%s",
                            str_c(&body));
    const struct server_step step = {.answer = http};
    struct server *server = server_start(&step, 1);
    ensure(session_set(s, "vo.vocabulary", server_url(server, "/uat"), &err) == OK);
    forget();
    for (int i = 0; i < 4000 && !session_vo_uat_whole(s); i++)
        turn(true);
    tell("thesaurus fetched");
    if (!session_vo_uat_whole(s))
        fprintf(stderr, "no thesaurus\n");
    ensure(session_set(s, "vo.vocabulary", "http://127.0.0.1:1/", &err) == OK);
    session_vo_uat(s);
    for (int i = 0; i < 50; i++)
        turn(true);
    ensure(session_set(s, "vo.vocabulary", server_url(server, "/uat"), &err) == OK);
    forget();
    int64_t began = clock_thread_us();
    session_vo_uat(s);
    took(began);
    for (int i = 0; i < 100 && !session_vo_uat_whole(s); i++)
        turn(true);
    tell("thesaurus from its copy");
    server_stop(server);
    free(http);
    free(path);
    free(json);
    str_clear(&body);
}

static void names(void)
{
    struct str body = {0};
    struct error err;
    uint64_t id;
    for (int i = 0; i < NAMES; i++)
        str_addf(
            &body,
            "{\"asked\":\"ngc %d\",\"at_s\":1795460000,\"name\":\"NGC %d\",\"kind\":\"galaxy\","
            "\"spectral\":\"\",\"resolver\":\"S=Simbad\",\"ra_deg\":%d.125,\"dec_deg\":12.5,"
            "\"pm_ra_masyr\":null,\"pm_dec_masyr\":null,\"parallax_mas\":null,"
            "\"velocity_kms\":null}\n",
            i, i, i % 360);
    char *path = mem_printf("%s/.cache/vigie/vo/names.jsonl", folder);
    ensure(file_replace(path, body.s, body.n, 0644, &err) == OK);
    struct vo_wish w = {.kind = VO_CONE};
    vo_wish_set(&w, VO_PLACE, "NGC 1234");
    vo_wish_set(&w, VO_RADIUS, "5'");
    vo_wish_target(&w, "nobody", "http://127.0.0.1:1/", "", "");
    forget();
    int64_t began = clock_thread_us();
    ensure(session_vo_ask(s, &w, &id, &err) == OK);
    took(began);
    until(NULL);
    for (int i = 0; i < 50; i++)
        turn(false);
    tell("a name among 2000 kept ones");
    vo_wish_clear(&w);
    str_clear(&body);
    free(path);
}

/* ---- alerts ---- */

static char *packet(int k)
{
    return mem_printf(
        "{\"trigger_id\":\"b%d\",\"source_name\":\"AT%d\",\"type\":\"ot\",\"ra\":%.4f,"
        "\"dec\":%.4f,\"time\":\"2026-11-%02dT%02d:%02d:00\"}",
        k, k, fmod(k * 137.5, 360), fmod(k * 7.7, 160) - 80, 1 + k % 23, k % 20, k % 60);
}

static void take(int k)
{
    struct alert_taken t;
    struct error err;
    char *p = packet(k);
    ensure(alert_book_take(session_alerts(s), p, strlen(p), "bench", NULL,
                           session_now_ns(s) / 1000000, &t, &err) == OK);
    free(p);
}

/* Every half minute what became observable is looked for, every minute all is judged anew. */
static void rest(int seconds)
{
    for (int64_t end = CLOCK_MS(clock_system()) + seconds * 1000; CLOCK_MS(clock_system()) < end;)
        turn(true);
}

static void alerts(void)
{
    struct str say = {0};
    struct error err;
    for (int k = 0; k < EVENTS; k++) {
        take(k);
        if (k % 200 == 0)
            loop_turn(loop, false);
    }
    until("");
    printf("       (%zu alerts listed)\n", session_alerts_state(s)->n);
    keys("1");
    until("");
    forget();
    for (int k = 0; k < 5; k++) {
        int64_t began = clock_thread_us();
        take(EVENTS + k);
        took(began);
        until("");
    }
    tell("alerts: one more among 100000");
    keys("jjjjGgg");
    until("");
    tell("alerts: moved about");
    keys("f");
    until("");
    tell("alerts: one followed");
    int64_t began = clock_thread_us();
    if (commands_run(s, NULL, "alert-seen", BY_KEY, true, &say, &err) != OK)
        fprintf(stderr, "%s\n", err.text);
    took(began);
    until("");
    tell("alerts: all seen");
    began = clock_thread_us();
    ensure(commands_run(s, NULL, "alert-filter mag<17 | alt>30", BY_KEY, true, &say, &err) == OK);
    took(began);
    until("");
    tell("alerts: another filter");
    keys("/AT17");
    until("");
    tell("alerts: words of the list typed");
    escape();
    forget();
    rest(30);
    tell("alerts: half a minute of rest");
    rest(60);
    tell("alerts: a minute more");
    str_clear(&say);
}

static void open_session(void)
{
    static struct clock_shifted clock;
    struct error err = {0};
    char *store = mem_printf("%s/vigie.db", folder);
    clock_shifted_init(&clock, 1795468447LL * 1000000000); /* 2026-11-23T21:14:07Z */
    loop = loop_new(&clock.clock);
    struct conf *conf = conf_new(session_options);
    ensure(conf_set(conf, "alerts.colibri", "no", &err) == OK);
    struct session_setup with = {.loop = loop,
                                 .clock = &clock.clock,
                                 .conf = conf,
                                 .store_path = store,
                                 .site = "43.9317,5.7133,650"};
    if (session_new(&with, &s, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    ui = ui_viewer.create(s);
    events_on(session_events(s), on_event, ui);
    struct viewer_env env = {"xterm-256color", "", "", "", "", "UTF-8", 40, 120};
    ensure(ui_viewer.attach(ui, &env, &err) == OK);
    loop_before_sleep(loop, before_sleep, NULL);
    loop_timer(loop, 0, tick, NULL, "bench");
    free(store);
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : "";
    setlocale(LC_CTYPE, "C.UTF-8");
    ensure(mkdtemp(folder) != NULL);
    setenv("HOME", folder, 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("IVOA_REGISTRY");
    open_session();
    if (!*only || !strcmp(only, "tables"))
        tables();
    if (!*only || !strcmp(only, "tables"))
        match();
    if (!*only || !strcmp(only, "registry"))
        registry();
    if (!*only || !strcmp(only, "uat"))
        uat();
    if (!*only || !strcmp(only, "names"))
        names();
    if (!*only || !strcmp(only, "alerts"))
        alerts();
    loop_before_sleep(loop, NULL, NULL);
    ui_viewer.detach(ui);
    ui_viewer.destroy(ui);
    session_free(s);
    loop_free(loop);
    str_clear(&screen);
    char *rm = mem_printf("rm -rf %s", folder);
    int rc = system(rm);
    free(rm);
    return rc;
}
