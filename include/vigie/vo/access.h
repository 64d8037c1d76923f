/* access.h - how this room reaches the world: the network, the clock, the folder of kept answers, and
 * where the services of general use are. One for a session, one for a command; everything that asks
 * by itself (search.h, vocabulary.h, names.h) borrows it.
 */
#ifndef VIGIE_VO_ACCESS_H
#define VIGIE_VO_ACCESS_H

#include "vigie/base/clock.h"
#include "vigie/base/conf.h"
#include "vigie/io/http.h"

/* struct vo_access - borrowed for the life of what is made with it.
 *   clock       NULL: the machine's
 *   folder      of answers that are kept; NULL: `vo` in the cache folder (base/file.h)
 *   registries  TAP services with the registry, in the order in which they are tried, divided by
 *               blanks; NULL or "": the environment's IVOA_REGISTRY, else the known ones
 *   vocabulary  address of the thesaurus; NULL or "": the IVOA's
 *   sesame      addresses of the name resolver and its mirrors, divided by blanks; NULL or "": CDS's
 *   simbad      TAP service of SIMBAD, asked for a name when no Sesame answers; NULL or "": CDS's
 *   offline     nothing is asked: only what is kept is used */
struct vo_access {
    struct http *http;
    const struct clock *clock;
    const char *folder, *registries, *vocabulary, *sesame, *simbad;
    bool offline;
};

/* vo_access_conf - the addresses of a configuration (options vo.registry, vo.vocabulary, vo.sesame, vo.simbad) into a,
 * as copies that `own` holds: an option may change while something asks. Called again, what was
 * changed is read anew. vo_own_clear - frees them; nobody may use a after it.
 *   test  tests/vo/check_search.c */
enum { VO_OWN = 4 };
struct vo_own {
    char *text[VO_OWN];
};
void vo_access_conf(struct vo_access *a, struct vo_own *own, const struct conf *conf);
void vo_own_clear(struct vo_own *own);

/* vo_place - the path of a file in the folder of kept answers, in memory that the caller frees; NULL
 * if there is no home. vo_now_ns - wall time.
 *   test  tests/vo/check_search.c */
char *vo_place(const struct vo_access *a, const char *name);
int64_t vo_now_ns(const struct vo_access *a);

/* vo_word - the i-th of the words divided by blanks, copied (the caller frees); NULL if there are
 * fewer. For the lists above. */
char *vo_word(const char *words, size_t i);

/* vo_age_text - "3 min", "5 h", "2 d": an age in seconds for people; "of unknown age" if it is NAN.
 * Returns out. */
enum { VO_AGE_TEXT = 32 };
const char *vo_age_text(double age_s, char out[VO_AGE_TEXT]);

#endif
