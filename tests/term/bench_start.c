/* bench_start.c - how long from nothing to the first frame, from a running session to the first
 * frame, and how much memory a session holds. Prints; asserts nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/clock.h"
#include "viewer.h"

static long rss_kb(pid_t pid)
{
    char path[64], line[200];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %ld", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb;
}

int main(void)
{
    static const char *const options[] = {"--demo", NULL};
    enum { RUNS = 5 };
    struct viewer v;
    int64_t cold = 0, warm = 0;
    size_t bytes = 0;
    long kb = 0;
    for (int i = 0; i < RUNS; i++) {
        int64_t t0 = CLOCK_MS(clock_system());
        viewer_start(&v, options);
        viewer_attach(&v, "xterm-256color", 24, 80);
        bytes = viewer_rest(&v, 300);
        cold += v.first_ms - t0;
        t0 = CLOCK_MS(clock_system());
        viewer_attach(&v, "xterm-256color", 24, 80);
        viewer_rest(&v, 300);
        warm += v.first_ms - t0;
        viewer_listen(&v, 1000);
        kb = rss_kb(v.session);
        viewer_stop(&v);
    }
    printf("start: session to first frame %lld ms, attach to first frame %lld ms, first frame %zu "
           "bytes, resident %.1f MB\n",
           (long long)cold / RUNS, (long long)warm / RUNS, bytes, (double)kb / 1024);
    return 0;
}
