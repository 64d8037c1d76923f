/* vo.h - what the bindings of the Virtual Observatory share: a call that waits for an answer, has a time
 * limit and ends with the task that made it; who may be asked; errors. Not: any protocol (vo room).
 */
#ifndef VIGIE_SRC_LUA_VO_H
#define VIGIE_SRC_LUA_VO_H

#include "tbl.h"
#include "vigie/vo/access.h"
#include "vigie/vo/names.h"
#include "vigie/vo/proto.h"
#include "vigie/vo/vocabulary.h"

/* struct vo_call - a userdata: one answer that is waited for. err, doc, body: how it ended; doc is taken by
 * vo_call_tbl. url: of the service, for e.url. until_ms: of the loop's clock, when the time is over; 0: never. */
struct vo_call {
    struct http *http;
    uint64_t request;
    struct lua_host *host; /* NULL: nobody waits */
    uint64_t task, wait;
    bool sent, over, overflow;
    bool capped; /* no more may come than the script's rest of what it may fetch */
    int env;     /* of the script */
    struct error err;
    struct table_doc *doc;
    struct str body;
    int code;
    char *url, *what; /* what: the function, for sentences */
    double timeout_s;
    int64_t until_ms;
};

/* vo_call_new - on the top of L. what: the function ("svc:search"); timeout: index of a table with a field
 * `timeout`, 0 for none; def_s: what holds without it, < 0: no limit. */
struct vo_call *vo_call_new(lua_State *L, const char *what, int timeout, double def_s);
enum { VO_TIMEOUT_S = 30 };

/* vo_call_ask, vo_call_fetch - send it, then k with the call on the top of L. url: of the service. share: of the time
 * that is left, so much is this answer's (1: all). An answer that fails is no error: k looks at c->err.
 *   q   name, url, body, type, max_rows are used */
int vo_call_ask(lua_State *L, struct vo_call *c, const struct vo_question *q, double share,
                lua_KContext ctx, lua_KFunction k);
int vo_call_fetch(lua_State *L, struct vo_call *c, const char *url, const char *accept,
                  double share, lua_KContext ctx, lua_KFunction k);
struct vo_call *vo_call_top(lua_State *L);

/* vo_call_raise - the error as scripts see it: kind, hint, url. vo_call_tbl - the first table of the answer
 * pushed, or raises; cut ones are told in the log. */
int vo_call_raise(lua_State *L, const struct vo_call *c);
int vo_raise(lua_State *L, const struct error *err, const char *url,
             bool sent); /* sent: the question went out */
struct tbl *vo_call_tbl(lua_State *L, struct vo_call *c);

/* vo_http - who asks: services anywhere, or for a script without `net` only those of the Internet. A
 * registry that the user has named himself may be asked, and what the same server (host and port) holds;
 * other ports of that machine are others' (devices, databases). A script of the user's own on the console
 * and `run -e` have `net`, a file has what its header says. */
struct http *vo_http(lua_State *L, const char *url);

/* vo_access - how the vo room reaches the world for this host; lives as long. vo_registry_url - the first
 * registry, that the user named or the first of the known; freed by the caller. vo_names - names of objects. */
const struct vo_access *vo_access(lua_State *L);
char *vo_registry_url(lua_State *L);
struct names *vo_names(lua_State *L);

/* vo_thesaurus - the UAT as it is here; whole: or only its core. vo_thesaurus_fetch - asks for the whole one, once a
 * host, and the running task waits; false: nothing is asked. */
const struct uat *vo_thesaurus(lua_State *L, bool *whole);
bool vo_thesaurus_fetch(lua_State *L);

/* vo_max_rows - field `maxrec` of the table at index, 0 without one. */
uint64_t vo_max_rows(lua_State *L, int index);

/* struct vo_service - a service as a value: its protocol, its address. vo_push_service - kind: "scs", "sia",
 * "sia2", "ssa", "tap", "datalink". */
struct vo_service {
    const struct vo_protocol *protocol;
    char *url;
};
void vo_push_service(lua_State *L, const char *kind, const char *url);
struct vo_service *vo_service_arg(lua_State *L, int index, const char *type);

/* vo_ask_protocol - a question in the words of a protocol, the call on the top; then k. */
int vo_ask_protocol(lua_State *L, struct vo_call *c, const struct vo_protocol *p,
                    const struct proto_query *q, lua_KContext ctx, lua_KFunction k);

/* vo_budget - bytes that the running script may still fetch (option lua.max-download, all its tasks together);
 * raises `limit` if there are none. vo_charge - so many came.
 *   test  tests/lua/check_reach.c */
uint64_t vo_budget(lua_State *L, const char *what);
void vo_charge(struct lua_host *h, int env_ref, uint64_t bytes);

/* vo_live - something that holds requests and lives longer than the value that made it (a job that is being
 * aborted): ended before the network is. vo_live_over - it has ended by itself. */
struct vo_live {
    struct vo_live *next;
    void (*end)(struct vo_live *l);
};
void vo_live(lua_State *L, struct vo_live *l);
void vo_live_over(struct vo_live *l);

extern const char t_service[], t_tap[], t_records[], t_record[], t_job[];
extern const struct lua_type lua_type_tap;
void vo_open(lua_State *L); /* metatables */
void vo_open_net(lua_State *L);
void vo_open_registry(lua_State *L);
void vo_open_tap(lua_State *L);

#endif
