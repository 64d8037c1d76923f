/* bench_alerts.c - packets decoded a second, taken into the store a second, and the filter over
 * 100,000 events. With VIGIE_CORPUS the packets are those of the corpus, else a typical one. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/alerts/list.h"
#include "vigie/base/file.h"

#define DEG (3.14159265358979323846 / 180)

enum { EVENTS = 100000, SECONDS_US = 1000000 };

static VEC(struct str) packets;

static const char *typical(int k)
{
    static char s[4096];
    size_t n = (size_t)snprintf(
        s, sizeof s,
        "<v:VOEvent xmlns:v='http://www.ivoa.net/xml/VOEvent/v2.0' "
        "ivorn='ivo://nasa.gsfc.gcn/SWIFT#"
        "BAT_GRB_Pos_%d-1' role='observation' version='2.0'><Who><Date>2026-11-%02dT20:01:00</Date>"
        "</Who><What><Param name='TrigID' value='%d'/>",
        k, 1 + k % 28, 1000000 + k);
    for (int i = 0; i < 24; i++)
        n +=
            (size_t)snprintf(s + n, sizeof s - n,
                             "<Param name='Param_%02d' value='%d.%d' unit='sigma' ucd='stat.snr'/>",
                             i, (k * 7 + i) % 31, i);
    snprintf(
        s + n, sizeof s - n,
        "</What><WhereWhen><ObsDataLocation><ObservationLocation><AstroCoords coord_system_id="
        "'UTC-FK5-GEO'><Time><TimeInstant><ISOTime>2026-11-%02dT20:00:00</ISOTime></TimeInstant>"
        "</Time><Position2D unit='deg'><Value2><C1>%.4f</C1><C2>%.4f</C2></Value2><Error2Radius>"
        "%.3f</Error2Radius></Position2D></AstroCoords></ObservationLocation></ObsDataLocation>"
        "</WhereWhen></v:VOEvent>",
        1 + k % 28, k * 0.0036, -80.0 + k % 160, 0.01 + k % 50 * 0.1);
    return s;
}

static void load(void)
{
    const char *corpus = getenv("VIGIE_CORPUS");
    char *folder = corpus ? mem_printf("%s/alerts/voevent", corpus) : NULL;
    DIR *d = folder ? opendir(folder) : NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        char *path = mem_printf("%s/%s", folder, e->d_name);
        struct str t = {0};
        if (e->d_name[0] != '.' && file_read(path, 1 << 22, &t, NULL) == OK)
            VEC_PUSH(packets, t);
        free(path);
    }
    if (d)
        closedir(d);
    for (int i = 0; i < 400 && !d; i++) {
        struct str t = {0};
        str_add(&t, typical(i));
        VEC_PUSH(packets, t);
    }
    free(folder);
}

static void decode(void)
{
    int64_t begin = clock_thread_us(), used = 0;
    size_t n = 0, bytes = 0, n_bad = 0;
    while (used < SECONDS_US)
        for (size_t i = 0; i < packets.n; i++, n++) {
            struct alert_batch b;
            n_bad += alert_decode(str_c(&packets.at[i]), packets.at[i].n, &b, NULL) != OK;
            bytes += packets.at[i].n;
            alert_batch_clear(&b);
            used = clock_thread_us() - begin;
        }
    printf("alerts: %.0f packets decoded a second (%.0f MB/s, %.0f %% unreadable)\n",
           (double)n * 1e6 / (double)used, (double)bytes / (double)used,
           100 * (double)n_bad / (double)n);
}

static void insert(void)
{
    char path[64];
    struct store *st;
    struct alert_book *book;
    struct store_options o = {.rooms = &alert_store_room, .n_rooms = 1};
    snprintf(path, sizeof path, "/tmp/bench_alerts.%d.db", (int)getpid());
    if (store_open(path, &o, &st, NULL) != OK || alert_book_open(st, 0, &book, NULL) != OK)
        exit(1);
    int64_t begin = clock_thread_us(), used = 0;
    int n = 0;
    for (; used < 2 * SECONDS_US; n++) {
        const char *p = typical(n);
        struct alert_taken t;
        if (alert_book_take(book, p, strlen(p), "bench", NULL, n, &t, NULL) != OK)
            exit(1);
        used = clock_thread_us() - begin;
    }
    printf("alerts: %.0f packets taken into the store a second\n", n * 1e6 / (double)used);
    alert_book_close(book);
    begin = clock_thread_us();
    if (alert_book_open(st, 0, &book, NULL) != OK)
        exit(1);
    printf("alerts: %zu events loaded in %.0f ms\n", alert_book_n(book),
           (double)(clock_thread_us() - begin) / 1e3);
    alert_book_close(book);
    store_close(st);
    char *rm = mem_printf("rm -f %s*", path);
    if (system(rm) != 0)
        exit(1);
    free(rm);
}

static void run_filter(const struct alert_book *book, const struct alert_judge *judge,
                       struct jd_utc now, const char *text)
{
    struct alert_filter *f;
    struct alert_list l;
    if (alert_filter_new(text, &f, NULL) != OK)
        exit(1);
    struct alert_ask ask = {judge, f, ALERT_BY_TIME, false, now};
    int64_t begin = clock_thread_us();
    alert_list_make(book, &ask, &l);
    printf("alerts: filter '%s' over %zu events: %.1f ms, %zu shown\n", text, alert_book_n(book),
           (double)(clock_thread_us() - begin) / 1e3, l.n);
    alert_list_clear(&l);
    alert_filter_free(f);
}

static void filter(void)
{
    struct store *st;
    struct alert_book *book;
    struct alert_judge *judge;
    struct site site;
    struct jd_utc now;
    struct alert_limits limits = {30 * DEG, -12 * DEG, {0.5 * DEG, 0.5 * DEG}};
    struct store_options o = {.rooms = &alert_store_room, .n_rooms = 1};
    if (store_open(NULL, &o, &st, NULL) != OK || alert_book_open(st, 0, &book, NULL) != OK ||
        site_set(&site, "OHP", 43.9317, 5.7133, 650, NULL) != OK ||
        utc_parse("2026-11-29T21:14:07Z", NULL, &now, NULL) != OK ||
        alert_judge_new(&site, &limits, now, &judge, NULL) != OK)
        exit(1);
    for (int i = 0; i < EVENTS; i++) {
        const char *p = typical(i);
        struct alert_taken t;
        if (alert_book_take(book, p, strlen(p), "bench", NULL, i, &t, NULL) != OK)
            exit(1);
    }
    run_filter(book, judge, now, "type=grb & err<0.2");
    run_filter(book, judge, now, "type=grb & err<0.2 & age<6d");
    run_filter(book, judge, now, "Param_20>28");
    run_filter(book, judge, now, "err<0.2 & alt>30 & age<6d");
    run_filter(book, judge, now, "alt>30");
    alert_judge_free(judge);
    alert_book_close(book);
    store_close(st);
}

int main(void)
{
    load();
    decode();
    insert();
    filter();
    for (size_t i = 0; i < packets.n; i++)
        str_clear(&packets.at[i]);
    VEC_FREE(packets);
    return 0;
}
