/* src_gcn.c - GCN of NASA: VOEvents and notices over Kafka, OAUTHBEARER with tokens of its own service.
 * Source: gcn.nasa.gov, documentation of the client.
 */
#include "stream.h"

static const struct stream_row row = {
    .prefix = "alerts.gcn",
    .user = "alerts.gcn.id",
    .password = "alerts.gcn.secret",
    .token_url = "alerts.gcn.token-url",
    .unwanted = "not wanted: make free credentials at gcn.nasa.gov and write `alerts.gcn.id = ID` "
                "and `alerts.gcn.secret = SECRET`",
    .login = KAFKA_TOKEN};

static void *start(struct alert_source *s)
{
    return stream_start(s, &row);
}

const struct source_row source_gcn = {"gcn", "GCN", start, stream_stop, NULL};
