/* devices_text.c - the lines about one device, and what went over its wire.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../widgets/text.h"
#include "devices_own.h"
#include "vigie/base/clock.h"
#include "vigie/formats/sexa.h"
#include "vigie/session/camdesk.h"
#include "vigie/sky/frame.h"

#define DEG (3.14159265358979323846 / 180)

enum { LABEL = 13 };
static const int64_t ONE_REPLY_NS = 500000000;

static int put(struct canvas *c, int y, const char *label, enum role role, const char *text)
{
    if (y >= c->rows)
        return y;
    canvas_put(c, y, 1, ROLE_HEAD, label);
    canvas_fit(c, y, LABEL, c->cols - LABEL, -1, role, text);
    return y + 1;
}

static void span(double s, struct str *out)
{
    if (isnan(s))
        str_add(out, "not within a day");
    else if (s >= 3600)
        str_addf(out, "in %.0fh%02.0f", floor(s / 3600), floor(fmod(s, 3600) / 60));
    else
        str_addf(out, "in %.0f min", floor(s / 60));
}

/* What is left until something, as a bar of six hours and in words. */
static int countdown(struct canvas *c, int y, const char *label, double s, const char *more)
{
    enum { CELLS = 24 };
    struct str t = {0};
    int full = isnan(s) || s > 6 * 3600 ? CELLS : (int)ceil(s / (6 * 3600) * CELLS);
    for (int i = 0; i < CELLS; i++)
        str_addc(&t, i < full ? '=' : '.');
    str_addc(&t, ' ');
    span(s, &t);
    if (more[0])
        str_addf(&t, "  (%s)", more);
    y = put(c, y, label, s < 600 ? ROLE_WARN : ROLE_TEXT, str_c(&t));
    str_clear(&t);
    return y;
}

static int commanded(const struct devices_view *v, const struct device_info *d, struct canvas *c,
                     int y)
{
    const struct mount_values *m = &d->v.mount;
    struct str t = {0};
    char a[SEXA_TEXT], b[SEXA_TEXT];
    double ra = m->target_ra_rad, dec = m->target_dec_rad;
    struct rack_doing q;
    bool going = m->slewing;
    for (size_t i = 0; rack_doing(v->rows->rack, d->id, i, &q); i++)
        if (q.verb == ASK_SLEW) {
            going = true;
            ra = q.ra_rad;
            dec = q.dec_rad;
            str_addf(&t, "slewing, asked by %s: ", q.who);
        }
    if (isnan(ra)) {
        str_add(&t, "nothing yet");
    } else {
        str_addf(&t, "%s %s", sexa_format(ra / DEG, SEXA_RA, 1, ':', a),
                 sexa_format(dec / DEG, SEXA_DEC, 0, ':', b));
        double off = sky_separation(ra, dec, m->ra_rad, m->dec_rad) / DEG;
        if (session_aim(v->session)[0])
            str_addf(&t, "  %s", session_aim(v->session));
        if (!d->stale && off < 0.1)
            str_addf(&t, "  off %.0f\"", off * 3600);
        else if (!d->stale)
            str_addf(&t, "  %.1f deg %s", off, going ? "to go" : "from there");
    }
    y = put(c, y, "Commanded", ROLE_TEXT, str_c(&t));
    str_clear(&t);
    return y;
}

static int rates_line(const struct devices_view *v, const struct mount_values *m,
                      const struct safety_forecast *f, struct canvas *c, int y)
{
    static const char *const rate[] = {"sidereal", "solar", "lunar", "another rate"};
    static const char *const pier[] = {"", "east of the pier", "west of the pier"};
    struct str t = {0};
    char when[UTC_TEXT];
    str_addf(&t, "%s%s", pier[m->pier], m->pier ? "; " : "");
    if (m->tracking)
        str_addf(&t, "%s", rate[m->rate]);
    else
        str_add(&t, "does not track");
    if (f->meridian_s < 6 * 3600) {
        utc_format(utc_of_wall(session_now_ns(v->session) + (int64_t)(f->meridian_s * 1e9)), 0,
                   when);
        str_addf(&t, "; meridian at %.5s", strlen(when) >= 20 ? when + 11 : "-");
    }
    if (m->n_rates > 0)
        str_addf(&t, "; speeds 1-%d", m->n_rates);
    y = put(c, y, "Axes", ROLE_TEXT, str_c(&t));
    str_clear(&t);
    return y;
}

static int mount_lines(const struct devices_view *v, const struct device_info *d, struct canvas *c,
                       int y)
{
    const struct mount_values *m = &d->v.mount;
    const struct safety_limits *l = safety_limits_of(session_safety(v->session));
    const struct site *site = session_site(v->session, NULL);
    struct str t = {0};
    char a[SEXA_TEXT], b[SEXA_TEXT], age[40];
    y = commanded(v, d, c, y);
    if (isnan(m->ra_rad))
        return put(c, y, "Reported", ROLE_FAINT, "it has not said where it points");
    snprintf(age, sizeof age, d->stale ? "  OLD: %.0f s ago" : "  %.1f s ago",
             rack_age_s(v->rows->rack, d));
    str_addf(&t, "%s %s%s", sexa_format(m->ra_rad / DEG, SEXA_RA, 1, ':', a),
             sexa_format(m->dec_rad / DEG, SEXA_DEC, 0, ':', b), age);
    if (!d->trusted)
        str_addf(&t, "  NOT TRUSTED: %s", d->why);
    y = put(c, y, "Reported", d->stale || !d->trusted ? ROLE_WARN : ROLE_TEXT, str_c(&t));
    if (!site || d->stale) {
        str_clear(&t);
        return y;
    }
    struct safety_forecast f;
    safety_forecast(l, site, utc_of_wall(session_now_ns(v->session)), m->ra_rad, m->dec_rad, &f);
    str_reset(&t);
    str_addf(&t, "alt %.1f  az %.1f  HA %+.2f h  X %.2f  Sun %.0f Moon %.0f", f.alt_rad / DEG,
             f.az_rad / DEG, f.ha_rad / DEG / 15, sky_airmass(f.alt_rad), f.sun_sep_rad / DEG,
             f.moon_sep_rad / DEG);
    y = put(c, y, "Pointing", ROLE_TEXT, str_c(&t));
    y = rates_line(v, m, &f, c, y);
    str_reset(&t);
    str_addf(&t, "alt > %.0f; Sun > %.0f deg while it is above %.0f", l->min_alt_rad / DEG,
             l->sun_cone_rad / DEG, l->sun_alt_rad / DEG);
    if (!isnan(l->ha_east_rad) || !isnan(l->ha_west_rad))
        str_addf(&t, "; HA %+.1f .. %+.1f h", -l->ha_east_rad / DEG / 15,
                 l->ha_west_rad / DEG / 15);
    y = put(c, y, "Limits", ROLE_TEXT, str_c(&t));
    if (c->rows - y >= 3) {
        y = countdown(c, y, "To limit", f.limit_s, f.limit);
        y = countdown(c, y, "To meridian", f.meridian_s, "");
        y = countdown(c, y, "To dawn", f.dawn_s, "");
    }
    str_clear(&t);
    return y;
}

static int bar_line(struct canvas *c, int y, const char *label, double fraction, const char *text)
{
    enum { CELLS = 30 };
    struct str t = {0};
    for (int i = 0; i < CELLS; i++)
        str_addc(&t, i < fraction * CELLS ? '#' : '.');
    str_addf(&t, " %s", text);
    y = put(c, y, label, ROLE_TEXT, str_c(&t));
    str_clear(&t);
    return y;
}

/* What the exposures to come are taken with. */
static int settings_line(const struct devices_view *v, struct canvas *c, int y)
{
    const struct camera_settings *set = session_camera_settings(v->session);
    struct str t = {0};
    if (set->bin > 0)
        str_addf(&t, "bin %d  ", set->bin);
    if (set->w > 0)
        str_addf(&t, "part %d,%d %dx%d  ", set->x, set->y, set->w, set->h);
    if (!isnan(set->gain))
        str_addf(&t, "gain %g  ", set->gain);
    if (t.n)
        y = put(c, y, "Next", ROLE_STRONG, str_c(&t));
    str_clear(&t);
    return y;
}

static int camera_lines(const struct devices_view *view, const struct device_info *d,
                        struct canvas *c, int y)
{
    const struct camera_values *v = &d->v.camera;
    struct str t = {0};
    if (v->phase == CAMERA_EXPOSING && v->exposure_s > 0) {
        str_addf(&t, "%.0f of %.0f s", v->exposed_s, v->exposure_s);
        y = bar_line(c, y, "Exposure", v->exposed_s / v->exposure_s, str_c(&t));
    } else if (v->phase == CAMERA_READING && !isnan(v->fraction)) {
        str_addf(&t, "%.0f %%", v->fraction * 100);
        y = bar_line(c, y, "Reading", v->fraction, str_c(&t));
    }
    str_reset(&t);
    if (v->width > 0)
        str_addf(&t, "%d x %d pixels  bin %d", v->width, v->height, v->bin);
    if (v->w > 0)
        str_addf(&t, "  frame %d,%d %dx%d", v->x, v->y, v->w, v->h);
    if (!isnan(v->gain))
        str_addf(&t, "  gain %g", v->gain);
    if (d->can & CAN_FRAME)
        y = put(c, y, "Chip", ROLE_TEXT, t.n ? str_c(&t) : "it has not said");
    else
        y = put(c, y, "Shutter", ROLE_TEXT, "on a cable: no image comes, the times are kept");
    y = settings_line(view, c, y);
    str_reset(&t);
    if (!isnan(v->temp_degc)) {
        str_addf(&t, "%.1f C", v->temp_degc);
        if (v->cooling)
            str_addf(&t, "  cooling to %.1f C", v->set_degc);
        y = put(c, y, "Temperature", ROLE_TEXT, str_c(&t));
    }
    str_clear(&t);
    return y;
}

/* "exposed: open TIME, closed TIME, 1.000 s" is too long for one line of 80 columns. */
static int shutter_lines(const char *text, struct canvas *c, int y)
{
    const char *closed = strstr(text, ", closed");
    char *first = mem_strn(text, closed ? (size_t)(closed - text) : strlen(text));
    y = put(c, y, "Last", ROLE_TEXT, first);
    free(first);
    return closed ? put(c, y, "", ROLE_TEXT, closed + 2) : y;
}

/* The sequence under way and a look at the last image. */
static int sequence_lines(const struct devices_view *v, const struct device_info *d,
                          struct canvas *c, int y)
{
    struct sequence_state q = session_sequence(v->session);
    struct str t = {0};
    if (q.camera != d->id)
        return y;
    if (q.turning) {
        y = put(c, y, "Sequence", ROLE_TEXT, "the filter wheel turns first");
    } else if (q.running || q.saving) {
        str_addf(&t, "%d of %d, %g s each%s", q.done, q.n, q.seconds, q.saving ? "; saving" : "");
        y = bar_line(c, y, "Sequence", q.n ? (double)q.done / q.n : 0, str_c(&t));
    } else if (q.trouble[0]) {
        y = put(c, y, "Sequence", ROLE_WARN, q.trouble);
    } else if (q.done > 0) {
        str_addf(&t, "done: %d of %d, %g s each", q.done, q.n, q.seconds);
        y = put(c, y, "Sequence", ROLE_TEXT, str_c(&t));
    }
    if (q.shutter[0])
        y = shutter_lines(q.shutter, c, y);
    if (q.path[0])
        y = put(c, y, "Last image", ROLE_TEXT, q.path);
    if (q.checked) {
        str_reset(&t);
        str_addf(&t, "min %d  median %.0f  max %d  %llu saturated  %d stars", q.check.min,
                 q.check.median, q.check.max, (unsigned long long)q.check.n_saturated,
                 q.check.n_found);
        if (!isnan(q.check.hfd_px))
            str_addf(&t, "  HFD %.1f px", q.check.hfd_px);
        y = put(c, y, "Check", q.check.n_saturated > 100 ? ROLE_WARN : ROLE_TEXT, str_c(&t));
    }
    if (q.room_bytes >= 0) {
        str_reset(&t);
        str_addf(&t, "%.1f GB free", (double)q.room_bytes / 1e9);
        y = put(c, y, "Disk", q.room_bytes < 2000000000 ? ROLE_WARN : ROLE_TEXT, str_c(&t));
    }
    str_clear(&t);
    return y;
}

static void abilities(unsigned can, struct str *out)
{
    static const char *const name[] = {
        "slew", "sync",  "park",     "unpark",      "track",   "rates",   "move", "guide",
        "pier", "home",  "set site", "set time",    "images",  "cool",    "bin",  "roi",
        "gain", "abort", "absolute", "temperature", "shutter", "azimuth", "dark"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (can & 1u << i)
            str_addf(out, "%s%s", out->n ? ", " : "", name[i]);
}

static int link_lines(const struct devices_view *v, const struct device_info *d, struct canvas *c,
                      int y)
{
    const struct device_health *h = &d->health;
    struct str t = {0};
    if (d->identity[0])
        y = put(c, y, "Identity", ROLE_TEXT, d->identity);
    if (d->why[0] && d->link != DEVICE_READY)
        y = put(c, y, "Trouble", ROLE_WARN, d->why);
    str_addf(&t, "%llu replies, %llu bad", (unsigned long long)h->replies,
             (unsigned long long)h->errors);
    if (h->errors)
        str_addf(&t, " (%.0f %% of the last 100)", h->error_rate * 100);
    if (!isnan(h->reply_ms_median))
        str_addf(&t, "  median %.0f ms, 99 %% < %.0f ms", h->reply_ms_median, h->reply_ms_p99);
    if (h->reconnects)
        str_addf(&t, "  back %d times", h->reconnects);
    if (d->link == DEVICE_READY && h->since_ms >= 0) {
        double up = (double)(loop_now_ms(session_loop(v->session)) - h->since_ms) / 60000;
        if (up >= 1)
            str_addf(&t, "  up %.0fh%02.0f", floor(up / 60), floor(fmod(up, 60)));
    }
    y = put(c, y, "Link", h->error_rate > 0.05 ? ROLE_WARN : ROLE_TEXT, str_c(&t));
    if (h->error_rate > 0.05)
        y = put(c, y, "", ROLE_WARN, "more than 5 % of the replies are bad: check cable and speed");
    str_reset(&t);
    abilities(d->can, &t);
    if (t.n)
        y = put(c, y, "Can", ROLE_FAINT, str_c(&t));
    str_clear(&t);
    return y;
}

int devices_facts_draw(const struct devices_view *v, const struct device_info *d, struct canvas *c)
{
    int y = 0;
    struct str t = {0};
    if (d->kind == DEVICE_MOUNT && d->health.good_ms >= 0) {
        y = mount_lines(v, d, c, y);
    } else if (d->kind == DEVICE_CAMERA && d->health.good_ms >= 0) {
        y = camera_lines(v, d, c, y);
        y = sequence_lines(v, d, c, y);
    } else if (d->health.good_ms >= 0) {
        devices_values(v->rows, d, &t);
        if (d->stale)
            str_addf(&t, "  OLD: %.0f s ago", rack_age_s(v->rows->rack, d));
        y = put(c, y, "Reported", d->stale ? ROLE_WARN : ROLE_TEXT, str_c(&t));
    }
    str_clear(&t);
    return link_lines(v, d, c, y);
}

static void when_text(int64_t wall_ns, bool wide, char out[24])
{
    char when[UTC_TEXT];
    utc_format(utc_of_wall(wall_ns), wide ? 3 : 0, when);
    snprintf(out, 24, "%.*s", wide ? 12 : 8, strlen(when) >= 20 ? when + 11 : "-");
}

/* What belongs to one reply: an image comes in many pieces, of which the first says enough. i: the newest of them; returns
 * the oldest, *bytes: of all. */
static size_t whole_reply(const struct devices_view *v, uint64_t id, size_t i, size_t n,
                          size_t *bytes)
{
    struct wire_line l = rack_wire_at(v->rows->rack, id, i);
    *bytes = l.n;
    while (l.dir == '<' && i + 1 < n) {
        struct wire_line older = rack_wire_at(v->rows->rack, id, i + 1);
        if (older.dir != '<' || l.wall_ns - older.wall_ns > ONE_REPLY_NS)
            break;
        *bytes += older.n;
        l = older;
        i++;
    }
    return i;
}

static bool readable(const struct wire_line *l)
{
    const unsigned char *b = l->bytes;
    size_t bad = 0;
    for (size_t i = 0; i < l->n; i++)
        bad += b[i] < ' ' && b[i] != '\r' && b[i] != '\n';
    return bad * 8 <= l->n || l->n < 16;
}

static void put_bytes(struct str *t, const struct wire_line *l, size_t all)
{
    size_t most = readable(l) ? 200 : 8;
    wire_text(t, l->bytes, l->n < most ? l->n : most);
    if (all > most)
        str_addf(t, " ... %zu bytes", all);
}

/* A question and its answer stand on one line, with what it is for and how long it took. */
int devices_traffic_draw(const struct devices_view *v, const struct device_info *d,
                         struct canvas *c)
{
    size_t n = rack_wire_n(v->rows->rack, d->id), all;
    int y = 0, meaning = c->cols >= 64 ? c->cols - 29 : c->cols;
    struct str t = {0};
    for (size_t i = 0; i < n && y < c->rows; i++, y++) {
        i = whole_reply(v, d->id, i, n, &all);
        struct wire_line l = rack_wire_at(v->rows->rack, d->id, i), q = l;
        char when[24], took[16] = "";
        bool answer = false;
        str_reset(&t);
        if (l.dir == '<' && i + 1 < n) {
            q = rack_wire_at(v->rows->rack, d->id, i + 1);
            answer = q.dir == '>';
        }
        if (answer) {
            str_add(&t, "-> ");
            put_bytes(&t, &q, q.n);
            while (t.n < 18)
                str_addc(&t, ' ');
            str_addc(&t, ' ');
            snprintf(took, sizeof took, "%.0f ms", (double)(l.wall_ns - q.wall_ns) / 1e6);
            i++;
        }
        str_add(&t, l.dir == '>' ? "-> " : l.dir == '<' ? "<- " : "*  ");
        put_bytes(&t, &l, all);
        when_text(l.wall_ns, c->cols >= LIST_WIDE, when);
        int col = canvas_putf(c, y, 1, ROLE_FAINT, "%s  ", when);
        const char *means =
            answer || l.dir == '>'
                ? wire_meaning(d->driver, answer ? q.bytes : l.bytes, answer ? q.n : l.n)
                : "";
        bool beside = meaning < c->cols && (*means || *took);
        canvas_fit(c, y, col, (beside ? meaning - 1 : c->cols) - col, -1,
                   l.dir == '*' ? ROLE_WARN : ROLE_TEXT, str_c(&t));
        if (beside) {
            canvas_fit(c, y, meaning, c->cols - meaning - 8, -1, ROLE_FAINT, means);
            canvas_fit(c, y, c->cols - 8, 7, 1, ROLE_FAINT, took);
        }
    }
    if (!n)
        canvas_put(c, 0, 1, ROLE_FAINT, "Nothing has gone over this wire yet.");
    str_clear(&t);
    return y;
}
