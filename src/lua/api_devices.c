/* api_devices.c - modules focuser, wheel, dome, weather, power. Values that are not known or not current are nil.
 */
#include <math.h>
#include <string.h>

#include "devices.h"

enum { MOVE_S = 300, SHORT_S = 30 };

/* The fields that all of them have; false: it is another one. */
static bool common(lua_State *L, enum device_kind kind, const char *key,
                   const struct device_info **fresh)
{
    const struct device_info *d = device_info_of(L, kind);
    *fresh = d && d->link == DEVICE_READY && !d->stale ? d : NULL;
    if (strcmp(key, "connected") == 0)
        lua_pushboolean(L, d && d->link == DEVICE_READY);
    else if (strcmp(key, "name") == 0)
        lua_pushstring(L, d ? d->name : NULL);
    else
        return false;
    return true;
}

static int no_field(lua_State *L, const char *module, const char *key, const char *there)
{
    return problem_raise(L, "argument", "%s has no %s: it has connected name %s", module, key,
                         there);
}

static void number_or_nil(lua_State *L, double x)
{
    if (isnan(x))
        lua_pushnil(L);
    else if (x == floor(x) && fabs(x) < 1e9)
        lua_pushinteger(L, (lua_Integer)x);
    else
        lua_pushnumber(L, x);
}

#define CONNECTS(name, kind)                                                                       \
    static int name(lua_State *L)                                                                  \
    {                                                                                              \
        return device_connect(L, kind);                                                            \
    }
CONNECTS(focuser_connect, DEVICE_FOCUSER)
CONNECTS(wheel_connect, DEVICE_WHEEL)
CONNECTS(dome_connect, DEVICE_DOME)
CONNECTS(weather_connect, DEVICE_WEATHER)
CONNECTS(power_connect, DEVICE_SWITCH)

/* --- focuser ------------------------------------------------------------------------------------------ */

/* Steps as a script writes them: what no focuser has is refused, and not cut to what fits. */
static int steps(lua_State *L, const char *what)
{
    enum { MOST = 10000000 };
    lua_Integer n = lua_tointeger(L, 1);
    if (n < -MOST || n > MOST)
        problem_raise(L, "argument", "%s: no focuser goes more than %d steps", what, MOST);
    return (int)n;
}

static int focuser_move(lua_State *L)
{
    struct device_request q = {.verb = ASK_FOCUS_TO, .n = steps(L, "focuser.move")};
    return device_ask(L, DEVICE_FOCUSER, &q, MOVE_S);
}

static int focuser_by(lua_State *L)
{
    struct device_request q = {.verb = ASK_FOCUS_BY, .n = steps(L, "focuser.by")};
    return device_ask(L, DEVICE_FOCUSER, &q, MOVE_S);
}

static int focuser_index(lua_State *L)
{
    const struct device_info *d;
    const char *key = luaL_checkstring(L, 2);
    if (common(L, DEVICE_FOCUSER, key, &d))
        return 1;
    if (strcmp(key, "position") == 0)
        number_or_nil(L, d && d->v.focuser.position >= 0 ? d->v.focuser.position : (double)NAN);
    else if (strcmp(key, "temperature") == 0)
        number_or_nil(L, d ? d->v.focuser.temp_degc : (double)NAN);
    else
        return no_field(L, "focuser", key, "position temperature, connect() move() by()");
    return 1;
}

static void focuser_fields(lua_State *L)
{
    device_fields(L, focuser_index);
}

static const struct lua_fn focuser_rows[] = {
    {"connect", focuser_connect, "()", "nothing", "Connects the focuser and waits for it.",
     "if focuser.name then focuser.connect() print(focuser.position) end"},
    {"move", focuser_move, "(position: int)", "nothing", "Moves to a position and waits.",
     "if focuser.connected then focuser.move(focuser.position + 20) end"},
    {"by", focuser_by, "(steps: int)", "nothing", "Moves by steps, positive outward, and waits.",
     "if focuser.connected then focuser.by(-20) end"},
    {0}};
const struct lua_module lua_module_focuser = {
    "focuser", "focuser", "the focuser: focuser.position, focuser.temperature (degrees C)",
    focuser_rows, focuser_fields};

/* --- wheel -------------------------------------------------------------------------------------------- */

static int wheel_select(lua_State *L)
{
    const struct device_info *d = device_of(L, DEVICE_WHEEL);
    struct device_request q = {.verb = ASK_FILTER};
    const char *name = lua_tostring(L, 1);
    double x;
    for (int i = 0; i < WHEEL_SLOTS && i < d->v.wheel.slots; i++)
        if (d->v.wheel.name[i][0] && str_eqi(d->v.wheel.name[i], name))
            q.n = i + 1;
    if (!q.n && (!str_num(name, &x) || x < 1 || x > WHEEL_SLOTS))
        return problem_raise(L, "argument", "wheel.select: %s has no filter %s", d->name, name);
    if (!q.n)
        q.n = (int)x;
    return device_ask(L, DEVICE_WHEEL, &q, MOVE_S);
}

static int wheel_index(lua_State *L)
{
    const struct device_info *d;
    const char *key = luaL_checkstring(L, 2);
    if (common(L, DEVICE_WHEEL, key, &d))
        return 1;
    int slot = d ? d->v.wheel.slot : -1;
    bool known = slot >= 1 && slot <= WHEEL_SLOTS;
    if (strcmp(key, "position") == 0)
        number_or_nil(L, known ? slot : (double)NAN);
    else if (strcmp(key, "filter") == 0)
        lua_pushstring(L, known ? d->v.wheel.name[slot - 1] : NULL);
    else
        return no_field(L, "wheel", key, "position filter, connect() select()");
    return 1;
}

static void wheel_fields(lua_State *L)
{
    device_fields(L, wheel_index);
}

static const struct lua_fn wheel_rows[] = {
    {"connect", wheel_connect, "()", "nothing", "Connects the filter wheel and waits for it.",
     "if wheel.name then wheel.connect() print(wheel.filter) end"},
    {"select", wheel_select, "(filter: any)", "nothing",
     "Turns to a filter, by its name or its place from 1, and waits.",
     "if wheel.connected then wheel.select(1) end"},
    {0}};
const struct lua_module lua_module_wheel = {
    "wheel", "wheel", "the filter wheel: wheel.position, wheel.filter", wheel_rows, wheel_fields};

/* --- dome --------------------------------------------------------------------------------------------- */

static int dome_open(lua_State *L)
{
    struct device_request q = {.verb = ASK_DOME_SHUTTER, .on = true};
    return device_ask(L, DEVICE_DOME, &q, MOVE_S);
}

static int dome_close(lua_State *L)
{
    return device_ask(L, DEVICE_DOME, &(struct device_request){.verb = ASK_DOME_SHUTTER}, MOVE_S);
}

static int dome_turn(lua_State *L)
{
    struct device_request q = {.verb = ASK_DOME_AZ, .az_rad = arg_angle(L, 1, "dome.turn")};
    return device_ask(L, DEVICE_DOME, &q, MOVE_S);
}

static int dome_index(lua_State *L)
{
    static const char *const shutter[] = {NULL, "open", "closed", "opening", "closing", "fault"};
    const struct device_info *d;
    const char *key = luaL_checkstring(L, 2);
    if (common(L, DEVICE_DOME, key, &d))
        return 1;
    if (strcmp(key, "az") == 0 && d && !isnan(d->v.dome.az_rad))
        push_angle(L, d->v.dome.az_rad);
    else if (strcmp(key, "az") == 0)
        lua_pushnil(L);
    else if (strcmp(key, "shutter") == 0)
        lua_pushstring(L, d ? shutter[d->v.dome.shutter] : NULL);
    else
        return no_field(L, "dome", key, "az shutter, connect() open() close() turn()");
    return 1;
}

static void dome_fields(lua_State *L)
{
    device_fields(L, dome_index);
}

static const struct lua_fn dome_rows[] = {
    {"connect", dome_connect, "()", "nothing", "Connects the dome and waits for it.",
     "if dome.name then dome.connect() print(dome.shutter) end"},
    {"open", dome_open, "()", "nothing",
     "Opens the shutter and waits; raises `safety` when the weather station says unsafe.",
     "if dome.connected then dome.open() end"},
    {"close", dome_close, "()", "nothing", "Closes the shutter and waits.",
     "if dome.connected then dome.close() end"},
    {"turn", dome_turn, "(az: angle)", "nothing", "Turns to an azimuth and waits.",
     "if dome.connected then dome.turn(\"90d\") end"},
    {0}};
const struct lua_module lua_module_dome = {"dome", "dome", "the dome: dome.az, dome.shutter",
                                           dome_rows, dome_fields};

/* --- weather ------------------------------------------------------------------------------------------ */

static int weather_index(lua_State *L)
{
    const struct device_info *d;
    const char *key = luaL_checkstring(L, 2);
    if (common(L, DEVICE_WEATHER, key, &d))
        return 1;
    static const struct weather_values unknown = {
        (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN,
        (double)NAN, (double)NAN, (double)NAN, (double)NAN, -1};
    const struct weather_values *v = d ? &d->v.weather : &unknown;
    const struct {
        const char *key;
        double x;
    } row[] = {{"humidity", v->humidity},     {"wind", v->wind_ms},         {"gust", v->gust_ms},
               {"temperature", v->temp_degc}, {"dew_point", v->dew_degc},   {"sky", v->sky_degc},
               {"rain", v->rain_mmh},         {"pressure", v->pressure_hpa}};
    if (strcmp(key, "safe") == 0) {
        if (v->safe < 0)
            lua_pushnil(L);
        else
            lua_pushboolean(L, v->safe);
        return 1;
    }
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (strcmp(key, row[i].key) == 0) {
            number_or_nil(L, row[i].x);
            return 1;
        }
    return no_field(L, "weather", key,
                    "safe humidity wind gust temperature dew_point sky rain pressure, connect()");
}

static void weather_fields(lua_State *L)
{
    device_fields(L, weather_index);
}

static const struct lua_fn weather_rows[] = {
    {"connect", weather_connect, "()", "nothing", "Connects the weather station and waits for it.",
     "if weather.name then weather.connect() print(weather.humidity, weather.safe) end"},
    {0}};
const struct lua_module lua_module_weather = {
    "weather", "weather",
    "the weather station: weather.safe (nil: it does not say), humidity (%), wind and gust (m/s), "
    "temperature, dew_point and sky (degrees C), rain (mm/h), pressure (hPa)",
    weather_rows, weather_fields};

/* --- power -------------------------------------------------------------------------------------------- */

static int power_set(lua_State *L)
{
    const struct device_info *d = device_of(L, DEVICE_SWITCH);
    struct device_request q = {.verb = ASK_SWITCH, .n = -1};
    for (int i = 0; i < d->v.sw.n; i++)
        if (str_eqi(d->v.sw.sw[i].name, lua_tostring(L, 1)))
            q.n = i;
    if (q.n < 0)
        return problem_raise(L, "argument", "power.set: %s has no switch %s", d->name,
                             lua_tostring(L, 1));
    if (lua_isboolean(L, 2))
        q.x = lua_toboolean(L, 2) ? fmax(d->v.sw.sw[q.n].max, 1) : 0;
    else
        q.x = lua_tonumber(L, 2);
    return device_ask(L, DEVICE_SWITCH, &q, SHORT_S);
}

static int power_all(lua_State *L)
{
    const struct device_info *d = device_of(L, DEVICE_SWITCH);
    lua_newtable(L);
    for (int i = 0; i < d->v.sw.n && i < SWITCHES; i++)
        set_number(L, d->v.sw.sw[i].name, d->v.sw.sw[i].value);
    return 1;
}

static int power_index(lua_State *L)
{
    const struct device_info *d;
    const char *key = luaL_checkstring(L, 2);
    return common(L, DEVICE_SWITCH, key, &d) ? 1
                                             : no_field(L, "power", key, ", connect() set() all()");
}

static void power_fields(lua_State *L)
{
    device_fields(L, power_index);
}

static const struct lua_fn power_rows[] = {
    {"connect", power_connect, "()", "nothing", "Connects the switches and waits for them.",
     "if power.name then power.connect() print(power.name) end"},
    {"set", power_set, "(name: string, value: any)", "nothing",
     "Sets a switch: true, false or a number.",
     "if power.connected then for name in pairs(power.all()) do power.set(name, false) end end"},
    {"all", power_all, "()", "table {name = value}", "What all switches are.",
     "if power.connected then print(power.all()) end"},
    {0}};
const struct lua_module lua_module_power = {"power", "power", "outlets, relays, heaters, lamps",
                                            power_rows, power_fields};
