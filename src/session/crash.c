/* crash.c - see crash.h. Only what signal-safety(7) allows; backtrace_symbols_fd writes without
 * malloc once backtrace has been called before.
 */
#include "crash.h"

#include <execinfo.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vigie/base/mem.h"

enum { FRAMES = 48 };

static void put(const char *s)
{
    if (write(STDERR_FILENO, s, strlen(s)) < 0)
        return; /* nobody is left to be told */
}

static void put_number(uint64_t x, unsigned base)
{
    char digits[24], *p = digits + sizeof digits - 1;
    *p = 0;
    do
        *--p = "0123456789abcdef"[x % base];
    while ((x /= base) > 0);
    put(p);
}

static const char *name_of(int sig)
{
    switch (sig) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGABRT: return "SIGABRT";
    }
    return "signal";
}

static void on_crash(int sig, siginfo_t *info, void *context)
{
    (void)context;
    void *frame[FRAMES];
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    put("\nvigie: crash of process ");
    put_number((uint64_t)getpid(), 10);
    put(": ");
    put(name_of(sig));
    put(info->si_code > 0 ? " at address 0x" : " sent by process ");
    put_number(info->si_code > 0 ? (uint64_t)(uintptr_t)info->si_addr : (uint64_t)info->si_pid,
               info->si_code > 0 ? 16 : 10);
    put(", ");
    put_number((uint64_t)t.tv_sec, 10);
    put(" s since 1970\n");
    backtrace_symbols_fd(frame, backtrace(frame, FRAMES), STDERR_FILENO);
    put("vigie: end of report\n");
    raise(sig); /* SA_RESETHAND: by the default action */
}

void crash_watch(void)
{
    static const int sigs[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    enum { STACK = 65536 };
    static char stack[STACK];
    void *frame[2];
    backtrace(frame, 2); /* loads what it needs now */
    stack_t st = {.ss_sp = stack, .ss_size = STACK};
    sigaltstack(&st, NULL);
    struct sigaction a = {.sa_sigaction = on_crash,
                          .sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
    sigemptyset(&a.sa_mask);
    for (size_t i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
        sigaction(sigs[i], &a, NULL);
}
