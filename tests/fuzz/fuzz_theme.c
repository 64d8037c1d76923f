/* fuzz_theme.c - any bytes to the reader of themes; a night theme that it takes keeps the rules, also
 * after steps. */
#include <stdint.h>

#include "../../src/ui/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct theme t;
    struct error err;
    if (theme_parse((const char *)data, size, "fuzz", &t, &err) != OK)
        return 0;
    for (int d = 0; d < DEPTH_N; d++)
        for (int r = 0; r < ROLE_N; r++)
            ensure(t.paint[d][r].fg >= -1 && t.paint[d][r].bg >= -1);
    if (t.kind == THEME_NIGHT) {
        theme_step(&t, (int)(size % 9) - 4);
        ensure(theme_night_check(&t, &err) == OK);
    }
    return 0;
}
