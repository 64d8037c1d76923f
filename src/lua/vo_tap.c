/* vo_tap.c - TAP services: queries in one go, what the service says of itself. Jobs: vo_job.c.
 * Not: the protocol (vo/proto.h), documents of the service (vo/vosi.h).
 */
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/session/session.h"
#include "vigie/vo/vosi.h"
#include "vo.h"
#include "vo_tap.h"

static struct vo_service *tap_arg(lua_State *L)
{
    return vo_service_arg(L, 1, t_tap);
}

/* ---- uploads ---- */

static int uploads_gone(lua_State *L)
{
    struct tap_uploads *u = lua_touserdata(L, 1);
    for (size_t i = 0; i < TAP_UPLOADS; i++)
        table_free(u->own[i]);
    arena_clear(&u->arena);
    return 0;
}

struct tap_uploads *tap_uploads(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    struct tap_uploads *u = push_owned(L, "vigie.uploads", sizeof *u, uploads_gone);
    if (!lua_istable(L, index))
        return u;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (u->n == TAP_UPLOADS)
            problem_raise(L, "limit", "uploads: more than %d tables", TAP_UPLOADS);
        if (lua_type(L, -2) != LUA_TSTRING)
            problem_raise(L, "argument", "uploads: name the tables: uploads = {t = tbl}");
        struct tbl *t = tbl_arg(L, -1);
        if (t->rows.row)
            u->own[u->n] = table_choose(t->data->t, NULL, 0, &t->rows);
        u->at[u->n] = (struct proto_upload){arena_str(&u->arena, lua_tostring(L, -2)), t->data->doc,
                                            t->rows.row ? u->own[u->n] : t->data->t};
        u->n++;
        lua_pop(L, 1);
    }
    return u;
}

/* The options at index 3: what a query is asked with. The uploads are pushed. */
struct proto_query tap_query(lua_State *L, const char *url)
{
    struct proto_query q = {.base = url, .adql = lua_tostring(L, 2), .max_rows = vo_max_rows(L, 3)};
    if (lua_istable(L, 3))
        lua_getfield(L, 3, "uploads");
    else
        lua_pushnil(L);
    struct tap_uploads *u = tap_uploads(L, -1);
    lua_remove(L, -2);
    q.upload = u->at;
    q.n_upload = u->n;
    return q;
}

/* ---- in one go ---- */

static int answered(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    vo_call_tbl(L, vo_call_top(L));
    return 1;
}

static int tap_sync(lua_State *L)
{
    struct vo_service *s = tap_arg(L);
    struct proto_query q = tap_query(L, s->url);
    struct vo_call *c = vo_call_new(L, "tap:run_sync", 3, VO_TIMEOUT_S);
    return vo_ask_protocol(L, c, s->protocol, &q, 0, answered);
}

/* timeout: index of a table that may have one, 0: none. */
static int ask(lua_State *L, const char *adql, int timeout)
{
    struct vo_service *s = tap_arg(L);
    const struct proto_query q = {.base = s->url, .adql = adql};
    struct vo_call *c = vo_call_new(L, "tap", timeout, VO_TIMEOUT_S);
    return vo_ask_protocol(L, c, s->protocol, &q, 0, answered);
}

static int tap_columns(lua_State *L)
{
    struct str *s = push_str(L);
    str_add(s, "SELECT column_name, datatype, unit, ucd, description FROM TAP_SCHEMA.columns WHERE "
               "table_name=");
    vo_adql_text(s, lua_tostring(L, 2));
    return ask(L, s->s, 3);
}

/* ---- what it says of itself ---- */

static int capabilities_gone(lua_State *L)
{
    vosi_clear(lua_touserdata(L, 1));
    return 0;
}

/* Read from the answer of the call on the top; pushed, or raises. */
static struct vosi_capabilities *read_capabilities(lua_State *L)
{
    struct vo_call *c = vo_call_top(L);
    struct error err;
    if (c->err.status != OK)
        vo_call_raise(L, c);
    struct vosi_capabilities *v = push_owned(L, "vigie.vosi", sizeof *v, capabilities_gone);
    if (vosi_read_capabilities(str_c(&c->body), c->body.n, v, &err) != OK)
        vo_raise(L, &err, c->url, true);
    return v;
}

static int maxrec_there(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    const struct vosi_capabilities *v = read_capabilities(L);
    if (v->rows_most)
        lua_pushinteger(L, (lua_Integer)v->rows_most);
    else
        lua_pushnil(L);
    return 1;
}

static void put_words(struct str *s, const char *name, const char *const *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addf(s, "%s%s", i ? ", " : name, word[i]);
    if (n)
        str_addc(s, '\n');
}

static int describe_there(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct lua_host *h = HOST(L);
    const struct vosi_capabilities *v = read_capabilities(L);
    struct str *s = push_str(L);
    str_addf(s, "%s\n", tap_arg(L)->url);
    put_words(s, "Languages: ", v->language.at, v->language.n);
    put_words(s, "Features: ", v->feature.at, v->feature.n);
    put_words(s, "Functions: ", v->function.at, v->function.n);
    if (v->rows_default)
        str_addf(s, "Rows if nothing is said: %llu\n", (unsigned long long)v->rows_default);
    if (v->rows_most)
        str_addf(s, "Rows at most: %llu\n", (unsigned long long)v->rows_most);
    str_addf(s, "Tables can%s be uploaded", v->upload ? "" : "not");
    if (h->ops.print)
        h->ops.print(h->arg, h->running ? h->running->id : 0, str_c(s), s->n);
    return 0;
}

static int examples_gone(lua_State *L)
{
    vosi_examples_clear(lua_touserdata(L, 1));
    return 0;
}

static int examples_there(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct vo_call *c = vo_call_top(L);
    struct error err;
    if (c->err.status != OK)
        return vo_call_raise(L, c);
    struct vosi_examples *e = push_owned(L, "vigie.examples", sizeof *e, examples_gone);
    if (vosi_read_examples(str_c(&c->body), c->body.n, e, &err) != OK)
        return vo_raise(L, &err, c->url, true);
    lua_createtable(L, (int)e->example.n, 0);
    for (size_t i = 0; i < e->example.n; i++) {
        lua_createtable(L, 0, 2);
        set_text(L, "name", e->example.at[i].name);
        set_text(L, "query", e->example.at[i].query);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int fetch(lua_State *L, const char *what, int timeout, lua_KFunction k)
{
    struct str *url = push_str(L);
    vosi_url(url, tap_arg(L)->url, what);
    struct vo_call *c = vo_call_new(L, "tap", timeout, VO_TIMEOUT_S);
    return vo_call_fetch(L, c, url->s, NULL, 1, 0, k);
}

static int tap_describe(lua_State *L)
{
    return fetch(L, "capabilities", 2, describe_there);
}

static int tap_index(lua_State *L)
{
    struct vo_service *s = tap_arg(L);
    const char *key = luaL_checkstring(L, 2);
    if (strcmp(key, "url") == 0 || strcmp(key, "baseurl") == 0) {
        lua_pushstring(L, s->url);
        return 1;
    }
    if (strcmp(key, "kind") == 0) {
        lua_pushliteral(L, "tap");
        return 1;
    }
    if (strcmp(key, "tables") == 0)
        return ask(L,
                   "SELECT schema_name, table_name, table_type, description FROM "
                   "TAP_SCHEMA.tables ORDER BY table_name",
                   0);
    if (strcmp(key, "examples") == 0)
        return fetch(L, "examples", 0, examples_there);
    if (strcmp(key, "maxrec") == 0)
        return fetch(L, "capabilities", 0, maxrec_there);
    return api_member(L, &lua_type_tap);
}

#define TAP   "local tap = vo.tap\"http://dc.g-vo.org/tap\" "
#define QUERY "(adql: string, [o: {maxrec: int, uploads: table, timeout: duration}])"
static const struct lua_fn tap_rows[] = {
    {"run_sync", tap_sync, QUERY, "tbl",
     "A query in ADQL, answered in one go; uploads = {t = tbl} are there as TAP_UPLOAD.t.",
     TAP "print(tap:run_sync(\"SELECT TOP 3 ra, dec FROM grb.bursts\"))"},
    {"search", tap_sync, QUERY, "tbl", "The same.",
     TAP "print(#tap:search\"SELECT TOP 3 ra, dec FROM grb.bursts\")"},
    {"run_async", tap_async, QUERY, "tbl",
     "The same as a job of the server, for long queries: waits for it, fetches the result, deletes "
     "the job. timeout [none]. Cancelled, it aborts the job.",
     TAP "print(#tap:run_async\"SELECT ra, dec FROM grb.bursts\")"},
    {"submit_job", tap_submit, QUERY, "job", "A job that is not started yet: job:run().",
     TAP "local job = tap:submit_job\"SELECT ra, dec FROM grb.bursts\" job:run() job:wait() "
         "print(job.phase, #job:fetch_result()) job:delete()"},
    {"job", tap_job, "(url: string)", "job", "A job of this or another night by its address.",
     TAP "print(tap:job\"http://dc.g-vo.org/tap/async/a1\".url)"},
    {"columns", tap_columns, "(table: string, [o: {timeout: duration}])", "tbl",
     "The columns of one of its tables.", TAP "print(tap:columns\"grb.bursts\")"},
    {"describe", tap_describe, "([o: {timeout: duration}])", "nothing",
     "Prints what it can and how much it gives.", TAP "tap:describe()"},
    {"tables", NULL, NULL, "tbl", "its tables (asks it)", NULL},
    {"examples", NULL, NULL, "list {name, query}", "its examples (asks it)", NULL},
    {"maxrec", NULL, NULL, "int", "rows that it gives at most, nil if it does not say (asks it)",
     NULL},
    {"url", NULL, NULL, "string", "its address (also baseurl)", NULL},
    {"kind", NULL, NULL, "string", "tap", NULL},
    {0}};
const struct lua_type lua_type_tap = {t_tap, "a TAP service", tap_rows};

void vo_open_tap(lua_State *L)
{
    luaL_getmetatable(L, t_tap);
    lua_pushcfunction(L, tap_index);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    tap_open_jobs(L);
}
