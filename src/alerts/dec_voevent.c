/* dec_voevent.c - from a VOEvent packet to an alert. Not: the XML (formats/voevent.c).
 * What each stream means by its Params is read off real packets; the standard leaves it open.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"
#include "vigie/formats/voevent.h"

#define YEAR_S (365.25 * 86400)

static const char *keep(struct alert *a, const char *s)
{
    return s && *s ? arena_str(&a->arena, s) : NULL;
}

static const char *value_of(const struct voevent *v, const char *name)
{
    const struct voevent_param *p = voevent_param(v, NULL, name);
    return p && p->value && p->value[strspn(p->value, " \t\r\n")] ? p->value : NULL;
}

static double number_of(const struct voevent *v, const char *name)
{
    double x;
    return alert_number(value_of(v, name), &x) ? x : (double)NAN;
}

static bool holds(const char *s, const char *part)
{
    return s && str_hasi(s, part);
}

/* The class of a stream, from the ivorn alone: packets name none. The order matters. */
static enum alert_kind kind_of(const char *ivorn)
{
    static const struct {
        const char *part;
        enum alert_kind kind;
    } rows[] = {{"gwnet", ALERT_GW},
                {"ICECUBE", ALERT_NU},
                {"SNEWS", ALERT_NU},
                {"SK_SN", ALERT_NU},
                {"Antares", ALERT_NU},
                {"AMON", ALERT_MULTI},
                {"MOA", ALERT_OPTICAL},
                {"gaia", ALERT_OPTICAL},
                {"ASASSN", ALERT_OPTICAL},
                {"utmost", ALERT_FRB},
                {"nasa.gsfc.gcn/gcn", ALERT_OTHER},
                {"nasa.gsfc.gcn/", ALERT_HIGHENERGY},
                {"svom", ALERT_HIGHENERGY}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (holds(ivorn, rows[i].part))
            return rows[i].kind;
    return ALERT_OTHER;
}

/* Degrees in one unit; units that are not known are degrees, as nearly all packets mean. */
static double degrees_of(const char *unit)
{
    static const struct {
        const char *name;
        double deg;
    } units[] = {{"arcmin", 1 / 60.0},   {"arcsec", 1 / 3600.0},
                 {"mas", 1 / 3600000.0}, {"rad", 180 / 3.14159265358979323846},
                 {"hour", 15},           {"h", 15},
                 {"as", 1 / 3600.0}};
    for (size_t i = 0; unit && i < sizeof units / sizeof units[0]; i++)
        if (str_eqi(unit, units[i].name) ||
            (strlen(units[i].name) > 2 && strncmp(unit, units[i].name, strlen(units[i].name)) == 0))
            return units[i].deg;
    return 1;
}

static void take_place(struct alert *a, const struct voevent *v)
{
    double c[2] = {NAN, NAN}, error = NAN;
    for (size_t i = 0; i < v->coords.n; i++) {
        const struct voevent_coords *at = &v->coords.at[i];
        if (!at->position2d)
            continue;
        int ra =
            at->name[0] && at->name[1] && holds(at->name[0], "dec") && str_eqi(at->name[1], "ra");
        for (int k = 0; k < 2; k++)
            if (alert_number(at->c[k], &c[k]))
                c[k] *= degrees_of(at->unit[k]);
        if (alert_number(at->error2, &error))
            error *= degrees_of(at->error2_unit);
        alert_place(a, c[ra], c[!ra], error);
        return;
    }
}

static void take_time(struct alert *a, const struct voevent *v)
{
    static const struct {
        const char *name;
        enum alert_scale scale;
    } scales[] = {{"TDB", SCALE_TDB}, {"TT", SCALE_TT}, {"GPS", SCALE_GPS}};
    for (size_t i = 0; i < v->coords.n; i++) {
        const struct voevent_coords *at = &v->coords.at[i];
        enum alert_scale scale = SCALE_UTC;
        if (!at->iso_time)
            continue;
        for (size_t k = 0; at->coord_system && k < sizeof scales / sizeof scales[0]; k++) {
            size_t n = strlen(scales[k].name);
            if (strncmp(at->coord_system, scales[k].name, n) == 0 &&
                (at->coord_system[n] == '-' || !at->coord_system[n]))
                scale = scales[k].scale;
        }
        a->time = alert_instant(at->iso_time, scale);
        return;
    }
}

static void take_name(struct alert *a, const struct voevent *v)
{
    static const char *const ids[] = {"TrigID", "AMON_ID", "event_id"};
    const char *name = value_of(v, "GraceID");
    for (size_t i = 0; !name && i < v->names.n; i++)
        name = *v->names.at[i] ? v->names.at[i] : NULL;
    if (!name)
        name = value_of(v, "alert identifier");
    for (size_t i = 0; !name && i < sizeof ids / sizeof ids[0]; i++)
        name = value_of(v, ids[i]);
    a->name = keep(a, name);
}

static bool says(const struct voevent *v, const char *name, const char *what)
{
    const char *s = value_of(v, name);
    return s && str_eqi(s, what);
}

static bool retracts(const struct alert *a, const struct voevent *v)
{
    for (size_t i = 0; i < a->citations.n; i++)
        if (a->citations.at[i].kind && str_eqi(a->citations.at[i].kind, "retraction"))
            return true;
    return says(v, "AlertType", "retraction") || says(v, "alert_type", "retraction") ||
           says(v, "Retraction", "true") || says(v, "Def_NOT_a_GRB", "true");
}

static void take_lists(struct alert *a, const struct voevent *v)
{
    a->params.n = v->params.n;
    a->params.at = v->params.n ? arena_alloc(&a->arena, v->params.n * sizeof *a->params.at) : NULL;
    for (size_t i = 0; i < v->params.n; i++) {
        const struct voevent_param *p = &v->params.at[i];
        a->params.at[i] = (struct alert_param){
            arena_str(&a->arena, p->group), arena_str(&a->arena, p->name),
            p->value ? arena_str(&a->arena, p->value) : "", arena_str(&a->arena, p->unit)};
    }
    a->citations.n = v->n_citations;
    if (v->n_citations)
        a->citations.at = arena_alloc(&a->arena, v->n_citations * sizeof *a->citations.at);
    for (size_t i = 0; i < v->n_citations; i++)
        a->citations.at[i] = (struct alert_citation){arena_str(&a->arena, v->citations[i].cite),
                                                     arena_str(&a->arena, v->citations[i].ivorn)};
    a->references.n = v->n_references;
    if (v->n_references)
        a->references.at = arena_alloc(&a->arena, v->n_references * sizeof *a->references.at);
    for (size_t i = 0; i < v->n_references; i++)
        a->references.at[i] = arena_str(&a->arena, v->references[i].uri);
}

/* The first magnitude that is one: its Param says so by UCD, or is called mag. */
static void take_mag(struct alert *a, const struct voevent *v)
{
    for (size_t i = 0; i < v->params.n && !isfinite(a->mag); i++) {
        const struct voevent_param *p = &v->params.at[i];
        bool mag = p->ucd ? strncmp(p->ucd, "phot.mag", 8) == 0 && !strchr(p->ucd, ';')
                          : p->name && (str_eqi(p->name, "mag") || str_eqi(p->name, "magnitude"));
        double x;
        if (mag && alert_number(p->value, &x) && x > -30 && x < 40)
            a->mag = x;
    }
    const char *band = value_of(v, "bandpass");
    a->band = isfinite(a->mag) ? keep(a, band ? band : value_of(v, "filter")) : NULL;
}

static void take_rate(struct alert *a, const struct voevent *v)
{
    const struct voevent_param *p = voevent_param(v, NULL, "FAR");
    double x;
    if (!p || !alert_number(p->value, &x) || x < 0)
        return;
    a->far_hz = holds(p->unit, "yr") || holds(p->unit, "year") ? x / YEAR_S : x;
}

/* What it is taken for: the sender's own word, or the likeliest class of a superevent. */
static void take_class(struct alert *a, const struct voevent *v)
{
    double best = 0, x;
    for (size_t i = 0; i < v->n_inferences && !a->classification; i++) {
        const struct voevent_inference *f = &v->inferences[i];
        if (f->relation && str_eqi(f->relation, "classified"))
            a->classification = keep(a, f->concepts.n ? f->concepts.at[0]
                                        : f->names.n  ? f->names.at[0]
                                                      : NULL);
    }
    if (a->classification)
        return;
    for (size_t i = 0; i < v->params.n; i++) {
        const struct voevent_param *p = &v->params.at[i];
        if (p->group && str_eqi(p->group, "Classification") && alert_number(p->value, &x) &&
            x > best) {
            best = x;
            a->classification = keep(a, p->name);
        }
    }
}

/* "Swift" from ".../SWIFT#..."; the packet's kind is what stands before the id: "BAT_GRB_Pos". */
static void take_sender(struct alert *a, const struct voevent *v)
{
    const char *local = v->ivorn ? strchr(v->ivorn, '#') : NULL;
    const char *type = value_of(v, "AlertType");
    const char *last = a->stream ? strrchr(a->stream, '/') : NULL;
    a->facility = keep(a, last ? last + 1 : NULL);
    if (v->ivorn && holds(v->ivorn, "gaia"))
        a->facility = "Gaia";
    if (a->kind == ALERT_GW)
        a->facility = "LVK";
    if (type) {
        a->packet = keep(a, type);
    } else if (local) {
        size_t n = 1;
        while (local[n] && !(local[n] >= '0' && local[n] <= '9'))
            n++;
        while (n > 1 && strchr("_-", local[n - 1]))
            n--;
        a->packet = n > 1 && local[n] ? arena_strn(&a->arena, local + 1, n - 1) : NULL;
    }
}

static const char *type_of(const struct alert *a, const struct voevent *v)
{
    switch (a->kind) {
    case ALERT_GW: return "gw";
    case ALERT_NU: return "nu";
    case ALERT_MULTI: return "multi";
    case ALERT_OPTICAL: return "ot";
    case ALERT_FRB: return "frb";
    case ALERT_HIGHENERGY:
        return says(v, "Def_NOT_a_GRB", "true") || holds(a->packet, "Known") ||
                       holds(a->packet, "Transient") || holds(a->stream, "MAXI") ||
                       holds(a->packet, "Flare")
                   ? "gamma"
                   : "grb";
    case ALERT_OTHER: return holds(a->stream, "frb") ? "frb" : NULL;
    }
    return NULL;
}

static enum alert_standing standing_of(const struct alert *a, const struct voevent *v)
{
    const char *injected = value_of(v, "HardwareInj"), *grace = value_of(v, "GraceID");
    if (str_eqi(a->role, "test") || alert_mock(grace) || (injected && strcmp(injected, "1") == 0) ||
        says(v, "Test_Submission", "true"))
        return ALERT_TEST;
    return str_eqi(a->role, "utility") ? ALERT_UTILITY : ALERT_SKY;
}

/* An ivorn that names a packet, not a placeholder left in by an author. */
static bool is_ivorn(const char *s)
{
    return s && strncmp(s, "ivo:", 4) == 0 && strchr(s, '#') && strchr(s, '#')[1];
}

static void take_keys(struct alert *a, const struct voevent *v)
{
    struct str family = {0}, pair = {0};
    const char *run = value_of(v, "run_id"), *event = value_of(v, "event_id");
    const char *stream = a->stream ? a->stream : "";
    if (strncmp(stream, "ivo://", 6) == 0)
        stream += 6;
    if (strncmp(stream, "nasa.gsfc.gcn/", 14) == 0)
        stream += 14;
    if (a->kind == ALERT_NU && holds(v->ivorn, "ICECUBE"))
        stream = "icecube";
    else if (strcmp(stream, "COUNTERPART") == 0) /* Swift's targets under another stream's name */
        stream = "swift";
    str_add(&family, stream);
    alert_designation_key(a, value_of(v, "GraceID"));
    alert_add_key(a, str_c(&family), value_of(v, "TrigID"));
    if (run && event) {
        str_addf(&pair, "%s_%s", run, event);
        alert_add_key(a, str_c(&family), pair.s);
    }
    for (size_t i = 0; i < v->names.n; i++)
        alert_designation_key(a, v->names.at[i]);
    alert_designation_key(a, value_of(v, "alert identifier"));
    alert_designation_key(a, a->name);
    if (v->ivorn && strchr(v->ivorn, '#'))
        alert_designation_key(a, strchr(v->ivorn, '#') + 1);
    if (v->ivorn)
        alert_add_key(a, "packet", v->ivorn);
    /* a packet that follows up several events is none of them; what it replaces, it is */
    for (size_t i = 0; i < a->citations.n; i++) {
        const struct alert_citation *c = &a->citations.at[i];
        bool follows = !c->kind || str_eqi(c->kind, "followup");
        if (is_ivorn(c->id) && (!follows || a->citations.n == 1))
            alert_add_key(a, "packet", c->id);
    }
    str_clear(&family);
    str_clear(&pair);
    alert_keys_end(a);
}

static struct alert *from_packet(const struct voevent *v)
{
    struct alert *a = alert_new(ALERT_VOEVENT);
    double x;
    a->id = keep(a, v->ivorn);
    if (v->ivorn)
        a->stream = arena_strn(&a->arena, v->ivorn, strcspn(v->ivorn, "#"));
    if (v->role && *v->role)
        a->role = keep(a, v->role);
    a->kind = v->ivorn ? kind_of(v->ivorn) : ALERT_OTHER;
    a->standing = standing_of(a, v);
    take_lists(a, v);
    take_time(a, v);
    a->issued = alert_instant(v->date, SCALE_UTC);
    a->expires = alert_instant(v->expires, SCALE_UTC);
    take_place(a, v);
    take_name(a, v);
    take_mag(a, v);
    take_rate(a, v);
    take_class(a, v);
    take_sender(a, v);
    a->redshift = number_of(v, "redshift");
    if (alert_number(v->importance, &x))
        a->importance = x;
    a->retraction = retracts(a, v);
    a->type = type_of(a, v);
    const char *d = v->description;
    for (size_t i = 0; !(d && *d) && i < v->what.n; i++)
        d = v->what.at[i];
    for (size_t i = 0; !(d && *d) && i < v->why.n; i++)
        d = v->why.at[i];
    a->description = keep(a, d);
    take_keys(a, v);
    return a;
}

enum status decode_voevent(const void *bytes, size_t n, struct alert_batch *out, struct error *err)
{
    struct voevent v;
    enum status s = voevent_read(bytes, n, &v, err);
    if (s == OK)
        VEC_PUSH(out->alerts, from_packet(&v));
    voevent_clear(&v);
    return s;
}
