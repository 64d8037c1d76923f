/* proto.h - the protocols of the Virtual Observatory, a row each: by which identifier the registry
 * knows it, how a question becomes a request, which columns of the answer mean what. To add one: a
 * file src/vo/proto_<name>.c and a row in src/vo/table.c. Not: asking (ask.h), jobs (job.h).
 */
#ifndef VIGIE_VO_PROTO_H
#define VIGIE_VO_PROTO_H

#include "vigie/base/str.h"
#include "vigie/formats/table.h"
#include "vigie/vo/ask.h"

/* struct proto_param - a parameter as it is sent. struct proto_upload - a table that goes with a TAP query
 * and is there TAP_UPLOAD.name; doc: what stands around it, may be NULL. */
struct proto_param {
    const char *key, *value;
};
struct proto_upload {
    const char *name;
    const struct table_doc *doc;
    const struct table *table;
};

/* struct proto_query - a question, in the same words for all protocols. Zero: nothing is said.
 *   base        the service's address
 *   place       ra_deg, dec_deg (ICRS) and radius_deg count. Images and spectra: their field meets the
 *               circle (SIZE is twice the radius)
 *   centre      ObsCore: only observations whose centre lies in the circle (for services without regions)
 *   band        band_lo_m .. band_hi_m, wavelengths in metres, count
 *   time        mjd_lo .. mjd_hi count
 *   id          DataLink: of the dataset; VOSI: "availability", "capabilities", "tables"
 *   format      of the datasets, "image/fits"
 *   kind        ObsCore: dataproduct_type; ObsLocTAP: execution_status
 *   adql, lang  TAP; lang NULL: ADQL
 *   response    TAP: format of the answer; NULL: votable
 *   verb        1 .. 3, of a cone search
 *   min_alt_deg, min_hours   ObjVisSAP: lowest altitude, shortest visibility
 *   max_rows    asked for at most
 *   more        further parameters, sent as they are */
struct proto_query {
    const char *base;
    bool place, centre, band, time;
    double ra_deg, dec_deg, radius_deg, band_lo_m, band_hi_m, mjd_lo, mjd_hi;
    const char *id, *format, *kind, *adql, *lang, *response;
    int verb;
    double min_alt_deg, min_hours;
    uint64_t max_rows;
    const struct proto_param *more;
    size_t n_more;
    const struct proto_upload *upload;
    size_t n_upload;
};

/* struct proto_request - what goes over the wire. post: with `body` of Content-Type `type`. */
struct proto_request {
    struct str url, body, type;
    bool post;
};
void proto_request_clear(struct proto_request *r);

/* What a column means, whatever the protocol calls it. */
enum proto_role {
    PROTO_ID,         /* identifier of the row */
    PROTO_RA,         /* degrees, ICRS */
    PROTO_DEC,        /* degrees, ICRS */
    PROTO_TITLE,      /* of the dataset */
    PROTO_TARGET,     /* name of the object */
    PROTO_TYPE,       /* image, spectrum, cube ... */
    PROTO_URL,        /* of the dataset */
    PROTO_FORMAT,     /* MIME type of the dataset */
    PROTO_SIZE,       /* of the dataset: proto_columns.size_bytes times the cell */
    PROTO_T_MIN,      /* MJD, begin of the exposure */
    PROTO_T_MAX,      /* MJD, end */
    PROTO_T_MID,      /* MJD, where only the middle is given */
    PROTO_EM_MIN,     /* metres */
    PROTO_EM_MAX,     /* metres */
    PROTO_BAND,       /* name of the band */
    PROTO_COLLECTION, /* survey, archive */
    PROTO_INSTRUMENT,
    PROTO_FACILITY,
    PROTO_STATUS,    /* of a planned observation */
    PROTO_SEMANTICS, /* of a link: #this, #preview ... */
    PROTO_SERVICE,   /* of a link: ID of a service descriptor */
    PROTO_ERROR,     /* of a link: why there is none */
    PROTO_DESCRIPTION,
    PROTO_ROLES
};

/* struct proto_columns - the index of the column of each role, -1 if there is none. size_bytes: what one
 * unit of PROTO_SIZE is (1 or 1000). */
struct proto_columns {
    int column[PROTO_ROLES];
    double size_bytes;
};

/* What of a question a protocol can use; `needs`: cannot be asked without. */
enum {
    PROTO_TAKES_PLACE = 1,
    PROTO_TAKES_BAND = 2,
    PROTO_TAKES_TIME = 4,
    PROTO_TAKES_ID = 8,
    PROTO_TAKES_FORMAT = 16,
    PROTO_TAKES_ADQL = 32,
    PROTO_TAKES_VERB = 64,
    PROTO_TAKES_UPLOAD = 128,
    PROTO_TAKES_KIND = 256
};

/* struct vo_protocol - a row.
 *   name, also    "scs"; other names of it, divided by blanks
 *   title         for people: "Simple Cone Search 1.03"
 *   standard_id   in the registry, lower case; NULL: it has none of its own. A % at the end: a version
 *                 follows
 *   takes, needs  PROTO_TAKES_*
 *   build         adds to r; takes and needs have been looked at. err: E_RANGE
 *   parse         finds the columns; NULL: the answer is no table */
struct vo_protocol {
    const char *name, *also, *title, *standard_id;
    unsigned takes, needs;
    enum status (*build)(const struct proto_query *q, struct proto_request *r, struct error *err);
    void (*parse)(const struct table *t, struct proto_columns *c);
};

/* vo_protocols - all rows, ended by NULL. vo_protocol_find - by name or one of its other names, NULL if
 * there is none. vo_protocol_of - by a standard's identifier, also one with a #fragment.
 *   test  tests/vo/check_proto.c */
extern const struct vo_protocol *const vo_protocols[];
const struct vo_protocol *vo_protocol_find(const char *name);
const struct vo_protocol *vo_protocol_of(const char *standard_id);

/* vo_build - the request for a question. r: zeroed; proto_request_clear is the caller's, also on failure.
 *   err   E_RANGE: what is missing, what is out of range, what the protocol cannot be asked: "Simple
 *         Cone Search: needs a position"
 *   test  tests/vo/check_proto.c */
enum status vo_build(const struct vo_protocol *p, const struct proto_query *q,
                     struct proto_request *r, struct error *err) MUST_CHECK;

/* vo_ask_query - vo_build and vo_ask in one: ask->url, body, type and max_rows are set from it.
 *   returns  as vo_ask */
uint64_t vo_ask_query(struct http *h, const struct vo_protocol *p, const struct proto_query *q,
                      const struct vo_question *ask, struct error *err);

/* proto_read_columns - the columns of an answer. proto_role_text - the cell of a role as text in `out`
 * (emptied first); false if there is no column or it is null. proto_role_number - as a number, NAN. */
void proto_read_columns(const struct vo_protocol *p, const struct table *t,
                        struct proto_columns *c);
bool proto_role_text(const struct table *t, const struct proto_columns *c, size_t row,
                     enum proto_role role, struct str *out);
double proto_role_number(const struct table *t, const struct proto_columns *c, size_t row,
                         enum proto_role role);

/* vo_is_datalink - whether a MIME type is that of a list of links, to be asked for as DataLink
 * ("application/x-votable+xml;content=datalink"). */
bool vo_is_datalink(const char *format);

#endif
