/* book.c - takes packets in: known or not, which event, what it changed; then in memory and told.
 * Not: the statements (book_rows.c), what an alert adds to an event (event.c).
 */
#include "vigie/alerts/book.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book_own.h"
#include "vigie/base/log.h"

enum {
    MAX_EVENTS = 100000,
    REPLAY_MAX = 500,
    JOIN_MAX = 16,
    REFRESH_PACKETS = 50,
    SPAN_MAX = 1 << 26
};

struct alert_book {
    struct store *store;
    size_t max_events;
    VEC(struct alert_event *) by_id; /* rising */
    VEC(struct alert_event *) order; /* latest change last */
    size_t n_of[ALERT_UTILITY + 1];  /* by standing */
    VEC(int64_t) seen;               /* marks that the store does not have yet */
    int64_t last_packet;             /* what is in memory knows of it */
    alert_news_fn *news;
    void *arg;
};

/* ---- memory ---- */

static size_t place_of(const struct alert_book *b, int64_t id)
{
    size_t lo = 0, hi = b->by_id.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (b->by_id.at[mid]->id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static struct alert_event *held(const struct alert_book *b, int64_t id)
{
    size_t i = place_of(b, id);
    return i < b->by_id.n && b->by_id.at[i]->id == id ? b->by_id.at[i] : NULL;
}

static void out_of_order(struct alert_book *b, const struct alert_event *e)
{
    for (size_t i = b->order.n; i-- > 0;)
        if (b->order.at[i] == e) {
            memmove(b->order.at + i, b->order.at + i + 1,
                    (b->order.n - i - 1) * sizeof *b->order.at);
            b->order.n--;
            return;
        }
}

static void forget(struct alert_book *b, int64_t id)
{
    size_t i = place_of(b, id);
    if (i == b->by_id.n || b->by_id.at[i]->id != id)
        return;
    struct alert_event *e = b->by_id.at[i];
    b->n_of[e->standing]--;
    memmove(b->by_id.at + i, b->by_id.at + i + 1, (b->by_id.n - i - 1) * sizeof *b->by_id.at);
    b->by_id.n--;
    out_of_order(b, e);
    alert_event_clear(e);
    free(e);
}

/* Takes the event over: in the place of the one of that id, as the latest. */
static struct alert_event *hold(struct alert_book *b, struct alert_event *e)
{
    size_t i = place_of(b, e->id);
    struct alert_event *in;
    if (i < b->by_id.n && b->by_id.at[i]->id == e->id) {
        in = b->by_id.at[i];
        b->n_of[in->standing]--;
        out_of_order(b, in);
        alert_event_clear(in);
    } else {
        in = mem_alloc(sizeof *in);
        VEC_PUSH(b->by_id, in);
        memmove(b->by_id.at + i + 1, b->by_id.at + i, (b->by_id.n - i - 1) * sizeof *b->by_id.at);
        b->by_id.at[i] = in;
    }
    *in = *e;
    b->n_of[in->standing]++;
    VEC_PUSH(b->order, in);
    if (b->order.n > b->max_events) {
        if (b->news)
            b->news(b->arg, ALERT_FORGOTTEN, b->order.at[0], 0, NAN);
        forget(b, b->order.at[0]->id);
    }
    return in;
}

static void load_one(void *arg, struct alert_event *e)
{
    hold(arg, e);
}

enum status alert_book_open(struct store *st, size_t max_events, struct alert_book **out,
                            struct error *err)
{
    struct alert_book *b = mem_zero(sizeof *b);
    b->store = st;
    b->max_events = max_events ? max_events : MAX_EVENTS;
    enum status s = rows_last_packet(st, &b->last_packet, err);
    if (s == OK)
        s = rows_each_event(st, b->max_events, load_one, b, err);
    *out = b;
    if (s != OK) {
        alert_book_close(b);
        *out = NULL;
    }
    return s;
}

void alert_book_close(struct alert_book *b)
{
    bool more = b && b->seen.n;
    struct error err;
    if (!b)
        return;
    while (more)
        if (alert_book_write(b, b->seen.n, &more, &err) != OK) {
            log_put(LOG_TROUBLE, "alerts", "", "seen ones stay new: %s", err.text);
            break;
        }
    VEC_FREE(b->seen);
    for (size_t i = 0; i < b->by_id.n; i++) {
        alert_event_clear(b->by_id.at[i]);
        free(b->by_id.at[i]);
    }
    VEC_FREE(b->by_id);
    VEC_FREE(b->order);
    free(b);
}

struct store *alert_book_store(struct alert_book *b)
{
    return b->store;
}

void alert_book_listen(struct alert_book *b, alert_news_fn *fn, void *arg)
{
    b->news = fn;
    b->arg = arg;
}

size_t alert_book_n(const struct alert_book *b)
{
    return b->order.n;
}

const struct alert_event *alert_book_at(const struct alert_book *b, size_t i)
{
    return i < b->order.n ? b->order.at[b->order.n - 1 - i] : NULL;
}

size_t alert_book_n_of(const struct alert_book *b, enum alert_standing standing)
{
    return b->n_of[standing];
}

const struct alert_event *alert_book_after(const struct alert_book *b, int64_t id, size_t *hint)
{
    size_t i = *hint;
    bool there = i > 0 && i <= b->by_id.n && b->by_id.at[i - 1]->id == id;
    if (!there)
        i = place_of(b, id + 1);
    *hint = i + 1;
    return i < b->by_id.n ? b->by_id.at[i] : NULL;
}

const struct alert_event *alert_book_find(const struct alert_book *b, int64_t id)
{
    return held(b, id);
}

const struct alert_event *alert_book_find_key(struct alert_book *b, const char *key)
{
    int64_t id;
    return rows_key(b->store, key, &id, NULL) == OK && id ? held(b, id) : NULL;
}

/* ---- taking in ---- */

/* One packet on its way in. */
struct taking {
    struct alert_book *book;
    const struct alert *alert;
    struct packet_row row;
    int64_t packet; /* its row in the store, 0 none yet */
    char issued[UTC_TEXT];
    int64_t joined[JOIN_MAX]; /* events that it ties to the first */
    int n_joined;
    struct alert_event event; /* as it will be */
    double error_before_rad;
    bool fresh, was_retracted;
    struct str change;
};

/* A copy of a source's name in the list of them. */
static void add_source(struct alert_event *e, const char *source)
{
    size_t n = strlen(source);
    for (const char *s = e->sources; s && *s; s += strspn(s, " ")) {
        size_t k = strcspn(s, " ");
        if (k == n && strncmp(s, source, n) == 0)
            return;
        s += k;
    }
    char *both = e->sources ? mem_printf("%s %s", e->sources, source) : mem_str(source);
    free(e->sources);
    e->sources = both;
}

/* All that it says, as one number; not when or how it came. */
static int64_t meaning_of(const struct alert *a)
{
    static const struct jd_utc never = {NAN, NAN};
    struct str t = {0};
    struct json_writer w;
    json_write(&w, &t);
    alert_json(&w, a, NULL, never);
    int64_t h = rows_hash(t.s, t.n);
    str_clear(&t);
    return h;
}

static void fill_row(struct taking *t, const void *bytes, size_t n, const char *source,
                     const char *origin, int64_t now_ms)
{
    const struct alert *a = t->alert;
    struct packet_row *r = &t->row;
    r->bytes = bytes;
    r->n = n;
    r->hash = rows_hash(bytes, n);
    r->received_ms = r->order_ms = now_ms;
    r->source = source;
    r->origin = origin;
    if (!a)
        return;
    r->meaning = meaning_of(a);
    r->format = alert_format_name(a->format);
    r->ref = a->id;
    r->kind = a->packet;
    if (alert_time_known(a->issued)) {
        r->issued = utc_format(a->issued, 3, t->issued);
        r->order_ms = utc_to_wall(a->issued) / 1000000;
    }
}

/* The events its keys belong to; the oldest is the one it joins. */
static enum status find_events(struct taking *t, int64_t *event, struct error *err)
{
    *event = 0;
    for (size_t i = 0; i < t->alert->keys.n; i++) {
        int64_t id;
        bool known = false;
        enum status s = rows_key(t->book->store, t->alert->keys.at[i], &id, err);
        if (s != OK)
            return s;
        for (int k = 0; k < t->n_joined; k++)
            known = known || t->joined[k] == id;
        if (!id || known || t->n_joined == JOIN_MAX)
            continue;
        t->joined[t->n_joined++] = id;
        if (!*event || id < *event)
            *event = id;
    }
    int k = 0;
    for (int i = 0; i < t->n_joined; i++)
        if (t->joined[i] != *event)
            t->joined[k++] = t->joined[i];
    t->n_joined = k;
    return OK;
}

/* A copy of the event as it stands, from memory or from the store; a new one for id 0. */
static enum status fetch(struct taking *t, int64_t id, struct error *err)
{
    if (id)
        return rows_get_event(t->book->store, id, &t->event, err);
    alert_event_init(&t->event);
    t->event.first_ms = t->row.received_ms;
    t->fresh = true;
    return OK;
}

static enum status replay_one(void *arg, int64_t packet, const void *bytes, size_t n,
                              struct error *err)
{
    struct taking *t = arg;
    struct alert_batch batch;
    enum status s = OK;
    if (alert_decode(bytes, n, &batch, NULL) == OK && batch.alerts.n == 1) {
        alert_event_apply(&t->event, batch.alerts.at[0], &t->change);
        s = rows_set_change(t->book->store, packet, str_c(&t->change), err);
    }
    alert_batch_clear(&batch);
    return s;
}

/* Builds the event anew from its packets in the order they were announced: one came late, or two
 * events turned out to be one. Marks, sources and dates stay. */
static enum status rebuild(struct taking *t, struct error *err)
{
    struct alert_event *e = &t->event, old = *e;
    alert_event_init(e);
    e->id = old.id;
    e->first_ms = old.first_ms;
    e->last_ms = old.last_ms;
    e->fresh = old.fresh;
    e->followed = old.followed;
    e->acknowledged = old.acknowledged;
    e->sources = old.sources;
    e->standing = old.standing;
    old.sources = NULL;
    alert_event_clear(&old);
    return rows_replay(t->book->store, e->id, REPLAY_MAX, replay_one, t, err);
}

/* The packet that repeats one of its event is kept, and changes nothing. */
static enum status put_repeat(struct taking *t, int64_t event, int64_t same_as, struct error *err)
{
    t->row.event = event;
    t->row.same_as = same_as;
    t->row.change = "the same packet again";
    return rows_put_packet(t->book->store, &t->row, &t->packet, err);
}

static enum status put_keys(struct taking *t, struct error *err)
{
    enum status s = OK;
    for (size_t i = 0; i < t->alert->keys.n && s == OK; i++)
        s = rows_put_key(t->book->store, t->alert->keys.at[i], t->event.id, err);
    return s;
}

static enum status join_all(struct taking *t, struct error *err)
{
    enum status s = OK;
    for (int i = 0; i < t->n_joined && s == OK; i++) {
        struct alert_event other;
        s = rows_get_event(t->book->store, t->joined[i], &other, err);
        if (s != OK)
            return s;
        t->event.followed = t->event.followed || other.followed;
        t->event.fresh = t->event.fresh || other.fresh;
        if (other.first_ms < t->event.first_ms)
            t->event.first_ms = other.first_ms;
        alert_event_clear(&other);
        s = rows_join(t->book->store, t->event.id, t->joined[i], err);
    }
    return s;
}

/* Adds the alert to its event, in the store. */
static enum status put_revision(struct taking *t, struct error *err)
{
    struct alert_event *e = &t->event;
    const struct alert *a = t->alert;
    bool late = e->revisions > 0 && e->revisions < REPLAY_MAX && alert_time_known(a->issued) &&
                alert_time_known(e->issued) && utc_diff_s(a->issued, e->issued) < -0.5;
    t->error_before_rad = e->error_rad;
    t->was_retracted = e->retracted;
    e->last_ms = t->row.received_ms;
    e->fresh = true;
    add_source(e, t->row.source);
    alert_event_apply(e, a, &t->change);
    t->row.change = str_c(&t->change);
    enum status s = rows_put_event(t->book->store, e, err);
    t->row.event = e->id;
    if (s == OK)
        s = rows_put_packet(t->book->store, &t->row, &t->packet, err);
    if (s == OK)
        s = join_all(t, err);
    if (s == OK && (late || t->n_joined))
        s = rebuild(t, err);
    if (s == OK && (late || t->n_joined))
        s = rows_put_event(t->book->store, e, err);
    return s == OK ? put_keys(t, err) : s;
}

static void tell(struct taking *t)
{
    struct alert_book *b = t->book;
    enum alert_news news = t->fresh                                  ? ALERT_NEW
                           : t->event.retracted && !t->was_retracted ? ALERT_RETRACTED
                                                                     : ALERT_REVISED;
    for (int i = 0; i < t->n_joined; i++)
        forget(b, t->joined[i]);
    const struct alert_event *e = hold(b, &t->event);
    alert_event_init(&t->event);
    for (int i = 0; i < t->n_joined && b->news; i++)
        b->news(b->arg, ALERT_JOINED, e, t->joined[i], NAN);
    if (b->news)
        b->news(b->arg, news, e, 0, t->error_before_rad);
}

/* The packet came before: only its new way in is of interest. */
static enum status note_source(struct alert_book *b, int64_t event, const char *source,
                               struct error *err)
{
    struct alert_event *e = held(b, event);
    if (!e)
        return OK;
    char *was = mem_str(e->sources);
    add_source(e, source);
    enum status s = OK;
    if (!was || strcmp(was, e->sources) != 0)
        s = rows_put_event(b->store, e, err);
    free(was);
    return s;
}

static enum status take_alert(struct taking *t, struct alert_taken *taken, bool *changed,
                              struct error *err)
{
    int64_t packet, event;
    *changed = false;
    enum status s =
        rows_same_bytes(t->book->store, t->row.bytes, t->row.n, t->row.hash, &packet, &event, err);
    if (s == OK && packet) {
        taken->known++;
        return note_source(t->book, event, t->row.source, err);
    }
    if (s == OK)
        s = find_events(t, &event, err);
    if (s == OK && event && !t->n_joined) {
        s = rows_same_meaning(t->book->store, event, t->row.meaning, &packet, err);
        if (s == OK && packet) {
            taken->known++;
            s = put_repeat(t, event, packet, err);
            return s == OK ? note_source(t->book, event, t->row.source, err) : s;
        }
    }
    if (s == OK)
        s = fetch(t, event, err);
    if (s == OK)
        s = put_revision(t, err);
    if (s == OK) {
        *changed = true;
        taken->event = t->event.id;
        taken->fresh += t->fresh;
        taken->revised += !t->fresh;
    }
    return s;
}

/* A packet of our own need not be read again, unless another process wrote before it. */
static void know(struct alert_book *b, int64_t packet)
{
    if (packet == b->last_packet + 1)
        b->last_packet = packet;
}

static enum status take_one(struct alert_book *b, const struct alert *a, const void *bytes,
                            size_t n, const char *source, const char *origin, int64_t now_ms,
                            struct alert_taken *taken, struct error *err)
{
    struct taking t = {.book = b, .alert = a};
    struct alert_taken before = *taken;
    bool changed = false;
    alert_event_init(&t.event);
    fill_row(&t, bytes, n, source, origin, now_ms);
    enum status s = store_group(b->store, err);
    if (s == OK) {
        s = take_alert(&t, taken, &changed, err);
        enum status e = store_group_end(b->store, s == OK, s == OK ? err : NULL);
        s = s == OK ? e : s;
    }
    if (s == OK && changed)
        tell(&t);
    if (s == OK)
        know(b, t.packet);
    if (s != OK)
        *taken = before;
    alert_event_clear(&t.event);
    str_clear(&t.change);
    return s;
}

static enum status take_unreadable(struct alert_book *b, const void *bytes, size_t n,
                                   const char *source, const char *origin, int64_t now_ms,
                                   const char *reason, struct alert_taken *taken, struct error *err)
{
    struct taking t = {.book = b};
    int64_t packet, event;
    fill_row(&t, bytes, n, source, origin, now_ms);
    t.row.reason = reason;
    enum status s = rows_same_bytes(b->store, bytes, n, t.row.hash, &packet, &event, err);
    if (s == OK && packet) {
        taken->known++;
        return OK;
    }
    if (s == OK)
        s = rows_put_packet(b->store, &t.row, &t.packet, err);
    if (s == OK) {
        know(b, t.packet);
        taken->refused++;
        if (!taken->reason[0])
            snprintf(taken->reason, sizeof taken->reason, "%s", reason);
    }
    return s;
}

enum status alert_book_take_decoded(struct alert_book *b, const struct alert_batch *batch,
                                    const char *source, const char *origin, int64_t now_ms,
                                    struct alert_taken *taken, struct error *err)
{
    enum status s = OK;
    *taken = (struct alert_taken){0};
    for (size_t i = 0; i < batch->alerts.n && s == OK; i++) {
        const struct alert *a = batch->alerts.at[i];
        if (a->raw)
            s = take_one(b, a, a->raw, a->n_raw, source, origin, now_ms, taken, err);
    }
    return s;
}

enum status alert_book_take(struct alert_book *b, const void *bytes, size_t n, const char *source,
                            const char *origin, int64_t now_ms, struct alert_taken *taken,
                            struct error *err)
{
    struct alert_batch batch;
    struct error why = {0};
    struct str reasons = {.max = 2000};
    *taken = (struct alert_taken){0};
    enum status s = OK, read = alert_decode(bytes, n, &batch, &why);
    for (size_t i = 0; i < batch.alerts.n && s == OK; i++) {
        const struct alert *a = batch.alerts.at[i];
        s = take_one(b, a, a->raw ? a->raw : bytes, a->raw ? a->n_raw : n, source, origin, now_ms,
                     taken, err);
    }
    if (read != OK)
        str_add(&reasons, why.text);
    else if (!batch.alerts.n && !batch.refused.n)
        str_add(&reasons, "an answer without any event");
    for (size_t i = 0; i < batch.refused.n; i++)
        str_addf(&reasons, "%s%s", i ? "; " : "", batch.refused.at[i]);
    if (s == OK && reasons.n)
        s = take_unreadable(b, bytes, n, source, origin, now_ms, reasons.s, taken, err);
    str_clear(&reasons);
    alert_batch_clear(&batch);
    return s;
}

enum status alert_book_mark(struct alert_book *b, int64_t id, enum alert_mark what, bool on,
                            struct error *err)
{
    struct alert_event *e = held(b, id);
    if (!e)
        return err_set(err, E_ABSENT, "no alert event %lld", (long long)id);
    struct alert_event was = *e;
    switch (what) {
    case ALERT_MARK_SEEN: e->fresh = !on; break;
    case ALERT_MARK_FOLLOWED: e->followed = on; break;
    case ALERT_MARK_ACKNOWLEDGED: e->acknowledged = on; break;
    }
    enum status s = rows_put_event(b->store, e, err);
    if (s != OK) {
        e->fresh = was.fresh;
        e->followed = was.followed;
        e->acknowledged = was.acknowledged;
    } else if (b->news) {
        b->news(b->arg, ALERT_MARKED, e, 0, e->error_rad);
    }
    return s;
}

static bool see(struct alert_book *b, struct alert_event *e)
{
    if (!e || !e->fresh)
        return false;
    e->fresh = false;
    VEC_PUSH(b->seen, e->id);
    return true;
}

/* Many are found by one walk over all, with a bit for each id: a search each would take ten times as
 * long. */
size_t alert_book_seen(struct alert_book *b, const int64_t *id, size_t n)
{
    size_t fresh = 0, all = b->by_id.n;
    int64_t least = all ? b->by_id.at[0]->id : 0,
            span = all ? b->by_id.at[all - 1]->id - least + 1 : 0;
    if (n < all / 64 || span > SPAN_MAX) {
        for (size_t i = 0; i < n; i++)
            fresh += see(b, held(b, id[i]));
        return fresh;
    }
    unsigned char *bits = mem_zero((size_t)span / 8 + 1);
    for (size_t i = 0; i < n; i++)
        if (id[i] >= least && id[i] - least < span)
            bits[(id[i] - least) / 8] |= (unsigned char)(1U << (id[i] - least) % 8);
    for (size_t i = 0; i < all; i++) {
        int64_t k = b->by_id.at[i]->id - least;
        if (bits[k / 8] >> k % 8 & 1)
            fresh += see(b, b->by_id.at[i]);
    }
    free(bits);
    return fresh;
}

enum status alert_book_write(struct alert_book *b, size_t most, bool *more, struct error *err)
{
    enum status s = OK;
    size_t left = b->seen.n;
    for (; left > 0 && most > 0 && s == OK; most--) {
        const struct alert_event *e = held(b, b->seen.at[left - 1]);
        if (!e || !e->fresh) /* else a packet came since, and it is to be looked at again */
            s = rows_seen(b->store, b->seen.at[left - 1], err);
        left -= s == OK;
    }
    b->seen.n = left;
    *more = left > 0;
    enum status done = store_commit(b->store, s == OK ? err : NULL);
    return s == OK ? done : s;
}

static void take_over(void *arg, struct alert_event *e)
{
    struct alert_book *b = arg;
    const struct alert_event *old = held(b, e->id);
    if (old && old->last_ms == e->last_ms && old->revisions == e->revisions) {
        alert_event_clear(e);
        return;
    }
    enum alert_news news = !old                              ? ALERT_NEW
                           : e->retracted && !old->retracted ? ALERT_RETRACTED
                                                             : ALERT_REVISED;
    double before = old ? old->error_rad : (double)NAN;
    e = hold(b, e);
    if (b->news)
        b->news(b->arg, news, e, 0, before);
}

enum status alert_book_refresh(struct alert_book *b, bool *more, struct error *err)
{
    int64_t last;
    enum status s = rows_last_packet(b->store, &last, err);
    *more = false;
    if (s == OK && last < b->last_packet) /* writes were lost: others get their numbers */
        b->last_packet = last;
    if (s != OK || last == b->last_packet)
        return s;
    int64_t to = last - b->last_packet > REFRESH_PACKETS ? b->last_packet + REFRESH_PACKETS : last;
    s = rows_since(b->store, b->last_packet, to, take_over, b, err);
    if (s == OK) {
        b->last_packet = to;
        *more = to < last;
    }
    return s;
}
