/* check_book.c - the book of alerts: chaining, repeats, late packets, retraction, what changed,
 * unreadable bytes, and that all of it is there again after the store was closed. */
#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/alerts/book.h"
#include "vigie/base/file.h"

#define DEG (3.14159265358979323846 / 180)

static struct store *st;
static struct alert_book *book;
static char path[64];
static int n_news[ALERT_FORGOTTEN + 1];

static void on_news(void *arg, enum alert_news news, const struct alert_event *e, int64_t other,
                    double before)
{
    (void)arg, (void)other, (void)before;
    ck_assert_ptr_nonnull(e);
    n_news[news]++;
}

static void open_book(void)
{
    struct store_options o = {.rooms = &alert_store_room, .n_rooms = 1};
    struct error err;
    ck_assert_msg(store_open(path[0] ? path : NULL, &o, &st, &err) == OK, "%s", err.text);
    ck_assert_msg(alert_book_open(st, 0, &book, &err) == OK, "%s", err.text);
    alert_book_listen(book, on_news, NULL);
}

static void close_book(void)
{
    alert_book_close(book);
    store_close(st);
    book = NULL;
    st = NULL;
}

static void setup(void)
{
    memset(n_news, 0, sizeof n_news);
    path[0] = '\0';
    open_book();
}

static struct alert_taken take(const char *text)
{
    struct alert_taken t;
    struct error err;
    static int64_t now_ms = 1700000000000;
    ck_assert_msg(alert_book_take(book, text, strlen(text), "test", "file", ++now_ms, &t, &err) ==
                      OK,
                  "%s", err.text);
    return t;
}

/* A Swift packet of a trigger. */
static const char *swift(const char *local, const char *trigger, const char *issued, const char *ra,
                         const char *error, const char *more)
{
    static char s[4096];
    snprintf(s, sizeof s,
             "<VOEvent ivorn='ivo://nasa.gsfc.gcn/SWIFT#%s' role='observation'><Who><Date>%s</Date>"
             "</Who><What><Param name='TrigID' value='%s'/>%s</What><WhereWhen><ObsDataLocation>"
             "<ObservationLocation><AstroCoords coord_system_id='UTC-FK5-GEO'><Time><TimeInstant>"
             "<ISOTime>2024-01-02T03:04:05</ISOTime></TimeInstant></Time><Position2D unit='deg'>"
             "<Value2><C1>%s</C1><C2>-20.25</C2></Value2><Error2Radius>%s</Error2Radius>"
             "</Position2D></AstroCoords></ObservationLocation></ObsDataLocation></WhereWhen>"
             "</VOEvent>",
             local, issued, trigger, more, ra, error);
    return s;
}

START_TEST(updates_make_one_event)
{
    struct alert_taken t =
        take(swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4", ""));
    ck_assert_int_eq(t.fresh, 1);
    int64_t id = t.event;
    t = take(swift("XRT_Pos_1-2", "1000001", "2024-01-02T03:06:00", "10.1", "0.001", ""));
    ck_assert_int_eq(t.revised, 1);
    ck_assert_int_eq((int)t.event, (int)id);
    ck_assert_uint_eq(alert_book_n(book), 1);
    const struct alert_event *e = alert_book_at(book, 0);
    ck_assert_int_eq(e->revisions, 2);
    /* 0.1 deg of right ascension at dec -20.25: 0.1 cos(20.25 deg) = 0.09382 deg = 5.6' */
    ck_assert_str_eq(e->change, "moved 5.6', error 4 deg -> 3.6\"");
    /* a coarser position of another kind of packet changes nothing */
    take(swift("BAT_Lightcurve_1-3", "1000001", "2024-01-02T03:07:00", "10", "0.05", ""));
    e = alert_book_at(book, 0);
    ck_assert_str_eq(e->change, "nothing new");
    ck_assert_double_eq_tol(e->error_rad, 0.001 * DEG, 1e-12);
    /* another trigger is another event */
    ck_assert_int_eq(
        take(swift("BAT_GRB_Pos_2-1", "1000002", "2024-01-02T03:05:00", "10", "4", "")).fresh, 1);
    ck_assert_uint_eq(alert_book_n(book), 2);
    ck_assert_int_eq(n_news[ALERT_NEW], 2);
    ck_assert_int_eq(n_news[ALERT_REVISED], 2);
}
END_TEST

START_TEST(repeats_change_nothing)
{
    const char *p = swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4", "");
    take(p);
    ck_assert_int_eq(take(p).known, 1);
    char *spaced = mem_printf("%s\n\n", p); /* other bytes, the same packet */
    ck_assert_int_eq(take(spaced).known, 1);
    free(spaced);
    ck_assert_int_eq(alert_book_at(book, 0)->revisions, 1);
}
END_TEST

START_TEST(other_brokers_copies_join)
{
    take(swift("XRT_Pos_1306404-083", "1306404", "2025-04-24T06:58:00", "217.5", "0.0005", ""));
    struct alert_taken t = take(
        "{\"voevents\":[{\"trigger_id\":\"1306404\",\"source_name\":\"GRB 250424A\",\"type\":"
        "\"grb\",\"ra\":217.5,\"dec\":-20.25,\"err\":0.0005,\"observatory\":\"swift\",\"time\":"
        "\"2025-04-24T06:56:47\",\"redshift\":0.31}]}");
    ck_assert_int_eq(t.revised, 1);
    const struct alert_event *e = alert_book_at(book, 0);
    ck_assert_str_eq(e->name, "GRB 250424A");
    ck_assert_double_eq_tol(e->redshift, 0.31, 1e-12);
    ck_assert_str_eq(e->change, "z 0.31, named GRB 250424A");
    /* a GCN notice that knows the name only */
    t = take("{\"$schema\":\"https://gcn.nasa.gov/schema/main/gcn/notices/maxi/gsc.schema.json\","
             "\"id\":\"9995289617\",\"event_name\":\"GRB 250424A\",\"ra\":217,\"dec\":-20,"
             "\"ra_dec_error\":0.2}");
    ck_assert_int_eq(t.revised, 1);
    ck_assert_uint_eq(alert_book_n(book), 1);
}
END_TEST

START_TEST(one_packet_joins_two_events)
{
    take(swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4", ""));
    take("{\"trigger_id\":\"x1\",\"source_name\":\"GRB 240102A\",\"ra\":10,\"dec\":-20.25,"
         "\"type\":\"grb\",\"redshift\":1.5}");
    ck_assert_uint_eq(alert_book_n(book), 2);
    take("{\"trigger_id\":\"1000001\",\"observatory\":\"swift\",\"source_name\":\"GRB 240102A\","
         "\"ra\":10,\"dec\":-20.25,\"type\":\"grb\"}");
    ck_assert_uint_eq(alert_book_n(book), 1);
    const struct alert_event *e = alert_book_at(book, 0);
    ck_assert_int_eq(e->revisions, 3);
    ck_assert_double_eq_tol(e->redshift, 1.5, 1e-12);
    ck_assert_int_eq(n_news[ALERT_JOINED], 1);
    ck_assert_ptr_eq(alert_book_find_key(book, "colibri/x1"), e);
}
END_TEST

static char told[10][64];
static int n_told;

static void remember(void *arg, const struct alert_packet *p)
{
    (void)arg;
    if (n_told < 10)
        snprintf(told[n_told++], sizeof told[0], "%s: %s", p->kind ? p->kind : "-",
                 p->reason ? p->reason : p->change);
}

START_TEST(a_late_packet_takes_its_place)
{
    take(swift("XRT_Pos_1-2", "1000001", "2024-01-02T03:06:00", "10.1", "0.001", ""));
    take(swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4", ""));
    const struct alert_event *e = alert_book_at(book, 0);
    ck_assert_double_eq_tol(e->error_rad, 0.001 * DEG, 1e-12);
    ck_assert_int_eq(e->revisions, 2);
    n_told = 0;
    ck_assert_int_eq(alert_book_history(book, e->id, remember, NULL, NULL), OK);
    ck_assert_int_eq(n_told, 2);
    ck_assert_str_eq(told[0], "BAT_GRB_Pos: new");
    ck_assert_str_eq(told[1], "XRT_Pos: moved 5.6', error 4 deg -> 3.6\"");
}
END_TEST

START_TEST(retraction)
{
    take(swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4", ""));
    take(swift("BAT_GRB_Pos_1-2", "1000001", "2024-01-02T03:06:00", "10", "4",
               "<Param name='Retraction' value='true'/>"));
    const struct alert_event *e = alert_book_at(book, 0);
    ck_assert(e->retracted);
    ck_assert_str_eq(e->change, "retracted");
    ck_assert_int_eq(n_news[ALERT_RETRACTED], 1);
}
END_TEST

START_TEST(tests_stay_apart)
{
    take(swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4", ""));
    char *p = mem_str(swift("BAT_GRB_Pos_1-2", "1000001", "2024-01-02T03:06:00", "10", "4", ""));
    memcpy(strstr(p, "role='observation'"), "role='test'       ", 18);
    ck_assert_int_eq(take(p).fresh, 1);
    free(p);
    ck_assert_uint_eq(alert_book_n(book), 2);
    ck_assert_int_eq(alert_book_at(book, 0)->standing, ALERT_TEST);
}
END_TEST

START_TEST(unreadable_is_kept)
{
    struct str raw = {0};
    struct alert_taken t = take("<VOEvent><cut");
    ck_assert_int_eq(t.refused, 1);
    ck_assert_ptr_nonnull(strstr(t.reason, "line 1"));
    ck_assert_int_eq(take("<VOEvent><cut").known, 1);
    n_told = 0;
    ck_assert_int_eq(alert_book_unreadable(book, 9, remember, NULL, NULL), OK);
    ck_assert_int_eq(n_told, 1);
    ck_assert_int_eq(alert_book_raw(book, 1, &raw, NULL), OK);
    ck_assert_str_eq(str_c(&raw), "<VOEvent><cut");
    ck_assert_int_eq(alert_book_raw(book, 77, &raw, NULL), E_ABSENT);
    str_clear(&raw);
}
END_TEST

START_TEST(all_is_there_again)
{
    struct str a = {0}, b = {0};
    struct json_writer w;
    bool before;
    close_book();
    snprintf(path, sizeof path, "/tmp/check_book.%d.db", (int)getpid());
    unlink(path);
    open_book();
    take(swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4",
               "<Group name='g'><Param name='Rate' value='7.5'/></Group>"));
    struct alert_taken t =
        take(swift("XRT_Pos_1-2", "1000001", "2024-01-02T03:06:00", "10.1", "0.001", ""));
    ck_assert_int_eq(alert_book_mark(book, t.event, ALERT_MARK_FOLLOWED, true, NULL), OK);
    ck_assert_int_eq(alert_book_mark(book, 99, ALERT_MARK_FOLLOWED, true, NULL), E_ABSENT);
    ck_assert_int_eq(alert_book_state_set(book, "colibri.calls", "7", NULL), OK);
    ck_assert_int_eq(alert_book_fired(book, t.event, "new", &before, NULL), OK);
    ck_assert(!before);
    json_write(&w, &a);
    alert_event_json(&w, alert_book_at(book, 0));
    close_book();
    open_book();
    json_write(&w, &b);
    alert_event_json(&w, alert_book_at(book, 0));
    ck_assert_str_eq(a.s, b.s);
    ck_assert(alert_book_at(book, 0)->followed);
    struct alert_bag_item item;
    ck_assert(alert_bag_find(&alert_book_at(book, 0)->params, "G", "rate", &item));
    ck_assert_str_eq(item.value, "7.5");
    str_reset(&a);
    ck_assert_int_eq(alert_book_state(book, "colibri.calls", &a, NULL), OK);
    ck_assert_str_eq(str_c(&a), "7");
    ck_assert_int_eq(alert_book_fired(book, t.event, "new", &before, NULL), OK);
    ck_assert(before);
    str_clear(&a);
    str_clear(&b);
    unlink(path);
}
END_TEST

/* What another process wrote is read at the next look, once. */
START_TEST(others_write_too)
{
    struct store *st2;
    struct alert_book *book2;
    struct store_options o = {.rooms = &alert_store_room, .n_rooms = 1};
    struct alert_taken t;
    close_book();
    snprintf(path, sizeof path, "/tmp/check_book2.%d.db", (int)getpid());
    unlink(path);
    open_book();
    take(swift("BAT_GRB_Pos_1-1", "1000001", "2024-01-02T03:05:00", "10", "4", ""));
    ck_assert_int_eq(store_commit(st, NULL), OK);
    ck_assert_int_eq(store_open(path, &o, &st2, NULL), OK);
    ck_assert_int_eq(alert_book_open(st2, 0, &book2, NULL), OK);
    const char *p = swift("XRT_Pos_1-2", "1000001", "2024-01-02T03:06:00", "10.1", "0.001", "");
    ck_assert_int_eq(alert_book_take(book2, p, strlen(p), "file", NULL, 1800000000000, &t, NULL),
                     OK);
    ck_assert_int_eq(store_commit(st2, NULL), OK);
    ck_assert_int_eq(n_news[ALERT_REVISED], 0);
    bool more = true;
    ck_assert_int_eq(alert_book_refresh(book, &more, NULL), OK);
    ck_assert(!more);
    ck_assert_int_eq(n_news[ALERT_REVISED], 1);
    ck_assert_int_eq(alert_book_at(book, 0)->revisions, 2);
    ck_assert_int_eq(alert_book_refresh(book, &more, NULL), OK);
    ck_assert_int_eq(n_news[ALERT_REVISED], 1);
    alert_book_close(book2);
    store_close(st2);
    unlink(path);
}
END_TEST

/* Events 1 .. n of the stamp, in another process's book or this one. */
static void take_many(struct alert_book *b, int from, int n)
{
    for (int i = from; i < from + n; i++) {
        char id[24], trigger[24];
        struct alert_taken t;
        snprintf(id, sizeof id, "BAT_GRB_Pos_%d-1", i);
        snprintf(trigger, sizeof trigger, "%d", 2000000 + i);
        const char *p = swift(id, trigger, "2024-01-02T03:05:00", "10", "4", "");
        ck_assert_int_eq(
            alert_book_take(b, p, strlen(p), "test", NULL, 1700000000000 + i, &t, NULL), OK);
        ck_assert_int_eq(t.fresh, 1);
    }
}

static size_t n_fresh(const struct alert_book *b)
{
    size_t n = 0, hint = 0, walked = 0;
    const struct alert_event *e;
    for (int64_t id = 0; (e = alert_book_after(b, id, &hint)); id = e->id, walked++)
        n += e->fresh;
    ck_assert_uint_eq(walked, alert_book_n(b));
    return n;
}

/* Many packets of another process arrive a piece a call; those of our own are not read again. */
START_TEST(others_in_pieces)
{
    struct store *st2;
    struct alert_book *book2;
    struct store_options o = {.rooms = &alert_store_room, .n_rooms = 1};
    bool more = true;
    int calls = 0;
    close_book();
    snprintf(path, sizeof path, "/tmp/check_book3.%d.db", (int)getpid());
    unlink(path);
    open_book();
    take_many(book, 0, 300);
    ck_assert_int_eq(store_commit(st, NULL), OK);
    n_news[ALERT_NEW] = 0;
    ck_assert_int_eq(alert_book_refresh(book, &more, NULL), OK);
    ck_assert(!more);
    ck_assert_int_eq(store_open(path, &o, &st2, NULL), OK);
    ck_assert_int_eq(alert_book_open(st2, 0, &book2, NULL), OK);
    take_many(book2, 300, 170);
    ck_assert_int_eq(store_commit(st2, NULL), OK);
    do {
        ck_assert_int_eq(alert_book_refresh(book, &more, NULL), OK);
        if (++calls == 1) { /* one of our own in between */
            ck_assert(more && alert_book_n(book) < 470);
            take_many(book, 470, 1);
        }
    } while (more && calls < 100);
    ck_assert_int_gt(calls, 2);
    ck_assert_uint_eq(alert_book_n(book), 471);
    ck_assert_int_eq(n_news[ALERT_NEW], 171);
    ck_assert_int_eq(n_news[ALERT_REVISED], 0);
    alert_book_close(book2);
    store_close(st2);
    unlink(path);
}
END_TEST

/* All are seen in memory at once, in the store by and by; what comes meanwhile is new again. */
START_TEST(seen_at_once)
{
    enum { N = 260 };
    int64_t id[N + 1];
    bool more = true;
    close_book();
    snprintf(path, sizeof path, "/tmp/check_book4.%d.db", (int)getpid());
    unlink(path);
    open_book();
    take_many(book, 0, N);
    for (size_t i = 0; i < N; i++)
        id[i] = alert_book_at(book, i)->id;
    id[N] = 99999; /* is not there */
    ck_assert_uint_eq(alert_book_seen(book, id, 2), 2);
    ck_assert_uint_eq(n_fresh(book), N - 2);
    ck_assert_uint_eq(alert_book_seen(book, id, 2), 0);
    ck_assert_uint_eq(alert_book_seen(book, id + 1, N), N - 2);
    ck_assert_uint_eq(n_fresh(book), 0);
    ck_assert_int_eq(n_news[ALERT_MARKED], 0);
    ck_assert_int_eq(alert_book_write(book, 100, &more, NULL), OK);
    ck_assert(more);
    /* of one that is not written yet, and of one that is */
    take(swift("XRT_Pos_259-2", "2000259", "2024-01-02T03:06:00", "10", "0.001", ""));
    take(swift("XRT_Pos_0-2", "2000000", "2024-01-02T03:06:00", "10", "0.001", ""));
    ck_assert_uint_eq(n_fresh(book), 2);
    close_book(); /* writes the rest */
    open_book();
    ck_assert_uint_eq(n_fresh(book), 2);
    ck_assert(alert_book_find(book, id[0])->fresh && alert_book_find(book, id[N - 1])->fresh);
    unlink(path);
}
END_TEST

/* A book that is full tells which event leaves it. */
START_TEST(the_oldest_is_forgotten)
{
    alert_book_close(book);
    ck_assert_int_eq(alert_book_open(st, 3, &book, NULL), OK);
    alert_book_listen(book, on_news, NULL);
    take_many(book, 0, 5);
    ck_assert_uint_eq(alert_book_n(book), 3);
    ck_assert_int_eq(n_news[ALERT_FORGOTTEN], 2);
    ck_assert_uint_eq(alert_book_n_of(book, ALERT_SKY), 3);
    ck_assert_uint_eq(alert_book_n_of(book, ALERT_TEST), 0);
    ck_assert_uint_eq(n_fresh(book), 3);
}
END_TEST

/* Every file of the corpus is an event, a revision, a repeat, or an entry with a reason. */
START_TEST(corpus)
{
    static const char *const folders[] = {"voevent", "json", "astrocolibri", "synthetic-malformed"};
    const char *at = getenv("VIGIE_CORPUS");
    int n = 0, none = 0;
    if (!at) {
        fprintf(stderr, "check_book: VIGIE_CORPUS is not set: the alert corpus is left out\n");
        return;
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char *folder = mem_printf("%s/alerts/%s", at, folders[i]);
        DIR *d = opendir(folder);
        ck_assert_ptr_nonnull(d);
        for (struct dirent *e; (e = readdir(d));) {
            struct str bytes = {0};
            struct alert_taken t;
            struct error err;
            char *file = mem_printf("%s/%s", folder, e->d_name);
            if (e->d_name[0] != '.') {
                ck_assert_int_eq(file_read(file, 99999999, &bytes, &err), OK);
                ck_assert_msg(
                    alert_book_take(book, str_c(&bytes), bytes.n, "spool", file, 1, &t, &err) == OK,
                    "%s", err.text);
                none += t.fresh + t.revised + t.known + t.refused == 0;
                n++;
            }
            str_clear(&bytes);
            free(file);
        }
        closedir(d);
        free(folder);
    }
    ck_assert_int_eq(none, 0);
    printf("corpus: %d files, %zu events\n", n, alert_book_n(book));
    const struct alert_event *gw = alert_book_find_key(book, "gw/s230518h");
    ck_assert_ptr_nonnull(gw);
    ck_assert_int_ge(gw->revisions, 4);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {updates_make_one_event,
                                  repeats_change_nothing,
                                  other_brokers_copies_join,
                                  one_packet_joins_two_events,
                                  a_late_packet_takes_its_place,
                                  retraction,
                                  tests_stay_apart,
                                  unreadable_is_kept,
                                  others_write_too,
                                  others_in_pieces,
                                  seen_at_once,
                                  the_oldest_is_forgotten,
                                  all_is_there_again,
                                  corpus};
    Suite *s = suite_create("book");
    TCase *t = tcase_create("book");
    tcase_add_checked_fixture(t, setup, close_book);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
