/* server.h - a very small HTTP/1.1 server in a thread of the test, which plays a script: good
 * answers and every bad one. Loopback only. Not: a real server.
 */
#ifndef VIGIE_TESTS_IO_SERVER_H
#define VIGIE_TESTS_IO_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/* struct server_step - what the k-th request gets (the last step again and again).
 *   answer     raw bytes, ended by a zero byte unless n is given
 *   n          length of answer
 *   repeat     answer is sent this often (0: once), after `head`
 *   head       sent first, may be NULL
 *   wait_ms    before anything is sent; negative: nothing is ever sent
 *   drip_ms    between each two bytes of answer
 *   then       after the answer: close (default), or keep the connection open, silent */
struct server_step {
    const char *answer;
    size_t n;
    int repeat;
    const char *head;
    int wait_ms, drip_ms;
    enum { THEN_CLOSE, THEN_SILENCE } then;
};

struct server;

/* server_start - on a free port of 127.0.0.1; steps are borrowed. Proxies of the environment are
 * switched off for the test. server_stop ends it, also in the middle of an answer. */
struct server *server_start(const struct server_step *steps, int n);
void server_stop(struct server *s);
int server_port(const struct server *s);

/* server_url - "http://127.0.0.1:PORT" + path; static storage, four at a time. */
const char *server_url(const struct server *s, const char *path);

/* server_count - requests so far. server_request - the k-th request as it came (header and body),
 * "" if there was none. server_most - the most requests that were open at once. */
int server_count(const struct server *s);
const char *server_request(const struct server *s, int k);
int server_most(const struct server *s);

#endif
