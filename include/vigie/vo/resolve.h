/* resolve.h - names of objects to positions, by CDS's Sesame (SIMBAD, NED, VizieR in turn).
 * Not: asking. Source: the Sesame service's own description, https://cds.unistra.fr/cgi-bin/Sesame
 */
#ifndef VIGIE_VO_RESOLVE_H
#define VIGIE_VO_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"
#include "vigie/formats/table.h"

/* struct vo_object - what a name means. Texts "" and numbers NAN when not known. resolver: which
 * catalogue knew it; kind: its object type in SIMBAD's or NED's words. pm: mas a year, in right
 * ascension with cos(dec). */
struct vo_object {
    char name[128], kind[32], spectral[32], resolver[64];
    double ra_deg, dec_deg, pm_ra_masyr, pm_dec_masyr, parallax_mas, velocity_kms;
};

/* vo_resolve_url - the question, to the service (mirror 0) or its mirrors (1 ..); false: there are no
 * more. vo_resolve_url_of - the same for a list of addresses divided by blanks (NULL or "": CDS's and its
 * mirror). vo_resolve_read - its answer of n bytes.
 *   err   E_ABSENT: "Sesame: nothing is called 'x'"; E_PARSE
 *   test  tests/vo/check_ask.c */
bool vo_resolve_url(struct str *url, int mirror, const char *name);
bool vo_resolve_url_of(struct str *url, const char *list, int mirror, const char *name);
enum status vo_resolve_read(const char *bytes, size_t n, const char *name, struct vo_object *o,
                            struct error *err) MUST_CHECK;

/* vo_simbad_adql - the question to SIMBAD's TAP service for an object by its name. vo_simbad_read - its
 * answer (columns of the table `basic`). Source: https://simbad.cds.unistra.fr/simbad/tap/help/tables.html
 *   err   E_ABSENT, E_PARSE */
void vo_simbad_adql(struct str *adql, const char *name);
enum status vo_simbad_read(const struct table *t, const char *name, struct vo_object *o,
                           struct error *err) MUST_CHECK;

#endif
