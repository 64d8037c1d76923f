/* rescue.c - see rescue.h. Only what signal-safety(7) allows. */
#include "rescue.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { MAX_BYTES = 4096, WAIT_MS = 300 };

static int the_in = -1, the_out = -1;
static struct termios was;
static volatile sig_atomic_t raw;
static char bytes_kept[2][MAX_BYTES]; /* two, so that one is whole at any moment */
static size_t n_kept[2];
static volatile sig_atomic_t which;

void rescue_bytes(const void *bytes, size_t n)
{
    int other = !which;
    if (n > MAX_BYTES)
        return;
    memcpy(bytes_kept[other], bytes, n);
    n_kept[other] = n;
    which = other;
}

void rescue(void)
{
    if (!raw)
        return;
    raw = 0;
    const char *p = bytes_kept[which];
    size_t left = n_kept[which];
    for (int tries = 0; left > 0 && tries < 8; tries++) {
        ssize_t n = write(the_out, p, left);
        if (n > 0) {
            p += n;
            left -= (size_t)n;
            continue;
        }
        struct pollfd f = {the_out, POLLOUT, 0};
        if ((n < 0 && errno != EAGAIN && errno != EINTR) || poll(&f, 1, WAIT_MS) <= 0)
            break;
    }
    tcsetattr(the_in, TCSANOW, &was);
}

bool rescue_raw(void)
{
    if (!raw && tcgetattr(the_in, &was) != 0)
        return false;
    struct termios t = was;
    t.c_iflag &= (tcflag_t) ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    t.c_oflag &= (tcflag_t)~OPOST;
    t.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    t.c_cflag = (t.c_cflag & (tcflag_t) ~(CSIZE | PARENB)) | CS8;
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    raw = 1;
    return tcsetattr(the_in, TCSANOW, &t) == 0;
}

static void on_end(int sig)
{
    rescue();
    raise(sig); /* SA_RESETHAND: by the default action */
}

void rescue_watch(int in, int out)
{
    static const int sigs[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGSEGV,
                               SIGBUS,  SIGFPE, SIGILL, SIGABRT};
    static char stack[65536];
    the_in = in;
    the_out = out;
    stack_t st = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&st, NULL);
    struct sigaction a = {.sa_handler = on_end,
                          .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
    sigemptyset(&a.sa_mask);
    for (size_t i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
        sigaction(sigs[i], &a, NULL);
}
