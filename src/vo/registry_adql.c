/* registry_adql.c - constraints on the registry as ADQL. Source: RegTAP 1.2 (IVOA), sections 8, 9 and
 * 10. Each condition is a sub-query of its own, because a join over the tables of the registry is slow
 * on every server. Not: the answer (registry.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/vo/proto.h"
#include "vigie/vo/registry.h"
#include "vigie/vo/simple.h"

/* Kinds of services that the registry knows and no protocol here asks. */
static const struct {
    const char *name, *id;
} others[] = {{"slap", "ivo://ivoa.net/std/slap"},
              {"line", "ivo://ivoa.net/std/slap"},
              {"soda", "ivo://ivoa.net/std/soda%"},
              {"hips", "ivo://ivoa.net/std/hips#hips-1.%"},
              {"hats", "ivo://ivoa.net/std/hats#hats-1.%"}};

static const char *const wavebands[] = {"radio", "millimeter", "infrared",  "optical", "uv",
                                        "euv",   "x-ray",      "gamma-ray", "neutrino"};

static void add_lower(struct str *out, const char *s)
{
    struct str low = {0};
    for (; *s; s++)
        str_addc(&low, *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s);
    vo_adql_text(out, str_c(&low));
    str_clear(&low);
}

static void add_or(struct str *out, size_t i)
{
    if (i)
        str_add(out, " OR ");
}

/* ---- one constraint each ---- */

static void add_word(struct str *out, const char *word, bool plain)
{
    char *part = mem_printf("%%%s%%", word);
    str_add(out, plain ? "(1=ivo_hasword(res_description, "
                       : "ivoid IN (SELECT ivoid FROM rr.resource WHERE "
                         "1=ivo_hasword(res_description, ");
    vo_adql_text(out, word);
    str_add(out, plain
                     ? ") OR 1=ivo_hasword(res_title, "
                     : ") UNION ALL SELECT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_title, ");
    vo_adql_text(out, word);
    str_add(out, plain ? ") OR ivoid IN (SELECT ivoid FROM rr.res_subject WHERE "
                         "1=ivo_nocasematch(res_subject, "
                       : ") UNION ALL SELECT ivoid FROM rr.res_subject WHERE res_subject ILIKE ");
    vo_adql_text(out, part);
    str_add(out, plain ? ")))" : ")");
    free(part);
}

static enum status add_words(struct str *out, const struct registry_constraint *c, bool plain)
{
    for (size_t i = 0; i < c->n; i++) {
        if (i)
            str_add(out, " AND ");
        add_word(out, c->text[i], plain);
    }
    return OK;
}

static const char *standard_of(const char *name)
{
    const struct vo_protocol *p = vo_protocol_find(name);
    if (p && p->standard_id)
        return p->standard_id;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_eqi(others[i].name, name))
            return others[i].id;
    return NULL;
}

static void add_standard(struct str *out, const char *id)
{
    bool open = *id && id[strlen(id) - 1] == '%';
    str_add(out, open ? "standard_id LIKE " : "standard_id = ");
    add_lower(out, id);
}

/* The identifier of the services that only help others: std/tap#aux, std/sia#query-aux-2.%. */
static void add_auxiliary(struct str *out, const char *id)
{
    const char *query = strstr(id, "#query-");
    char *aux = query ? mem_printf("%.*s#query-aux-%s", (int)(query - id), id, query + 7)
                      : mem_printf("%s#aux", id);
    str_add(out, " OR ");
    add_standard(out, aux);
    free(aux);
}

static enum status add_service(struct str *out, const char *name, bool auxiliary, struct error *err)
{
    const char *id = strncmp(name, "ivo://", 6) == 0 ? name : standard_of(name);
    if (!id)
        return err_set(err, E_RANGE,
                       "registry: no service type '%.40s'; known: scs sia sia2 ssa tap slap "
                       "datalink soda hips hats",
                       name);
    add_standard(out, id);
    if (auxiliary)
        add_auxiliary(out, id);
    return OK;
}

static enum status add_services(struct str *out, const struct registry_constraint *c,
                                struct error *err)
{
    enum status s = OK;
    for (size_t i = 0; i < c->n && s == OK; i++) {
        add_or(out, i);
        s = add_service(out, c->text[i], c->auxiliary, err);
    }
    return s;
}

static enum status add_wavebands(struct str *out, const struct registry_constraint *c,
                                 struct error *err)
{
    for (size_t i = 0; i < c->n; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof wavebands / sizeof wavebands[0]; k++)
            known |= str_eqi(wavebands[k], c->text[i]);
        if (!known)
            return err_set(
                err, E_RANGE,
                "registry: no waveband '%.40s'; known: radio millimeter infrared optical "
                "uv euv x-ray gamma-ray neutrino",
                c->text[i]);
        add_or(out, i);
        str_add(out, "1 = ivo_hashlist_has(rr.resource.waveband, ");
        add_lower(out, c->text[i]);
        str_addc(out, ')');
    }
    return OK;
}

/* A sub-query on a column of another table of the registry. */
static void add_like(struct str *out, const struct registry_constraint *c, const char *from,
                     const char *column, const char *also, bool lower)
{
    str_addf(out, "ivoid IN (SELECT ivoid FROM %s WHERE (", from);
    for (size_t i = 0; i < c->n; i++) {
        add_or(out, i);
        str_addf(out, "%s LIKE ", column);
        if (lower)
            add_lower(out, c->text[i]);
        else
            vo_adql_text(out, c->text[i]);
    }
    str_addf(out, ")%s)", also);
}

static enum status no_concept(const struct uat *uat, const char *name, struct error *err)
{
    uint32_t near[4];
    size_t n = uat_near(uat, name, near, 4);
    struct str s = {0};
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s %s", i ? "," : "; near:", uat_term(uat, near[i])->name);
    err_set(err, E_RANGE, "UAT: no concept '%.60s'%.120s", name, str_c(&s));
    str_clear(&s);
    return E_RANGE;
}

static enum status add_uat(struct str *out, const struct registry_constraint *c,
                           const struct uat *uat, struct error *err)
{
    struct uat_set set = {0};
    size_t added = 0;
    str_add(out, "ivoid IN (SELECT ivoid FROM rr.res_subject WHERE res_subject IN (");
    for (size_t i = 0; i < c->n; i++) {
        int term = uat ? uat_find(uat, c->text[i]) : -1;
        if (uat && term < 0) {
            VEC_FREE(set.term);
            return no_concept(uat, c->text[i], err);
        }
        if (!uat) {
            str_add(out, added++ ? ", " : "");
            vo_adql_text(out, c->text[i]);
            continue;
        }
        uat_expand(uat, (uint32_t)term, c->up, c->down, &set);
        for (size_t k = 0; k < set.term.n; k++) {
            str_add(out, added++ ? ", " : "");
            vo_adql_text(out, uat_term(uat, set.term.at[k])->name);
        }
    }
    str_add(out, "))");
    VEC_FREE(set.term);
    if (!uat && (c->up || c->down))
        return err_set(err, E_ABSENT,
                       "UAT: wider and narrower concepts need the thesaurus, which is not here");
    return OK;
}

static enum status add_polygon(struct str *out, const struct registry_constraint *c,
                               struct error *err)
{
    if (c->n_polygon < 3)
        return err_set(err, E_RANGE, "registry: a polygon has at least 3 corners");
    str_addf(out, "MOC(%d, POLYGON(", c->order > 0 ? c->order : 6);
    for (size_t i = 0; i < c->n_polygon; i++) {
        double lon = c->polygon[2 * i], lat = c->polygon[2 * i + 1];
        if (!(fabs(lat) <= 90 && fabs(lon) <= 360))
            return err_set(err, E_RANGE, "registry: no place on the sky: %g %g degrees", lon, lat);
        str_addf(out, "%s%.9g, %.9g", i ? ", " : "", lon, lat);
    }
    str_add(out, "))");
    return OK;
}

/* The ASCII form of a MOC: "4/0-3 5/16,18". */
static enum status add_moc(struct str *out, const char *moc, struct error *err)
{
    if (!*moc || strspn(moc, "0123456789/-, ") != strlen(moc) || !strchr(moc, '/'))
        return err_set(err, E_RANGE,
                       "registry: '%.60s' is no MOC: ORDER/CELL,CELL-CELL ORDER/CELL ...", moc);
    str_addf(out, "MOC('%s')", moc);
    return OK;
}

static enum status add_region(struct str *out, const struct registry_constraint *c,
                              struct error *err)
{
    if (c->order < 0 || c->order > 29)
        return err_set(err, E_RANGE, "registry: a MOC has no order %d (0 .. 29)", c->order);
    if (c->moc)
        return add_moc(out, c->moc, err);
    if (c->polygon)
        return add_polygon(out, c, err);
    if (!(fabs(c->lat_deg) <= 90 && fabs(c->lon_deg) <= 360 && c->radius_deg >= 0 &&
          c->radius_deg <= 180))
        return err_set(err, E_RANGE, "registry: no place on the sky: %g %g radius %g degrees",
                       c->lon_deg, c->lat_deg, c->radius_deg);
    int order = c->order > 0 ? c->order : 6;
    if (c->radius_deg > 0)
        str_addf(out, "MOC(%d, CIRCLE(%.9g, %.9g, %.9g))", order, c->lon_deg, c->lat_deg,
                 c->radius_deg);
    else
        str_addf(out, "MOC(%d, POINT(%.9g, %.9g))", order, c->lon_deg, c->lat_deg);
    return OK;
}

static enum status add_place(struct str *out, const struct registry_constraint *c,
                             struct error *err)
{
    struct str region = {0};
    enum status s = add_region(&region, c, err);
    str_add(out, "ivoid IN (SELECT ivoid FROM rr.stc_spatial WHERE 1 = ");
    switch (c->meet) {
    case REGISTRY_COVERS: str_addf(out, "CONTAINS(%s, coverage)", str_c(&region)); break;
    case REGISTRY_ENCLOSED: str_addf(out, "CONTAINS(coverage, %s)", str_c(&region)); break;
    case REGISTRY_OVERLAPS: str_addf(out, "INTERSECTS(coverage, %s)", str_c(&region)); break;
    }
    str_add(out, c->unknown ? " OR coverage IS NULL)" : ")");
    str_clear(&region);
    return s;
}

static enum status add_interval(struct str *out, const struct registry_constraint *c,
                                const char *table, const char *name, struct error *err)
{
    double lo = c->lo, hi = c->hi;
    if (!(isfinite(lo) && isfinite(hi) && lo <= hi))
        return err_set(err, E_RANGE, "registry: no interval: %g .. %g", lo, hi);
    str_addf(out, "ivoid IN (SELECT ivoid FROM rr.%s WHERE ", table);
    if (lo == hi)
        str_addf(out, "%.12g BETWEEN %s_start AND %s_end)", lo, name, name);
    else
        str_addf(out, "1 = ivo_interval_overlaps(%s_start, %s_end, %.12g, %.12g))", name, name, lo,
                 hi);
    return OK;
}

static enum status add_datamodel(struct str *out, const char *name, struct error *err)
{
    if (str_eqi(name, "epntap")) {
        str_add(out, "ivoid IN (SELECT ivoid FROM rr.res_table WHERE table_utype LIKE "
                     "'ivo://ivoa.net/std/epntap#table-2.%' OR table_utype LIKE "
                     "'ivo://vopdc.obspm/std/epncore#schema-2.%')");
        return OK;
    }
    bool known = str_eqi(name, "obscore") || str_eqi(name, "regtap") || str_eqi(name, "obsloctap");
    if (!known)
        return err_set(err, E_RANGE,
                       "registry: no data model '%.40s'; known: obscore regtap epntap obsloctap",
                       name);
    str_add(out, "ivoid IN (SELECT ivoid FROM rr.res_detail WHERE detail_xpath = "
                 "'/capability/dataModel/@ivo-id' AND 1 = ivo_nocasematch(detail_value, "
                 "'ivo://ivoa.net/std/");
    for (; *name; name++)
        str_addc(out, *name >= 'A' && *name <= 'Z' ? (char)(*name + 32) : *name);
    str_add(out, "%'))");
    return OK;
}

static enum status add_datamodels(struct str *out, const struct registry_constraint *c,
                                  struct error *err)
{
    enum status s = OK;
    for (size_t i = 0; i < c->n && s == OK; i++) {
        add_or(out, i);
        s = add_datamodel(out, c->text[i], err);
    }
    return s;
}

static enum status add_ivoids(struct str *out, const struct registry_constraint *c)
{
    for (size_t i = 0; i < c->n; i++) {
        add_or(out, i);
        str_add(out, "ivoid = ");
        add_lower(out, c->text[i]);
    }
    return OK;
}

static bool has_texts(enum registry_kind kind)
{
    return kind != REGISTRY_PLACE && kind != REGISTRY_SPECTRUM && kind != REGISTRY_TIME;
}

static enum status add_constraint(struct str *out, const struct registry_constraint *c,
                                  const struct uat *uat, bool plain, struct error *err)
{
    if (has_texts(c->kind) && c->n == 0)
        return err_set(err, E_RANGE, "registry: a constraint without a value");
    switch (c->kind) {
    case REGISTRY_WORDS: return add_words(out, c, plain);
    case REGISTRY_SERVICE: return add_services(out, c, err);
    case REGISTRY_AUTHOR:
        add_like(out, c, "rr.res_role", "role_name", " AND base_role='creator'", false);
        return OK;
    case REGISTRY_WAVEBAND: return add_wavebands(out, c, err);
    case REGISTRY_UCD: add_like(out, c, "rr.table_column", "ucd", "", true); return OK;
    case REGISTRY_UAT: return add_uat(out, c, uat, err);
    case REGISTRY_PLACE: return add_place(out, c, err);
    case REGISTRY_SPECTRUM: return add_interval(out, c, "stc_spectral", "spectral", err);
    case REGISTRY_TIME: return add_interval(out, c, "stc_temporal", "time", err);
    case REGISTRY_DATAMODEL: return add_datamodels(out, c, err);
    case REGISTRY_IVOID: return add_ivoids(out, c);
    }
    return OK;
}

enum status registry_where(const struct registry_constraint *c, size_t n, const struct uat *uat,
                           bool plain, struct str *out, struct error *err)
{
    enum status s = OK;
    if (n == 0)
        return err_set(err, E_RANGE, "registry: nothing is asked for");
    for (size_t i = 0; i < n && s == OK; i++) {
        str_add(out, i ? "\n  AND (" : "(");
        s = add_constraint(out, &c[i], uat, plain, err);
        str_addc(out, ')');
    }
    return s;
}

static enum status make(const struct registry_constraint *c, size_t n, const struct uat *uat,
                        bool plain, struct str *adql, struct error *err)
{
    str_add(adql,
            "SELECT ivoid, res_type, short_name, res_title, res_description, reference_url, "
            "creator_seq, content_type, waveband, access_url, standard_id, intf_type, intf_role, "
            "cap_description\nFROM rr.resource NATURAL LEFT OUTER JOIN rr.capability NATURAL LEFT "
            "OUTER JOIN rr.interface\nWHERE ");
    enum status s = registry_where(c, n, uat, plain, adql, err);
    str_add(adql, "\nORDER BY ivoid");
    return s;
}

enum status registry_adql(const struct registry_constraint *c, size_t n, const struct uat *uat,
                          struct str *adql, struct error *err)
{
    return make(c, n, uat, false, adql, err);
}

enum status registry_adql_plain(const struct registry_constraint *c, size_t n,
                                const struct uat *uat, struct str *adql, struct error *err)
{
    return make(c, n, uat, true, adql, err);
}
