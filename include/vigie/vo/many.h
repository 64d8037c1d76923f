/* many.h - one question to several services at once: each has its own state, few run at a time, a late
 * one never holds the others, each can be cancelled.
 * Not: which services (search.h finds them).
 */
#ifndef VIGIE_VO_MANY_H
#define VIGIE_VO_MANY_H

#include "vigie/vo/proto.h"

/* How a service stands. VO_MANY_CUT: rows, but the service has cut them. VO_MANY_PARTIAL: rows, then a
 * fault (err says which). */
enum vo_many_state {
    VO_MANY_WAITING,
    VO_MANY_RUNNING,
    VO_MANY_DONE,
    VO_MANY_CUT,
    VO_MANY_PARTIAL,
    VO_MANY_ERROR,
    VO_MANY_CANCELLED
};

/* struct vo_many_service - whom to ask; strings are copied. title: for people; protocol: a row of
 * vo_protocols. key: whatever the caller knows it by (an ivoid), may be NULL. */
struct vo_many_service {
    const char *title, *url, *key;
    const struct vo_protocol *protocol;
};

/* struct vo_many_item - one of them. doc: NULL until rows arrive, grows while it runs; rows: of its
 * first table; took_ms: from its start until now or its end. Borrowed until the next turn of the loop. */
struct vo_many_item {
    struct vo_many_service service;
    enum vo_many_state state;
    struct error err;
    const struct table_doc *doc;
    uint64_t rows, bytes;
    int code;
    int64_t took_ms;
};

/* struct vo_many_setup - query: without base; copied, but its uploads are borrowed. at_once [4];
 * total_ms: the longest time for one service [60 s]; limits: of each table.
 *   changed  item i has another state, or more rows; may be NULL
 *   done     all have ended; once */
struct vo_many;
typedef void vo_many_changed_fn(void *arg, struct vo_many *m, size_t i);
typedef void vo_many_done_fn(void *arg, struct vo_many *m);
struct vo_many_setup {
    struct http *http;
    struct proto_query query;
    const struct vo_many_service *service;
    size_t n;
    int at_once;
    int64_t total_ms;
    struct table_limits limits;
    vo_many_changed_fn *changed;
    vo_many_done_fn *done;
    void *arg;
};

/* vo_many_new - the first are asked in the next turn of the loop: no callback runs before it returns.
 * vo_many_free - cancels what runs, without a callback; not inside one.
 *   test  tests/vo/check_many.c */
struct vo_many *vo_many_new(const struct vo_many_setup *setup);
void vo_many_free(struct vo_many *m);

size_t vo_many_count(const struct vo_many *m);
struct vo_many_item vo_many_item(const struct vo_many *m, size_t i);
bool vo_many_over(const struct vo_many *m);

/* vo_many_cancel - one of them, waiting or running; its rows so far stay. vo_many_cancel_all - all that
 * have not ended. vo_many_again - ask one again that has ended. */
void vo_many_cancel(struct vo_many *m, size_t i);
void vo_many_cancel_all(struct vo_many *m);
void vo_many_again(struct vo_many *m, size_t i);

/* vo_many_take - the answer of one that has ended, owned by the caller (table_doc_free); NULL if there
 * is none. */
struct table_doc *vo_many_take(struct vo_many *m, size_t i);

/* vo_many_state_name - "waiting", "running", "done", "cut", "partial", "error", "cancelled". */
const char *vo_many_state_name(enum vo_many_state state);

#endif
