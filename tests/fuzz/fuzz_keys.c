/* fuzz_keys.c - any bytes as a keys file; every binding it makes is found by its own keys. */
#include <stdint.h>

#include "../../src/ui/keymap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct keymap *m = keymap_new();
    struct error err;
    ensure(keymap_add(m, NULL, "gg <Home>", "top", &err) == OK);
    keymap_load(m, (const char *)data, size, NULL, NULL);
    const struct binding *b;
    for (size_t i = 0; i < 200 && (b = keymap_at(m, i)); i++) {
        bool prefix;
        const struct binding *found = keymap_match(m, b->scope, b->key, b->n_keys, &prefix);
        ensure(found && !prefix);
        struct str s = {0};
        keymap_show(b->key, b->n_keys, &s);
        str_clear(&s);
    }
    keymap_free(m);
    return 0;
}
