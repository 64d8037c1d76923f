/* err.h - the one way a function says that it failed.
 * Not: a log (log.h). Each floor that passes an error up puts its name in front (err_wrap), so that
 * the sentence names the thing, what was tried and what to do, and can be shown as it is.
 */
#ifndef VIGIE_BASE_ERR_H
#define VIGIE_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

enum status {
    OK,
    E_MEMORY,
    E_IO,
    E_NET,
    E_TIMEOUT,
    E_CANCELLED,
    E_PARSE,
    E_RANGE,
    E_ABSENT,
    E_BUSY,
    E_DEVICE,
    E_REFUSED,
    E_BUG
};

struct error {
    enum status status;
    char text[256];
};

#define MUST_CHECK   __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* err_set - fill an error and return its status, so that a function can end with `return
 * err_set(...)`. err      may be NULL (the caller wants the status only) status   any but OK
 *   returns  status
 *   test     tests/base/check_err.c
 */
enum status err_set(struct error *err, enum status status, const char *fmt, ...) PRINTF(3, 4);

/* err_wrap - put "fmt: " in front of the text of an error that a lower floor made. Returns
 * err->status (E_BUG if err is NULL). */
enum status err_wrap(struct error *err, const char *fmt, ...) PRINTF(2, 3);

/* err_errno - err_set from errno: "fmt: No such file or directory". Returns E_ABSENT for ENOENT,
 * E_REFUSED for EACCES, EPERM and EROFS, E_IO otherwise. */
enum status err_errno(struct error *err, const char *fmt, ...) PRINTF(2, 3);

/* status_name - the status in one lower case word ("net", "timeout"), static. Lua's error kind and
 * the log use it. */
const char *status_name(enum status status);

/* ensure - a condition that only a bug can break; stays on in release builds. Prints file, line and
 * condition, then aborts. */
#define ensure(cond) ((cond) ? (void)0 : ensure_failed(#cond, __FILE__, __LINE__))
void ensure_failed(const char *cond, const char *file, int line) __attribute__((noreturn));

#endif
