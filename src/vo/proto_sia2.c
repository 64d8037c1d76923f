/* proto_sia2.c - Simple Image Access 2.0 (IVOA), section 2: images and cubes by place, band and time; the
 * answer is ObsCore.
 */
#include <stdio.h>

#include "proto_own.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    char s[120];
    (void)err;
    vo_url(&r->url, q->base);
    if (q->place) {
        snprintf(s, sizeof s, "CIRCLE %.12g %.12g %.12g", q->ra_deg, q->dec_deg, q->radius_deg);
        vo_url_add(&r->url, "POS", s);
    }
    if (q->band)
        proto_range(&r->url, "BAND", q->band_lo_m, ' ', q->band_hi_m);
    if (q->time)
        proto_range(&r->url, "TIME", q->mjd_lo, ' ', q->mjd_hi);
    if (q->format)
        vo_url_add(&r->url, "FORMAT", q->format);
    if (q->kind)
        vo_url_add(&r->url, "DPTYPE", q->kind);
    if (q->id)
        vo_url_add(&r->url, "ID", q->id);
    proto_rows(&r->url, "MAXREC", q->max_rows);
    proto_more(&r->url, q);
    return OK;
}

const struct vo_protocol proto_sia2 = {
    .name = "sia2",
    .also = "",
    .title = "Simple Image Access 2",
    .standard_id = "ivo://ivoa.net/std/sia#query-2.%",
    .takes = PROTO_TAKES_PLACE | PROTO_TAKES_BAND | PROTO_TAKES_TIME | PROTO_TAKES_FORMAT |
             PROTO_TAKES_ID | PROTO_TAKES_KIND,
    .needs = 0,
    .build = build,
    .parse = proto_obscore_columns,
};
