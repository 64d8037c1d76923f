/* schema.h - what a TAP service holds: its tables, then, table by table as they are looked at, their
 * columns. From TAP_SCHEMA; where a service has none that can be asked, from VOSI tables. Not: a
 * browser; the service's capabilities (vosi.h). Source: TAP 1.1 (IVOA), section 4; VOSI 1.1, section 2.
 */
#ifndef VIGIE_VO_SCHEMA_H
#define VIGIE_VO_SCHEMA_H

#include "vigie/vo/ask.h"

/* struct schema_column, schema_table - texts "" when not said. state: whether its columns are known
 * (of a table with none there are 0). */
struct schema_column {
    const char *name, *type, *unit, *ucd, *utype, *description;
    bool indexed, principal;
};
enum schema_state { SCHEMA_UNKNOWN, SCHEMA_ASKED, SCHEMA_KNOWN, SCHEMA_FAILED };
struct schema_table {
    const char *schema, *name, *title, *description, *utype;
    VEC(struct schema_column) column;
    enum schema_state state;
};

/* schema_changed_fn - table i (-1: the list of tables) has come, or could not be had: see schema_state
 * and schema_why. */
struct schema;
typedef void schema_changed_fn(void *arg, struct schema *s, int i);

/* schema_new - name: of the service, for sentences (NULL: the host); base: of TAP. Nothing is asked
 * before schema_tables. schema_free: what is asked ends without a callback.
 *   test  tests/vo/check_service.c; the real server: tests/peers */
struct schema *schema_new(struct http *http, const char *name, const char *base,
                          schema_changed_fn *changed, void *arg);
void schema_free(struct schema *s);

/* schema_ask_tables, schema_ask_columns - ask, unless known or asked already. */
void schema_ask_tables(struct schema *s);
void schema_ask_columns(struct schema *s, size_t i);

/* schema_state - of the list of tables. schema_why - why the last question failed. schema_find - the
 * table of that name, with or without its schema, case does not matter; -1. */
enum schema_state schema_state(const struct schema *s);
const struct error *schema_why(const struct schema *s);
size_t schema_count(const struct schema *s);
const struct schema_table *schema_table(const struct schema *s, size_t i);
int schema_find(const struct schema *s, const char *name);

/* schema_read - tables with their columns from n bytes of VOSI tables (one table or all of them);
 * tables that are there already get their columns.
 *   err  E_PARSE, E_RANGE */
enum status schema_read(struct schema *s, const char *bytes, size_t n,
                        struct error *err) MUST_CHECK;

#endif
