/* json.h - JSON (RFC 8259): a push reader fed in pieces, a value tree for small documents, a
 * writer. Not: any meaning of a document; JSON lines are one json_parse a line. yajl lies behind the
 * reader (json.c only).
 */
#ifndef VIGIE_FORMATS_JSON_H
#define VIGIE_FORMATS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

/* struct json_events - what the reader finds, in document order. Any of them may be NULL. Texts are
 * n bytes of valid UTF-8 without an end mark (they may hold a zero byte), borrowed for the call; a
 * half of a surrogate pair (\ud800 alone) and overlong bytes are U+FFFD. A number keeps its digits:
 * json_double and json_int64 read them. A key that comes twice is reported twice. Return false to
 * stop: the reader then answers E_CANCELLED, or what json_reader_stop said. */
struct json_events {
    bool (*start_object)(void *arg);
    bool (*key)(void *arg, const char *s, size_t n);
    bool (*end_object)(void *arg);
    bool (*start_array)(void *arg);
    bool (*end_array)(void *arg);
    bool (*string)(void *arg, const char *s, size_t n);
    bool (*number)(void *arg, const char *digits, size_t n);
    bool (*boolean)(void *arg, bool b);
    bool (*null)(void *arg);
};

/* struct json_limits - bounds of a reading; a zero field takes the default in brackets.
 *   depth      nesting of objects and arrays [64]
 *   bytes      of the document [64 MiB; at most 1 GiB]
 *   nodes      values of a tree [200000], json_parse only
 *   nonfinite  take the words NaN, Infinity, -Infinity where a value stands (Python's json writes
 *              them); they are given to `number` as "nan", "inf", "-inf"
 *   many       several documents one behind the other are read, not refused */
struct json_limits {
    size_t depth, bytes, nodes;
    bool nonfinite, many;
};

struct json_reader;

/* json_reader_new - a reader. events: borrowed for its life. limits: copied, NULL for defaults.
 * json_reader_free takes NULL too.
 *   test  tests/formats/check_json.c */
struct json_reader *json_reader_new(const struct json_events *events, void *arg,
                                    const struct json_limits *limits);
void json_reader_free(struct json_reader *r);

/* json_feed - n more bytes. After a failure the reader stays failed with the same error.
 *   err   E_PARSE "byte 1042: unallowed token ...", E_RANGE (a bound; it says which), E_CANCELLED */
enum status json_feed(struct json_reader *r, const void *bytes, size_t n,
                      struct error *err) MUST_CHECK;

/* json_finish - the end of the input: E_PARSE if the document is not whole ("cut off after byte
 * 1200000") or if there was none. */
enum status json_finish(struct json_reader *r, struct error *err) MUST_CHECK;

/* json_reader_stop - for a callback that returns false: what feed answers. json_reader_at - bytes
 * fed so far (in a callback: before the piece that is being read). */
void json_reader_stop(struct json_reader *r, enum status status, const char *why);
uint64_t json_reader_at(const struct json_reader *r);

/* json_double - the number that n digits write; NAN if they write none, infinite if no double holds
 * it. json_int64 - whether they are an integer (no point, no exponent) that fits, and its value. */
double json_double(const char *digits, size_t n);
bool json_int64(const char *digits, size_t n, int64_t *i);

/* ---- value tree ---- */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* struct json - a value. Children of an array or object: first, then next, in document order, n of
 * them; a child of an object has its key. text: of a string (n bytes, then a zero byte) or the
 * digits of a number. All in the arena given to json_parse. */
struct json {
    enum json_type type;
    bool truth;  /* JSON_BOOL */
    bool is_int; /* JSON_NUMBER: an integer that fits in i */
    int64_t i;
    double x; /* JSON_NUMBER; NAN for every other type */
    const char *text;
    size_t n; /* bytes of text, or number of children */
    const char *key;
    size_t key_n;
    struct json *first, *next;
};

/* json_parse - a whole document (n bytes) to a tree in `arena`. Keys that come twice are both kept;
 * json_get finds the last (as browsers and Python do).
 *   err   as json_feed and json_finish
 *   test  tests/formats/check_json.c */
enum status json_parse(struct arena *arena, const char *s, size_t n,
                       const struct json_limits *limits, const struct json **value,
                       struct error *err) MUST_CHECK;

/* json_get - the member of an object; json_item - the i-th child; json_path - "a.b.0.c", names and
 * indices from v down. NULL if there is none, if v is NULL or of another type. Borrowed. */
const struct json *json_get(const struct json *v, const char *key);
const struct json *json_item(const struct json *v, size_t i);
const struct json *json_path(const struct json *v, const char *path);

/* json_text - the text of a string, NULL for anything else. json_number - the number, NAN for
 * anything else. Both take NULL: json_number(json_get(v, "ra")). */
const char *json_text(const struct json *v);
double json_number(const struct json *v);

/* ---- writer ---- */

/* struct json_writer - writes one document into `out` on one line. json_write begins; then
 *   json_object(w); json_key(w, "name"); json_string(w, "x"); json_end(w);
 * Calls in a wrong order are a bug (ensure). Strings: control and bidi characters and whatever else
 * utf8_harmful names are \uXXXX (a surrogate pair above U+FFFF), broken bytes \ufffd.
 *   test  tests/formats/check_json.c */
struct json_writer {
    struct str *out;
    unsigned depth;
    bool keyed;    /* a key waits for its value */
    char kind[64]; /* '{' or '[' of each open level */
    bool some[64]; /* something stands in it */
};
void json_write(struct json_writer *w, struct str *out);
void json_object(struct json_writer *w);
void json_array(struct json_writer *w);
void json_end(struct json_writer *w); /* closes the innermost object or array */
void json_key(struct json_writer *w, const char *key);

/* Values. json_string(NULL), json_fixed and json_shortest of NAN or infinity: null.
 * json_fixed - with `decimals` digits behind the point (0 .. 17). json_shortest - the fewest digits
 * that read back the same double. json_digits - a number already written as text, checked to be
 * one. json_raw - JSON that the caller vouches for. */
void json_string(struct json_writer *w, const char *s);
void json_stringn(struct json_writer *w, const char *s, size_t n);
void json_fixed(struct json_writer *w, double x, int decimals);
void json_shortest(struct json_writer *w, double x);
void json_int(struct json_writer *w, int64_t i);
void json_digits(struct json_writer *w, const char *digits);
void json_bool(struct json_writer *w, bool b);
void json_null(struct json_writer *w);
void json_raw(struct json_writer *w, const char *json);

#endif
