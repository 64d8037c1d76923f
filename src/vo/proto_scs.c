/* proto_scs.c - Simple Cone Search 1.03 (IVOA), section 2: rows of a catalogue around a position. */
#include "proto_own.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    (void)err;
    vo_url(&r->url, q->base);
    vo_url_number(&r->url, "RA", q->ra_deg);
    vo_url_number(&r->url, "DEC", q->dec_deg);
    vo_url_number(&r->url, "SR", q->radius_deg);
    proto_rows(&r->url, "VERB", q->verb > 0 ? (uint64_t)q->verb : 0);
    proto_rows(&r->url, "MAXREC", q->max_rows);
    proto_more(&r->url, q);
    return OK;
}

static void parse(const struct table *t, struct proto_columns *c)
{
    c->column[PROTO_ID] = proto_ucd(t, "meta.id", "ID_MAIN");
    c->column[PROTO_RA] = proto_ucd(t, "pos.eq.ra", "POS_EQ_RA_MAIN");
    c->column[PROTO_DEC] = proto_ucd(t, "pos.eq.dec", "POS_EQ_DEC_MAIN");
    c->column[PROTO_TARGET] = c->column[PROTO_ID];
}

const struct vo_protocol proto_scs = {
    .name = "scs",
    .also = "cone conesearch",
    .title = "Simple Cone Search",
    .standard_id = "ivo://ivoa.net/std/conesearch",
    .takes = PROTO_TAKES_PLACE | PROTO_TAKES_VERB,
    .needs = PROTO_TAKES_PLACE,
    .build = build,
    .parse = parse,
};
