/* registry.h - the registry of the Virtual Observatory (RegTAP): constraints to ADQL, its answer to
 * records with their interfaces. Not: asking (ask.h with vo_tap_sync), the thesaurus (uat.h).
 * Source: RegTAP 1.2 (IVOA), sections 8 and 10.
 */
#ifndef VIGIE_VO_REGISTRY_H
#define VIGIE_VO_REGISTRY_H

#include "vigie/base/str.h"
#include "vigie/formats/table.h"
#include "vigie/vo/uat.h"

/* What a constraint is about. Texts of one constraint are alternatives (OR), but words, which must
 * all be found; several constraints must all hold (AND).
 *   REGISTRY_WORDS      title, description or subject holds the words
 *   REGISTRY_SERVICE    scs, sia, sia1, sia2, ssa, tap, slap, hips, hats, or a standard's own identifier;
 *                       with `auxiliary`: also services that only help others
 *   REGISTRY_AUTHOR     a creator; % stands for anything
 *   REGISTRY_WAVEBAND   radio millimeter infrared optical uv euv x-ray gamma-ray neutrino
 *   REGISTRY_UCD        of a column; % stands for anything
 *   REGISTRY_UAT        concepts of the thesaurus, with those `up` and `down` steps around them
 *   REGISTRY_PLACE      a region: polygon (n_polygon corners: lon, lat, degrees), or moc (its ASCII form,
 *                       "4/0-3 5/16"), else the circle lon_deg, lat_deg, radius_deg (0: the point). The
 *                       coverage holds it; meet: how it must; with `unknown`: or says nothing. order: of
 *                       the MOC that stands for a circle, polygon or point [6]
 *   REGISTRY_SPECTRUM   lo .. hi in joules, the same: a value
 *   REGISTRY_TIME       lo .. hi in MJD, the same: an instant
 *   REGISTRY_DATAMODEL  obscore, regtap, epntap, obsloctap
 *   REGISTRY_IVOID      identifiers */
enum registry_kind {
    REGISTRY_WORDS,
    REGISTRY_SERVICE,
    REGISTRY_AUTHOR,
    REGISTRY_WAVEBAND,
    REGISTRY_UCD,
    REGISTRY_UAT,
    REGISTRY_PLACE,
    REGISTRY_SPECTRUM,
    REGISTRY_TIME,
    REGISTRY_DATAMODEL,
    REGISTRY_IVOID
};
enum registry_meet {
    REGISTRY_COVERS,   /* the coverage holds all of the region */
    REGISTRY_ENCLOSED, /* it lies within the region */
    REGISTRY_OVERLAPS  /* they have something in common */
};
struct registry_constraint {
    enum registry_kind kind;
    const char *const *text;
    size_t n;
    int up, down;
    double lon_deg, lat_deg, radius_deg, lo, hi;
    enum registry_meet meet;
    bool unknown, auxiliary;
    int order;
    const char *moc;
    const double *polygon;
    size_t n_polygon;
};

/* registry_adql - the query for these constraints, one row an interface, records together. uat: needed
 * by REGISTRY_UAT with steps, and to refuse unknown concepts; may be NULL.
 *   err   E_RANGE: no constraint, an unknown service type, waveband or concept ("UAT: no concept
 *         'gamma-ray-burst'; near: gamma-ray-bursts, ..."), a place that is none
 *   test  tests/vo/check_registry.c */
enum status registry_adql(const struct registry_constraint *c, size_t n, const struct uat *uat,
                          struct str *adql, struct error *err) MUST_CHECK;

/* registry_adql_plain - the same for registries that know no UNION and no ILIKE; slower. registry_where -
 * only the conditions, added. */
enum status registry_adql_plain(const struct registry_constraint *c, size_t n,
                                const struct uat *uat, struct str *adql,
                                struct error *err) MUST_CHECK;
enum status registry_where(const struct registry_constraint *c, size_t n, const struct uat *uat,
                           bool plain, struct str *out, struct error *err) MUST_CHECK;

/* struct registry_interface - one way to reach a service. kind: what registry_service_name calls it,
 * NULL for a standard it does not know or none. */
struct registry_interface {
    const char *standard_id, *url, *type, *role, *description, *kind;
};

/* struct registry_record - a resource of the registry; texts "" when absent. */
struct registry_record {
    const char *ivoid, *res_type, *short_name, *title, *description, *reference_url, *creators,
        *waveband, *content_type;
    VEC(struct registry_interface) interface;
};

/* struct registry_list - records in the order of the answer. registry_read - from the table that the
 * query gives. err: E_PARSE: the columns are not there. registry_clear frees. */
struct registry_list {
    VEC(struct registry_record) record;
    struct arena arena;
};
enum status registry_read(const struct table *t, struct registry_list *list,
                          struct error *err) MUST_CHECK;
void registry_clear(struct registry_list *list);

/* registry_service_name - "scs", "sia", "sia2", "ssa", "tap", "slap", "datalink", "soda", "vosi", "hips"
 * of a standard's identifier; NULL if it is another. registry_usable - whether a program can ask the
 * interface: a standard one with parameters, no web page. */
const char *registry_service_name(const char *standard_id);
bool registry_usable(const struct registry_interface *i);

#endif
