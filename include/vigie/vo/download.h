/* download.h - a dataset into a file: size and progress, a limit, broken lines taken up where they
 * broke, the name only when it is whole. Not: which (proto.h, datalink.h).
 * Source: RFC 9110, section 14 (ranges).
 */
#ifndef VIGIE_VO_DOWNLOAD_H
#define VIGIE_VO_DOWNLOAD_H

#include "vigie/io/http.h"

/* struct download_result - err OK: the file is whole. E_RANGE: larger than allowed. path: as it lies
 * there; of a download that failed: what has come so far lies in PATH.part, and a later download_start
 * goes on there if the service still has the same. bytes: in the file. type: MIME, "" if not said. */
struct download_result {
    struct error err;
    const char *path, *type;
    uint64_t bytes;
    int resumed; /* times that it went on where it broke */
};

/* download_progress_fn - got bytes of total (0: not known); at most ten times a second. */
typedef void download_progress_fn(void *arg, uint64_t got, uint64_t total);
typedef void download_done_fn(void *arg, const struct download_result *r);

/* struct download_setup - copied. name: of the service, for sentences (NULL: the host). path: NULL or a
 * folder (ending in /): named after what the service calls it, else after the URL, never outside that folder
 * and never over a file that is there ("x-2.fits"). max_bytes [4 GB]; tries: how often a line that breaks
 * is taken up [8]. */
struct download_setup {
    struct http *http;
    const char *name, *url, *path;
    uint64_t max_bytes;
    int tries;
    download_progress_fn *progress;
    download_done_fn *done;
    void *arg;
};

/* download_start - NULL with err. download_cancel - `done` is called with E_CANCELLED before it
 * returns. download_free - in `done` or after it; NULL is fine; while it runs: ends it without a
 * callback.
 *   test  tests/vo/check_download.c */
struct download;
struct download *download_start(const struct download_setup *setup, struct error *err);
void download_cancel(struct download *d);
void download_free(struct download *d);

/* download_name - a file name for a dataset: of the header Content-Disposition (NULL: none), else the
 * end of the URL; only letters, digits, . _ - +; an ending by the MIME type if it has none. */
void download_name(struct str *out, const char *disposition, const char *url, const char *type);

#endif
