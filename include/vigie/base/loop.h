/* loop.h - the event loop: file descriptors, timers, signals, children, folders, name look-ups,
 * work in a pool. Not: a scheduler of coroutines; it knows nothing of curl, curses or Lua. libuv
 * lies behind it (loop*.c only). All callbacks run in the thread that calls loop_run, one at a
 * time. A callback may add and remove anything, itself too. Each callback is timed in CPU of the
 * thread; one above 50 ms is logged with its name and counted (loop_slow).
 */
#ifndef VIGIE_BASE_LOOP_H
#define VIGIE_BASE_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include "vigie/base/clock.h"
#include "vigie/base/err.h"

struct loop;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void loop_fn(void *arg);
typedef void loop_fd_fn(void *arg, int fd, int events);
typedef int64_t loop_timer_fn(
    void *arg); /* returns: ms until the next call; < 0: the timer is over */
typedef void loop_signal_fn(void *arg, int signo);
typedef void loop_watch_fn(
    void *arg, const char *name); /* name: the file inside the folder, or NULL when unknown */
typedef void loop_work_fn(
    void *arg); /* runs in another thread: a pure function of what arg holds */
typedef void loop_done_fn(void *arg, bool cancelled);

/* loop_new - a loop. clock: borrowed for the loop's life; only its monotonic half is used, and only
 * for loop_now_ms: waiting is the machine's. NULL ends the program. loop_free: everything still in
 * it is dropped without a callback. */
struct loop *loop_new(const struct clock *clock);
void loop_free(struct loop *l);
int64_t loop_now_ms(const struct loop *l);

/* loop_fd - watch fd for `events` (LOOP_READ | LOOP_WRITE); a second call for the same fd changes
 * events and callback. An error or hang-up on the descriptor is reported as LOOP_READ | LOOP_WRITE
 * of what was asked: the read then says what it is. name: for the record of slow turns ("io/http"),
 * static. */
enum status loop_fd(struct loop *l, int fd, int events, loop_fd_fn *fn, void *arg,
                    const char *name) MUST_CHECK;
void loop_fd_del(struct loop *l, int fd);

/* loop_timer - call fn after `after_ms` (>= 0; 0: once what has happened by then was seen to, so that a
 * timer of 0 ms that re-arms itself keeps nobody waiting). Returns an id > 0 for loop_timer_del; the
 * callback's return value re-arms. Deleting an id that is over does nothing. */
uint64_t loop_timer(struct loop *l, int64_t after_ms, loop_timer_fn *fn, void *arg,
                    const char *name);
void loop_timer_del(struct loop *l, uint64_t id);

/* loop_signal - call fn in the loop when the process gets signo. loop_signal_del puts the default
 * back. */
enum status loop_signal(struct loop *l, int signo, loop_signal_fn *fn, void *arg) MUST_CHECK;
void loop_signal_del(struct loop *l, int signo);

/* loop_work - run `work` in libuv's pool, then `done` in the loop. arg must hold by value all that
 * work needs, and live until done. */
enum status loop_work(struct loop *l, loop_work_fn *work, loop_done_fn *done, void *arg,
                      const char *name) MUST_CHECK;

/* loop_watch - tell of changes inside a folder. Returns an id > 0, 0 with err on failure. */
uint64_t loop_watch(struct loop *l, const char *path, loop_watch_fn *fn, void *arg,
                    struct error *err);
void loop_watch_del(struct loop *l, uint64_t id);

/* loop_spawn - run a program (argv[0] looked up in PATH) with `input` (n bytes, may be 0) on its
 * standard input; its stdout and stderr are gathered (at most max_out bytes together, the rest is
 * dropped) and given to fn at its end. exit_code  the program's, or -signal returns    an id > 0
 * for loop_kill, or 0 with err */
typedef void loop_child_fn(void *arg, int exit_code, const char *out, size_t n);
uint64_t loop_spawn(struct loop *l, char *const argv[], const void *input, size_t n, size_t max_out,
                    loop_child_fn *fn, void *arg, struct error *err);
void loop_kill(struct loop *l, uint64_t id, int signo);

/* loop_resolve - getaddrinfo off the loop. fn gets addresses as text ("192.0.2.1", "2001:db8::1"),
 * n may be 0 with the reason in `why`. */
typedef void loop_addr_fn(void *arg, const char *const *addr, size_t n, const char *why);
enum status loop_resolve(struct loop *l, const char *host, loop_addr_fn *fn, void *arg,
                         struct error *err) MUST_CHECK;

/* loop_before_sleep - call fn in each turn, after all callbacks and before the loop waits: events,
 * jobs, then the frame. One only; NULL removes it. loop_wake - do not sleep before the next turn
 * (more work is waiting). */
void loop_before_sleep(struct loop *l, loop_fn *fn, void *arg);
void loop_wake(struct loop *l);

/* loop_run - turns until loop_stop, or until nothing is left that could wake it. loop_turn - one
 * turn; wait: may sleep for something to happen. */
void loop_run(struct loop *l);
void loop_turn(struct loop *l, bool wait);
void loop_stop(struct loop *l);

/* loop_by_clock - from now on the timers follow the loop's clock, not the machine's: for a test that turns both by hand. Before
 * the first timer; loop_turn then never sleeps.
 *   test  tests/base/check_loop.c */
void loop_by_clock(struct loop *l);

/* loop_slow - turns' callbacks above 50 ms of the thread's CPU so far, and the name and length of
 * the worst. */
struct loop_slow {
    size_t n;
    double worst_ms;
    const char *name;
};
struct loop_slow loop_slow(const struct loop *l);

#endif
