/* device_target.c - what a name or a position means as a target, and what a slew to it would meet. See devicedesk.h.
 * Not: whether it may (devices/safety.h).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicedesk.h"
#include "vigie/formats/sexa.h"
#include "vigie/session/alertbook.h"
#include "vigie/session/tonight.h"
#include "vigie/transits/catalogue.h"

#define DEG (3.14159265358979323846 / 180)

bool session_target_transit(const struct session *s, const struct transit_event *e,
                            struct slew_target *t)
{
    (void)s;
    if (!e || isnan(e->planet->ra_rad))
        return false;
    *t = (struct slew_target){.ra_rad = e->planet->ra_rad,
                              .dec_rad = e->planet->dec_rad,
                              .until_ns = utc_to_wall(e->contact[TRANSIT_EGRESS].utc)};
    snprintf(t->name, sizeof t->name, "%s", e->planet->name);
    return true;
}

bool session_target_alert(const struct session *s, int64_t id, struct slew_target *t)
{
    const struct alert_event *e = session_alert(s, id);
    if (!e || isnan(e->ra_rad))
        return false;
    *t = (struct slew_target){.ra_rad = e->ra_rad, .dec_rad = e->dec_rad};
    snprintf(t->name, sizeof t->name, "%s", e->name && e->name[0] ? e->name : e->key);
    return true;
}

/* Names as observers type them: without regard to case and blanks. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == ' ' || *a == '-')
            a++;
        while (*b == ' ' || *b == '-')
            b++;
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a,
             y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

static bool of_tonight(const struct session *s, const char *text, struct slew_target *t)
{
    const struct tonight_state *n = session_tonight(s);
    for (size_t i = 0; n->list && i < n->list->n; i++)
        if (same_name(n->list->at[i].planet->name, text))
            return session_target_transit(s, &n->list->at[i], t);
    return false;
}

static bool of_catalogue(struct session *s, const char *text, struct slew_target *t)
{
    const struct planet *p;
    size_t n;
    session_planets(s, &p, &n);
    for (size_t i = 0; i < n; i++)
        if (same_name(p[i].name, text) || (p[i].star && same_name(p[i].star, text))) {
            *t = (struct slew_target){.ra_rad = p[i].ra_rad, .dec_rad = p[i].dec_rad};
            snprintf(t->name, sizeof t->name, "%s", p[i].name);
            return !isnan(t->ra_rad);
        }
    return false;
}

enum status session_target(struct session *s, const char *text, struct slew_target *t,
                           struct error *err)
{
    double ra, dec;
    struct error pair, alert;
    int64_t id;
    memset(t, 0, sizeof *t);
    if (!text[0])
        return err_set(err, E_PARSE, "where to? a name of the lists, or RA DEC (ICRS)");
    if (of_tonight(s, text, t) || of_catalogue(s, text, t))
        return OK;
    if (sexa_parse_pair(text, strlen(text), &ra, &dec, &pair) == OK) {
        char a[SEXA_TEXT], b[SEXA_TEXT];
        *t = (struct slew_target){.ra_rad = ra * DEG, .dec_rad = dec * DEG};
        snprintf(t->name, sizeof t->name, "%s %s", sexa_format(ra, SEXA_RA, 1, ':', a),
                 sexa_format(dec, SEXA_DEC, 0, ':', b));
        return OK;
    }
    enum status st = session_alert_find(s, text, &id, &alert);
    if (st == OK)
        return session_target_alert(s, id, t)
                   ? OK
                   : err_set(err, E_ABSENT, "\"%.60s\" has no position", text);
    if (st == E_RANGE)
        return err_set(err, st, "%s", alert.text);
    bool digits = strchr("+-0123456789", text[0]) != NULL;
    return digits ? err_set(err, E_PARSE, "\"%.60s\": %s", text, pair.text)
                  : err_set(err, E_ABSENT,
                            "\"%.60s\" is no planet of the catalogue, no alert and no position (RA "
                            "DEC)",
                            text);
}

/* --- the preview ------------------------------------------------------------------------------------ */

static void span_text(double s, struct str *out)
{
    if (s >= 3600)
        str_addf(out, "%.0fh%02.0f", floor(s / 3600), floor(fmod(s, 3600) / 60));
    else
        str_addf(out, "%.0f min", floor(s / 60));
}

static void stay_text(struct session *s, const struct slew_target *t, const struct safety_slew *p,
                      struct str *out)
{
    const struct safety_forecast *f = &p->to;
    double until_s = (double)(t->until_ns - session_now_ns(s)) / 1e9;
    if (isnan(f->limit_s)) {
        str_add(out, "; no limit within a day");
    } else {
        str_addf(out, "; %s limit in ", f->limit);
        span_text(f->limit_s, out);
    }
    if (t->until_ns && until_s > 0)
        str_add(out, f->limit_s < until_s ? " BEFORE the egress" : ", after the egress");
    if (f->meridian_s < 6 * 3600) {
        str_add(out, "; meridian in ");
        span_text(f->meridian_s, out);
    }
}

enum status session_slew_preview(struct session *s, const struct slew_target *t, bool sun_allowed,
                                 struct str *out, struct error *err)
{
    const struct device_info *d = session_mount(s);
    struct safety_slew p;
    double ra, dec;
    char a[SEXA_TEXT], b[SEXA_TEXT];
    if (!d)
        return err_set(err, E_ABSENT, "there is no mount; a line `device.Mount = ...` makes one");
    session_app_of_icrs(s, t->ra_rad, t->dec_rad, &ra, &dec);
    safety_preview(session_safety(s), d, ra, dec, sun_allowed, &p);
    if (p.refused.status != OK)
        return err_set(err, p.refused.status, "%s", p.refused.text);
    str_addf(out, "Slew %s to %s", d->name, t->name);
    if (!strchr(t->name, ':'))
        str_addf(out, "  %s %s", sexa_format(t->ra_rad / DEG, SEXA_RA, 0, ':', a),
                 sexa_format(t->dec_rad / DEG, SEXA_DEC, 0, ':', b));
    str_addf(out, "  alt %.0f az %.0f, %.0f deg away, %s%.0f s", p.to.alt_rad / DEG,
             p.to.az_rad / DEG, p.distance_rad / DEG, p.measured ? "" : "about ", p.seconds);
    str_addf(out, "; telescope %s of the pier%s", p.pier == PIER_EAST ? "east" : "west",
             p.flips ? " (it flips)" : "");
    stay_text(s, t, &p, out);
    if (p.hidden)
        str_add(out, "; the way leads behind the horizon");
    if (p.path_sun_rad < 60 * DEG)
        str_addf(out, "; Sun %.0f deg from the way", p.path_sun_rad / DEG);
    str_addf(out, "; Moon %.0f deg", p.to.moon_sep_rad / DEG);
    return OK;
}

enum status session_slew(struct session *s, const struct slew_target *t,
                         const struct rack_asker *who, struct error *err)
{
    const struct device_info *d = session_mount(s);
    struct device_request q = {.verb = ASK_SLEW};
    if (!d)
        return err_set(err, E_ABSENT, "there is no mount; a line `device.Mount = ...` makes one");
    session_app_of_icrs(s, t->ra_rad, t->dec_rad, &q.ra_rad, &q.dec_rad);
    if (!rack_ask(session_rack(s), d->id, &q, who, NULL, NULL, err))
        return err->status;
    free(s->devices->aim);
    s->devices->aim = mem_str(t->name);
    return OK;
}

static bool same_place(const struct slew_target *a, const struct slew_target *b)
{
    return strcmp(a->name, b->name) == 0 && fabs(a->ra_rad - b->ra_rad) < 1e-9 &&
           fabs(a->dec_rad - b->dec_rad) < 1e-9;
}

bool session_guards(const struct session *s, const char *option)
{
    static const char *const part[] = {"mount.", "devices.", "device.", "horizon.",
                                       "notify.command"};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (strncmp(option, part[i], strlen(part[i])) == 0)
            return true;
    bool site = strcmp(option, "site") == 0 || strncmp(option, "site.", 5) == 0;
    const struct device_info *d = session_mount(s);
    return site && d && d->link != DEVICE_OFF;
}

bool session_despite_sun(const struct command_call *c)
{
    return !by_lua(c->by) && c->argc > 1 && strcmp(c->argv[c->argc - 1], "despite-the-sun") == 0;
}

enum status session_slew_call(struct command_call *c, const struct slew_target *t,
                              struct error *err)
{
    struct str text = {0};
    bool word = session_despite_sun(c);
    enum status st = session_slew_preview(c->session, t, word, &text, err);
    if (st == OK && !c->confirmed) {
        st = err_set(err, E_CANCELLED, "%s?", str_c(&text));
        c->session->devices->asked = *t;
    }
    str_clear(&text);
    if (st != OK)
        return st;
    /* A list goes on while its question stands: the yes was to what the question named. */
    if (c->owner != c->session && !same_place(&c->session->devices->asked, t))
        return err_set(err, E_REFUSED,
                       "%s is selected now, not what was asked about: nothing was moved", t->name);
    struct rack_asker who = {
        .who = session_who(c->by), .sun_allowed = word, .kind = session_asker(c->by)};
    st = session_slew(c->session, t, &who, err);
    if (st == OK)
        str_addf(c->say, "slewing to %s; ! stops; s f focus, s w filter, s e expose", t->name);
    return st;
}
