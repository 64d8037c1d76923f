/* keep.h - the stored copy of one answer of a service: its bytes in a file, and in a second one when
 * it was fetched and how to ask whether it changed. Not: asking (http.h), nor whether the bytes make
 * sense (the caller checks them before they are kept).
 *
 * NAME is the body; NAME.meta holds lines "key: value" (url, fetched in seconds since 1970, etag, last-modified, size,
 * hash); NAME.previous is the body before. The marks name the body they belong to by size and hash,
 * and are written after it: whatever is interrupted when, an old body never has a new mark.
 */
#ifndef VIGIE_IO_KEEP_H
#define VIGIE_IO_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

/* struct keep - what lies there. body: the bytes; fetched_ns: wall time at which the service gave or
 * last confirmed it (0: not known); etag, last_modified: "" if there are none. `marked`: the marks
 * were there and belong to this body; else fetched_ns is the file's own time. */
struct keep {
    struct str body;
    int64_t fetched_ns;
    bool marked;
    struct str etag, last_modified;
};
void keep_clear(struct keep *k);

/* keep_read - the copy at `path`, of at most `max` bytes, answered by `url` (marks of another url do
 * not count).
 *   err      E_ABSENT if there is none; as file_read
 *   test     tests/io/check_keep.c */
enum status keep_read(const char *path, const char *url, size_t max, struct keep *k,
                      struct error *err) MUST_CHECK;

/* keep_write - a new body with its marks takes the copy's place, which becomes NAME.previous. On
 * failure the old copy is as it was, or the new one lies there without marks. */
enum status keep_write(const char *path, const char *url, const void *body, size_t n,
                       const char *etag, const char *last_modified, int64_t fetched_ns,
                       struct error *err) MUST_CHECK;

/* keep_renew - the service confirmed the copy (304): only its time is changed. k: as read; its
 * fetched_ns is set. etag, last_modified: new ones, or "" to leave them. */
enum status keep_renew(const char *path, const char *url, struct keep *k, const char *etag,
                       const char *last_modified, int64_t fetched_ns, struct error *err) MUST_CHECK;

/* keep_name - add a file name for the answer to `question`: KIND-HASH.ENDING, the same for the same
 * question. keep_prune - of the copies in `folder` whose names begin with `kind`, only the `most` youngest
 * stay. */
void keep_name(struct str *out, const char *kind, const char *question, const char *ending);
void keep_prune(const char *folder, const char *kind, size_t most);

#endif
