/* proto_vosi.c - VOSI 1.1 (IVOA), section 2: what a service says of itself; the answers are documents, no
 * tables (vosi.c, schema.c).
 */
#include "proto_own.h"
#include "vigie/vo/vosi.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    (void)err;
    vosi_url(&r->url, q->base, q->id);
    return OK;
}

const struct vo_protocol proto_vosi = {
    .name = "vosi",
    .also = "",
    .title = "VOSI",
    .standard_id = "ivo://ivoa.net/std/vosi",
    .takes = PROTO_TAKES_ID,
    .needs = PROTO_TAKES_ID,
    .build = build,
    .parse = NULL,
};
