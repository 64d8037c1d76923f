/* book_rows.c - the tables of the alerts room and the statements on them.
 * Not: which alerts belong together (book.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "book_own.h"

static const char *const steps[] = {
    "CREATE TABLE alerts_packet(id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, meaning INTEGER,"
    " received_ms INTEGER NOT NULL, order_ms INTEGER NOT NULL, event INTEGER, same_as INTEGER,"
    " source TEXT NOT NULL, origin TEXT, format TEXT, ref TEXT, kind TEXT, issued TEXT, change "
    "TEXT,"
    " reason TEXT, bytes BLOB NOT NULL);"
    "CREATE INDEX alerts_packet_hash ON alerts_packet(hash);"
    "CREATE INDEX alerts_packet_event ON alerts_packet(event, order_ms);"
    "CREATE INDEX alerts_packet_reason ON alerts_packet(id) WHERE reason IS NOT NULL;"
    "CREATE TABLE alerts_event(id INTEGER PRIMARY KEY, last_ms INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL, kind TEXT NOT NULL, standing INTEGER NOT NULL,"
    " marks INTEGER NOT NULL, revisions INTEGER NOT NULL, key TEXT, ref TEXT, name TEXT, type TEXT,"
    " facility TEXT, packet TEXT, classification TEXT, description TEXT, band TEXT, stream TEXT,"
    " sources TEXT, change TEXT, time TEXT, issued TEXT, expires TEXT, ra_rad REAL, dec_rad REAL,"
    " error_rad REAL, mag REAL, redshift REAL, far_hz REAL, importance REAL, distance_mpc REAL,"
    " params BLOB);"
    "CREATE INDEX alerts_event_last ON alerts_event(last_ms);"
    "CREATE TABLE alerts_key(key TEXT PRIMARY KEY, event INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX alerts_key_event ON alerts_key(event);"
    "CREATE TABLE alerts_fired(event INTEGER NOT NULL, rule TEXT NOT NULL,"
    " PRIMARY KEY(event, rule)) WITHOUT ROWID;"
    "CREATE TABLE alerts_state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"};

const struct store_room alert_store_room = {"alerts", steps, sizeof steps / sizeof steps[0]};

enum { RETRACTED = 1, FRESH = 2, FOLLOWED = 4, ACKNOWLEDGED = 8 };

int64_t rows_hash(const void *bytes, size_t n)
{
    uint64_t h = 14695981039346656037u;
    const unsigned char *s = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ s[i]) * 1099511628211u;
    return (int64_t)h;
}

enum status rows_same_bytes(struct store *st, const void *bytes, size_t n, int64_t hash,
                            int64_t *packet, int64_t *event, struct error *err)
{
    struct query *q;
    bool row;
    *packet = *event = 0;
    enum status s =
        store_query(st, "SELECT id, event, bytes FROM alerts_packet WHERE hash = ?1", &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, hash);
    while ((s = query_next(q, &row, err)) == OK && row) {
        size_t m;
        const void *b = query_blob(q, 2, &m);
        if (m == n && (n == 0 || memcmp(b, bytes, n) == 0)) {
            *packet = query_int(q, 0);
            *event = query_int(q, 1);
            break;
        }
    }
    query_end(q);
    return s;
}

/* One number of one row, 0 if there is no row. The query has its parameters. */
static enum status one_number(struct query *q, int64_t *x, struct error *err)
{
    bool row;
    *x = 0;
    enum status s = query_next(q, &row, err);
    if (s == OK && row)
        *x = query_int(q, 0);
    query_end(q);
    return s;
}

enum status rows_same_meaning(struct store *st, int64_t event, int64_t meaning, int64_t *packet,
                              struct error *err)
{
    struct query *q;
    enum status s = store_query(
        st, "SELECT id FROM alerts_packet WHERE event = ?1 AND meaning = ?2 AND same_as = 0", &q,
        err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, event);
    query_bind_int(q, 2, meaning);
    return one_number(q, packet, err);
}

enum status rows_put_packet(struct store *st, const struct packet_row *p, int64_t *id,
                            struct error *err)
{
    struct query *q;
    enum status s = store_query(
        st,
        "INSERT INTO alerts_packet(hash, meaning, received_ms, order_ms, event, same_as, source,"
        " origin, format, ref, kind, issued, change, reason, bytes)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, p->hash);
    query_bind_int(q, 2, p->meaning);
    query_bind_int(q, 3, p->received_ms);
    query_bind_int(q, 4, p->order_ms);
    if (p->event)
        query_bind_int(q, 5, p->event);
    query_bind_int(q, 6, p->same_as);
    query_bind_text(q, 7, p->source);
    query_bind_text(q, 8, p->origin);
    query_bind_text(q, 9, p->format);
    query_bind_text(q, 10, p->ref);
    query_bind_text(q, 11, p->kind);
    query_bind_text(q, 12, p->issued);
    query_bind_text(q, 13, p->change);
    query_bind_text(q, 14, p->reason);
    query_bind_blob(q, 15, p->n ? p->bytes : "", p->n);
    return query_run(q, id, NULL, err);
}

enum status rows_key(struct store *st, const char *key, int64_t *event, struct error *err)
{
    struct query *q;
    enum status s = store_query(st, "SELECT event FROM alerts_key WHERE key = ?1", &q, err);
    if (s != OK)
        return s;
    query_bind_text(q, 1, key);
    return one_number(q, event, err);
}

enum status rows_put_key(struct store *st, const char *key, int64_t event, struct error *err)
{
    struct query *q;
    enum status s =
        store_query(st, "INSERT OR IGNORE INTO alerts_key(key, event) VALUES(?1, ?2)", &q, err);
    if (s != OK)
        return s;
    query_bind_text(q, 1, key);
    query_bind_int(q, 2, event);
    return query_run(q, NULL, NULL, err);
}

/* ---- events ---- */

#define EVENT_COLUMNS                                                                              \
    "id, last_ms, first_ms, kind, standing, marks, revisions, key, ref, name, type, facility,"     \
    " packet, classification, description, band, stream, sources, change, time, issued, expires,"  \
    " ra_rad, dec_rad, error_rad, mag, redshift, far_hz, importance, distance_mpc, params"

static void bind_instant(struct query *q, int i, struct jd_utc t)
{
    char text[UTC_TEXT];
    query_bind_text(q, i, alert_time_known(t) ? utc_format(t, 3, text) : NULL);
}

static void bind_event(struct query *q, const struct alert_event *e)
{
    const char *const texts[] = {e->key,      e->ref,    e->name,           e->type,
                                 e->facility, e->packet, e->classification, e->description,
                                 e->band,     e->stream, e->sources,        e->change};
    const double reals[] = {e->ra_rad,   e->dec_rad, e->error_rad,  e->mag,
                            e->redshift, e->far_hz,  e->importance, e->distance_mpc};
    int i = 1;
    if (e->id)
        query_bind_int(q, i, e->id);
    query_bind_int(q, ++i, e->last_ms);
    query_bind_int(q, ++i, e->first_ms);
    query_bind_text(q, ++i, alert_kind_name(e->kind));
    query_bind_int(q, ++i, e->standing);
    query_bind_int(q, ++i,
                   (e->retracted ? RETRACTED : 0) | (e->fresh ? FRESH : 0) |
                       (e->followed ? FOLLOWED : 0) | (e->acknowledged ? ACKNOWLEDGED : 0));
    query_bind_int(q, ++i, e->revisions);
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        query_bind_text(q, ++i, texts[k]);
    bind_instant(q, ++i, e->time);
    bind_instant(q, ++i, e->issued);
    bind_instant(q, ++i, e->expires);
    for (size_t k = 0; k < sizeof reals / sizeof reals[0]; k++)
        query_bind_real(q, ++i, reals[k]);
    query_bind_blob(q, ++i, e->params.at, e->params.n);
}

enum status rows_put_event(struct store *st, struct alert_event *e, struct error *err)
{
    struct query *q;
    int64_t id = 0;
    enum status s = store_query(st,
                                "INSERT OR REPLACE INTO alerts_event(" EVENT_COLUMNS
                                ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                                " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26,"
                                " ?27, ?28, ?29, ?30, ?31)",
                                &q, err);
    if (s != OK)
        return s;
    bind_event(q, e);
    s = query_run(q, &id, NULL, err);
    if (s == OK)
        e->id = id;
    return s;
}

static void read_instant(const struct query *q, int i, struct jd_utc *t)
{
    const char *text = query_text(q, i, NULL);
    if (text && utc_parse(text, NULL, t, NULL) != OK)
        t->d1 = t->d2 = NAN;
}

static void read_event(const struct query *q, struct alert_event *e)
{
    char **texts[] = {&e->key,      &e->ref,    &e->name,           &e->type,
                      &e->facility, &e->packet, &e->classification, &e->description,
                      &e->band,     &e->stream, &e->sources,        &e->change};
    double *reals[] = {&e->ra_rad,   &e->dec_rad, &e->error_rad,  &e->mag,
                       &e->redshift, &e->far_hz,  &e->importance, &e->distance_mpc};
    int i = 5;
    size_t n;
    alert_event_init(e);
    e->id = query_int(q, 0);
    e->last_ms = query_int(q, 1);
    e->first_ms = query_int(q, 2);
    const char *kind = query_text(q, 3, NULL);
    if (kind && !alert_kind_of(kind, &e->kind))
        e->kind = ALERT_OTHER;
    int64_t standing = query_int(q, 4), marks = query_int(q, i);
    e->standing = standing == ALERT_TEST      ? ALERT_TEST
                  : standing == ALERT_UTILITY ? ALERT_UTILITY
                                              : ALERT_SKY;
    e->retracted = marks & RETRACTED;
    e->fresh = marks & FRESH;
    e->followed = marks & FOLLOWED;
    e->acknowledged = marks & ACKNOWLEDGED;
    e->revisions = (int)query_int(q, ++i);
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        *texts[k] = mem_str(query_text(q, ++i, NULL));
    read_instant(q, ++i, &e->time);
    read_instant(q, ++i, &e->issued);
    read_instant(q, ++i, &e->expires);
    for (size_t k = 0; k < sizeof reals / sizeof reals[0]; k++)
        *reals[k] = query_real(q, ++i);
    const void *bag = query_blob(q, ++i, &n);
    e->params.n = bag ? n : 0;
    e->params.at = bag && n ? mem_dup(bag, n) : NULL;
}

enum status rows_get_event(struct store *st, int64_t id, struct alert_event *e, struct error *err)
{
    struct query *q;
    bool row;
    alert_event_init(e);
    enum status s =
        store_query(st, "SELECT " EVENT_COLUMNS " FROM alerts_event WHERE id = ?1", &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, id);
    s = query_next(q, &row, err);
    if (s == OK && row)
        read_event(q, e);
    query_end(q);
    if (s == OK && !row)
        return err_set(err, E_ABSENT, "no alert event %lld", (long long)id);
    return s;
}

enum status rows_each_event(struct store *st, size_t max, rows_event_fn *fn, void *arg,
                            struct error *err)
{
    struct query *q;
    bool row;
    enum status s = store_query(st,
                                "SELECT " EVENT_COLUMNS
                                " FROM (SELECT * FROM alerts_event ORDER BY last_ms DESC, id DESC"
                                " LIMIT ?1) ORDER BY last_ms, id",
                                &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, (int64_t)max);
    while ((s = query_next(q, &row, err)) == OK && row) {
        struct alert_event e;
        read_event(q, &e);
        fn(arg, &e);
    }
    query_end(q);
    return s;
}

enum status rows_last_packet(struct store *st, int64_t *id, struct error *err)
{
    struct query *q;
    enum status s = store_query(st, "SELECT max(id) FROM alerts_packet", &q, err);
    return s == OK ? one_number(q, id, err) : s;
}

enum status rows_since(struct store *st, int64_t packet, int64_t to, rows_event_fn *fn, void *arg,
                       struct error *err)
{
    struct query *q;
    bool row;
    enum status s = store_query(st,
                                "SELECT " EVENT_COLUMNS " FROM alerts_event WHERE id IN"
                                " (SELECT event FROM alerts_packet WHERE id > ?1 AND id <= ?2)"
                                " ORDER BY last_ms, id",
                                &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, packet);
    query_bind_int(q, 2, to);
    while ((s = query_next(q, &row, err)) == OK && row) {
        struct alert_event e;
        read_event(q, &e);
        fn(arg, &e);
    }
    query_end(q);
    return s;
}

enum status rows_seen(struct store *st, int64_t event, struct error *err)
{
    struct query *q;
    enum status s =
        store_query(st, "UPDATE alerts_event SET marks = marks & ~?2 WHERE id = ?1", &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, event);
    query_bind_int(q, 2, FRESH);
    return query_run(q, NULL, NULL, err);
}

enum status rows_join(struct store *st, int64_t event, int64_t other, struct error *err)
{
    static const char *const sql[] = {
        "UPDATE alerts_packet SET event = ?1 WHERE event = ?2",
        "UPDATE alerts_key SET event = ?1 WHERE event = ?2",
        "UPDATE OR IGNORE alerts_fired SET event = ?1 WHERE event = ?2",
        "DELETE FROM alerts_fired WHERE event = ?2 AND ?1 <> ?2",
        "DELETE FROM alerts_event WHERE id = ?2 AND ?1 <> ?2"};
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        struct query *q;
        enum status s = store_query(st, sql[i], &q, err);
        if (s != OK)
            return s;
        query_bind_int(q, 1, event);
        query_bind_int(q, 2, other);
        s = query_run(q, NULL, NULL, err);
        if (s != OK)
            return s;
    }
    return OK;
}

enum status rows_replay(struct store *st, int64_t event, int max, rows_replay_fn *fn, void *arg,
                        struct error *err)
{
    struct query *q;
    bool row;
    enum status s = store_query(st,
                                "SELECT id, bytes FROM alerts_packet WHERE event = ?1 AND"
                                " same_as = 0 ORDER BY order_ms, id LIMIT ?2",
                                &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, event);
    query_bind_int(q, 2, max);
    while ((s = query_next(q, &row, err)) == OK && row) {
        size_t n;
        const void *bytes = query_blob(q, 1, &n);
        s = fn(arg, query_int(q, 0), bytes, n, err);
        if (s != OK)
            break;
    }
    query_end(q);
    return s;
}

enum status rows_set_change(struct store *st, int64_t packet, const char *change, struct error *err)
{
    struct query *q;
    enum status s = store_query(st, "UPDATE alerts_packet SET change = ?2 WHERE id = ?1", &q, err);
    if (s != OK)
        return s;
    query_bind_int(q, 1, packet);
    query_bind_text(q, 2, change);
    return query_run(q, NULL, NULL, err);
}
