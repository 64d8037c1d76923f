/* fuzz_datalink.c - any table with the services that its document describes: what each asks for a row, and where the links of a row
 * are.
 */
#include <stdint.h>
#include <string.h>

#include "each_table.h"
#include "vigie/vo/datalink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one_service(const struct datalink_services *all, const struct datalink_service *s,
                        const struct table *t)
{
    struct error err;
    ensure(s->id && s->name && s->url && s->standard_id && s->description);
    ensure(!*s->id || datalink_find(all, s->id));
    for (size_t i = 0; i < s->input.n; i++) {
        const struct datalink_input *in = &s->input.at[i];
        ensure(in->column >= -1 && in->column < (int)t->n_columns);
        ensure(in->name && in->value && in->unit && in->xtype && in->description && in->min &&
               in->max && in->options);
    }
    for (size_t row = 0; row < t->rows && row < 3; row++)
        for (int more = 0; more < 2; more++) {
            const struct proto_param p = {s->input.n ? s->input.at[0].name : "ID", "a b&c"};
            struct str url = {0};
            if (datalink_url(s, t, row, &p, (size_t)more, &url, &err) == OK)
                ensure(url.n >= strlen(s->url));
            str_clear(&url);
        }
}

static void one_table(const struct table_doc *doc, const struct table *t)
{
    struct datalink_services s = {0};
    struct proto_columns c;
    struct str url = {0};
    datalink_services(doc, t, &s);
    for (size_t i = 0; i < s.service.n && i < 20; i++)
        one_service(&s, &s.service.at[i], t);
    for (size_t i = 0; vo_protocols[i]; i++) {
        proto_read_columns(vo_protocols[i], t, &c);
        for (size_t row = 0; row < t->rows && row < 3; row++)
            if (datalink_of_row(doc, t, &c, row, &url))
                ensure(url.n > 0);
    }
    str_clear(&url);
    datalink_services_clear(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    each_table(data, size, one_table);
    return 0;
}
