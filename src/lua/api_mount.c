/* api_mount.c - module mount. Every motion passes the guard under every door (devices/safety.h): a script cannot lift it.
 */
#include <math.h>
#include <string.h>

#include "devices.h"
#include "vigie/sky/place.h"

enum { SLEW_S = 300, SHORT_S = 30 };

static int l_connect(lua_State *L)
{
    return device_connect(L, DEVICE_MOUNT);
}

static void to(lua_State *L, int index, struct device_request *q)
{
    struct sky_star c = arg_coord(L, index, "mount");
    struct session *s = here(L, "mount");
    double ra, dec;
    sky_star_direction(&c, utc_to_tt(utc_of_wall(session_now_ns(s))), &ra, &dec);
    session_app_of_icrs(s, ra, dec, &q->ra_rad, &q->dec_rad);
}

static double timeout_of(lua_State *L, int index, double otherwise)
{
    double s = otherwise;
    if (lua_istable(L, index) && lua_getfield(L, index, "timeout") != LUA_TNIL)
        s = arg_duration(L, -1, "timeout");
    if (!(s > 0 && s <= 86400))
        problem_raise(L, "argument", "mount: timeout: above 0 and at most a day");
    lua_settop(L, index);
    return s;
}

static int l_slew(lua_State *L)
{
    struct device_request q = {.verb = ASK_SLEW};
    double timeout = timeout_of(L, 2, SLEW_S);
    to(L, 1, &q);
    return device_ask(L, DEVICE_MOUNT, &q, timeout);
}

static int l_sync(lua_State *L)
{
    struct device_request q = {.verb = ASK_SYNC};
    to(L, 1, &q);
    return device_ask(L, DEVICE_MOUNT, &q, SHORT_S);
}

static int l_park(lua_State *L)
{
    return device_ask(L, DEVICE_MOUNT, &(struct device_request){.verb = ASK_PARK}, SLEW_S);
}

static int l_unpark(lua_State *L)
{
    return device_ask(L, DEVICE_MOUNT, &(struct device_request){.verb = ASK_UNPARK}, SHORT_S);
}

static int l_stop(lua_State *L)
{
    char who[80];
    struct str say = {0};
    struct session *s = here(L, "mount.stop");
    device_of(L, DEVICE_MOUNT);
    /* A line that somebody types, here or with `vigie send`, is a person's; a script goes on after its own stop. */
    const struct task *t = HOST(L)->running;
    session_stop_all(s, device_asker(L, who).who, t && t->console ? ASKER_PERSON : ASKER_SCRIPT,
                     &say);
    str_clear(&say);
    return 0;
}

static int l_track(lua_State *L)
{
    struct device_request q = {.verb = ASK_TRACK, .on = lua_toboolean(L, 1)};
    return device_ask(L, DEVICE_MOUNT, &q, SHORT_S);
}

static int l_guide(lua_State *L)
{
    static const char *const name[] = {"north", "south", "east", "west"};
    struct device_request q = {.verb = ASK_GUIDE, .n = -1};
    for (int i = 0; i < 4; i++)
        if (strcmp(lua_tostring(L, 1), name[i]) == 0) {
            q.direction = (enum move_direction)i;
            q.n = i;
        }
    if (q.n < 0)
        return problem_raise(L, "argument", "mount.guide: north, south, east or west");
    q.x = arg_duration(L, 2, "mount.guide") * 1000;
    if (!(q.x >= 1 && q.x <= 10000))
        return problem_raise(L, "argument", "mount.guide: a pulse lasts 1 ms to 10 s");
    return device_ask(L, DEVICE_MOUNT, &q, SHORT_S);
}

static int l_time_left(lua_State *L)
{
    struct session *s = here(L, "mount.time_left");
    const struct site *site = site_or_raise(L, "mount.time_left");
    struct device_request q = {0};
    struct safety_forecast f;
    to(L, 1, &q);
    safety_forecast(safety_limits_of(session_safety(s)), site, utc_of_wall(session_now_ns(s)),
                    q.ra_rad, q.dec_rad, &f);
    if (isnan(f.limit_s)) {
        lua_pushnil(L);
        return 1;
    }
    push_duration(L, f.limit_s);
    lua_pushstring(L, f.limit);
    return 2;
}

static int index_of(lua_State *L)
{
    const struct device_info *d = device_info_of(L, DEVICE_MOUNT);
    const char *key = luaL_checkstring(L, 2);
    bool fresh = d && d->link == DEVICE_READY && !d->stale;
    double ra, dec;
    static const char *const side[] = {NULL, "east", "west"};
    if (strcmp(key, "connected") == 0)
        lua_pushboolean(L, d && d->link == DEVICE_READY);
    else if (strcmp(key, "name") == 0)
        lua_pushstring(L, d ? d->name : NULL);
    else if (strcmp(key, "coord") == 0 && session_pointing(here(L, "mount"), &ra, &dec))
        push_coord(L, &(struct sky_star){.ra_rad = ra, .dec_rad = dec});
    else if (strcmp(key, "coord") == 0 || strcmp(key, "side") == 0)
        lua_pushstring(L, fresh && key[0] == 's' ? side[d->v.mount.pier] : NULL);
    else if (strcmp(key, "tracking") == 0)
        lua_pushboolean(L, fresh && d->v.mount.tracking);
    else if (strcmp(key, "slewing") == 0)
        lua_pushboolean(L, fresh && d->v.mount.slewing);
    else if (strcmp(key, "parked") == 0)
        lua_pushboolean(L, fresh && d->v.mount.parked);
    else
        return problem_raise(L, "argument",
                             "mount has no %s: it has connected name coord side tracking slewing "
                             "parked, connect() slew() sync() park() unpark() stop() track() "
                             "guide() time_left()",
                             key);
    return 1;
}

static void fields(lua_State *L)
{
    device_fields(L, index_of);
}

static const struct lua_fn rows[] = {
    {"connect", l_connect, "()", "nothing",
     "Connects the mount and waits until it answers; at once if it does already.",
     "mount.connect() print(mount.name, mount.coord, mount.side, mount.tracking)"},
    {"slew", l_slew, "(c: coord, [o: {timeout: duration}])", "nothing",
     "Slews and waits for the arrival. Raises `safety` below the limits or near the Sun; a task "
     "that "
     "is cancelled stops the mount.",
     "mount.connect() mount.slew(coord(40, 60)) print(mount.coord)"},
    {"sync", l_sync, "(c: coord)", "nothing", "Tells the mount what it points at.",
     "mount.connect() mount.sync(mount.coord)"},
    {"time_left", l_time_left, "(c: coord)", "duration, string; or nil",
     "How long a place could be followed from now, and which limit ends it; nil: a day and longer.",
     "print(mount.time_left(coord(60, 30)))"},
    {"track", l_track, "(on: boolean)", "nothing", "Switches tracking on or off.",
     "mount.connect() mount.track(true) print(mount.tracking)"},
    {"guide", l_guide, "(direction: string, length: duration)", "nothing",
     "One pulse at the guiding rate: north, south, east or west.",
     "mount.connect() mount.guide(\"north\", \"0.2s\")"},
    {"stop", l_stop, "()", "nothing", "Stops all that moves, at once. Always allowed.",
     "mount.stop()"},
    {"park", l_park, "()", "nothing", "Parks the mount and waits for it.",
     "mount.connect() local ok, e = try(mount.park) print(mount.parked, e)"},
    {"unpark", l_unpark, "()", "nothing", "Releases the mount from its park place.",
     "mount.connect() if mount.parked then mount.unpark() end"},
    {0}};
const struct lua_module lua_module_mount = {
    "mount", "mount",
    "the mount: mount.coord (nil: not known or not current), mount.side, mount.tracking, "
    "mount.slewing, mount.parked, mount.connected, mount.name",
    rows, fields};
