/* book_more.c - the rest of the book: marks, history, unreadable packets, raw bytes, small states.
 * Not: taking packets in (book.c). */
#include <stdlib.h>
#include <string.h>

#include "book_own.h"

#define PACKET_COLUMNS                                                                             \
    "id, event, same_as, received_ms, source, origin, format, ref, kind, issued, change, reason,"  \
    " length(bytes)"

static enum status each_packet(struct query *q, alert_packet_fn *fn, void *arg, struct error *err)
{
    bool row;
    enum status s;
    while ((s = query_next(q, &row, err)) == OK && row) {
        struct alert_packet p = {.id = query_int(q, 0),
                                 .event = query_int(q, 1),
                                 .same_as = query_int(q, 2),
                                 .received_ms = query_int(q, 3),
                                 .source = query_text(q, 4, NULL),
                                 .origin = query_text(q, 5, NULL),
                                 .format = query_text(q, 6, NULL),
                                 .ref = query_text(q, 7, NULL),
                                 .kind = query_text(q, 8, NULL),
                                 .issued = query_text(q, 9, NULL),
                                 .change = query_text(q, 10, NULL),
                                 .reason = query_text(q, 11, NULL),
                                 .n_bytes = (size_t)query_int(q, 12)};
        fn(arg, &p);
    }
    query_end(q);
    return s;
}

enum status alert_book_history(struct alert_book *b, int64_t event, alert_packet_fn *fn, void *arg,
                               struct error *err)
{
    struct query *q;
    enum status s = store_query(alert_book_store(b),
                                "SELECT " PACKET_COLUMNS
                                " FROM alerts_packet WHERE event = ?1 ORDER BY order_ms, id",
                                &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, event);
    return each_packet(q, fn, arg, err);
}

enum status alert_book_unreadable(struct alert_book *b, int max, alert_packet_fn *fn, void *arg,
                                  struct error *err)
{
    struct query *q;
    enum status s = store_query(alert_book_store(b),
                                "SELECT " PACKET_COLUMNS
                                " FROM alerts_packet WHERE reason IS NOT NULL ORDER BY id DESC"
                                " LIMIT ?1",
                                &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, max);
    return each_packet(q, fn, arg, err);
}

enum status alert_book_raw(struct alert_book *b, int64_t packet, struct str *out, struct error *err)
{
    struct query *q;
    bool row;
    size_t n;
    str_reset(out);
    enum status s =
        store_query(alert_book_store(b), "SELECT bytes FROM alerts_packet WHERE id = ?1", &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, packet);
    s = query_next(q, &row, err);
    if (s == OK && row) {
        const void *bytes = query_blob(q, 0, &n);
        str_addn(out, bytes, n);
    }
    query_end(q);
    if (s == OK && !row)
        return err_set(err, E_ABSENT, "no alert packet %lld", (long long)packet);
    return s;
}

enum status alert_book_state(struct alert_book *b, const char *name, struct str *out,
                             struct error *err)
{
    struct query *q;
    bool row;
    enum status s =
        store_query(alert_book_store(b), "SELECT value FROM alerts_state WHERE name = ?1", &q, err);
    if (s != OK)
        return s;
    query_bind_text(q, 1, name);
    s = query_next(q, &row, err);
    if (s == OK && row)
        str_add(out, query_text(q, 0, NULL));
    query_end(q);
    return s;
}

enum status alert_book_state_set(struct alert_book *b, const char *name, const char *value,
                                 struct error *err)
{
    struct query *q;
    enum status s =
        store_query(alert_book_store(b),
                    "INSERT OR REPLACE INTO alerts_state(name, value) VALUES(?1, ?2)", &q, err);
    if (s != OK)
        return s;
    query_bind_text(q, 1, name);
    query_bind_text(q, 2, value);
    return query_run(q, NULL, NULL, err);
}

enum status alert_book_fired(struct alert_book *b, int64_t event, const char *rule, bool *before,
                             struct error *err)
{
    struct query *q;
    int changed = 0;
    *before = true;
    enum status s =
        store_query(alert_book_store(b),
                    "INSERT OR IGNORE INTO alerts_fired(event, rule) VALUES(?1, ?2)", &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, event);
    query_bind_text(q, 2, rule);
    s = query_run(q, NULL, &changed, err);
    *before = s == OK && changed == 0;
    return s;
}
