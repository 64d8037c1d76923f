/* bench_stop.c - from the request to the bytes at the other end of the wire: 1,000 stops of a mount that is slewing and asked for
 * its values ten times a second, beside two more that are, in one loop. Worst and median; more than 200 ms is a failure.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/devices/rack.h"
#include "vigie/devices/sim.h"

enum { DEVICES = 3, STOPS = 1000, LIMIT_MS = 200 };
static const double DEG = M_PI / 180;

struct bench {
    struct loop *loop;
    struct rack *rack;
    struct sim *sim[DEVICES];
    int n;
    double ms[STOPS];
};

static double now_ms(void)
{
    const struct clock *c = clock_system();
    return (double)c->mono_ns(c->arg) / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t stops_heard(const struct sim *s)
{
    size_t n = 0;
    const char *p = str_c(sim_heard(s));
    while ((p = strstr(p, ":Q#")) != NULL) {
        n++;
        p += 3;
    }
    return n;
}

static bool all_ready(const struct bench *b)
{
    for (int i = 0; i < DEVICES; i++)
        if (rack_at(b->rack, (size_t)i)->link != DEVICE_READY)
            return false;
    return true;
}

static int64_t wake(void *arg)
{
    (void)arg;
    return 1;
}

static int64_t one_stop(void *arg)
{
    struct bench *b = arg;
    static const struct rack_asker me = {.who = "bench"};
    struct device_request q = {.verb = ASK_STOP};
    struct error err;
    size_t before = stops_heard(b->sim[0]);
    double t = now_ms();
    if (!rack_ask(b->rack, rack_at(b->rack, 0)->id, &q, &me, NULL, NULL, &err)) {
        fprintf(stderr, "bench_stop: %s\n", err.text);
        exit(1);
    }
    while (stops_heard(b->sim[0]) <= before && now_ms() - t < 2000)
        loop_turn(b->loop, true);
    b->ms[b->n++] = now_ms() - t;
    return -1;
}

int main(void)
{
    static const char *const device[DEVICES] = {"onstep", "autostar", "nexstar"};
    struct error err;
    struct bench b = {.loop = loop_new(clock_system())};
    struct rack_options ro = {.loop = b.loop, .clock = clock_system()};
    b.rack = rack_new(&ro);
    for (int i = 0; i < DEVICES; i++) {
        char name[20], line[200];
        static const struct rack_asker me = {.who = "bench"};
        struct device_request q = {.verb = ASK_CONNECT};
        struct sim_options so = {.loop = b.loop,
                                 .clock = clock_system(),
                                 .device = device[i],
                                 .tcp_port = -1,
                                 .lat_rad = 0.7667,
                                 .dec_rad = 80 * DEG};
        b.sim[i] = sim_new(&so, &err);
        snprintf(name, sizeof name, "Mount%d", i);
        if (!b.sim[i]) {
            fprintf(stderr, "bench_stop: %s\n", err.text);
            return 1;
        }
        snprintf(line, sizeof line, "mount %s %s poll=100", sim_driver(device[i]),
                 sim_address(b.sim[i]));
        if (rack_add(b.rack, name, line, &err) != OK ||
            !rack_ask(b.rack, rack_at(b.rack, (size_t)i)->id, &q, &me, NULL, NULL, &err)) {
            fprintf(stderr, "bench_stop: %s\n", err.text);
            return 1;
        }
    }
    loop_timer(b.loop, 1, wake, NULL, "bench");
    for (double t = now_ms(); !all_ready(&b) && now_ms() - t < 20000;)
        loop_turn(b.loop, true);
    while (b.n < STOPS) { /* at any moment of the polls: answers are due in most of them */
        for (double t = now_ms(), end = t + 3 + b.n % 17; now_ms() < end;)
            loop_turn(b.loop, true);
        one_stop(&b);
    }
    qsort(b.ms, STOPS, sizeof b.ms[0], by_size);
    double worst = b.ms[STOPS - 1];
    printf("stop to the wire, %d devices polled 10 times a second: median %.2f ms, p99 %.2f ms, "
           "worst of "
           "%d %.2f ms (limit %d ms)\n",
           DEVICES, b.ms[STOPS / 2], b.ms[STOPS * 99 / 100], STOPS, worst, LIMIT_MS);
    rack_free(b.rack);
    for (int i = 0; i < DEVICES; i++)
        sim_free(b.sim[i]);
    loop_free(b.loop);
    return worst > LIMIT_MS;
}
