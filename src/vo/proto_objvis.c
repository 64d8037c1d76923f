/* proto_objvis.c - ObjVisSAP 1.0 (IVOA), section 3: from when to when an observatory can see a position. */
#include "proto_own.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    (void)err;
    vo_url(&r->url, q->base);
    vo_url_number(&r->url, "s_ra", q->ra_deg);
    vo_url_number(&r->url, "s_dec", q->dec_deg);
    vo_url_number(&r->url, "t_min", q->mjd_lo);
    vo_url_number(&r->url, "t_max", q->mjd_hi);
    if (q->min_alt_deg > 0)
        vo_url_number(&r->url, "min_alt", q->min_alt_deg);
    if (q->min_hours > 0) /* seconds */
        vo_url_number(&r->url, "min_vis", q->min_hours * 3600);
    proto_rows(&r->url, "MAXREC", q->max_rows);
    proto_more(&r->url, q);
    return OK;
}

static void parse(const struct table *t, struct proto_columns *c)
{
    c->column[PROTO_T_MIN] = proto_named(t, "t_start t_min");
    c->column[PROTO_T_MAX] = proto_named(t, "t_stop t_max");
}

const struct vo_protocol proto_objvis = {
    .name = "objvis",
    .also = "objvissap",
    .title = "ObjVisSAP",
    .standard_id = "ivo://ivoa.net/std/objvissap",
    .takes = PROTO_TAKES_PLACE | PROTO_TAKES_TIME,
    .needs = PROTO_TAKES_PLACE | PROTO_TAKES_TIME,
    .build = build,
    .parse = parse,
};
