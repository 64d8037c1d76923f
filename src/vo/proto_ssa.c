/* proto_ssa.c - Simple Spectral Access 1.1 (IVOA), sections 4.1 and 4.2: spectra around a position. SIZE
 * is a diameter; columns are told by utypes whose prefix varies.
 */
#include "proto_own.h"

static enum status build(const struct proto_query *q, struct proto_request *r, struct error *err)
{
    (void)err;
    vo_url(&r->url, q->base);
    vo_url_add(&r->url, "REQUEST", "queryData");
    if (q->place) {
        proto_pos(&r->url, q);
        vo_url_number(&r->url, "SIZE", 2 * q->radius_deg);
    }
    if (q->band)
        proto_range(&r->url, "BAND", q->band_lo_m, '/', q->band_hi_m);
    if (q->time)
        proto_range(&r->url, "TIME", q->mjd_lo, '/', q->mjd_hi);
    vo_url_add(&r->url, "FORMAT", q->format ? q->format : "ALL");
    proto_rows(&r->url, "MAXREC", q->max_rows);
    proto_more(&r->url, q);
    return OK;
}

static void parse(const struct table *t, struct proto_columns *c)
{
    static const struct {
        enum proto_role role;
        const char *utype;
    } rows[] = {{PROTO_ID, "Curation.PublisherDID"},
                {PROTO_TITLE, "DataID.Title"},
                {PROTO_TARGET, "Target.Name"},
                {PROTO_TYPE, "Dataset.Type"},
                {PROTO_URL, "Access.Reference"},
                {PROTO_FORMAT, "Access.Format"},
                {PROTO_SIZE, "Access.Size"},
                {PROTO_T_MID, "Char.TimeAxis.Coverage.Location.Value"},
                {PROTO_T_MIN, "Char.TimeAxis.Coverage.Bounds.Start"},
                {PROTO_T_MAX, "Char.TimeAxis.Coverage.Bounds.Stop"},
                {PROTO_EM_MIN, "Char.SpectralAxis.Coverage.Bounds.Start"},
                {PROTO_EM_MAX, "Char.SpectralAxis.Coverage.Bounds.Stop"},
                {PROTO_BAND, "DataID.Bandpass"},
                {PROTO_COLLECTION, "DataID.Collection"},
                {PROTO_INSTRUMENT, "DataID.Instrument"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        c->column[rows[i].role] = proto_utype(t, rows[i].utype);
    c->column[PROTO_RA] = proto_named(t, "ssa_targra ra");
    c->column[PROTO_DEC] = proto_named(t, "ssa_targdec dec");
    c->size_bytes = 1000;
}

const struct vo_protocol proto_ssa = {
    .name = "ssa",
    .also = "ssap spectrum",
    .title = "Simple Spectral Access",
    .standard_id = "ivo://ivoa.net/std/ssa",
    .takes = PROTO_TAKES_PLACE | PROTO_TAKES_BAND | PROTO_TAKES_TIME | PROTO_TAKES_FORMAT,
    .needs = 0,
    .build = build,
    .parse = parse,
};
