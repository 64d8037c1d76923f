/* api_ui.c - module ui: what a script says to who sits before the screen. Not: any drawing.
 */
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "tbl.h"
#include "vigie/session/session.h"

static int ui_message(lua_State *L)
{
    session_say(here(L, "ui.message"), "%s", lua_tostring(L, 1));
    return 0;
}

static int ui_beep(lua_State *L)
{
    session_beep(here(L, "ui.beep"));
    return 0;
}

static int asked(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct task *t = HOST(L)->running;
    if (t->answer)
        lua_pushstring(L, t->answer);
    else
        lua_pushnil(L);
    free(t->answer);
    t->answer = NULL;
    return 1;
}

int task_ask(lua_State *L)
{
    struct lua_host *h = HOST(L);
    if (!h->ops.ask)
        return problem_raise(L, "gone", "nobody can be asked here");
    free(h->running->answer);
    h->running->answer = NULL;
    task_wait(h, "an answer", NULL, NULL);
    h->running->wants = WANT_ANSWER;
    h->ops.ask(h->arg, h->running->id, lua_tostring(L, 1));
    return task_leave(L, 0, asked);
}

void lua_host_answer(struct lua_host *h, uint64_t task, const char *text)
{
    struct task *t = task_find(h, task);
    if (!t || !(t->wants & WANT_ANSWER))
        return;
    t->answer = mem_str(text);
    task_wake(h, t->id, t->wait_id);
}

static const struct lua_fn rows[] = {
    {"message", ui_message, "(text: string)", "nothing",
     "Shows a line at the bottom of the screen for 5 s.", "ui.message(\"flats are done\")"},
    {"beep", ui_beep, "()", "nothing", "Rings the terminal's bell.", "ui.beep()"},
    {"ask", task_ask, "(question: string)", "string",
     "Asks and waits for a line; nil at the end of the input.",
     "print(try(ui.ask, \"How many flats?\"))"},
    {"form", api_in_lua, "(o: table)", "table, or nil when it was closed",
     "Asks for several values as a form; the lines are those of a script's header without `param`. "
     "Without a screen "
     "it asks one by one. A form that something in the background asks for is opened by `f` in the "
     "Console tab.",
     "local v = try(ui.form, {title = \"Flats\", \"n : int = 5 \\\"How many\\\" min=1 max=50\", "
     "\"filter : choice = R of=R,V,B\"}) print(v and v.n)"},
    {"plot", ui_plot, "(x: any, y: any, [o: {title: string, x: string, y: string, mag: boolean}])",
     "nothing",
     "Plots y against x in the VO tab: columns of a tbl (t.time, t.mag) or lists of numbers, "
     "times, angles; "
     "of more than 200 000 points every k-th. x, y: names of the axes; mag = true: y grows "
     "downwards, as "
     "columns of magnitudes do by themselves. Without a session it prints the values.",
     "ui.plot({1, 2, 3, 4}, {12.1, 12.3, 12.2, 12.4}, {x = \"hour\", y = \"V\", mag = true})"},
    {"chart", ui_chart, "(c: coord, o: {stars: tbl, radius: angle})", "nothing",
     "A chart of the sky around c in the VO tab, north up: the stars of a tbl, the bright ones "
     "larger where it "
     "has a column of magnitudes. radius: as far as the table goes. Without a session it prints "
     "the table.",
     "ui.chart(\"06 30 32.8 +29 40 20\", {stars = tbl.new{{ra = 97.64, dec = 29.67}, {ra = 97.61, "
     "dec = "
     "29.70}}, radius = \"6'\"})"},
    {"tab", tbl_show, "(value: any)", "nothing", "The same as show: a table into the VO tab.",
     "ui.tab(tbl.new{{ra = 10, dec = 20}})"},
    {0}};

const struct lua_module lua_module_ui = {"ui", "ui", "the screen and who sits before it", rows,
                                         NULL};
