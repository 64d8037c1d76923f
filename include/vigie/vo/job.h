/* job.h - a query that runs on the server for as long as it takes (TAP async, UWS 1.1): start, watch,
 * fetch, abort, delete; taken up again by its URL after a restart.
 * Not: keeping the URL (the caller stores what `changed` tells), queries in one go (simple.h).
 * Source: UWS 1.1 (IVOA), section 2; TAP 1.1, section 2.
 */
#ifndef VIGIE_VO_JOB_H
#define VIGIE_VO_JOB_H

#include "vigie/vo/proto.h"

/* What the service says of the job; VO_JOB_NEW: it has not been made yet; VO_JOB_LOST: it is not there
 * any more, or the service did not answer for too long. */
enum vo_job_phase {
    VO_JOB_NEW,
    VO_JOB_PENDING,
    VO_JOB_QUEUED,
    VO_JOB_EXECUTING,
    VO_JOB_COMPLETED,
    VO_JOB_ERROR,
    VO_JOB_ABORTED,
    VO_JOB_HELD,
    VO_JOB_SUSPENDED,
    VO_JOB_ARCHIVED,
    VO_JOB_LOST
};

struct vo_job;

/* vo_job_changed_fn - the phase has changed, or the URL is known: keep it before anything else.
 * vo_job_done_fn - the end, once: an answer as of vo_ask (err.status OK: the table; E_REFUSED: the
 * service's own message; E_CANCELLED: aborted). The job can be freed in it. */
typedef void vo_job_changed_fn(void *arg, const struct vo_job *job);
typedef void vo_job_done_fn(void *arg, struct vo_job *job, struct vo_answer *answer);

/* struct vo_job_setup - copied. name: of the service, for sentences (NULL: the host); base: of TAP;
 * first_ms, longest_ms: pauses between questions for the phase, the first and the longest [1 s, 30 s];
 * patience: so many questions without an answer, one behind the other, and the job is lost [20];
 * upload: tables that go with the query, borrowed for the call of vo_job_start. */
struct vo_job_setup {
    struct http *http;
    const char *name, *base, *adql;
    uint64_t max_rows;
    const struct proto_upload *upload;
    size_t n_upload;
    struct table_limits limits;
    int64_t first_ms, longest_ms;
    int patience;
    vo_job_changed_fn *changed;
    vo_job_done_fn *done;
    void *arg;
};

/* vo_job_start - make the job and set it going. vo_job_resume - watch the one at `url` (started if it is
 * pending; setup->base and adql are not used). NULL with err if nothing can be sent.
 *   test  tests/vo/check_job.c */
struct vo_job *vo_job_start(const struct vo_job_setup *setup, struct error *err);
struct vo_job *vo_job_resume(const struct vo_job_setup *setup, const char *url, struct error *err);

/* vo_job_abort - the service is asked to stop it; done is called with E_CANCELLED when it has, or does
 * not answer. vo_job_delete - the service is asked to forget it (its answer is not waited for); only
 * when it is done. vo_job_free - stop watching; the job itself runs on. NULL is fine. */
void vo_job_abort(struct vo_job *job);
void vo_job_delete(struct vo_job *job);
void vo_job_free(struct vo_job *job);

/* vo_job_url - "" until it is known. vo_job_phase_name - "EXECUTING". */
const char *vo_job_url(const struct vo_job *job);
enum vo_job_phase vo_job_phase(const struct vo_job *job);
const char *vo_job_phase_name(enum vo_job_phase phase);

#endif
