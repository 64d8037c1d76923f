/* vodesk.h - the session's own side of vigie/session/vodesk.h.
 * Not: for other rooms.
 */
#ifndef VIGIE_SRC_SESSION_VODESK_H
#define VIGIE_SRC_SESSION_VODESK_H

#include "own.h"
#include "vigie/io/http.h"
#include "vigie/session/vodesk.h"
#include "vigie/store/store.h"
#include "vigie/vo/ask.h"
#include "vigie/vo/job.h"
#include "vigie/vo/many.h"
#include "vigie/vo/names.h"
#include "vigie/vo/search.h"
#include "vigie/vo/vocabulary.h"

/* So many queries and so many bytes of cells stay in memory; rows and bytes of one table. */
enum { VO_QUERIES = 16, VO_PASTS = 200, VO_KEEP_MAX = 2 << 20 };
#define VO_BYTES      (384ULL << 20)
#define VO_TABLE_ROWS 2000000
#define VO_TABLE_SIZE (192ULL << 20)

struct arranging;
struct matching;
struct saving;

/* struct vo_asked - a service with what goes on behind it. public is first: one is the other.
 *   many     all services of the query, this one at the same place as there; NULL none
 *   search   of the registry, NULL none
 *   job      NULL none; journal: its row in the store, 0 none
 *   own      the document once it is whole; doc of the public part may be the reader's before that
 *   key      of the answer in the store, NULL: it is not kept
 *   users    work in the pool that reads the table: it is not freed before
 *   arranging, matching  work in the pool whose result is waited for, NULL none; saving: files on their
 *            way out
 *   wanted   of the arrangement, newer than what is shown */
struct vo_asked {
    struct vo_service pub;
    struct vodesk *desk;
    struct vo_query *query;
    struct vo_target target;
    uint64_t max_rows, keeper;
    struct vo_many *many;
    struct vo_job *job;
    struct search *search;
    int64_t journal;
    struct table_doc *own;
    char *key;
    int users;
    struct arranging *arranging;
    struct matching *matching;
    struct saving *saving;
    bool gone;
    struct {
        int column;
        bool falling, due;
        char *filter;
    } wanted;
};

struct vo_counter;
struct resolving;

struct vodesk {
    struct session *session;
    struct vo_desk pub;
    struct vo_access access;
    struct vo_own own;
    uint64_t next_id;              /* where there is no history in the store */
    int working;                   /* in the pool */
    struct vocabulary *vocabulary; /* NULL: not yet, or there is only the core */
    char *vocabulary_url;          /* that it was made for */
    struct uat *core;              /* of a session without a cache */
    int64_t fetched_ms;            /* when it was asked for, 0 never */
    struct names *names;
    struct vo_counter *counter;
    struct resolving *resolving;
    uint64_t examples_request; /* 0: none runs */
    struct vo_wish edited;     /* whose ADQL an editor has; edited_path NULL: none runs */
    char *edited_path;
};

struct vodesk *vodesk_new(struct session *s);
void vodesk_free(struct vodesk *d);

/* vodesk_changed - EV_VO. vodesk_find - a query in memory, NULL. vodesk_asked - the other side of a
 * service. */
void vodesk_changed(struct vodesk *d, uint64_t id);
struct vo_query *vodesk_find(const struct vodesk *d, uint64_t id);
struct vo_asked *vodesk_asked(const struct vo_service *v);

/* vodesk_add - a new query of a wish, in memory and history. vodesk_service - one more service of it.
 * vodesk_took - a whole document arrived (owned from now on, may be NULL). vodesk_ended - the service
 * came to its end; the history learns of it when it was the last. */
struct vo_query *vodesk_add(struct vodesk *d, const struct vo_wish *w, uint64_t id);
struct vo_asked *vodesk_service(struct vo_query *q, struct vodesk *d, const char *name,
                                const char *base, const char *ivoid);
void vodesk_took(struct vo_asked *a, struct table_doc *doc);
void vodesk_ended(struct vo_asked *a, enum vo_state state, const struct error *err);

/* vodesk_release - a user of the table in the pool is done. */
void vodesk_release(struct vo_asked *a);

/* vodesk_begin - ask all services of a query (vo_start.c): what is wrong with it is in err. */
enum status vodesk_begin(struct vodesk *d, struct vo_query *q, struct error *err) MUST_CHECK;
enum status vodesk_check(struct vodesk *d, const struct vo_wish *w, struct error *err) MUST_CHECK;
void vodesk_resume(struct vodesk *d, uint64_t id, const char *name, const char *url,
                   int64_t journal);

/* vodesk_constraints - the fields of a registry question as ADQL: the query, the same for registries that
 * know less (vo/registry.h), or one that only counts.
 * vodesk_access - how the vo room reaches the world, by the options as they are now. vodesk_registry -
 * the TAP service of the registry that is tried first. */
enum vo_query_form { VO_QUERY, VO_QUERY_PLAIN, VO_QUERY_COUNT };
enum status vodesk_constraints(struct vodesk *d, const struct vo_wish *w, enum vo_query_form form,
                               struct str *adql, struct error *err) MUST_CHECK;
const struct vo_access *vodesk_access(struct vodesk *d);
char *vodesk_registry(struct vodesk *d);

/* vo_start.c. vo_many_end - nobody of a query is asked any more. vo_names_free - no more names are
 * resolved. */
void vo_many_end(struct vo_query *q);
void vo_names_free(struct vodesk *d);

/* vo_past.c - history, journal of jobs, kept answers, in the store. */
extern const struct store_room vodesk_store_room;
void vo_past_load(struct vodesk *d);
uint64_t vo_past_add(struct vodesk *d, const struct vo_query *q);
void vo_past_note(struct vodesk *d, const struct vo_query *q);
void vo_past_forget(struct vodesk *d, uint64_t id);
int64_t vo_journal_add(struct vodesk *d, uint64_t query, const char *name, const char *url);
void vo_journal_drop(struct vodesk *d, int64_t journal);
void vo_journal_resume(struct vodesk *d);
void vo_keep_put(struct vo_asked *a);
bool vo_keep_get(struct vo_asked *a);

/* vo_arrange.c. vo_arrange_soon - more rows came, or all. vo_arrange_stop - nobody waits for the arrangement
 * in the pool any more; vo_arrange_cancel - the same by the user's wish: the rows stay as they are shown, and
 * it is told. vo_save_cancel - files on their way out are given up: how many. */
void vo_arrange_soon(struct vo_asked *a);
bool vo_arrange_stop(struct vo_asked *a);
bool vo_arrange_cancel(struct vo_asked *a);
int vo_save_cancel(struct vo_asked *a);
void vo_shown_clear(struct vo_shown *s);

/* vo_match.c. vo_match_stop - nobody waits for the pairs any more. */
bool vo_match_stop(struct vo_asked *a);

/* vo_uat.c */
void vo_thesaurus_free(struct vodesk *d);
void vo_counter_free(struct vodesk *d);

/* vo_write.c */
void vo_examples_free(struct vodesk *d);

/* vo_load.c */
void vo_loads_free(struct vodesk *d);

/* vo_samples.c - what the demo shows. */
void vo_samples(struct vodesk *d);

#endif
