/* check_drivers.c - drivers as pure machines: scripts of what is sent and received (tests/data/devices/<name>.txt), written from
 * the protocols' documents.
 *   driver NAME [KEY=VALUE...]      the first line
 *   start | back                    the wire is open; again after it was lost
 *   > BYTES                         it sends this next, within 5 s; \xHH, \r \n \0 as in C
 *   < BYTES                         this comes in
 *   wait MS | polls MS              time goes by; with its polls
 *   silent MS                       it sends nothing for so long
 *   ask VERB [A [B]]                slew, sync: hours, degrees; focus-to, filter, move: number; set-site: degrees, degrees;
 *                                   guide: ms (north); track: on
 *   identity TEXT, said TEXT, done STATUS [TEXT], link WORD [TEXT]   what must hold: the text is in it
 *   at HOURS DEGREES                the position that is believed, to 1 arc second
 *   clock S, pier east|west, tracks yes|no, site DEGREES DEGREES   its values: its clock's error to 2 s, its site to 0.1'
 */
#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "vigie/base/file.h"
#include "vigie/sky/frame.h"

static const double DEG = M_PI / 180;
static char names[64][80];
static int n_names;

struct run {
    struct desk d;
    const char *name;
    int line;
    bool open;
};

#define HOLDS(cond, ...)                                                                           \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            char w_[300];                                                                          \
            snprintf(w_, sizeof w_, __VA_ARGS__);                                                  \
            ck_abort_msg("%s:%d: %s\nsaid:\n%s", r->name, r->line, w_, str_c(&r->d.slot.said));    \
        }                                                                                          \
    } while (0)

static size_t unescape(const char *t, char *out)
{
    size_t n = 0;
    for (; *t; t++) {
        if (*t != '\\') {
            out[n++] = *t;
        } else if (*++t == 'x') {
            char hex[3] = {t[1], t[2], 0};
            out[n++] = (char)strtol(hex, NULL, 16);
            t += 2;
        } else {
            out[n++] = (char)(*t == 'r' ? '\r' : *t == 'n' ? '\n' : *t == 's' ? ' ' : 0);
        }
    }
    return n;
}

static void expect_sent(struct run *r, const char *bytes, size_t n)
{
    struct str *s = &r->d.slot.sent;
    for (int ms = 0; s->n < n && ms < 5000; ms += 10)
        desk_pass(&r->d, 10, false);
    HOLDS(s->n >= n && memcmp(s->s, bytes, n) == 0, "sent \"%.60s\", not \"%.60s\"", str_c(s),
          bytes);
    memmove(s->s, s->s + n, s->n - n);
    s->n -= n;
    s->s[s->n] = 0;
}

static void ask(struct run *r, const char *what)
{
    char verb[20] = "";
    double a = 0, b = 0;
    struct error err;
    struct device_request q = {.on = true, .move_ms = 1000};
    sscanf(what, "%19s %lf %lf", verb, &a, &b);
    for (int v = ASK_CONNECT; v <= ASK_PROPERTY; v++)
        if (strcmp(device_verb_name((enum device_verb)v), verb) == 0)
            q.verb = (enum device_verb)v;
    q.ra_rad = a * 15 * DEG;
    q.dec_rad = b * DEG;
    q.lat_rad = a * DEG;
    q.lon_rad = b * DEG;
    q.n = (int)a;
    q.x = a;
    q.exposure.seconds = a;
    HOLDS(desk_ask(&r->d, &q, &err) == OK, "%s: refused: %s", verb, err.text);
}

static void holds(struct run *r, const char *word, char *rest)
{
    const struct slot *s = &r->d.slot;
    if (strcmp(word, "identity") == 0) {
        HOLDS(strstr(str_c(&s->identity), rest), "identity is \"%s\"", str_c(&s->identity));
    } else if (strcmp(word, "said") == 0) {
        HOLDS(strstr(str_c(&s->said), rest), "not said: %s", rest);
    } else if (strcmp(word, "done") == 0) {
        char *text = strchr(rest, ' ');
        if (text)
            *text++ = 0;
        const char *is = s->status == OK ? "ok" : status_name(s->status);
        HOLDS(s->done_ticket == r->d.ticket, "the request has not ended");
        HOLDS(strcmp(is, rest) == 0 && (!text || strstr(str_c(&s->done), text)),
              "it ended %s: \"%s\"", is, str_c(&s->done));
    } else if (strcmp(word, "link") == 0) {
        char *text = strchr(rest, ' ');
        if (text)
            *text++ = 0;
        HOLDS(strcmp(device_link_name(s->info.link), rest) == 0 &&
                  (!text || strstr(str_c(&s->why), text)),
              "link is %s: \"%s\"", device_link_name(s->info.link), str_c(&s->why));
    } else if (strcmp(word, "at") == 0) {
        double h = NAN, g = NAN;
        const struct mount_values *m = &s->values.mount;
        HOLDS(sscanf(rest, "%lf %lf", &h, &g) == 2, "at HOURS DEGREES");
        double off = sky_separation(m->ra_rad, m->dec_rad, h * 15 * DEG, g * DEG) / DEG * 3600;
        HOLDS(off <= 1, "it is at %.5f h %.5f deg, %.1f\" away", m->ra_rad / DEG / 15,
              m->dec_rad / DEG, off);
    } else if (strcmp(word, "clock") == 0) {
        double is = s->values.mount.clock_error_s;
        HOLDS(fabs(is - atof(rest)) < 2, "its clock is %.2f s fast", is);
    } else if (strcmp(word, "pier") == 0) {
        enum pier_side is = s->values.mount.pier;
        HOLDS(is == (*rest == 'e' ? PIER_EAST : PIER_WEST), "the pier's side is %d", is);
    } else if (strcmp(word, "tracks") == 0) {
        HOLDS(s->values.mount.tracking == (*rest == 'y'), "it tracks: %d",
              s->values.mount.tracking);
    } else if (strcmp(word, "site") == 0) {
        double lat = NAN, lon = NAN;
        const struct mount_values *m = &s->values.mount;
        HOLDS(sscanf(rest, "%lf %lf", &lat, &lon) == 2, "site DEGREES DEGREES");
        HOLDS(fabs(m->lat_rad / DEG - lat) < 0.1 / 60 && fabs(m->lon_rad / DEG - lon) < 0.1 / 60,
              "its site is %.5f %.5f", m->lat_rad / DEG, m->lon_rad / DEG);
    } else {
        HOLDS(false, "what is \"%s\"?", word);
    }
}

static void step(struct run *r, char *line)
{
    char bytes[400];
    char *rest = strchr(line, ' ');
    if (rest)
        *rest++ = 0;
    else
        rest = line + strlen(line);
    size_t n = line[1] ? 0 : unescape(rest, bytes);
    bytes[n] = 0;
    if (strcmp(line, "driver") == 0) {
        struct error err;
        char *options = strchr(rest, ' ');
        if (options)
            *options++ = 0;
        r->open = desk_open(&r->d, rest, options, &err);
        HOLDS(r->open, "%s", err.text);
    } else if (strcmp(line, "start") == 0 || strcmp(line, "back") == 0) {
        if (*line == 'b' && r->d.host.x)
            exchange_reset(r->d.host.x);
        if (*line == 'b')
            r->d.ops->lost(r->d.drv);
        desk_start(&r->d, *line == 'b');
    } else if (strcmp(line, ">") == 0) {
        expect_sent(r, bytes, n);
    } else if (strcmp(line, "<") == 0) {
        desk_feed(&r->d, bytes, n);
    } else if (strcmp(line, "wait") == 0 || strcmp(line, "polls") == 0) {
        desk_pass(&r->d, atoi(rest), *line == 'p');
    } else if (strcmp(line, "silent") == 0) {
        desk_pass(&r->d, atoi(rest), false);
        HOLDS(r->d.slot.sent.n == 0, "it sent \"%s\"", str_c(&r->d.slot.sent));
    } else if (strcmp(line, "ask") == 0) {
        ask(r, rest);
    } else {
        holds(r, line, rest);
    }
}

START_TEST(script)
{
    char path[300];
    struct str t = {0};
    struct error err;
    struct run run = {.name = names[_i]}, *r = &run;
    snprintf(path, sizeof path, "%s/devices/%s", getenv("VIGIE_TEST_DATA"), names[_i]);
    ck_assert_msg(file_read(path, 100000, &t, &err) == OK, "%s", err.text);
    for (char *p = t.s; p && *p;) {
        char *end = strchr(p, '\n');
        if (end)
            *end = 0;
        r->line++;
        if (*p && *p != '#')
            step(r, p);
        p = end ? end + 1 : NULL;
    }
    if (r->open)
        desk_close(&r->d);
    str_clear(&t);
}
END_TEST

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

int main(void)
{
    char folder[300];
    snprintf(folder, sizeof folder, "%s/devices", getenv("VIGIE_TEST_DATA"));
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        if (strstr(e->d_name, ".txt") && n_names < 64)
            snprintf(names[n_names++], sizeof names[0], "%.79s", e->d_name);
    if (d)
        closedir(d);
    if (n_names < 8) {
        fprintf(stderr, "check_drivers: only %d scripts in %s\n", n_names, folder);
        return 1;
    }
    qsort(names, (size_t)n_names, sizeof names[0], by_name);
    Suite *s = suite_create("drivers");
    TCase *c = tcase_create("scripts");
    tcase_add_loop_test(c, script, 0, n_names);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
