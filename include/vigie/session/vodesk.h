/* vodesk.h - the questions that the running session has put to the Virtual Observatory: what was asked,
 * whom, how far each service is, the rows that came; all that was ever asked (the history, in the
 * store), jobs of servers that outlive this process, answers kept for a night without a network.
 * Not: the protocols (vo room), not how it is shown.
 */
#ifndef VIGIE_SESSION_VODESK_H
#define VIGIE_SESSION_VODESK_H

#include "vigie/base/mem.h"
#include "vigie/formats/tableops.h"
#include "vigie/vo/proto.h"
#include "vigie/vo/registry.h"
#include "vigie/vo/uat.h"
#include "vigie/vo/vosi.h"

struct session;

/* What is asked. VO_JOB: TAP as a job of the server (asynchronous). VO_PLANS: planned and past
 * observations (ObsLocTAP). VO_LINKS: what belongs to a dataset (DataLink). VO_MATCH: two results
 * matched by position; VO_SHOWN: a table that a script shows; for these two nobody is asked.
 * vo_kind_name - "cone"; static. vo_kind_asks - whether somebody is asked. */
enum vo_kind {
    VO_REGISTRY,
    VO_CONE,
    VO_IMAGES,
    VO_SPECTRA,
    VO_TAP,
    VO_JOB,
    VO_PLANS,
    VO_LINKS,
    VO_MATCH,
    VO_SHOWN,
    VO_KINDS
};
const char *vo_kind_name(enum vo_kind kind);
bool vo_kind_asks(enum vo_kind kind);

/* The fields of a question, as the user writes them. In the fields of the registry commas divide
 * alternatives; several fields must all hold. VO_URL: whom to ask, in place of the services. VO_PART: what
 * part of a service's own description is asked for ("tables", "columns"), or "again": of the registry, and
 * no kept answer will do. */
enum vo_field {
    VO_UAT,
    VO_UP,
    VO_DOWN,
    VO_WORDS,
    VO_TYPE,
    VO_WAVEBAND,
    VO_PLACE,
    VO_RADIUS,
    VO_SPECTRUM,
    VO_TIME,
    VO_AUTHOR,
    VO_UCD,
    VO_MODEL,
    VO_IVOID,
    VO_URL,
    VO_ID,
    VO_ROWS,
    VO_ADQL,
    VO_PART,
    VO_FIELDS
};

/* struct vo_field_row - name in the history; label, hint: of a form; choices: divided by commas, NULL:
 * free text; kinds: bits 1u << enum vo_kind of the questions that have it. */
struct vo_field_row {
    const char *name, *label, *hint, *choices;
    unsigned kinds;
};
extern const struct vo_field_row vo_fields[VO_FIELDS];

/* struct vo_target - a service to be asked: its name, URL, registry identifier ("" unknown), protocol
 * (vo/proto.h; "": the usual one of the kind). */
struct vo_target {
    char *name, *url, *ivoid, *protocol;
};

/* struct vo_wish - a whole question; texts are its own, NULL is empty. A zeroed one asks the registry
 * for nothing; in one with VO_ADQL the query is that, and the other fields but VO_ROWS are not
 * looked at. vo_wish_set - a field (NULL or "": empty). vo_wish_get - "" when empty.
 * vo_wish_target - one more service. vo_wish_title - in few words ("cone NGC 891 5'"), added. */
struct vo_wish {
    enum vo_kind kind;
    char *field[VO_FIELDS];
    VEC(struct vo_target) target;
};
void vo_wish_set(struct vo_wish *w, enum vo_field field, const char *text);
const char *vo_wish_get(const struct vo_wish *w, enum vo_field field);
void vo_wish_target(struct vo_wish *w, const char *name, const char *url, const char *ivoid,
                    const char *protocol);
void vo_wish_copy(struct vo_wish *to, const struct vo_wish *from);
void vo_wish_clear(struct vo_wish *w);
void vo_wish_title(const struct vo_wish *w, struct str *out);

/* vo_wish_text, vo_wish_read - a question as lines "field value", for the store, and back; what is not
 * known is passed over.
 *   test  tests/session/check_vodesk.c */
void vo_wish_text(const struct vo_wish *w, struct str *out);
void vo_wish_read(struct vo_wish *w, const char *text);

/* vo_place_read - a position as written: "02:22:33.4 +42:20:57", "35.6 42.3", also behind a name
 * ("NGC 891 = 02:22:33.4 +42:20:57"). false: it is a name to be resolved. */
bool vo_place_read(const char *text, double *ra_deg, double *dec_deg);

/* vo_size_read - an angle as written: 5' 30" 0.5 (degrees) 2d. false: it is none, or not in 0 .. 180. */
bool vo_size_read(const char *text, double *deg);

/* How far a service is. VO_KEPT: no answer now; the rows are those of an earlier one. */
enum vo_state { VO_WAITING, VO_RUNNING, VO_DONE, VO_KEPT, VO_FAILED, VO_CANCELLED };

/* struct vo_shown - the rows of a table as they are to be seen: all that pass the filter, in an order.
 * vo_shown_n - how many; vo_shown_at - the i-th one's row of the table.
 *   column   that it is sorted by, -1 as they came
 *   filter   as written, "" none; bad: why the last one written is not used
 *   working  a newer order is being made in the pool */
struct vo_shown {
    struct table_rows rows; /* row NULL: all rows as they came */
    int column;
    bool falling, working;
    char *filter;
    struct error bad;
};

/* struct vo_service - one service of a query.
 *   doc, table  what has arrived so far, NULL nothing; table: the first one with columns. Borrowed until
 *               the next turn; it grows while state is VO_RUNNING
 *   err         of VO_FAILED, VO_CANCELLED, VO_KEPT (why there is no newer one)
 *   overflow    the service has cut its answer, or may have
 *   kept_ns     wall time of an answer that was kept, else 0
 *   phase       of a job, else ""; url: whole, as asked
 *   saving      files that are being written of it */
struct vo_service {
    char *name, *url, *ivoid, *base;
    enum vo_state state;
    struct error err;
    const struct table_doc *doc;
    const struct table *table;
    bool overflow;
    int code;
    uint64_t bytes;
    int64_t began_ms, ended_ms, kept_ns;
    const char *phase;
    unsigned saving;
    struct vo_shown shown;
    int lon, lat; /* columns of the position in degrees, -1 none */
    const struct vo_protocol *protocol;
};
size_t vo_shown_n(const struct vo_service *v);
size_t vo_shown_at(const struct vo_service *v, size_t i);

/* struct vo_find - a service that a registry query has found: record and its interface (-1: the record
 * has none that a program can ask). */
struct vo_find {
    uint32_t record;
    int32_t interface;
};

/* struct vo_query - a question and its services. ra_deg ...: NAN until they are known or where they
 * mean nothing. resolving: the name is being looked up. records, find: of VO_REGISTRY. err: why nobody
 * could be asked (OK: they were). */
struct vo_query {
    uint64_t id;
    struct vo_wish wish;
    char *title, *adql;
    int64_t made_ns;
    double ra_deg, dec_deg, radius_deg;
    bool resolving;
    struct error err;
    VEC(struct vo_service *) service;
    struct registry_list records;
    VEC(struct vo_find) find;
};

/* vo_query_finds - whether its answer is a list of services: that of the registry, unless the query was
 * written by hand and gave something else. */
bool vo_query_finds(const struct vo_query *q);

/* struct vo_past - an entry of the history. note: how it ended ("83 rows", "failed"). */
struct vo_past {
    uint64_t id;
    enum vo_kind kind;
    int64_t made_ns;
    char *title, *note;
};

/* struct vo_load - a file being fetched, or fetched: bytes of total (0 unknown). head: the cards of its
 * first FITS header, a line each, "" if it is no FITS file. only_head: nothing is saved. */
struct vo_load {
    char *name, *path;
    enum vo_state state;
    struct error err;
    uint64_t bytes, total;
    bool only_head;
    struct str head;
};

/* struct vo_count - the live count of a form: records that fit what is written. n -1: not known (yet). */
struct vo_count {
    int64_t n;
    bool asking;
    struct error err;
};

/* struct vo_examples - queries that a TAP service gives as examples: of whom (its URL), as they came; err:
 * why there are none. One service at a time; a zeroed one: nobody was asked. */
struct vo_examples {
    char *name, *base;
    enum vo_state state;
    struct error err;
    struct vosi_examples list;
};

/* struct vo_picture - what is to be seen of a table that a script shows: the table, its second column against
 * its first, its positions on a chart around a place (degrees; radius_deg NAN: as far as the table goes). */
enum vo_picture_kind { VO_PICTURE_NONE, VO_PICTURE_PLOT, VO_PICTURE_CHART };
struct vo_picture {
    enum vo_picture_kind kind;
    double ra_deg, dec_deg, radius_deg;
};

/* struct vo_desk - what there is; borrowed until the next turn of the loop (EV_VO).
 *   query    in memory, oldest first; past: newest first, also those of earlier nights
 *   thesaurus  goes up when it is another one: indices of terms no longer hold
 *   draft    a question begun elsewhere (from an alert), to be opened as a form; drafts counts them
 *   shown    the query that a script has put there last, to be opened as `picture`; shows counts them */
struct vo_desk {
    VEC(struct vo_query *) query;
    VEC(struct vo_past) past;
    VEC(struct vo_load *) load;
    struct vo_wish draft;
    unsigned drafts, thesaurus;
    uint64_t shown;
    struct vo_picture picture;
    unsigned shows;
    struct vo_count count;
    struct vo_examples examples;
};
const struct vo_desk *session_vo(const struct session *s);

/* session_vo_query - one in memory, NULL else. session_vo_wish - what an entry of the history asked.
 *   err   E_ABSENT */
const struct vo_query *session_vo_query(const struct session *s, uint64_t id);
enum status session_vo_wish(struct session *s, uint64_t id, struct vo_wish *w,
                            struct error *err) MUST_CHECK;

/* session_vo_ask - ask: each service at once; none holds another. The answer of a name resolver, then
 * of each service, comes later (EV_VO). Without a network what was kept is shown.
 *   err   E_RANGE, E_PARSE: a field is wrong; E_ABSENT: no service; E_REFUSED: no network
 *   test  tests/session/check_vodesk.c */
enum status session_vo_ask(struct session *s, const struct vo_wish *w, uint64_t *id,
                           struct error *err) MUST_CHECK;

/* session_vo_cancel - end one service of a query (NULL: all); rows that came stay, marked as partial;
 * a job of a server is aborted there. What is done with its rows ends too: a sort or a filter (the rows stay
 * as they are shown), a file on its way out (nothing of it stays), a match. Returns how many were ended.
 *   test  tests/session/check_vopool.c */
int session_vo_cancel(struct session *s, uint64_t id, const struct vo_service *service);

/* session_vo_forget - take a query out of memory and history. */
void session_vo_forget(struct session *s, uint64_t id);

/* session_vo_arrange - sort and filter what a service answered; long tables in the pool (EV_VO when
 * done); a newer one ends the one before. column -1: as they came. filter: an expression over the columns (tableops.h), or words that
 * some text of a row must hold. An expression that cannot be read is told in shown.bad, the old one
 * stays. */
void session_vo_arrange(struct session *s, uint64_t id, struct vo_service *service, int column,
                        bool falling, const char *filter);

/* session_vo_name - a sensible name for a file of that result, without folder ("ngc-891-gaia-dr3.vot").
 * session_vo_save - what is shown of a result into a file (format by its ending; "~/" is understood);
 * it is there whole or not at all; long tables in the pool, the end is told by session_say.
 * binary: a VOTable with its rows in BINARY2, not as text.
 *   err   E_RANGE: no such format; E_ABSENT: no rows */
void session_vo_name(const struct vo_query *q, const struct vo_service *v, struct str *out);
enum status session_vo_save(struct session *s, uint64_t id, const struct vo_service *v,
                            const char *path, bool binary, struct error *err) MUST_CHECK;

/* session_vo_match - rows of two results closer than radius_deg as a new query, which is VO_RUNNING until the
 * pool has matched them. Too many pairs: it is VO_FAILED.
 *   err   E_ABSENT: a result has no positions; E_BUSY: its rows still arrive; E_RANGE: no such radius
 *   test  tests/session/check_vopool.c */
enum status session_vo_match(struct session *s, const struct vo_service *a,
                             const struct vo_service *b, double radius_deg, uint64_t *id,
                             struct error *err) MUST_CHECK;

/* session_vo_show - a table that a script has made or found as a result beside the others, opened in the
 * VO tab; go: that tab is shown too. Takes t, also when it fails.
 *   err   E_RANGE: larger than a result may be
 *   test  tests/session/check_vodesk.c */
enum status session_vo_show(struct session *s, const char *name, struct table *t, bool go,
                            struct error *err) MUST_CHECK;

/* session_vo_picture - the same, opened as a picture; its columns are those of struct vo_picture.
 *   err   E_ABSENT: a chart of a table without positions */
enum status session_vo_picture(struct session *s, const char *name, struct table *t, bool go,
                               const struct vo_picture *picture, struct error *err) MUST_CHECK;

/* session_vo_fetch - fetch a file (an image, a spectrum) into `path`; only_head: only as much of it as
 * its FITS header takes, path NULL. session_vo_fetch_stop ends it.
 * What came of a file that was ended lies beside it (PATH.part) and is taken up by the next fetch.
 *   err   E_REFUSED: no network; E_RANGE: no http URL
 *   test  tests/session/check_vodesk.c */
enum status session_vo_fetch(struct session *s, const char *name, const char *url, const char *path,
                             bool only_head, struct error *err) MUST_CHECK;
void session_vo_fetch_stop(struct session *s, struct vo_load *load);

/* session_vo_draft - a question to be completed in the VO tab. */
void session_vo_draft(struct session *s, const struct vo_wish *w);

/* session_vo_cone_at - a cone search at a position as such a question: the services of the last one, or
 * those that are well known. radius_deg NAN or 0: 5'. The tab is shown if there is one. */
void session_vo_cone_at(struct session *s, const char *name, double ra_deg, double dec_deg,
                        double radius_deg);

/* session_vo_adql - the query to the registry that the fields of a question make, added to out; what is
 * written by hand in VO_ADQL is not looked at.
 *   err   E_RANGE, E_PARSE: a field is wrong */
enum status session_vo_adql(struct session *s, const struct vo_wish *w, struct str *out,
                            struct error *err) MUST_CHECK;

/* session_vo_edit - the ADQL of a question in the user's editor (session_edit), in a file of its own; the
 * session goes on. When the editor has ended, the question with the text as it is then is the draft,
 * and what is wrong with it is told (vo/adql.h).
 *   err   E_ABSENT: no viewer with a terminal; E_BUSY: an editor runs; E_IO
 *   test  tests/term/vo_adql.sh */
enum status session_vo_edit(struct session *s, const struct vo_wish *w,
                            struct error *err) MUST_CHECK;

/* session_vo_examples - ask a TAP service (its URL) for examples of queries: examples of struct vo_desk,
 * whose state tells how far it is (EV_VO). An earlier question is ended.
 *   err   E_REFUSED: no network; E_RANGE: no http URL
 *   test  tests/term/vo_adql.sh */
enum status session_vo_examples(struct session *s, const char *name, const char *base,
                                struct error *err) MUST_CHECK;

/* session_vo_count - how many records of the registry fit what is written so far: asked when nothing
 * has changed for a while. */
void session_vo_count(struct session *s, const struct vo_wish *w);

/* session_vo_uat - the thesaurus: the kept copy, else the built-in core; never NULL. The first call
 * begins to fetch it if there is no copy. Borrowed until the next turn. session_vo_uat_whole - whether it
 * is more than the core. */
const struct uat *session_vo_uat(struct session *s);
bool session_vo_uat_whole(struct session *s);

/* struct vo_seen - a row of a result from the site now: separation from the centre of the query in
 * arcseconds, altitude and distance of the Moon in radians; NAN unknown. */
struct vo_seen {
    double sep_arcsec, alt_rad, moon_rad;
};
struct vo_seen session_vo_seen(const struct session *s, const struct vo_query *q,
                               const struct vo_service *v, size_t row);

/* session_vo_known - well-known catalogues to ask when the registry was not: 0 .. ; false behind the
 * last. */
bool session_vo_known(size_t i, const char **name, const char **url);

#endif
