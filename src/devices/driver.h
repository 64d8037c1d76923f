/* driver.h - a native driver: a machine that is fed bytes and times and answers with bytes and what it learnt. It never sees
 * a descriptor or a timer, so its test is a text of lines sent and received (tests/data/devices).
 * Not: the wire (native.c), the shapes of answers (exchange.h).
 */
#ifndef VIGIE_SRC_DEVICES_DRIVER_H
#define VIGIE_SRC_DEVICES_DRIVER_H

#include "exchange.h"
#include "vigie/sky/site.h"

/* struct driver_host - what a driver works with. All borrowed for its life.
 *   x      its questions; NULL for a driver with `feed`
 *   write  bytes past the questions (a driver with `feed`)
 *   lines  RTS and DTR, as transport_lines
 *   later  call `tick` in ms from now; the earlier of two wins
 *   ready  identified: READY from now on, `poll` begins
 *   fail   who answers is not what was configured, or nobody answers: a sentence. again: worth trying later by itself */
struct driver_host {
    struct slot *slot;
    const struct device_config *config;
    struct exchange *x;
    void (*write)(void *arg, const void *bytes, size_t n);
    enum status (*lines)(void *arg, int rts, int dtr, struct error *err);
    void (*later)(void *arg, int64_t ms);
    void (*ready)(void *arg);
    void (*fail)(void *arg, bool again, const char *why);
    void *arg;
};

/* struct driver_ops
 *   name       first word of the configuration; options: the keys it knows, ended by NULL
 *   baud       of its serial ports where the address says none; speed: the same, by its options; NULL: baud
 *   shutter    a shutter hangs on the lines; wireless: it has no wire at all (the manual wheel)
 *   open       make the state; err: an option's value is wrong. Nothing is sent
 *   start      the wire is open, for the first time or again: identify, then host->ready. again: it was ready before
 *   feed       bytes, for a driver without questions; NULL: they go to host->x
 *   poll       ask for the values; called every poll_ms() while READY
 *   tick       what host->later asked for
 *   ask        as backend_ops.ask
 *   halt       the questions that stop its motion, as a stop of the observer would send them; returns how many. NULL: nothing
 *              it moves is to be stopped when the program dies
 *   lost       the wire is gone: what was asked is over
 *   close      free the state */
enum { HALT_MOST = 5 };
struct driver_ops {
    const char *name;
    enum device_kind kind;
    int baud;
    int (*speed)(const struct device_config *config);
    bool shutter, wireless;
    const char *const *options;
    void *(*open)(const struct driver_host *host, struct error *err);
    void (*start)(void *self, bool again);
    void (*feed)(void *self, const void *bytes, size_t n);
    void (*poll)(void *self);
    int (*poll_ms)(void *self);
    void (*tick)(void *self);
    enum status (*ask)(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err);
    size_t (*halt)(void *self, struct xcmd c[HALT_MOST]);
    void (*lost)(void *self);
    void (*close)(void *self);
};

/* driver_table - all of them, ended by NULL. driver_find - by name; NULL unknown. */
extern const struct driver_ops *const driver_table[];
const struct driver_ops *driver_find(const char *name);

/* driver_now - the loop's time, ms. driver_utc - the clock's wall time. driver_number - an option that is a number:
 * E_RANGE outside least .. most. driver_no - E_ABSENT: this device cannot do that. */
int64_t driver_now(const struct driver_host *h);
struct jd_utc driver_utc(const struct driver_host *h);
enum status driver_number(const struct driver_host *h, const char *key, double otherwise,
                          double least, double most, double *value, struct error *err);
enum status driver_no(const struct driver_host *h, const struct device_request *r,
                      struct error *err);

#endif
