/* check_vo.c - services from scripts: what goes wrong has its kind and its sentence, whenever the line is cut, nothing hangs;
 * a cancelled call ends its request; without `net` no script reaches the local network. On servers that play a script.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/server.h"
#include "runner.h"
#include "vigie/base/clock.h"
#include "vigie/base/mem.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

#define XML "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define ROWS                                                                                       \
    "<VOTABLE><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE><FIELD " \
    "name=\"ra\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.ra;meta.main\"/><FIELD name=\"n\" " \
    "datatype=\"long\"/><DATA><TABLEDATA><TR><TD>10.5</TD><TD>9007199254740993</TD></TR><TR><TD/>" \
    "<TD/></TR></TABLEDATA></DATA></TABLE>"
#define GOOD XML ROWS "</RESOURCE></VOTABLE>"

static struct runner r;

static void setup(void)
{
    runner_open(&r, NULL, NULL);
    setenv("XDG_CACHE_HOME", r.folder, 1);
    unsetenv("IVOA_REGISTRY");
}

static void teardown(void)
{
    runner_close(&r);
}

/* Runs code with U as the server's address. */
static const char *with(const struct server_step *steps, int n, const char *code)
{
    struct server *s = server_start(steps, n);
    char *text = mem_printf("local U = '%s' %s", server_url(s, "/x"), code);
    const char *said = runner_script(&r, text);
    free(text);
    server_stop(s);
    return said;
}

#define SEARCH "local svc = vo.scs(U) local t = svc:search{pos = '10 20', radius = '1d'} "
#define TELLS                                                                                      \
    "local function tell(f, ...) local v, e = try(f, ...) print(e and e.kind, e and e.message) "   \
    "end "                                                                                         \
    "local svc = vo.scs(U) tell(svc.search, svc, {pos = '10 20', radius = '1d', timeout = 5})"

START_TEST(answers)
{
    static const struct server_step good = {.answer = GOOD};
    ck_assert_str_eq(with(&good, 1,
                          SEARCH "print(#t, t[1].ra, t[1].n, t[2].ra, t.status, "
                                 "t[1]:getbyucd'pos.eq.ra;meta.main')"),
                     "2\t10.5\t9007199254740993\tnil\tOK\t10.5\n");
    static const struct server_step cut = {
        .answer = XML ROWS "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/></RESOURCE></VOTABLE>"};
    ck_assert_str_eq(with(&cut, 1, SEARCH "print(#t, t.status)"), "2\tOVERFLOW\n");
    ck_assert_str_eq(with(&good, 1,
                          "local t = vo.scs(U):search{pos = '10 20', radius = 1, maxrec = "
                          "2} print(#t, t.status, t.meta.partial)"),
                     "2\tOVERFLOW\ttrue\n");
}
END_TEST

START_TEST(refusals)
{
    static const struct server_step error = {
        .answer = XML "<VOTABLE><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" "
                      "value=\"ERROR\">no such position</INFO></RESOURCE></VOTABLE>"};
    ck_assert_ptr_nonnull(strstr(with(&error, 1, TELLS), "service\t127.0.0.1"));
    ck_assert_ptr_nonnull(strstr(with(&error, 1, TELLS), "no such position"));
    static const struct server_step absent = {
        .answer = "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
    ck_assert_ptr_nonnull(strstr(with(&absent, 1, TELLS), "service\t127.0.0.1"));
    static const struct server_step page = {
        .answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: "
                  "close\r\n\r\n<html><body>Hello</body></html>"};
    ck_assert_ptr_nonnull(strstr(with(&page, 1, TELLS), "parse\t127.0.0.1"));
    ck_assert_ptr_nonnull(strstr(with(&page, 1, TELLS), "answered a web page"));
    static const struct server_step silent = {.wait_ms = -1, .answer = ""};
    ck_assert_ptr_nonnull(
        strstr(with(&silent, 1,
                    "local svc = vo.scs(U) local v, e = try(svc.search, svc, {pos = '1 2', "
                    "radius = 1, timeout = 0.2}) print(e.kind, e.message, e.hint, e.url)"),
               "timeout\t127.0.0.1:"));
    ck_assert_ptr_nonnull(strstr(r.said.s, "no answer in 0.2 s\ttry timeout = 120"));
    ck_assert_ptr_nonnull(strstr(r.said.s, "/x?RA=1"));
    ck_assert_str_eq(with(&silent, 1,
                          "local svc = vo.scs(U) print(try(svc.search, svc, {pos = '1 2', "
                          "raduis = 1}))"),
                     "nil\targument: service:search: there is no raduis; did you mean radius?\n");
    ck_assert_ptr_nonnull(strstr(with(&silent, 1, "vo.scs'file:///etc/passwd'"),
                                 "! argument: file:///etc/passwd: not the address of a service"));
}
END_TEST

/* Each call that asks, at the same time; what each of them ended with. */
#define ALL_CALLS                                                                                  \
    "local P = {pos = '10 20', radius = '1d', timeout = 20} "                                      \
    "local tap = vo.tap(U) "                                                                       \
    "local calls = {"                                                                              \
    "scs = function() vo.scs(U):search(P) end, sia = function() vo.sia(U):search(P) end, "         \
    "sia2 = function() vo.sia2(U):search(P) end, ssa = function() vo.ssa(U):search(P) end, "       \
    "links = function() vo.datalink(U):search{id = 'x', timeout = 20} end, "                       \
    "sync = function() tap:run_sync'SELECT 1 FROM t' end, "                                        \
    "upload = function() tap:run_sync('SELECT 1 FROM TAP_UPLOAD.t', {uploads = {t = tbl.new{{x = " \
    "1}}}}) end, "                                                                                 \
    "async = function() tap:run_async('SELECT 1 FROM t', {timeout = 20}) end, "                    \
    "job = function() local j = tap:submit_job'SELECT 1 FROM t' j:run() j:wait{timeout = 20} "     \
    "j:fetch_result() end, "                                                                       \
    "tables = function() return tap.tables end, columns = function() tap:columns't' end, "         \
    "examples = function() return tap.examples end, maxrec = function() return tap.maxrec end, "   \
    "describe = function() tap:describe() end, "                                                   \
    "registry = function() vo.registry.search{'x', timeout = 20} end} "                            \
    "local tasks, names = {}, {} "                                                                 \
    "for name, f in pairs(calls) do names[#names + 1] = name "                                     \
    "tasks[#tasks + 1] = spawn(function() local v, e = try(f) return e and e.kind or 'fine' end) " \
    "end "                                                                                         \
    "local n = 0 "                                                                                 \
    "for i, kind in ipairs(all(tasks)) do n = n + 1 if kind ~= 'network' then print(names[i], "    \
    "kind) end end print(n)"

static void all_break(const struct server_step *step)
{
    struct server *s = server_start(step, 1);
    setenv("IVOA_REGISTRY", server_url(s, "/tap"), 1);
    char *text = mem_printf("local U = '%s' %s", server_url(s, "/x"), ALL_CALLS);
    ck_assert_str_eq(runner_script(&r, text), "15\n");
    ck_assert_int_ge(server_count(s), 15);
    free(text);
    server_stop(s);
}

START_TEST(cut_before)
{
    static const struct server_step closes = {.answer = ""};
    all_break(&closes);
}
END_TEST

START_TEST(cut_in_the_middle)
{
    static const struct server_step cut = {
        .answer =
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n" ROWS};
    all_break(&cut);
}
END_TEST

/* Those whose addresses are fixed: the way to them, a proxy, breaks before the answer and in it. */
START_TEST(cut_on_the_way)
{
    static const struct server_step ways[] = {
        {.answer = ""}, {.answer = "HTTP/1.1 200 Connection established\r\n\r\n\x16\x03"}};
    struct server *s = server_start(&ways[_i], 1);
    setenv("https_proxy", server_url(s, ""), 1);
    ck_assert_str_eq(
        runner_script(&r,
                      "local function kind(f, o) o.pos, o.radius, o.timeout = '1 2', \"5'\", 20 "
                      "local v, e = try(f, o) print(v, e and e.kind) end "
                      "kind(vo.vizier.query_region, {catalog = 'I/355/gaiadr3'}) "
                      "kind(vo.gaia.field, {max_mag = 12})"),
        "nil\tnetwork\nnil\tnetwork\n");
    ck_assert_int_ge(server_count(s), 5); /* VizieR, and each of Gaia's archives */
    unsetenv("https_proxy");
    server_stop(s);
}
END_TEST

/* Names and SIMBAD are asked where the options say, also those that were set after the first question. */
START_TEST(own_addresses)
{
    static const struct server_step closes = {.answer = ""};
    static const char code[] =
        "local function kind(f, ...) local v, e = try(f, ...) print(e and e.kind) end "
        "kind(coord.from_name, 'M 1', {timeout = 20}) "
        "kind(vo.resolver.resolve, 'M 1', {timeout = 20}) "
        "kind(vo.simbad.query_object, 'M 1', {timeout = 20}) "
        "kind(vo.registry.search, {'x', timeout = 20})";
    struct error err;
    struct session *s;
    runner_close(&r);
    struct loop *loop = loop_new(clock_system());
    struct conf *conf = conf_new(session_options);
    struct session_setup o = {
        .loop = loop, .clock = clock_system(), .conf = conf, .one_shot = true};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
    runner_open(&r, loop, s);
    setenv("XDG_CACHE_HOME", r.folder, 1);
    struct server *first = server_start(&closes, 1), *second = server_start(&closes, 1);
    for (int i = 0; i < 2; i++) {
        struct server *now = i ? second : first;
        ck_assert_int_eq(conf_set(conf, "vo.sesame", server_url(now, "/sesame?"), NULL), OK);
        ck_assert_int_eq(conf_set(conf, "vo.simbad", server_url(now, "/tap"), NULL), OK);
        ck_assert_int_eq(conf_set(conf, "vo.registry", server_url(now, "/reg"), NULL), OK);
        ck_assert_str_eq(runner_script(&r, code), "network\nnetwork\nnetwork\nnetwork\n");
        ck_assert_int_ge(server_count(now), 4);
    }
    server_stop(first);
    server_stop(second);
    runner_close(&r);
    session_free(s);
    loop_free(loop);
    runner_open(&r, NULL, NULL); /* for teardown */
}
END_TEST

START_TEST(cancelled)
{
    static const struct server_step silent = {.wait_ms = -1, .answer = ""};
    const struct clock *c = clock_system();
    int64_t began = CLOCK_MS(c);
    r.cancel_ms = 200;
    with(&silent, 1,
         "on_exit(function(why) print(why) end) local tap = vo.tap(U) "
         "spawn(function() tap:run_async'SELECT 1 FROM t' end) "
         "spawn(function() vo.scs(U):search{pos = '1 2', radius = 1} end) "
         "spawn(function() return tap.tables end) "
         "pcall(function() vo.sia2(U):search{pos = '1 2', radius = 1} end) print'never'");
    ck_assert_int_eq(r.state, LUA_TASK_CANCELLED);
    ck_assert_ptr_null(strstr(str_c(&r.said), "never"));
    ck_assert_int_lt(CLOCK_MS(c) - began, 3000);
}
END_TEST

START_TEST(local_network)
{
    static const struct server_step good = {.answer = GOOD};
    r.grants = "vo";
    ck_assert_ptr_nonnull(strstr(with(&good, 1, TELLS), "permission\t127.0.0.1"));
    ck_assert_ptr_nonnull(strstr(r.said.s, "lies in the local network"));
    const char *const hosts[] = {
        "localhost:9",   "[::1]:9",    "127.1:9",       "2130706433:9", "10.0.0.1:9",
        "192.168.1.1:9", "0.0.0.0:9",  "169.254.1.1:9", "172.20.0.1",   "[::ffff:127.0.0.1]:9",
        "[fe80::1]:9",   "[fd00::1]:9"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char *code =
            mem_printf("local svc = vo.scs'http://%s/x?' local v, e = try(svc.search, svc, "
                       "{pos = '1 2', radius = 1, timeout = 5}) print(e.kind)",
                       hosts[i]);
        ck_assert_msg(strcmp(with(&good, 1, code), "permission\n") == 0, "%s: %s", hosts[i],
                      r.said.s);
        free(code);
    }
    r.grants = "vo net";
    ck_assert_str_eq(with(&good, 1, SEARCH "print(#t)"), "2\n");
    /* what stands where the user's own registry stands */
    r.grants = "vo";
    struct server *s = server_start(&good, 1);
    setenv("IVOA_REGISTRY", server_url(s, "/tap"), 1);
    char *code = mem_printf("local U = '%s' " SEARCH "print(#t)", server_url(s, "/x"));
    ck_assert_str_eq(runner_script(&r, code), "2\n");
    free(code);
    server_stop(s);
    r.grants = "";
    ck_assert_str_eq(runner_script(&r, "vo.scs'http://a.example/x'"),
                     "! permission: vo.scs: the header must say it: needs = { \"vo\" }\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vo");
    TCase *c = tcase_create("vo");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, answers);
    tcase_add_test(c, refusals);
    tcase_add_test(c, cut_before);
    tcase_add_test(c, cut_in_the_middle);
    tcase_add_loop_test(c, cut_on_the_way, 0, 2);
    tcase_add_test(c, own_addresses);
    tcase_add_test(c, cancelled);
    tcase_add_test(c, local_network);
    tcase_set_timeout(c, 60);
    suite_add_tcase(suite, c);
    SRunner *s = srunner_create(suite);
    srunner_run_all(s, CK_NORMAL);
    int failed = srunner_ntests_failed(s);
    srunner_free(s);
    return failed != 0;
}
