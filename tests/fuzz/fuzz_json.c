/* fuzz_json.c - any bytes to the JSON reader (in two pieces, with NaN allowed), to the tree, and what
 * the tree holds through the writer and back. */
#include <stdint.h>
#include <string.h>

#include "vigie/formats/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_back(struct json_writer *w, const struct json *v)
{
    switch (v->type) {
    case JSON_NULL: json_null(w); return;
    case JSON_BOOL: json_bool(w, v->truth); return;
    case JSON_NUMBER: json_digits(w, v->text); return;
    case JSON_STRING: json_stringn(w, v->text, v->n); return;
    case JSON_ARRAY: json_array(w); break;
    case JSON_OBJECT: json_object(w); break;
    }
    for (const struct json *c = v->first; c; c = c->next) {
        if (v->type == JSON_OBJECT)
            json_key(w, c->key);
        write_back(w, c);
    }
    json_end(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_events none = {0};
    struct json_limits lim = {.depth = 40, .bytes = 1 << 24, .nodes = 10000, .nonfinite = true};
    struct json_reader *r = json_reader_new(&none, NULL, &lim);
    if (json_feed(r, data, size / 2, NULL) == OK &&
        json_feed(r, data + size / 2, size - size / 2, NULL) == OK)
        ensure(json_finish(r, NULL) != OK || size > 0); /* nothing is no document */
    json_reader_free(r);

    struct arena a = {0};
    const struct json *v;
    if (json_parse(&a, (const char *)data, size, &lim, &v, NULL) == OK) {
        struct str out = {0};
        struct json_writer w;
        const struct json *again;
        json_write(&w, &out);
        write_back(&w, v);
        ensure(json_parse(&a, out.s, out.n, &lim, &again, NULL) == OK);
        str_clear(&out);
    }
    arena_clear(&a);
    return 0;
}
