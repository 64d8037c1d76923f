/* stop.h - long work in another thread that is asked to end early. Who runs the work says which flag counts
 * for its thread; what works looks at it between pieces, however deep it lies. Not: threads (loop.h).
 */
#ifndef VIGIE_BASE_STOP_H
#define VIGIE_BASE_STOP_H

#include <stdatomic.h>
#include <stdbool.h>

/* stop_watch - from now on stop_asked in this thread looks at `flag` (borrowed; any thread may set it), NULL:
 * at nothing. Every stop_watch of a flag is ended by one of NULL.
 * stop_asked - whether the work of this thread is to end: what it has done so far will be dropped. False
 * where nobody watches, so in the thread of the loop.
 *   test  tests/formats/check_tableops.c */
void stop_watch(const atomic_bool *flag);
bool stop_asked(void);

#endif
