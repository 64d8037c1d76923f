/* crash.h - a short report when the process dies of its own fault.
 * Not: the terminal's rescue (the client's; it lives on).
 */
#ifndef VIGIE_SRC_SESSION_CRASH_H
#define VIGIE_SRC_SESSION_CRASH_H

/* crash_watch - from now on SEGV, BUS, FPE, ILL and ABRT write a report to standard error, from a
 * stack of their own, and then do what they always do. */
void crash_watch(void);

#endif
