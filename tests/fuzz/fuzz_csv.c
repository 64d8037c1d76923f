/* fuzz_csv.c - any bytes to the CSV reader; what it reads, written and read again, is the same. */
#include <stdint.h>
#include <string.h>

#include "vigie/formats/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool write_row(void *arg, uint64_t line, const struct csv_field *f, size_t n)
{
    (void)line;
    for (size_t i = 0; i < n; i++)
        csv_putn(arg, ',', i == 0, f[i].s, f[i].n);
    csv_end(arg);
    return true;
}

static bool read_in(char separator, const void *s, size_t n, size_t cut, struct str *out)
{
    struct csv_limits lim = {.row_bytes = 1 << 16, .fields = 1000};
    struct csv_reader *r = csv_reader_new(separator, &lim, write_row, out);
    bool good = csv_feed(r, s, cut, NULL) == OK &&
                csv_feed(r, (const char *)s + cut, n - cut, NULL) == OK &&
                csv_finish(r, NULL) == OK;
    csv_reader_free(r);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str once = {0}, twice = {0};
    if (read_in(0, data, size, size / 3, &once) && once.n > 0 && once.s[0] != '\xEF') {
        ensure(read_in(',', once.s, once.n, once.n, &twice));
        ensure(once.n == twice.n && memcmp(once.s, twice.s, once.n) == 0);
    }
    str_clear(&once);
    str_clear(&twice);
    return 0;
}
