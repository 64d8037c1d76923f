/* proto_sia1.c - Simple Image Access 1.0 (IVOA), sections 4.1 and 4.2: images around a position. SIZE is
 * the width of the field; columns are told by the UCDs of that standard.
 */
#include "proto_own.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    (void)err;
    vo_url(&r->url, q->base);
    proto_pos(&r->url, q);
    vo_url_number(&r->url, "SIZE", 2 * q->radius_deg);
    vo_url_add(&r->url, "FORMAT", q->format ? q->format : "ALL");
    proto_rows(&r->url, "VERB", q->verb > 0 ? (uint64_t)q->verb : 0);
    proto_rows(&r->url, "MAXREC", q->max_rows);
    proto_more(&r->url, q);
    return OK;
}

static void parse(const struct table *t, struct proto_columns *c)
{
    c->column[PROTO_TITLE] = proto_ucd(t, NULL, "VOX:Image_Title");
    c->column[PROTO_URL] = proto_ucd(t, NULL, "VOX:Image_AccessReference");
    c->column[PROTO_FORMAT] = proto_ucd(t, NULL, "VOX:Image_Format");
    c->column[PROTO_SIZE] = proto_ucd(t, NULL, "VOX:Image_FileSize");
    c->column[PROTO_T_MID] = proto_ucd(t, NULL, "VOX:Image_MJDateObs");
    c->column[PROTO_BAND] = proto_ucd(t, NULL, "VOX:BandPass_ID");
    c->column[PROTO_EM_MIN] = proto_ucd(t, NULL, "VOX:BandPass_LoLimit");
    c->column[PROTO_EM_MAX] = proto_ucd(t, NULL, "VOX:BandPass_HiLimit");
    c->column[PROTO_INSTRUMENT] = proto_ucd(t, "INST_ID", "INST_ID");
    c->column[PROTO_RA] = proto_ucd(t, "pos.eq.ra", "POS_EQ_RA_MAIN");
    c->column[PROTO_DEC] = proto_ucd(t, "pos.eq.dec", "POS_EQ_DEC_MAIN");
}

const struct vo_protocol proto_sia1 = {
    .name = "sia",
    .also = "sia1 image",
    .title = "Simple Image Access 1",
    .standard_id = "ivo://ivoa.net/std/sia",
    .takes = PROTO_TAKES_PLACE | PROTO_TAKES_FORMAT | PROTO_TAKES_VERB,
    .needs = PROTO_TAKES_PLACE,
    .build = build,
    .parse = parse,
};
