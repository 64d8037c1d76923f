/* log.h - what happened, said once: room, level, subject, message. The sink decides where it goes
 * (the session's night log, stderr of a one-shot command, nowhere in a test). Not: the night log
 * itself; not for secrets.
 */
#ifndef VIGIE_BASE_LOG_H
#define VIGIE_BASE_LOG_H

#include "vigie/base/err.h"

enum log_level { LOG_TRACE, LOG_INFO, LOG_NEW, LOG_TROUBLE, LOG_WARN, LOG_ALARM };

typedef void log_sink_fn(void *arg, enum log_level level, const char *room, const char *subject,
                         const char *message);

/* log_to - where log_put goes from now on (NULL: nowhere, the state at start). */
void log_to(log_sink_fn *sink, void *arg);

/* log_put - one entry. room: "io", "transits"...; subject: what it is about ("ExoClock") or "". The
 * text is cut at 1 kB. */
void log_put(enum log_level level, const char *room, const char *subject, const char *fmt, ...)
    PRINTF(4, 5);

/* log_level_name - "trace", "info", "new", "trouble", "warning", "alarm"; static. log_level_mark -
 * ' ', ' ', '+', '-', 'W', '!'. */
const char *log_level_name(enum log_level level);
char log_level_mark(enum log_level level);

#endif
