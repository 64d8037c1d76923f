/* check_vodesk.c - questions to the Virtual Observatory in a running session: how they are written, the
 * states of several services, order and filter, files, history across a restart, answers kept for a
 * night without a network, a job taken up again, long tables in turns that stay short.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"
#include "vigie/session/vodesk.h"
#include "vigie/store/store.h"

#define VOT(s)  "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n" s
#define TEXT(s) "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" s
#define STARS                                                                                      \
    "<VOTABLE><RESOURCE><TABLE><FIELD name=\"id\" datatype=\"char\" arraysize=\"*\"/>"             \
    "<FIELD name=\"ra\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.ra;meta.main\"/>"            \
    "<FIELD name=\"dec\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.dec;meta.main\"/>"          \
    "<FIELD name=\"mag\" datatype=\"float\"/><DATA><TABLEDATA>"                                    \
    "<TR><TD>b</TD><TD>10</TD><TD>20</TD><TD>12.5</TD></TR>"                                       \
    "<TR><TD>a</TD><TD>10.001</TD><TD>20</TD><TD/></TR>"                                           \
    "<TR><TD>c</TD><TD>10</TD><TD>20.1</TD><TD>9.5</TD></TR>"                                      \
    "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"

static struct loop *loop;
static struct session *s;
static char folder[] = "/tmp/check_vodesk.XXXXXX";
static char store[64];

/* Options of the next session: names and values in turn. */
static const char *options[12];

static void open_session(bool offline)
{
    struct error err;
    struct conf *conf = conf_new(session_options);
    for (int i = 0; options[i]; i += 2)
        ck_assert_int_eq(conf_set(conf, options[i], options[i + 1], NULL), OK);
    ck_assert_int_eq(conf_set(conf, "alerts.colibri", "no", NULL), OK);
    ck_assert_int_eq(conf_set(conf, "http.timeout", "2", NULL), OK);
    loop = loop_new(clock_system());
    struct session_setup o = {.loop = loop,
                              .clock = clock_system(),
                              .conf = conf,
                              .store_path = store,
                              .offline = offline};
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
    snprintf(store, sizeof store, "%s/vigie.db", folder);
    setenv("HOME", folder, 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("IVOA_REGISTRY");
}

static void teardown(void)
{
    if (s)
        close_session();
    char *command = mem_printf("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static bool running(const struct vo_query *q)
{
    bool some = q->resolving;
    for (size_t i = 0; i < q->service.n; i++)
        some |= q->service.at[i]->state == VO_RUNNING || q->service.at[i]->state == VO_WAITING ||
                q->service.at[i]->shown.working;
    return some;
}

/* Turns until nothing of the query runs any more, and what is to be kept is. */
static const struct vo_query *finish(uint64_t id)
{
    const struct vo_query *q = session_vo_query(s, id);
    ck_assert_ptr_nonnull(q);
    for (int i = 0;; i++) {
        ck_assert_int_lt(i, 200000);
        session_turn(s);
        bool busy = jobs_n(session_jobs(s)) || events_waiting(session_events(s));
        if (!busy && !running(q))
            break;
        loop_turn(loop, !busy);
    }
    return q;
}

static void cone(struct vo_wish *w, const char *first, const char *second)
{
    *w = (struct vo_wish){.kind = VO_CONE};
    vo_wish_set(w, VO_PLACE, "M 1 = 10.0 20.0");
    vo_wish_set(w, VO_RADIUS, "6'");
    vo_wish_target(w, "first", first, "ivo://a/b", "scs");
    if (second)
        vo_wish_target(w, "second", second, "", "");
}

static void option(const char *name, const char *value)
{
    int n = 0;
    while (options[n])
        n += 2;
    options[n] = mem_str(name); /* for the life of the test's process */
    options[n + 1] = mem_str(value);
}

START_TEST(as_people_write)
{
    double ra, dec, deg;
    ck_assert(vo_place_read("NGC 891 = 02:22:33.4 +42:20:57", &ra, &dec));
    ck_assert(fabs(ra - 35.639167) < 1e-5 && fabs(dec - 42.349167) < 1e-5);
    ck_assert(vo_place_read("35.6 42.3", &ra, &dec) && ra == 35.6 && dec == 42.3);
    ck_assert(!vo_place_read("NGC 891", &ra, &dec));
    ck_assert(vo_size_read("5'", &deg) && fabs(deg - 5 / 60.0) < 1e-12);
    ck_assert(vo_size_read("30\"", &deg) && fabs(deg - 30 / 3600.0) < 1e-12);
    ck_assert(vo_size_read("0.5", &deg) && deg == 0.5);
    ck_assert(vo_size_read("2 deg", &deg) && deg == 2);
    ck_assert(!vo_size_read("five", &deg) && !vo_size_read("", &deg) && !vo_size_read("181", &deg));
    ck_assert(!vo_size_read("-1", &deg) && !vo_size_read("5 parsec", &deg));
    struct vo_wish w = {.kind = VO_TAP}, back = {0};
    struct str text = {0};
    vo_wish_set(&w, VO_ADQL, "SELECT *\nFROM \"t\\n\"");
    vo_wish_target(&w, "tab\there", "http://x/y?a=b", "ivo://z", "tap");
    vo_wish_text(&w, &text);
    vo_wish_read(&back, str_c(&text));
    ck_assert_int_eq(back.kind, VO_TAP);
    ck_assert_str_eq(vo_wish_get(&back, VO_ADQL), "SELECT *\nFROM \"t\\n\"");
    ck_assert_uint_eq(back.target.n, 1);
    ck_assert_str_eq(back.target.at[0].name, "tab\there");
    ck_assert_str_eq(back.target.at[0].protocol, "tap");
    vo_wish_read(&back, "nonsense\n\nkind\ntarget\nuat x"); /* of a newer program: passed over */
    ck_assert_str_eq(vo_wish_get(&back, VO_UAT), "x");
    str_clear(&text);
    vo_wish_clear(&w);
    vo_wish_clear(&back);
}
END_TEST

START_TEST(several_services)
{
    const struct server_step good[] = {{.answer = VOT(STARS)}},
                             bad[] = {{.answer = "HTTP/1.1 400 No\r\nContent-Type: text/plain\r\n"
                                                 "Connection: close\r\n\r\nno such table"}};
    struct server *a = server_start(good, 1), *b = server_start(bad, 1);
    struct vo_wish w;
    struct error err;
    uint64_t id, again;
    open_session(false);
    cone(&w, server_url(a, "/a?"), server_url(b, "/b?"));
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = finish(id);
    ck_assert_uint_eq(q->service.n, 2);
    ck_assert_int_eq(q->service.at[0]->state, VO_DONE);
    ck_assert_uint_eq(q->service.at[0]->table->rows, 3);
    ck_assert_int_eq(q->service.at[0]->lon, 1);
    ck_assert_int_eq(q->service.at[1]->state, VO_FAILED);
    ck_assert_ptr_nonnull(strstr(q->service.at[1]->err.text, "no such table"));
    ck_assert_ptr_nonnull(strstr(server_request(a, 0), "RA=10&DEC=20&SR=0.1"));
    ck_assert_str_eq(session_vo(s)->past.at[0].title, "cone M 1 6'");
    ck_assert_str_eq(session_vo(s)->past.at[0].note, "1 of 2, 3 rows");
    struct vo_seen seen = session_vo_seen(s, q, q->service.at[0], 2);
    ck_assert(fabs(seen.sep_arcsec - 360) < 1e-6);
    /* the history outlives the session, its question can be asked again */
    close_session();
    open_session(false);
    ck_assert_uint_eq(session_vo(s)->past.n, 1);
    ck_assert_str_eq(session_vo(s)->past.at[0].note, "1 of 2, 3 rows");
    vo_wish_clear(&w);
    ck_assert_int_eq(session_vo_wish(s, id, &w, &err), OK);
    ck_assert_int_eq(session_vo_ask(s, &w, &again, &err), OK);
    ck_assert_uint_gt(again, id);
    ck_assert_uint_eq(finish(again)->service.at[0]->table->rows, 3);
    session_vo_forget(s, id);
    vo_wish_clear(&w);
    ck_assert_int_eq(session_vo_wish(s, id, &w, &err), E_ABSENT);
    vo_wish_clear(&w);
    server_stop(a);
    server_stop(b);
}
END_TEST

START_TEST(wrong_questions)
{
    struct vo_wish w = {.kind = VO_CONE};
    struct error err;
    uint64_t id;
    open_session(false);
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), E_RANGE); /* no position */
    vo_wish_set(&w, VO_PLACE, "10 20");
    vo_wish_set(&w, VO_RADIUS, "wide");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), E_RANGE);
    vo_wish_set(&w, VO_RADIUS, "5'");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), E_ABSENT); /* nobody to ask */
    w.kind = VO_REGISTRY;
    vo_wish_set(&w, VO_PLACE, "");
    vo_wish_set(&w, VO_RADIUS, "");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), E_RANGE);
    vo_wish_set(&w, VO_WAVEBAND, "green");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), E_RANGE);
    ck_assert_ptr_nonnull(strstr(err.text, "green"));
    w.kind = VO_TAP;
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), E_RANGE);
    ck_assert_uint_eq(session_vo(s)->past.n, 0);
    vo_wish_clear(&w);
}
END_TEST

START_TEST(cancelled)
{
    const struct server_step never[] = {{.wait_ms = -1}};
    struct server *a = server_start(never, 1);
    struct vo_wish w;
    struct error err;
    uint64_t id;
    open_session(false);
    cone(&w, server_url(a, "/a?"), server_url(a, "/b?"));
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = session_vo_query(s, id);
    for (int i = 0; i < 20; i++)
        loop_turn(loop, false);
    ck_assert_int_eq(q->service.at[1]->state, VO_RUNNING);
    ck_assert_int_eq(session_vo_cancel(s, id, q->service.at[1]), 1);
    ck_assert_int_eq(q->service.at[1]->state, VO_CANCELLED);
    ck_assert_int_eq(q->service.at[0]->state, VO_RUNNING);
    ck_assert_int_eq(session_vo_cancel(s, id, NULL), 1);
    ck_assert_int_eq(session_vo_cancel(s, id, NULL), 0);
    vo_wish_clear(&w);
    server_stop(a);
}
END_TEST

/* What the shown rows are, by their first column. */
static const char *shown(const struct vo_service *v)
{
    static char text[64];
    struct str out = {0};
    for (size_t i = 0; i < vo_shown_n(v); i++)
        table_cell(v->table, vo_shown_at(v, i), 0, &out);
    snprintf(text, sizeof text, "%s", str_c(&out));
    str_clear(&out);
    return text;
}

START_TEST(order_filter_files)
{
    const struct server_step good[] = {{.answer = VOT(STARS)}};
    struct server *a = server_start(good, 1);
    struct vo_wish w;
    struct error err;
    struct str text = {0};
    uint64_t id, pairs;
    open_session(false);
    cone(&w, server_url(a, "/a?"), server_url(a, "/b?"));
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = finish(id);
    struct vo_service *v = q->service.at[0];
    ck_assert_str_eq(shown(v), "bac");
    session_vo_arrange(s, id, v, 0, false, "");
    ck_assert_str_eq(shown(v), "abc");
    session_vo_arrange(s, id, v, 3, true, "");
    ck_assert_str_eq(shown(v), "bca"); /* no magnitude: last */
    session_vo_arrange(s, id, v, 3, false, "mag > 9");
    ck_assert_str_eq(shown(v), "cb");
    session_vo_arrange(s, id, v, 3, false, "mag > nobody");
    ck_assert_int_eq(v->shown.bad.status, E_PARSE);
    ck_assert_str_eq(shown(v), "cb");
    session_vo_arrange(s, id, v, -1, false, "A"); /* a word */
    ck_assert_str_eq(shown(v), "a");
    session_vo_arrange(s, id, v, -1, false, "mag > 100");
    ck_assert_uint_eq(vo_shown_n(v), 0);
    session_vo_arrange(s, id, v, 3, false, "mag > 9");
    session_vo_name(q, v, &text);
    ck_assert_ptr_nonnull(strstr(str_c(&text), "m-1-first-"));
    ck_assert_int_eq(session_vo_save(s, id, v, "x.doc", false, &err), E_RANGE);
    char *path = mem_printf("%s/out.csv", folder);
    ck_assert_int_eq(session_vo_save(s, id, v, path, false, &err), OK);
    for (int i = 0; access(path, F_OK) != 0 && i < 2000; i++)
        loop_turn(loop, true);
    ck_assert_int_eq(file_read(path, 1000, &text, &err), OK);
    ck_assert_str_eq(str_c(&text), "id,ra,dec,mag\nc,10,20.1,9.5\nb,10,20,12.5\n");
    /* the second answer is the same: each matches itself, and b a in both directions */
    ck_assert_int_eq(session_vo_match(s, v, q->service.at[1], 4 / 3600.0, &pairs, &err), OK);
    ck_assert_uint_eq(finish(pairs)->service.at[0]->table->rows, 5);
    free(path);
    str_clear(&text);
    vo_wish_clear(&w);
    server_stop(a);
}
END_TEST

/* What a script shows: a result beside the others, as long as there is room for it. */
START_TEST(shown_by_a_script)
{
    struct error err;
    struct vo_wish w = {0};
    open_session(false);
    struct table *t = table_new(NULL);
    table_add(t, &(struct table_field){.name = "ra", .datatype = "double"});
    table_put_text(t, 0, "10.5", 4);
    ck_assert_int_eq(table_row_end(t, &err), OK);
    unsigned shows = session_vo(s)->shows;
    ck_assert_int_eq(session_vo_show(s, "mine\033[2J", t, true, &err), OK);
    ck_assert_uint_eq(session_vo(s)->shows, shows + 1);
    const struct vo_query *q = session_vo_query(s, session_vo(s)->shown);
    ck_assert_ptr_nonnull(q);
    ck_assert_ptr_null(strchr(q->title, '\033'));
    ck_assert_int_eq(q->service.at[0]->state, VO_DONE);
    ck_assert_uint_eq(vo_shown_n(q->service.at[0]), 1);
    ck_assert_int_eq(session_vo_wish(s, q->id, &w, &err), OK);
    ck_assert(!vo_kind_asks(w.kind));
    vo_wish_clear(&w);
    struct table *wide = table_new(NULL);
    wide->bytes = (size_t)1 << 40;
    ck_assert_int_eq(session_vo_show(s, "wide", wide, false, &err), E_RANGE);
    ck_assert_uint_eq(session_vo(s)->shows, shows + 1);
}
END_TEST

#define SESAME                                                                                     \
    VOT("<Sesame><Target><name>M 1</name><Resolver name=\"S=Simbad\"><jradeg>83.6324</jradeg>"     \
        "<jdedeg>+22.0174</jdedeg><oname>M 1</oname></Resolver></Target></Sesame>")

/* A typed name: the resolver of the option, then what was kept, also without a network; an unknown one. */
START_TEST(names_of_places)
{
    const struct server_step known[] = {{.answer = SESAME}};
    const struct server_step good[] = {{.answer = VOT(STARS)}};
    struct server *a = server_start(known, 1), *b = server_start(good, 1);
    struct vo_wish w;
    struct error err;
    uint64_t id;
    option("vo.sesame", server_url(a, "/sesame"));
    open_session(false);
    cone(&w, server_url(b, "/a?"), NULL);
    vo_wish_set(&w, VO_PLACE, "M 1");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    ck_assert(session_vo_query(s, id)->resolving);
    const struct vo_query *q = finish(id);
    ck_assert_msg(q->err.status == OK, "%s", q->err.text);
    ck_assert(fabs(q->ra_deg - 83.6324) < 1e-9 && fabs(q->dec_deg - 22.0174) < 1e-9);
    ck_assert_ptr_nonnull(strstr(server_request(b, 0), "RA=83.6324"));
    ck_assert_int_eq(server_count(a), 1);
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    ck_assert(finish(id)->ra_deg == 83.6324);
    ck_assert_int_eq(server_count(a), 1); /* it was known */
    vo_wish_set(&w, VO_PLACE, "Nothing of the Kind");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    ck_assert_int_eq(session_vo_cancel(s, id, NULL), 1);
    ck_assert_int_eq(finish(id)->err.status, E_CANCELLED);
    close_session();
    open_session(true);
    vo_wish_set(&w, VO_PLACE, "m 1");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    q = finish(id);
    ck_assert(q->ra_deg == 83.6324);
    ck_assert_int_eq(q->service.at[0]->state, VO_KEPT);
    vo_wish_set(&w, VO_PLACE, "Somewhere else");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    ck_assert_int_ne(finish(id)->err.status, OK);
    vo_wish_clear(&w);
    server_stop(a);
    server_stop(b);
}
END_TEST

/* No resolver answers: SIMBAD's TAP service does. */
START_TEST(names_of_simbad)
{
    static const char basic[] =
        VOT("<VOTABLE><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE>"
            "<FIELD name=\"main_id\" datatype=\"char\" arraysize=\"*\"/><FIELD name=\"ra\" "
            "datatype=\"double\"/><FIELD name=\"dec\" datatype=\"double\"/><DATA><TABLEDATA><TR>"
            "<TD>M 1</TD><TD>83.5</TD><TD>22.25</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE>"
            "</VOTABLE>");
    const struct server_step broken[] = {{.answer = TEXT("it is closed on Fridays")}};
    const struct server_step table[] = {{.answer = basic}}, good[] = {{.answer = VOT(STARS)}};
    struct server *a = server_start(broken, 1), *b = server_start(table, 1),
                  *c = server_start(good, 1);
    struct vo_wish w;
    struct error err;
    uint64_t id;
    option("vo.sesame", server_url(a, "/sesame"));
    option("vo.simbad", server_url(b, "/tap"));
    open_session(false);
    cone(&w, server_url(c, "/a?"), NULL);
    vo_wish_set(&w, VO_PLACE, "M 1");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = finish(id);
    ck_assert_msg(q->ra_deg == 83.5 && q->dec_deg == 22.25, "%s", q->err.text);
    vo_wish_clear(&w);
    server_stop(a);
    server_stop(b);
    server_stop(c);
}
END_TEST

/* Two of six services at a time; each of several has only so long, and its rows stay. */
START_TEST(at_once)
{
    const struct server_step slow[] = {{.answer = VOT(STARS), .wait_ms = 60}};
    const struct server_step never[] = {{.wait_ms = -1}};
    struct server *a = server_start(slow, 1), *b = server_start(never, 1);
    struct vo_wish w;
    struct error err;
    uint64_t id;
    option("vo.at-once", "2");
    option("vo.timeout", "1");
    option("http.timeout", "30");
    open_session(false);
    cone(&w, server_url(a, "/1?"), server_url(a, "/2?"));
    for (int i = 3; i <= 6; i++)
        vo_wish_target(&w, "more", server_url(a, "/n?"), "", "");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = session_vo_query(s, id);
    for (int i = 0; i < 50 && q->service.at[1]->state == VO_WAITING; i++)
        loop_turn(loop, true);
    ck_assert_int_eq(q->service.at[1]->state, VO_RUNNING);
    ck_assert_int_eq(q->service.at[2]->state, VO_WAITING);
    finish(id);
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(q->service.at[i]->state, VO_DONE);
    ck_assert_int_le(server_most(a), 2);
    vo_wish_clear(&w);
    cone(&w, server_url(a, "/1?"), server_url(b, "/2?"));
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    q = finish(id);
    ck_assert_int_eq(q->service.at[0]->state, VO_DONE);
    ck_assert_int_eq(q->service.at[1]->state, VO_FAILED);
    ck_assert_int_eq(q->service.at[1]->err.status, E_TIMEOUT);
    vo_wish_clear(&w);
    server_stop(a);
    server_stop(b);
}
END_TEST

/* The built-in core at once, then the whole thesaurus of the option, kept for the next session. */
START_TEST(thesaurus)
{
    const struct server_step desise[] = {
        {.answer = TEXT("{\"terms\":{\"odd-bursts\":{\"label\":\"Odd bursts\",\"description\":\"\","
                        "\"wider\":[],\"narrower\":[]}}}")}};
    struct server *a = server_start(desise, 1);
    option("vo.vocabulary", server_url(a, "/uat"));
    open_session(false);
    const struct uat *u = session_vo_uat(s);
    ck_assert_int_ge(uat_find(u, "gamma-ray-bursts"), 0);
    ck_assert_int_lt(uat_find(u, "odd-bursts"), 0);
    ck_assert(!session_vo_uat_whole(s));
    unsigned before = session_vo(s)->thesaurus;
    for (int i = 0; i < 5000 && session_vo(s)->thesaurus == before; i++)
        loop_turn(loop, true);
    ck_assert_uint_eq(session_vo(s)->thesaurus, before + 1);
    ck_assert_int_ge(uat_find(session_vo_uat(s), "odd-bursts"), 0);
    ck_assert(session_vo_uat_whole(s));
    char *path = mem_printf("%s/.cache/vigie/vo/uat.desise", folder);
    for (int i = 0; i < 5000 && access(path, F_OK) != 0; i++)
        loop_turn(loop, true);
    free(path);
    close_session();
    server_stop(a);
    open_session(true);
    ck_assert_int_ge(uat_find(session_vo_uat(s), "odd-bursts"), 0);
    ck_assert_int_eq(session_set(s, "vo.vocabulary", "http://127.0.0.1:9/other", NULL), OK);
    ck_assert_ptr_nonnull(session_vo_uat(s));
}
END_TEST

static void turns_until(const enum vo_state *state)
{
    for (int i = 0; i < 20000 && *state == VO_RUNNING; i++)
        loop_turn(loop, true);
}

/* A file: its size while it comes, whole or not at all; only its header; none that is larger than allowed. */
START_TEST(files_of_rows)
{
    enum { BLOCK = 2880 };
    static char head[200], block[BLOCK + 1];
    memset(block, ' ', BLOCK);
    memcpy(block, "SIMPLE  =                    T", 30);
    memcpy(block + 80, "OBJECT  = 'M 1\x1b[31m'", 20);
    memcpy(block + 160, "END", 3);
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Type: image/fits\r\nContent-Length: %d\r\nConnection: "
             "close\r\n\r\n",
             BLOCK * 1000);
    const struct server_step file[] = {{.head = head, .answer = block, .n = BLOCK, .repeat = 1000}};
    const struct server_step text[] = {{.answer = TEXT("not a file of images")}};
    const struct server_step drops[] = {
        {.head = "HTTP/1.1 200 OK\r\nContent-Length: 60\r\nConnection: close\r\n\r\n",
         .answer = "123456789 123456789 123456789 123456789 123456789 123456789 ",
         .drip_ms = 15}};
    struct server *a = server_start(file, 1), *b = server_start(text, 1),
                  *c = server_start(drops, 1);
    struct error err;
    struct str got = {0};
    option("vo.max-download", "3");
    open_session(false);
    const struct vo_desk *d = session_vo(s);
    char *path = mem_printf("%s/m1.fits", folder);
    ck_assert_int_eq(session_vo_fetch(s, "m1", server_url(a, "/m1"), path, false, &err), OK);
    turns_until(&d->load.at[0]->state);
    ck_assert_msg(d->load.at[0]->state == VO_DONE, "%s", d->load.at[0]->err.text);
    ck_assert_int_eq(file_read(path, 4000000, &got, &err), OK);
    ck_assert_uint_eq(got.n, BLOCK * 1000);
    ck_assert_int_eq(session_vo_fetch(s, "m1", server_url(a, "/m1"), NULL, true, &err), OK);
    turns_until(&d->load.at[1]->state);
    ck_assert_int_eq(d->load.at[1]->state, VO_DONE);
    ck_assert_str_eq(str_c(&d->load.at[1]->head),
                     "SIMPLE  =                    T\nOBJECT  = 'M 1?[31m'\n");
    ck_assert_uint_lt(d->load.at[1]->bytes, BLOCK * 900);
    ck_assert_int_eq(session_vo_fetch(s, "t", server_url(b, "/t"), NULL, true, &err), OK);
    turns_until(&d->load.at[2]->state);
    ck_assert_ptr_nonnull(strstr(d->load.at[2]->err.text, "no FITS file"));
    ck_assert_int_eq(session_set(s, "vo.max-download", "1", NULL), OK);
    ck_assert_int_eq(session_vo_fetch(s, "m2", server_url(a, "/m2"), path, false, &err), OK);
    turns_until(&d->load.at[3]->state);
    ck_assert_int_eq(d->load.at[3]->err.status, E_RANGE);
    ck_assert_int_eq(session_vo_fetch(s, "x", "file:///etc/passwd", path, false, &err), OK);
    turns_until(&d->load.at[4]->state);
    ck_assert_int_eq(d->load.at[4]->state, VO_FAILED);
    ck_assert_int_eq(file_read(path, 4000000, &got, &err), OK);
    ck_assert_uint_eq(got.n, BLOCK * 1000); /* the old one is whole */
    free(path);
    path = mem_printf("%s/slow.dat", folder);
    bool part = false;
    ck_assert_int_eq(session_vo_fetch(s, "slow", server_url(c, "/s"), path, false, &err), OK);
    for (int i = 0; i < 20000 && d->load.at[5]->state == VO_RUNNING; i++) {
        loop_turn(loop, true);
        part |= d->load.at[5]->total == 60 && d->load.at[5]->bytes > 0 &&
                d->load.at[5]->bytes < 60 && access(path, F_OK) != 0;
    }
    ck_assert(part);
    ck_assert_int_eq(d->load.at[5]->state, VO_DONE);
    free(path);
    str_clear(&got);
    server_stop(a);
    server_stop(b);
    server_stop(c);
}
END_TEST

START_TEST(kept_answers)
{
    const struct server_step good[] = {{.answer = VOT(STARS)}};
    struct server *a = server_start(good, 1);
    struct vo_wish w;
    struct error err;
    uint64_t id;
    open_session(false);
    cone(&w, server_url(a, "/a?"), NULL);
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    finish(id);
    close_session();
    server_stop(a);
    open_session(true);
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = finish(id);
    ck_assert_int_eq(q->service.at[0]->state, VO_KEPT);
    ck_assert_uint_eq(q->service.at[0]->table->rows, 3);
    ck_assert(table_null(q->service.at[0]->table, 1, 3));
    ck_assert_int_gt(q->service.at[0]->kept_ns, session_now_ns(s) - 100 * 1000000000LL);
    vo_wish_set(&w, VO_RADIUS, "7'"); /* never asked */
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    ck_assert_int_eq(finish(id)->service.at[0]->state, VO_FAILED);
    vo_wish_clear(&w);
}
END_TEST

static int64_t journal_rows(void)
{
    struct query *q;
    struct error err;
    bool row;
    ck_assert_int_eq(store_query(session_store(s), "SELECT COUNT(*) FROM vo_job", &q, &err), OK);
    ck_assert_int_eq(query_next(q, &row, &err), OK);
    int64_t n = query_int(q, 0);
    query_end(q);
    return n;
}

START_TEST(job_taken_up)
{
    static char see[200];
    struct server_step steps[] = {{.answer = see},
                                  {.answer = see},
                                  {.answer = TEXT("EXECUTING")},
                                  {.answer = TEXT("COMPLETED")},
                                  {.answer = VOT(STARS)}};
    struct server *a = server_start(steps, 5);
    struct vo_wish w = {.kind = VO_JOB};
    struct error err;
    uint64_t id;
    snprintf(see, sizeof see,
             "HTTP/1.1 303 See\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
             server_url(a, "/tap/async/7"));
    open_session(false);
    vo_wish_set(&w, VO_ADQL, "SELECT 1");
    vo_wish_target(&w, "TAP", server_url(a, "/tap"), "", "tap");
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = session_vo_query(s, id);
    for (int i = 0; strcmp(q->service.at[0]->phase, "EXECUTING") != 0; i++) {
        ck_assert_int_lt(i, 20000);
        session_turn(s);
        loop_turn(loop, true);
    }
    ck_assert_int_eq(journal_rows(), 1);
    close_session(); /* the job runs on */
    open_session(false);
    ck_assert_uint_eq(session_vo(s)->query.n, 1);
    q = finish(id);
    ck_assert_int_eq(q->service.at[0]->state, VO_DONE);
    ck_assert_uint_eq(q->service.at[0]->table->rows, 3);
    ck_assert_int_eq(journal_rows(), 0);
    ck_assert_str_eq(session_vo(s)->past.at[0].note, "3 rows");
    vo_wish_clear(&w);
    server_stop(a);
}
END_TEST

START_TEST(long_tables)
{
    enum { ROWS = 200000 };
    static const char head[] =
        VOT("<VOTABLE><RESOURCE><TABLE><FIELD name=\"x\" datatype=\"int\"/><FIELD name=\"t\" "
            "datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA>");
    const struct server_step steps[] = {
        {.head = head, .answer = "<TR><TD>7</TD><TD>row</TD></TR>", .repeat = ROWS}};
    struct server *a = server_start(steps, 1);
    struct vo_wish w;
    struct error err;
    uint64_t id;
    open_session(false);
    cone(&w, server_url(a, "/a?"), NULL);
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), OK);
    const struct vo_query *q = finish(id);
    struct vo_service *v = q->service.at[0];
    ck_assert_int_eq(v->state, VO_FAILED); /* the document has no end: its rows stay, marked */
    ck_assert_uint_eq(v->table->rows, ROWS);
    ck_assert(v->table->partial);
    session_vo_arrange(s, id, v, 0, true, "x > 3");
    ck_assert(v->shown.working);
    session_vo_arrange(s, id, v, 0, true, "x > 8"); /* overtakes the first */
    finish(id);
    ck_assert_uint_eq(vo_shown_n(v), 0);
    session_vo_arrange(s, id, v, 0, false, "x > 3");
    session_vo_forget(s, id); /* while the pool reads it */
    ck_assert_ptr_null(session_vo_query(s, id));
    close_session();
    vo_wish_clear(&w);
    server_stop(a);
}
END_TEST

START_TEST(the_demo)
{
    struct error err;
    struct vo_wish w = {.kind = VO_CONE};
    uint64_t id;
    struct clock_shifted at;
    clock_shifted_init(&at, 1795468447LL * 1000000000);
    loop = loop_new(&at.clock);
    struct session_setup o = {
        .loop = loop, .clock = &at.clock, .conf = conf_new(session_options), .demo = true};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
    const struct vo_desk *d = session_vo(s);
    ck_assert_uint_eq(d->query.n, 2);
    ck_assert_uint_eq(d->query.at[0]->find.n, 3);
    const struct vo_service *v = d->query.at[1]->service.at[0];
    ck_assert_uint_eq(v->table->rows, 14);
    struct vo_seen seen = session_vo_seen(s, d->query.at[1], v, 0);
    ck_assert(fabs(seen.sep_arcsec - hypot(2.5, 6.6)) < 0.01);
    ck_assert(seen.alt_rad > 0.5);
    session_vo_cone_at(s, "AT 2026aavn = x", 35.62, 42.35, 0);
    ck_assert_uint_eq(d->drafts, 1);
    ck_assert_str_eq(vo_wish_get(&d->draft, VO_PLACE), "AT 2026aavn   x = 02:22:28.80 +42:21:00.0");
    ck_assert_uint_eq(d->draft.target.n, 2);
    vo_wish_copy(&w, &d->draft);
    ck_assert_int_eq(session_vo_ask(s, &w, &id, &err), E_REFUSED);
    vo_wish_clear(&w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vodesk");
    TCase *t = tcase_create("vodesk");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, as_people_write);
    tcase_add_test(t, several_services);
    tcase_add_test(t, wrong_questions);
    tcase_add_test(t, cancelled);
    tcase_add_test(t, order_filter_files);
    tcase_add_test(t, shown_by_a_script);
    tcase_add_test(t, names_of_places);
    tcase_add_test(t, names_of_simbad);
    tcase_add_test(t, at_once);
    tcase_add_test(t, thesaurus);
    tcase_add_test(t, files_of_rows);
    tcase_add_test(t, kept_answers);
    tcase_add_test(t, job_taken_up);
    tcase_add_test(t, long_tables);
    tcase_add_test(t, the_demo);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
