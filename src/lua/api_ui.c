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
    {"tab", tbl_show, "(value: any)", "nothing", "The same as show: a table into the VO tab.",
     "ui.tab(tbl.new{{ra = 10, dec = 20}})"},
    {0}};

const struct lua_module lua_module_ui = {"ui", "ui", "the screen and who sits before it", rows,
                                         NULL};
