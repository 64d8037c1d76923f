/* check_job.c - a job on a server that plays a script: made, started, watched, fetched; failing,
 * aborted, lost, taken up again. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/server.h"
#include "vigie/vo/job.h"

#define SEE(to)                                                                                    \
    "HTTP/1.1 303 See\r\nLocation: " to "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define TEXT(s) "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" s
#define VOT(s)  "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n" s
#define BUSY    "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define TABLE                                                                                      \
    "<VOTABLE><RESOURCE><TABLE><FIELD name=\"a\" "                                                 \
    "datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD>"                                            \
    "</TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
#define FAILED                                                                                     \
    "<VOTABLE><RESOURCE><INFO name=\"QUERY_STATUS\" value=\"ERROR\">no such "                      \
    "table</INFO></RESOURCE>"                                                                      \
    "</VOTABLE>"

struct seen {
    char phases[200], url[200], text[256];
    int done;
    enum status status;
    size_t rows;
    struct loop *loop;
};

static void on_changed(void *arg, const struct vo_job *job)
{
    struct seen *s = arg;
    size_t n = strlen(s->phases);
    snprintf(s->phases + n, sizeof s->phases - n, "%s ", vo_job_phase_name(vo_job_phase(job)));
    snprintf(s->url, sizeof s->url, "%s", vo_job_url(job));
}

static void on_done(void *arg, struct vo_job *job, struct vo_answer *a)
{
    struct seen *s = arg;
    s->done++;
    s->status = a->err.status;
    snprintf(s->text, sizeof s->text, "%s", a->err.status == OK ? "" : a->err.text);
    s->rows = a->doc && a->doc->tables.n ? a->doc->tables.at[0]->rows : 0;
    if (vo_job_phase(job) == VO_JOB_COMPLETED)
        vo_job_delete(job);
    loop_stop(s->loop);
}

static struct seen play(const struct server_step *steps, int n, const char *resume, bool abort_it,
                        char *requests, size_t size)
{
    struct server *server = server_start(steps, n);
    struct seen s = {.loop = loop_new(clock_system())};
    const struct http_options options = {.tries = 1, .backoff_ms = 1};
    struct http *h = http_new(s.loop, &options);
    struct error err;
    const struct vo_job_setup setup = {.http = h,
                                       .name = "TAP",
                                       .base = server_url(server, "/tap/"),
                                       .adql = "SELECT 1",
                                       .first_ms = 5,
                                       .longest_ms = 10,
                                       .patience = 3,
                                       .changed = on_changed,
                                       .done = on_done,
                                       .arg = &s};
    struct vo_job *job = resume ? vo_job_resume(&setup, server_url(server, resume), &err)
                                : vo_job_start(&setup, &err);
    ck_assert_msg(job != NULL, "%s", err.text);
    if (abort_it)
        vo_job_abort(job);
    if (!s.done)
        loop_run(s.loop);
    ck_assert_int_eq(s.done, 1);
    requests[0] = '\0';
    for (int k = 0; k < server_count(server); k++) {
        const char *r = server_request(server, k), *body = strstr(r, "\r\n\r\n");
        size_t at = strlen(requests);
        snprintf(requests + at, size - at, "%.*s%s%.12s|", (int)(strstr(r, " HTTP") - r), r,
                 body && body[4] ? " " : "", body ? body + 4 : "");
    }
    vo_job_free(job);
    http_free(h);
    loop_free(s.loop);
    server_stop(server);
    return s;
}

START_TEST(made_started_watched_fetched)
{
    static const struct server_step steps[] = {
        {.answer = SEE("/tap/async/7")}, {.answer = SEE("/tap/async/7")},
        {.answer = TEXT("QUEUED")},      {.answer = BUSY},
        {.answer = TEXT("EXECUTING\n")}, {.answer = TEXT("COMPLETED")},
        {.answer = VOT(TABLE)}};
    char requests[2000];
    struct seen s = play(steps, 7, NULL, false, requests, sizeof requests);
    ck_assert_str_eq(s.text, "");
    ck_assert_uint_eq(s.rows, 1);
    ck_assert_str_eq(s.phases, "PENDING QUEUED EXECUTING COMPLETED ");
    ck_assert(strstr(s.url, "/tap/async/7"));
    ck_assert_msg(strncmp(requests,
                          "POST /tap/async REQUEST=doQu|POST /tap/async/7/phase PHASE=RUN|GET "
                          "/tap/async/7/phase|GET /tap/async/7/phase|GET /tap/async/7/phase|GET "
                          "/tap/async/7/phase|GET /tap/async/7/results/result|",
                          190) == 0,
                  "%s", requests);
}
END_TEST

START_TEST(fails_with_its_own_words)
{
    static const struct server_step steps[] = {{.answer = SEE("/tap/async/7")},
                                               {.answer = SEE("/tap/async/7")},
                                               {.answer = TEXT("ERROR")},
                                               {.answer = VOT(FAILED)}};
    char requests[2000];
    struct seen s = play(steps, 4, NULL, false, requests, sizeof requests);
    ck_assert_int_eq(s.status, E_REFUSED);
    ck_assert_str_eq(s.text, "TAP: no such table");
    ck_assert_str_eq(s.phases, "PENDING ERROR ");
}
END_TEST

/* A job that has not been started when the program ended is started now. */
START_TEST(taken_up_again)
{
    static const struct server_step steps[] = {{.answer = TEXT("PENDING")},
                                               {.answer = SEE("/tap/async/9")},
                                               {.answer = TEXT("COMPLETED")},
                                               {.answer = VOT(TABLE)}};
    char requests[2000];
    struct seen s = play(steps, 4, "/tap/async/9", false, requests, sizeof requests);
    ck_assert_str_eq(s.text, "");
    ck_assert_uint_eq(s.rows, 1);
    ck_assert(strstr(requests, "GET /tap/async/9/phase|POST /tap/async/9/phase PHASE=RUN|"));
}
END_TEST

/* Aborted by another run: the wish is sent, and the end is when the service says so. */
START_TEST(aborted_by_its_address)
{
    static const struct server_step steps[] = {{.answer = SEE("/tap/async/1")},
                                               {.answer = TEXT("EXECUTING")},
                                               {.answer = TEXT("ABORTED")}};
    char requests[2000];
    struct seen s = play(steps, 3, "/tap/async/1", true, requests, sizeof requests);
    ck_assert_int_eq(s.status, E_CANCELLED);
    ck_assert_str_eq(s.phases, "EXECUTING ABORTED ");
    ck_assert(
        strncmp(
            requests,
            "POST /tap/async/1/phase PHASE=ABORT|GET /tap/async/1/phase|GET /tap/async/1/phase|",
            80) == 0);
}
END_TEST

START_TEST(aborted_and_lost)
{
    static const struct server_step aborted[] = {{.answer = TEXT("EXECUTING")},
                                                 {.answer = TEXT("ABORTED")}};
    static const struct server_step busy[] = {{.answer = BUSY}};
    static const struct server_step gone[] = {
        {.answer = "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}};
    static const struct server_step no_job[] = {{.answer = TEXT("hello")}};
    char requests[4000];
    struct seen s = play(aborted, 2, NULL, true, requests, sizeof requests);
    ck_assert_int_eq(s.status, E_CANCELLED);
    s = play(aborted, 2, "/tap/async/1", false, requests, sizeof requests);
    ck_assert_int_eq(s.status, E_CANCELLED);
    ck_assert_str_eq(s.phases, "EXECUTING ABORTED ");
    s = play(busy, 1, "/tap/async/1", false, requests, sizeof requests);
    ck_assert_int_eq(s.status, E_NET);
    ck_assert_str_eq(s.phases, "LOST ");
    s = play(gone, 1, "/tap/async/1", false, requests, sizeof requests);
    ck_assert_int_eq(s.status, E_ABSENT);
    s = play(no_job, 1, NULL, false, requests, sizeof requests);
    ck_assert_int_eq(s.status, E_PARSE);
    ck_assert_str_eq(s.text, "TAP: made no job of the query (HTTP 200)");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("job");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, made_started_watched_fetched);
    tcase_add_test(c, fails_with_its_own_words);
    tcase_add_test(c, taken_up_again);
    tcase_add_test(c, aborted_by_its_address);
    tcase_add_test(c, aborted_and_lost);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
