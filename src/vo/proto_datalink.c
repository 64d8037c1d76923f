/* proto_datalink.c - DataLink 1.1 (IVOA), sections 2.1 and 3: what belongs to a dataset. The services that
 * an answer describes: datalink.c.
 */
#include "proto_own.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    (void)err;
    vo_url(&r->url, q->base);
    vo_url_add(&r->url, "ID", q->id);
    proto_rows(&r->url, "MAXREC", q->max_rows);
    proto_more(&r->url, q);
    return OK;
}

static void parse(const struct table *t, struct proto_columns *c)
{
    c->column[PROTO_ID] = proto_named(t, "ID");
    c->column[PROTO_URL] = proto_named(t, "access_url");
    c->column[PROTO_SERVICE] = proto_named(t, "service_def");
    c->column[PROTO_ERROR] = proto_named(t, "error_message");
    c->column[PROTO_DESCRIPTION] = proto_named(t, "description");
    c->column[PROTO_SEMANTICS] = proto_named(t, "semantics");
    c->column[PROTO_FORMAT] = proto_named(t, "content_type");
    c->column[PROTO_SIZE] = proto_named(t, "content_length");
}

const struct vo_protocol proto_datalink = {
    .name = "datalink",
    .also = "links",
    .title = "DataLink",
    .standard_id = "ivo://ivoa.net/std/datalink",
    .takes = PROTO_TAKES_ID,
    .needs = PROTO_TAKES_ID,
    .build = build,
    .parse = parse,
};
