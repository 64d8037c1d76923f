/* api_alarms.c - module alarms: raised, listed, answered by scripts. Not: how they ring.
 */
#include <string.h>

#include "push.h"
#include "raw.h"
#include "vigie/session/session.h"

static enum alarm_level level_arg(lua_State *L, const char *name)
{
    for (enum alarm_level l = ALARM_NOTICE; l <= ALARM_ALARM; l++)
        if (strcmp(alarm_level_name(l), name) == 0)
            return l;
    problem_raise(L, "argument", "level: \"%.20s\" is none of notice warning alarm", name);
    return ALARM_NOTICE;
}

static void push_alarm(lua_State *L, const struct alarm *a)
{
    lua_createtable(L, 0, 9);
    set_int(L, "id", (int64_t)a->id);
    set_text(L, "level", alarm_level_name(a->level));
    set_text(L, "room", a->room);
    set_text(L, "subject", a->subject);
    set_text(L, "text", a->text);
    set_time(L, "raised", utc_of_wall(a->raised_ns));
    set_int(L, "repeats", a->repeats);
    set_bool(L, "acknowledged", a->acknowledged);
    set_bool(L, "ended", a->ended);
}

static int alarms_raise_one(lua_State *L)
{
    struct session *s = here(L, "alarms.raise");
    enum alarm_level level = ALARM_WARNING;
    const char *subject = HOST(L)->running->name;
    if (opt_field(L, 1, "level"))
        level = level_arg(L, lua_tostring(L, -1));
    if (opt_field(L, 1, "subject"))
        subject = lua_tostring(L, -1);
    lua_getfield(L, 1, "text");
    lua_pushinteger(L,
                    (lua_Integer)alarms_raise(s, level, "lua", subject, "%s", lua_tostring(L, -1)));
    return 1;
}

static int alarms_over(lua_State *L)
{
    struct error err;
    if (alarms_end(here(L, "alarms.over"), (uint64_t)lua_tointeger(L, 1), &err) != OK)
        return problem_raise_error(L, &err);
    return 0;
}

static int alarms_answer(lua_State *L)
{
    struct error err;
    if (alarms_ack(here(L, "alarms.ack"), (uint64_t)lua_tointeger(L, 1), &err) != OK)
        return problem_raise_error(L, &err);
    return 0;
}

static int alarms_list(lua_State *L)
{
    struct session *s = here(L, "alarms.list");
    lua_Integer k = 0;
    lua_newtable(L);
    set_list(L);
    for (size_t i = alarms_n(s); i-- > 0;)
        if (!alarms_at(s, i)->ended) {
            push_alarm(L, alarms_at(s, i));
            lua_rawseti(L, -2, ++k);
        }
    return 1;
}

/* ---- for alarms.on ---- */

static int raw_last(lua_State *L)
{
    struct session *s = here(L, "alarms.on");
    size_t n = alarms_n(s);
    lua_pushinteger(L, n ? (lua_Integer)alarms_at(s, n - 1)->id : 0);
    return 1;
}

/* alarms_after(id, level, room): those raised after it, of this level or a higher one. */
static int raw_after(lua_State *L)
{
    struct session *s = here(L, "alarms.on");
    uint64_t after = (uint64_t)lua_tointeger(L, 1), last = after;
    enum alarm_level least =
        lua_isnoneornil(L, 2) ? ALARM_NOTICE : level_arg(L, lua_tostring(L, 2));
    const char *room = lua_tostring(L, 3);
    lua_Integer k = 0;
    lua_newtable(L);
    for (size_t i = 0; i < alarms_n(s); i++) {
        const struct alarm *a = alarms_at(s, i);
        if (a->id <= after)
            continue;
        last = a->id;
        if (a->level < least || (room && strcmp(room, a->room) != 0))
            continue;
        push_alarm(L, a);
        lua_rawseti(L, -2, ++k);
    }
    lua_pushinteger(L, (lua_Integer)last);
    return 2;
}

void raw_alarms(lua_State *L)
{
    static const luaL_Reg lib[] = {
        {"alarms_last", raw_last}, {"alarms_after", raw_after}, {NULL, NULL}};
    luaL_setfuncs(L, lib, 0);
}

static const struct lua_fn rows[] = {
    {"raise", alarms_raise_one, "{text: string, [level: string], [subject: string]}", "int",
     "Raises an alarm (notice, warning or alarm) and gives its id. One of the same subject that "
     "still stands is renewed.",
     "local id = alarms.raise{text = \"clouds\", level = \"notice\"} alarms.over(id)"},
    {"over", alarms_over, "(id: int)", "nothing", "Ends an alarm.",
     "alarms.over(alarms.raise{text = \"clouds\", level = \"notice\"})"},
    {"ack", alarms_answer, "(id: int)", "nothing", "Answers an alarm: it stands but rings no more.",
     "local id = alarms.raise{text = \"clouds\", level = \"notice\"} alarms.ack(id) "
     "alarms.over(id)"},
    {"list", alarms_list, "()", "rows {id, level, room, subject, text, raised, acknowledged}",
     "The alarms that stand, latest first.", "print(#alarms.list())"},
    {"on", api_in_lua, "{run: function, [level: string], [room: string]}", "task",
     "Calls run(row) for each alarm of this level or a higher one.",
     "local h = alarms.on{level = \"warning\", run = function(a) print(a.text) end} h:off()"},
    {0}};

const struct lua_module lua_module_alarms = {"alarms", "session", "alarms", rows, NULL};
