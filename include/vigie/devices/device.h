/* device.h - what a device is, whoever drives it: its kind, what it can do, what it last said of itself and how old
 * that is, what may be asked of it. Native drivers, INDI and Alpaca fill the same records.
 * Not: the list of devices (rack.h), whether a request is safe (safety.h), bytes on a wire (src/devices).
 * Places of a mount are apparent, of date, topocentric without refraction (what mounts call JNow).
 */
#ifndef VIGIE_DEVICES_DEVICE_H
#define VIGIE_DEVICES_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"

enum device_kind {
    DEVICE_MOUNT,
    DEVICE_CAMERA, /* also a shutter without an image: CAN_FRAME is then missing */
    DEVICE_FOCUSER,
    DEVICE_WHEEL,
    DEVICE_DOME,
    DEVICE_WEATHER,
    DEVICE_GPS,
    DEVICE_SWITCH, /* power outlets, relays, heaters, covers, lamps */
    DEVICE_OTHER   /* reachable by its properties only */
};

/* The connection.
 *   OFF          not asked for
 *   CONNECTING   the wire is being opened
 *   IDENTIFYING  the wire is open; who is there?
 *   READY        it answers
 *   LOST         it answered before and does not now; tried again by itself. A mount MAY BE MOVING
 *   FAILED       it cannot be had (wrong device, refused, busy): `why`; tried again when asked */
enum device_link {
    DEVICE_OFF,
    DEVICE_CONNECTING,
    DEVICE_IDENTIFYING,
    DEVICE_READY,
    DEVICE_LOST,
    DEVICE_FAILED
};

/* What it can do; a capability that is missing has no key. */
enum device_can {
    CAN_SLEW = 1 << 0,
    CAN_SYNC = 1 << 1,
    CAN_PARK = 1 << 2,
    CAN_UNPARK = 1 << 3,
    CAN_TRACK = 1 << 4,      /* on and off */
    CAN_TRACK_RATE = 1 << 5, /* sidereal, solar, lunar */
    CAN_MOVE = 1 << 6,       /* by direction until stopped */
    CAN_GUIDE = 1 << 7,      /* pulses */
    CAN_PIER = 1 << 8,       /* reports the side of the pier */
    CAN_HOME = 1 << 9,
    CAN_SET_SITE = 1 << 10,
    CAN_SET_TIME = 1 << 11,
    CAN_FRAME = 1 << 12, /* gives images */
    CAN_COOL = 1 << 13,
    CAN_BIN = 1 << 14,
    CAN_ROI = 1 << 15,
    CAN_GAIN = 1 << 16,
    CAN_ABORT = 1 << 17,    /* an exposure, a focuser's move */
    CAN_ABSOLUTE = 1 << 18, /* focuser: positions; else steps only */
    CAN_TEMPERATURE = 1 << 19,
    CAN_SHUTTER = 1 << 20, /* dome: opens and closes */
    CAN_AZIMUTH = 1 << 21, /* dome: turns */
    CAN_DARK = 1 << 22     /* camera: closes its own shutter */
};

enum pier_side { PIER_UNKNOWN, PIER_EAST, PIER_WEST };
enum track_rate { TRACK_SIDEREAL, TRACK_SOLAR, TRACK_LUNAR, TRACK_OTHER };
enum move_direction { MOVE_NORTH, MOVE_SOUTH, MOVE_EAST, MOVE_WEST };

/* What each kind says of itself. Unknown numbers are NAN, unknown counts -1, unknown texts "". */
struct mount_values {
    double ra_rad, dec_rad;               /* where it points */
    double target_ra_rad, target_dec_rad; /* where it was last sent; NAN */
    double lst_rad;                       /* its own sidereal time; NAN */
    double lat_rad, lon_rad;              /* its own site, east positive; NAN */
    double clock_error_s;                 /* its UTC minus ours; NAN */
    bool slewing, tracking, parked, homed;
    enum track_rate rate;
    enum pier_side pier;
    int n_rates, rate_now; /* speeds for moving by hand: 1 (slowest) .. n_rates; 0: not known */
};
enum frame_kind { FRAME_LIGHT, FRAME_DARK, FRAME_FLAT, FRAME_BIAS };
enum camera_phase { CAMERA_IDLE, CAMERA_WAITING, CAMERA_EXPOSING, CAMERA_READING, CAMERA_FAILED };
struct camera_values {
    enum camera_phase phase;
    double exposed_s, exposure_s; /* of the exposure that runs */
    double fraction;              /* of the transfer, 0 .. 1; NAN */
    int width, height;            /* of the whole chip, pixels; -1 */
    int bin, max_bin, x, y, w, h; /* binning; frame in unbinned pixels; w 0: whole */
    double pixel_um, gain, offset;
    double temp_degc, set_degc, cooler_power; /* power 0 .. 1 */
    bool cooling;
    int max_adu; /* saturation; -1 */
};
struct focuser_values {
    int position, max, target;
    double temp_degc;
    bool moving;
};
enum { WHEEL_SLOTS = 16, WHEEL_NAME = 24 };
struct wheel_values {
    int slot, slots, target; /* from 1 */
    bool moving;
    char name[WHEEL_SLOTS][WHEEL_NAME];
};
enum dome_shutter {
    SHUTTER_UNKNOWN,
    SHUTTER_OPEN,
    SHUTTER_CLOSED,
    SHUTTER_OPENING,
    SHUTTER_CLOSING,
    SHUTTER_FAULT
};
struct dome_values {
    double az_rad, target_az_rad;
    enum dome_shutter shutter;
    bool moving, parked, slaved;
};
/* humidity in %; NAN: it does not say. */
struct weather_values {
    double humidity, wind_ms, gust_ms, temp_degc, dew_degc, sky_degc, rain_mmh, pressure_hpa,
        seeing_arcsec;
    int safe; /* 1 yes, 0 no, -1 it does not say */
};
struct gps_values {
    double lat_rad, lon_rad, height_m, clock_error_s; /* its UTC minus ours */
    int fix, satellites;                              /* fix 0 none, 2, 3 */
};
enum { SWITCHES = 32, SWITCH_NAME = 32 };
struct switch_values {
    int n;
    struct {
        char name[SWITCH_NAME];
        double value, min, max; /* 0 and 1 for on and off */
        bool writable;
    } sw[SWITCHES];
};

union device_values {
    struct mount_values mount;
    struct camera_values camera;
    struct focuser_values focuser;
    struct wheel_values wheel;
    struct dome_values dome;
    struct weather_values weather;
    struct gps_values gps;
    struct switch_values sw;
};

/* struct device_health - of the wire. Rates over the last 100 exchanges. */
struct device_health {
    uint64_t replies, errors; /* errors: late, cut, garbled, refused by shape */
    double error_rate;        /* 0 .. 1 */
    double reply_ms_median, reply_ms_p99;
    int reconnects;
    int64_t good_ms;  /* loop time of the last good reply; -1 never */
    int64_t since_ms; /* loop time since when the link is in its state */
};

/* struct device - what everybody may read; borrowed until the next turn of the loop. */
struct device_info {
    uint64_t id;
    const char *name; /* as configured: "Mount" */
    enum device_kind kind;
    const char *driver; /* "lx200", "indi", "alpaca" */
    const char
        *address; /* "serial:/dev/serial/by-id/usb-...", "localhost:7624 Telescope Simulator" */
    const char
        *identity; /* who answered and how that is known: "OnStep 4.24 (`On-Step` in :GVP#)"; "" */
    enum device_link link;
    const char *why; /* of LOST, FAILED, not trusted; "" */
    unsigned can;    /* sum of enum device_can */
    bool
        trusted; /* false: its position means nothing until it is synced (it was restarted, its clock or site is wrong) */
    bool stale;  /* values are older than three polls: not to be shown as current */
    union device_values v;
    struct device_health health;
};

/* What may be asked. Places as above, in radians; NAN and 0 where a field does not matter. */
enum device_verb {
    ASK_CONNECT,
    ASK_DISCONNECT,
    ASK_STOP, /* everything that moves, at once; also ends exposures of a shutter */
    ASK_SLEW, /* ra_rad, dec_rad */
    ASK_SYNC, /* ra_rad, dec_rad */
    ASK_PARK,
    ASK_UNPARK,
    ASK_HOME,
    ASK_TRACK,      /* on */
    ASK_TRACK_RATE, /* rate */
    ASK_MOVE, /* direction, n: speed 1 .. n_rates; ends with ASK_MOVE_END or after move_ms (deadman) */
    ASK_MOVE_END,     /* direction */
    ASK_GUIDE,        /* direction, x: milliseconds */
    ASK_SET_SITE,     /* lat_rad, lon_rad, x: height in metres */
    ASK_SET_TIME,     /* the clock's now */
    ASK_EXPOSE,       /* exposure */
    ASK_ABORT,        /* exposure, focuser */
    ASK_COOL,         /* on, x: degrees C */
    ASK_FOCUS_TO,     /* n */
    ASK_FOCUS_BY,     /* n: steps, positive outward */
    ASK_FILTER,       /* n: slot from 1 */
    ASK_DOME_AZ,      /* az_rad */
    ASK_DOME_SHUTTER, /* on: open */
    ASK_DOME_PARK,
    ASK_DOME_SLAVE, /* on */
    ASK_SWITCH,     /* n: which from 0, x: value */
    ASK_PROPERTY    /* property, element, text */
};
struct exposure {
    double seconds;
    enum frame_kind kind;
    int bin, x, y, w, h; /* 0: as it stands; w 0: whole chip. x y w h in unbinned pixels */
    double gain, offset; /* NAN: as it stands */
    const char
        *path; /* where a driver that writes itself (INDI on this machine) should write; NULL */
};
struct device_request {
    enum device_verb verb;
    double ra_rad, dec_rad, az_rad, lat_rad, lon_rad, x;
    int n, move_ms;
    bool on;
    enum move_direction direction;
    enum track_rate rate;
    struct exposure exposure;
    const char *property, *element, *text;
};

/* struct device_frame - an image as it came: 16 bit pixels, row by row from the first the camera sent, or a FITS file
 * as bytes (fits not NULL; then pixel is NULL), or the path of one that the driver wrote itself.
 * begin_ns, end_ns: wall clock, shutter open and closed; -1 unknown. */
struct device_frame {
    int width, height, bin;
    uint16_t *pixel;
    uint8_t *fits;
    size_t n_fits;
    char *path;
    double exposure_s;
    int64_t begin_ns, end_ns;
    enum frame_kind kind;
    double temp_degc, gain, offset;
};
void device_frame_free(struct device_frame *f);

/* struct device_property - one of those that no key is made for (INDI's all; Alpaca's and native few): shown and set
 * as text. state: as INDI has it. Texts are clean and owned by the device. */
enum property_state { PROPERTY_IDLE, PROPERTY_OK, PROPERTY_BUSY, PROPERTY_ALERT };
struct device_element {
    const char *name, *label, *value, *min, *max, *step;
};
struct device_property {
    const char *name, *label, *group, *type; /* text number switch light blob */
    enum property_state state;
    bool writable;
    int64_t changed_ms;
    const char *message; /* the last word of the driver about it */
    VEC(struct device_element) element;
};

/* Words: device_kind_name "mount"; device_link_name "ready"; device_verb_name "slew". */
const char *device_kind_name(enum device_kind k);
const char *device_link_name(enum device_link l);
const char *device_verb_name(enum device_verb v);

#endif
