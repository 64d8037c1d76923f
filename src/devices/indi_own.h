/* indi_own.h - the parts of the INDI client among themselves: a server, its devices (units), what is asked of them.
 *   indi_server.c  two connections (one for images), coming and going of server and devices
 *   indi_unit.c    a device's life: settings, CONNECT, lost and back; the watchdog
 *   indi_ask.c     a request as steps, each with its deadline: INDI refuses silently
 *   indi_verbs.c   which steps a request is;   indi_values.c  what the properties mean;   indi_image.c  BLOBs
 * Not: for anybody else.
 */
#ifndef VIGIE_SRC_DEVICES_INDI_OWN_H
#define VIGIE_SRC_DEVICES_INDI_OWN_H

#include "backend.h"
#include "indi_model.h"
#include "vigie/io/link.h"

/* struct indi_want - what an element is to become. check: the step is over when it has. */
struct indi_want {
    char *element, *text;
    double number;
    bool check;
};

/* struct indi_step - one command. tolerance: of numbers, absolute. started: Busy is enough (a cooler takes its time).
 * motion_ms: the longest it may be Busy. optional: a device without the property is no failure. */
struct indi_step {
    char *property;
    VEC(struct indi_want) want;
    double tolerance;
    bool started, optional;
    int64_t motion_ms;
};

/* struct indi_ask - a request under way. sets, busy: of the property when the step was sent. quiet: nobody is told
 * (ticket 0). image: an image must follow. hold_ms: loop time at which a motion by hand ends by itself; 0 none. */
struct indi_ask {
    uint64_t ticket;
    enum device_verb verb;
    VEC(struct indi_step) step;
    size_t at;
    bool sent, was_alert, image, holding;
    uint64_t sets, busy;
    int64_t sent_ms, deadline_ms, hold_ms;
    struct device_request request; /* its texts are not kept */
};

/* Of a unit. ABSENT: the server does not have it. PRESENT: it has, nothing is asked of it. SETTLING: its properties
 * are still coming. SETTING: settings before CONNECT. JOINING: CONNECT is sent. FILLING: it is connected, the properties of
 * its second wave are coming. */
enum indi_phase {
    INDI_ABSENT,
    INDI_PRESENT,
    INDI_SETTLING,
    INDI_SETTING,
    INDI_JOINING,
    INDI_FILLING,
    INDI_READY
};

struct indi_server;

struct indi_unit {
    struct indi_server *server;
    uint64_t serial;
    struct slot *slot;
    const struct device_config *config;
    struct indi_unit *hub; /* that found it; NULL: configured */
    bool is_hub, wanted, was_ready, restarted;
    enum device_kind kind;
    char *device;
    enum indi_phase phase;
    int64_t phase_ms;
    VEC(struct indi_ask *) ask;
    int64_t poll_ms; /* when the last poll was sent; 0: none is open */
    unsigned can;    /* as last told */
    /* the exposure that runs: begin is its first Busy */
    int64_t begin_ns, begin_ms;
    double exposure_s, fraction;
    enum frame_kind frame_kind;
    char *path; /* where the driver writes it itself */
};

/* struct indi_link - one of the two connections. */
struct indi_link {
    struct indi_server *server;
    struct link *link;
    struct indi_reader *reader;
    bool up, images;
    int backoff_ms;
    uint64_t retry;
};

struct indi_server {
    struct loop *loop;
    const struct clock *clock;
    char *host, *address;
    int port;
    bool local; /* on this machine */
    struct indi_link main, blob;
    struct indi_model model;
    VEC(struct indi_unit *) unit;
    uint64_t tick, serials;
    int64_t up_ms;
    int watchdog_s;
    int64_t fed_ms;
    bool armed;
    bool dead;   /* no unit is left; freed at the next turn */
    size_t work; /* images being unpacked in the pool */
    struct indi_server *next;
};

/* ---- indi_server.c ---- */
/* indi_server_get - the server at an address, made when nobody uses it yet. indi_server_leave - a unit ends; the last one
 * ends the server. */
struct indi_server *indi_server_get(struct slot *slot, const char *host, int port);
void indi_server_add(struct indi_server *s, struct indi_unit *u);
void indi_server_leave(struct indi_server *s, struct indi_unit *u);
/* indi_server_write - to the server, told to the wire log of u (may be NULL). false: there is no connection. */
bool indi_server_write(struct indi_server *s, struct indi_unit *u, const struct str *bytes);
/* indi_server_images - open the second connection if it is not, and ask for the images of a device there. */
void indi_server_images(struct indi_server *s, const char *device);
void indi_server_work_done(struct indi_server *s);

/* ---- indi_unit.c ---- */
void indi_unit_server(struct indi_unit *u, bool up, const char *why);
void indi_unit_vector(struct indi_unit *u, const struct indi_vector *v, struct indi_property *p,
                      bool fresh);
void indi_unit_gone(struct indi_unit *u);
void indi_unit_tick(struct indi_unit *u, int64_t now_ms);
void indi_unit_free(struct indi_unit *u);
/* indi_unit_refresh - its values anew from what is known: something ended. */
void indi_unit_refresh(struct indi_unit *u);
struct indi_device *indi_unit_device(const struct indi_unit *u);
void indi_watchdog_tick(struct indi_server *s, int64_t now_ms);

/* ---- indi_ask.c ---- */
struct indi_ask *indi_ask_new(enum device_verb verb, uint64_t ticket);
struct indi_step *indi_ask_step(struct indi_ask *a, const char *property);
void indi_step_switch(struct indi_step *s, const char *element, bool on, bool check);
void indi_step_number(struct indi_step *s, const char *element, double x, bool check);
void indi_step_text(struct indi_step *s, const char *element, const char *text);
/* indi_ask_start - send its first step; the ask may have ended when this returns. indi_asks_property - a property was
 * told of. indi_asks_tick - deadlines. indi_asks_end - all end so (only: those for which it is true; NULL all). */
void indi_ask_start(struct indi_unit *u, struct indi_ask *a);
void indi_asks_property(struct indi_unit *u, const struct indi_property *p, bool def);
void indi_asks_tick(struct indi_unit *u, int64_t now_ms);
void indi_asks_end(struct indi_unit *u, bool (*only)(const struct indi_ask *a), enum status status,
                   const char *why);
void indi_ask_end(struct indi_unit *u, struct indi_ask *a, enum status status, const char *why);
void indi_ask_free(struct indi_ask *a);
void indi_send(struct indi_unit *u, const struct indi_step *s);
bool indi_ask_moves(const struct indi_ask *a);
struct indi_ask *indi_ask_find(const struct indi_unit *u, enum device_verb verb);

/* ---- indi_verbs.c ---- */
enum status indi_unit_ask(struct indi_unit *u, const struct device_request *r, uint64_t ticket,
                          struct error *err);
/* indi_unit_halt - as backend_ops.halt. */
bool indi_unit_halt(const struct indi_unit *u, struct guardian_stop *stop);
/* indi_move_tick - ends a motion by hand that nobody asks to go on. */
void indi_move_tick(struct indi_unit *u, int64_t now_ms);

/* ---- indi_values.c ---- */
/* indi_values - the values of its kind from the properties; false: what they say is not current (the driver says Alert:
 * it does not hear the device). indi_can - what it can do. indi_key_property - the one that tells whether it is alive.
 * indi_kinds - the kinds of device behind DRIVER_INTERFACE; returns how many. */
bool indi_values(const struct indi_unit *u, const struct indi_device *d, union device_values *v);
unsigned indi_can(enum device_kind kind, const struct indi_device *d);
const char *indi_key_property(enum device_kind kind, const struct indi_device *d);
size_t indi_kinds(const struct indi_device *d, enum device_kind kind[8]);
/* indi_switches_of - how many switches a property stands for (0: it is none of those a key is made for); first: the
 * element of the only one, or the first of many. */
int indi_switches_of(const struct indi_property *p, struct indi_element **first);
/* indi_mount_coords - the property a mount points by; j2000: what it counts in. false: it has none. indi_mount_of - from
 * our places (apparent, of date) to the device's, or back. */
bool indi_mount_coords(const struct indi_device *d, const char **property, bool *j2000);
void indi_mount_of(const struct indi_unit *u, bool j2000, double ra_rad, double dec_rad,
                   double *ra_out, double *dec_out, bool to_device);

/* ---- indi_image.c ---- */
/* indi_image_blob - a BLOB of a camera. indi_image_file - the driver has written a file itself. */
void indi_image_blob(struct indi_unit *u, struct indi_item *item);
void indi_image_file(struct indi_unit *u, const char *path);
enum { INDI_IMAGE_MAX = 512 << 20 };

#endif
