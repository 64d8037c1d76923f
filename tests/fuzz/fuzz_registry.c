/* fuzz_registry.c - any table as the answer of a registry, of SIMBAD and of each protocol: records with their interfaces, the object,
 * the columns by what they mean.
 */
#include <stdint.h>
#include <string.h>

#include "each_table.h"
#include "vigie/vo/proto.h"
#include "vigie/vo/registry.h"
#include "vigie/vo/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void records(const struct table *t)
{
    struct registry_list list = {0};
    struct error err;
    size_t interfaces = 0;
    if (registry_read(t, &list, &err) == OK)
        for (size_t i = 0; i < list.record.n; i++) {
            const struct registry_record *r = &list.record.at[i];
            ensure(r->ivoid && r->res_type && r->short_name && r->title && r->description &&
                   r->reference_url && r->creators && r->waveband && r->content_type);
            for (size_t k = 0; k < r->interface.n; k++) {
                const struct registry_interface *f = &r->interface.at[k];
                const char *kind = registry_service_name(f->standard_id);
                ensure((!kind && !f->kind) || (kind && f->kind && strcmp(kind, f->kind) == 0));
                ensure(!registry_usable(f) || *f->url);
                interfaces++;
            }
        }
    ensure(list.record.n <= t->rows && interfaces <= t->rows);
    registry_clear(&list);
}

/* The object is a place on the sky, whatever the table says. */
static void simbad(const struct table *t)
{
    struct vo_object o;
    struct error err;
    if (vo_simbad_read(t, "x", &o, &err) == OK)
        ensure(o.ra_deg >= 0 && o.ra_deg <= 360 && o.dec_deg >= -90 && o.dec_deg <= 90);
}

static void columns(const struct table *t)
{
    struct str s = {0};
    for (size_t i = 0; vo_protocols[i]; i++) {
        struct proto_columns c;
        proto_read_columns(vo_protocols[i], t, &c);
        for (int role = 0; role < PROTO_ROLES; role++) {
            ensure(c.column[role] >= -1 && c.column[role] < (int)t->n_columns);
            for (size_t row = 0; row < t->rows && row < 3; row++) {
                proto_role_text(t, &c, row, (enum proto_role)role, &s);
                proto_role_number(t, &c, row, (enum proto_role)role);
            }
        }
    }
    str_clear(&s);
}

static void one_table(const struct table_doc *doc, const struct table *t)
{
    (void)doc;
    records(t);
    simbad(t);
    columns(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    each_table(data, size, one_table);
    return 0;
}
