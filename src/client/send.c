/* send.c - see client.h: Lua for the running session; what it prints comes back on our own standard
 * output, what goes wrong on standard error.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "start.h"
#include "vigie/base/clock.h"
#include "vigie/base/mem.h"
#include "vigie/base/wire.h"

enum { PING_MS = 2500, SILENT_MS = 10000, EXIT_NO = 1 };

struct sending {
    int fd, exit_status;
    bool over;
    struct wire_in in;
    struct str out;
    size_t at;
    int64_t heard_ms;
    bool asked;
};

static int64_t now_ms(void)
{
    return CLOCK_MS(clock_system());
}

static void end(struct sending *s, int exit_status, const char *why, size_t n)
{
    s->over = true;
    s->exit_status = exit_status;
    if (n)
        fprintf(stderr, "vigie send: %.*s\n", (int)n, why);
}

static void end_text(struct sending *s, const char *why)
{
    end(s, EXIT_NO, why, strlen(why));
}

static void handle(struct sending *s, const struct wire_frame *f)
{
    if (f->type == WIRE_SCREEN &&
        (fwrite(f->bytes, 1, f->n, stdout) != f->n || fflush(stdout) != 0))
        end_text(s, "cannot write the answer (is the disk full, or the pipe closed?)");
    else if (f->type == WIRE_ERROR)
        fwrite(f->bytes, 1, f->n, stderr);
    else if (f->type == WIRE_BYE)
        end(s, f->n ? f->bytes[0] : EXIT_NO, (const char *)f->bytes + 1, f->n ? f->n - 1 : 0);
}

static void hear(struct sending *s)
{
    char buf[16384];
    struct wire_frame f;
    ssize_t n = recv(s->fd, buf, sizeof buf, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        end_text(
            s, "the session closed the line: it ended, or too many are at its door, or its answer "
               "was not read in time");
        return;
    }
    s->heard_ms = now_ms();
    s->asked = false;
    wire_feed(&s->in, buf, (size_t)n);
    int got = 0;
    while (!s->over && (got = wire_next(&s->in, &f)) == 1)
        handle(s, &f);
    if (got < 0)
        end_text(s, "the session does not speak this vigie's language");
}

static void turn(struct sending *s)
{
    struct pollfd f = {s->fd, POLLIN, 0};
    int64_t quiet = now_ms() - s->heard_ms;
    if (quiet >= PING_MS && !s->asked) { /* a line may take an hour; the session itself answers */
        wire_put(&s->out, WIRE_PING, NULL, 0);
        s->asked = true;
    }
    if (s->at < s->out.n)
        f.events |= POLLOUT;
    if (quiet >= SILENT_MS) {
        end_text(s, "the session does not answer");
        return;
    }
    if (poll(&f, 1, (int)(quiet < PING_MS ? PING_MS - quiet : SILENT_MS - quiet)) < 0)
        return;
    if (f.revents & POLLOUT) {
        ssize_t n = send(s->fd, s->out.s + s->at, s->out.n - s->at, MSG_DONTWAIT | MSG_NOSIGNAL);
        s->at += n > 0 ? (size_t)n : 0;
    }
    if (f.revents & (POLLIN | POLLHUP | POLLERR))
        hear(s);
}

int client_send(const char *store, const char *code, size_t n)
{
    struct sending s = {.heard_ms = now_ms()};
    struct error err;
    if (n > WIRE_SEND_MAX) {
        fprintf(stderr,
                "vigie send: at most %d bytes; a longer text is a script: script.run(\"NAME\")\n",
                WIRE_SEND_MAX);
        return EXIT_NO;
    }
    if (start_reach(store, &s.fd, &err) != OK) {
        fprintf(stderr, "vigie send: %s\n", err.text);
        return EXIT_NO;
    }
    wire_put_send(&s.out, code, n);
    while (!s.over)
        turn(&s);
    close(s.fd);
    wire_clear(&s.in);
    str_clear(&s.out);
    return s.exit_status;
}
