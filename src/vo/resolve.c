/* resolve.c - Sesame's XML: the first resolver that has a position counts. Not: asking. */
#include "vigie/vo/resolve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/xml.h"
#include "vigie/vo/access.h"
#include "vigie/vo/ask.h"
#include "vigie/vo/simple.h"

enum { ANSWER_MAX = 1 << 20 };

bool vo_resolve_url_of(struct str *url, const char *list, int mirror, const char *name)
{
    static const char known[] = "https://cds.unistra.fr/cgi-bin/nph-sesame/-oxp/SNV? "
                                "https://vizier.cfa.harvard.edu/viz-bin/nph-sesame/-oxp/SNV?";
    char *base = mirror < 0 ? NULL : vo_word(list && *list ? list : known, (size_t)mirror);
    if (!base)
        return false;
    struct str word = {0};
    vo_url_add(&word, "", name); /* "=name&" */
    str_add(url, base);
    if (!strchr(base, '?'))
        str_addc(url, '?');
    str_addn(url, word.s + 1, word.n - 2);
    str_clear(&word);
    free(base);
    return true;
}

bool vo_resolve_url(struct str *url, int mirror, const char *name)
{
    return vo_resolve_url_of(url, NULL, mirror, name);
}

static void take_text(char *to, size_t size, const struct xml_node *node, const char *path)
{
    const char *s = xml_text(xml_path(node, path));
    struct str clean = {0};
    if (s)
        utf8_clean(&clean, s, strlen(s));
    snprintf(to, size, "%.*s", (int)(size - 1), str_c(&clean));
    str_clear(&clean);
}

static double take_number(const struct xml_node *node, const char *path)
{
    double x;
    return str_num(xml_text(xml_path(node, path)), &x) && isfinite(x) ? x : (double)NAN;
}

static bool take_object(const struct xml_node *r, struct vo_object *o)
{
    const char *name = xml_value(r, "name");
    o->ra_deg = take_number(r, "jradeg");
    o->dec_deg = take_number(r, "jdedeg");
    if (!(o->ra_deg >= 0 && o->ra_deg <= 360 && fabs(o->dec_deg) <= 90))
        return false;
    take_text(o->name, sizeof o->name, r, "oname");
    take_text(o->kind, sizeof o->kind, r, "otype");
    take_text(o->spectral, sizeof o->spectral, r, "spType");
    o->pm_ra_masyr = take_number(r, "pm/pmRA");
    o->pm_dec_masyr = take_number(r, "pm/pmDE");
    o->parallax_mas = take_number(r, "plx/v");
    o->velocity_kms = take_number(r, "Vel/v");
    struct str clean = {0};
    if (name)
        utf8_clean(&clean, name, strlen(name));
    snprintf(o->resolver, sizeof o->resolver, "%.*s", (int)sizeof o->resolver - 1, str_c(&clean));
    str_clear(&clean);
    return true;
}

enum status vo_resolve_read(const char *bytes, size_t n, const char *name, struct vo_object *o,
                            struct error *err)
{
    const struct xml_limits limits = {.max_bytes = ANSWER_MAX, .doctype_ignored = true};
    struct xml_tree *t = xml_tree_new(&limits);
    enum status s = xml_feed(t->xml, bytes, n, err);
    bool found = false;
    *o = (struct vo_object){.ra_deg = (double)NAN};
    if (s == OK)
        s = xml_end(t->xml, err);
    if (s == OK && strcmp(t->root->name, "Sesame") != 0)
        s = err_set(err, E_PARSE, "it is no answer of Sesame, its root is %.40s", t->root->name);
    if (s != OK) {
        xml_tree_free(t);
        return err_wrap(err, "Sesame");
    }
    for (struct xml_node *target = xml_child(t->root, "Target", NULL); target && !found;
         target = xml_child(t->root, "Target", target))
        for (struct xml_node *r = xml_child(target, "Resolver", NULL); r && !found;
             r = xml_child(target, "Resolver", r))
            found = take_object(r, o);
    xml_tree_free(t);
    return found ? OK : err_set(err, E_ABSENT, "Sesame: nothing is called '%.80s'", name);
}

/* ---- SIMBAD ---- */

void vo_simbad_adql(struct str *adql, const char *name)
{
    str_add(adql, "SELECT TOP 1 main_id, ra, dec, otype, sp_type, pmra, pmdec, plx_value, "
                  "rvz_radvel FROM basic JOIN ident ON oidref = oid WHERE id = ");
    vo_adql_text(adql, name);
}

static void cell_text(char *to, size_t size, const struct table *t, const char *column)
{
    int i = table_find(t, column);
    struct str s = {0}, clean = {0};
    if (i >= 0)
        table_cell(t, 0, (size_t)i, &s);
    utf8_clean(&clean, str_c(&s), s.n);
    snprintf(to, size, "%.*s", (int)(size - 1), str_c(&clean));
    str_clear(&s);
    str_clear(&clean);
}

static double cell_number(const struct table *t, const char *column)
{
    int i = table_find(t, column);
    return i >= 0 ? table_double(t, 0, (size_t)i) : (double)NAN;
}

enum status vo_simbad_read(const struct table *t, const char *name, struct vo_object *o,
                           struct error *err)
{
    *o = (struct vo_object){.ra_deg = (double)NAN};
    if (table_find(t, "ra") < 0 || table_find(t, "dec") < 0)
        return err_set(err, E_PARSE, "SIMBAD: the answer has no ra and dec");
    o->ra_deg = t->rows ? cell_number(t, "ra") : (double)NAN;
    o->dec_deg = t->rows ? cell_number(t, "dec") : (double)NAN;
    if (!(o->ra_deg >= 0 && o->ra_deg <= 360 && fabs(o->dec_deg) <= 90))
        return err_set(err, E_ABSENT, "SIMBAD: nothing with a position is called '%.80s'", name);
    cell_text(o->name, sizeof o->name, t, "main_id");
    cell_text(o->kind, sizeof o->kind, t, "otype");
    cell_text(o->spectral, sizeof o->spectral, t, "sp_type");
    o->pm_ra_masyr = cell_number(t, "pmra");
    o->pm_dec_masyr = cell_number(t, "pmdec");
    o->parallax_mas = cell_number(t, "plx_value");
    o->velocity_kms = cell_number(t, "rvz_radvel");
    snprintf(o->resolver, sizeof o->resolver, "SIMBAD by TAP");
    return OK;
}
