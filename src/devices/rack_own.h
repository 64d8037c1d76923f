/* rack_own.h - what rack.c, slot.c and their neighbours share: a device's place, the wire log, the queue of what is told.
 * Not: for backends (backend.h).
 */
#ifndef VIGIE_SRC_DEVICES_RACK_OWN_H
#define VIGIE_SRC_DEVICES_RACK_OWN_H

#include "backend.h"
#include "vigie/devices/rack.h"

enum { HEALTH_N = 100, WIRE_BYTES = 65536, SLOTS_MAX = 64, PROPERTIES_MAX = 4000, FRAMES_WAIT = 2 };

/* struct wirelog - entries and their bytes, one behind the other; what is beyond the last 64 KiB is let go from time to
 * time. Zeroed: empty. wirelog_put - pieces of one reply that come within half a second are one entry. */
struct wire_entry {
    int64_t wall_ns;
    char dir;
    size_t at, n;
};
struct wirelog {
    uint64_t out, in; /* bytes of all time */
    VEC(char) bytes;
    VEC(struct wire_entry) entry;
};
void wirelog_put(struct wirelog *w, int64_t wall_ns, char dir, const void *bytes, size_t n);
size_t wirelog_n(const struct wirelog *w);
struct wire_line wirelog_at(const struct wirelog *w, size_t i); /* 0 the newest */
void wirelog_clear(struct wirelog *w);

/* struct config - a line of the configuration, read; words point into memory. */
struct config {
    struct arena memory;
    struct device_config c;
};
enum status config_read(struct config *c, const char *name, const char *line, struct error *err);
void config_clear(struct config *c);

struct request { /* under way */
    uint64_t ticket;
    enum device_verb verb;
    double ra_rad, dec_rad;
    int64_t since_ms;
    char *who, *what;
    rack_done_fn *done;
    void *arg;
};

struct property {
    struct arena memory;
    struct device_property p;
};

struct slot {
    struct rack *rack;
    struct slot *hub; /* NULL: of the configuration itself */
    struct config config;
    const struct backend_ops *ops;
    void *self;
    struct device_info info;
    union device_values work; /* what the backend writes; info.v is what was believed */
    char *name, *address, *identity, *why;
    int poll_ms;
    float reply[HEALTH_N]; /* ms; NAN: an error */
    int n_reply, at_reply;
    bool values_told, lost_told;
    int64_t lost_wall_ns;
    /* of a mount: the place believed last, and a jump that waits to be confirmed */
    int64_t place_ms, jump_ms, moved_ms;
    double jump_ra_rad, jump_dec_rad;
    VEC(struct request) request;
    VEC(struct property) property;
    VEC(struct device_frame *) frame;
    struct wirelog wire;
};

struct guardian;

typedef void rack_taken_fn(void *arg, const struct device_info *d, const struct device_request *q,
                           const struct rack_asker *who);

struct told { /* waits to be handed out */
    struct rack_event ev;
    char *text;
    rack_done_fn *done;
    void *arg;
    uint64_t ticket;
    bool over; /* nobody waits for it any more */
};

struct rack {
    struct rack_options o;
    char *trace_folder;
    VEC(struct slot *) slot;
    VEC(struct told) told;
    uint64_t timer, watch, next_id, next_ticket;
    rack_gate_fn *gate;
    void *gate_arg;
    rack_taken_fn *taken; /* told at once of each request that a device took */
    void *taken_arg;
    void (*halted)(void *taken_arg, uint64_t id, const char *text); /* by the guardian */
    struct guardian *guardian;                                      /* NULL: none */
};

struct slot *rack_slot(const struct rack *r, uint64_t id);
void rack_tell(struct slot *s, enum rack_event_kind kind, char level, const char *fmt, ...)
    PRINTF(4, 5);
void rack_push(struct rack *r, struct told t);

/* slot_make - a new place in the rack. slot_drop - frees it. slot_stale_check - the clock went on. */
struct slot *slot_make(struct rack *r, const char *name, enum device_kind kind);
void slot_drop(struct slot *s);
void slot_stale_check(struct slot *s);
void slot_fault_save(struct slot *s);

/* ward_open - a guardian for what this rack moves (rack_options.watched). ward_arm - a request was taken: before it goes out, the
 * wire is in the guardian's care, if it moves something. ward_look - as long as it does; called twice a second, and when the wire
 * is lost. ward_close - it ends. */
void ward_open(struct rack *r);
void ward_arm(struct slot *s);
void ward_look(struct slot *s);
void ward_close(struct rack *r);

/* values_unknown - of a kind: every number NAN or -1. */
void values_unknown(enum device_kind kind, union device_values *v);

/* state_refuses - what a device's state forbids, whoever asks. */
enum status state_refuses(const struct slot *s, const struct device_request *q, struct error *err);

/* request_text - "slew to 02:22:28.8 +42:21:00", for the log. */
void request_text(const struct device_request *q, struct str *out);

#endif
