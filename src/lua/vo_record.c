/* vo_record.c - resources of the registry as values: a list of them, one of them, what it offers.
 * Not: searching (vo_registry.c).
 */
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/base/log.h"
#include "vigie/vo/simple.h"
#include "vo_registry.h"

const char t_records[] = "resources", t_record[] = "resource";

extern const struct lua_type lua_type_records, lua_type_record;

static int records_gone(lua_State *L)
{
    struct records *r = lua_touserdata(L, 1);
    registry_clear(&r->list);
    *r = (struct records){0};
    return 0;
}

void push_records(lua_State *L, struct records *from)
{
    struct records *r = lua_newuserdatauv(L, sizeof *r, 0);
    memset(r, 0, sizeof *r);
    luaL_setmetatable(L, t_records);
    *r = *from;
    *from = (struct records){0};
}

/* ---- resources ---- */

static struct records *records_arg(lua_State *L, int i)
{
    return luaL_checkudata(L, i, t_records);
}

static void push_record(lua_State *L, int records, size_t i)
{
    records = lua_absindex(L, records);
    size_t *at = lua_newuserdatauv(L, sizeof *at, 1);
    *at = i;
    lua_pushvalue(L, records);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, t_record);
}

static int records_index(lua_State *L)
{
    struct records *r = records_arg(L, 1);
    size_t n = r->list.record.n;
    if (lua_isinteger(L, 2)) {
        lua_Integer i = lua_tointeger(L, 2);
        if (i == 0)
            return problem_raise(L, "argument", "lists begin at 1 in Lua; the first is [1]");
        if (i < 1 || (uint64_t)i > n)
            lua_pushnil(L);
        else
            push_record(L, 1, (size_t)i - 1);
        return 1;
    }
    const char *key = luaL_checkstring(L, 2);
    for (size_t i = 0; i < n; i++)
        if (str_eqi(r->list.record.at[i].short_name, key) ||
            strcmp(r->list.record.at[i].ivoid, key) == 0) {
            push_record(L, 1, i);
            return 1;
        }
    if (strcmp(key, "status") == 0) {
        lua_pushstring(L, r->cut ? "OVERFLOW" : "OK");
        return 1;
    }
    return api_member(L, &lua_type_records);
}

static int records_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)records_arg(L, 1)->list.record.n);
    return 1;
}

static int records_next(lua_State *L)
{
    struct records *r = lua_touserdata(L, lua_upvalueindex(1));
    size_t i = (size_t)lua_tointeger(L, lua_upvalueindex(2));
    if (i >= r->list.record.n)
        return 0;
    lua_pushinteger(L, (lua_Integer)i + 1);
    lua_replace(L, lua_upvalueindex(2));
    push_record(L, lua_upvalueindex(1), i);
    return 1;
}

static int m_rows(lua_State *L)
{
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, records_next, 2);
    return 1;
}

/* The mode by which a script asks for an interface; NULL for none of use. */
static const char *mode_of(const struct registry_interface *f)
{
    if (registry_usable(f))
        return strcmp(f->kind, "scs") == 0 ? "conesearch" : f->kind;
    return str_eqi(f->type, "vr:webbrowser") ? "web" : NULL;
}

void records_modes(const struct registry_record *r, struct str *out)
{
    for (size_t i = 0; i < r->interface.n; i++) {
        const char *m = mode_of(&r->interface.at[i]);
        bool before = false;
        for (size_t k = 0; m && k < i; k++)
            before = before ||
                     (mode_of(&r->interface.at[k]) && strcmp(mode_of(&r->interface.at[k]), m) == 0);
        if (m && !before)
            str_addf(out, "%s%s", out->n ? " " : "", m);
    }
}

static struct table *table_of(const struct records *r, bool brief)
{
    static const char *const names[] = {"short_name",   "res_title",     "creators",
                                        "access_modes", "ivoid",         "res_type",
                                        "waveband",     "reference_url", "res_description"};
    size_t n = brief ? 4 : sizeof names / sizeof names[0];
    struct table *t = table_new(NULL);
    struct error err;
    for (size_t k = 0; k < n; k++)
        table_add(t, &(struct table_field){.name = names[k], .datatype = "char", .arraysize = "*"});
    for (size_t i = 0; i < r->list.record.n; i++) {
        const struct registry_record *q = &r->list.record.at[i];
        struct str modes = {0};
        records_modes(q, &modes);
        const char *cell[] = {q->short_name, q->title,    q->creators,      str_c(&modes), q->ivoid,
                              q->res_type,   q->waveband, q->reference_url, q->description};
        for (size_t k = 0; k < n; k++)
            if (*cell[k])
                table_put_string(t, k, cell[k], strlen(cell[k]));
        str_clear(&modes);
        if (table_row_end(t, &err) != OK)
            break;
    }
    return t;
}

static int m_to_table(lua_State *L)
{
    tbl_push_table(L, table_of(records_arg(L, 1), false));
    return 1;
}

static int records_text(lua_State *L)
{
    struct str *s = push_str(L);
    struct tbl *t = tbl_push_table(L, table_of(records_arg(L, 1), true));
    tbl_text(t, host_columns(HOST(L)), false, s);
    lua_pushlstring(L, str_c(s), s->n);
    return 1;
}

#define FOUND                                                                                      \
    "local res = vo.registry.search{uat = \"gamma-ray-bursts\", servicetype = \"conesearch\"} "
static const struct lua_fn records_rows[] = {
    {"rows", m_rows, "()", "iterator of resources", "One after the other; #res says how many.",
     FOUND "for r in res:rows() do print(r.ivoid) end"},
    {"to_table", m_to_table, "()", "tbl", "As a table.", FOUND "print(res:to_table())"},
    {"status", NULL, NULL, "string", "OK, or OVERFLOW: there are more", NULL},
    {0}};
const struct lua_type lua_type_records = {
    t_records, "resources of the registry: #res, res[1], res[\"short name\"]", records_rows};

/* ---- one of them ---- */

static const struct registry_record *record_arg(lua_State *L)
{
    const size_t *at = luaL_checkudata(L, 1, t_record);
    lua_getiuservalue(L, 1, 1);
    const struct records *r = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return &r->list.record.at[*at];
}

/* A text with parts divided by `mark` as a list. */
static void push_parts(lua_State *L, const char *text, char mark)
{
    lua_Integer n = 0;
    lua_newtable(L);
    for (const char *p = text; *p;) {
        const char *end = strchrnul(p, mark);
        while (*p == ' ')
            p++;
        if (end > p) {
            lua_pushlstring(L, p, (size_t)(end - p));
            lua_rawseti(L, -2, ++n);
        }
        p = *end ? end + 1 : end;
    }
}

static int record_index(lua_State *L)
{
    const struct registry_record *r = record_arg(L);
    const char *key = luaL_checkstring(L, 2);
    const struct {
        const char *name, *value;
    } text[] = {{"ivoid", r->ivoid},
                {"res_type", r->res_type},
                {"short_name", r->short_name},
                {"res_title", r->title},
                {"res_description", r->description},
                {"reference_url", r->reference_url}};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (strcmp(key, text[i].name) == 0) {
            lua_pushstring(L, text[i].value);
            return 1;
        }
    if (strcmp(key, "creators") == 0)
        push_parts(L, r->creators, ';');
    else if (strcmp(key, "waveband") == 0)
        push_parts(L, r->waveband, '#');
    else if (strcmp(key, "content_types") == 0)
        push_parts(L, r->content_type, '#');
    else
        return api_member(L, &lua_type_record);
    return 1;
}

static int m_modes(lua_State *L)
{
    struct str *s = push_str(L);
    records_modes(record_arg(L), s);
    push_parts(L, str_c(s), ' ');
    return 1;
}

static int m_describe(lua_State *L)
{
    const struct registry_record *r = record_arg(L);
    struct lua_host *h = HOST(L);
    struct str *s = push_str(L), *modes = push_str(L);
    records_modes(r, modes);
    str_addf(s, "%s\nShort name: %s\nIVOA identifier: %s\nAccess modes: %s\n", r->title,
             r->short_name, r->ivoid, str_c(modes));
    for (size_t i = 0; i < r->interface.n; i++) {
        const struct registry_interface *f = &r->interface.at[i];
        if (mode_of(f))
            str_addf(s, "- %s: %s%s%s\n", mode_of(f), f->url, *f->description ? "  " : "",
                     f->description);
    }
    if (*r->creators)
        str_addf(s, "Creators: %s\n", r->creators);
    if (*r->description)
        str_addf(s, "\n%s\n", r->description);
    if (*r->reference_url)
        str_addf(s, "\nMore info: %s\n", r->reference_url);
    if (h->ops.print)
        h->ops.print(h->arg, h->running ? h->running->id : 0, str_c(s), s->n - 1);
    return 0;
}

/* The name of the protocol that a script calls by its own or another name. */
static const char *kind_named(const char *name)
{
    static const char *const same[][2] = {{"conesearch", "scs"},
                                          {"sia1", "sia"},
                                          {"ssap", "ssa"},
                                          {"table", "tap"},
                                          {"line", "slap"}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (strcmp(same[i][0], name) == 0)
            return same[i][1];
    return name;
}

static int no_service(lua_State *L, const struct registry_record *r, const char *want)
{
    struct str *s = push_str(L);
    records_modes(r, s);
    return problem_raise(L, "argument", "get_service: %.60s has no %.20s; it has: %.200s",
                         *r->short_name ? r->short_name : r->ivoid, want,
                         s->n ? s->s : "nothing that a program can ask");
}

static int m_service(lua_State *L)
{
    const struct registry_record *r = record_arg(L);
    const struct registry_interface *first = NULL;
    const char *want = luaL_optstring(L, 2, NULL), *word = NULL;
    bool strict = false;
    int n = 0;
    if (lua_istable(L, 3)) {
        word = lua_getfield(L, 3, "keyword") == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
        strict = lua_getfield(L, 3, "lax") == LUA_TBOOLEAN && !lua_toboolean(L, -1);
    }
    for (size_t i = 0; i < r->interface.n; i++) {
        const struct registry_interface *f = &r->interface.at[i];
        bool fits = registry_usable(f) && (!want || strcmp(f->kind, kind_named(want)) == 0) &&
                    (!word || str_hasi(f->description, word) || str_hasi(f->url, word));
        if (!fits || strcmp(f->kind, "slap") == 0 || strcmp(f->kind, "hips") == 0)
            continue;
        first = first ? first : f;
        n++;
    }
    if (!first)
        return no_service(L, r, want ? want : "service");
    if (n > 1 && strict)
        return problem_raise(L, "argument",
                             "get_service: %.60s has %d that fit; describe() lists "
                             "them, {keyword =} chooses",
                             r->short_name, n);
    if (n > 1)
        log_put(LOG_INFO, "lua", "get_service",
                "%.60s has %d that fit, the first is taken; {keyword "
                "=} chooses",
                r->short_name, n);
    vo_push_service(L, first->kind, first->url);
    return 1;
}

/* ---- what the registry says more ---- */

static int contact_there(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    struct vo_call *c = vo_call_top(L);
    struct tbl *t = vo_call_tbl(L, c);
    if (tbl_n(t) == 0)
        lua_pushnil(L);
    else
        tbl_row(L, -1, 0);
    return 1;
}

static int ask_registry(lua_State *L, const char *adql, int timeout, lua_KFunction k)
{
    struct str *url = push_str(L), *form = push_str(L);
    char *base = vo_registry_url(L);
    vo_tap_sync(url, form, base, adql, 0);
    free(base);
    struct vo_call *c = vo_call_new(L, "registry", timeout, VO_TIMEOUT_S);
    const struct vo_question q = {.url = url->s, .body = form->s, .n_body = form->n};
    return vo_call_ask(L, c, &q, 1, 0, k);
}

static int m_contact(lua_State *L)
{
    struct str *s = push_str(L);
    str_add(s, "SELECT role_name, email, telephone, street_address FROM rr.res_role WHERE "
               "base_role='contact' AND ivoid=");
    vo_adql_text(s, record_arg(L)->ivoid);
    return ask_registry(L, s->s, 2, contact_there);
}

static int tables_there(lua_State *L, int status, lua_KContext ctx)
{
    (void)status, (void)ctx;
    vo_call_tbl(L, vo_call_top(L));
    return 1;
}

static int m_tables(lua_State *L)
{
    struct str *s = push_str(L);
    str_add(s, "SELECT table_name, table_title, name AS column_name, ucd, unit, datatype, "
               "column_description FROM rr.res_table NATURAL LEFT OUTER JOIN rr.table_column WHERE "
               "ivoid=");
    vo_adql_text(s, record_arg(L)->ivoid);
    str_add(s, " ORDER BY table_name");
    return ask_registry(L, s->s, 2, tables_there);
}

static int record_text(lua_State *L)
{
    const struct registry_record *r = record_arg(L);
    lua_pushfstring(L, "%s  %s", r->short_name, r->title);
    return 1;
}

static const struct lua_fn record_rows[] = {
    {"get_service", m_service, "([kind: string], [o: {keyword: string, lax: boolean}])", "service",
     "A service that it offers: \"conesearch\" (scs), \"sia\", \"sia2\", \"ssa\", \"tap\", "
     "\"datalink\". Of several the first, "
     "or that with the keyword in its description; lax = false: then an error.",
     FOUND "print(res[1]:get_service\"conesearch\".url)"},
    {"access_modes", m_modes, "()", "list of strings", "What it can be asked by.",
     FOUND "print(table.concat(res[1]:access_modes(), \" \"))"},
    {"describe", m_describe, "()", "nothing", "Prints what is known about it.",
     FOUND "res[1]:describe()"},
    {"get_contact", m_contact, "([o: {timeout: duration}])",
     "row {role_name, email, telephone, street_address}", "Whom to write to; asks the registry.",
     FOUND "print(res[1]:get_contact())"},
    {"get_tables", m_tables, "([o: {timeout: duration}])", "tbl",
     "Its tables and their columns; asks the registry.", FOUND "print(res[1]:get_tables())"},
    {"ivoid", NULL, NULL, "string", "its identifier", NULL},
    {"res_type", NULL, NULL, "string", "vs:catalogservice and the like", NULL},
    {"short_name", NULL, NULL, "string", "its short name", NULL},
    {"res_title", NULL, NULL, "string", "its title", NULL},
    {"res_description", NULL, NULL, "string", "its description", NULL},
    {"reference_url", NULL, NULL, "string", "a page about it", NULL},
    {"creators", NULL, NULL, "list of strings", "who made it", NULL},
    {"waveband", NULL, NULL, "list of strings", "optical, x-ray, ...", NULL},
    {"content_types", NULL, NULL, "list of strings", "catalog, archive, ...", NULL},
    {0}};
const struct lua_type lua_type_record = {t_record, "a resource of the registry", record_rows};

void vo_open_registry(lua_State *L)
{
    static const luaL_Reg list[] = {{"__index", records_index},
                                    {"__len", records_len},
                                    {"__gc", records_gone},
                                    {"__tostring", records_text},
                                    {NULL, NULL}};
    static const luaL_Reg one[] = {
        {"__index", record_index}, {"__tostring", record_text}, {NULL, NULL}};
    push_type(L, t_records, list, records_rows);
    push_type(L, t_record, one, record_rows);
}
