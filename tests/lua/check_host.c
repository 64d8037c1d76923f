/* check_host.c - scripts as tasks: waits, children, cancel; the bombs that must not stop the loop; the sandbox.
 * Patterns are held against stock Lua, which this test links too. */
#include <check.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/loop.h"
#include "vigie/base/str.h"
#include "vigie/lua/lua.h"

static struct loop *l;
static struct lua_host *h;
static struct str said;
static enum lua_task_state last_state;
static double worst_ms;

static void on_print(void *arg, uint64_t task, const char *text, size_t n)
{
    (void)arg;
    (void)task;
    str_addn(&said, text, n);
    str_addc(&said, '\n');
}

static void on_done(void *arg, uint64_t task, enum lua_task_state state, const char *value,
                    const struct lua_problem *p)
{
    (void)arg;
    (void)task;
    last_state = state;
    if (value)
        str_addf(&said, "= %s\n", value);
    if (p)
        str_addf(&said, "! %s: %s\n", p->kind, p->message);
}

static void turn(void *arg)
{
    (void)arg;
    int64_t t = clock_thread_us();
    bool more = lua_host_step(h, 8);
    double ms = (double)(clock_thread_us() - t) / 1000;
    if (ms > worst_ms)
        worst_ms = ms;
    if (more)
        loop_wake(l);
    if (!lua_host_busy(h))
        loop_stop(l);
}

static void setup(void)
{
    static const struct lua_host_ops ops = {.print = on_print, .done = on_done};
    l = loop_new(clock_system());
    h = lua_host_new(l, NULL, 64 << 20, &ops, NULL);
    loop_before_sleep(l, turn, NULL);
    str_reset(&said);
    worst_ms = 0;
}

static void teardown(void)
{
    lua_host_free(h);
    loop_free(l);
    str_clear(&said);
}

static int64_t cancel_all(void *arg)
{
    (void)arg;
    lua_host_cancel_all(h, "Ctrl-C");
    return -1;
}

/* Runs code to its end; cancel_ms > 0: cancelled after that time. */
static const char *run(const char *code, bool console, int cancel_ms)
{
    struct error err = {0};
    bool incomplete;
    str_reset(&said);
    uint64_t id = lua_host_start(h, "test", code, strlen(code), console, "*", &incomplete, &err);
    if (!id) {
        str_addf(&said, "%s%s", incomplete ? "incomplete " : "", err.text);
        return said.s;
    }
    if (cancel_ms)
        loop_timer(l, cancel_ms, cancel_all, NULL, "test");
    loop_run(l);
    return str_c(&said);
}

#define GIVES(code, want) ck_assert_str_eq(run(code, true, 0), want)

START_TEST(console_lines)
{
    GIVES("1 + 1", "= 2\n");
    GIVES("x = 5", "");
    GIVES("x, 'a'", "= 5\ta\n");
    GIVES("print(x) return x + 1", "5\n= 6\n");
    ck_assert_ptr_nonnull(strstr(run("for i = 1, 3 do", true, 0), "incomplete"));
    ck_assert_ptr_nonnull(strstr(run("x = = 3", true, 0), "unexpected symbol"));
    ck_assert_ptr_nonnull(strstr(run("error('oops')", true, 0), "! script: test:1: oops"));
    ck_assert_ptr_nonnull(strstr(run("fail('no %s', 'flat')", true, 0), "! script: no flat"));
    /* a plain text is an error object to try, as everything else that is raised */
    GIVES("local v, e = try(function() error('oops') end) return e.kind, e.message",
          "= script\ttest:1: oops\n");
    GIVES("local v, e = try(error, {1}) return e[1]", "= 1\n");
    /* what fails inside our own library bears the script's line */
    const char *sorted = run("table.sort({1, 'x'})", true, 0);
    ck_assert_msg(strstr(sorted, "! script: attempt to compare") != NULL, "%s", sorted);
    ck_assert_msg(strstr(sorted, "vigie:") == NULL, "%s", sorted);
    ck_assert_int_eq(last_state, LUA_TASK_FAILED);
}
END_TEST

START_TEST(waits)
{
    GIVES("sleep(0.01) return 1", "= 1\n");
    GIVES("sleep '10ms' return 2", "= 2\n");
    ck_assert_ptr_nonnull(strstr(run("sleep '10 parsecs'", true, 0),
                                 "! argument: sleep: \"10 parsecs\" is no duration"));
    ck_assert_ptr_nonnull(strstr(run("sleep(-1)", true, 0), "! argument"));
    ck_assert_ptr_nonnull(strstr(run("coord'M 31 is far'", true, 0),
                                 "! argument: coord: \"M 31 is far\" is no RA and Dec"));
    ck_assert_ptr_nonnull(
        strstr(run("local ok, e = try(coord, 'Vega') return e.hint", true, 0), "coord.from_name"));
    GIVES(
        "local n = 0 return wait_for(function() n = n + 1 return n > 3 and n end, {every = 0.001})",
        "= 4\n");
    ck_assert_ptr_nonnull(strstr(
        run("wait_for(function() end, {every = 0.001, timeout = 0.02})", true, 0), "! timeout"));
    GIVES("local ok, e = pcall(function() sleep(0.001) error{1} end) return ok, type(e)",
          "= false\ttable\n");
}
END_TEST

START_TEST(children)
{
    GIVES("local t = spawn(function(a) sleep(0.01) return 7, 8 end) return t:wait()", "= 7\t8\n");
    GIVES("local r = all{spawn(function() sleep(.02) return 'a' end), spawn(function() return 'b' "
          "end)} return r[1] .. r[2]",
          "= ab\n");
    GIVES("return any{spawn(function() sleep(5) return 'slow' end), spawn(function() sleep(.01) "
          "return 'fast' end)}",
          "= fast\t2\n");
    ck_assert_ptr_nonnull(strstr(run("spawn(function() error('child') end):wait()", true, 0),
                                 "! script: test:1: child"));
    ck_assert_ptr_nonnull(strstr(
        run("with_timeout('20ms', function() while true do end end)", true, 0), "! timeout"));
    GIVES("return with_timeout(5, function(a, b) return a + b end, 2, 3)", "= 5\n");
    GIVES("local t = spawn(function() sleep(100) end) t:cancel() sleep(.01) return t.state, "
          "tostring(try(t.result, t))",
          "= cancelled\tnil\n");
}
END_TEST

START_TEST(scripts_own_coroutines)
{
    GIVES("local f = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) "
          "return f(1), f(10)",
          "= 2\t20\n");
    /* a wait and the end of slices inside are unseen by the resumer */
    GIVES("local co = coroutine.create(function() sleep(0.01) for i = 1, 3e6 do end "
          "coroutine.yield('y') sleep(0.01) return 'r' end) "
          "local a, b = coroutine.resume(co) local c, d = coroutine.resume(co) return a, b, c, d, "
          "coroutine.status(co)",
          "= true\ty\ttrue\tr\tdead\n");
    GIVES("return coroutine.resume(coroutine.create(function() error('in') end))",
          "= false\ttest:1: in\n");
    ck_assert_ptr_nonnull(strstr(run("coroutine.yield(1)", true, 0), "outside a coroutine"));
    GIVES("local co co = coroutine.create(function() return coroutine.resume(co) end) return "
          "coroutine.resume(co)",
          "= true\tfalse\tcannot resume non-suspended coroutine\n");
    GIVES("local n = 0 for v in coroutine.wrap(function() for i = 1, 4 do sleep(0.001) "
          "coroutine.yield(i) end end) do n = n + v end return n",
          "= 10\n");
}
END_TEST

START_TEST(cancel_and_exit)
{
    ck_assert_str_eq(run("on_exit(function(why) sleep(0.01) print('exit', why) end) "
                         "pcall(function() while true do end end) print('never')",
                         false, 50),
                     "exit\tCtrl-C\n");
    ck_assert_int_eq(last_state, LUA_TASK_CANCELLED);
    ck_assert_str_eq(run("on_exit(function(why) print(why) end) return 1", false, 0), "done\n");
    ck_assert_str_eq(run("local x <close> = setmetatable({}, {__close = function() print('closed') "
                         "end}) sleep(100)",
                         false, 30),
                     "closed\n");
    ck_assert_str_eq(
        run("spawn(function() on_exit(function() print('child') end) sleep(100) end) sleep(100)",
            false, 30),
        "child\n");
}
END_TEST

/* Each must end within a second of its cancel, or by itself, with no step of the host much over its slice. */
START_TEST(bombs)
{
    static const struct {
        const char *code, *end;
    } bomb[] = {
        {"while true do end", ""},
        {"while true do pcall(function() while true do end end) end", ""},
        {"table.sort({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, function() while true do end end)",
         ""},
        {"local t = {} for i = 1, 20000 do t[i] = i % 77 end while true do table.sort(t, "
         "function(a, b) return a < b end) end",
         ""},
        {"string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30))", "pattern too complex"},
        {"return (('a'):rep(3e5) .. 'b'):match('.-.-.-c')", "pattern too complex"},
        {"local s = 'x' while true do s = s .. s end", "not enough memory"},
        {"local t = {} for i = 1, 1e9 do t[i] = {} end", "not enough memory"},
        {"return ('x'):rep(1e12)", "not enough memory"},
        {"local t = {} for i = 1, 1e9 do t[i] = coroutine.create(function() end) end",
         "not enough memory"},
        {"local function f() return coroutine.wrap(f)() end f()", "C stack overflow"},
        {"return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
         "40 ms"},
        {"local t = setmetatable({}, {__tostring = function() while true do pcall(function() while "
         "true do end end) end end}) tostring(t)",
         "40 ms"},
        {"local x <close> = setmetatable({}, {__close = function() while true do end end})", ""},
        {"local x <close> = setmetatable({}, {__close = function() while true do end end}) "
         "sleep(100)",
         ""},
        {"xpcall(function() error('x') end, function() while true do end end)", ""},
        {"table.move({}, 1, 1e15, 2)", ""},
        {"table.insert(setmetatable({}, {__len = function() return 1 << 50 end}), 1, 1)", "__len"},
        {"for i = 1, 20000 do spawn(function() sleep(100) end) end", "10000 tasks"},
        {"return (('x'):rep(1e5):gsub('x', function() while true do end end))", ""},
        {"for w in ('x'):rep(1e7):gmatch('y') do end", ""},
        {"local a, b = ('x'):rep(2e7), ('x'):rep(2e7) while true do local c = a == b end", ""},
        {"local a = ('x'):rep(2e7) while true do a:find('y', 1, true) end", ""},
        {"while true do pcall(function() local t = {} while true do t[#t + 1] = ('x'):rep(1e5) end "
         "end) end",
         ""},
        {"while true do pcall(string.find, ('a'):rep(26), ('a?'):rep(26) .. ('a'):rep(26)) end",
         ""},
        {"while true do pcall(function() for i = 1, 1e9 do spawn(function() while true do end end) "
         "end end) end",
         ""},
        {"local t = {} pcall(function() while true do t[#t + 1] = ('x'):rep(1e6) end end) "
         "for i = 1, 1e5 do spawn(function() return t end) end",
         ""},
    };
    for (size_t i = 0; i < sizeof bomb / sizeof bomb[0]; i++) {
        teardown();
        setup();
        int64_t began = loop_now_ms(l);
        const char *out = run(bomb[i].code, false, bomb[i].end[0] ? 20000 : 300);
        ck_assert_msg(strstr(out, bomb[i].end) != NULL, "%s: %s", bomb[i].code, out);
        ck_assert_msg(loop_now_ms(l) - began < (bomb[i].end[0] ? 20000 : 3000), "%s: took %lld ms",
                      bomb[i].code, (long long)(loop_now_ms(l) - began));
        printf("%6.1f ms worst step: %.60s\n", worst_ms, bomb[i].code);
    }
}
END_TEST

START_TEST(sandbox)
{
    static const struct {
        const char *code, *want;
    } row[] = {{"return io, debug, package, dofile, loadfile, os.execute, os.getenv, "
                "os.exit, os.remove, os.tmpname, string.dump",
                "= nil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\tnil\n"},
               {"return getmetatable('')", "= locked\n"},
               {"return (load('\\27Lua'))", "= nil\n"},
               {"return pcall(load, 'return 1', 'x', 'b')",
                "= false\tload: bytecode is not taken, only text\n"},
               {"return load('return 1 + x', 'c', 't', {x = 4})()", "= 5\n"},
               {"y = 3 return load('return y')()", "= 3\n"},
               {"string.upper = nil return ('a'):upper()", "= A\n"},
               {"return pcall(setmetatable, {}, {__gc = function() end})",
                "= false\tsetmetatable: a script may not set __gc (nothing can interrupt a "
                "finalizer); use <close> or on_exit\n"},
               {"return pcall(collectgarbage, 'stop')",
                "= false\tcollectgarbage: only \"count\" is for scripts\n"},
               {"return raise, closing, deadline, wait_any, prelude, unpack",
                "= nil\tnil\tnil\tnil\tnil\tnil\n"},
               {"local t = {} for k in pairs(_G) do t[#t + 1] = type(k) == 'string' and k or "
                "error() end table.sort(t) return #t > 20 and _G._G == _G",
                "= true\n"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        ck_assert_str_eq(run(row[i].code, true, 0), row[i].want);
    /* a script does not see what another one left */
    run("leak = 1", false, 0);
    GIVES("leak", "= nil\n");
    ck_assert_str_eq(run("print(string.upper, x)", false, 0) + strlen(said.s) - 4, "nil\n");
}
END_TEST

/* What stock Lua says to the same expression. */
static const char *stock(const char *expr)
{
    static char out[500];
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    char *code = mem_printf("local r = table.pack(pcall(function() return %s end)) for i = 1, r.n "
                            "do r[i] = tostring(r[i]) end "
                            "return table.concat(r, '|')",
                            expr);
    ck_assert_int_eq(luaL_dostring(L, code), LUA_OK);
    snprintf(out, sizeof out, "%s", lua_tostring(L, -1));
    free(code);
    lua_close(L);
    return out;
}

START_TEST(patterns_as_in_stock_lua)
{
    static const char *const expr[] = {
        "('hello world'):find('o w')",
        "('hello'):find('l+')",
        "('hello'):find('xyz')",
        "('hello'):find('')",
        "('hello'):find('', 10)",
        "('hello'):find('', 6)",
        "('hello'):find('l', -2)",
        "('a.b'):find('.', 1, true)",
        "('a.b'):find('%.')",
        "('key = value'):match('^(%w+)%s*=%s*(%w+)$')",
        "('  trim  '):match('^%s*(.-)%s*$')",
        "('f(a(b)c)d'):match('%b()')",
        "('THE (quick) fox'):find('%f[%a]%a+%f[%A]')",
        "('THE (quick) fox'):gsub('%f[%a]%a+', string.lower)",
        "('abcabc'):match('(a)(b)%2')",
        "('abbabb'):match('(a)(b)%2')",
        "('x'):match('()')",
        "('hello'):match('()ll()')",
        "('2026-11-23'):match('(%d+)-(%d+)-(%d+)')",
        "('abc'):gsub('', '-')",
        "('abc'):gsub('.', {a = 1, b = true})",
        "('abc'):gsub('%w', '%0%0')",
        "('hello world'):gsub('o', '0', 1)",
        "('abc'):gsub('(a)(b)', '%2%1')",
        "('abc'):gsub('b', '%%')",
        "('abc'):gsub('b', '%9')",
        "('abc'):gsub('a', '%')",
        "('[x]'):match('[]]')",
        "('a-b'):match('[a%-]+')",
        "('a^b'):match('[%^a]+')",
        "('x^'):match('[x^]+')",
        "('a-'):match('[a-]+')",
        "('0x1F'):match('%x+$')",
        "('abc'):match('[^b]+')",
        "('\\0a\\0'):find('%z')",
        "('a\\0b'):match('a%zb')",
        "('äö'):match('[\\x80-\\xff]+')",
        "('aaa'):match('a-b')",
        "('aaab'):match('a-b')",
        "('aXb'):gsub('%u', '%%')",
        "('abc'):match('a$')",
        "('a$'):match('a$$')",
        "('a$c'):match('a$c')",
        "('^a'):match('^^a')",
        "pcall(string.match, 'a', '[a')",
        "pcall(string.match, 'a', '%')",
        "pcall(string.match, 'a', '(a')",
        "pcall(string.find, 'a', 'a)')",
        "pcall(string.match, 'a', '%1')",
        "pcall(string.match, 'a', '%b')",
        "pcall(string.match, 'a', '%f')",
        "(function() local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t + 1] = k "
        ".. v end return table.concat(t, ';') end)()",
        "(function() local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n end)()",
        "(function() local t = {} for w in ('^a^b'):gmatch('^a') do t[#t + 1] = w end return #t "
        "end)()",
        "(function() local t = {} for w in ('one two'):gmatch('%a+', 3) do t[#t + 1] = w end "
        "return table.concat(t, ',') end)()",
        "('abc'):rep(3, '-')",
        "(''):rep(5)",
        "('ab'):rep(0)",
        "('ab'):rep(1, 'x')",
        "('x'):rep(3)",
        "('hello'):gsub('l*', 'x')",
        "('aXbXc'):match('(.-)X(.*)X')",
        "('abcd'):match('((a)(b))(c?)d')",
        "('abcd'):gsub('(.)(.)', '%2%1')",
        "('aab'):match('^(a-)(a?)b')",
        "('x=1;y=22'):gsub('(%w)=(%d+)', function(k, v) return v .. k end)",
        "('aaa'):gsub('^a', 'b')",
        "('ab'):match('(()a())b()')",
        "('[[x]]'):match('%[(=*)%[(.-)%]%1%]')",
        "('a,b,,c'):gsub(',', ';', 2)",
        "(function() local t = {} for a, b in ('k=v; x=y'):gmatch('()(%w+)=') do t[#t + 1] = a .. "
        "b "
        "end return table.concat(t, '|') end)()",
        "('hello'):gsub('l-', 'x')",
        "('a b c'):gsub('%s?', '_')",
        "('x = 1'):find('=', 1)",
        "string.find('a\\0b', '\\0')",
        "table.concat({1, 2, 3}, ', ')",
        "table.concat({1, 2, 3}, ', ', 2, 3)",
        "table.concat({})",
        "table.concat(table.move({1, 2, 3}, 1, 3, 2), ',')",
        "table.concat(table.move({1, 2, 3}, 2, 3, 1), ',')",
        "(function() local t = {5, 3, 1, 4} table.sort(t) return table.concat(t, ',') end)()",
        "(function() local t = {'b', 'a', 'c'} table.sort(t, function(a, b) return a > b end) "
        "return table.concat(t) end)()",
        "(function() local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end table.sort(t) return "
        "table.concat(t, ',', 90) end)()",
        "#table.pack(xpcall(error, function(e) return e .. '!' end, 'x'))",
    };
    for (size_t i = 0; i < sizeof expr / sizeof expr[0]; i++) {
        char *code = mem_printf("local r = table.pack(pcall(function() return %s end)) for i = 1, "
                                "r.n do r[i] = tostring(r[i]) end return table.concat(r, '|')",
                                expr[i]);
        char *want = mem_printf("= %s\n", stock(expr[i]));
        const char *got = run(code, true, 0);
        /* the wording of a refusal may differ in its place in the text; that it is refused may not */
        if (strstr(want, "malformed") || strstr(want, "invalid") || strstr(want, "missing"))
            ck_assert_msg(strstr(got, "false") != NULL, "%s: %s", expr[i], got);
        else
            ck_assert_msg(strcmp(got, want) == 0, "%s: got %swant %s", expr[i], got, want);
        free(code);
        free(want);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("host");
    TCase *c = tcase_create("host");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, console_lines);
    tcase_add_test(c, waits);
    tcase_add_test(c, children);
    tcase_add_test(c, scripts_own_coroutines);
    tcase_add_test(c, cancel_and_exit);
    tcase_add_test(c, bombs);
    tcase_add_test(c, sandbox);
    tcase_add_test(c, patterns_as_in_stock_lua);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
