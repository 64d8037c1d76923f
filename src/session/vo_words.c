/* vo_words.c - questions to the Virtual Observatory as people write them: the fields of each kind,
 * positions, angles, titles, lines for the store. Not: asking. See vigie/session/vodesk.h.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/sexa.h"
#include "vigie/session/vodesk.h"

enum { FIELD_MAX = 64 * 1024, TARGETS_MAX = 500 };

#define R (1U << VO_REGISTRY)
#define C (1U << VO_CONE)
#define I (1U << VO_IMAGES)
#define S (1U << VO_SPECTRA)
#define T (1U << VO_TAP | 1U << VO_JOB)
#define P (1U << VO_PLANS)
#define L (1U << VO_LINKS)

const struct vo_field_row vo_fields[VO_FIELDS] = {
    [VO_UAT] = {"uat", "UAT concept", "Tab completes; C-t tree", NULL, R},
    [VO_UP] = {"up", "  steps wider", "0 .. 9", NULL, R},
    [VO_DOWN] = {"down", "  steps narrower", "0 .. 9", NULL, R},
    [VO_WORDS] = {"words", "Words", "all; in title, text or subject", NULL, R},
    [VO_TYPE] = {"type", "Service type", "Left Right", ",scs,sia,sia2,ssa,tap,slap", R},
    [VO_WAVEBAND] = {"waveband", "Waveband", "Left Right",
                     ",radio,millimeter,infrared,optical,uv,euv,x-ray,gamma-ray,neutrino", R},
    [VO_PLACE] = {"place", "Position", "a name, or RA Dec", NULL, R | C | I | S | P},
    [VO_RADIUS] = {"radius", "Radius", "5' 30\" or degrees", NULL, R | C | I | S | P},
    [VO_SPECTRUM] = {"spectrum", "Spectrum", "400..700 nm, 2 keV, V", NULL, R},
    [VO_TIME] = {"time", "Time", "2026-11-20..2026-11-23, MJD", NULL, R | P},
    [VO_AUTHOR] = {"author", "Author", "% is anything", NULL, R},
    [VO_UCD] = {"ucd", "UCD", "of a column; % is anything", NULL, R},
    [VO_MODEL] = {"model", "Data model", "Left Right", ",obscore,regtap,epntap,obsloctap", R},
    [VO_IVOID] = {"ivoid", "Identifier", "ivo://...", NULL, R},
    [VO_URL] = {"url", "Service URL", "empty: the services below", NULL, C | I | S | T | P | L},
    [VO_ADQL] = {"adql", "ADQL", "Enter: a new line; F5 runs it", NULL, R | T},
    [VO_ID] = {"id", "Dataset", "its identifier", NULL, L},
    [VO_ROWS] = {"rows", "Rows at most", "a number", NULL, R | C | T | P},
    [VO_PART] = {"part", "", "", NULL, 0},
};

const char *vo_kind_name(enum vo_kind kind)
{
    static const char *const names[VO_KINDS] = {
        [VO_REGISTRY] = "registry", [VO_CONE] = "cone",   [VO_IMAGES] = "images",
        [VO_SPECTRA] = "spectra",   [VO_TAP] = "tap",     [VO_JOB] = "job",
        [VO_PLANS] = "plans",       [VO_LINKS] = "links", [VO_MATCH] = "match",
        [VO_SHOWN] = "shown"};
    return names[kind];
}

bool vo_kind_asks(enum vo_kind kind)
{
    return kind != VO_MATCH && kind != VO_SHOWN;
}

/* ---- wishes ---- */

void vo_wish_set(struct vo_wish *w, enum vo_field field, const char *text)
{
    char *copy = text && *text ? mem_strn(text, strnlen(text, FIELD_MAX)) : NULL;
    free(w->field[field]);
    w->field[field] = copy;
}

const char *vo_wish_get(const struct vo_wish *w, enum vo_field field)
{
    return w->field[field] ? w->field[field] : "";
}

void vo_wish_target(struct vo_wish *w, const char *name, const char *url, const char *ivoid,
                    const char *protocol)
{
    struct vo_target t = {mem_str(name), mem_str(url), mem_str(ivoid), mem_str(protocol)};
    VEC_PUSH(w->target, t);
}

void vo_wish_clear(struct vo_wish *w)
{
    for (int i = 0; i < VO_FIELDS; i++)
        free(w->field[i]);
    for (size_t i = 0; i < w->target.n; i++) {
        free(w->target.at[i].name);
        free(w->target.at[i].url);
        free(w->target.at[i].ivoid);
        free(w->target.at[i].protocol);
    }
    VEC_FREE(w->target);
    *w = (struct vo_wish){0};
}

void vo_wish_copy(struct vo_wish *to, const struct vo_wish *from)
{
    *to = (struct vo_wish){.kind = from->kind};
    for (int i = 0; i < VO_FIELDS; i++)
        to->field[i] = mem_str(from->field[i]);
    for (size_t i = 0; i < from->target.n; i++)
        vo_wish_target(to, from->target.at[i].name, from->target.at[i].url,
                       from->target.at[i].ivoid, from->target.at[i].protocol);
}

/* What stands before the position of "NGC 891 = 02:22:33.4 +42:20:57". */
static void short_place(const char *place, struct str *out)
{
    size_t n = strcspn(place, "=");
    while (n && place[n - 1] == ' ')
        n--;
    utf8_clean(out, place, n < 40 ? n : utf8_cut(place, n, 40));
}

static void title_registry(const struct vo_wish *w, struct str *out)
{
    static const enum vo_field shown[] = {VO_UAT, VO_WORDS,    VO_TYPE, VO_WAVEBAND, VO_AUTHOR,
                                          VO_UCD, VO_SPECTRUM, VO_TIME, VO_MODEL,    VO_IVOID};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        const char *v = vo_wish_get(w, shown[i]);
        if (!*v)
            continue;
        str_addf(out, " %s ", vo_fields[shown[i]].name);
        utf8_clean(out, v, strnlen(v, 60));
    }
    if (*vo_wish_get(w, VO_PLACE)) {
        str_add(out, " at ");
        short_place(vo_wish_get(w, VO_PLACE), out);
    }
}

static void title_adql(const struct vo_wish *w, struct str *out)
{
    const char *adql = vo_wish_get(w, VO_ADQL);
    const char *part = vo_wish_get(w, VO_PART), *id = vo_wish_get(w, VO_ID);
    int lines = 1;
    for (const char *s = adql; *s; s++)
        lines += *s == '\n' && s[1];
    str_addc(out, ' ');
    if (!strcmp(part, "tables")) {
        str_add(out, "tables of ");
        const char *whose = w->target.n ? w->target.at[0].name : vo_wish_get(w, VO_URL);
        utf8_clean(out, whose, strnlen(whose, 60));
    } else if (!strcmp(part, "columns")) {
        str_add(out, "columns of ");
        utf8_clean(out, id, strnlen(id, 60));
    } else if (lines > 1) {
        str_addf(out, "ADQL %d lines", lines);
    } else {
        utf8_clean(out, adql, strnlen(adql, 60));
    }
}

void vo_wish_title(const struct vo_wish *w, struct str *out)
{
    str_add(out, vo_kind_name(w->kind));
    switch (w->kind) {
    case VO_REGISTRY:
        if (*vo_wish_get(w, VO_ADQL))
            title_adql(w, out);
        else
            title_registry(w, out);
        return;
    case VO_TAP:
    case VO_JOB: title_adql(w, out); return;
    case VO_LINKS:
    case VO_MATCH:
    case VO_SHOWN:
        str_addc(out, ' ');
        utf8_clean(out, vo_wish_get(w, VO_ID), strnlen(vo_wish_get(w, VO_ID), 80));
        return;
    case VO_CONE:
    case VO_IMAGES:
    case VO_SPECTRA:
    case VO_PLANS:
    case VO_KINDS: break;
    }
    str_addc(out, ' ');
    short_place(vo_wish_get(w, VO_PLACE), out);
    str_addc(out, ' ');
    utf8_clean(out, vo_wish_get(w, VO_RADIUS), strnlen(vo_wish_get(w, VO_RADIUS), 20));
}

/* ---- as lines: "uat gamma-ray-bursts", "target NAME<tab>URL<tab>IVOID<tab>PROTOCOL" ---- */

static void escaped(const char *s, struct str *out)
{
    for (; *s; s++) {
        if (*s == '\n')
            str_add(out, "\\n");
        else if (*s == '\t')
            str_add(out, "\\t");
        else if (*s == '\\')
            str_add(out, "\\\\");
        else
            str_addc(out, *s);
    }
}

static void unescaped(const char *s, size_t n, struct str *out)
{
    str_reset(out);
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\\' && i + 1 < n) {
            i++;
            str_addc(out, s[i] == 'n' ? '\n' : s[i] == 't' ? '\t' : s[i]);
        } else {
            str_addc(out, s[i]);
        }
}

void vo_wish_text(const struct vo_wish *w, struct str *out)
{
    str_addf(out, "kind %s\n", vo_kind_name(w->kind));
    for (int i = 0; i < VO_FIELDS; i++)
        if (w->field[i]) {
            str_addf(out, "%s ", vo_fields[i].name);
            escaped(w->field[i], out);
            str_addc(out, '\n');
        }
    for (size_t i = 0; i < w->target.n; i++) {
        str_add(out, "target ");
        escaped(w->target.at[i].name, out);
        str_addc(out, '\t');
        escaped(w->target.at[i].url, out);
        str_addc(out, '\t');
        escaped(w->target.at[i].ivoid, out);
        str_addc(out, '\t');
        escaped(w->target.at[i].protocol, out);
        str_addc(out, '\n');
    }
}

static void read_target(struct vo_wish *w, const char *s, size_t n)
{
    struct str part[4] = {{0}, {0}, {0}, {0}};
    for (int i = 0; i < 4; i++) {
        const char *tab = memchr(s, '\t', n);
        size_t len = tab ? (size_t)(tab - s) : n;
        unescaped(s, len, &part[i]);
        s += tab ? len + 1 : len;
        n -= tab ? len + 1 : len;
    }
    if (part[1].n && w->target.n < TARGETS_MAX)
        vo_wish_target(w, str_c(&part[0]), str_c(&part[1]), str_c(&part[2]), str_c(&part[3]));
    for (int i = 0; i < 4; i++)
        str_clear(&part[i]);
}

static void read_line(struct vo_wish *w, const char *s, size_t n)
{
    size_t key = 0;
    struct str value = {0};
    while (key < n && s[key] != ' ')
        key++;
    const char *rest = s + key + (key < n);
    size_t left = n - key - (key < n);
    if (key == 6 && !strncmp(s, "target", key))
        read_target(w, rest, left);
    unescaped(rest, left, &value);
    for (int i = 0; i < VO_KINDS && key == 4 && !strncmp(s, "kind", 4); i++)
        if (!strcmp(vo_kind_name((enum vo_kind)i), str_c(&value)))
            w->kind = (enum vo_kind)i;
    for (int i = 0; i < VO_FIELDS; i++)
        if (strlen(vo_fields[i].name) == key && !strncmp(s, vo_fields[i].name, key))
            vo_wish_set(w, (enum vo_field)i, str_c(&value));
    str_clear(&value);
}

void vo_wish_read(struct vo_wish *w, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        read_line(w, text, n);
        text += n + (text[n] == '\n');
    }
}

/* ---- positions and angles ---- */

bool vo_place_read(const char *text, double *ra_deg, double *dec_deg)
{
    const char *eq = strrchr(text, '=');
    const char *s = eq ? eq + 1 : text;
    return sexa_parse_pair(s, strlen(s), ra_deg, dec_deg, NULL) == OK;
}

bool vo_size_read(const char *text, double *deg)
{
    char number[40];
    size_t n = strcspn(text, "'\"dam ");
    double unit = 1;
    if (!n || n >= sizeof number)
        return false;
    snprintf(number, sizeof number, "%.*s", (int)n, text);
    const char *s = text + n;
    while (*s == ' ')
        s++;
    if (*s == '\'' || !strcmp(s, "arcmin"))
        unit = 1 / 60.0;
    else if (*s == '"' || !strcmp(s, "arcsec"))
        unit = 1 / 3600.0;
    else if (*s && strcmp(s, "d") != 0 && strcmp(s, "deg") != 0)
        return false;
    if (!str_num(number, deg))
        return false;
    *deg *= unit;
    return *deg >= 0 && *deg <= 180;
}

bool session_vo_known(size_t i, const char **name, const char **url)
{
    static const struct {
        const char *name, *table;
    } known[] = {{"Gaia DR3", "I/355/gaiadr3"},    {"2MASS", "II/246/out"},
                 {"Pan-STARRS DR1", "II/349/ps1"}, {"VSX variable stars", "B/vsx/vsx"},
                 {"APASS DR9", "II/336/apass9"},   {"SDSS DR16", "V/154/sdss16"}};
    static char url_text[120];
    if (i >= sizeof known / sizeof *known)
        return false;
    snprintf(url_text, sizeof url_text, "https://vizier.cds.unistra.fr/viz-bin/conesearch/%s?",
             known[i].table);
    *name = known[i].name;
    *url = url_text;
    return true;
}
