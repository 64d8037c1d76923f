/* datalink.h - links of a dataset, and services that an answer describes: which parameters they take,
 * and what to ask for a row. Not: asking. Source: DataLink 1.1 (IVOA), sections 3 and 4.
 */
#ifndef VIGIE_VO_DATALINK_H
#define VIGIE_VO_DATALINK_H

#include "vigie/vo/proto.h"

/* struct datalink_input - a parameter of a service: value: fixed, or what is proposed ("" none);
 * column: of the table from which it is filled in, -1 none. min, max, options (divided by |): what it
 * may be, "" if not said. */
struct datalink_input {
    const char *name, *value, *unit, *xtype, *description, *min, *max, *options;
    int column;
};

/* struct datalink_service - a descriptor; texts "" when not said. */
struct datalink_service {
    const char *id, *name, *url, *standard_id, *description;
    VEC(struct datalink_input) input;
};
struct datalink_services {
    VEC(struct datalink_service) service;
    struct arena arena;
};

/* datalink_services - the descriptors in `doc` that concern table t. datalink_services_clear frees.
 *   test  tests/vo/check_service.c */
void datalink_services(const struct table_doc *doc, const struct table *t,
                       struct datalink_services *out);
void datalink_services_clear(struct datalink_services *s);

/* datalink_find - the descriptor of that ID, NULL. datalink_url - what to ask for `row` of t: fixed
 * values, those of the row, then `more` (which replaces).
 *   err  E_RANGE: no parameter of this name; E_ABSENT: the row has no value for one, the descriptor no
 *        address */
const struct datalink_service *datalink_find(const struct datalink_services *s, const char *id);
enum status datalink_url(const struct datalink_service *s, const struct table *t, size_t row,
                         const struct proto_param *more, size_t n_more, struct str *url,
                         struct error *err) MUST_CHECK;

/* datalink_of_row - the address of the links of a row: its own access URL if that leads to links, else
 * by a DataLink descriptor of the answer. false: there are none. */
bool datalink_of_row(const struct table_doc *doc, const struct table *t,
                     const struct proto_columns *c, size_t row, struct str *url);

#endif
