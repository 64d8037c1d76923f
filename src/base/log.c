/* log.c - see log.h. One sink for the program: there is one session in a process. */
#include "vigie/base/log.h"

#include <stdio.h>

static log_sink_fn *the_sink;
static void *the_arg;

void log_to(log_sink_fn *sink, void *arg)
{
    the_sink = sink;
    the_arg = arg;
}

void log_put(enum log_level level, const char *room, const char *subject, const char *fmt, ...)
{
    if (!the_sink)
        return;
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    the_sink(the_arg, level, room, subject, text);
}

const char *log_level_name(enum log_level level)
{
    static const char *const name[] = {"trace", "info", "new", "trouble", "warning", "alarm"};
    return name[level];
}

char log_level_mark(enum log_level level)
{
    return "  +-W!"[level];
}
