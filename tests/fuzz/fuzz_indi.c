/* fuzz_indi.c - INDI's stream from anybody: read whole and in pieces of a length that the input chooses, the same both
 * times; what it says is remembered and formatted.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/devices/indi_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    struct indi_model model;
    struct str text;
};

static void note(void *arg, struct indi_vector *v)
{
    struct seen *s = arg;
    bool fresh;
    str_addf(&s->text, "%d %d %s.%s %d [%s]", (int)v->tag, (int)v->type, v->device, v->name,
             (int)v->state, v->message);
    for (size_t i = 0; i < v->item.n; i++) {
        const struct indi_item *e = &v->item.at[i];
        char number[INDI_NUMBER_TEXT];
        str_addf(&s->text, " %s=%s %s %zu %d", e->name, e->value,
                 indi_format(e->format, e->number, number), e->blob.n, e->broken);
    }
    if (v->tag == INDI_DEF || v->tag == INDI_SET)
        indi_model_take(&s->model, v, 0, &fresh);
    else if (v->tag == INDI_DEL && !*v->name)
        indi_model_drop(&s->model, v->device);
}

static enum status read_in(const uint8_t *data, size_t size, size_t piece, struct seen *s)
{
    struct indi_events on = {note, NULL, s};
    struct indi_reader *r = indi_reader_new(&on, 5000);
    enum status st = OK;
    for (size_t i = 0; i < size && st == OK; i += piece)
        st = indi_feed(r, (const char *)data + i, size - i < piece ? size - i : piece, NULL);
    indi_reader_free(r);
    indi_model_clear(&s->model);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole = {.text = {.max = 1 << 20}}, parts = {.text = {.max = 1 << 20}};
    if (size < 1)
        return 0;
    enum status a = read_in(data + 1, size - 1, size, &whole);
    enum status b = read_in(data + 1, size - 1, 1 + data[0] % 37, &parts);
    if (a == OK && b == OK && strcmp(str_c(&whole.text), str_c(&parts.text)) != 0)
        abort();
    str_clear(&whole.text);
    str_clear(&parts.text);
    return 0;
}
