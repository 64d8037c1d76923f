/* fuzz_vosi.c - any bytes as what a service says of itself: availability, capabilities, examples, tables (once as the list, once more as the
 * columns of what is there).
 */
#include <stdint.h>
#include <string.h>

#include "vigie/vo/schema.h"
#include "vigie/vo/vosi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void capabilities(const char *s, size_t n)
{
    struct vosi_capabilities c;
    struct error err;
    if (vosi_read_capabilities(s, n, &c, &err) == OK)
        for (size_t i = 0; i < c.capability.n; i++)
            ensure(c.capability.at[i].standard_id && c.capability.at[i].url);
    vosi_clear(&c);
}

static void examples(const char *s, size_t n)
{
    struct vosi_examples e;
    struct error err;
    if (vosi_read_examples(s, n, &e, &err) == OK)
        for (size_t i = 0; i < e.example.n; i++)
            ensure(e.example.at[i].name && e.example.at[i].query);
    vosi_examples_clear(&e);
}

static void tables(const char *s, size_t n)
{
    struct schema *schema = schema_new(NULL, "x", "http://x/tap", NULL, NULL);
    struct error err;
    bool good = schema_read(schema, s, n, &err) == OK;
    size_t count = schema_count(schema);
    ensure(schema_read(schema, s, n, &err) == OK || !good);
    ensure(schema_count(schema) == count); /* the same tables again are no others */
    for (size_t i = 0; i < count; i++)
        ensure(schema_find(schema, schema_table(schema, i)->name) >= 0);
    schema_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vosi_availability a;
    struct error err;
    const char *s = (const char *)data;
    if (vosi_read_availability(s, size, &a, &err) == OK)
        ensure(strlen(a.note) < sizeof a.note && strlen(a.up_since) < sizeof a.up_since);
    capabilities(s, size);
    examples(s, size);
    tables(s, size);
    return 0;
}
