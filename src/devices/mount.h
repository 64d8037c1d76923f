/* mount.h - what every native mount needs, whatever it speaks: which position is believed, whether a slew arrives, whether a
 * stop is obeyed, whether tracking goes on, when a jog must end. The driver says what it reads and what it can send.
 * Not: a protocol.
 */
#ifndef VIGIE_SRC_DEVICES_MOUNT_H
#define VIGIE_SRC_DEVICES_MOUNT_H

#include "driver.h"

/* struct mount_wire - what a driver can send.
 *   stop      all motion, ahead of everything (exchange_stop)
 *   move_end  end the motion in one direction */
struct mount_wire {
    void (*stop)(void *drv);
    void (*move_end)(void *drv, enum move_direction d);
};

enum mount_task { MOUNT_IDLE, MOUNT_SLEW, MOUNT_PARK, MOUNT_HOME };

struct mount {
    const struct driver_host *h;
    const struct mount_wire *wire;
    void *drv;
    /* what is believed */
    bool known, jumped;
    double ra, dec, jump_ra, jump_dec;
    int64_t at_ms, jump_ms;
    double speed;          /* between the last two that were believed, rad a second */
    bool handpad, by_hand; /* handpad=yes: who moves it without us is no runaway */
    /* before the wire was lost */
    bool was_known, was_moving;
    double was_ra, was_dec;
    int64_t was_ms;
    /* one long motion at a time */
    enum mount_task task;
    uint64_t ticket;
    int64_t task_ms, progress_ms, near_ms;
    double from_ra, from_dec, to_ra, to_dec, start_d, closest;
    bool moved, by_motion; /* by_motion: park and home are over when it stands; it does not say */
    /* a stop is verified; runaway: the mount moved by itself */
    bool stopping, escalated;
    uint64_t stop_ticket[4];
    int n_stop, stops_sent, still, astray;
    int64_t stop_ms, stop_sent_ms, still_ms;
    double still_ra, still_dec;
    /* jogging: directions and the time at which each ends by itself */
    bool moving[4];
    int64_t move_until[4];
    uint64_t move_ticket[4];
    int64_t quiet_since_ms; /* nothing was told to move since */
    /* does it track? one look a minute */
    int64_t track_ms;
    double track_ra, track_dec;
    bool track_told;
    /* why it is not trusted; "": it is */
    char restarted[120], lst[200];
};

void mount_init(struct mount *m, const struct driver_host *h, const struct mount_wire *wire,
                void *drv);

/* mount_place - a position was read, apparent of date. false: it is not believed (a jump of more than a degree that
 * nothing explains, until the next one confirms it); exchange_doubt was called. */
bool mount_place(struct mount *m, double ra_rad, double dec_rad);

/* mount_slewing - what the mount itself says of its motion, after mount_place; known false: it does not say, and standing
 * still is believed instead. */
void mount_slewing(struct mount *m, bool slewing, bool known);

/* mount_begin - a slew, park or homing was accepted by the mount. mount_refused - by its own words it was not.
 * mount_parked - it has arrived by its own words (park, home). */
void mount_begin(struct mount *m, enum mount_task task, uint64_t ticket, double ra_rad,
                 double dec_rad);
void mount_end(struct mount *m, enum status status, const char *fmt, ...) PRINTF(3, 4);

/* mount_ask_stop - send it, then watch until the mount stands still. mount_ask_move - jog: remembers when it ends by itself.
 * mount_move_over - it ended. */
void mount_ask_stop(struct mount *m, uint64_t ticket);
void mount_ask_move(struct mount *m, const struct device_request *r, uint64_t ticket);
void mount_move_over(struct mount *m, enum move_direction d, enum status status);
bool mount_moving(const struct mount *m);

/* mount_asked - a request was taken that may move it: a stop that is still being watched is not sent again into it. */
void mount_asked(struct mount *m, enum device_verb verb);

/* mount_lst - its own sidereal time as read now: not trusted when it is more than 60 s from ours. NAN: it does not say.
 * mount_restarted - it was: not trusted until it is synced. mount_synced - it was. */
void mount_lst(struct mount *m, double lst_rad);
void mount_restarted(struct mount *m, const char *why);
void mount_synced(struct mount *m);
/* mount_ready - it was identified (host->ready is called here). again: it was away: stop is sent once. */
void mount_ready(struct mount *m, bool again);

/* mount_tick - the time has come (each poll and `tick`). mount_poll_ms - how often to ask. mount_lost - the wire is gone. */
void mount_tick(struct mount *m);
int mount_poll_ms(const struct mount *m);
void mount_lost(struct mount *m);

#endif
