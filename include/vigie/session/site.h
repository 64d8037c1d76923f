/* site.h - the sites of the configuration: `site = NAME`, `site.NAME = LAT, LON, HEIGHT`,
 * `horizon.NAME = FILE`. Not: what a site is (sky/site.h).
 */
#ifndef VIGIE_SESSION_SITE_H
#define VIGIE_SESSION_SITE_H

#include "vigie/base/conf.h"
#include "vigie/sky/site.h"

/* site_of_conf - the site that is meant.
 *   text   what --site was given: a name of the configuration, or "LAT,LON,HEIGHT" (no horizon mask
 *          then); NULL: the option `site`, or the only site there is
 *   site   filled; the caller frees with site_clear
 *   err    E_ABSENT: no site yet, or none of that name (with those there are); E_PARSE, E_RANGE; a
 *          horizon file that cannot be read is its error
 *   test   tests/session/check_site.c */
enum status site_of_conf(const struct conf *c, const char *text, struct site *site,
                         struct error *err) MUST_CHECK;

/* site_demo - the site of --demo: Observatoire de Haute-Provence. */
void site_demo(struct site *site);

/* site_name_check - whether a name can stand in the configuration: 1 to 40 bytes, no control
 * character, none of = # " , */
enum status site_name_check(const char *name, struct error *err) MUST_CHECK;

#endif
