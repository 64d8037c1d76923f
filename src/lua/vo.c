/* vo.c - calls that wait for an answer of the network. See vo.h. A call is given up when its task is cancelled
 * (the request ends at once) or its time is over. Not: what is asked.
 */
#include "vo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/base/log.h"
#include "vigie/session/session.h"
#include "vigie/vo/search.h"

/* ---- who asks ---- */

struct net {
    struct http *any, *outside; /* outside: public hosts only */
    struct vo_access access;    /* of those that follow, which ask by themselves */
    struct vo_own own;
    struct vocabulary *vocabulary;
    struct names *names;
    bool fetched; /* the thesaurus was asked for */
    struct lua_host *host;
    uint64_t task, wait; /* waits for the thesaurus */
};

static struct vo_live *live; /* of all hosts: a process has one */

void vo_live(lua_State *L, struct vo_live *l)
{
    (void)L;
    l->next = live;
    live = l;
}

void vo_live_over(struct vo_live *l)
{
    struct vo_live **p = &live;
    while (*p && *p != l)
        p = &(*p)->next;
    if (*p)
        *p = l->next;
}

static int net_gone(lua_State *L)
{
    struct net *n = lua_touserdata(L, 1);
    while (live) {
        struct vo_live *l = live;
        live = l->next;
        l->end(l);
    }
    names_free(n->names);
    vocabulary_free(n->vocabulary);
    http_free(n->any);
    http_free(n->outside);
    vo_own_clear(&n->own);
    *n = (struct net){0};
    return 0;
}

static const char key_net[] = "vigie.net";

/* The value is there before any other, so that it ends after them: they hold requests. */
void vo_open_net(lua_State *L)
{
    push_owned(L, "vigie.nets", sizeof(struct net), net_gone);
    lua_setfield(L, LUA_REGISTRYINDEX, key_net);
}

static struct net *net(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, key_net);
    struct net *n = lua_touserdata(L, -1);
    struct session *s = api_session(L);
    lua_pop(L, 1);
    if (n->any)
        return n;
    struct http_options o = {0};
    if (s) {
        o.silence_ms = (int64_t)(conf_number(session_conf(s), "http.timeout") * 1000);
        o.max_body = (size_t)(conf_number(session_conf(s), "http.max-body") * 1e6);
        o.offline = session_offline(s);
    }
    n->any = http_new(HOST(L)->loop, &o);
    o.public_only = true;
    n->outside = http_new(HOST(L)->loop, &o);
    return n;
}

/* The part of a URL that names the machine and the port. */
static const char *host_of(const char *url, size_t *n)
{
    const char *s = strstr(url, "://");
    s = s ? s + 3 : url;
    *n = strcspn(s, "/?#");
    return s;
}

/* The addresses are read anew: who has changed an option means what is asked from now on. */
const struct vo_access *vo_access(lua_State *L)
{
    struct session *s = api_session(L);
    struct net *n = net(L);
    struct vo_access *a = &n->access;
    if (s)
        vo_access_conf(a, &n->own, session_conf(s));
    a->http = n->any;
    a->clock = s ? session_clock(s) : NULL;
    a->offline = s && session_offline(s) && !getenv("VIGIE_REPLAY");
    return a;
}

/* The registries that the user has named himself; "" none. */
static const char *own_registries(lua_State *L)
{
    const char *named = vo_access(L)->registries, *env = getenv("IVOA_REGISTRY");
    return named && *named ? named : env ? env : "";
}

char *vo_registry_url(lua_State *L)
{
    const char *own = own_registries(L);
    return vo_word(*own ? own : search_registries(), 0);
}

static struct vocabulary *vocabulary(lua_State *L)
{
    const struct vo_access *a = vo_access(L);
    struct net *n = net(L);
    if (!n->vocabulary)
        n->vocabulary = vocabulary_new(a);
    return n->vocabulary;
}

struct names *vo_names(lua_State *L)
{
    enum { MAX_AGE_S = 30 * 86400 };
    const struct vo_access *a = vo_access(L);
    struct net *n = net(L);
    if (!n->names)
        n->names = names_new(a, MAX_AGE_S);
    return n->names;
}

const struct uat *vo_thesaurus(lua_State *L, bool *whole)
{
    *whole = vocabulary_whole(vocabulary(L));
    return vocabulary_get(vocabulary(L));
}

static void on_thesaurus(void *arg, bool changed, const struct error *err)
{
    struct net *n = arg;
    (void)changed;
    if (err->status != OK)
        log_put(LOG_INFO, "vo", "thesaurus", "the thesaurus cannot be had (%s); its core is used",
                err->text);
    task_wake(n->host, n->task, n->wait); /* nothing if the task has gone on */
}

bool vo_thesaurus_fetch(lua_State *L)
{
    struct net *n = net(L);
    struct lua_host *h = HOST(L);
    if (n->fetched || !vocabulary_fetch(vocabulary(L), false, on_thesaurus, n))
        return false;
    n->fetched = true;
    n->host = h;
    n->task = h->running->id;
    n->wait = task_wait(h, "the thesaurus", NULL, NULL);
    return true;
}

struct http *vo_http(lua_State *L, const char *url)
{
    const char *own = own_registries(L), *a;
    size_t n, m;
    bool same = false;
    char *word = NULL;
    a = host_of(url, &n);
    for (size_t i = 0; !same && (word = vo_word(own, i)); i++) {
        const char *b = host_of(word, &m);
        same = n == m && strncmp(a, b, n) == 0;
        free(word);
    }
    return same || api_has(L, "net") ? net(L)->any : net(L)->outside;
}

/* ---- how much ---- */

static uint64_t most_fetched(const struct lua_host *h)
{
    double mb = h->session ? conf_number(session_conf(h->session), "lua.max-download") : 1024;
    return (uint64_t)(mb * 1e6);
}

static int over_budget(lua_State *L, const char *what)
{
    return problem_raise(
        L, "limit",
        "%s: this script has fetched %.0f MB, more it may not (option lua.max-download)", what,
        (double)most_fetched(HOST(L)) / 1e6);
}

uint64_t vo_budget(lua_State *L, const char *what)
{
    struct lua_host *h = HOST(L);
    const uint64_t *fetched = env_fetched(h, h->running->env_ref);
    uint64_t most = most_fetched(h);
    if (fetched && *fetched >= most)
        over_budget(L, what);
    return most - (fetched ? *fetched : 0);
}

void vo_charge(struct lua_host *h, int env_ref, uint64_t bytes)
{
    uint64_t *fetched = env_fetched(h, env_ref);
    if (fetched)
        *fetched += bytes;
}

/* ---- a call ---- */

static void let_go(void *arg)
{
    struct vo_call *c = arg;
    uint64_t request = c->request;
    c->host = NULL;
    c->request = 0;
    if (request)
        http_cancel(c->http, request);
}

static int call_gone(lua_State *L)
{
    struct vo_call *c = lua_touserdata(L, 1);
    let_go(c);
    table_doc_free(c->doc);
    str_clear(&c->body);
    free(c->url);
    free(c->what);
    *c = (struct vo_call){0};
    return 0;
}

struct vo_call *vo_call_new(lua_State *L, const char *what, int timeout, double def_s)
{
    double s = def_s;
    if (timeout && lua_istable(L, timeout) && opt_field(L, timeout, "timeout")) {
        s = arg_duration(L, -1, "timeout");
        if (!(s > 0))
            problem_raise(L, "argument", "%s: timeout: %g s is no time to wait", what, s);
        lua_pop(L, 1);
    }
    struct vo_call *c = push_owned(L, "vigie.call", sizeof *c, call_gone);
    c->what = mem_str(what);
    c->timeout_s = s;
    c->until_ms = s < 0 ? 0 : loop_now_ms(HOST(L)->loop) + (int64_t)(fmin(s, 1e9) * 1000);
    return c;
}

struct vo_call *vo_call_top(lua_State *L)
{
    return lua_touserdata(L, -1);
}

static void arrived(struct vo_call *c)
{
    c->over = true;
    c->request = 0;
    if (c->host)
        task_wake(c->host, c->task, c->wait);
    c->host = NULL;
}

static void on_answer(void *arg, struct vo_answer *a)
{
    struct vo_call *c = arg;
    c->err = a->err;
    c->doc = a->doc;
    a->doc = NULL;
    if (c->host)
        vo_charge(c->host, c->env, a->bytes);
    c->overflow = a->overflow;
    c->code = a->code;
    arrived(c);
}

static void on_body(void *arg, const struct http_answer *a)
{
    struct vo_call *c = arg;
    c->err = a->err;
    c->code = a->code;
    str_addn(&c->body, str_c(&a->body), a->body.n);
    if (c->host)
        vo_charge(c->host, c->env, a->body.n);
    arrived(c);
}

struct next {
    lua_KFunction k;
    lua_KContext ctx;
};

/* The call lies below the way to go on. Who is not there yet is too late. */
static int called(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    struct next n = *(struct next *)lua_touserdata(L, -1);
    lua_pop(L, 1);
    struct vo_call *c = lua_touserdata(L, -1);
    if (!c->over) {
        size_t len;
        const char *host = host_of(c->url, &len);
        let_go(c);
        c->over = true;
        err_set(&c->err, E_TIMEOUT, "%.*s: no answer in %.3g s", (int)(len < 80 ? len : 80), host,
                c->timeout_s);
    }
    return n.k(L, status, n.ctx);
}

/* Before a question: what the last one left is forgotten. Raises if the time is over already. */
static void again(lua_State *L, struct vo_call *c, const char *url)
{
    if (!HOST(L)->running || !lua_isyieldable(L))
        problem_raise(L, "script", "%s: nothing can be waited for here", c->what);
    if (c->url != url) {
        free(c->url);
        c->url = mem_str(url);
    }
    table_doc_free(c->doc);
    c->doc = NULL;
    str_reset(&c->body);
    c->over = c->overflow = false;
    c->err = (struct error){OK, ""};
    c->http = vo_http(L, url);
}

static int wait_for(lua_State *L, struct vo_call *c, double share, lua_KContext ctx,
                    lua_KFunction k)
{
    struct lua_host *h = HOST(L);
    struct next *n = lua_newuserdatauv(L, sizeof *n, 0);
    *n = (struct next){k, ctx};
    c->sent = c->request != 0;
    if (!c->sent) { /* nothing could be sent: err says why */
        c->over = true;
        return called(L, LUA_OK, 0);
    }
    c->host = h;
    c->task = h->running->id;
    c->wait = task_wait(h, "an answer of the network", let_go, c);
    if (c->until_ms) {
        double left = (double)(c->until_ms - loop_now_ms(h->loop)) / 1000 * share;
        task_wake_after(h, left > 0.001 ? left : 0.001);
    }
    return task_leave(L, 0, called);
}

/* The largest answer to a call: what is left to the script, and no more than `most`. */
static size_t most_body(lua_State *L, struct vo_call *c, size_t most)
{
    uint64_t left = vo_budget(L, c->what);
    c->env = HOST(L)->running->env_ref;
    c->capped = left < most;
    return c->capped ? (size_t)left : most;
}

static size_t answer_max(lua_State *L)
{
    struct session *s = api_session(L);
    return (size_t)((s ? conf_number(session_conf(s), "http.max-body") : 64) * 1e6);
}

int vo_call_ask(lua_State *L, struct vo_call *c, const struct vo_question *q, double share,
                lua_KContext ctx, lua_KFunction k)
{
    struct vo_question own = *q;
    again(L, c, q->url);
    own.limits.bytes = TBL_MAX_BYTES;
    own.max_body = most_body(L, c, answer_max(L));
    own.done = on_answer;
    own.arg = c;
    c->request = vo_ask(c->http, &own, &c->err);
    return wait_for(L, c, share, ctx, k);
}

int vo_call_fetch(lua_State *L, struct vo_call *c, const char *url, const char *accept,
                  double share, lua_KContext ctx, lua_KFunction k)
{
    enum { BODY_MAX = 16 << 20 };
    const struct http_header header = {"Accept", accept};
    again(L, c, url);
    const struct http_request r = {.url = url,
                                   .headers = &header,
                                   .n_headers = accept ? 1 : 0,
                                   .max_body = most_body(L, c, BODY_MAX),
                                   .done = on_body,
                                   .arg = c};
    c->request = http_send(c->http, &r, &c->err);
    return wait_for(L, c, share, ctx, k);
}

/* ---- how it ended ---- */

static const char *kind_of(const struct error *err, bool sent, bool offline, const char **hint)
{
    *hint = NULL;
    switch (err->status) {
    case E_TIMEOUT:
        *hint = "try timeout = 120, or another service: vo.registry.search{...}";
        return "timeout";
    case E_NET:
        if (strstr(err->text, ": HTTP "))
            return "service"; /* it answers, in its own way */
        *hint = "is there a network? another service may answer: vo.registry.search{...}";
        return "network";
    case E_REFUSED:
        if (offline) {
            *hint = "the session is offline";
            return "network";
        }
        if (strstr(err->text, "local network")) {
            *hint = "the header of the script may ask for it: needs = { \"net\" }";
            return "permission";
        }
        return "service";
    case E_RANGE:
        if (!sent)
            return "argument";
        *hint = "ask for less: maxrec =, or a smaller radius";
        return "overflow";
    case E_PARSE: return "parse";
    case E_CANCELLED: return "cancelled";
    case E_IO: return "io";
    case E_MEMORY: return "limit";
    case OK:
    case E_ABSENT:
    case E_BUSY:
    case E_DEVICE:
    case E_BUG: break;
    }
    return "service";
}

int vo_raise(lua_State *L, const struct error *err, const char *url, bool sent)
{
    const char *hint;
    struct session *s = api_session(L);
    const char *kind = kind_of(err, sent, s && session_offline(s), &hint);
    if (strcmp(kind, "permission") == 0)
        return problem_raise_with(L, kind, hint, url,
                                  "%s: without \"net\" among its needs a script reaches there only "
                                  "the registry that you named",
                                  err->text);
    return problem_raise_with(L, kind, hint, url, "%s", err->text);
}

int vo_call_raise(lua_State *L, const struct vo_call *c)
{
    if (c->capped && c->sent && c->err.status == E_RANGE)
        return over_budget(L, c->what);
    return vo_raise(L, &c->err, c->url, c->sent);
}

struct tbl *vo_call_tbl(lua_State *L, struct vo_call *c)
{
    if (c->err.status != OK)
        vo_call_raise(L, c);
    if (!c->doc || c->doc->tables.n == 0) {
        err_set(&c->err, E_PARSE, "%s: there is no table in the answer", c->what);
        vo_call_raise(L, c);
    }
    if (c->overflow)
        log_put(LOG_WARN, "lua", c->what, "the service has more rows than it gave");
    struct table_doc *doc = c->doc;
    c->doc = NULL;
    if (c->overflow)
        doc->status = TABLE_STATUS_OVERFLOW;
    return tbl_push(L, doc, 0);
}

uint64_t vo_max_rows(lua_State *L, int index)
{
    lua_Integer n = 0;
    if (lua_istable(L, index) && opt_field(L, index, "maxrec")) {
        n = lua_tointeger(L, -1);
        if (n < 1)
            problem_raise(L, "argument", "maxrec: %d is no number of rows", (int)n);
        lua_pop(L, 1);
    }
    return (uint64_t)n;
}

int vo_ask_protocol(lua_State *L, struct vo_call *c, const struct vo_protocol *p,
                    const struct proto_query *q, lua_KContext ctx, lua_KFunction k)
{
    struct str *url = push_str(L), *body = push_str(L), *type = push_str(L);
    struct proto_request r = {0};
    struct error err;
    enum status s = vo_build(p, q, &r, &err);
    *url = r.url;
    *body = r.body;
    *type = r.type;
    if (s != OK)
        return vo_raise(L, &err, q->base, false);
    const struct vo_question ask = {.url = str_c(url),
                                    .body = r.post ? str_c(body) : NULL,
                                    .n_body = body->n,
                                    .type = type->n ? type->s : NULL,
                                    .max_rows = q->max_rows};
    lua_rotate(L, -4, 3); /* the call on the top again */
    return vo_call_ask(L, c, &ask, 1, ctx, k);
}
