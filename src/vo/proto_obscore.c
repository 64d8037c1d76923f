/* proto_obscore.c - ObsCore 1.1 by TAP (ObsTAP; IVOA): observations of an archive by place, band, time and
 * kind, from its table ivoa.obscore. A place is met by the region an observation covers, or by its centre.
 */
#include "proto_own.h"
#include "vigie/vo/simple.h"

void proto_obscore_columns(const struct table *t, struct proto_columns *c)
{
    static const struct {
        enum proto_role role;
        const char *name;
    } rows[] = {{PROTO_ID, "obs_publisher_did"},
                {PROTO_RA, "s_ra"},
                {PROTO_DEC, "s_dec"},
                {PROTO_TITLE, "obs_title obs_id"},
                {PROTO_TARGET, "target_name"},
                {PROTO_TYPE, "dataproduct_type"},
                {PROTO_URL, "access_url"},
                {PROTO_FORMAT, "access_format"},
                {PROTO_SIZE, "access_estsize"},
                {PROTO_T_MIN, "t_min"},
                {PROTO_T_MAX, "t_max"},
                {PROTO_EM_MIN, "em_min"},
                {PROTO_EM_MAX, "em_max"},
                {PROTO_COLLECTION, "obs_collection"},
                {PROTO_INSTRUMENT, "instrument_name"},
                {PROTO_FACILITY, "facility_name"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        c->column[rows[i].role] = proto_named(t, rows[i].name);
    c->size_bytes = 1000;
}

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    struct str adql = {0};
    bool some = false;
    str_add(&adql, "SELECT * FROM ivoa.obscore");
    if (q->place) {
        proto_condition(&adql, &some);
        if (!q->centre) /* some observations say where they are by their centre alone */
            str_addf(&adql, "(1 = INTERSECTS(CIRCLE('ICRS', %.12g, %.12g, %.12g), s_region) OR ",
                     q->ra_deg, q->dec_deg, q->radius_deg);
        proto_circle(&adql, q, "s_ra", "s_dec");
        str_add(&adql, q->centre ? "" : ")");
    }
    if (q->band) { /* whose range meets the one asked for */
        proto_condition(&adql, &some);
        str_addf(&adql, "em_min <= %.12g AND em_max >= %.12g", q->band_hi_m, q->band_lo_m);
    }
    if (q->time) {
        proto_condition(&adql, &some);
        str_addf(&adql, "t_min <= %.12g AND t_max >= %.12g", q->mjd_hi, q->mjd_lo);
    }
    if (q->kind) {
        proto_condition(&adql, &some);
        str_add(&adql, "dataproduct_type = ");
        vo_adql_text(&adql, q->kind);
    }
    enum status s = proto_tap_request(q, str_c(&adql), "/sync", r, err);
    str_clear(&adql);
    return s;
}

const struct vo_protocol proto_obscore = {
    .name = "obscore",
    .also = "obstap",
    .title = "ObsCore",
    .standard_id = NULL, /* a data model of a TAP service */
    .takes = PROTO_TAKES_PLACE | PROTO_TAKES_BAND | PROTO_TAKES_TIME | PROTO_TAKES_KIND,
    .needs = 0,
    .build = build,
    .parse = proto_obscore_columns,
};
