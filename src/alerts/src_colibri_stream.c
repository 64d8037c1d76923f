/* src_colibri_stream.c - Astro-COLIBRI's own Kafka broker: SCRAM-SHA-512, groups named after the user.
 */
#include "stream.h"

static const struct stream_row row = {
    .prefix = "alerts.stream",
    .user = "alerts.stream.user",
    .password = "alerts.stream.password",
    .unwanted =
        "not wanted: ask Astro-COLIBRI for a stream account and write `alerts.stream.user = "
        "NAME` and `alerts.stream.password = PASSWORD`",
    .login = KAFKA_SCRAM,
    .group_user = true};

static void *start(struct alert_source *s)
{
    return stream_start(s, &row);
}

const struct source_row source_colibri_stream = {"stream", "COLIBRI stream", start, stream_stop,
                                                 NULL};
