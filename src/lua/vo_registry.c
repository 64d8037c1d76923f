/* vo_registry.c - module vo.registry: constraints, asked of the mirrors.
 * Not: the query (vo/registry.h), mirrors and kept answers (vo/search.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/base/log.h"
#include "vigie/session/session.h"
#include "vigie/vo/range.h"
#include "vo.h"
#include "vo_registry.h"

#define DEG (M_PI / 180)

enum { CONSTRAINTS = 16, TEXTS = 200 };

/* ---- what is asked for ---- */

/* struct wish - the constraints, their texts in the arena. */
struct wish {
    struct registry_constraint c[CONSTRAINTS];
    size_t n;
    struct arena arena;
    struct str adql, plain;
};

static int wish_gone(lua_State *L)
{
    struct wish *w = lua_touserdata(L, 1);
    arena_clear(&w->arena);
    str_clear(&w->adql);
    str_clear(&w->plain);
    return 0;
}

static struct registry_constraint *add(lua_State *L, struct wish *w, enum registry_kind kind)
{
    if (w->n == CONSTRAINTS)
        problem_raise(L, "argument", "registry.search: more than %d constraints", CONSTRAINTS);
    w->c[w->n] = (struct registry_constraint){.kind = kind};
    return &w->c[w->n++];
}

/* The value on the top, a text or a list of texts, which may have steps up and down. */
static void read_texts(lua_State *L, struct wish *w, const char *key, enum registry_kind kind)
{
    struct registry_constraint *c = add(L, w, kind);
    const char **text = arena_alloc(&w->arena, TEXTS * sizeof *text);
    int at = lua_gettop(L);
    c->text = text;
    if (lua_type(L, at) == LUA_TSTRING) {
        text[c->n++] = arena_str(&w->arena, lua_tostring(L, at));
        return;
    }
    if (!lua_istable(L, at))
        problem_raise(L, "argument", "registry.search: %s: a text, or a list of texts", key);
    lua_Integer n = (lua_Integer)lua_rawlen(L, at);
    for (lua_Integer i = 1; i <= n && i <= TEXTS; i++) {
        if (lua_rawgeti(L, at, i) != LUA_TSTRING)
            problem_raise(L, "argument", "registry.search: %s: element %d is no text", key, (int)i);
        text[c->n++] = arena_str(&w->arena, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    if (kind == REGISTRY_UAT) {
        if (opt_field(L, at, "expand_down"))
            c->down = lua_isboolean(L, -1) ? 20 : (int)lua_tointeger(L, -1);
        if (opt_field(L, at, "expand_up"))
            c->up = lua_isboolean(L, -1) ? 20 : (int)lua_tointeger(L, -1);
        lua_settop(L, at);
    }
    if (c->n == 0)
        problem_raise(L, "argument", "registry.search: %s: the list is empty", key);
}

/* pos, {pos, radius}, {ra, dec [, radius]}, {pos =, radius =}. */
static void read_place(lua_State *L, struct wish *w)
{
    struct registry_constraint *c = add(L, w, REGISTRY_PLACE);
    int at = lua_gettop(L), radius = 0;
    struct sky_star s;
    if (lua_istable(L, at) && lua_rawlen(L, at) >= 1 && !lua_isnil(L, at)) {
        lua_rawgeti(L, at, 1);
        lua_rawgeti(L, at, 2);
        lua_rawgeti(L, at, 3);
        if (lua_type(L, at + 1) == LUA_TNUMBER) {
            s.ra_rad = lua_tonumber(L, at + 1) * DEG;
            s.dec_rad = lua_tonumber(L, at + 2) * DEG;
            radius = lua_isnil(L, at + 3) ? 0 : at + 3;
        } else {
            s = arg_coord(L, at + 1, "spatial");
            radius = lua_isnil(L, at + 2) ? 0 : at + 2;
        }
    } else if (lua_istable(L, at) && opt_field(L, at, "pos")) {
        s = arg_coord(L, -1, "spatial: pos");
        radius = opt_field(L, at, "radius") ? lua_gettop(L) : 0;
    } else {
        s = arg_coord(L, at, "spatial");
    }
    c->lon_deg = s.ra_rad / DEG;
    c->lat_deg = s.dec_rad / DEG;
    c->radius_deg = radius ? arg_angle(L, radius, "spatial: radius") / DEG : 0;
    c->meet = c->radius_deg > 0 ? REGISTRY_OVERLAPS : REGISTRY_COVERS;
    lua_settop(L, at);
}

/* One end of an interval of energies as joules: a number is joules, a text has a unit. */
static void read_energy(lua_State *L, int i, double *lo, double *hi)
{
    struct error err;
    double a = 0, b = 0;
    if (lua_type(L, i) == LUA_TNUMBER) {
        *lo = *hi = lua_tonumber(L, i);
        return;
    }
    if (lua_type(L, i) != LUA_TSTRING || range_band(lua_tostring(L, i), &a, &b, &err) != OK)
        problem_raise(L, "argument", "spectral: %s",
                      lua_type(L, i) == LUA_TSTRING ? err.text : "a text such as \"500nm\"");
    *lo = range_joule(b);
    *hi = range_joule(a);
}

static void read_instant(lua_State *L, int i, double *lo, double *hi)
{
    struct error err;
    struct session *s = api_session(L);
    const struct clock *clock = s ? session_clock(s) : clock_system();
    if (lua_type(L, i) == LUA_TNUMBER) { /* MJD, as the registry has it */
        *lo = *hi = lua_tonumber(L, i);
    } else if (lua_type(L, i) == LUA_TSTRING) {
        if (range_time(lua_tostring(L, i), clock, lo, hi, &err) != OK)
            problem_raise(L, "argument", "temporal: %s", err.text);
    } else {
        struct jd_utc t = arg_time(L, i, "temporal");
        *lo = *hi = t.d1 - 2400000.5 + t.d2;
    }
}

typedef void read_end_fn(lua_State *L, int i, double *lo, double *hi);

/* A value, or a list of two. */
static void read_range(lua_State *L, struct wish *w, enum registry_kind kind, read_end_fn *read)
{
    struct registry_constraint *c = add(L, w, kind);
    int at = lua_gettop(L);
    if (!lua_istable(L, at)) {
        read(L, at, &c->lo, &c->hi);
        return;
    }
    double lo[2], hi[2];
    for (int i = 0; i < 2; i++) {
        lua_rawgeti(L, at, i + 1);
        read(L, at + 1 + i, &lo[i], &hi[i]);
    }
    c->lo = fmin(fmin(lo[0], lo[1]), fmin(hi[0], hi[1]));
    c->hi = fmax(fmax(hi[0], hi[1]), fmax(lo[0], lo[1]));
    lua_settop(L, at);
}

/* Words by position, then those of `keywords`. */
static void read_words(lua_State *L, struct wish *w)
{
    int list;
    lua_newtable(L);
    list = lua_gettop(L);
    lua_Integer n = 0;
    for (lua_Integer i = 1; lua_rawgeti(L, 1, i) != LUA_TNIL; i++)
        lua_rawseti(L, list, ++n);
    lua_settop(L, list);
    if (opt_field(L, 1, "keywords")) {
        if (lua_type(L, -1) == LUA_TSTRING) {
            lua_rawseti(L, list, ++n);
        } else {
            int k = lua_gettop(L);
            for (lua_Integer i = 1; lua_istable(L, k) && lua_rawgeti(L, k, i) != LUA_TNIL; i++)
                lua_rawseti(L, list, ++n);
        }
    }
    lua_settop(L, list);
    if (n)
        read_texts(L, w, "keywords", REGISTRY_WORDS);
    lua_settop(L, list - 1);
}

/* What is asked of the thesaurus that its core alone cannot answer: an unknown concept, steps from one. */
static bool wants_more(lua_State *L, const struct wish *w, bool *steps)
{
    bool whole, lacks = false;
    const struct uat *uat = vo_thesaurus(L, &whole);
    *steps = false;
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; w->c[i].kind == REGISTRY_UAT && k < w->c[i].n; k++) {
            lacks = lacks || uat_find(uat, w->c[i].text[k]) < 0;
            *steps = *steps || w->c[i].up || w->c[i].down;
        }
    return !whole && (lacks || *steps);
}

/* The thesaurus to check the concepts with. The core may lack one that there is: then they are sent as they are,
 * unless steps from them are wanted. */
static const struct uat *thesaurus_for(lua_State *L, const struct wish *w)
{
    bool whole, steps;
    return wants_more(L, w, &steps) && !steps ? NULL : vo_thesaurus(L, &whole);
}

static struct wish *read_constraints(lua_State *L)
{
    static const struct {
        const char *key;
        enum registry_kind kind;
    } texts[] = {{"servicetype", REGISTRY_SERVICE},
                 {"author", REGISTRY_AUTHOR},
                 {"waveband", REGISTRY_WAVEBAND},
                 {"ucd", REGISTRY_UCD},
                 {"uat", REGISTRY_UAT},
                 {"datamodel", REGISTRY_DATAMODEL},
                 {"ivoid", REGISTRY_IVOID}};
    struct wish *w = push_owned(L, "vigie.wish", sizeof *w, wish_gone);
    read_words(L, w);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (opt_field(L, 1, texts[i].key)) {
            read_texts(L, w, texts[i].key, texts[i].kind);
            lua_pop(L, 1);
        }
    if (opt_field(L, 1, "spatial")) {
        read_place(L, w);
        lua_pop(L, 1);
    }
    if (opt_field(L, 1, "spectral")) {
        read_range(L, w, REGISTRY_SPECTRUM, read_energy);
        lua_pop(L, 1);
    }
    if (opt_field(L, 1, "temporal")) {
        read_range(L, w, REGISTRY_TIME, read_instant);
        lua_pop(L, 1);
    }
    return w;
}

static struct wish *read_wish(lua_State *L)
{
    struct error err;
    struct wish *w = read_constraints(L);
    const struct uat *uat = thesaurus_for(L, w);
    if (registry_adql(w->c, w->n, uat, &w->adql, &err) != OK ||
        registry_adql_plain(w->c, w->n, uat, &w->plain, &err) != OK)
        problem_raise(L, "argument", "registry.search: %s", err.text);
    return w;
}

static int registry_adql_text(lua_State *L)
{
    struct wish *w = read_wish(L);
    lua_pushlstring(L, str_c(&w->adql), w->adql.n);
    return 1;
}

/* ---- asking ---- */

/* struct asking - a userdata: the search under way, its end. */
struct asking {
    struct search *search;
    struct lua_host *host;
    uint64_t task, wait;
    bool over;
    struct error err, why;
    struct records found;
    char from[128];
    double timeout_s;
};

static void stop_asking(void *arg)
{
    struct asking *a = arg;
    search_free(a->search);
    a->search = NULL;
    a->host = NULL;
}

static int asking_gone(lua_State *L)
{
    struct asking *a = lua_touserdata(L, 1);
    stop_asking(a);
    registry_clear(&a->found.list);
    return 0;
}

static void on_found(void *arg, struct search_result *r)
{
    struct asking *a = arg;
    a->over = true;
    a->err = r->err;
    a->why = r->why;
    memcpy(a->from, r->from, sizeof a->from);
    a->found = (struct records){.list = *r->list, .cut = r->cut, .age_s = r->age_s};
    *r->list = (struct registry_list){0};
    if (a->host)
        task_wake(a->host, a->task, a->wait);
    a->host = NULL;
}

/* The asking lies on the top. */
static int found(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    char age[VO_AGE_TEXT];
    struct asking *a = lua_touserdata(L, -1);
    if (!a->over) {
        stop_asking(a);
        return problem_raise_with(L, "timeout", "try timeout = 120", NULL,
                                  "registry.search: no registry answered in %.3g s", a->timeout_s);
    }
    if (a->err.status != OK)
        return vo_raise(L, &a->err, NULL, true);
    if (a->why.status != OK)
        log_put(LOG_WARN, "lua", "registry",
                "no registry answers (%s); its answer of %s ago is used", a->why.text,
                vo_age_text(a->found.age_s, age));
    if (a->found.cut)
        log_put(LOG_WARN, "lua", "registry", "there are more records than these %zu",
                a->found.list.record.n);
    push_records(L, &a->found);
    return 1;
}

/* The asking is on the top, what is asked for in the table at 1. */
static int begin(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct lua_host *h = HOST(L);
    struct asking *a = lua_touserdata(L, -1);
    struct error err;
    int top = lua_gettop(L);
    struct wish *w = read_wish(L);
    const struct search_setup setup = {.access = vo_access(L),
                                       .adql = str_c(&w->adql),
                                       .plain = str_c(&w->plain),
                                       .max_age_s = -1,
                                       .max_rows = vo_max_rows(L, 1),
                                       .done = on_found,
                                       .arg = a};
    a->search = search_start(&setup, &err);
    lua_settop(L, top);
    if (!a->search)
        return vo_raise(L, &err, NULL, false);
    a->host = h;
    a->task = h->running->id;
    a->wait = task_wait(h, "the registry", stop_asking, a);
    task_wake_after(h, fmax(a->timeout_s, 0.001));
    return task_leave(L, 0, found);
}

static int registry_search(lua_State *L)
{
    enum { THESAURUS_S = 10 };
    struct lua_host *h = HOST(L);
    double timeout = VO_TIMEOUT_S;
    bool steps, more = wants_more(L, read_constraints(L), &steps);
    if (opt_field(L, 1, "timeout"))
        timeout = arg_duration(L, -1, "timeout");
    lua_settop(L, 1);
    struct asking *a = push_owned(L, "vigie.asking", sizeof *a, asking_gone);
    a->timeout_s = timeout;
    if (!more || !vo_thesaurus_fetch(L))
        return begin(L, LUA_OK, 0);
    task_wake_after(h, fmin(timeout, THESAURUS_S));
    return task_leave(L, 0, begin);
}

static const struct lua_fn rows[] = {
    {"search", registry_search,
     "{[keywords: any], [servicetype: any], [uat: any], [waveband: any], [ucd: any], [author: "
     "any], "
     "[spatial: any], [spectral: any], [temporal: any], [datamodel: any], [ivoid: any], [maxrec: "
     "int], [timeout: duration], ...}",
     "resources",
     "Resources of the registry that meet every key; a key given a list is met by any of it. Words "
     "by position are keywords. uat = {\"x\", expand_down = 2}; spatial = {pos, radius}; spectral "
     "= "
     "\"500nm\" or {lo, hi}; temporal = \"2019-01-14\" or {from, to}.",
     "for r in vo.registry.search{uat = \"gamma-ray-bursts\", servicetype = "
     "\"conesearch\"}:rows() do print(r.short_name, r.res_title) end"},
    {"get_RegTAP_query", registry_adql_text,
     "{[keywords: any], [servicetype: any], [uat: any], [waveband: any], [ucd: any], [author: "
     "any], "
     "[spatial: any], [spectral: any], [temporal: any], [datamodel: any], [ivoid: any], ...}",
     "string", "The ADQL that such a search asks, to learn from.",
     "print(vo.registry.get_RegTAP_query{\"burst\", waveband = \"gamma-ray\"})"},
    {0}};
const struct lua_module lua_module_registry = {
    "vo.registry", "vo", "the registry of the Virtual Observatory", rows, NULL};
