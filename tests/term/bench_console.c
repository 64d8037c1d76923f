/* bench_console.c - how the keys fare while Lua does its worst: for each bomb the time from a key to
 * the first byte of the frame that shows it (a frame is at most every 100 ms by design; keys come
 * more slowly here), and from Ctrl-C to the word that it is over. Prints; asserts nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/clock.h"
#include "viewer.h"

static const struct bomb {
    const char *name, *code;
} bombs[] = {
    {"nothing", "sleep(600)"},
    {"endless loop", "while true do end"},
    {"endless loop in pcall", "while true do pcall(function() while true do end end) end"},
    {"endless comparator", "table.sort({3,1,2,5,4}, function() while true do end end)"},
    {"patterns",
     "while true do pcall(string.find, ('a'):rep(26), ('a?'):rep(26)..('a'):rep(26)) end"},
    {"memory", "while true do pcall(function() local t = {} while true do t[#t+1] = ('x'):rep(1e5) "
               "end end) end"},
    {"10000 coroutines",
     "local t = {} for i = 1, 9990 do t[i] = spawn(function() while true do end "
     "end) end t[1]:wait()"},
    {"output", "while true do print('the quick brown fox') end"},
};

enum { KEYS = 30, EVERY_MS = 130, LIMIT_MS = 5000 };

static double until_bytes(struct viewer *v)
{
    int64_t t0 = clock_system()->mono_ns(clock_system()->arg), t = t0;
    while (!v->bytes && t - t0 < LIMIT_MS * 1000000LL) {
        viewer_listen(v, 1);
        t = clock_system()->mono_ns(clock_system()->arg);
    }
    return (double)(t - t0) / 1e6;
}

static double until_word(struct viewer *v, const char *word)
{
    int64_t t0 = CLOCK_MS(clock_system()), t = t0;
    while (!strstr(str_c(&v->screen), word) && t - t0 < LIMIT_MS) {
        viewer_listen(v, 5);
        t = CLOCK_MS(clock_system());
    }
    return (double)(t - t0);
}

static void one(struct viewer *v, const struct bomb *b)
{
    double worst = 0, sum = 0;
    viewer_keys(v, b->code);
    viewer_keys(v, "\r");
    viewer_listen(v, 600);
    for (int i = 0; i < KEYS; i++) {
        viewer_count(v);
        viewer_keys(v, i % 2 ? "\177" : "a");
        double ms = until_bytes(v);
        sum += ms;
        worst = ms > worst ? ms : worst;
        viewer_listen(v, EVERY_MS);
    }
    viewer_count(v);
    viewer_keys(v, "\003");
    double over = until_word(v, "cancelled");
    printf(
        "console: %-22s key to frame: mean %5.1f ms, worst %5.1f ms; Ctrl-C to its end %4.0f ms\n",
        b->name, sum / KEYS, worst, over);
    fflush(stdout);
    viewer_keys(v, "\033"); /* alone: with what follows it would be an Alt key */
    viewer_listen(v, 200);
    viewer_keys(v, ":console-clear\r");
    viewer_listen(v, 300);
    viewer_keys(v, "i");
    viewer_listen(v, 500);
}

int main(void)
{
    static const char *const options[] = {"--demo", NULL};
    struct viewer v;
    viewer_start(&v, options);
    viewer_attach(&v, "xterm-256color", 24, 80);
    viewer_listen(&v, 1000);
    viewer_keys(&v, ":set clock.seconds no\r");
    viewer_listen(&v, 500);
    viewer_keys(&v, "6");
    viewer_listen(&v, 300);
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++)
        one(&v, &bombs[i]);
    return viewer_stop(&v);
}
