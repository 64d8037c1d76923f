/* rig.h - a rack with one native device on a simulator's terminal: the whole way from a request to the simulator's
 * mechanics and back. Not: what is tested.
 */
#ifndef VIGIE_TESTS_DEVICES_RIG_H
#define VIGIE_TESTS_DEVICES_RIG_H

#include "vigie/devices/rack.h"
#include "vigie/devices/sim.h"

struct rig {
    char link[40]; /* to the terminal: a name that stays, as that of an adapter does */
    struct loop *loop;
    struct rack *rack;
    struct sim *sim;
    uint64_t id;
    struct str said; /* a line each: level, text */
    enum status done;
    char done_text[300];
    uint64_t waiting;
    int64_t lost[2]; /* bytes that were sent and never came, out and in */
};

/* rig_by_clock - before rig_up, or as a fixture of each test: time goes as fast as the machine can, and so do the loop's timers;
 * rig_by_true_clock undoes it. rig_clock - that of the
 * rig. */
void rig_by_clock(void);
void rig_by_true_clock(void);
const struct clock *rig_clock(void);

/* rig_fault_first - a fault that is on before the next rig_up connects; -1 none.
 * rig_up - a simulator and the device that speaks to it, connected when wait. options: "dialect=onstep"; ra, dec in
 * degrees where it points at first. rig_device - the same with a line of the configuration of one's own. */
void rig_fault_first(int fault);
void rig_up(struct rig *r, const char *sim, const char *kind, const char *options, double ra_deg,
            double dec_deg, double slew_deg_s, bool wait);
void rig_down(struct rig *r);

const struct device_info *rig_info(const struct rig *r);

/* rig_pass - let time go by. rig_until - turns until fn(r) holds; ms is a test's patience. */
void rig_pass(struct rig *r, int ms);
bool rig_until(struct rig *r, bool (*fn)(struct rig *), int ms);
bool rig_until_link(struct rig *r, enum device_link link, int ms);
bool rig_until_said(struct rig *r, const char *part, int ms);
bool rig_until_done(struct rig *r, int ms);

/* rig_dump - the wire log and what was said, on stderr; rig_until does it when RIG_DUMP is set and time is over. */
void rig_dump(struct rig *r);

/* rig_ask - a request; its end is in done and done_text (rig_until_done). Returns false with err when it is refused. */
bool rig_ask(struct rig *r, const struct device_request *q, struct error *err);
bool rig_slew(struct rig *r, double ra_deg, double dec_deg);
bool rig_verb(struct rig *r, enum device_verb verb);

#endif
