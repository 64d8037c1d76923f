/* api_camera.c - module camera: exposures into FITS files, as the keys make them (session/camdesk.h).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "vigie/formats/fitsheader.h"
#include "vigie/session/camdesk.h"

static const char t_exposing[] = "vigie.camera.exposing";

enum { SHORT_S = 30, HEADER_MAX = 20 * 2880 };

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

/* "'M31     '           / comment", "12.5 / comment", "T": a string, a number, a boolean. */
static void push_card(lua_State *L, const char *text)
{
    double x;
    char value[81];
    text += strspn(text, " ");
    if (text[0] == '\'') {
        size_t n = 0;
        for (text++; *text && n < sizeof value - 1; text++) {
            if (text[0] == '\'' && text[1] != '\'')
                break;
            text += text[0] == '\'';
            value[n++] = *text;
        }
        while (n && value[n - 1] == ' ')
            n--;
        lua_pushlstring(L, value, n);
        return;
    }
    size_t n = strcspn(text, "/");
    while (n && text[n - 1] == ' ')
        n--;
    snprintf(value, sizeof value, "%.*s", n < sizeof value ? (int)n : 80, text);
    if (strcmp(value, "T") == 0 || strcmp(value, "F") == 0)
        lua_pushboolean(L, value[0] == 'T');
    else if (str_num(value, &x) && x == floor(x) && fabs(x) < 1e15 && !strchr(value, '.'))
        lua_pushinteger(L, (lua_Integer)x);
    else if (str_num(value, &x))
        lua_pushnumber(L, x);
    else
        lua_pushstring(L, value);
}

/* What the file says of itself: keyword = value, of its first header. Its lines are Lua's while they are read, so that nothing
 * is lost when Lua raises. */
static void push_header(lua_State *L, const char *path)
{
    static char bytes[HEADER_MAX];
    struct str lines = {0};
    size_t headers;
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f)
        fclose(f);
    if (!n || fits_header_lines(bytes, n, &lines, &headers, NULL) != OK)
        str_reset(&lines);
    lua_newtable(L);
    lua_pushstring(L, str_c(&lines));
    str_clear(&lines);
    for (const char *at = lua_tostring(L, -1); *at && *at != '\n'; at += *at == '\n') {
        char card[81];
        size_t len = strcspn(at, "\n");
        snprintf(card, sizeof card, "%.*s", len < sizeof card ? (int)len : 80, at);
        at += len;
        if (strlen(card) <= 10 || card[8] != '=')
            continue;
        push_card(L, card + 9);
        card[strcspn(card, " =")] = 0;
        lua_setfield(L, -3, card);
    }
    lua_pop(L, 1);
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
        return device_raise(L, device_info_of(L, DEVICE_CAMERA), x->status, x->text);
    lua_newtable(L);
    set_text(L, "path", x->path);
    if (x->path && x->path[0]) {
        push_header(L, x->path);
        lua_setfield(L, -2, "header");
    }
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

/* roi = {x, y, w, h}, unbinned pixels, or "full". */
static void roi_of(lua_State *L, struct sequence_plan *p)
{
    int *const to[] = {&p->x, &p->y, &p->w, &p->h};
    int type = lua_getfield(L, 1, "roi");
    if (type == LUA_TSTRING && strcmp(lua_tostring(L, -1), "full") == 0)
        p->w = -1;
    else if (type == LUA_TTABLE)
        for (int i = 0; i < 4; i++) {
            int whole;
            lua_geti(L, -1, i + 1);
            lua_Integer x = lua_tointegerx(L, -1, &whole);
            if (!whole || x < (i < 2 ? 0 : 1) || x > 1000000)
                problem_raise(L, "argument",
                              "camera.expose: roi is {x, y, w, h} in unbinned pixels, or \"full\"");
            *to[i] = (int)x;
            lua_pop(L, 1);
        }
    else if (type != LUA_TNIL)
        problem_raise(L, "argument",
                      "camera.expose: roi is {x, y, w, h} in unbinned pixels, or \"full\"");
    lua_pop(L, 1);
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
    if (!isnan(bin) && !(bin >= 1 && bin <= 64))
        return problem_raise(L, "argument", "camera.expose: bin is 1 to 64");
    plan.bin = isnan(bin) ? 0 : (int)bin;
    roi_of(L, &plan);
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
        return device_raise(L, device_info_of(L, DEVICE_CAMERA), st, err.text);
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
        return device_raise(L, device_info_of(L, DEVICE_CAMERA), err.status, err.text);
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
     "{seconds: duration, [filter: string], [bin: int], [roi: any], [gain: number], [type: "
     "string], "
     "[name: string]}",
     "table {path, header, min, max, median, saturated, stars, hfd}",
     "Takes an image, waits, and returns where its FITS file is, its header (keyword = value) and "
     "how it looks. filter: the wheel turns to it first. roi: {x, y, w, h} in unbinned pixels, or "
     "\"full\". type: light dark flat bias.",
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
