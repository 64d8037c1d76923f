/* hash.h - a quick checksum that tells two texts apart; no protection against intent.
 * Source: FNV-1a, 64 bits (Fowler, Noll, Vo: RFC draft eastlake-fnv-17, section 2).
 */
#ifndef VIGIE_SRC_IO_HASH_H
#define VIGIE_SRC_IO_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t hash_add(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

#endif
