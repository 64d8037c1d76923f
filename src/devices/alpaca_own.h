/* alpaca_own.h - the parts of the Alpaca client among themselves.
 *   alpaca.c         a device's life: connect, poll, lost and back; hubs; the face of backend.h
 *   alpaca_facts.c   which methods are read of each kind, and what they mean in terms of device.h
 *   alpaca_ask.c     requests as PUTs and what they wait for
 *   alpaca_image.c   imagearray and imagebytes
 *   alpaca_find.c    discovery
 * Source: "ASCOM Alpaca API Reference" and "ASCOM Alpaca Management API", ASCOM Initiative 2019.
 */
#ifndef VIGIE_SRC_DEVICES_ALPACA_OWN_H
#define VIGIE_SRC_DEVICES_ALPACA_OWN_H

#include "backend.h"
#include "vigie/base/str.h"
#include "vigie/formats/json.h"
#include "vigie/io/http.h"

/* The errors that mean something here (ErrorNumber). */
enum { ALPACA_NOT_IMPLEMENTED = 0x400, ALPACA_VALUE_NOT_SET = 0x402, ALPACA_NOT_CONNECTED = 0x407 };

/* struct alpaca_fact - a method that is read. name: "rightascension", "getswitchvalue?Id=3". once: at connect only.
 * number: also of a boolean; text: of a list, its parts by '\n'. missing: the device has it not. known: it was read. */
struct alpaca_fact {
    char *name, *text;
    bool once, known, missing;
    double number;
};

enum alpaca_type {
    ALPACA_TELESCOPE,
    ALPACA_CAMERA,
    ALPACA_FOCUSER,
    ALPACA_WHEEL,
    ALPACA_DOME,
    ALPACA_WEATHER,
    ALPACA_SAFETY,
    ALPACA_SWITCH,
    ALPACA_COVER,
    ALPACA_OTHER
};

/* struct alpaca_put - one PUT of a request. */
struct alpaca_put {
    char *method, *form;
};

/* struct alpaca_ask - a request under way: PUTs one after the other, then a state that the polls must show. over: whether
 * it is reached (NULL: with the last answer). from_cycle: polls begun before do not count. */
struct alpaca_unit;
struct alpaca_ask {
    uint64_t ticket, http;
    enum device_verb verb;
    VEC(struct alpaca_put) put;
    size_t at;
    bool sent_all, urgent, image;
    uint64_t from_cycle;
    int64_t deadline_ms, hold_ms, sent_ms;
    bool (*over)(struct alpaca_unit *u, const struct alpaca_ask *a);
    double goal[2]; /* ra_rad, dec_rad of a slew; else what is asked */
    enum move_direction direction;
    int speed;
    struct alpaca_unit *unit;
};

enum alpaca_phase { ALPACA_OFF, ALPACA_ASKING, ALPACA_READING, ALPACA_READY, ALPACA_DOWN };

struct alpaca_unit {
    struct slot *slot;
    const struct device_config *config;
    struct alpaca_unit *hub;
    struct loop *loop;
    const struct clock *clock;
    struct http *http;
    char *host, *type_name, *unique, *device_name; /* host: "192.168.0.12:11111" */
    int number;
    enum alpaca_type type;
    enum device_kind kind;
    bool is_hub, wanted, was_ready, restarted, soon;
    enum alpaca_phase phase;
    VEC(struct alpaca_fact) fact;
    size_t reading; /* which fact is being read */
    uint64_t cycle, http_id, image_id, timer, watch;
    int64_t cycle_ms;
    int failed; /* reads in a row that got no answer */
    bool sound; /* this cycle so far */
    int backoff_ms;
    VEC(struct alpaca_ask *) ask;
    VEC(struct alpaca_unit *) unit; /* of a hub */
    struct alpaca_find *find;
    int64_t begin_ns;
    double exposure_s;
    enum frame_kind frame_kind;
    bool fetching; /* an image is on its way */
    struct alpaca_work *work;
};

/* ---- alpaca.c ---- */
/* alpaca_get, alpaca_put - a request; fn gets the answer's Value (NULL: none), or why not. err->status E_DEVICE: the device
 * said so (number: its ErrorNumber); E_NET, E_TIMEOUT: nobody answered. Returns the request's id, 0: it could not be sent
 * (fn is not called). */
typedef void alpaca_fn(void *arg, const struct json *value, int number, const struct error *err);
uint64_t alpaca_send(struct alpaca_unit *u, const char *method, const char *form, bool urgent,
                     int64_t wait_ms, alpaca_fn *fn, void *arg, struct error *err);
void alpaca_url(const struct alpaca_unit *u, const char *method, struct str *out);
/* alpaca_soon - the next cycle of polls begins at once. */
void alpaca_soon(struct alpaca_unit *u);

/* ---- alpaca_facts.c ---- */
/* alpaca_facts_make - the methods that are read of a type. alpaca_fact_take - an answer to one. alpaca_number, alpaca_text:
 * NAN and "" if it is not known. alpaca_values - what they mean; false: what matters is not known. */
void alpaca_facts_make(struct alpaca_unit *u);
void alpaca_facts_clear(struct alpaca_unit *u);
void alpaca_fact_add(struct alpaca_unit *u, const char *name, bool once);
void alpaca_fact_take(struct alpaca_unit *u, struct alpaca_fact *f, const struct json *value);
/* struct alpaca_setter - a fact that can be set without moving anything: by which PUT and parameter; kind: n a number, i a whole
 * one, b a truth. alpaca_settable - NULL: it cannot. alpaca_facts_again - what is read once is read once more. */
struct alpaca_setter {
    enum alpaca_type type;
    const char *fact, *method, *parameter;
    char kind;
};
const struct alpaca_setter *alpaca_settable(const struct alpaca_unit *u, const char *fact);
void alpaca_facts_again(struct alpaca_unit *u);
double alpaca_number(const struct alpaca_unit *u, const char *name);
const char *alpaca_text(const struct alpaca_unit *u, const char *name);
bool alpaca_true(const struct alpaca_unit *u, const char *name);
bool alpaca_values(struct alpaca_unit *u, union device_values *v);
unsigned alpaca_can(const struct alpaca_unit *u);
bool alpaca_moves(const struct alpaca_unit *u);
bool alpaca_type_of(const char *name, enum alpaca_type *type, enum device_kind *kind);
/* Places: ours are apparent, of date; those of a mount as its equatorialsystem says. false: a system that is not known. */
/* alpaca_unnamed - a sentence if the mount does not say which system it counts in; else NULL. */
const char *alpaca_unnamed(const struct alpaca_unit *u);
bool alpaca_place(const struct alpaca_unit *u, double ra_rad, double dec_rad, bool to_device,
                  double *ra_out, double *dec_out);
enum { ALPACA_SPEEDS = 4 };
double alpaca_speed(const struct alpaca_unit *u,
                    int n); /* degrees a second; NAN: it cannot be moved by hand */

/* ---- alpaca_ask.c ---- */
enum status alpaca_unit_ask(struct alpaca_unit *u, const struct device_request *r, uint64_t ticket,
                            struct error *err);
void alpaca_asks_tick(struct alpaca_unit *u); /* a cycle of polls has ended, or time went on */
void alpaca_asks_end(struct alpaca_unit *u, bool moving_only, enum status status, const char *why);
void alpaca_asks_free(struct alpaca_unit *u);
void alpaca_ask_end(struct alpaca_unit *u, struct alpaca_ask *a, enum status status,
                    const char *why);
struct alpaca_ask *alpaca_ask_find(const struct alpaca_unit *u, enum device_verb verb);

/* ---- alpaca_image.c ---- */
/* struct alpaca_image - 16 bit pixels, row by row; or, where these do not hold all values or it has colours, a FITS file
 * (pixel is then NULL): BITPIX 32, -32 or -64, the colours as planes. alpaca_image_bytes - the binary form, alpaca_image_json -
 * the other. err: E_DEVICE with the device's words, E_PARSE, E_RANGE.
 *   test     tests/devices/check_alpaca_image.c, tests/fuzz/fuzz_imagebytes.c */
struct alpaca_image {
    int width, height;
    uint16_t *pixel;
    uint8_t *fits;
    size_t n_fits;
};
void alpaca_image_clear(struct alpaca_image *image);
enum status alpaca_image_bytes(const uint8_t *bytes, size_t n, size_t max_pixels,
                               struct alpaca_image *image, struct error *err) MUST_CHECK;
enum status alpaca_image_json(const char *bytes, size_t n, size_t max_pixels,
                              struct alpaca_image *image, struct error *err) MUST_CHECK;
/* alpaca_image_fetch - ask for the image that is ready, unpack it in the pool, hand it over. alpaca_image_drop - the unit
 * ends: nothing comes any more. */
void alpaca_image_fetch(struct alpaca_unit *u);
void alpaca_image_drop(struct alpaca_unit *u);

/* ---- alpaca_find.c ---- */
/* alpaca_find_new - ask the network who is there; fn for each server that answers ("192.168.0.12:11111",
 * "[fd00::2]:11111"), each once; by IPv6 only if nobody answers by IPv4.
 * alpaca_find_free ends it.
 *   port     32227 but in tests; err: no socket could be had */
enum { ALPACA_FIND_PORT = 32227 };
typedef void alpaca_find_fn(void *arg, const char *host);
struct alpaca_find *alpaca_find_new(struct loop *loop, int port, alpaca_find_fn *fn, void *arg,
                                    struct error *err);
void alpaca_find_free(struct alpaca_find *f);

#endif
