/* check_escape.c - what a script tries that it must not: each attempt is refused with its sentence. The list is that of known holes
 * of hosts of Lua: bytecode, shared metatables, the library's tables, debug, finalizers, the environment,
 * files outside, escape sequences, formats, numbers that are none, headers that would run. And what people
 * write who come from Python: each is told what to write instead.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"
#include "vigie/base/mem.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"

static struct loop *loop;
static struct session *s;
static struct runner r;
static char outside[60];

static void setup(void)
{
    struct error err;
    loop = loop_new(clock_system());
    struct session_setup setup = {.loop = loop,
                                  .clock = clock_system(),
                                  .conf = conf_new(session_options),
                                  .offline = true,
                                  .demo = true};
    ck_assert_msg(session_new(&setup, &s, &err) == OK, "%s", err.text);
    runner_open(&r, loop, s);
    snprintf(outside, sizeof outside, "%s-outside", r.folder);
    mkdir(outside, 0700);
    char *secret = mem_printf("%s/secret", outside), *link_to = mem_printf("%s/way-out", r.folder),
         *link_file = mem_printf("%s/link.txt", r.folder);
    FILE *f = fopen(secret, "w");
    fputs("key", f);
    fclose(f);
    ck_assert_int_eq(symlink(outside, link_to), 0);
    ck_assert_int_eq(symlink(secret, link_file), 0);
    free(secret);
    free(link_to);
    free(link_file);
}

static void teardown(void)
{
    char *clean = mem_printf("rm -rf %s", outside);
    runner_close(&r);
    ck_assert_int_eq(system(clean), 0);
    free(clean);
    session_free(s);
    loop_free(loop);
}

struct attempt {
    const char *code, *said;
};

static void each(const struct attempt *a, size_t n, bool script)
{
    int bad = 0;
    for (size_t i = 0; i < n; i++) {
        const char *said = script ? runner_script(&r, a[i].code) : runner_line(&r, a[i].code);
        if (strstr(said, a[i].said))
            continue;
        bad++;
        printf("%s\n  said: %s\n  not: %s\n", a[i].code, said, a[i].said);
    }
    fflush(stdout);
    ck_assert_int_eq(bad, 0);
}
#define EACH(rows, script) each(rows, sizeof rows / sizeof *rows, script)

START_TEST(the_language)
{
    static const struct attempt rows[] = {
        /* bytecode */
        {"load('return 1', 'x', 'b')", "bytecode is not taken, only text"},
        {"return select(2, load('\\27Lua\\84\\0\\25\\147'))", "attempt to load a binary chunk"},
        {"return load(function() return '\\27Lua' end)", "give the text itself"},
        {"string.dump(print)", "there is no bytecode here"},
        /* what all strings share; a script's own string table is its own */
        {"getmetatable('').__index.upper = print", "attempt to index a nil value"},
        {"setmetatable('', {})", "table expected"},
        {"local t = getmetatable('') t.x = 1", "attempt to"},
        {"string.format = nil printf('%d', 7)", "7"},
        {"rawset(sky, 'altaz', print) return type(_G.sky.altaz)", "function"},
        {"getmetatable(coord(1, 2)).__index = print", "attempt to"},
        {"setmetatable(log, {})", "cannot change a protected metatable"},
        {"setmetatable(session, nil)", "cannot change a protected metatable"},
        /* the library's tables */
        {"return package.loaded", "the program's insides are not for scripts"},
        {"debug.getregistry()", "the program's insides are not for scripts"},
        {"debug.sethook()", "the program's insides are not for scripts"},
        {"require 'io'", "require: no module io: what was typed has no folder"},
        {"dofile '/etc/passwd'", "script.run(\"name\") runs a script of the library"},
        {"collectgarbage('stop')", "only \"count\" is for scripts"},
        {"collectgarbage('generational')", "only \"count\" is for scripts"},
        {"setmetatable({}, {__gc = function() while true do end end})",
         "a script may not set __gc"},
        {"local m = {} setmetatable({}, m) m.__gc = function() print 'ran' end", ""},
        /* the machine */
        {"os.getenv 'HOME'", "neither the shell nor the process"},
        {"os.execute 'id'", "neither the shell nor the process"},
        {"os.exit()", "neither the shell nor the process"},
        {"os.remove 'x'", "scripts reach files through files.read"},
        {"os.tmpname()", "scripts reach files through files.read"},
        {"io.open('/proc/self/environ')", "scripts reach files through files.read"},
        {"io.popen 'id'", "scripts reach files through files.read"},
        /* formats, depth, sizes */
        {"return ('%1000000000s'):format('x')", "invalid"},
        {"return ('%99.999d'):format(1)", "invalid"},
        {"return ('x'):rep(1 << 40)", "not enough memory"},
        {"local function f() return coroutine.wrap(f)() end f()", "C stack overflow"},
        {"local function f() return 1 + f() end f()", "not enough memory"},
        {"local s = '' for i = 1, 300 do s = s .. '(' end return load(s .. '1')", "overflow"},
        {"return ('a'):find(('('):rep(40) .. (')'):rep(40))", "too many captures"},
        {"return table.unpack({}, 1, 1e8)", "too many results"},
        {"return select('#', ('x'):rep(1e7):byte(1, -1))", "string slice too long"},
        /* numbers that are none */
        {"sleep(0/0)", "! argument: sleep: expected a duration"},
        {"sleep(1e300)", "is not a time to wait"},
        {"return sky.altaz(coord(0/0, 1))", "! argument"},
        {"return sky.altaz(coord(10, 1e300))", "! argument"},
        {"return coord(10, 91)", "! argument"},
        {"return angle(1/0)", "! argument"},
        {"return time(0/0)", "! argument"},
        {"return time(1e300)", "! argument"},
        {"return time.now() + duration(1e300)", "! argument"},
        {"sky = nil math = nil return try(help, 'sky.lst')", "sky.lst"},
    };
    EACH(rows, false);
}
END_TEST

START_TEST(files_outside)
{
    static const struct attempt rows[] = {
        {"files.read '/etc/passwd'", "! permission"},
        {"files.read '../secret'", "! permission"},
        {"files.read 'way-out/../../secret'", "! "},
        {"files.read 'way-out/secret'", "! permission"},
        {"files.read 'link.txt'", "! permission"},
        {"files.write('way-out/x', 'y')", "! permission"},
        {"files.write('link.txt', 'y', {overwrite = true}) return files.read 'link.txt'", "= y"},
        {"files.append('way-out/secret', 'y')", "! permission"},
        {"files.remove 'way-out/secret'", "! permission"},
        {"files.list 'way-out'", "! permission"},
        {"files.folder '../new'", "! permission"},
        {"files.csv_read '/proc/self/environ'", "! permission"},
        {"files.read '~/.ssh/id_rsa'", "No such file"},
        {"files.read 'a\\0b'", "! "},
        {"files.write('a.txt', '1') files.write('a.txt', '2')", "overwrite = true"},
        {"tbl.read '/etc/passwd'", "! permission"},
        {"tbl.read '../x.csv'", "! permission"},
    };
    EACH(rows, false);
    char *secret = mem_printf("%s/secret", outside), text[10] = "";
    FILE *f = fopen(secret, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
    fclose(f);
    ck_assert_str_eq(text, "key");
    free(secret);
}
END_TEST

/* A script that says it needs the sky has the sky, and names what it would have had to say. */
START_TEST(what_was_not_asked_for)
{
    static const struct attempt rows[] = {
        {"print(sky.constellation(coord(10, 41)))", "And\n"},
        {"files.read 'a'",
         "! permission: files.read: the header must say it: needs = { \"files\" }"},
        {"transits.tonight{}", "needs = { \"transits\" }"},
        {"alerts.latest{}", "needs = { \"alerts\" }"},
        {"session.set('site', 'x')", "needs = { \"session\" }"},
        {"alarms.raise{text = 'x'}", "needs = { \"session\" }"},
        {"cmd 'quit'", "! permission"},
        {"command{name = 'x', help = 'x', run = print}", "! permission"},
        {"ui.ask 'what?'", "needs = { \"ui\" }"},
        {"mount.slew(coord(10, 20))",
         "permission: mount.slew: the header must say it: needs = { \"mount\" }"},
        {"load('files.read \"a\"')()", "needs = { \"files\" }"},
        {"spawn(function() files.read 'a' end):wait()", "needs = { \"files\" }"},
        {"coroutine.wrap(function() files.read 'a' end)()", "needs = { \"files\" }"},
        {"rawget(files, 'read')('a')", "needs = { \"files\" }"},
        {"print(pcall(getmetatable(files).__index, files, 'x'))", "attempt to call a nil value"},
    };
    static const struct attempt moving[] = {
        {"cmd('park', {yes = true})", "cmd: the header must say it: needs = { \"mount\" }"},
        {"cmd('  \"sl\"ew-to 02:00:00 +50', {yes = true})", "needs = { \"mount\" }"},
        {"cmd('device-property M EQUATORIAL_EOD_COORD.RA 1', {yes = true})",
         "needs = { \"mount\" }"},
        {"session.set('mount.sun-cone', 5)", "no script sets it"},
        {"cmd 'set mount.min-alt 0'", "no script sets it"},
        {"session.set('device.X', 'mount lx200 exec:touch /tmp/x')", "no script sets it"},
        {"session.set('notify.command', 'touch /tmp/x')", "no script sets it"},
        {"cmd('allow-motion', {yes = true})", "! "},
    };
    /* the session is no way around the header: no shell by an option, no Lua with all rights by a command, no
     * answer to a question of one's own, no file, no address of a service */
    static const struct attempt around[] = {
        {"session.set('notify.command', 'id')", "! safety: session.set: notify.command"},
        {"session.set('vo.sesame', 'http://127.0.0.1:7624/')", "! permission: session.set"},
        {"session.set('vo.registry', 'http://127.0.0.1:7624/')", "! permission: session.set"},
        {"session.set('transits.url', 'http://127.0.0.1/')", "! permission: session.set"},
        {"session.set('alerts.gcn.token-url', 'http://a.example/')", "! permission: session.set"},
        {"session.set('alerts.gcn.secret', 'x')", "! permission: session.set"},
        {"session.set('device.X', 'mount lx200 tcp:10.0.0.1:4030')", "! safety: session.set"},
        {"session.set('camera.folder', '/etc')", "! permission: session.set"},
        {"session.set('alerts.spool', '/etc')", "! permission: session.set"},
        {"session.set('http.max-body', 4096)", "! permission: session.set"},
        {"session.set('site.X', '0, 0, 0') session.set('site', 'X')", "! permission: session.set"},
        {"cmd 'set notify.command id'", "! permission: notify.command keeps"},
        {"cmd '\"set\"  \"notify.command\" id'", "! permission: notify.command keeps"},
        {"cmd 'set vo.simbad http://127.0.0.1/'", "! permission: vo.simbad: only you"},
        {"cmd '\"set\"  \"vo.simbad\" http://127.0.0.1/'", "! permission: vo.simbad: only you"},
        {"cmd 'time files.read\"a\"'", "! permission: time: only you"},
        {"cmd 'pp files.read\"a\"'", "! permission: pp: only you"},
        {"cmd 'run /tmp/x.lua'", "! permission: run: only you"},
        {"cmd('script load /tmp/x.lua', {yes = true})", "! permission: script: only you"},
        {"cmd('script-import /tmp/x.lua', {yes = true})", "! permission: script-import: only you"},
        {"cmd 'answer yes'", "! permission: answer: only you"},
        {"cmd 'log ~/x'", "! permission: log: only you"},
        {"cmd 'log-export csv /tmp/x'", "! permission: log-export: only you"},
        {"cmd 'alert-import /etc/passwd'", "! permission: alert-import: only you"},
        {"cmd 'site-add X 0 0 0'", "! permission: site-add: only you"},
        {"cmd 'edit plan'", "! permission: edit: only you"},
        {"cmd 'save x'", "! permission: save: only you"},
        {"cmd 'reload'", "! permission: reload: only you"},
        {"script.run '/etc/passwd'", "no script \"/etc/passwd\" in the library"},
        {"session.set('transits.min-alt', 25) print(session.get 'transits.min-alt')", "25\n"},
        {"cmd 'set alerts.filter type=grb' print(session.get 'alerts.filter')", "type=grb\n"},
    };
    r.grants = "sky";
    EACH(rows, true);
    r.grants = "sky session";
    EACH(moving, true);
    EACH(around, true);
    r.grants = "*";
}
END_TEST

START_TEST(from_python)
{
    static const struct attempt rows[] = {
        {"if 1 != 2 then end", "not equal is ~= in Lua"},
        {"if x: print(1) end", "not `if x:`"},
        {"for i in range(3): print(i) end", "not `for ...:`"},
        {"def f(x):", "a function is `function f(x) ... end`"},
        {"import numpy", "nothing is imported"},
        {"x += 1", "x = x + 1"},
        {"# a comment", "a comment begins with --"},
        {"return 'a' + 'b'", "! "},
        {"x = {1} x:append(2)", "a list grows by t[#t + 1] = x"},
        {"return len('abc')", "the length of t is #t"},
        {"return None.x", "None is nil in Lua"},
        {"return transits.list{all = true}[0]", "lists begin at 1 in Lua; the first is [1]"},
        {"return script.list()[0]", "lists begin at 1 in Lua; the first is [1]"},
        {"coord(10, 20).separation{ra = 1, dec = 2}", "call it with a colon"},
        {"transits.tonight{min_dept = 3}", "there is no min_dept; did you mean min_depth?"},
        {"transits.tonight{1, 2}", "name the value"},
        {"sky.altaz('10m', 3)", "! argument"},
        {"sky.rise('06 45 08.9 -16 42 58', nil, '10m')",
         "of arc or of time? write 10' or 10arcmin"},
    };
    EACH(rows, false);
}
END_TEST

/* A value that outlived its owner says so. */
START_TEST(gone)
{
    static const struct attempt rows[] = {
        {"t = spawn(function() end) t:wait() for i = 1, 300 do spawn(function() end) end "
         "sleep(0.05) "
         "for i = 1, 100 do spawn(function() end):wait() end return t.state",
         ""},
        {"local h = command{name = 'once', help = 'Once', run = print} h:off() sleep(0.01) cmd "
         "'once'",
         "! "},
    };
    EACH(rows, false);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("escape");
    TCase *c = tcase_create("escape");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, the_language);
    tcase_add_test(c, files_outside);
    tcase_add_test(c, what_was_not_asked_for);
    tcase_add_test(c, from_python);
    tcase_add_test(c, gone);
    suite_add_tcase(suite, c);
    SRunner *sr = srunner_create(suite);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed != 0;
}
