/* api_alerts.c - module alerts: the events that packets add up to, judged for the site.
 * Not: brokers, nor the judging (alerts room).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "raw.h"
#include "vigie/alerts/list.h"
#include "vigie/session/session.h"

enum { MAX_ROWS = 2000 };

static struct jd_utc now_utc(const struct session *s)
{
    return utc_of_wall(session_now_ns(s));
}

static void push_view(lua_State *L, const struct alert_view *v)
{
    set_angle(L, "alt", v->alt_rad);
    set_angle(L, "az", v->az_rad);
    set_angle(L, "moon_sep", v->moon_sep_rad);
    if (isnan(v->alt_rad))
        return;
    set_bool(L, "up", v->up);
    set_bool(L, "dark", v->dark);
    set_duration(L, "left", v->left_s);
    set_time(L, "from", v->from);
    set_time(L, "to", v->until);
    set_number(L, "score", v->score);
}

static void push_event(lua_State *L, const struct alert_event *e, const struct alert_view *v)
{
    struct str title = {0};
    alert_event_title(e, &title);
    lua_createtable(L, 0, 32);
    set_int(L, "id", e->id);
    set_text(L, "name", str_c(&title));
    str_clear(&title);
    set_text(L, "kind", alert_kind_name(e->kind));
    set_text(L, "standing", alert_standing_name(e->standing));
    set_text(L, "type", e->type);
    set_text(L, "facility", e->facility);
    set_text(L, "packet", e->packet);
    set_text(L, "classification", e->classification);
    set_text(L, "change", e->change);
    set_time(L, "time", e->time);
    set_time(L, "issued", e->issued);
    set_time(L, "received", utc_of_wall(e->last_ms * 1000000));
    set_place(L, "coord", e->ra_rad, e->dec_rad);
    set_angle(L, "error", e->error_rad);
    set_number(L, "mag", e->mag);
    set_text(L, "band", e->band);
    set_number(L, "redshift", e->redshift);
    set_number(L, "distance_mpc", e->distance_mpc);
    set_int(L, "revisions", e->revisions);
    set_bool(L, "retracted", e->retracted);
    set_bool(L, "followed", e->followed);
    if (v)
        push_view(L, v);
}

static int gone(lua_State *L)
{
    alert_filter_free(*(struct alert_filter **)lua_touserdata(L, 1));
    return 0;
}

/* The filter, kept by a userdata on the stack: an error on the way frees it. */
static struct alert_filter *make_filter(lua_State *L, const char *text)
{
    struct error err;
    struct alert_filter **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    if (luaL_newmetatable(L, "vigie.filter")) {
        lua_pushcfunction(L, gone);
        lua_setfield(L, -2, "__gc");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    if (alert_filter_new(text, box, &err) != OK) {
        *box = NULL;
        problem_raise_error(L, &err);
    }
    return *box;
}

static void add_term(struct str *t, const char *fmt, const char *text, double x)
{
    if (t->n)
        str_add(t, " & ");
    if (text)
        str_addf(t, "%s%s", fmt, text);
    else
        str_addf(t, "%s%.10g", fmt, x);
}

/* type = "grb", since = "2h", brighter = 18, visible = true: words of the filter. A value that could
 * be more than a word is refused. Left on the top: the text. */
static const char *filter_text(lua_State *L)
{
    struct str t = {.max = 4000};
    const char *type = opt_field(L, 1, "type") ? lua_tostring(L, -1) : NULL;
    const char *own = opt_field(L, 1, "filter") ? lua_tostring(L, -1) : NULL;
    double brighter = opt_number(L, "brighter"), age_h = NAN;
    bool visible = opt_bool(L, "visible");
    if (type &&
        type[strspn(type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,-_")])
        problem_raise(L, "argument", "type: \"%.40s\" is no word such as \"grb\" or \"grb,frb\"",
                      type);
    if (opt_field(L, 1, "since"))
        age_h = (is_type(L, -1, t_time)
                     ? utc_diff_s(now_utc(here(L, "alerts")), arg_time(L, -1, "since"))
                     : arg_duration(L, -1, "since")) /
                3600;
    if (own && *own)
        str_addf(&t, "(%s)", own);
    if (type)
        add_term(&t, "type=", type, 0);
    if (!isnan(age_h))
        add_term(&t, "age<", NULL, age_h);
    if (!isnan(brighter))
        add_term(&t, "mag<", NULL, brighter);
    if (visible)
        add_term(&t, "", "up & dark", 0);
    lua_pushstring(L, str_c(&t));
    str_clear(&t);
    return lua_tostring(L, -1);
}

static int alerts_latest(lua_State *L)
{
    struct session *s = here(L, "alerts.latest");
    double limit = opt_number(L, "limit");
    struct alert_ask ask = {.judge = session_alert_judge(s),
                            .sort = ALERT_BY_TIME,
                            .all = opt_bool(L, "all"),
                            .now = now_utc(s)};
    if (opt_field(L, 1, "sort") && !alert_sort_of(lua_tostring(L, -1), &ask.sort))
        return problem_raise(L, "argument",
                             "sort: \"%.20s\" is none of score left time update mag alt name",
                             lua_tostring(L, -1));
    ask.filter = make_filter(L, filter_text(L));
    struct alert_list list;
    size_t max = isnan(limit) || limit > MAX_ROWS ? MAX_ROWS : limit < 0 ? 0 : (size_t)limit;
    lua_newtable(L);
    set_list(L);
    luaL_checkstack(L, 10, "alerts");
    alert_list_make(session_alerts(s), &ask, &list);
    /* the rows are copied out first: what follows may raise */
    size_t n = list.n < max ? list.n : max;
    struct alert_row *rows = lua_newuserdatauv(L, sizeof *rows * (n + 1), 0);
    if (n)
        memcpy(rows, list.rows, sizeof *rows * n);
    alert_list_clear(&list);
    for (size_t i = 0; i < n; i++) {
        push_event(L, rows[i].event, ask.judge ? &rows[i].view : NULL);
        lua_rawseti(L, -3, (lua_Integer)i + 1);
    }
    lua_pop(L, 1);
    return 1;
}

static void push_judged(lua_State *L, const struct session *s, const struct alert_event *e)
{
    struct alert_view v;
    const struct alert_judge *j = session_alert_judge(s);
    if (j)
        alert_judge_event(j, e, &v);
    push_event(L, e, j ? &v : NULL);
}

static int alerts_get(lua_State *L)
{
    struct session *s = here(L, "alerts.get");
    const struct alert_event *e =
        lua_isinteger(L, 1) ? alert_book_find(session_alerts(s), lua_tointeger(L, 1))
                            : alert_book_find_key(session_alerts(s), luaL_checkstring(L, 1));
    if (e)
        push_judged(L, s, e);
    else
        lua_pushnil(L);
    return 1;
}

static int alerts_take(lua_State *L)
{
    struct session *s = here(L, "alerts.import");
    struct alert_taken taken;
    struct error err;
    size_t n;
    const char *text = lua_tolstring(L, 1, &n);
    if (n > 4 << 20)
        return problem_raise(L, "limit", "alerts.import: more than 4 MB in one packet");
    if (alert_book_take(session_alerts(s), text, n, "lua", HOST(L)->running->name,
                        session_now_ns(s) / 1000000, &taken, &err) != OK)
        return problem_raise_error(L, &err);
    if (taken.refused && !taken.fresh && !taken.revised && !taken.known)
        return problem_raise(L, "parse", "alerts.import: %s", taken.reason);
    lua_createtable(L, 0, 5);
    set_int(L, "new", taken.fresh);
    set_int(L, "revised", taken.revised);
    set_int(L, "known", taken.known);
    set_int(L, "refused", taken.refused);
    if (taken.event)
        set_int(L, "id", taken.event);
    return 1;
}

static int alerts_follow(lua_State *L)
{
    struct session *s = here(L, "alerts.follow");
    struct error err;
    bool on = lua_isnoneornil(L, 2) || lua_toboolean(L, 2);
    if (alert_book_mark(session_alerts(s), lua_tointeger(L, 1), ALERT_MARK_FOLLOWED, on, &err) !=
        OK)
        return problem_raise_error(L, &err);
    return 0;
}

/* ---- for alerts.on ---- */

static int64_t last_id(const struct alert_book *b)
{
    int64_t last = 0;
    for (size_t i = 0; i < alert_book_n(b); i++)
        if (alert_book_at(b, i)->id > last)
            last = alert_book_at(b, i)->id;
    return last;
}

static int raw_last(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)last_id(session_alerts(here(L, "alerts.on"))));
    return 1;
}

/* alerts_after(id, {filter=, all=}): rows of the events that came after it, and the last id. */
static int raw_after(lua_State *L)
{
    struct session *s = here(L, "alerts.on");
    const struct alert_book *b = session_alerts(s);
    int64_t after = lua_tointeger(L, 1), last = last_id(b);
    bool all = lua_getfield(L, 2, "all") == LUA_TBOOLEAN && lua_toboolean(L, -1);
    const char *text = lua_getfield(L, 2, "filter") == LUA_TSTRING ? lua_tostring(L, -1) : "";
    struct alert_filter *f = make_filter(L, text);
    const struct alert_judge *j = session_alert_judge(s);
    lua_Integer k = 0;
    lua_newtable(L);
    set_list(L);
    for (size_t i = alert_book_n(b); after < last && i-- > 0;) {
        const struct alert_event *e = alert_book_at(b, i);
        struct alert_view v;
        if (e->id <= after || (!all && e->standing != ALERT_SKY && !alert_filter_names(f, "test")))
            continue;
        if (j)
            alert_judge_event(j, e, &v);
        struct alert_subject subject = {e, j ? &v : NULL, now_utc(s)};
        if (!alert_filter_match(f, &subject))
            continue;
        push_event(L, e, j ? &v : NULL);
        lua_rawseti(L, -2, ++k);
    }
    lua_pushinteger(L, (lua_Integer)last);
    return 2;
}

void raw_alerts(lua_State *L)
{
    static const luaL_Reg lib[] = {
        {"alerts_last", raw_last}, {"alerts_after", raw_after}, {NULL, NULL}};
    luaL_setfuncs(L, lib, 0);
}

static const struct lua_fn rows[] = {
    {"latest", alerts_latest,
     "{[type: string], [since: any], [brighter: number], [visible: boolean], [filter: string], "
     "[sort: string], [limit: int], [all: boolean]}",
     "rows {id, name, type, kind, time, coord, error, mag, facility, alt, az, up, dark, left, "
     "from, "
     "to, score, retracted, ...}",
     "The events of the alerts, latest first, judged for the site. since is a time or a span "
     "(\"2h\"); visible: up in the dark now; filter: as in the alerts list; tests only with all.",
     "for i, e in ipairs(alerts.latest{type = \"grb\", since = \"2h\"}) do print(e.name, e.alt) "
     "end"},
    {"get", alerts_get, "(id: any)", "row",
     "One event, by its id or by any name it is known by; nil if there is none.",
     "print(alerts.get(1))"},
    {"import", alerts_take, "(text: string)", "{new, revised, known, refused, id}",
     "Takes a packet in (VOEvent XML, GCN, IGWN or Astro-COLIBRI JSON), as a broker would bring "
     "it.",
     "print(try(alerts.import, \"no packet\"))"},
    {"follow", alerts_follow, "(id: int, [on: boolean])", "nothing",
     "Marks an event as followed: the alarm rules of followed events hold for it.",
     "print(try(alerts.follow, 123456789))"},
    {"on", api_in_lua, "(what: string, f: function, [o: {filter: string, all: boolean}])", "task",
     "Calls f(row) for each \"new\" event that the filter lets through.",
     "local h = alerts.on(\"new\", function(e) print(e.name) end, {filter = \"type=grb\"}) "
     "h:off()"},
    {0}};

const struct lua_module lua_module_alerts = {
    "alerts", "alerts", "alerts of transients, judged for the site", rows, NULL};
