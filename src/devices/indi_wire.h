/* indi_wire.h - INDI's stream, protocol 1.7: bytes in, vectors out; commands as text; numbers both ways. A pure machine:
 * no descriptor, no clock. Everything is bounded: it comes from anybody.
 * Source: "INDI: Instrument-Neutral Distributed Interface" 1.7, E. C. Downey 2007; seen at indiserver 1.9.9.
 * Not: what is remembered of it (indi_model.h).
 */
#ifndef VIGIE_SRC_DEVICES_INDI_WIRE_H
#define VIGIE_SRC_DEVICES_INDI_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

enum indi_tag { INDI_DEF, INDI_SET, INDI_DEL, INDI_MESSAGE };
enum indi_type { INDI_TEXT, INDI_NUMBER, INDI_SWITCH, INDI_LIGHT, INDI_BLOB };
enum indi_state { INDI_UNSAID = -1, INDI_IDLE, INDI_OK, INDI_BUSY, INDI_ALERT };
enum indi_rule { INDI_ONE_OF_MANY, INDI_AT_MOST_ONE, INDI_ANY_OF_MANY };

/* struct indi_item - an element of a vector. value: without blanks around it; "" of a BLOB. number: of a number, or 1
 * and 0 of a switch, or the state of a light; NAN. A BLOB has its bytes (decoded; taken out by setting blob.s to NULL,
 * see str_take), the sizes it claims and its format (".fits"). */
struct indi_item {
    const char *name, *label, *value, *format;
    double number, min, max, step;
    struct str blob;
    double size, len; /* as claimed: of the bytes unpacked, and as sent; NAN */
    bool broken;      /* the base64 is cut or is none */
};

/* struct indi_vector - what an element of the stream says. Texts are "" when not said, borrowed for the call. state:
 * INDI_UNSAID: unchanged. timeout_s: NAN not said. */
struct indi_vector {
    enum indi_tag tag;
    enum indi_type type;
    const char *device, *name, *label, *group, *message;
    enum indi_state state;
    enum indi_rule rule;
    bool readable, writable;
    double timeout_s;
    VEC(struct indi_item) item;
};

/* struct indi_reader - vector: for each that is whole; may be told NULL items. progress: bytes of a BLOB have come (may
 * be NULL). Vectors that break the protocol (no device, a name with control characters, too many elements) are passed
 * over and counted. */
struct indi_events {
    void (*vector)(void *arg, struct indi_vector *v);
    void (*progress)(void *arg, const char *device, const char *name, size_t got, double size);
    void *arg;
};
struct indi_reader;
struct indi_reader *indi_reader_new(const struct indi_events *events, size_t max_blob);
void indi_reader_free(struct indi_reader *r);

/* indi_feed - n more bytes, in any pieces. err: E_PARSE, E_RANGE: the stream cannot be followed any further: the
 * connection must be made anew. indi_refused - vectors passed over so far.
 *   test     tests/devices/check_indi_wire.c, tests/fuzz/fuzz_indi.c */
enum status indi_feed(struct indi_reader *r, const char *bytes, size_t n,
                      struct error *err) MUST_CHECK;
size_t indi_refused(const struct indi_reader *r);

/* indi_number - a number as INDI writes it: decimal, or sexagesimal with ':' ';' or blanks between the fields
 * ("-0:30:00", "12 34.5"); a minus belongs to all fields. NAN if it is none.
 * indi_format - a number in the format of its property: "%10.6m" is sexagesimal (3 :mm, 5 :mm.m, 6 :mm:ss, 8 :mm:ss.s,
 * 9 :mm:ss.ss), everything else that is no plain floating format is written as %g.
 *   returns  out
 *   test     tests/devices/check_indi_wire.c */
enum { INDI_NUMBER_TEXT = 64 };
double indi_number(const char *text);
const char *indi_format(const char *format, double x, char out[INDI_NUMBER_TEXT]);

/* Commands, added to out. indi_write_get: device and name may be NULL. indi_write_new: a whole command;
 *   name, value   [n]; numbers are written by the caller (%.17g reads back the same) */
void indi_write_get(struct str *out, const char *device, const char *name);
void indi_write_blob(struct str *out, const char *device, const char *policy);
void indi_write_new(struct str *out, enum indi_type type, const char *device, const char *property,
                    const char *const *name, const char *const *value, size_t n);

#endif
