/* proto_own.h - what the files of the protocols share. Private to the room. */
#ifndef VIGIE_SRC_VO_PROTO_OWN_H
#define VIGIE_SRC_VO_PROTO_OWN_H

#include "vigie/vo/proto.h"

extern const struct vo_protocol proto_scs, proto_sia1, proto_sia2, proto_ssa, proto_tap,
    proto_obscore, proto_obsloc, proto_objvis, proto_datalink, proto_vosi;

/* proto_rows - "MAXREC=n&", nothing if n is 0. proto_more - the further parameters of a question, then
 * the end of the URL. */
void proto_rows(struct str *out, const char *key, uint64_t n);
void proto_more(struct str *url, const struct proto_query *q);

/* proto_pos - "POS=ra,dec&": the comma is part of the parameter's grammar. proto_range - a pair of
 * numbers, with `between` them, percent-encoded. */
void proto_pos(struct str *url, const struct proto_query *q);
void proto_range(struct str *url, const char *key, double lo, char between, double hi);

/* proto_ucd - the column of that UCD (UCD1+ or the words of UCD1; either may be NULL), -1. proto_utype -
 * the first whose utype is `tail`, whatever stands before its colon, without regard to case.
 * proto_named - the first of the names (divided by blanks) that a column has. */
int proto_ucd(const struct table *t, const char *ucd, const char *ucd1);
int proto_utype(const struct table *t, const char *tail);
int proto_named(const struct table *t, const char *names);

/* proto_obscore_columns - the columns of ObsCore, by their names (ObsCore 1.1, table 1). */
void proto_obscore_columns(const struct table *t, struct proto_columns *c);

/* proto_place_columns - where a table that says nothing else has its positions. */
void proto_place_columns(const struct table *t, struct proto_columns *c);

/* proto_condition - begins or goes on with a WHERE: "WHERE " or "\n  AND ". proto_circle - the rows whose
 * point lies in the question's circle, as ADQL 2.0 and 2.1 both have it. */
void proto_condition(struct str *adql, bool *some);
void proto_circle(struct str *adql, const struct proto_query *q, const char *ra, const char *dec);

/* proto_tap_request - a TAP query in one go: form, or several parts with its tables.
 *   err  E_RANGE: a table that no VOTable can hold, a name of it that ADQL cannot use */
enum status proto_tap_request(const struct proto_query *q, const char *adql, const char *tail,
                              struct proto_request *r, struct error *err);

#endif
