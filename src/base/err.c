/* err.c - see err.h. Long texts are cut at a UTF-8 boundary and end in "...".
 * Not: translation, log.
 */
#include "vigie/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text cut by vsnprintf may end inside a character: step back to a boundary and say that it was
 * cut. */
static void mark_cut(char *text, size_t cap)
{
    size_t n = cap - 4;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    memcpy(text + n, "...", 4);
}

static void PRINTF(3, 0) put(char *text, size_t cap, const char *fmt, va_list ap)
{
    int n = vsnprintf(text, cap, fmt, ap);
    if (n >= 0 && (size_t)n >= cap)
        mark_cut(text, cap);
}

enum status err_set(struct error *err, enum status status, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->status = status;
        put(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return status;
}

enum status err_wrap(struct error *err, const char *fmt, ...)
{
    if (!err)
        return E_BUG;
    char old[sizeof err->text];
    memcpy(old, err->text, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    put(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    size_t used = strlen(err->text);
    int n = snprintf(err->text + used, sizeof err->text - used, ": %s", old);
    if (n >= 0 && (size_t)n >= sizeof err->text - used)
        mark_cut(err->text, sizeof err->text);
    return err->status;
}

enum status err_errno(struct error *err, const char *fmt, ...)
{
    int e = errno;
    enum status st = E_IO;
    if (e == ENOENT)
        st = E_ABSENT;
    else if (e == EACCES || e == EPERM || e == EROFS)
        st = E_REFUSED;
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->status = st;
        put(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
        size_t used = strlen(err->text);
        int n = snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(e));
        if (n >= 0 && (size_t)n >= sizeof err->text - used)
            mark_cut(err->text, sizeof err->text);
    }
    errno = e;
    return st;
}

const char *status_name(enum status status)
{
    switch (status) {
    case OK: return "ok";
    case E_MEMORY: return "memory";
    case E_IO: return "io";
    case E_NET: return "network";
    case E_TIMEOUT: return "timeout";
    case E_CANCELLED: return "cancelled";
    case E_PARSE: return "parse";
    case E_RANGE: return "range";
    case E_ABSENT: return "absent";
    case E_BUSY: return "busy";
    case E_DEVICE: return "device";
    case E_REFUSED: return "refused";
    case E_BUG: return "bug";
    }
    return "bug";
}

void ensure_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "vigie: broken at %s:%d: %s\n", file, line, cond);
    abort();
}
