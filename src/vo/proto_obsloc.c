/* proto_obsloc.c - ObsLocTAP 1.0 (IVOA), section 3: what observatories plan and have done, from the table
 * ivoa.obsplan of their TAP service.
 */
#include "proto_own.h"
#include "vigie/vo/simple.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    struct str adql = {0};
    bool some = false;
    str_add(&adql, "SELECT * FROM ivoa.obsplan");
    if (q->place) {
        proto_condition(&adql, &some);
        proto_circle(&adql, q, "s_ra", "s_dec");
    }
    if (q->band) {
        proto_condition(&adql, &some);
        str_addf(&adql, "em_min <= %.12g AND em_max >= %.12g", q->band_hi_m, q->band_lo_m);
    }
    if (q->time) { /* an observation without an end has one of length 0 */
        proto_condition(&adql, &some);
        str_addf(&adql, "t_min <= %.12g AND (t_max >= %.12g OR (t_max IS NULL AND t_min >= %.12g))",
                 q->mjd_hi, q->mjd_lo, q->mjd_lo);
    }
    if (q->kind) {
        proto_condition(&adql, &some);
        str_add(&adql, "execution_status = ");
        vo_adql_text(&adql, q->kind);
    }
    str_add(&adql, "\nORDER BY t_min");
    enum status s = proto_tap_request(q, str_c(&adql), "/sync", r, err);
    str_clear(&adql);
    return s;
}

static void parse(const struct table *t, struct proto_columns *c)
{
    proto_obscore_columns(t, c);
    c->column[PROTO_ID] = proto_named(t, "obs_id");
    c->column[PROTO_STATUS] = proto_named(t, "execution_status");
}

const struct vo_protocol proto_obsloc = {
    .name = "obsloc",
    .also = "obsloctap obsplan",
    .title = "ObsLocTAP",
    .standard_id = NULL, /* a table of a TAP service */
    .takes = PROTO_TAKES_PLACE | PROTO_TAKES_BAND | PROTO_TAKES_TIME | PROTO_TAKES_KIND,
    .needs = 0,
    .build = build,
    .parse = parse,
};
