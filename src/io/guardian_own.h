/* guardian_own.h - what the program (guardian.c) and its guardian (guardian_watch.c) say to each other over their socket.
 * Not: for other files (guardian.h).
 */
#ifndef VIGIE_SRC_IO_GUARDIAN_OWN_H
#define VIGIE_SRC_IO_GUARDIAN_OWN_H

#include "vigie/io/guardian.h"

enum guardian_word { WORD_ARM, WORD_DISARM, WORD_BEAT };
enum { GUARDIAN_NAME = 48 };

/* One message each. To the guardian; with WORD_ARM the descriptor comes along (stop.fd means nothing there). */
struct guardian_order {
    enum guardian_word word;
    uint64_t id;
    char name[GUARDIAN_NAME];
    struct guardian_stop stop;
};
/* From the guardian: stopped. */
struct guardian_report {
    uint64_t id;
    int64_t wall_ns;
    bool written;
};

/* guardian_watch - the guardian's whole life, in the forked process: only what signal-safety(7) allows, for another thread may
 * have held any lock when it was forked. program: the process that is watched. Does not return. */
_Noreturn void guardian_watch(int sock, pid_t program);

#endif
