/* stream.h - what the ways in through Kafka share. To add one: a struct stream_row in a file of its own
 * and a row in table.c. Not: for other rooms.
 */
#ifndef VIGIE_SRC_ALERTS_STREAM_H
#define VIGIE_SRC_ALERTS_STREAM_H

#include "source.h"
#include "vigie/io/kafka.h"

/* struct stream_row - one cluster. Its options are `prefix`.brokers, .topics, .heartbeat, .group,
 * .past and .security; user and password (or id and secret) are named in full.
 *   login       how one logs in; KAFKA_TOKEN: token_url names the option with the address
 *   group_user  the group's name must begin with the user's and a dot
 *   unwanted    what to say when user and password are not set */
struct stream_row {
    const char *prefix, *user, *password, *token_url, *unwanted;
    enum kafka_login login;
    bool group_user;
};

struct stream;

/* stream_start, stream_stop - for the functions of a source's row. */
void *stream_start(struct alert_source *s, const struct stream_row *row);
void stream_stop(void *state);

/* stream_basic - "Basic ..." of RFC 7617 for a user and a password, added to out. */
void stream_basic(struct str *out, const char *user, const char *password);

#endif
