/* bench_lua.c - what a script pays: a call of a binding against a plain function, arithmetic with the slices' ticks and in
 * stock Lua without any hook and with a count hook, patterns, starting and ending tasks. Prints figures;
 * asserts nothing. Row access: bench_tbl.c; keys while it runs: tests/term/bench_console.c.
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "runner.h"
#include "vigie/base/clock.h"

static struct runner r;

/* Best of three: what the machine does besides is not the script's. */
static double here(const char *code, double n)
{
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        int64_t t = clock_thread_us();
        runner_line(&r, code);
        double ns = (double)(clock_thread_us() - t) * 1000 / n;
        best = ns < best ? ns : best;
    }
    return best;
}

static void look(lua_State *L, lua_Debug *ar)
{
    (void)L;
    (void)ar;
}

static double stock(const char *code, double n, int count)
{
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        lua_State *L = luaL_newstate();
        luaL_openlibs(L);
        if (count)
            lua_sethook(L, look, LUA_MASKCOUNT, count);
        int64_t t = clock_thread_us();
        if (luaL_dostring(L, code) != LUA_OK)
            printf("  %s\n", lua_tostring(L, -1));
        double ns = (double)(clock_thread_us() - t) * 1000 / n;
        best = ns < best ? ns : best;
        lua_close(L);
    }
    return best;
}

int main(void)
{
    static const char sums[] = "local s = 0 for i = 1, 2e7 do s = s + i % 7 * 3 end",
                      calls[] = "local function f(x) return x end for i = 1, 2e6 do f(i) end",
                      match[] = "local s = ('x'):rep(100) .. 'key = value' for i = 1, 20000 do "
                                "s:match('(%w+) = (%w+)') end";
    runner_open(&r, NULL, NULL);
    printf("lua: a round of arithmetic          %6.1f ns; stock Lua without a hook %6.1f ns, with "
           "a count "
           "hook (10000) %6.1f ns\n",
           here(sums, 2e7), stock(sums, 2e7, 0), stock(sums, 2e7, 10000));
    printf("lua: a call of a Lua function       %6.1f ns; stock Lua %6.1f ns\n", here(calls, 2e6),
           stock(calls, 2e6, 0));
    printf("lua: a call of a binding, 1 number  %6.1f ns (sky.airmass)\n",
           here("local f = sky.airmass for i = 1, 1e6 do f(30) end", 1e6));
    printf("lua: a binding that reads a text    %6.1f ns (angle\"1d30m\")\n",
           here("local f = angle for i = 1, 1e6 do f('1d30m') end", 1e6));
    printf("lua: a binding with names           %6.1f ns (coord{ra=, dec=})\n",
           here("local f, t = coord, {ra = 10, dec = 20} for i = 1, 1e6 do f(t) end", 1e6));
    printf("lua: a field of a value             %6.1f ns (a.deg)\n",
           here("local a = angle(30) for i = 1, 1e6 do local x = a.deg end", 1e6));
    printf("lua: a pattern of 100 bytes         %6.1f ns; stock Lua %6.1f ns\n", here(match, 2e4),
           stock(match, 2e4, 0));
    printf("lua: a sort with a comparator       %6.1f ns a value of 200000; stock Lua %6.1f ns\n",
           here("local t = {} for i = 1, 2e5 do t[i] = i * 7919 % 200003 end table.sort(t, "
                "function(a, b) "
                "return a < b end)",
                2e5),
           stock("local t = {} for i = 1, 2e5 do t[i] = i * 7919 % 200003 end table.sort(t, "
                 "function(a, b) "
                 "return a < b end)",
                 2e5, 0));
    printf("lua: a task begun and ended         %6.1f ns\n",
           here("for i = 1, 2000 do spawn(function() end):wait() end", 2e3));
    runner_close(&r);
    return 0;
}
