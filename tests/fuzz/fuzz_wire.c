/* fuzz_wire.c - any bytes to the frames between session and client: in one piece and byte by byte
 * they are the same frames, and no reader of a frame's inside reads beyond it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_inside(const struct wire_frame *f)
{
    struct wire_hello h;
    uint32_t version, pid;
    char log[1024];
    int rows, cols;
    unsigned char *copy = mem_dup(f->bytes, f->n); /* of its size: a step beyond it is seen */
    struct wire_frame g = {f->type, copy, f->n};
    if (wire_get_hello(&g, &h) == OK)
        ensure(h.rows >= 1 && h.rows <= 1000 && h.cols >= 1 && h.cols <= 1000);
    if (wire_get_welcome(&g, &version, &pid, log) == OK)
        ensure(strlen(log) < sizeof log);
    if (wire_get_size(&g, &rows, &cols) == OK)
        ensure(rows >= 1 && rows <= 1000 && cols >= 1 && cols <= 1000);
    free(copy);
}

/* A sum of what was read, and how it ended. */
static size_t read_all(const uint8_t *data, size_t size, size_t step)
{
    struct wire_in in = {0};
    struct wire_frame f;
    size_t sum = 0;
    int got = 0;
    for (size_t at = 0; at < size && got >= 0; at += step) {
        wire_feed(&in, data + at, size - at < step ? size - at : step);
        while ((got = wire_next(&in, &f)) == 1) {
            sum = sum * 31 + (size_t)f.type + f.n;
            look_inside(&f);
        }
    }
    wire_clear(&in);
    return sum * 2 + (got < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ensure(read_all(data, size, size + 1) == read_all(data, size, 1));
    return 0;
}
