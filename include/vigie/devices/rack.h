/* rack.h - the devices of the configuration in one list, whoever drives them: their state, what is asked of them, what
 * they answer, their properties, what went over their wires.
 * Not: whether a motion is safe (safety.h hangs itself under rack_ask); what a device is (device.h); bytes.
 */
#ifndef VIGIE_DEVICES_RACK_H
#define VIGIE_DEVICES_RACK_H

#include "vigie/base/clock.h"
#include "vigie/base/conf.h"
#include "vigie/base/loop.h"
#include "vigie/base/str.h"
#include "vigie/devices/device.h"

struct rack;
struct http;
struct site;
struct backend_ops;

/* struct rack_event - something happened; told from the loop, never inside a call of the rack or of a backend.
 *   RACK_LIST      a device was added
 *   RACK_DEVICE    link, identity, trust or staleness changed
 *   RACK_VALUES    its values were read; at most once a turn
 *   RACK_PROPERTY  a property changed or is gone; text: its name, or ""
 *   RACK_FRAME     an image waits: rack_frame_take
 *   RACK_SAY       a sentence for the log; level ' ' '+' '-' 'W' '!'
 *   RACK_ASKED     a request was taken or refused; text says which, by whom, and why it was refused
 *   RACK_DONE      a request ended; text as RACK_ASKED, with how it ended */
enum rack_event_kind {
    RACK_LIST,
    RACK_DEVICE,
    RACK_VALUES,
    RACK_PROPERTY,
    RACK_FRAME,
    RACK_SAY,
    RACK_ASKED,
    RACK_DONE
};
struct rack_event {
    enum rack_event_kind kind;
    uint64_t id;           /* 0: of no device (a line of the configuration that is wrong) */
    enum device_verb verb; /* of ASKED, DONE */
    enum status status;    /* of ASKED (OK: taken), DONE */
    char level;
    const char *text;
};
typedef void rack_event_fn(void *arg, const struct rack_event *ev);

/* struct rack_options - loop, clock, http are borrowed for the rack's life; http may be NULL (no Alpaca).
 *   trace_folder  where the wire log of a device is saved when it fails; NULL: nowhere
 *   site          where the observer stands now (borrowed), for drivers that compare clocks; may be NULL, and answer NULL
 *   watched       a process of its own stops what moves when this one dies or hangs (io/guardian.h); begun with the first
 *                 connection. That it acted is told to safety.h, which holds the scripts; without a guard as RACK_SAY
 *   backends      ended by NULL; NULL: those of this build. Tests bring their own */
struct rack_options {
    struct loop *loop;
    const struct clock *clock;
    struct http *http;
    const char *trace_folder;
    const struct site *(*site)(void *arg);
    const struct backend_ops *const *backends;
    bool watched;
    rack_event_fn *event;
    void *arg;
};
struct rack *rack_new(const struct rack_options *o);
/* rack_free - every wire is closed; nothing is told any more. What is to be done before (park, stop) is the caller's. */
void rack_free(struct rack *r);

/* rack_add - a device by its line of the configuration (backend.h shows them); it is OFF until ASK_CONNECT.
 *   name   "Mount": unique without regard to case, 1 .. 40 bytes
 *   line   "mount lx200 serial:/dev/ttyUSB0?9600 dialect=onstep"
 *   err    E_PARSE, E_RANGE, E_ABSENT (no such driver): a sentence with the form that is wanted
 *   test   tests/devices/check_rack.c
 * rack_read - all lines `device.NAME` of a configuration that are not yet there; each wrong one is told as RACK_SAY. */
enum status rack_add(struct rack *r, const char *name, const char *line,
                     struct error *err) MUST_CHECK;
void rack_read(struct rack *r, const struct conf *conf);

/* rack_line_check - whether a line of the configuration is one; as rack_add, without a rack. */
enum status rack_line_check(const char *name, const char *line, struct error *err) MUST_CHECK;

/* The list, in the order of the configuration; borrowed until the next turn.
 * rack_named - by name without regard to case. rack_first - the first of a kind that is READY, else the first of the kind. */
size_t rack_n(const struct rack *r);
const struct device_info *rack_at(const struct rack *r, size_t i);
const struct device_info *rack_find(const struct rack *r, uint64_t id);
const struct device_info *rack_named(const struct rack *r, const char *name);
const struct device_info *rack_first(const struct rack *r, enum device_kind kind);

/* rack_age_s - seconds since its last good reply; NAN: never. */
double rack_age_s(const struct rack *r, const struct device_info *d);

/* rack_gate - asked before everything that may move or harm (all but CONNECT, DISCONNECT, STOP, MOVE_END, ABORT): anything
 * but OK refuses, err is the sentence. who: as rack_ask. One only; NULL removes it. */
enum asker_kind { ASKER_SCRIPT, ASKER_GUARD, ASKER_PERSON };
struct rack_asker {
    const char *who;  /* "key", "line", "Lua: grb.lua", "safety", "INDI" */
    bool sun_allowed; /* the observer typed the word that lifts the Sun cone for this one request */
    enum asker_kind
        kind; /* a person who is there; the guard by its policies; else a script, or who knows */
};
typedef enum status rack_gate_fn(void *arg, const struct device_info *d,
                                 const struct device_request *q, const struct rack_asker *who,
                                 struct error *err);
void rack_gate(struct rack *r, rack_gate_fn *fn, void *arg);

/* rack_ask - ask a device for something. Refused here, by everybody, what its state forbids: not connected, capability
 * missing, values stale, parked, position not trusted (a slew then waits for a sync). Then the gate is asked.
 *   q        texts are borrowed for the call
 *   done     called exactly once unless rack_forget or rack_free came first; may be NULL. status OK: done (arrived,
 *            exposed...). text: the device's own words, clean
 *   returns  a ticket > 0; 0 with err: E_REFUSED, E_ABSENT (no such device, no such capability), E_BUSY, E_DEVICE */
typedef void rack_done_fn(void *arg, uint64_t ticket, enum status status, const char *text);
uint64_t rack_ask(struct rack *r, uint64_t id, const struct device_request *q,
                  const struct rack_asker *who, rack_done_fn *done, void *arg, struct error *err);
void rack_forget(struct rack *r, uint64_t ticket);

/* rack_may - whether rack_ask would take it: OK, or the refusal. Nothing is asked of the device, nothing logged. */
enum status rack_may(const struct rack *r, uint64_t id, const struct device_request *q,
                     const struct rack_asker *who, struct error *err) MUST_CHECK;

/* rack_doing - requests of a device under way: the i-th, false beyond the last. */
struct rack_doing {
    uint64_t ticket;
    enum device_verb verb;
    double ra_rad, dec_rad; /* of SLEW, SYNC */
    int64_t since_ms;
    const char *who;
};
bool rack_doing(const struct rack *r, uint64_t id, size_t i, struct rack_doing *doing);

/* rack_frame_take - the oldest image that waits, owned by the caller; NULL none. Two wait at most; an older one is
 * dropped and told. */
struct device_frame *rack_frame_take(struct rack *r, uint64_t id);

/* rack_property_n, rack_property_at - properties of a device by group and name; borrowed until the next turn. */
size_t rack_property_n(const struct rack *r, uint64_t id);
const struct device_property *rack_property_at(const struct rack *r, uint64_t id, size_t i);
const struct device_property *rack_property(const struct rack *r, uint64_t id, const char *name);

/* The wire log: the last 64 KiB that went over a device's wire. rack_wire_at - 0 the newest; bytes are raw, borrowed
 * until the next turn. wire_text - them as text: printable ASCII as it is, the rest \xHH, \ doubled.
 * rack_wire_save - as a file: a line an entry, "2026-11-23T21:13:58.214Z > :GR#"; < came in, * a fault's sentence.
 * rack_wire_read - such a file again. */
struct wire_line {
    int64_t wall_ns;
    char dir; /* '>' out, '<' in, '*' a sentence */
    const void *bytes;
    size_t n;
};
size_t rack_wire_n(const struct rack *r, uint64_t id);
struct wire_line rack_wire_at(const struct rack *r, uint64_t id, size_t i);
void wire_text(struct str *out, const void *bytes, size_t n);

/* wire_meaning - what a question to a device of a driver ("lx200") is for: "right ascension?"; "" not known.
 *   test  tests/devices/check_history.c */
const char *wire_meaning(const char *driver, const void *bytes, size_t n);
enum status rack_wire_save(const struct rack *r, uint64_t id, const char *path,
                           struct error *err) MUST_CHECK;

/* struct wire_trace - a saved wire log. wire_trace_read - E_PARSE with the line's number. */
struct wire_trace {
    struct arena memory;
    VEC(struct wire_line) line;
};
enum status wire_trace_read(const char *path, struct wire_trace *t, struct error *err) MUST_CHECK;
void wire_trace_clear(struct wire_trace *t);

#endif
