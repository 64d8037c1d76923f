/* fuzz_vtp.c - any bytes from a VTP broker, whole and in pieces: the same packets, the same answers. */
#include <stdint.h>
#include <string.h>

#include "../../src/alerts/vtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_packet(void *arg, const char *s, size_t n)
{
    *(size_t *)arg += n + (n ? (unsigned char)s[0] : 0);
    return true;
}

static enum status feed(const uint8_t *data, size_t size, size_t piece, size_t *sum,
                        struct str *out)
{
    struct vtp v = {.ivorn = "ivo://me", .packet = on_packet, .arg = sum};
    enum status s = OK;
    for (size_t i = 0; i < size && s == OK; i += piece)
        s = vtp_feed(&v, (const char *)data + i, size - i < piece ? size - i : piece, "t", NULL);
    str_addn(out, str_c(&v.out), v.out.n);
    vtp_clear(&v);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str a = {0}, b = {0};
    size_t sum_a = 0, sum_b = 0;
    ensure(feed(data, size, size ? size : 1, &sum_a, &a) == feed(data, size, 7, &sum_b, &b));
    ensure(sum_a == sum_b && a.n == b.n && (!a.n || memcmp(a.s, b.s, a.n) == 0));
    str_clear(&a);
    str_clear(&b);
    return 0;
}
