/* api_camera.c - module camera: exposures into FITS files, as the keys make them (session/camdesk.h).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "vigie/session/camdesk.h"

static const char t_exposing[] = "vigie.camera.exposing";

enum { READ_S = 300, SHORT_S = 30 };

struct exposing {
    struct lua_host *host;
    struct session *session;
    uint64_t task, wait;
    bool over, running;
    enum status status;
    char text[256], *path;
    struct frame_check check;
    bool checked;
};

/* Only one sequence runs at a time: what a script waits for is found here by who began it last. */
static struct exposing *current;

static int l_connect(lua_State *L)
{
    return device_connect(L, DEVICE_CAMERA);
}

static void image(void *arg, enum status status, const char *text, const char *path,
                  const struct frame_check *check, bool last)
{
    struct exposing *x = arg;
    (void)last;
    if (current != x)
        return;
    x->over = true;
    x->running = false;
    x->status = status;
    snprintf(x->text, sizeof x->text, "%s", text);
    free(x->path);
    x->path = mem_str(path);
    x->checked = check != NULL;
    if (check)
        x->check = *check;
    current = NULL;
    if (x->host)
        task_wake(x->host, x->task, x->wait);
}

static int gone(lua_State *L)
{
    struct exposing *x = luaL_checkudata(L, 1, t_exposing);
    if (current == x)
        current = NULL;
    free(x->path);
    x->path = NULL;
    return 0;
}

static void cancelled(void *arg)
{
    struct exposing *x = arg;
    struct rack_asker who = {.who = "Lua: cancelled"};
    bool was;
    struct error e;
    x->host = NULL;
    if (current != x)
        return;
    current = NULL;
    if (session_expose_end(x->session, &who, &was, &e) != OK)
        session_say(x->session, "%s", e.text);
}

static int again(lua_State *L, int status, lua_KContext ctx)
{
    struct exposing *x = luaL_checkudata(L, 1, t_exposing);
    (void)status;
    (void)ctx;
    if (!x->over) {
        x->host = HOST(L);
        x->task = x->host->running->id;
        x->wait = task_wait(x->host, "an exposure", cancelled, x);
        return task_leave(L, 0, again);
    }
    if (x->status != OK)
        return device_raise(L, x->status, x->text);
    lua_newtable(L);
    set_text(L, "path", x->path);
    if (x->checked) {
        set_int(L, "min", x->check.min);
        set_int(L, "max", x->check.max);
        set_number(L, "median", x->check.median);
        set_int(L, "saturated", (int64_t)x->check.n_saturated);
        set_int(L, "stars", x->check.n_found);
        set_number(L, "hfd", x->check.hfd_px);
    }
    return 1;
}

static enum frame_kind kind_of(lua_State *L, const char *word)
{
    static const char *const name[] = {"light", "dark", "flat", "bias"};
    for (int i = 0; i < 4; i++)
        if (strcmp(word, name[i]) == 0)
            return (enum frame_kind)i;
    problem_raise(L, "argument", "camera.expose: type is light, dark, flat or bias");
    return FRAME_LIGHT;
}

static int l_expose(lua_State *L)
{
    struct session *s = here(L, "camera.expose");
    struct sequence_plan plan = {.n = 1, .gain = opt_number(L, "gain")};
    char who_text[80];
    struct rack_asker who = device_asker(L, who_text);
    struct error err;
    device_of(L, DEVICE_CAMERA);
    lua_getfield(L, 1, "seconds");
    plan.seconds = arg_duration(L, -1, "camera.expose: seconds");
    double bin = opt_number(L, "bin");
    plan.bin = bin >= 1 && bin <= 64 ? (int)bin : 0;
    if (lua_getfield(L, 1, "type") != LUA_TNIL)
        plan.kind = kind_of(L, lua_tostring(L, -1));
    lua_getfield(L, 1, "name");
    plan.object = lua_tostring(L, -1);
    lua_getfield(L, 1, "filter");
    plan.filter = lua_tostring(L, -1);
    struct exposing *x = push_owned(L, t_exposing, sizeof *x, gone);
    x->session = s;
    enum status st = session_expose(s, &plan, &who, image, x, &err);
    if (st != OK)
        return device_raise(L, st, err.text);
    current = x;
    lua_insert(L, 1);
    lua_settop(L, 1);
    return again(L, LUA_OK, 0);
}

static int l_abort(lua_State *L)
{
    char who_text[80];
    struct rack_asker who = device_asker(L, who_text);
    bool was;
    struct error err;
    device_of(L, DEVICE_CAMERA);
    if (session_expose_end(here(L, "camera.abort"), &who, &was, &err) != OK)
        return device_raise(L, err.status, err.text);
    lua_pushboolean(L, was);
    return 1;
}

static int l_cool(lua_State *L)
{
    struct device_request q = {.verb = ASK_COOL, .on = !lua_isnoneornil(L, 1)};
    q.x = q.on ? lua_tonumber(L, 1) : 0;
    return device_ask(L, DEVICE_CAMERA, &q, SHORT_S);
}

static int index_of(lua_State *L)
{
    const struct device_info *d = device_info_of(L, DEVICE_CAMERA);
    const char *key = luaL_checkstring(L, 2);
    bool fresh = d && d->link == DEVICE_READY && !d->stale;
    if (strcmp(key, "connected") == 0)
        lua_pushboolean(L, d && d->link == DEVICE_READY);
    else if (strcmp(key, "name") == 0)
        lua_pushstring(L, d ? d->name : NULL);
    else if (strcmp(key, "exposing") == 0)
        lua_pushboolean(L, fresh && d->v.camera.phase != CAMERA_IDLE);
    else if (strcmp(key, "temperature") == 0 && fresh && !isnan(d->v.camera.temp_degc))
        lua_pushnumber(L, d->v.camera.temp_degc);
    else if (strcmp(key, "temperature") == 0)
        lua_pushnil(L);
    else
        return problem_raise(L, "argument",
                             "camera has no %s: it has connected name exposing temperature, "
                             "connect() expose{} abort() cool()",
                             key);
    return 1;
}

static void fields(lua_State *L)
{
    device_fields(L, index_of);
}

static const struct lua_fn rows[] = {
    {"connect", l_connect, "()", "nothing", "Connects the camera and waits until it answers.",
     "if camera.name then camera.connect() print(camera.name) end"},
    {"expose", l_expose,
     "{seconds: duration, [filter: string], [bin: int], [gain: number], [type: string], [name: "
     "string]}",
     "table {path, min, max, median, saturated, stars, hfd}",
     "Takes an image, waits, and returns where its FITS file is and how it looks. type: light dark "
     "flat bias.",
     "if camera.connected then print(try(camera.expose, {seconds = \"0.1s\"})) end"},
    {"abort", l_abort, "()", "boolean", "Ends the exposure; whether a sequence ran.",
     "if camera.connected then camera.abort() end"},
    {"cool", l_cool, "([degrees: number])", "nothing",
     "Cools the camera to a temperature in degrees C; without one the cooler is switched off.",
     "if camera.connected then try(camera.cool, -10) end"},
    {0}};
const struct lua_module lua_module_camera = {
    "camera", "camera",
    "the camera: camera.temperature (degrees C), camera.exposing, camera.connected, camera.name",
    rows, fields};
