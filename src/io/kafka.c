/* kafka.c - see kafka.h. librdkafka tells of a message by a byte in an eventfd that the loop watches.
 * Not: when to try again (librdkafka does), not tokens (the caller's).
 */
#include "vigie/io/kafka.h"

#include "config.h"

#ifndef HAVE_RDKAFKA

bool kafka_built(void)
{
    return false;
}

struct kafka *kafka_open(const struct kafka_options *o, struct error *err)
{
    (void)o;
    err_set(err, E_ABSENT,
            "this program was built without Kafka: configure it with --with-rdkafka (Debian: "
            "librdkafka-dev)");
    return NULL;
}

void kafka_close(struct kafka *k)
{
    (void)k;
}

enum status kafka_token(struct kafka *k, const char *token, int64_t ends_ms, struct error *err)
{
    (void)k, (void)token, (void)ends_ms;
    return err_set(err, E_ABSENT, "this program was built without Kafka");
}

#else

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"

/* A turn hands out messages for SLICE_MS; POLL_MS: librdkafka takes a consumer that never asks for
 * dead after five minutes. */
enum { SLICE_MS = 20, POLL_MS = 60000, TEXT_MAX = 400 };

/* struct kafka - done: one past the last message handed out, topic by topic; asked: whether a drain
 * is planned already. */
struct kafka {
    struct kafka_options with;
    char *secret;
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue;
    rd_kafka_topic_partition_list_t *done;
    int fd;
    uint64_t poll_timer, more_timer;
};

bool kafka_built(void)
{
    return true;
}

/* Runs in threads of librdkafka: what it logs by itself is not ours to show. */
static void no_log(const rd_kafka_t *rk, int level, const char *fac, const char *buf)
{
    (void)rk, (void)level, (void)fac, (void)buf;
}

static void trouble(struct kafka *k, const char *what, const char *why)
{
    char text[TEXT_MAX];
    if (k->secret && *k->secret && strstr(why, k->secret))
        why = "refused";
    snprintf(text, sizeof text, "%s%s%s", what, *what ? ": " : "", why);
    k->with.trouble(k->with.arg, text);
}

/* "sasl_ssl://host:9092/bootstrap: Connect to ipv4#...: Connection refused (after 0ms ...)": the
 * part in brackets says how often it was tried. */
static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct kafka *k = opaque;
    char fatal[TEXT_MAX];
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        rd_kafka_fatal_error(rk, fatal, sizeof fatal);
        trouble(k, "it gave up", fatal);
        return;
    }
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        return; /* the broker's own error said why */
    const char *scheme = strstr(reason, "://"), *tail = strstr(reason, " (after ");
    static const char coordinator[] = "GroupCoordinator: ";
    reason = scheme ? scheme + 3 : reason;
    if (strncmp(reason, coordinator, sizeof coordinator - 1) == 0)
        reason += sizeof coordinator - 1;
    size_t n = tail && tail > reason ? (size_t)(tail - reason) : strlen(reason);
    char text[TEXT_MAX];
    snprintf(text, sizeof text, "%.*s", (int)(n < TEXT_MAX ? n : TEXT_MAX - 1), reason);
    trouble(k, code == RD_KAFKA_RESP_ERR__AUTHENTICATION ? "login refused" : "", text);
}

static void on_token_wanted(rd_kafka_t *rk, const char *config, void *opaque)
{
    struct kafka *k = opaque;
    (void)rk, (void)config;
    k->with.wants_token(k->with.arg);
}

/* ---- messages ---- */

/* True: it was a message, to be kept. */
static bool hand_out(struct kafka *k, rd_kafka_message_t *m)
{
    const char *topic = m->rkt ? rd_kafka_topic_name(m->rkt) : "";
    if (m->err) {
        const char *why =
            m->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED || !m->rkt || !rd_kafka_message_errstr(m)
                ? rd_kafka_err2str(m->err)
                : rd_kafka_message_errstr(m);
        trouble(k, topic, why);
        return false;
    }
    k->with.message(k->with.arg, topic, m->payload ? m->payload : "", m->len);
    rd_kafka_topic_partition_t *at =
        rd_kafka_topic_partition_list_find(k->done, topic, m->partition);
    if (!at)
        at = rd_kafka_topic_partition_list_add(k->done, topic, m->partition);
    at->offset = m->offset + 1;
    return true;
}

static void drain(struct kafka *k);

static int64_t drain_more(void *arg)
{
    struct kafka *k = arg;
    k->more_timer = 0;
    drain(k);
    return -1;
}

static void drain(struct kafka *k)
{
    int64_t begin = clock_thread_us();
    rd_kafka_message_t *m;
    bool any = false, late = false;
    while (!late && (m = rd_kafka_consumer_poll(k->rk, 0))) {
        any |= hand_out(k, m);
        rd_kafka_message_destroy(m);
        late = clock_thread_us() - begin > SLICE_MS * 1000;
    }
    if (any && k->with.keep(k->with.arg))
        rd_kafka_offsets_store(k->rk, k->done);
    if (late && !k->more_timer)
        k->more_timer = loop_timer(k->with.loop, 0, drain_more, k, "io/kafka");
}

static void on_readable(void *arg, int fd, int events)
{
    uint64_t count;
    (void)events;
    if (read(fd, &count, sizeof count) == sizeof count)
        drain(arg);
}

static int64_t on_poll(void *arg)
{
    drain(arg);
    return POLL_MS;
}

/* ---- start and end ---- */

static bool set(rd_kafka_conf_t *c, const char *name, const char *value, struct error *err)
{
    char why[TEXT_MAX];
    if (rd_kafka_conf_set(c, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return true;
    err_set(err, E_RANGE, "%s: librdkafka refuses it", name); /* `why` may hold the value */
    return false;
}

static bool set_all(rd_kafka_conf_t *c, const struct kafka_options *o, struct error *err)
{
    static const char *const mechanism[] = {
        [KAFKA_OPEN] = NULL, [KAFKA_SCRAM] = "SCRAM-SHA-512", [KAFKA_TOKEN] = "OAUTHBEARER"};
    const char *protocol = o->login == KAFKA_OPEN ? o->tls ? "ssl" : "plaintext"
                           : o->tls               ? "sasl_ssl"
                                                  : "sasl_plaintext";
    const char *rows[][2] = {{"bootstrap.servers", o->brokers},
                             {"group.id", o->group},
                             {"client.id", "vigie"},
                             {"security.protocol", protocol},
                             {"ssl.endpoint.identification.algorithm", "https"},
                             {"auto.offset.reset", o->past ? "earliest" : "latest"},
                             {"enable.auto.offset.store", "false"},
                             {"auto.commit.interval.ms", "1000"},
                             {"session.timeout.ms", "10000"},
                             {"topic.metadata.refresh.interval.ms", "60000"},
                             {"reconnect.backoff.max.ms", "60000"},
                             {"queued.max.messages.kbytes", "16384"},
                             {"fetch.error.backoff.ms", "500"},
                             {"allow.auto.create.topics", "false"}};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof rows / sizeof rows[0]; i++)
        ok = set(c, rows[i][0], rows[i][1], err);
    if (ok && mechanism[o->login])
        ok = set(c, "sasl.mechanisms", mechanism[o->login], err);
    if (ok && o->login == KAFKA_SCRAM)
        ok = set(c, "sasl.username", o->user, err) && set(c, "sasl.password", o->password, err);
    return ok;
}

static rd_kafka_topic_partition_list_t *topic_list(const char *text)
{
    rd_kafka_topic_partition_list_t *l = rd_kafka_topic_partition_list_new(8);
    for (text += strspn(text, " ,"); *text; text += strspn(text, " ,")) {
        size_t n = strcspn(text, " ,");
        char *one = mem_printf("%.*s", (int)n, text);
        rd_kafka_topic_partition_list_add(l, one, RD_KAFKA_PARTITION_UA);
        free(one);
        text += n;
    }
    return l;
}

/* Its threads may hang in a look-up of a name, and its end waits for them: not ours to wait. */
static void *destroy(void *rk)
{
    rd_kafka_destroy_flags(rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    return NULL;
}

static void destroy_aside(rd_kafka_t *rk)
{
    pthread_t t;
    if (pthread_create(&t, NULL, destroy, rk) == 0)
        pthread_detach(t);
    else
        destroy(rk);
}

static enum status start(struct kafka *k, const struct kafka_options *o, struct error *err)
{
    char why[TEXT_MAX];
    rd_kafka_conf_t *c = rd_kafka_conf_new();
    if (!set_all(c, o, err)) {
        rd_kafka_conf_destroy(c);
        return E_RANGE;
    }
    rd_kafka_conf_set_opaque(c, k);
    rd_kafka_conf_set_log_cb(c, no_log);
    rd_kafka_conf_set_error_cb(c, on_error);
    if (o->login == KAFKA_TOKEN)
        rd_kafka_conf_set_oauthbearer_token_refresh_cb(c, on_token_wanted);
    k->rk = rd_kafka_new(RD_KAFKA_CONSUMER, c, why, sizeof why);
    if (!k->rk) {
        rd_kafka_conf_destroy(c);
        return err_set(err, E_RANGE, "%.200s", why);
    }
    rd_kafka_poll_set_consumer(k->rk);
    k->queue = rd_kafka_queue_get_consumer(k->rk);
    static const uint64_t one = 1;
    rd_kafka_queue_io_event_enable(k->queue, k->fd, &one, sizeof one);
    rd_kafka_topic_partition_list_t *topics = topic_list(o->topics);
    rd_kafka_resp_err_t e = rd_kafka_subscribe(k->rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    return e ? err_set(err, E_RANGE, "topics: %s", rd_kafka_err2str(e)) : OK;
}

struct kafka *kafka_open(const struct kafka_options *o, struct error *err)
{
    struct kafka *k = mem_zero(sizeof *k);
    k->with = *o;
    k->secret = o->password ? mem_str(o->password) : NULL;
    k->done = rd_kafka_topic_partition_list_new(8);
    k->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    enum status s = k->fd >= 0 ? start(k, o, err) : err_errno(err, "eventfd");
    if (s == OK)
        s = loop_fd(o->loop, k->fd, LOOP_READ, on_readable, k, "io/kafka");
    if (s != OK) {
        kafka_close(k);
        return NULL;
    }
    k->poll_timer = loop_timer(o->loop, 0, on_poll, k, "io/kafka");
    return k;
}

void kafka_close(struct kafka *k)
{
    if (!k)
        return;
    struct loop *l = k->with.loop;
    if (k->poll_timer)
        loop_timer_del(l, k->poll_timer);
    if (k->more_timer)
        loop_timer_del(l, k->more_timer);
    if (k->queue) {
        rd_kafka_queue_io_event_enable(k->queue, -1, NULL, 0);
        rd_kafka_queue_destroy(k->queue);
    }
    if (k->rk)
        destroy_aside(k->rk);
    if (k->fd >= 0) {
        loop_fd_del(l, k->fd);
        close(k->fd);
    }
    rd_kafka_topic_partition_list_destroy(k->done);
    free(k->secret);
    free(k);
}

enum status kafka_token(struct kafka *k, const char *token, int64_t ends_ms, struct error *err)
{
    char why[TEXT_MAX];
    if (rd_kafka_oauthbearer_set_token(k->rk, token, ends_ms, "vigie", NULL, 0, why, sizeof why) ==
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return OK;
    return err_set(err, E_REFUSED, "the token is not understood, or it has ended already");
}

#endif
