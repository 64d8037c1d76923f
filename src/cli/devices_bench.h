/* devices_bench.h - devices of the configuration outside a session, for `vigie devices status` and `test`: their rack and
 * guard in a loop of their own; requests that are waited for. Ctrl-C stops all that moves.
 */
#ifndef VIGIE_SRC_CLI_DEVICES_BENCH_H
#define VIGIE_SRC_CLI_DEVICES_BENCH_H

#include "cli.h"
#include "vigie/devices/safety.h"
#include "vigie/devices/sim.h"
#include "vigie/io/http.h"
#include "vigie/sky/site.h"

enum { BENCH_SIMS = 4 };
struct devices_bench {
    struct cli *cli;
    struct loop *loop;
    struct http *http;
    struct rack *rack;
    struct safety *safety;
    struct sim *sim[BENCH_SIMS];
    struct site site;
    bool sited, interrupted;
    /* of the request that is waited for */
    uint64_t ticket;
    bool over;
    struct error end;
};

/* devices_bench_open - read the configuration's devices (of --demo: the simulated ones of a demo's session); nothing is connected. Returns an
 * exit status. devices_bench_close ends all. */
int devices_bench_open(struct cli *cli, struct devices_bench *b);
void devices_bench_close(struct devices_bench *b);

/* devices_bench_connect - connect one, wait until it is ready and has spoken, at most ms. E_DEVICE, E_TIMEOUT with why. */
enum status devices_bench_connect(struct devices_bench *b, uint64_t id, int ms, struct error *err);

/* devices_bench_ask - a request, waited for. devices_bench_begin - the same, not waited for; devices_bench_pass - let time
 * pass. */
enum status devices_bench_ask(struct devices_bench *b, uint64_t id, const struct device_request *q,
                              int ms, struct error *err);
enum status devices_bench_begin(struct devices_bench *b, uint64_t id,
                                const struct device_request *q, struct error *err);
void devices_bench_pass(struct devices_bench *b, int ms);

/* devices_test - the self test of one device: safe moves of 2 degrees at most. Prints a report; how many checks failed. */
int devices_test(struct devices_bench *b, uint64_t id);

#endif
