/* plain.c - the viewer of `vigie --plain`: an event a line, a prompt, no cursor motion. For screen
 * readers, logs and terminals that can do nothing else.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "own.h"
#include "vigie/base/utf8.h"
#include "vigie/session/tonight.h"
#include "vigie/session/viewer.h"

enum { LINE_MAX_BYTES = 4096 };

struct plain {
    struct session *session;
    bool attached, prompted, asking;
    struct str line, out, pending; /* pending: the line that waits for a yes */
    uint64_t told;                 /* last line of the log that was written */
};

static void *create(struct session *s)
{
    struct plain *p = mem_zero(sizeof *p);
    p->session = s;
    p->line.max = LINE_MAX_BYTES;
    return p;
}

static void destroy(void *ui)
{
    struct plain *p = ui;
    str_clear(&p->line);
    str_clear(&p->out);
    str_clear(&p->pending);
    free(p);
}

/* A line of ours; what stands behind a prompt begins a line of its own. */
static void say(struct plain *p, const char *text)
{
    if (p->prompted)
        str_addc(&p->out, '\n');
    p->prompted = false;
    utf8_clean(&p->out, text, strlen(text));
    str_addc(&p->out, '\n');
}

/* The prompt comes when all that there is to say has been said. */
static void prompt(struct plain *p)
{
    if (!p->prompted)
        str_add(&p->out, p->asking ? "yes or no? " : "> ");
    p->prompted = true;
}

static enum status attach(void *ui, const struct viewer_env *env, struct error *err)
{
    (void)env;
    (void)err;
    struct plain *p = ui;
    p->attached = true;
    p->prompted = p->asking = false;
    str_reset(&p->line);
    str_reset(&p->out);
    p->told = nightlog_total(session_log(p->session));
    struct error why;
    char head[160];
    snprintf(head, sizeof head, "vigie%s%s; `help` lists the commands, `detach` leaves",
             session_site_name(p->session)[0] ? " at " : "", session_site_name(p->session));
    say(p, head);
    if (!session_site(p->session, &why))
        say(p, why.text);
    return OK;
}

static void detach(void *ui)
{
    ((struct plain *)ui)->attached = false;
}

static void restore(const void *ui, struct str *out)
{
    (void)ui;
    (void)out;
}

static void help_row(void *arg, const struct command *row, void *owner)
{
    struct plain *p = arg;
    if (owner != p->session || (row->flags & CMD_HIDDEN))
        return;
    char *text = mem_printf("%s%s%s: %s", row->name, row->args ? " " : "",
                            row->args ? row->args : "", row->help);
    say(p, text);
    free(text);
}

static void help(struct plain *p)
{
    commands_each(session_commands(p->session), NULL, help_row, p);
    say(p, "transits: what can be observed, one a line");
    say(p, "alarms: those that are not over");
}

static void transits(struct plain *p)
{
    const struct tonight_state *t = session_tonight(p->session);
    if (!t->list) {
        say(p, t->working ? "still computing; ask again" : t->why.text);
        return;
    }
    char text[TRANSIT_SUMMARY + 100];
    snprintf(text, sizeof text, "night of %s, times in UTC; ", t->evening);
    transit_list_summary(t->list, text + strlen(text));
    say(p, text);
    for (size_t i = 0; i < t->list->n; i++) {
        const struct transit_event *e = &t->list->at[i];
        char at[TRANSIT_CONTACTS][UTC_TEXT], note[TRANSIT_NOTE];
        double alt[TRANSIT_CONTACTS];
        for (int k = 0; k < TRANSIT_CONTACTS; k++) {
            utc_format(e->contact[k].utc, 0, at[k]);
            alt[k] = e->contact[k].alt_rad * 180 / acos(-1);
        }
        snprintf(text, sizeof text,
                 "%s: ingress %.16s, mid %.5s, egress %.5s, altitude %.0f, %.0f, %.0f deg, depth "
                 "%.1f mmag, V %.1f, %s",
                 e->planet->name, at[0], at[1] + 11, at[2] + 11, alt[0], alt[1], alt[2],
                 e->planet->depth_mmag, e->planet->mag_v, transit_note(e, note));
        say(p, text);
    }
}

static void alarms(struct plain *p)
{
    size_t n = 0;
    char text[600];
    for (size_t i = 0; i < alarms_n(p->session); i++) {
        const struct alarm *a = alarms_at(p->session, i);
        if (a->ended)
            continue;
        n++;
        snprintf(text, sizeof text, "%s %llu: %s%s", alarm_level_name(a->level),
                 (unsigned long long)a->id, a->text, a->acknowledged ? ", acknowledged" : "");
        say(p, text);
    }
    if (n == 0)
        say(p, "no alarm");
}

static void run(struct plain *p, const char *line, bool confirmed)
{
    static const struct {
        const char *name;
        void (*fn)(struct plain *p);
    } own[] = {{"help", help}, {"transits", transits}, {"alarms", alarms}};
    struct str answer = {0};
    struct error err;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(line, own[i].name) == 0) {
            own[i].fn(p);
            return;
        }
    enum status s = commands_run(p->session, NULL, line, BY_LINE, confirmed, &answer, &err);
    if (s == E_CANCELLED && !confirmed) {
        p->asking = true;
        str_reset(&p->pending);
        str_add(&p->pending, line);
    }
    if (s != OK)
        say(p, err.text);
    else if (answer.n)
        say(p, answer.s);
    str_clear(&answer);
}

static void take_line(struct plain *p, const char *line)
{
    p->prompted = false; /* the newline of the one who typed ended it */
    if (p->asking) {
        p->asking = false;
        if (strcmp(line, "y") == 0 || strcmp(line, "yes") == 0)
            run(p, str_c(&p->pending), true);
        else
            say(p, "not done");
    } else {
        run(p, line, false);
    }
}

static void keys(void *ui, const char *bytes, size_t n)
{
    struct plain *p = ui;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            char *line = str_take(&p->line);
            take_line(p, line ? line : "");
            free(line);
        } else {
            str_addc(&p->line, bytes[i]);
        }
    }
}

static void resize(void *ui, int rows, int cols)
{
    (void)ui;
    (void)rows;
    (void)cols;
}

static void log_line(struct plain *p, const struct log_line *l)
{
    time_t t = (time_t)(l->wall_ns / 1000000000);
    struct tm tm;
    char at[12];
    gmtime_r(&t, &tm);
    strftime(at, sizeof at, "%H:%M:%S", &tm);
    char *text = mem_printf(
        "%s %s%s%s%s%s: %s", at, l->level > LOG_NEW ? log_level_name(l->level) : "",
        l->level > LOG_NEW ? " " : "", l->room, l->subject[0] ? " " : "", l->subject, l->message);
    say(p, text);
    free(text);
}

static void event(void *ui, const struct event *ev)
{
    struct plain *p = ui;
    const struct nightlog *log = session_log(p->session);
    if (!p->attached || ev->kind != EV_LOG || ev->id <= p->told)
        return;
    size_t n = nightlog_n(log);
    uint64_t first = nightlog_total(log) - n + 1;
    if (ev->id >= first)
        log_line(p, nightlog_at(log, (size_t)(ev->id - first)));
    p->told = ev->id;
}

static bool dirty(const void *ui)
{
    const struct plain *p = ui;
    return p->out.n > 0 || !p->prompted;
}

static void draw(void *ui, bool whole, struct str *out)
{
    (void)whole; /* what was said is said */
    struct plain *p = ui;
    prompt(p);
    str_addn(out, str_c(&p->out), p->out.n);
    str_reset(&p->out);
}

static void slow(void *ui, bool on)
{
    (void)ui;
    (void)on;
}

static void ring(void *ui, enum alarm_level level, const char *text, struct str *out)
{
    struct plain *p = ui;
    (void)text; /* it is in the log, which is written out */
    const char *least = conf_text(session_conf(p->session), "alarm.bell");
    for (int l = 0; l <= (int)level; l++)
        if (strcmp(least, alarm_level_name((enum alarm_level)l)) == 0)
            str_addc(out, '\a');
}

const struct viewer_ops viewer_plain = {create, destroy, attach, detach, restore, keys,
                                        resize, event,   dirty,  draw,   slow,    ring};
