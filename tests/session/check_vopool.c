/* check_vopool.c - long work on tables of the Virtual Observatory in the pool: ended in the middle of a sort,
 * a filter, a match, a file; begun anew; its tables taken away meanwhile. That the pool ends early is told
 * by the CPU it takes, beside that of the whole work.
 */
#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"
#include "vigie/session/vodesk.h"

enum { ROWS = 120000, PAIRED = 40000 };

static struct loop *loop;
static struct session *s;
static char folder[] = "/tmp/check_vopool.XXXXXX";

static void setup(void)
{
    struct error err;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("HOME", folder, 1);
    unsetenv("XDG_CACHE_HOME");
    struct conf *conf = conf_new(session_options);
    ck_assert_int_eq(conf_set(conf, "alerts.colibri", "no", NULL), OK);
    loop = loop_new(clock_system());
    struct session_setup o = {.loop = loop, .clock = clock_system(), .conf = conf};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
}

static void teardown(void)
{
    session_free(s);
    loop_free(loop);
    char *command = mem_printf("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

/* CPU of all threads but this one. */
static double pool_ms(void)
{
    struct timespec all, own;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return (double)(all.tv_sec - own.tv_sec) * 1e3 + (double)(all.tv_nsec - own.tv_nsec) * 1e-6;
}

/* The pool is at it. */
static void in_the_middle(double from_ms)
{
    for (int i = 0; pool_ms() < from_ms + 4; i++) {
        ck_assert_int_lt(i, 20000);
        usleep(500);
    }
}

static void quiet(void)
{
    double before = -1;
    for (int i = 0; i < 400 && pool_ms() > before; i++) {
        before = pool_ms();
        for (int k = 0; k < 20; k++) {
            loop_turn(loop, false);
            usleep(1500);
        }
    }
}

static void finish(const struct vo_service *v)
{
    for (int i = 0; v->shown.working || v->saving || v->state == VO_RUNNING; i++) {
        ck_assert_int_lt(i, 200000);
        session_turn(s);
        loop_turn(loop, true);
    }
}

/* Positions of a spiral over the sphere, `shift` degrees further north: neighbours are about half a degree apart.
 * Names that all begin with the same eight bytes. */
static struct vo_service *sky(const char *name, int rows, double shift)
{
    struct error err;
    struct table *t = table_new(NULL);
    table_add(t, &(struct table_field){.name = "n", .datatype = "int"});
    table_add(t, &(struct table_field){.name = "ra", .datatype = "double", .unit = "deg"});
    table_add(t, &(struct table_field){.name = "dec", .datatype = "double", .unit = "deg"});
    table_add(t, &(struct table_field){.name = "name", .datatype = "char", .arraysize = "*"});
    for (int i = 0; i < rows; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "catalogue %07d", (int)(i * 7919LL % 999983));
        table_put_int(t, 0, i);
        table_put_double(t, 1, fmod(i * 137.50776405, 360));
        table_put_double(t, 2, shift + asin(1.98 * (i + 0.5) / rows - 0.99) * 180 / M_PI);
        table_put_string(t, 3, text, (size_t)n);
        ck_assert_int_eq(table_row_end(t, &err), OK);
    }
    ck_assert_int_eq(session_vo_show(s, name, t, false, &err), OK);
    return session_vo_query(s, session_vo(s)->shown)->service.at[0];
}

/* ---- a sort, a filter ---- */

static int64_t number(const struct vo_service *v, size_t i)
{
    int64_t n = -1;
    ck_assert(table_int(v->table, vo_shown_at(v, i), 0, &n));
    return n;
}

static void end_arrangement(const char *filter, int column, bool falling)
{
    uint64_t id = session_vo(s)->shown;
    struct vo_service *v = session_vo_query(s, id)->service.at[0];
    size_t rows = vo_shown_n(v);
    int64_t first = number(v, 0), last = number(v, rows - 1);
    int before = v->shown.column;
    char *said = mem_str(v->shown.filter);
    double began = pool_ms();
    session_vo_arrange(s, id, v, column, falling, filter);
    finish(v);
    double whole = pool_ms() - began;
    ck_assert(number(v, 0) != first || vo_shown_n(v) != rows);
    session_vo_arrange(s, id, v, before, false, said);
    finish(v);
    began = pool_ms();
    session_vo_arrange(s, id, v, column, falling, filter);
    ck_assert(v->shown.working);
    in_the_middle(began);
    ck_assert_int_eq(session_vo_cancel(s, id, NULL), 1);
    ck_assert(!v->shown.working);
    ck_assert_ptr_nonnull(strstr(session_message(s, NULL), "cancelled, the rows stay"));
    ck_assert_int_eq(session_vo_cancel(s, id, NULL), 0);
    quiet();
    ck_assert_msg(pool_ms() - began < whole * 0.6, "%g of %g ms", pool_ms() - began, whole);
    ck_assert_uint_eq(vo_shown_n(v), rows);
    ck_assert_int_eq(number(v, 0), first);
    ck_assert_int_eq(number(v, rows - 1), last);
    ck_assert_int_eq(v->shown.column, before);
    ck_assert_str_eq(v->shown.filter, said);
    free(said);
}

START_TEST(arrangement_ended)
{
    struct vo_service *v = sky("long", ROWS, 0);
    uint64_t id = session_vo(s)->shown;
    end_arrangement("", 3, true);
    end_arrangement("distance(ra, dec, 180, 0) < 60 and name ~ '9'", -1, false);
    /* the same begun again comes to its end */
    session_vo_arrange(s, id, v, 3, false, "n < 50000");
    finish(v);
    ck_assert_uint_eq(vo_shown_n(v), 50000);
    for (size_t i = 1; i < 50000; i++)
        ck_assert(number(v, i - 1) * 7919 % 999983 < number(v, i) * 7919 % 999983);
    /* a newer one ends the one before, and is what is seen */
    session_vo_arrange(s, id, v, 3, true, "");
    in_the_middle(pool_ms());
    session_vo_arrange(s, id, v, 0, true, "n < 60000");
    session_vo_arrange(s, id, v, 0, true, "n < nobody"); /* cannot be read: does not end it */
    finish(v);
    ck_assert_int_eq(v->shown.bad.status, E_PARSE);
    ck_assert_uint_eq(vo_shown_n(v), 60000);
    ck_assert_int_eq(number(v, 0), 59999);
    session_vo_arrange(s, id, v, 3, true, "");
    in_the_middle(pool_ms());
    session_vo_forget(s, id);
    quiet();
}
END_TEST

/* ---- a file ---- */

static size_t files(const char *with)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d));)
        n += strstr(e->d_name, with) != NULL;
    closedir(d);
    return n;
}

START_TEST(file_ended)
{
    static const char *const ending[] = {"csv", "vot", "json", "fits"};
    struct vo_service *v = sky("long", ROWS, 0);
    uint64_t id = session_vo(s)->shown;
    struct error err;
    struct str text = {0};
    session_vo_arrange(s, id, v, 3, true, "n > 20"); /* a choice of rows is made first */
    finish(v);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        char *path = mem_printf("%s/out.%s", folder, ending[i]);
        double began = pool_ms();
        ck_assert_int_eq(session_vo_save(s, id, v, path, false, &err), OK);
        finish(v);
        double whole = pool_ms() - began;
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(file_replace(path, "old", 3, 0644, &err), OK);
        began = pool_ms();
        ck_assert_int_eq(session_vo_save(s, id, v, path, false, &err), OK);
        ck_assert_uint_eq(v->saving, 1);
        if (i % 2)
            in_the_middle(began);
        else /* already on the disk */
            for (int k = 0; files("out.") < 2; k++) {
                ck_assert_int_lt(k, 20000);
                usleep(500);
            }
        ck_assert_int_eq(session_vo_cancel(s, id, v), 1);
        ck_assert_int_eq(session_vo_cancel(s, id, v), 0); /* it is asked already */
        finish(v);
        ck_assert_msg(pool_ms() - began < whole * 0.9, "%g of %g ms", pool_ms() - began, whole);
        ck_assert_ptr_nonnull(strstr(session_message(s, NULL), "cancelled, nothing is saved"));
        ck_assert_int_eq(file_read(path, 100, &text, &err), OK);
        ck_assert_str_eq(str_c(&text), "old");
        ck_assert_uint_eq(files("out."), 1);
        ck_assert_int_eq(unlink(path), 0);
        free(path);
    }
    ck_assert_uint_eq(vo_shown_n(v), ROWS - 21);
    str_clear(&text);
}
END_TEST

/* ---- a match ---- */

START_TEST(match_made_and_ended)
{
    struct vo_service *a = sky("one", PAIRED, 0), *b;
    uint64_t first = session_vo(s)->shown, id, other;
    struct error err;
    b = sky("two", PAIRED, 0.001);
    other = session_vo(s)->shown;
    double began = pool_ms();
    ck_assert_int_eq(session_vo_match(s, a, b, 0.01, &id, &err), OK);
    const struct vo_service *v = session_vo_query(s, id)->service.at[0];
    ck_assert_int_eq(v->state, VO_RUNNING); /* at once, and nothing yet */
    ck_assert_ptr_null(v->table);
    ck_assert_int_eq(session_vo_match(s, v, b, 0.01, &other, &err), E_BUSY);
    ck_assert_ptr_nonnull(strstr(err.text, "still arrive"));
    finish(v);
    double whole = pool_ms() - began;
    ck_assert_int_eq(v->state, VO_DONE);
    ck_assert_uint_eq(v->table->rows, PAIRED); /* each with its own, 3.6 arcsec away */
    int sep = table_find(v->table, "separation"), n2 = table_find(v->table, "n_2");
    ck_assert(sep > 0 && n2 > 0);
    for (size_t i = 0; i < PAIRED; i++) {
        ck_assert(fabs(table_double(v->table, i, (size_t)sep) - 3.6) < 1e-6);
        ck_assert(table_double(v->table, i, (size_t)n2) == (double)i);
    }
    /* ended */
    began = pool_ms();
    ck_assert_int_eq(session_vo_match(s, a, b, 0.01, &id, &err), OK);
    v = session_vo_query(s, id)->service.at[0];
    in_the_middle(began);
    ck_assert_int_eq(session_vo_cancel(s, id, NULL), 1);
    ck_assert_int_eq(v->state, VO_CANCELLED);
    ck_assert_str_eq(session_vo(s)->past.at[0].note, "cancelled");
    quiet();
    ck_assert_msg(pool_ms() - began < whole * 0.6, "%g of %g ms", pool_ms() - began, whole);
    ck_assert_int_eq(v->state, VO_CANCELLED);
    ck_assert_ptr_null(v->table);
    /* too many pairs: the query says so */
    ck_assert_int_eq(session_vo_match(s, a, b, 20, &id, &err), OK);
    v = session_vo_query(s, id)->service.at[0];
    finish(v);
    ck_assert_int_eq(v->state, VO_FAILED);
    ck_assert_ptr_nonnull(strstr(v->err.text, "smaller radius"));
    ck_assert_int_eq(session_vo_match(s, a, b, -1, &id, &err), E_RANGE);
    /* its tables are taken away meanwhile, by hand and by what is asked next: it does not mind */
    ck_assert_int_eq(session_vo_match(s, a, b, 0.01, &id, &err), OK);
    v = session_vo_query(s, id)->service.at[0];
    session_vo_forget(s, first);
    while (session_vo(s)->query.at[0]->id < id) {
        uint64_t oldest = session_vo(s)->query.at[0]->id;
        session_vo_forget(s, oldest);
    }
    finish(v);
    ck_assert_int_eq(v->state, VO_DONE);
    ck_assert_uint_eq(v->table->rows, PAIRED);
}
END_TEST

/* Sixteen results are in memory, the two oldest are matched: the match is one too many. */
START_TEST(match_pushes_out)
{
    struct error err;
    uint64_t id;
    const struct vo_service *a = sky("a", 9000, 0), *b = sky("b", 9000, 0.001);
    for (int i = 0; i < 14; i++)
        sky("more", 3, 0);
    uint64_t oldest = session_vo(s)->query.at[0]->id;
    ck_assert_int_eq(session_vo_match(s, a, b, 0.01, &id, &err), OK);
    ck_assert_uint_ne(session_vo(s)->query.at[0]->id, oldest);
    const struct vo_service *v = session_vo_query(s, id)->service.at[0];
    ck_assert_str_eq(v->name, "a x b");
    finish(v);
    ck_assert_uint_eq(v->table->rows, 9000);
    /* the session ends while one runs, which is forgotten: the teardown waits for nobody for long */
    a = sky("c", PAIRED, 0);
    b = sky("d", PAIRED, 0.001);
    ck_assert_int_eq(session_vo_match(s, a, b, 0.01, &id, &err), OK);
    session_vo_forget(s, id);
    ck_assert_int_eq(session_vo_match(s, a, b, 0.01, &id, &err), OK);
}
END_TEST

/* A table that still arrives is refused, with what to do. */
START_TEST(match_of_what_arrives)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n<VOTABLE><RESOURCE>"
        "<TABLE><FIELD name=\"ra\" datatype=\"double\"/><FIELD name=\"dec\" datatype=\"double\"/>"
        "<DATA><TABLEDATA>";
    const struct server_step step = {.head = head,
                                     .answer = "<TR><TD>1</TD><TD>2</TD></TR>\n",
                                     .repeat = 20000,
                                     .then = THEN_SILENCE};
    struct server *server = server_start(&step, 1);
    struct vo_wish w = {.kind = VO_CONE};
    struct error err;
    uint64_t id, pairs;
    struct vo_service *b = sky("whole", 100, 0);
    vo_wish_set(&w, VO_PLACE, "1 2");
    vo_wish_set(&w, VO_RADIUS, "1");
    vo_wish_set(&w, VO_ROWS, "50000");
    vo_wish_target(&w, "slow", server_url(server, "/a?"), "", "");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_service *v = session_vo_query(s, id)->service.at[0];
    for (int i = 0; !v->table || v->table->rows < 10000; i++) {
        ck_assert_int_lt(i, 200000);
        loop_turn(loop, true);
    }
    ck_assert_int_eq(v->state, VO_RUNNING);
    ck_assert_int_eq(session_vo_match(s, v, b, 0.1, &pairs, &err), E_BUSY);
    ck_assert_str_eq(err.text, "slow: its rows still arrive; match them when they are all there");
    ck_assert_int_eq(session_vo_match(s, b, v, 0.1, &pairs, &err), E_BUSY);
    ck_assert_int_eq(session_vo_cancel(s, id, NULL), 1);
    vo_wish_clear(&w);
    server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vopool");
    TCase *t = tcase_create("vopool");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, arrangement_ended);
    tcase_add_test(t, file_ended);
    tcase_add_test(t, match_made_and_ended);
    tcase_add_test(t, match_pushes_out);
    tcase_add_test(t, match_of_what_arrives);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
