/* stream.c - a Kafka cluster as a way in: topics chosen by options, packets into the book, the
 * heartbeat topic as a sign of life, tokens fetched and renewed. Not: the wire (io/kafka.c).
 * Tokens: RFC 6749, section 4.4 (client credentials).
 */
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/formats/json.h"

enum {
    SILENT_S = 120, /* the heartbeat comes once a second */
    FIRST_WAIT_MS = 30000,
    LAST_WAIT_MS = 1800000,
    REFUSED_MS = 3600000,
    TOKEN_MAX = 65536
};

struct stream {
    struct alert_source *source;
    const struct stream_row *row;
    struct kafka *kafka;
    char *heartbeat;
    uint64_t timer, token_timer, request;
    int64_t wait_ms;
    int n_topics;
    bool failed; /* the store could not take something: begin anew where it last could */
};

static char *option_name(const struct stream *t, const char *what)
{
    return mem_printf("%s.%s", t->row->prefix, what);
}

static const char *option(const struct stream *t, const char *what)
{
    char *name = option_name(t, what);
    const char *text = conf_text(t->source->with->conf, name);
    free(name);
    return text;
}

static const char *named(const struct stream *t, const char *name)
{
    return conf_text(t->source->with->conf, name);
}

static void well(struct stream *t)
{
    source_answered(t->source);
    t->wait_ms = FIRST_WAIT_MS;
    if (t->source->status.state != SOURCE_WAITING)
        source_waiting(t->source, 0, "listens to %d topics", t->n_topics);
}

static void dial(struct stream *t);

static int64_t on_again(void *arg)
{
    struct stream *t = arg;
    t->timer = 0;
    kafka_close(t->kafka);
    t->kafka = NULL;
    dial(t);
    return -1;
}

static int64_t next_wait(struct stream *t)
{
    int64_t wait = t->wait_ms;
    t->wait_ms = wait * 2 < LAST_WAIT_MS ? wait * 2 : LAST_WAIT_MS;
    return wait;
}

/* Begins anew in a while: the cluster then sends again what was not kept. */
static void begin_anew(struct stream *t)
{
    if (t->timer)
        return;
    t->timer = loop_timer(t->source->with->loop, next_wait(t), on_again, t, "alerts/kafka");
}

/* ---- messages ---- */

static void on_message(void *arg, const char *topic, const void *bytes, size_t n)
{
    struct stream *t = arg;
    struct alert_taken taken;
    if (strcmp(topic, t->heartbeat) == 0) {
        well(t);
        return;
    }
    if (n == 0) /* a mark that the topic was compacted */
        return;
    if (!source_take(t->source, bytes, n, topic, &taken))
        t->failed = true;
    else
        well(t);
}

static bool on_keep(void *arg)
{
    struct stream *t = arg;
    struct error err;
    if (!t->failed && store_commit(alert_book_store(t->source->with->book), &err) != OK) {
        source_trouble(t->source, 0, "%s", err.text);
        t->failed = true;
    }
    if (t->failed)
        begin_anew(t);
    return !t->failed;
}

static void on_trouble(void *arg, const char *why)
{
    struct stream *t = arg;
    source_trouble(t->source, 0, "%s", why);
}

/* ---- tokens ---- */

static int64_t ask_token(void *arg);

/* "error_description" says more than the HTTP status (RFC 6749, section 5.2). */
static void token_failed(struct stream *t, const struct error *why, const char *said)
{
    int64_t now = source_now_ms(t->source), wait = next_wait(t);
    if (why->status == E_REFUSED)
        wait = REFUSED_MS;
    source_trouble(t->source, now + wait, "no token: %s%s%.80s%s", why->text, said ? " (" : "",
                   said ? said : "", said ? ")" : "");
    t->token_timer = loop_timer(t->source->with->loop, wait, ask_token, t, "alerts/kafka");
}

static void on_token(void *arg, const struct http_answer *a)
{
    struct stream *t = arg;
    struct arena arena = {0};
    const struct json *doc = NULL;
    struct error err = a->err;
    t->request = 0;
    if (err.status == E_CANCELLED)
        return;
    if (json_parse(&arena, str_c(&a->body), a->body.n, NULL, &doc, NULL) != OK)
        doc = NULL;
    const char *token = json_text(json_get(doc, "access_token"));
    double life_s = json_number(json_get(doc, "expires_in"));
    if (err.status == OK && !token)
        err_set(&err, E_PARSE, "%s: the answer holds no token", t->row->token_url);
    double ms = life_s > 1 && life_s < 1e8 ? life_s * 1000 : 3600000;
    if (err.status == OK)
        err.status = kafka_token(t->kafka, token, source_now_ms(t->source) + (int64_t)ms, &err);
    if (err.status == E_NET && a->code >= 400 && a->code < 500) /* 400 invalid_client */
        err.status = E_REFUSED;
    if (err.status != OK) {
        const char *said = json_text(json_get(doc, "error_description"));
        const char *secret = named(t, t->row->password);
        said = said ? said : json_text(json_get(doc, "error"));
        token_failed(t, &err, said && strstr(said, secret) ? NULL : said);
    }
    arena_clear(&arena);
}

static int64_t ask_token(void *arg)
{
    struct stream *t = arg;
    struct str basic = {0};
    struct error err;
    t->token_timer = 0;
    stream_basic(&basic, named(t, t->row->user), named(t, t->row->password));
    const struct http_header headers[] = {{"Authorization", str_c(&basic)}};
    static const char body[] = "grant_type=client_credentials";
    const struct http_request r = {.url = named(t, t->row->token_url),
                                   .name = t->source->row->title,
                                   .method = HTTP_POST,
                                   .body = body,
                                   .n_body = sizeof body - 1,
                                   .type = "application/x-www-form-urlencoded",
                                   .headers = headers,
                                   .n_headers = 1,
                                   .secret = true,
                                   .repeatable = true,
                                   .done = on_token,
                                   .arg = t,
                                   .max_body = TOKEN_MAX};
    t->request = http_send(t->source->with->http, &r, &err);
    if (!t->request)
        token_failed(t, &err, NULL);
    str_clear(&basic);
    return -1;
}

static void on_wants_token(void *arg)
{
    struct stream *t = arg;
    if (!t->request && !t->token_timer)
        ask_token(t);
}

void stream_basic(struct str *out, const char *user, const char *password)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *pair = mem_printf("%s:%s", user, password);
    size_t n = strlen(pair);
    str_add(out, "Basic ");
    for (size_t i = 0; i < n; i += 3) {
        unsigned b[3] = {(unsigned char)pair[i], 0, 0};
        for (size_t k = 1; k < 3 && i + k < n; k++)
            b[k] = (unsigned char)pair[i + k];
        str_addc(out, digit[b[0] >> 2]);
        str_addc(out, digit[(b[0] & 3) << 4 | b[1] >> 4]);
        str_addc(out, i + 1 < n ? digit[(b[1] & 15) << 2 | b[2] >> 6] : '=');
        str_addc(out, i + 2 < n ? digit[b[2] & 63] : '=');
    }
    free(pair);
}

/* ---- start and stop ---- */

/* The name of the group is made once and kept, so that the cluster knows where we were. */
static char *group_of(const struct stream *t)
{
    const char *given = option(t, "group");
    const char *head = t->row->group_user ? named(t, t->row->user) : "";
    const char *dot = *head ? "." : "";
    struct str kept = {0};
    struct error err;
    size_t n = strlen(head);
    if (*given) {
        bool begins = strncmp(given, head, n) == 0 && (!n || given[n] == '.');
        return begins ? mem_str(given) : mem_printf("%s.%s", head, given);
    }
    char *state = mem_printf("%s.group", t->source->row->name);
    if (alert_book_state(t->source->with->book, state, &kept, NULL) != OK || !kept.n) {
        uint64_t salt = (uint64_t)CLOCK_WALL(t->source->with->clock) ^ (uintptr_t)t;
        str_reset(&kept);
        str_addf(&kept, "vigie-%016llx", (unsigned long long)(salt * 0x9e3779b97f4a7c15u));
        if (alert_book_state_set(t->source->with->book, state, str_c(&kept), &err) != OK)
            log_put(LOG_TROUBLE, "alerts", t->source->row->title, "%s", err.text);
    }
    char *group = mem_printf("%s%s%s", head, dot, str_c(&kept));
    str_clear(&kept);
    free(state);
    return group;
}

static int count_words(const char *s)
{
    int n = 0;
    for (s += strspn(s, " ,"); *s; s += strspn(s, " ,")) {
        s += strcspn(s, " ,");
        n++;
    }
    return n;
}

static void dial(struct stream *t)
{
    struct alert_source *s = t->source;
    bool open = !*named(t, t->row->user);
    char *group = group_of(t), *past = option_name(t, "past");
    char *topics = mem_printf("%s %s", option(t, "topics"), t->heartbeat);
    const struct kafka_options o = {.loop = s->with->loop,
                                    .brokers = option(t, "brokers"),
                                    .group = group,
                                    .topics = topics,
                                    .user = named(t, t->row->user),
                                    .password = named(t, t->row->password),
                                    .login = open ? KAFKA_OPEN : t->row->login,
                                    .tls = strcmp(option(t, "security"), "tls") == 0,
                                    .past = conf_bool(s->with->conf, past),
                                    .message = on_message,
                                    .keep = on_keep,
                                    .trouble = on_trouble,
                                    .wants_token = on_wants_token,
                                    .arg = t};
    struct error err;
    t->failed = false;
    source_asking(s);
    t->kafka = kafka_open(&o, &err);
    if (!t->kafka) {
        source_trouble(s, source_now_ms(s) + t->wait_ms, "%s", err.text);
        begin_anew(t);
    }
    free(group);
    free(past);
    free(topics);
}

/* Why it does not run, NULL if it does. A cluster without a login is one of a test stand. */
static const char *off(const struct stream *t)
{
    bool login = *named(t, t->row->user) && *named(t, t->row->password);
    bool stand = strcmp(option(t, "security"), "plain") == 0 && !*named(t, t->row->user);
    if (!login && !stand)
        return t->row->unwanted;
    if (!kafka_built())
        return "this program was built without Kafka; to have it: ./configure --with-rdkafka "
               "(Debian: librdkafka-dev), then make";
    if (t->source->with->offline || !t->source->with->http)
        return "offline";
    return NULL;
}

void *stream_start(struct alert_source *s, const struct stream_row *row)
{
    struct stream *t = mem_zero(sizeof *t);
    t->source = s;
    t->row = row;
    t->wait_ms = FIRST_WAIT_MS;
    t->heartbeat = mem_str(option(t, "heartbeat"));
    t->n_topics = count_words(option(t, "topics"));
    const char *why = off(t);
    if (why || !t->n_topics) {
        source_off(s, "%s", why ? why : "no topics are chosen");
        stream_stop(t);
        return NULL;
    }
    s->status.silent_s = *t->heartbeat ? SILENT_S : 0;
    s->status.since_ms = source_now_ms(s);
    dial(t);
    return t;
}

void stream_stop(void *state)
{
    struct stream *t = state;
    const struct feed_options *w = t->source->with;
    if (t->request)
        http_cancel(w->http, t->request);
    if (t->timer)
        loop_timer_del(w->loop, t->timer);
    if (t->token_timer)
        loop_timer_del(w->loop, t->token_timer);
    kafka_close(t->kafka);
    free(t->heartbeat);
    free(t);
}
