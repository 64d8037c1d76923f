/* vo_names.c - names to positions and catalogues by place: resolver, coord.from_name, SIMBAD, VizieR, Gaia.
 * Not: the services' formats (vo/resolve.h, vo/gaia.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/base/log.h"
#include "vigie/session/session.h"
#include "vigie/vo/gaia.h"
#include "vigie/vo/simple.h"
#include "vo.h"

#define DEG (M_PI / 180)

/* ---- names ---- */

static void push_object(lua_State *L, const struct vo_object *o)
{
    struct sky_star s = {.ra_rad = o->ra_deg * DEG,
                         .dec_rad = o->dec_deg * DEG,
                         .pmra_cosdec_masyr = isnan(o->pm_ra_masyr) ? 0 : o->pm_ra_masyr,
                         .pmdec_masyr = isnan(o->pm_dec_masyr) ? 0 : o->pm_dec_masyr,
                         .plx_mas = isnan(o->parallax_mas) ? 0 : o->parallax_mas,
                         .rv_kms = isnan(o->velocity_kms) ? 0 : o->velocity_kms};
    push_coord(L, &s);
}

/* struct looking - a userdata: a name that is looked up. */
struct looking {
    struct names *names;
    uint64_t id;
    struct lua_host *host;
    uint64_t task, wait;
    bool over;
    struct names_result r;
};

static void stop_looking(void *arg)
{
    struct looking *k = arg;
    if (k->id && !k->over)
        names_cancel(k->names, k->id);
    k->id = 0;
    k->host = NULL;
}

static int looking_gone(lua_State *L)
{
    stop_looking(lua_touserdata(L, 1));
    return 0;
}

static void on_name(void *arg, const struct names_result *r)
{
    struct looking *k = arg;
    k->r = *r;
    k->over = true;
    if (k->host)
        task_wake(k->host, k->task, k->wait);
    k->host = NULL;
}

static int name_error(lua_State *L, const struct error *err)
{
    if (err->status == E_ABSENT)
        return problem_raise(L, "service", "%s", err->text);
    return vo_raise(L, err, NULL, true);
}

/* Index 3: the looking; place: only the position is wanted. */
static int looked(lua_State *L, int status, lua_KContext place)
{
    (void)status;
    char age[VO_AGE_TEXT];
    struct looking *k = lua_touserdata(L, 3);
    if (!k->over) {
        stop_looking(k);
        return problem_raise_with(L, "timeout", "try timeout = 120", NULL,
                                  "%.80s: no answer in time", lua_tostring(L, 1));
    }
    if (k->r.err.status != OK)
        return name_error(L, &k->r.err);
    if (k->r.why.status != OK)
        log_put(LOG_WARN, "lua", "resolver", "%s; the answer of %s ago is used", k->r.why.text,
                vo_age_text(k->r.age_s, age));
    const struct vo_object *o = &k->r.object;
    if (place) {
        push_object(L, o);
        return 1;
    }
    lua_createtable(L, 0, 7);
    push_object(L, o);
    lua_setfield(L, -2, "coord");
    set_text(L, "name", *o->name ? o->name : lua_tostring(L, 1));
    set_text(L, "kind", *o->kind ? o->kind : NULL);
    set_text(L, "spectral", *o->spectral ? o->spectral : NULL);
    set_text(L, "resolver", o->resolver);
    set_number(L, "parallax", o->parallax_mas);
    set_number(L, "rv", o->velocity_kms);
    return 1;
}

static int look(lua_State *L, lua_KContext place)
{
    struct lua_host *h = HOST(L);
    double timeout = VO_TIMEOUT_S;
    lua_settop(L, 2);
    if (lua_istable(L, 2) && opt_field(L, 2, "timeout"))
        timeout = arg_duration(L, -1, "timeout");
    lua_settop(L, 2);
    struct looking *k = push_owned(L, "vigie.looking", sizeof *k, looking_gone);
    k->names = vo_names(L);
    k->id = names_ask(k->names, lua_tostring(L, 1), on_name, k);
    k->host = h;
    k->task = h->running->id;
    k->wait = task_wait(h, "a name", stop_looking, k);
    task_wake_after(h, fmax(timeout, 0.001));
    return task_leave(L, place, looked);
}

static int from_name(lua_State *L)
{
    return look(L, 1);
}

static int resolve(lua_State *L)
{
    return look(L, 0);
}

/* ---- SIMBAD, VizieR ---- */

static int answered(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    vo_call_tbl(L, vo_call_top(L));
    return 1;
}

static int simbad_object(lua_State *L)
{
    struct str *s = push_str(L);
    str_add(s, "SELECT main_id, ra, dec, coo_err_maj, pmra, pmdec, plx_value, rvz_radvel, otype, "
               "sp_type FROM basic JOIN ident ON oidref = oid WHERE id = ");
    vo_adql_text(s, lua_tostring(L, 1));
    const char *own = vo_access(L)->simbad;
    const struct proto_query q = {
        .base = own && *own ? own : "https://simbad.cds.unistra.fr/simbad/sim-tap", .adql = s->s};
    struct vo_call *c = vo_call_new(L, "vo.simbad.query_object", 2, VO_TIMEOUT_S);
    return vo_ask_protocol(L, c, vo_protocol_find("tap"), &q, 0, answered);
}

static int vizier_region(lua_State *L)
{
    struct str *url = push_str(L);
    lua_getfield(L, 1, "pos");
    struct sky_star at = arg_coord(L, -1, "vizier.query_region: pos");
    lua_getfield(L, 1, "radius");
    double radius = arg_angle(L, -1, "vizier.query_region: radius");
    lua_getfield(L, 1, "catalog");
    str_add(url, "https://vizier.cds.unistra.fr/viz-bin/conesearch/");
    for (const char *p = lua_tostring(L, -1); *p; p++)
        if (strchr("/+-._", *p) || (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
            (*p >= 'A' && *p <= 'Z'))
            str_addc(url, *p);
        else
            return problem_raise(L, "argument",
                                 "vizier.query_region: \"%.40s\" is no catalogue: "
                                 "\"I/355/gaiadr3\"",
                                 lua_tostring(L, -1));
    str_addc(url, '?');
    const struct proto_query q = {.base = url->s,
                                  .place = true,
                                  .ra_deg = at.ra_rad / DEG,
                                  .dec_deg = at.dec_rad / DEG,
                                  .radius_deg = radius / DEG,
                                  .max_rows = vo_max_rows(L, 1)};
    struct vo_call *c = vo_call_new(L, "vo.vizier.query_region", 1, VO_TIMEOUT_S);
    return vo_ask_protocol(L, c, vo_protocol_find("scs"), &q, 0, answered);
}

/* ---- Gaia ---- */

/* struct finding - a userdata: a field that is fetched. */
struct finding {
    struct gaia *gaia;
    struct lua_host *host;
    uint64_t task, wait;
    bool over, cut;
    struct error err;
    struct table *table;
};

static void stop_finding(void *arg)
{
    struct finding *f = arg;
    gaia_free(f->gaia);
    f->gaia = NULL;
    f->host = NULL;
}

static int finding_gone(lua_State *L)
{
    struct finding *f = lua_touserdata(L, 1);
    stop_finding(f);
    table_free(f->table);
    f->table = NULL;
    return 0;
}

static void on_field(void *arg, struct gaia_result *r)
{
    struct finding *f = arg;
    f->over = true;
    f->err = r->err;
    f->cut = r->cut;
    f->table = r->table;
    r->table = NULL;
    if (f->host)
        task_wake(f->host, f->task, f->wait);
    f->host = NULL;
}

static int field_there(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct finding *f = lua_touserdata(L, -1);
    bool cut = f->cut;
    if (!f->over) {
        stop_finding(f);
        return problem_raise_with(L, "timeout", "try timeout = 120", NULL,
                                  "vo.gaia.field: no archive answered in time");
    }
    if (f->err.status != OK)
        return vo_raise(L, &f->err, NULL, true);
    struct table *t = f->table;
    f->table = NULL;
    t->partial = cut;
    tbl_push_table(L, t);
    if (cut)
        log_put(LOG_WARN, "lua", "gaia", "there are more stars; limit = gives more");
    return 1;
}

static int gaia_field(lua_State *L)
{
    struct lua_host *h = HOST(L);
    struct session *s = api_session(L);
    struct error err;
    double timeout = VO_TIMEOUT_S, mag = opt_number(L, "max_mag"), limit = opt_number(L, "limit");
    lua_getfield(L, 1, "pos");
    struct sky_star at = arg_coord(L, -1, "gaia.field: pos");
    lua_getfield(L, 1, "radius");
    double radius = arg_angle(L, -1, "gaia.field: radius");
    struct jd_utc epoch = utc_of_wall(CLOCK_WALL(s ? session_clock(s) : clock_system()));
    if (opt_field(L, 1, "epoch"))
        epoch = arg_time(L, -1, "gaia.field: epoch");
    if (opt_field(L, 1, "timeout"))
        timeout = arg_duration(L, -1, "timeout");
    if (!isnan(limit) && !(limit >= 1 && limit <= 100000))
        return problem_raise(L, "argument", "gaia.field: limit: 1 to 100000 stars");
    const struct gaia_wish w = {at.ra_rad / DEG,
                                at.dec_rad / DEG,
                                radius / DEG,
                                isnan(mag) ? 25 : mag,
                                isnan(limit) ? 0 : (uint64_t)limit,
                                utc_to_tdb(epoch)};
    struct finding *f = push_owned(L, "vigie.finding", sizeof *f, finding_gone);
    f->gaia = gaia_start(vo_access(L), NULL, &w, on_field, f, &err);
    if (!f->gaia)
        return problem_raise(L, "argument", "gaia.field: %s", err.text);
    f->host = h;
    f->task = h->running->id;
    f->wait = task_wait(h, "Gaia", stop_finding, f);
    task_wake_after(h, fmax(timeout, 0.001));
    return task_leave(L, 0, field_there);
}

static const struct lua_fn gaia_rows[] = {
    {"field", gaia_field,
     "{pos: coord, radius: angle, [max_mag: number], [epoch: time], [limit: int], [timeout: "
     "duration]}",
     "tbl",
     "Stars of Gaia DR3 around a place, brightest first, moved to the epoch [now] by their proper "
     "motion: source_id ra dec pmra pmdec parallax phot_g_mean_mag bp_rp ruwe separation. At most "
     "limit [5000]. A field once fetched is there without a network.",
     "print(vo.gaia.field{pos = \"17 57 48.5 +04 41 36\", radius = \"5'\", max_mag = 13})"},
    {0}};
const struct lua_module lua_module_gaia = {"vo.gaia", "vo", "Gaia", gaia_rows, NULL};

static const struct lua_fn coord_rows[] = {
    {"from_name", from_name, "(name: string, [o: {timeout: duration}])", "coord",
     "The place of an object by its name, from CDS's Sesame.", "print(coord.from_name\"M 1\")"},
    {0}};
const struct lua_module lua_module_coord = {"coord", "vo", "places by name", coord_rows, NULL};

static const struct lua_fn resolver_rows[] = {
    {"resolve", resolve, "(name: string, [o: {timeout: duration}])",
     "{name, coord, kind, spectral, resolver, parallax, rv}", "What CDS's Sesame knows of a name.",
     "print(vo.resolver.resolve\"M 1\".kind)"},
    {0}};
const struct lua_module lua_module_resolver = {"vo.resolver", "vo", "names of objects",
                                               resolver_rows, NULL};

static const struct lua_fn simbad_rows[] = {
    {"query_object", simbad_object, "(name: string, [o: {timeout: duration}])", "tbl",
     "The row of SIMBAD for a name; no row if it does not know it.",
     "print(vo.simbad.query_object\"M 1\")"},
    {0}};
const struct lua_module lua_module_simbad = {"vo.simbad", "vo", "SIMBAD", simbad_rows, NULL};

static const struct lua_fn vizier_rows[] = {
    {"query_region", vizier_region,
     "{pos: coord, radius: angle, catalog: string, [maxrec: int], [timeout: duration]}", "tbl",
     "A catalogue of VizieR around a place.",
     "print(#vo.vizier.query_region{pos = \"05 34 31.9 +22 00 52\", radius = \"5'\", catalog = "
     "\"II/246/out\"})"},
    {0}};
const struct lua_module lua_module_vizier = {"vo.vizier", "vo", "VizieR", vizier_rows, NULL};
