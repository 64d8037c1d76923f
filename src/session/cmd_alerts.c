/* cmd_alerts.c - the commands of the alerts: filter, views, marks, import, sources. Views add rows of
 * the same names for the alert under the cursor. Not: what they do (alertbook.c, alerts room).
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "alertbook.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/utf8.h"

enum { IMPORT_MAX = 16 << 20 };

static const struct alerts_state *state(const struct command_call *c)
{
    return session_alerts_state(c->session);
}

/* ---- filter and views ---- */

static enum status set_filter(struct command_call *c, const char *text, struct error *err)
{
    struct alert_filter *f;
    enum status s = alert_filter_new(text, &f, err);
    if (s != OK)
        return s;
    alert_filter_free(f);
    return session_set(c->session, "alerts.filter", text, err);
}

static enum status run_filter(struct command_call *c, struct error *err)
{
    const char *text = strcmp(c->rest, "off") == 0 ? "" : c->rest;
    if (!c->rest[0]) {
        str_addf(c->say, "filter %s: %zu of %zu alerts",
                 state(c)->filter[0] ? state(c)->filter : "off", state(c)->n, state(c)->n_all);
        return OK;
    }
    enum status s = set_filter(c, text, err);
    if (s == OK)
        str_addf(c->say, "filter %s", text[0] ? text : "off");
    return s;
}

static bool preview_filter(struct session *s, const char *rest, struct str *say)
{
    return session_alert_try(s, strcmp(rest, "off") == 0 ? "" : rest, say);
}

/* The saved views in the order of their names. */
struct views {
    const char *now; /* name of the one in use */
    char *next, *first;
    const char *next_value, *first_value;
    int n;
};

static void each_view(void *arg, const char *name, const char *value, const struct conf_option *row,
                      bool given)
{
    struct views *v = arg;
    (void)row;
    if (!given || !value[0] || strncmp(name, "alerts.view.", 12) != 0 || name[12] == '*')
        return;
    name += 12;
    v->n++;
    if (!v->first || strcmp(name, v->first) < 0) {
        free(v->first);
        v->first = mem_str(name);
        v->first_value = value;
    }
    if (strcmp(name, v->now) > 0 && (!v->next || strcmp(name, v->next) < 0)) {
        free(v->next);
        v->next = mem_str(name);
        v->next_value = value;
    }
}

static enum status next_view(struct command_call *c, struct error *err)
{
    struct views v = {.now = state(c)->name};
    conf_each(session_conf(c->session), each_view, &v);
    enum status s = OK;
    if (!v.n)
        s = err_set(err, E_ABSENT,
                    "no saved view yet: alert-filter EXPRESSION, then "
                    "alert-view-save NAME");
    else if (!v.now[0] || v.next) {
        const char *name = v.now[0] ? v.next : v.first,
                   *value = v.now[0] ? v.next_value : v.first_value;
        str_addf(c->say, "view %s: %s", name, value);
        char *copy = mem_str(value);
        s = set_filter(c, copy, err);
        free(copy);
    } else {
        str_add(c->say, "filter off");
        s = set_filter(c, "", err);
    }
    free(v.first);
    free(v.next);
    return s;
}

static enum status run_view(struct command_call *c, struct error *err)
{
    if (c->argc < 2)
        return next_view(c, err);
    if (strcmp(c->rest, "off") == 0)
        return set_filter(c, "", err);
    char *name = mem_printf("alerts.view.%s", c->rest);
    const struct conf *conf = session_conf(c->session);
    bool known = strlen(name) < 60 && conf_row(conf, name) && conf_given(conf, name) &&
                 conf_text(conf, name)[0];
    char *text = known ? mem_str(conf_text(conf, name)) : NULL;
    enum status s =
        known ? set_filter(c, text, err)
              : err_set(err, E_ABSENT, "no view \"%.40s\"; alert-view-save makes one", c->rest);
    if (s == OK)
        str_addf(c->say, "view %s: %s", c->rest, text);
    free(text);
    free(name);
    return s;
}

static enum status run_view_save(struct command_call *c, struct error *err)
{
    if (c->argc != 2 || strlen(c->argv[1]) > 40)
        return err_set(err, E_PARSE, "alert-view-save NAME: one word, at most 40 letters");
    if (!state(c)->filter[0])
        return err_set(err, E_ABSENT, "there is no filter to save: alert-filter EXPRESSION first");
    char *name = mem_printf("alerts.view.%s", c->argv[1]), *text = mem_str(state(c)->filter);
    enum status s = session_set(c->session, name, text, err);
    if (s == OK)
        str_addf(c->say, "view %s saved: %s", c->argv[1], text);
    free(name);
    free(text);
    return s;
}

static enum status run_tests(struct command_call *c, struct error *err)
{
    (void)err;
    bool on = !state(c)->tests;
    alertbook_tests(c->session->alertbook, on);
    str_addf(c->say, on ? "tests and utility packets are shown too; they never ring"
                        : "tests and utility packets are kept apart");
    return OK;
}

/* ---- one alert ---- */

/* The alert that the rest of the line names. */
static enum status which(const struct command_call *c, int64_t *id, struct error *err)
{
    if (!c->rest[0])
        return err_set(err, E_PARSE, "%s: which alert? a name, a part of it, or #NUMBER",
                       c->argv[0]);
    return session_alert_find(c->session, c->rest, id, err);
}

static void add_title(const struct command_call *c, int64_t id)
{
    const struct alert_event *e = session_alert(c->session, id);
    struct str title = {0};
    if (e)
        alert_event_title(e, &title);
    utf8_clean(c->say, str_c(&title), title.n);
    str_clear(&title);
}

static enum status run_why(struct command_call *c, struct error *err)
{
    int64_t id;
    enum status s = which(c, &id, err);
    if (s == OK)
        session_alert_why(c->session, id, c->say);
    return s;
}

static enum status run_ack(struct command_call *c, struct error *err)
{
    int64_t id;
    enum status s = which(c, &id, err);
    if (s == OK)
        s = session_alert_ack(c->session, id, err);
    if (s == OK) {
        add_title(c, id);
        str_add(c->say, " acknowledged");
    }
    return s;
}

static enum status run_follow(struct command_call *c, struct error *err)
{
    int64_t id;
    enum status s = which(c, &id, err);
    if (s != OK)
        return s;
    bool on = !session_alert(c->session, id)->followed;
    s = session_alert_mark(c->session, id, ALERT_MARK_FOLLOWED, on, err);
    if (s == OK) {
        add_title(c, id);
        str_add(c->say, on ? " is followed: its alarms are those of alerts.alarm.up, .fits, "
                             ".retracted"
                           : " is not followed any more");
    }
    return s;
}

static enum status run_seen(struct command_call *c, struct error *err)
{
    (void)err;
    str_addf(c->say, "%zu alerts seen", session_alert_seen_all(c->session));
    return OK;
}

/* ---- senders ---- */

/* The list without a name in it, whether it was there, and with it at its end. */
static bool without(const char *list, const char *name, struct str *out)
{
    bool found = false;
    while (*list) {
        list += strspn(list, "; ");
        size_t n = strcspn(list, ";"), word = n;
        while (word && list[word - 1] == ' ')
            word--;
        if (word == strlen(name) && strncasecmp(list, name, word) == 0)
            found = true;
        else if (word) {
            str_add(out, out->n ? "; " : "");
            str_addn(out, list, word);
        }
        list += n;
    }
    return found;
}

static enum status run_mute(struct command_call *c, struct error *err)
{
    struct str list = {0}, name = {0};
    int64_t id;
    if (!c->rest[0]) {
        const char *all = conf_text(session_conf(c->session), "alerts.mute");
        str_addf(c->say, "muted: %s", all[0] ? all : "nobody");
        return OK;
    }
    if (c->rest[0] == '#') {
        enum status s = session_alert_find(c->session, c->rest, &id, err);
        if (s != OK)
            return s;
        session_alert_sender(session_alert(c->session, id), &name);
    } else {
        str_add(&name, c->rest);
    }
    bool was = without(conf_text(session_conf(c->session), "alerts.mute"), str_c(&name), &list);
    if (!was)
        str_addf(&list, "%s%s", list.n ? "; " : "", str_c(&name));
    enum status s = session_set(c->session, "alerts.mute", str_c(&list), err);
    if (s == OK)
        str_addf(c->say,
                 was ? "%s is heard again"
                     : "%s is muted: not listed, rings no more (alert-mute %s undoes it)",
                 str_c(&name), str_c(&name));
    str_clear(&list);
    str_clear(&name);
    return s;
}

/* ---- files ---- */

struct import {
    struct session *session;
    VEC(char *) path;
    size_t next;
    struct alert_taken sum;
    int unread;
    char *why;
};

static void import_why(struct import *m, const char *path, const char *why)
{
    struct str t = {0};
    utf8_clean(&t, why, strlen(why));
    log_put(LOG_WARN, "alerts", path, "%s", str_c(&t));
    if (!m->why)
        m->why = mem_str(str_c(&t));
    str_clear(&t);
}

static enum job_state import_step(void *arg, double budget_ms)
{
    struct import *m = arg;
    struct str bytes = {0};
    struct alert_taken t = {0};
    struct error err;
    (void)budget_ms; /* one file a turn */
    if (m->next >= m->path.n)
        return JOB_DONE;
    const char *path = m->path.at[m->next++];
    if (file_read(path, IMPORT_MAX, &bytes, &err) != OK ||
        alert_book_take(m->session->alerts, str_c(&bytes), bytes.n, "file", path,
                        session_now_ns(m->session) / 1000000, &t, &err) != OK) {
        m->unread++;
        import_why(m, path, err.text);
    }
    if (t.refused)
        import_why(m, path, t.reason);
    m->sum.fresh += t.fresh;
    m->sum.revised += t.revised;
    m->sum.known += t.known;
    m->sum.refused += t.refused;
    str_clear(&bytes);
    return m->next < m->path.n ? JOB_MORE : JOB_DONE;
}

static void import_over(void *arg, enum job_state state)
{
    struct import *m = arg;
    if (state == JOB_DONE)
        session_say(m->session, "import: %d new, %d revised, %d known, %d unreadable%s%s",
                    m->sum.fresh, m->sum.revised, m->sum.known, m->sum.refused + m->unread,
                    m->why ? ": " : "", m->why ? m->why : "");
    for (size_t i = 0; i < m->path.n; i++)
        free(m->path.at[i]);
    VEC_FREE(m->path);
    free(m->why);
    free(m);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void gather(struct import *m, const char *path)
{
    DIR *d = opendir(path);
    if (!d) {
        VEC_PUSH(m->path, mem_str(path));
        return;
    }
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            VEC_PUSH(m->path, mem_printf("%s/%s", path, e->d_name));
    closedir(d);
    if (m->path.n)
        qsort(m->path.at, m->path.n, sizeof *m->path.at, by_text);
}

static enum status run_import(struct command_call *c, struct error *err)
{
    static const struct job_ops ops = {"alerts/import", import_step, import_over};
    if (c->argc != 2)
        return err_set(err, E_PARSE, "alert-import FILE or FOLDER (in quotes when it has blanks)");
    struct import *m = mem_zero(sizeof *m);
    char *path = file_in_home(c->argv[1]);
    m->session = c->session;
    gather(m, path);
    free(path);
    str_addf(c->say, "%zu file%s to take in", m->path.n, m->path.n == 1 ? "" : "s");
    jobs_add(session_jobs(c->session), &ops, m);
    loop_wake(session_loop(c->session));
    return OK;
}

/* ---- sources ---- */

static const char *nobody_asked(const struct command_call *c)
{
    if (session_demo(c->session))
        return "the demo asks nobody";
    return session_alert_feed(c->session) ? NULL : "no source runs here";
}

static enum status run_sources(struct command_call *c, struct error *err)
{
    (void)err;
    const struct alert_feed *f = session_alert_feed(c->session);
    int64_t now_ms = session_now_ns(c->session) / 1000000;
    for (size_t i = 0; i < alert_feed_n(f); i++) {
        const struct source_status *s = alert_feed_at(f, i);
        str_addf(c->say, "%s%s: %s%s", i ? ";  " : "", s->title,
                 alert_source_silent(s, now_ms) ? "SILENT, " : "", s->text);
    }
    return OK;
}

static enum status run_refresh(struct command_call *c, struct error *err)
{
    (void)err;
    alert_feed_poke(c->session->alertbook->feed);
    str_add(c->say, "the sources are asked, as far as their quotas allow");
    return OK;
}

const struct command session_commands_alerts[] = {
    {.name = "alert-filter",
     .args = "EXPRESSION|off",
     .help = "Show only alerts such as type=grb & err<0.2 & alt>30 & age<6h",
     .run = run_filter,
     .preview = preview_filter},
    {.name = "alert-view",
     .args = "[NAME|off]",
     .help = "Use a saved filter, without a name the next one",
     .run = run_view},
    {.name = "alert-view-save",
     .args = "NAME",
     .help = "Save the filter in use under a name",
     .run = run_view_save},
    {.name = "alert-tests",
     .help = "Show tests and utility packets too, or keep them apart again",
     .run = run_tests},
    {.name = "alert-why",
     .args = "NAME",
     .help = "Say why an alert is not in the list",
     .run = run_why},
    {.name = "alert-ack",
     .args = "NAME",
     .help = "Acknowledge the alarms of an alert",
     .run = run_ack},
    {.name = "alert-follow",
     .args = "NAME",
     .help = "Follow an alert, or no more: its updates ring",
     .run = run_follow},
    {.name = "alert-seen", .help = "Mark all listed alerts as seen", .run = run_seen},
    {.name = "alert-mute",
     .args = "[SENDER]",
     .help = "Neither list nor ring for a sender any more, or again",
     .run = run_mute},
    {.name = "alert-import",
     .args = "FILE|FOLDER",
     .help = "Take in packets from files",
     .flags = CMD_BEYOND,
     .run = run_import},
    {.name = "alert-sources",
     .help = "Say what each source of alerts does",
     .disabled = nobody_asked,
     .run = run_sources},
    {.name = "alert-refresh",
     .help = "Ask the sources of alerts now",
     .disabled = nobody_asked,
     .run = run_refresh},
    {0}};
