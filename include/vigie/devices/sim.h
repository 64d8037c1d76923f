/* sim.h - devices that are not there: a mount, a camera, a focuser, a wheel, a GPS, each speaking its own protocol over a
 * pseudo-terminal or a TCP port, so that they are reached through the real drivers and wires; with faults on command.
 * Not: the drivers; INDI's simulators.
 */
#ifndef VIGIE_DEVICES_SIM_H
#define VIGIE_DEVICES_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "vigie/base/clock.h"
#include "vigie/base/loop.h"
#include "vigie/base/str.h"

struct sim;

/* What can go wrong. Wire: LATE (by sim_fault's ms), HALF, GARBAGE, SPLIT, ECHO, MUTE, WRONG_BAUD, WILD (a position from
 * elsewhere). Mount: REBOOT, STUCK, RUNAWAY (its next motion goes on for ever), STOP_IGNORED, WRONG_CLOCK (an hour),
 * STANDS (says that it tracks, and does not). UNPLUGGED: the terminal is gone until it is cleared. */
enum sim_fault {
    SIM_LATE,
    SIM_HALF,
    SIM_GARBAGE,
    SIM_SPLIT,
    SIM_ECHO,
    SIM_MUTE,
    SIM_WRONG_BAUD,
    SIM_WILD,
    SIM_REBOOT,
    SIM_STUCK,
    SIM_RUNAWAY,
    SIM_STOP_IGNORED,
    SIM_WRONG_CLOCK,
    SIM_STANDS,
    SIM_UNPLUGGED,
    SIM_FAULTS
};

/* struct sim_options - loop and clock are borrowed.
 *   device     one of sim_name: "onstep", "nexstar", ...
 *   tcp_port   -1: a pseudo-terminal; 0: any free port of this machine; else that port
 *   symlink    where a link to the terminal is put (a name that stays when the terminal changes); NULL: none
 *   lat_rad .. the mount's site, and where it points at first, apparent of date; slew_deg_s: its speed, 0: 4
 *   mount      of a camera: the mount whose pointing its frames show; NULL: the pole. Must outlive the camera */
struct sim_options {
    struct loop *loop;
    const struct clock *clock;
    const char *device;
    int tcp_port;
    const char *symlink;
    double lat_rad, lon_rad, ra_rad, dec_rad, slew_deg_s;
    struct sim *mount;
};

/* sim_new - it is there and listens. err: E_ABSENT (no such device), E_BUSY (the port is taken), E_IO.
 * sim_address - how a driver reaches it: "pty:/dev/pts/5", "tcp:127.0.0.1:40123"; borrowed, may change with UNPLUGGED. */
struct sim *sim_new(const struct sim_options *o, struct error *err);
void sim_free(struct sim *s);
const char *sim_address(const struct sim *s);

/* sim_name - the i-th device, NULL beyond the last; sim_driver - which driver speaks to it; a wheel's needs type=NAME, the shutter's
 * board=lcus. */
const char *sim_name(size_t i);
const char *sim_driver(const char *name);

/* sim_fault - n > 0: the next n answers; n < 0: until cleared; 0: clear. ms: of LATE; of WILD degrees of right ascension, 0: far away. */
void sim_fault(struct sim *s, enum sim_fault f, int n, int ms);
/* sim_fault_named - the fault of a name ("late", "stop-ignored"); -1: none is called that. */
int sim_fault_named(const char *name);

/* sim_pointing - where a simulated mount really points; true while it moves by itself. sim_heard - all bytes that came to
 * it (the last 64 kB). */
bool sim_pointing(const struct sim *s, double *ra_rad, double *dec_rad);
const struct str *sim_heard(const struct sim *s);

/* sim_push - a simulated mount is turned by its hand control, so many radians a second north; 0 no more. */
void sim_push(struct sim *s, double dec_rad_s);

/* sim_traffic - bytes that came to it and that it sent, of all time. */
void sim_traffic(const struct sim *s, uint64_t *in, uint64_t *out);

#endif
