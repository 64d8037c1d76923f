/* gzip.h - bytes of a gzip'd file (RFC 1952) or of zlib (RFC 1950), unpacked in pieces, by zlib.
 * Not: packing; HTTP's own Content-Encoding (curl undoes that).
 */
#ifndef VIGIE_FORMATS_GZIP_H
#define VIGIE_FORMATS_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"

/* gunzip_sink - takes n unpacked bytes; what it returns but OK stops the unpacking. */
typedef enum status gunzip_sink(void *arg, const void *bytes, size_t n, struct error *err);

struct gunzip;

/* gunzip_new - an unpacker. max: unpacked bytes, more is E_RANGE (a small file may unpack to
 * anything). gunzip_free takes NULL.
 *   test  tests/formats/check_gzip.c */
struct gunzip *gunzip_new(uint64_t max, gunzip_sink *sink, void *arg);
/* gunzip_zlib_new - the same for bytes with zlib's own header (RFC 1950): INDI's .fits.z. */
struct gunzip *gunzip_zlib_new(uint64_t max, gunzip_sink *sink, void *arg);
void gunzip_free(struct gunzip *g);

/* gunzip_doubt - from now on more than `from` unpacked bytes that are more than `times` those that came
 * are E_RANGE too: nothing but a bomb, or emptiness, packs so well (tables by 5 to 50). */
void gunzip_doubt(struct gunzip *g, uint64_t from, unsigned times);

/* gunzip_feed - n more bytes; several members one behind the other are one text. gunzip_end - the
 * end: E_PARSE if the last member is cut off. */
enum status gunzip_feed(struct gunzip *g, const void *bytes, size_t n,
                        struct error *err) MUST_CHECK;
enum status gunzip_end(struct gunzip *g, struct error *err) MUST_CHECK;

/* gunzip_begins - whether n bytes begin a gzip'd file (two bytes tell). */
bool gunzip_begins(const void *bytes, size_t n);

#endif
