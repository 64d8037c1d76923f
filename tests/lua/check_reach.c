/* check_reach.c - what scripts reach over the network, and what comes back: a redirect leads no script without `net` into the
 * local network; what is packed counts as it is unpacked; a script fetches no more than it may; each call whose
 * connection is cut raises `network`, on a proxy that plays a script, devices over TCP too.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/lua/api.h"
#include "../io/outside.h"
#include "../io/server.h"
#include "runner.h"
#include "vigie/base/mem.h"
#include "vigie/devices/rack.h"
#include "vigie/devices/sim.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

#define XML "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define ROW                                                                                        \
    "<VOTABLE><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"OK\"/><TABLE><FIELD " \
    "name=\"a\" "                                                                                  \
    "datatype=\"double\"/><DATA><TABLEDATA><TR><TD>1</TD></TR></TABLEDATA></DATA></TABLE>"
#define GOOD XML ROW "</RESOURCE></VOTABLE>"

static struct runner r;
static struct loop *loop;
static struct session *s;
static struct conf *conf;

static void open_session(bool demo)
{
    struct error err;
    struct session_setup o = {.loop = loop,
                              .clock = clock_system(),
                              .conf = conf,
                              .offline = demo,
                              .demo = demo,
                              .one_shot = !demo};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
    runner_open(&r, loop, s);
    setenv("XDG_CACHE_HOME", r.folder, 1);
}

static void setup(void)
{
    unsetenv("IVOA_REGISTRY");
    unsetenv("VIGIE_REPLAY");
    loop = loop_new(clock_system());
    conf = conf_new(session_options);
    s = NULL;
}

static void teardown(void)
{
    if (s)
        runner_close(&r);
    else
        conf_free(conf);
    session_free(s);
    loop_free(loop);
}

static void set(const char *name, const char *value)
{
    struct error err;
    ck_assert_msg(conf_set(conf, name, value, &err) == OK, "%s", err.text);
}

static const char *script(const char *fmt, ...) PRINTF(1, 2);
static const char *script(const char *fmt, ...)
{
    char text[6000];
    va_list ap;
    va_start(ap, fmt);
    ck_assert_int_lt(vsnprintf(text, sizeof text, fmt, ap), (int)sizeof text);
    va_end(ap);
    return runner_script(&r, text);
}

#define ASK                                                                                        \
    "local svc = vo.scs'http://" PUBLIC ":%d/x' local t, e = try(svc.search, svc, {pos = '1 2', "  \
    "radius = 1, timeout = 10}) print(e and e.kind or #t, e and e.message)"

START_TEST(no_redirect_into_the_local_network)
{
    static const struct server_step good = {.answer = GOOD};
    static const char *const hosts[] = {
        "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1",       "2130706433",
        "0.0.0.0",   "[::1]",     "10.1.2.3",           "192.168.0.1", "169.254.169.254"};
    open_session(false);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct server *inside = server_start(&good, 1);
        char *second = mem_printf("HTTP/1.1 307 Moved\r\nLocation: http://%s:%d/z\r\n"
                                  "Content-Length: 0\r\nConnection: close\r\n\r\n",
                                  hosts[i], server_port(inside));
        struct server_step steps[2] = {{.answer = ""}, {.answer = second}};
        struct server *outside = server_start(steps, 2);
        char *first = mem_printf("HTTP/1.1 302 Found\r\nLocation: http://" PUBLIC
                                 ":%d/y\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                                 server_port(outside));
        steps[0].answer = first; /* nobody has asked yet */
        r.grants = "vo";
        const char *said = script(ASK, server_port(outside));
        ck_assert_msg(strncmp(said, "permission\t", 11) == 0, "%s: %s", hosts[i], said);
        ck_assert_ptr_nonnull(strstr(said, "lies in the local network"));
        ck_assert_int_eq(server_count(outside), 2); /* from one public address to the other */
        ck_assert_int_eq(server_count(inside), 0);
        server_stop(outside);
        server_stop(inside);
        free(first);
        free(second);
    }
}
END_TEST

/* The same way is gone by who has leave, and to the Internet by everybody: the refusals above are no accident. */
START_TEST(redirects_are_followed_where_they_may_lead)
{
    static const struct server_step good = {.answer = GOOD};
    open_session(false);
    struct server *inside = server_start(&good, 1);
    for (int net = 0; net < 2; net++) {
        char *to = mem_printf("HTTP/1.1 302 Found\r\nLocation: http://%s:%d/z\r\n"
                              "Content-Length: 0\r\nConnection: close\r\n\r\n",
                              net ? "127.0.0.1" : PUBLIC, server_port(inside));
        struct server_step step = {.answer = to};
        struct server *outside = server_start(&step, 1);
        r.grants = net ? "vo net" : "vo";
        ck_assert_str_eq(script(ASK, server_port(outside)), "1\tnil\n");
        ck_assert_int_eq(server_count(inside), net + 1);
        server_stop(outside);
        free(to);
    }
    server_stop(inside);
}
END_TEST

/* 200 kB that unpack to 200 MB: refused at the limit, nothing of it is kept. */
START_TEST(what_is_packed_counts_unpacked)
{
    static char packed[400000];
    FILE *f =
        popen("(printf '" ROW "<!--'; head -c 200000000 /dev/zero | tr '\\0' x) | gzip -9 -c", "r");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(packed, 1, sizeof packed, f);
    pclose(f);
    ck_assert_uint_gt(n, 100000);
    ck_assert_uint_lt(n, sizeof packed);
    const struct server_step bomb = {
        .head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\n"
                "Connection: close\r\n\r\n",
        .answer = packed,
        .n = n};
    set("http.max-body", "2");
    open_session(false);
    struct server *server = server_start(&bomb, 1);
    size_t before = lua_host_memory(r.host);
    const char *said = script(ASK, server_port(server));
    ck_assert_msg(strncmp(said, "overflow\t", 9) == 0, "%s", said);
    ck_assert_ptr_nonnull(strstr(said, "larger than 2 MB"));
    /* a file of its own by the answer's own format: TAP's examples are fetched as they are */
    said = script("local tap = vo.tap'http://" PUBLIC
                  ":%d/x' local v, e = try(function() return tap.examples end) print(e and e.kind, "
                  "e and e.message)",
                  server_port(server));
    ck_assert_msg(strncmp(said, "overflow\t", 9) == 0, "%s", said);
    ck_assert_uint_lt(lua_host_memory(r.host), before + 1000000);
    server_stop(server);
}
END_TEST

START_TEST(a_script_fetches_no_more_than_it_may)
{
    static const struct server_step big = {
        .head = XML "<VOTABLE><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"OK\"/>"
                    "<TABLE><FIELD name=\"a\" datatype=\"double\"/><DATA><TABLEDATA>",
        .answer = "<TR><TD>1234567890.1234567</TD></TR>\n", /* 37 bytes */
        .repeat = 10000};
    static const char often[] =
        "local svc, n = vo.scs'http://" PUBLIC ":%d/x', 0 "
        "local function once() svc:search{pos = '1 2', radius = 1} n = n + 1 end "
        "for i = 1, 9 do local _, e = try(function() spawn(once, {detach = true}):wait() end) "
        "if e and e.kind ~= 'parse' then print(n, e.kind, e.message) break end n = n + (e and 1 or "
        "0) end";
    set("lua.max-download", "1");
    open_session(false);
    struct server *server = server_start(&big, 1);
    for (int i = 0; i < 2; i++) { /* the next script begins anew; 370 kB an answer */
        const char *said = script(often, server_port(server));
        ck_assert_str_eq(said, "2\tlimit\tsvc:search: this script has fetched 1 MB, more it may "
                               "not (option lua.max-download)\n");
    }
    server_stop(server);
}
END_TEST

/* ---- the network is cut ---- */

/* Each function and field that asks. Those that do not ask stand beside: whoever adds a row says which it is. */
static const struct {
    const char *name, *code;
} calls[] = {
    {"service:search", "vo.scs(U):search{pos = '10 20', radius = 1}"},
    {"tap:run_sync", "vo.tap(U):run_sync'SELECT 1 FROM t'"},
    {"tap:search", "vo.tap(U):search'SELECT 1 FROM t'"},
    {"tap:run_async", "vo.tap(U):run_async('SELECT 1 FROM t', {timeout = 15})"},
    {"tap:columns", "vo.tap(U):columns't'"},
    {"tap:describe", "vo.tap(U):describe()"},
    {"tap:tables", "return vo.tap(U).tables"},
    {"tap:examples", "return vo.tap(U).examples"},
    {"tap:maxrec", "return vo.tap(U).maxrec"},
    {"tap:job", "vo.tap(U):job(U .. 'async/1'):wait{timeout = 15}"},
    {"job:wait", "local j = vo.tap(U):submit_job'SELECT 1 FROM t' j:run() j:wait{timeout = 15}"},
    {"job:fetch_result", "local j = vo.tap(U):submit_job'SELECT 1 FROM t' j:run() try(j.wait, j, "
                         "{timeout = 15}) j:fetch_result()"},
    {"vo.registry.search", "vo.registry.search{'y'}"},
    {"coord.from_name", "coord.from_name'M 1'"},
    {"vo.resolver.resolve", "vo.resolver.resolve'M 1'"},
    {"vo.simbad.query_object", "vo.simbad.query_object'M 1'"},
    {"vo.vizier.query_region",
     "vo.vizier.query_region{pos = '10 20', radius = 1, catalog = 'II/246/out'}"},
    {"vo.gaia.field", "vo.gaia.field{pos = '10 20', radius = \"5'\"}"},
    {"record:get_contact", "RECORD:get_contact()"},
    {"record:get_tables", "RECORD:get_tables()"}};

static const char *const ask_nothing[] = {
    "vo.scs",         "vo.sia",       "vo.sia2",
    "vo.ssa",         "vo.tap",       "vo.datalink",
    "tap:submit_job", "tap:kind",     "tap:url",
    "service:url",    "service:kind", "job:run",
    "job:abort",      "job:delete",   "job:phase",
    "job:url",        "job:query",    "vo.registry.get_RegTAP_query"};

static bool told(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(calls[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < sizeof ask_nothing / sizeof ask_nothing[0]; i++)
        if (strcmp(ask_nothing[i], name) == 0)
            return true;
    return false;
}

static int untold(const char *owner, const char *joint, const struct lua_fn *rows)
{
    char name[80];
    int n = 0;
    for (const struct lua_fn *f = rows; f && f->name; f++) {
        snprintf(name, sizeof name, "%s%s%s", owner, joint, f->name);
        if (told(name))
            continue;
        printf("not told whether it asks the network: %s\n", name);
        n++;
    }
    return n;
}

START_TEST(every_row_is_told)
{
    int n = 0;
    for (size_t i = 0; lua_modules[i]; i++)
        if (strcmp(lua_modules[i]->name, "vo") == 0 || strcmp(lua_modules[i]->name, "coord") == 0 ||
            strncmp(lua_modules[i]->name, "vo.", 3) == 0)
            n += untold(lua_modules[i]->name, ".", lua_modules[i]->fns);
    for (size_t i = 0; lua_types[i]; i++)
        if (strcmp(lua_types[i]->name, "service") == 0 || strcmp(lua_types[i]->name, "tap") == 0 ||
            strcmp(lua_types[i]->name, "job") == 0)
            n += untold(lua_types[i]->name, ":", lua_types[i]->rows);
    fflush(stdout);
    ck_assert_int_eq(n, 0);
}
END_TEST

static void read_registry(struct str *out)
{
    char *path = mem_printf("%s/vo/registry.vot", getenv("VIGIE_TEST_DATA")), part[4096];
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    str_add(out, XML);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        str_addn(out, part, n);
    fclose(f);
    free(path);
}

/* All at the same time, through a proxy that cuts each connection so; RECORD is of a registry that has
 * answered before. */
static void all_cut(const struct server_step *cut)
{
    struct str answer = {0}, code = {0};
    size_t n = sizeof calls / sizeof calls[0];
    open_session(false);
    read_registry(&answer);
    struct server *registry =
        server_start(&(struct server_step){.answer = answer.s, .n = answer.n}, 1);
    setenv("IVOA_REGISTRY", server_url(registry, "/tap"), 1);
    ck_assert_str_eq(runner_line(&r, "RECORD = vo.registry.search{'x', timeout = 8}[1]"), "");
    server_stop(registry);
    struct server *proxy = server_start(cut, 1);
    setenv("IVOA_REGISTRY", "http://registry.example/tap", 1);
    setenv("http_proxy", server_url(proxy, ""), 1);
    setenv("https_proxy", server_url(proxy, ""), 1);
    str_add(&code, "local U = 'http://vo.example/x/' local calls = {");
    for (size_t i = 0; i < n; i++)
        str_addf(&code, "{'%s', function() %s end}, ", calls[i].name, calls[i].code);
    str_add(&code,
            "} local tasks = {} "
            "for i, c in ipairs(calls) do tasks[i] = spawn(function() local v, e = try(c[2]) "
            "return e and e.kind or 'fine', e and e.message end) end "
            "for i, t in ipairs(tasks) do local kind, why = t:wait() if kind ~= 'network' "
            "then print(calls[i][1], kind, why) end end print(#tasks)");
    char *want = mem_printf("%zu\n", n);
    int64_t began = loop_now_ms(loop);
    ck_assert_str_eq(runner_line(&r, code.s), want);
    ck_assert_int_lt(loop_now_ms(loop) - began, 60000);
    ck_assert_int_ge(server_count(proxy),
                     (int)n - 4); /* names and fields of one host share a try */
    server_stop(proxy);
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    free(want);
    str_clear(&answer);
    str_clear(&code);
}

START_TEST(cut_before_an_answer)
{
    all_cut(&(struct server_step){.answer = ""});
}
END_TEST

START_TEST(cut_in_an_answer)
{
    all_cut(&(struct server_step){
        .answer =
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n" ROW});
}
END_TEST

/* Here there is an answer without the network: it is given, not for ever after, and the log says of what it is. */
START_TEST(no_catalogue_of_transits)
{
    static const struct server_step cut = {
        .answer =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"
            "{\"WASP-12b\": {"};
    struct server *server = server_start(&cut, 1);
    set("site.OHP", "43.9317, 5.7133, 650");
    set("site", "OHP");
    set("transits.url", server_url(server, "/planets"));
    open_session(false);
    int64_t began = loop_now_ms(loop);
    const char *said =
        script("print(#transits.list{all = true} > 10, transits.catalogue().source)");
    ck_assert_str_eq(said, "true\tbuilt-in sample\n");
    ck_assert_int_lt(loop_now_ms(loop) - began, 40000);
    const struct nightlog *log = session_log(s);
    bool warned = false;
    for (size_t k = 0; k < nightlog_n(log); k++)
        warned = warned || strncmp(nightlog_at(log, k)->message, "built-in sample: ", 17) == 0;
    ck_assert(warned);
    ck_assert_int_gt(server_count(server), 0);
    server_stop(server);
}
END_TEST

/* ---- a device over TCP ---- */

static struct sim *mount;

static int64_t cut_wire(void *arg)
{
    (void)arg;
    sim_free(mount);
    mount = NULL;
    return -1;
}

START_TEST(a_device_over_tcp)
{
    struct error err;
    struct sim_options o = {.loop = loop,
                            .clock = clock_system(),
                            .device = "onstep",
                            .tcp_port = 0,
                            .lat_rad = 0.7667,
                            .lon_rad = 0.0997,
                            .ra_rad = 1,
                            .dec_rad = 1.536,
                            .slew_deg_s = 0.5};
    mount = sim_new(&o, &err);
    ck_assert_msg(mount != NULL, "%s", err.text);
    char *line = mem_printf("mount lx200 %s dialect=onstep", sim_address(mount));
    set("device.Mount", line);
    set("devices.connect", "no");
    set("devices.clock", "any");
    set("mount.sun-alt", "0");
    set("site.OHP", "43.9317, 5.7133, 650");
    set("site", "OHP");
    open_session(true);
    free(line);
    const char *said = runner_script(&r, "mount.connect() print(mount.connected)");
    ck_assert_str_eq(said, "true\n");
    /* numbers that are none, or too large: refused, and nothing moves */
    static const char *const wild[] = {"mount.slew(coord(0/0, 1))",
                                       "mount.slew(coord(1e308, -1e308))",
                                       "mount.slew(coord(1/0, 0))",
                                       "mount.slew({ra = 0/0, dec = 3})",
                                       "mount.slew({ra = 'nan', dec = 'inf'})",
                                       "mount.sync(coord(0/0, 0))",
                                       "mount.guide('north', 0/0)",
                                       "mount.guide('north', 1e300)",
                                       "mount.guide('north', math.mininteger)",
                                       "mount.slew(coord(0, 80), {timeout = -1e300})",
                                       "mount.slew(coord(0, 80), {timeout = 1e300})",
                                       "mount.slew(coord(math.maxinteger, math.mininteger))",
                                       "focuser.move(math.mininteger)",
                                       "focuser.move(math.maxinteger)",
                                       "focuser.move(1 << 32)",
                                       "focuser.by(-(1 << 32) - 1)",
                                       "focuser.move(0/0)"};
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        char *code = mem_printf("print(select(2, try(load [[%s]])).kind, mount.slewing)", wild[i]);
        said = runner_script(&r, code);
        ck_assert_msg(strcmp(said, "argument\tfalse\n") == 0, "%s: %s", wild[i], said);
        free(code);
    }
    loop_timer(loop, 1500, cut_wire, NULL, "test");
    said = runner_script(&r,
                         "local here = mount.coord local v, e = try(mount.slew, coord(here.ra.deg, "
                         "68), {timeout = 60}) print(e and e.kind, e and e.message)");
    ck_assert_msg(strncmp(said, "network\t", 8) == 0, "%s", said);
    ck_assert_ptr_null(mount);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reach");
    TCase *c = tcase_create("reach");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 25);
    tcase_add_test(c, no_redirect_into_the_local_network);
    tcase_add_test(c, redirects_are_followed_where_they_may_lead);
    tcase_add_test(c, what_is_packed_counts_unpacked);
    tcase_add_test(c, a_script_fetches_no_more_than_it_may);
    tcase_add_test(c, every_row_is_told);
    tcase_add_test(c, cut_before_an_answer);
    tcase_add_test(c, cut_in_an_answer);
    tcase_add_test(c, no_catalogue_of_transits);
    tcase_add_test(c, a_device_over_tcp);
    suite_add_tcase(suite, c);
    SRunner *sr = srunner_create(suite);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed != 0;
}
