/* stream_options.h - rows of the options of the ways in through Kafka, not wanted, for the tables of
 * tests. */
#ifndef VIGIE_TESTS_ALERTS_STREAM_OPTIONS_H
#define VIGIE_TESTS_ALERTS_STREAM_OPTIONS_H

#define STREAM_ROWS(prefix, user, password)                                                        \
    {user, CONF_SECRET, "", 0, 0, 0, 0, ""}, {password, CONF_SECRET, "", 0, 0, 0, 0, ""},          \
        {prefix ".topics", CONF_TEXT, "packets", 0, 0, 0, 0, ""},                                  \
        {prefix ".heartbeat", CONF_TEXT, "heartbeat", 0, 0, 0, 0, ""},                             \
        {prefix ".brokers", CONF_TEXT, "127.0.0.1:1", 0, 0, 0, 0, ""},                             \
        {prefix ".token-url", CONF_TEXT, "", 0, 0, 0, 0, ""},                                      \
        {prefix ".group", CONF_TEXT, "", 0, 0, 0, 0, ""},                                          \
        {prefix ".past", CONF_BOOL, "yes", 0, 0, 0, 0, ""},                                        \
    {                                                                                              \
        prefix ".security", CONF_CHOICE, "tls", 0, 0, "tls plain", 0, ""                           \
    }
#define STREAM_OPTIONS                                                                             \
    STREAM_ROWS("alerts.gcn", "alerts.gcn.id", "alerts.gcn.secret"),                               \
        STREAM_ROWS("alerts.stream", "alerts.stream.user", "alerts.stream.password")

#endif
