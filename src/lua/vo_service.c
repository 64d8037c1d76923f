/* vo_service.c - services as values: a cone search, images, spectra, links; what is asked of them.
 * Not: the protocols (vo/proto.h), TAP (vo_tap.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/session/session.h"
#include "vigie/vo/range.h"
#include "vo.h"

#define DEG (M_PI / 180)

const char t_service[] = "service", t_tap[] = "tap";

extern const struct lua_type lua_type_service;

static int service_gone(lua_State *L)
{
    struct vo_service *s = lua_touserdata(L, 1);
    free(s->url);
    s->url = NULL;
    return 0;
}

void vo_push_service(lua_State *L, const char *kind, const char *url)
{
    const struct vo_protocol *p = vo_protocol_find(kind);
    if (!p)
        problem_raise(L, "argument", "a service of the kind %.20s is not known", kind);
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        problem_raise(L, "argument", "%.60s: not the address of a service: http:// or https://",
                      url);
    struct vo_service *s = lua_newuserdatauv(L, sizeof *s, 0);
    *s = (struct vo_service){p, NULL};
    luaL_setmetatable(L, strcmp(kind, "tap") == 0 ? t_tap : t_service);
    s->url = mem_str(url);
}

struct vo_service *vo_service_arg(lua_State *L, int index, const char *type)
{
    return luaL_checkudata(L, index, type);
}

/* A size of a field: a number or text of an angle; or two of them, the larger counts. */
static double size_arg(lua_State *L, int at, const char *key)
{
    if (!lua_istable(L, at))
        return arg_angle(L, at, key);
    lua_rawgeti(L, at, 1);
    lua_rawgeti(L, at, 2);
    double x = arg_angle(L, at + 1, key), y = lua_isnil(L, at + 2) ? x : arg_angle(L, at + 2, key);
    lua_settop(L, at);
    return fmax(x, y);
}

static void read_place(lua_State *L, struct proto_query *q)
{
    static const char *const sizes[] = {"radius", "size", "diameter"};
    double radius = NAN;
    if (!opt_field(L, 2, "pos"))
        return;
    struct sky_star s = arg_coord(L, -1, "pos");
    lua_pop(L, 1);
    for (size_t i = 0; i < 3; i++)
        if (opt_field(L, 2, sizes[i])) {
            radius = size_arg(L, lua_gettop(L), sizes[i]) / (i ? 2 : 1);
            lua_pop(L, 1);
        }
    if (isnan(radius))
        problem_raise(L, "argument", "search: radius: how far around pos? radius = \"6'\"");
    if (radius < 0 || radius > M_PI)
        problem_raise(L, "argument", "search: radius: %g degrees is not in 0 .. 180", radius / DEG);
    q->place = true;
    q->ra_deg = s.ra_rad / DEG;
    q->dec_deg = s.dec_rad / DEG;
    q->radius_deg = radius / DEG;
}

/* Wavelengths: a number or two in metres, or a text with its unit. */
static void read_band(lua_State *L, struct proto_query *q)
{
    struct error err;
    if (!opt_field(L, 2, "band"))
        return;
    int at = lua_gettop(L);
    q->band = true;
    if (lua_type(L, at) == LUA_TSTRING) {
        if (range_band(lua_tostring(L, at), &q->band_lo_m, &q->band_hi_m, &err) != OK)
            problem_raise(L, "argument", "search: band: %s", err.text);
    } else if (lua_istable(L, at)) {
        lua_rawgeti(L, at, 1);
        lua_rawgeti(L, at, 2);
        q->band_lo_m = luaL_checknumber(L, at + 1);
        q->band_hi_m = luaL_checknumber(L, at + 2);
    } else {
        q->band_lo_m = q->band_hi_m = luaL_checknumber(L, at);
    }
    lua_settop(L, at - 1);
}

static double mjd_arg(lua_State *L, int i)
{
    struct jd_utc t = arg_time(L, i, "search: time");
    return t.d1 - 2400000.5 + t.d2;
}

static void read_time(lua_State *L, struct proto_query *q)
{
    struct error err;
    struct session *s = api_session(L);
    if (!opt_field(L, 2, "time"))
        return;
    int at = lua_gettop(L);
    q->time = true;
    if (lua_type(L, at) == LUA_TSTRING) {
        if (range_time(lua_tostring(L, at), s ? session_clock(s) : clock_system(), &q->mjd_lo,
                       &q->mjd_hi, &err) != OK)
            problem_raise(L, "argument", "search: time: %s", err.text);
    } else if (lua_istable(L, at)) {
        lua_rawgeti(L, at, 1);
        lua_rawgeti(L, at, 2);
        q->mjd_lo = mjd_arg(L, at + 1);
        q->mjd_hi = mjd_arg(L, at + 2);
    } else {
        q->mjd_lo = q->mjd_hi = mjd_arg(L, at);
    }
    lua_settop(L, at - 1);
}

static int answered(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    vo_call_tbl(L, vo_call_top(L));
    return 1;
}

static const char *text_field(lua_State *L, const char *key)
{
    lua_getfield(L, 2, key); /* stays in the table: borrowed */
    const char *s = lua_tostring(L, -1);
    lua_pop(L, 1);
    return s;
}

static int service_search(lua_State *L)
{
    struct vo_service *s = vo_service_arg(L, 1, t_service);
    struct proto_query q = {.base = s->url, .max_rows = vo_max_rows(L, 2)};
    read_place(L, &q);
    read_band(L, &q);
    read_time(L, &q);
    q.id = text_field(L, "id");
    q.format = text_field(L, "format");
    if (opt_field(L, 2, "verb")) {
        q.verb = (int)lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    struct vo_call *c = vo_call_new(L, "svc:search", 2, VO_TIMEOUT_S);
    return vo_ask_protocol(L, c, s->protocol, &q, 0, answered);
}

static int service_index(lua_State *L)
{
    struct vo_service *s = vo_service_arg(L, 1, t_service);
    const char *key = luaL_checkstring(L, 2);
    if (strcmp(key, "url") == 0 || strcmp(key, "baseurl") == 0)
        lua_pushstring(L, s->url);
    else if (strcmp(key, "kind") == 0)
        lua_pushstring(L, s->protocol->name);
    else
        return api_member(L, &lua_type_service);
    return 1;
}

static int service_text(lua_State *L)
{
    const struct vo_service *s = luaL_testudata(L, 1, t_service);
    if (!s)
        s = luaL_checkudata(L, 1, t_tap);
    lua_pushfstring(L, "%s at %s", s->protocol->title, s->url);
    return 1;
}

static const struct lua_fn service_rows[] = {
    {"search", service_search,
     "{[pos: coord], [radius: angle], [size: any], [diameter: angle], [band: any], [time: any], "
     "[format: string], [verb: int], [id: string], [maxrec: int], [timeout: duration]}",
     "tbl",
     "Asks it: a cone search pos and radius; images and spectra pos, size, band (\"500nm\", "
     "metres), "
     "time, format; links the id of a dataset. What the protocol cannot be asked is an error.",
     "local t = vo.scs\"http://dc.g-vo.org/grb/q/scs/scs.xml?\":search{pos = \"14 03 38.6 +54 18 "
     "42\", radius = \"1d\"} print(#t, t.status)"},
    {"url", NULL, NULL, "string", "its address (also baseurl)", NULL},
    {"kind", NULL, NULL, "string", "scs, sia, sia2, ssa, datalink", NULL},
    {0}};
const struct lua_type lua_type_service = {t_service, "a service of the Virtual Observatory",
                                          service_rows};

static int open_service(lua_State *L, const char *kind)
{
    vo_push_service(L, kind, lua_tostring(L, 1));
    return 1;
}

static int vo_scs(lua_State *L)
{
    return open_service(L, "scs");
}

static int vo_sia(lua_State *L)
{
    return open_service(L, "sia");
}

static int vo_sia2(lua_State *L)
{
    return open_service(L, "sia2");
}

static int vo_ssa(lua_State *L)
{
    return open_service(L, "ssa");
}

static int vo_tap(lua_State *L)
{
    return open_service(L, "tap");
}

static int vo_datalink(lua_State *L)
{
    return open_service(L, "datalink");
}

static const struct lua_fn rows[] = {
    {"scs", vo_scs, "(url: string)", "service", "A Simple Cone Search at an address.",
     "print(vo.scs\"http://dc.g-vo.org/grb/q/scs/scs.xml?\".kind)"},
    {"sia", vo_sia, "(url: string)", "service", "Images, Simple Image Access 1.",
     "print(vo.sia\"http://dc.g-vo.org/img/q/siap.xml?\")"},
    {"sia2", vo_sia2, "(url: string)", "service", "Images, Simple Image Access 2.",
     "print(vo.sia2\"http://dc.g-vo.org/img/q/siap2.xml?\")"},
    {"ssa", vo_ssa, "(url: string)", "service", "Spectra, Simple Spectral Access.",
     "print(vo.ssa\"http://dc.g-vo.org/spec/q/ssap.xml?\")"},
    {"tap", vo_tap, "(url: string)", "tap", "A TAP service: queries in ADQL.",
     "print(vo.tap\"http://dc.g-vo.org/tap\".url)"},
    {"datalink", vo_datalink, "(url: string)", "service",
     "What belongs to a dataset: vo.datalink(url):search{id = ...}.",
     "print(vo.datalink\"http://dc.g-vo.org/img/q/dlmeta\".kind)"},
    {0}};
const struct lua_module lua_module_vo = {"vo", "vo", "the Virtual Observatory", rows, NULL};

void vo_open(lua_State *L)
{
    static const luaL_Reg fn[] = {{"__index", service_index},
                                  {"__gc", service_gone},
                                  {"__tostring", service_text},
                                  {NULL, NULL}};
    static const luaL_Reg tap[] = {
        {"__gc", service_gone}, {"__tostring", service_text}, {NULL, NULL}};
    vo_open_net(L);
    push_type(L, t_service, fn, service_rows);
    push_type(L, t_tap, tap, lua_type_tap.rows);
    vo_open_tap(L);
    vo_open_registry(L);
}
