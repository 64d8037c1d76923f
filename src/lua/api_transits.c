/* api_transits.c - module transits: the transits of a night or a span of days, the planets.
 * Not: any of the science (transits room). A list is computed in slices of the task that asked.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/base/log.h"
#include "vigie/session/nightlog.h"
#include "vigie/session/session.h"
#include "vigie/session/tonight.h"
#include "vigie/transits/export.h"

#define DEG (M_PI / 180)

enum { PLANETS_A_STEP = 4, WAIT_CATALOGUE_S = 20, MAX_ROWS = 5000 };

static const char t_making[] = "vigie.transits";

/* struct making - a list under way. The planets are copied: the catalogue may be replaced meanwhile.
 */
struct making {
    struct transit_list *list;
    struct planet *planet;
    size_t n;
    struct arena arena;
    const struct planet **only;
    unsigned site_count;
    struct site site;
    double min_score;
    char *ics; /* file name for the calendar, NULL */
};

static int making_gone(lua_State *L)
{
    struct making *m = luaL_checkudata(L, 1, t_making);
    transit_list_free(m->list);
    m->list = NULL;
    arena_clear(&m->arena);
    return 0;
}

static struct making *making_new(lua_State *L)
{
    struct making *m = lua_newuserdatauv(L, sizeof *m, 0);
    memset(m, 0, sizeof *m);
    if (luaL_newmetatable(L, t_making)) {
        lua_pushcfunction(L, making_gone);
        lua_setfield(L, -2, "__gc");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    return m;
}

/* ---- what is asked for ---- */

static void copy_planets(struct making *m, const struct planet *p, size_t n)
{
    m->planet = arena_alloc(&m->arena, sizeof *p * (n + 1));
    m->n = n;
    for (size_t i = 0; i < n; i++) {
        struct planet *q = &m->planet[i];
        *q = p[i];
        q->name = arena_str(&m->arena, p[i].name);
        q->star = arena_str(&m->arena, p[i].star);
        q->priority_text = arena_str(&m->arena, p[i].priority_text);
        q->ephemeris.ref = arena_str(&m->arena, p[i].ephemeris.ref);
        q->discovery_ref = arena_str(&m->arena, p[i].discovery_ref);
        q->transit_ref = arena_str(&m->arena, p[i].transit_ref);
    }
}

/* Case, blanks, hyphens do not count. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && strchr(" -_", *a))
            a++;
        while (*b && strchr(" -_", *b))
            b++;
        char x = *a, y = *b;
        x = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (char)(y + 32) : y;
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

/* The planets of a name: the planet, or all of a star. Raises with the nearest name. */
static size_t find_planets(lua_State *L, const struct making *m, const char *name,
                           const struct planet **out)
{
    size_t n = 0;
    const char *near = NULL;
    int least = 4;
    for (size_t i = 0; i < m->n; i++) {
        const struct planet *p = &m->planet[i];
        if (same_name(p->name, name) || same_name(p->star, name))
            out[n++] = p;
        if (str_near(p->name, name) < least) {
            least = str_near(p->name, name);
            near = p->name;
        }
    }
    if (n == 0)
        problem_raise(L, "argument", "transits: no planet \"%.40s\"%s%s%s", name,
                      near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return n;
}

static double opt_angle(lua_State *L, const char *key, double def)
{
    if (!opt_field(L, 1, key))
        return def;
    double rad = arg_angle(L, -1, key);
    lua_pop(L, 1);
    return rad;
}

static double or_conf(lua_State *L, const char *key, const struct session *s, const char *option)
{
    double x = opt_number(L, key);
    return isnan(x) ? conf_number(session_conf(s), option) : x;
}

static void read_filter(lua_State *L, const struct session *s, struct transit_request *r)
{
    const struct conf *c = session_conf(s);
    struct transit_filter *f = &r->filter;
    transit_limits_init(&r->limits);
    r->limits.min_alt_rad = opt_angle(L, "min_alt", conf_number(c, "transits.min-alt") * DEG);
    r->limits.max_sun_alt_rad =
        opt_angle(L, "max_sun_alt", conf_number(c, "transits.max-sun-alt") * DEG);
    r->limits.baseline_d = conf_number(c, "transits.baseline") / 1440;
    if (opt_field(L, 1, "baseline")) {
        r->limits.baseline_d = arg_duration(L, -1, "baseline") / 86400;
        lua_pop(L, 1);
    }
    f->all = opt_bool(L, "all");
    r->own_aperture_mm = f->aperture_mm = or_conf(L, "aperture", s, "aperture");
    f->min_depth_mmag = or_conf(L, "min_depth", s, "transits.min-depth");
    double mag = opt_number(L, "max_mag");
    f->has_max_mag = !isnan(mag);
    f->max_mag = f->has_max_mag ? mag : 0;
    if (opt_field(L, 1, "class")) {
        enum transit_class k;
        const char *word = lua_tostring(L, -1);
        if (!transit_class_read(word, &k))
            problem_raise(L, "argument",
                          "class: \"%.20s\" is none of full+baseline full partial none", word);
        f->classes = 1u << k | (k == TRANSIT_FULL ? 1u << TRANSIT_FULL_BASELINE : 0);
        lua_pop(L, 1);
    }
}

static void read_span(lua_State *L, const struct session *s, const struct site *site, bool tonight,
                      struct transit_request *r)
{
    int64_t now = session_now_ns(s), noon = night_noon_ns(now, site->lon_rad);
    r->from = utc_of_wall(tonight ? noon : now);
    if (opt_field(L, 1, "from")) {
        r->from = arg_time(L, -1, "from");
        lua_pop(L, 1);
    }
    double days = opt_number(L, "days");
    r->to = utc_add_s(r->from, 86400 * (isnan(days) ? 1 : days));
    if (opt_field(L, 1, "to")) {
        r->to = arg_time(L, -1, "to");
        lua_pop(L, 1);
    }
}

static int begin(lua_State *L, bool tonight)
{
    const struct planet *p;
    size_t n;
    struct error err;
    struct session *s = here(L, "transits");
    const struct site *site = site_or_raise(L, "transits");
    struct making *m = making_new(L); /* index 2 */
    struct transit_request r = {.site = &m->site};
    session_planets(s, &p, &n);
    copy_planets(m, p, n);
    m->site = *site;
    m->site_count = HOST(L)->site_count;
    read_filter(L, s, &r);
    read_span(L, s, site, tonight, &r);
    m->min_score = opt_number(L, "min_score");
    if (opt_field(L, 1, "planet")) {
        m->only = arena_alloc(&m->arena, sizeof *m->only * (m->n + 1));
        r.filter.n_only = find_planets(L, m, lua_tostring(L, -1), m->only);
        r.filter.only = m->only;
        lua_pop(L, 1);
    }
    r.planet = m->planet;
    r.n_planet = m->n;
    if (transit_list_begin(&r, &m->list, &err) != OK) {
        m->list = NULL;
        return problem_raise_error(L, &err);
    }
    return 0;
}

/* ---- rows ---- */

static void push_contact(lua_State *L, const char *key, const struct transit_contact *c)
{
    lua_createtable(L, 0, 10);
    set_time(L, "time", c->utc);
    set_number(L, "bjd_tdb", c->bjd.d1 + c->bjd.d2);
    set_angle(L, "alt", c->alt_rad);
    set_angle(L, "az", c->az_rad);
    set_number(L, "airmass", c->airmass);
    set_angle(L, "sun_alt", c->sun_alt_rad);
    set_angle(L, "moon_sep", c->moon_sep_rad);
    set_number(L, "moon_illumination", c->moon_illum);
    lua_setfield(L, -2, key);
}

static void push_planet_fields(lua_State *L, const struct planet *p)
{
    set_text(L, "planet", p->name);
    set_text(L, "star", p->star);
    set_text(L, "priority", p->priority_text);
    set_place(L, "coord", p->ra_rad, p->dec_rad);
    set_number(L, "depth", planet_known(p->depth_mmag) ? p->depth_mmag : (double)NAN);
    set_duration(L, "duration", planet_known(p->duration_h) ? p->duration_h * 3600 : (double)NAN);
    set_number(L, "mag_v", planet_known(p->mag_v) ? p->mag_v : (double)NAN);
    set_number(L, "mag_r", planet_known(p->mag_r) ? p->mag_r : (double)NAN);
    set_number(L, "min_aperture",
               planet_known(p->min_aperture_in) ? p->min_aperture_in * 25.4 : (double)NAN);
}

static void push_event(lua_State *L, const struct transit_list *list, const struct transit_event *e)
{
    char note[TRANSIT_NOTE];
    lua_createtable(L, 0, 26);
    push_planet_fields(L, e->planet);
    set_int(L, "epoch", e->epoch);
    push_contact(L, "ingress", &e->contact[TRANSIT_INGRESS]);
    push_contact(L, "mid", &e->contact[TRANSIT_MID]);
    push_contact(L, "egress", &e->contact[TRANSIT_EGRESS]);
    for (size_t i = 0; i < e->n_segment; i++)
        if (e->segment[i].loss == LOSS_NONE) {
            set_time(L, "to", almanac_utc(list->almanac, e->segment[i].to));
            if (lua_getfield(L, -1, "from") == LUA_TNIL) {
                lua_pop(L, 1);
                set_time(L, "from", almanac_utc(list->almanac, e->segment[i].from));
            } else {
                lua_pop(L, 1);
            }
        }
    set_text(L, "class", transit_class_name(e->class));
    set_text(L, "part", transit_part_name(e->part));
    set_number(L, "transit_fraction", e->transit_fraction);
    set_number(L, "window_fraction", e->window_fraction);
    set_number(L, "score", e->score.total);
    set_duration(L, "sigma", e->sigma_d * 86400);
    set_number(L, "oc_min", e->planet->oc_min);
    if (!isnan(e->flip_t))
        set_time(L, "flip", e->flip_utc);
    set_text(L, "verdict", transit_verdict_name(e->verdict));
    set_text(L, "note", transit_note(e, note));
}

static int give_rows(lua_State *L, const struct making *m)
{
    const struct transit_list *list = m->list;
    lua_Integer k = 0;
    lua_createtable(L, (int)(list->n < MAX_ROWS ? list->n : MAX_ROWS), 0);
    set_list(L);
    for (size_t i = 0; i < list->n; i++) {
        if (!isnan(m->min_score) && list->at[i].score.total < m->min_score)
            continue;
        if (k == MAX_ROWS)
            problem_raise(L, "limit", "transits: more than %d rows; narrow from, to or the filter",
                          MAX_ROWS);
        push_event(L, list, &list->at[i]);
        lua_rawseti(L, -2, ++k);
    }
    return 1;
}

static int give_text(lua_State *L, const struct making *m, enum export_format format)
{
    struct str t = {0};
    struct session *s = api_session(L);
    export_list(m->list, format, utc_of_wall(session_now_ns(s)), &t);
    lua_pushlstring(L, str_c(&t), t.n);
    str_clear(&t);
    return 1;
}

/* What is asked for when the list is whole: rows, or its text in a format. */
enum { ROWS = 0, CSV = 1, ICS = 2, TONIGHT = 4, STARTED = 8 };

static int step(lua_State *L, int status, lua_KContext what)
{
    (void)status;
    enum { SLICE_US = 4000 };
    struct lua_host *h = HOST(L);
    struct making *m = luaL_checkudata(L, 2, t_making);
    struct error err;
    bool more = true;
    int64_t end = clock_thread_us() + SLICE_US;
    if (m->site_count != h->site_count)
        return problem_raise(L, "service", "transits: the site changed meanwhile; ask again");
    while (more && clock_thread_us() < end)
        if (transit_list_step(m->list, PLANETS_A_STEP, &more, &err) != OK)
            return problem_raise_error(L, &err);
    if (more) {
        task_wake(h, h->running->id, task_wait(h, "its transits", NULL, NULL));
        return task_leave(L, what, step);
    }
    return what & CSV   ? give_text(L, m, EXPORT_CSV)
           : what & ICS ? give_text(L, m, EXPORT_ICS)
                        : give_rows(L, m);
}

/* With the catalogue there (or not in time), the list. ctx: what, and above it until when, ms of the loop; every
 * change of the transits wakes the task, not only that the catalogue has come. */
static int wait_catalogue(lua_State *L, int status, lua_KContext ctx)
{
    enum { WHAT_BITS = 8 };
    (void)status;
    lua_KContext what = ctx & ((1 << WHAT_BITS) - 1);
    int64_t until = (int64_t)ctx >> WHAT_BITS, now = loop_now_ms(HOST(L)->loop);
    const struct planet *p;
    size_t n;
    struct lua_host *h = HOST(L);
    struct session *s = here(L, "transits");
    bool late = !session_planets(s, &p, &n);
    if (!(what & STARTED))
        until = now + WAIT_CATALOGUE_S * 1000;
    if (late && now < until) {
        task_wait(h, "the catalogue", NULL, NULL);
        h->running->wants = 1u << EV_TRANSITS;
        task_wake_after(h, (double)(until - now) / 1000);
        ctx = ((lua_KContext)until << WHAT_BITS) | what | STARTED;
        return task_leave(L, ctx, wait_catalogue);
    }
    const struct tonight_state *t = session_tonight(s);
    if ((what & STARTED) && (late || t->note.status != OK))
        log_put(LOG_WARN, "lua", "transits", "%s: %zu planets; %s", t->source, n,
                late ? "ExoClock has not answered yet" : t->note.text);
    begin(L, what & TONIGHT);
    return step(L, LUA_OK, what);
}

static int transits_tonight(lua_State *L)
{
    return wait_catalogue(L, LUA_OK, ROWS | TONIGHT);
}

static int transits_list(lua_State *L)
{
    return wait_catalogue(L, LUA_OK, ROWS);
}

static int transits_csv(lua_State *L)
{
    return wait_catalogue(L, LUA_OK, CSV | TONIGHT);
}

static int transits_ics(lua_State *L)
{
    return wait_catalogue(L, LUA_OK, ICS | TONIGHT);
}

/* ---- planets ---- */

static int transits_planet(lua_State *L)
{
    const struct planet *p;
    size_t n;
    session_planets(here(L, "transits.planet"), &p, &n);
    struct making m = {.planet = (struct planet *)(uintptr_t)p, .n = n};
    const struct planet **found = lua_newuserdatauv(L, sizeof *found * (n + 1), 0);
    find_planets(L, &m, lua_tostring(L, 1), found);
    p = found[0];
    lua_createtable(L, 0, 20);
    push_planet_fields(L, p);
    set_number(L, "t0", p->ephemeris.t0.day + p->ephemeris.t0.frac);
    set_number(L, "period", p->ephemeris.period.day + p->ephemeris.period.frac);
    set_text(L, "time_system", time_system_name(p->ephemeris.system));
    set_number(L, "t0_err", p->ephemeris.t0_err_d);
    set_number(L, "period_err", p->ephemeris.period_err_d);
    set_number(L, "rp_over_rs", p->rp_over_rs);
    set_number(L, "a_over_rs", p->a_over_rs);
    set_angle(L, "inclination", p->inclination_rad);
    set_number(L, "oc_min", p->oc_min);
    return 1;
}

static int transits_catalogue(lua_State *L)
{
    struct session *s = here(L, "transits.catalogue");
    const struct planet *p;
    size_t n;
    bool there = session_planets(s, &p, &n);
    const struct tonight_state *t = session_tonight(s);
    lua_createtable(L, 0, 5);
    set_text(L, "source", t->source);
    set_int(L, "planets", (int64_t)n);
    set_bool(L, "awaited", !there);
    if (t->fetched_ns)
        set_time(L, "fetched", utc_of_wall(t->fetched_ns));
    if (t->note.status != OK)
        set_text(L, "note", t->note.text);
    return 1;
}

#define FILTER                                                                                     \
    "[min_depth: number], [min_alt: angle], [max_sun_alt: angle], [max_mag: number], "             \
    "[aperture: number], [baseline: duration], [class: string], [planet: string], "                \
    "[min_score: number], [all: boolean], [from: time], [to: time], [days: number]"
#define ROW                                                                                        \
    "rows {planet, star, coord, epoch, ingress, mid, egress = {time, alt, az, airmass, sun_alt, "  \
    "moon_sep, bjd_tdb}, from, to, class, part, score, depth, duration, mag_v, mag_r, sigma, "     \
    "flip, note, priority, ...}"

static const struct lua_fn rows[] = {
    {"tonight", transits_tonight, "{" FILTER "}", ROW,
     "The transits of this night (noon to noon) that can be observed; what is not given is as the "
     "options say. depth in mmag, aperture in mm; from .. to is when it can be observed.",
     "for i, t in ipairs(transits.tonight{min_depth = 10, min_alt = \"30d\"}) do print(t.planet, "
     "t.mid.time, t.mid.alt, t.class) end"},
    {"list", transits_list, "{" FILTER "}", ROW,
     "The same from now on for a day, or `days`, or from .. to.",
     "for i, t in ipairs(transits.list{planet = \"WASP-12b\", days = 3, all = true}) do "
     "print(t.mid.time, t.note) end"},
    {"csv", transits_csv, "{" FILTER "}", "string", "The transits of this night as CSV.",
     "print(#transits.csv{})"},
    {"ics", transits_ics, "{" FILTER "}", "string",
     "The transits of this night as a calendar (iCalendar).", "print(#transits.ics{})"},
    {"planet", transits_planet, "(name: string)",
     "{planet, star, coord, t0, period, time_system, depth, duration, mag_v, ...}",
     "What the catalogue says of a planet.", "print(transits.planet(\"wasp12b\").period)"},
    {"catalogue", transits_catalogue, "()", "{source, planets, fetched, awaited, note}",
     "Where the planets come from.", "print(transits.catalogue().planets)"},
    {"on", api_in_lua,
     "(what: string, f: function, [o: {before: duration, min_depth: number, min_alt: angle, "
     "max_sun_alt: angle, max_mag: number, aperture: number, class: string, planet: string, "
     "min_score: number, all: boolean}])",
     "task", "Calls f(row) at each \"ingress\", \"mid\" or \"egress\", or so long before.",
     "local h = transits.on(\"ingress\", function(t) print(t.planet) end, {before = \"10min\"}) "
     "h:off()"},
    {0}};

const struct lua_module lua_module_transits = {"transits", "transits",
                                               "transits of exoplanets at the site", rows, NULL};
