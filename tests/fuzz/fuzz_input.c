/* fuzz_input.c - any bytes from a terminal, in one piece and byte by byte: the same keys, bounded, and
 * when all time is over nothing is held. */
#include <stdint.h>

#include "../../src/ui/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long take(struct input *in, int64_t now, unsigned long sum, int *n)
{
    struct key k;
    for (; input_next(in, now, &k); ++*n) {
        ensure(k.code <= K_ANSWER && k.row >= 0 && k.row < 1000 && k.col >= 0 && k.col < 1000);
        sum = sum * 31 + k.code + k.mods;
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size = size > 3000 ? 3000 : size; /* below the bound of waiting keys */
    unsigned long sum[2] = {0, 0};
    int n[2] = {0, 0};
    for (int way = 0; way < 2; way++) {
        struct input *in = input_new(25);
        input_define(in, "\033[[A", (struct key){K_F1, 0, 0, 0});
        for (size_t i = 0; way == 1 && i < size; i++) {
            input_feed(in, data + i, 1, 0);
            sum[1] = take(in, 0, sum[1], &n[1]);
        }
        if (way == 0)
            input_feed(in, data, size, 0);
        sum[way] = take(in, 0, sum[way], &n[way]);
        sum[way] = take(in, 100000, sum[way], &n[way]);
        ensure(input_wait(in, 100000) == -1);
        input_free(in);
    }
    ensure(sum[0] == sum[1] && n[0] == n[1]);
    return 0;
}
