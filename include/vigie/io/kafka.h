/* kafka.h - a consumer of a Kafka cluster in the event loop. Not: a producer, not what a message means.
 * librdkafka lies behind it (kafka.c only), where the program was built with it; its own threads
 * fetch, but every callback here runs in the loop. Source: the manual of librdkafka 2.0.
 */
#ifndef VIGIE_IO_KAFKA_H
#define VIGIE_IO_KAFKA_H

#include "vigie/base/err.h"
#include "vigie/base/loop.h"

struct kafka;

/* enum kafka_login - OPEN: none. SCRAM: user and password by SCRAM-SHA-512. TOKEN: OAUTHBEARER with
 * tokens that the caller fetches (`wants_token`, kafka_token). */
enum kafka_login { KAFKA_OPEN, KAFKA_SCRAM, KAFKA_TOKEN };

/* struct kafka_options - strings are borrowed for the call.
 *   brokers   HOST:PORT divided by commas
 *   group     consumers of one group share a place in each topic, kept by the cluster
 *   topics    divided by blanks or commas; one that begins with ^ is a regular expression
 *   tls       connections are encrypted and the brokers' certificates verified
 *   past      a group that is new begins with the oldest message that is held, not with the next
 *   message   one came. keep: after several; true: they are safe, so that the cluster need not send
 *             them again. trouble: a connection, a login or a topic failed, in a sentence that holds
 *             no secret; librdkafka tries again by itself. wants_token: a token is needed, now or
 *             soon (80 % of the last one's life are over). The consumer must not be closed in
 *             `message`. */
struct kafka_options {
    struct loop *loop;
    const char *brokers, *group, *topics, *user, *password;
    enum kafka_login login;
    bool tls, past;
    void (*message)(void *arg, const char *topic, const void *bytes, size_t n);
    bool (*keep)(void *arg);
    void (*trouble)(void *arg, const char *why);
    void (*wants_token)(void *arg);
    void *arg;
};

/* kafka_built - whether the program was built with librdkafka. */
bool kafka_built(void);

/* kafka_open - begin to consume. Returns NULL with err: E_ABSENT the program was built without it
 * (says how to build it), E_RANGE an option that librdkafka refuses.
 *   test  tests/peers/check_kafka.c (against librdkafka's own mock cluster), tests/alerts/check_feed.c
 */
struct kafka *kafka_open(const struct kafka_options *o, struct error *err);

/* kafka_close - no callback runs after it. NULL is fine. The place in the topics stays where `keep`
 * last said true. */
void kafka_close(struct kafka *k);

/* kafka_token - the token that was wanted. ends_ms: wall ms since 1970. E_REFUSED: it is none. */
enum status kafka_token(struct kafka *k, const char *token, int64_t ends_ms,
                        struct error *err) MUST_CHECK;

#endif
