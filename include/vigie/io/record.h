/* record.h - answers of the network written to a folder, and given back from it: for tests and for
 * showing the program without a network. Not: a cache (keep.h): an answer is given back whatever
 * its age.
 *
 * A file an answer, named METHOD-HOST-PATH-HASH-N.http (N: first, second... time the same thing was
 * asked), so that a folder can be read, sorted and edited:
 *
 *     GET https://www.exoclock.space/database/planets_json
 *
 *     200
 *     content-type: application/json
 *     etag: "65f1"
 *
 *     {"WASP-12b": ...                      the body as unpacked, to the end of the file
 *
 * A request that failed has, in place of the code, "error KIND: sentence". Of a request that holds
 * a secret only method, host and path are written and compared.
 */
#ifndef VIGIE_IO_RECORD_H
#define VIGIE_IO_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

struct record;

/* record_new - a folder to write to or read from; each counts from the first answer. */
struct record *record_new(const char *folder);
void record_free(struct record *r);

/* struct record_entry - one question and its answer. code 0: failed as `failure` says. headers:
 * lines "name: value\n". */
struct record_entry {
    struct str body, headers;
    int code;
    struct error failure;
};
void record_entry_clear(struct record_entry *e);

/* record_put - write the answer to the question: method, url, body (n_body bytes; what tells two
 * POSTs apart). secret: see above.
 *   test     tests/io/check_record.c */
enum status record_put(struct record *r, const char *method, const char *url, const void *body,
                       size_t n_body, bool secret, const struct record_entry *e,
                       struct error *err) MUST_CHECK;

/* record_get - the answer to the question: the first one asked for first; after the last one the
 * last one again. e is emptied first. max: largest file, bytes.
 *   err      E_ABSENT  not recorded: names the file that would hold it */
enum status record_get(struct record *r, const char *method, const char *url, const void *body,
                       size_t n_body, bool secret, size_t max, struct record_entry *e,
                       struct error *err) MUST_CHECK;

#endif
