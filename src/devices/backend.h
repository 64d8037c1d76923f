/* backend.h - between whoever speaks to hardware (native.c with its drivers, indi_*.c, alpaca_*.c) and the rack that
 * keeps the devices. A backend tells by slot_* what it learns; the rack asks by backend_ops what the observer wants,
 * after safety has agreed. Nothing here waits.
 * Not: for other rooms (device.h, rack.h).
 */
#ifndef VIGIE_SRC_DEVICES_BACKEND_H
#define VIGIE_SRC_DEVICES_BACKEND_H

#include "vigie/base/clock.h"
#include "vigie/base/loop.h"
#include "vigie/devices/device.h"

struct slot; /* a device's place in the rack */
struct http;
struct site;
struct guardian_stop;

/* struct device_config - one line of the configuration, read:
 *   device.Mount  = mount lx200 serial:/dev/serial/by-id/usb-X?9600 dialect=onstep
 *   device.Camera = camera indi localhost:7624 "CCD Simulator"
 *   device.Dome   = dome alpaca 192.168.0.12:11111 dome/0
 *   device.Rig    = indi localhost:7624              (a hub: every device of the server, as the server names it)
 *   device.Roof   = alpaca 192.168.0.12:11111        (the same)
 * target: what stands behind the address, "" none. key[i], value[i]: options "key=value" of the driver. All borrowed for
 * the life of the slot. */
struct device_config {
    const char *name, *driver, *address, *target;
    bool hub;
    enum device_kind kind;
    size_t n;
    const char *const *key, *const *value;
};
/* device_config_value - the value of an option of the driver; otherwise if it is not given. */
const char *device_config_value(const struct device_config *c, const char *key,
                                const char *otherwise);

/* struct backend_ops
 *   open   begin: connect and identify; tells of it by slot_link. NULL with err only when the line itself is wrong
 *          (unknown driver, address that is none)
 *   ask    do it. OK: taken, slot_done follows with the ticket exactly once (at the end of the motion, not at its
 *          acceptance). An error: not taken, nothing follows. ASK_STOP is written before anything that waits, at once,
 *          also when a reply is pending or the link is only believed to be up.
 *   halt   how a process of its own would stop it now (guardian.h): its wire and the bytes. false: there is no wire, or
 *          nothing that could be stopped by bytes. NULL: never
 *   close  end; after this call no slot_* call comes. What moves is stopped by the rack before, if the policy says so. */
struct backend_ops {
    const char *name;
    void *(*open)(struct slot *slot, const struct device_config *config, struct error *err);
    enum status (*ask)(void *self, const struct device_request *r, uint64_t ticket,
                       struct error *err);
    bool (*halt)(void *self, struct guardian_stop *stop);
    void (*close)(void *self);
};
/* A backend has a row in table.c once it is there: "native" takes every driver that is no other backend's name. */
extern const struct backend_ops backend_native, backend_indi, backend_alpaca, backend_still;
extern const struct backend_ops *const backend_table[];

/* What a backend works with. slot_clock: wall and monotonic. slot_http: for Alpaca. slot_site: where the observer stands;
 * NULL: not known. */
const struct site *slot_site(const struct slot *s);
struct loop *slot_loop(const struct slot *s);
const struct clock *slot_clock(const struct slot *s);
struct http *slot_http(const struct slot *s);
const struct device_info *slot_info(const struct slot *s);

/* slot_link - the state of the connection has changed; why: one sentence, NULL none.
 * slot_identity - who answered, how that is known, what it can do (sum of enum device_can).
 * slot_trust - false with the reason: it was restarted, its clock or site is wrong: no slew until it is synced; true: it was.
 * slot_values - the values, to be changed in place, then slot_good.
 * slot_good - a good reply came, reply_ms after the question (NAN: unasked): what is in the values is current.
 * slot_bad - a reply was late, cut, garbled or of the wrong shape: counted; the sentence goes to the wire log. */
void slot_link(struct slot *s, enum device_link link, const char *why);
void slot_identity(struct slot *s, unsigned can, const char *fmt, ...) PRINTF(3, 4);
void slot_trust(struct slot *s, bool trusted, const char *why);
union device_values *slot_values(struct slot *s);
void slot_good(struct slot *s, double reply_ms);
void slot_bad(struct slot *s, const char *fmt, ...) PRINTF(2, 3);

/* slot_done - a request has ended: OK (arrived, exposed...), E_TIMEOUT, E_DEVICE (its own words), E_CANCELLED (stopped).
 * slot_frame_take - an image; the slot owns it now.
 * slot_property - one of the device's properties is new or changed (copied); slot_property_gone - name NULL: all.
 * slot_wire - bytes that went out or came in, for the wire log.
 * slot_say - the driver's own words, for the night log; level '+' '-' 'W' '!' or ' '. */
void slot_done(struct slot *s, uint64_t ticket, enum status status, const char *text);
void slot_frame_take(struct slot *s, struct device_frame *frame);
void slot_property(struct slot *s, const struct device_property *p);
void slot_property_gone(struct slot *s, const char *name);
void slot_wire(struct slot *s, bool out, const void *bytes, size_t n);
void slot_say(struct slot *s, char level, const char *text);

/* slot_poll - how often the values of a place come anew, ms: older than three of these they are stale. 0: only when they
 * change, they are then as current as the link. Until it is called: option poll=MS, else 1000; of INDI 0. */
void slot_poll(struct slot *s, int poll_ms);

/* slot_found - of a hub: the place of a device the server has (made when it is new); kind and name are how it is found
 * again. self: what `ask` is given for this device; `close` is only called for the hub's own. slot_lost - the server has
 * it no more: no `ask` comes after it. */
struct slot *slot_found(struct slot *hub, enum device_kind kind, const char *name, void *self);
void slot_lost(struct slot *s);

#endif
