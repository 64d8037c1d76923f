/* alarm.c - see alarm.h. One timer for all: it wakes for the next repeat. */
#include "vigie/session/alarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/json.h"

enum { KEPT = 200, NOTIFY_OUT = 4096 };

struct alarms {
    struct session *session;
    VEC(struct alarm) at;
    uint64_t next_id, timer;
};

static void arm(struct alarms *a);

struct alarms *alarms_new(struct session *s)
{
    struct alarms *a = mem_zero(sizeof *a);
    a->session = s;
    return a;
}

static void alarm_clear(struct alarm *a)
{
    free(a->room);
    free(a->subject);
    free(a->text);
}

void alarms_free(struct alarms *a)
{
    if (!a)
        return;
    loop_timer_del(session_loop(a->session), a->timer);
    for (size_t i = 0; i < a->at.n; i++)
        alarm_clear(&a->at.at[i]);
    VEC_FREE(a->at);
    free(a);
}

const char *alarm_level_name(enum alarm_level level)
{
    static const char *const name[] = {"notice", "warning", "alarm"};
    return name[level];
}

static enum log_level log_level_of(enum alarm_level level)
{
    return level == ALARM_ALARM ? LOG_ALARM : level == ALARM_WARNING ? LOG_WARN : LOG_NEW;
}

static bool standing(const struct alarm *a)
{
    return !a->acknowledged && !a->ended;
}

static char *clean(const char *s)
{
    struct str t = {.max = 512};
    utf8_clean(&t, s, strlen(s));
    str_add(&t, "");
    return str_take(&t);
}

static enum alarm_level level_of(const char *name)
{
    enum alarm_level level = ALARM_NOTICE;
    while (level < ALARM_ALARM && strcmp(name, alarm_level_name(level)) != 0)
        level++;
    return level;
}

static void notified(void *arg, int exit_code, const char *out, size_t n)
{
    (void)arg;
    if (exit_code != 0)
        log_put(LOG_TROUBLE, "session", "notify.command", "ended with %d: %.*s", exit_code,
                (int)(n < 200 ? n : 200), out);
}

/* The user's command gets the alarm as one JSON object on its standard input. */
static void notify(struct alarms *a, const struct alarm *al)
{
    const struct conf *c = session_conf(a->session);
    const char *command = conf_text(c, "notify.command");
    if (!command[0] || al->level < level_of(conf_text(c, "notify.level")))
        return;
    struct str j = {0};
    struct json_writer w;
    json_write(&w, &j);
    json_object(&w);
    json_key(&w, "alarm");
    json_int(&w, (int64_t)al->id);
    json_key(&w, "level");
    json_string(&w, alarm_level_name(al->level));
    json_key(&w, "room");
    json_string(&w, al->room);
    json_key(&w, "subject");
    json_string(&w, al->subject);
    json_key(&w, "text");
    json_string(&w, al->text);
    json_key(&w, "site");
    json_string(&w, session_site_name(a->session));
    json_key(&w, "repeat");
    json_int(&w, al->repeats);
    json_end(&w);
    str_addc(&j, '\n');
    char *copy = mem_str(command), *argv[] = {(char *)"sh", (char *)"-c", copy, NULL};
    struct error err;
    if (loop_spawn(session_loop(a->session), argv, j.s, j.n, NOTIFY_OUT, notified, a, &err) == 0)
        log_put(LOG_TROUBLE, "session", "notify.command", "%s", err.text);
    free(copy);
    str_clear(&j);
}

static void ring(struct alarms *a, struct alarm *al)
{
    double repeat_s = conf_number(session_conf(a->session), "alarm.repeat");
    al->next_ms = al->level == ALARM_NOTICE
                      ? -1
                      : loop_now_ms(session_loop(a->session)) + (int64_t)(repeat_s * 1000);
    session_say(a->session, "%s %llu: %s", alarm_level_name(al->level), (unsigned long long)al->id,
                al->text);
    if (a->session->ring)
        a->session->ring(a->session->screen_arg, al->level, al->text);
    notify(a, al);
    events_put(session_events(a->session), EV_ALARM, al->id);
}

static int64_t due(void *arg)
{
    struct alarms *a = arg;
    int64_t now = loop_now_ms(session_loop(a->session));
    a->timer = 0;
    for (size_t i = 0; i < a->at.n; i++) {
        struct alarm *al = &a->at.at[i];
        if (!standing(al) || al->next_ms < 0 || al->next_ms > now)
            continue;
        al->repeats++;
        log_put(log_level_of(al->level), al->room, al->subject, "alarm %llu again (%d): %s",
                (unsigned long long)al->id, al->repeats, al->text);
        ring(a, al);
    }
    arm(a);
    return -1;
}

static void arm(struct alarms *a)
{
    int64_t next = -1;
    for (size_t i = 0; i < a->at.n; i++) {
        const struct alarm *al = &a->at.at[i];
        if (standing(al) && al->next_ms >= 0 && (next < 0 || al->next_ms < next))
            next = al->next_ms;
    }
    loop_timer_del(session_loop(a->session), a->timer);
    a->timer = 0;
    if (next < 0)
        return;
    int64_t wait = next - loop_now_ms(session_loop(a->session));
    a->timer = loop_timer(session_loop(a->session), wait > 0 ? wait : 0, due, a, "session/alarm");
}

/* Room for one more: the oldest that is over goes, else the oldest. */
static void make_room(struct alarms *a)
{
    if (a->at.n < KEPT)
        return;
    size_t out = 0;
    for (size_t i = 0; i < a->at.n; i++)
        if (!standing(&a->at.at[i])) {
            out = i;
            break;
        }
    alarm_clear(&a->at.at[out]);
    memmove(&a->at.at[out], &a->at.at[out + 1], (a->at.n - out - 1) * sizeof a->at.at[0]);
    a->at.n--;
}

static struct alarm *find(struct alarms *a, uint64_t id)
{
    for (size_t i = 0; i < a->at.n; i++)
        if (a->at.at[i].id == id)
            return &a->at.at[i];
    return NULL;
}

/* The same alarm, raised again: only what is new counts. */
static uint64_t renew(struct alarms *a, struct alarm *al, enum alarm_level level, char *text)
{
    free(al->text);
    al->text = text;
    if (level > al->level) {
        al->level = level;
        al->acknowledged = false;
        log_put(log_level_of(level), al->room, al->subject, "alarm %llu now %s: %s",
                (unsigned long long)al->id, alarm_level_name(level), text);
        ring(a, al);
    }
    events_put(session_events(a->session), EV_ALARM, al->id);
    arm(a);
    return al->id;
}

uint64_t alarms_raise(struct session *s, enum alarm_level level, const char *room,
                      const char *subject, const char *fmt, ...)
{
    struct alarms *a = s->alarms;
    char raw[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    char *text = clean(raw), *about = clean(subject);
    for (size_t i = 0; i < a->at.n; i++) {
        struct alarm *al = &a->at.at[i];
        if (!al->ended && strcmp(al->room, room) == 0 && strcmp(al->subject, about) == 0) {
            free(about);
            return renew(a, al, level, text);
        }
    }
    make_room(a);
    struct alarm al = {.id = ++a->next_id,
                       .level = level,
                       .room = clean(room),
                       .subject = about,
                       .text = text,
                       .raised_ns = session_now_ns(s),
                       .next_ms = -1};
    VEC_PUSH(a->at, al);
    log_put(log_level_of(level), room, about, "alarm %llu raised: %s", (unsigned long long)al.id,
            text);
    ring(a, &a->at.at[a->at.n - 1]);
    arm(a);
    return al.id;
}

static enum status no_alarm(uint64_t id, struct error *err)
{
    return err_set(err, E_ABSENT, "there is no alarm %llu", (unsigned long long)id);
}

enum status alarms_ack(struct session *s, uint64_t id, struct error *err)
{
    struct alarm *al = find(s->alarms, id);
    if (!al || al->ended)
        return no_alarm(id, err);
    if (al->acknowledged)
        return OK;
    al->acknowledged = true;
    log_put(LOG_INFO, al->room, al->subject, "alarm %llu acknowledged after %d repeats",
            (unsigned long long)id, al->repeats);
    events_put(s->events, EV_ALARM, id);
    arm(s->alarms);
    return OK;
}

enum status alarms_snooze(struct session *s, uint64_t id, double minutes, struct error *err)
{
    struct alarm *al = find(s->alarms, id);
    if (!al || al->ended)
        return no_alarm(id, err);
    if (!(minutes > 0 && minutes <= 24 * 60))
        return err_set(err, E_RANGE, "%g min: an alarm can be put off by up to 1440 min", minutes);
    al->acknowledged = false;
    al->next_ms = loop_now_ms(s->setup.loop) + (int64_t)(minutes * 60000);
    log_put(LOG_INFO, al->room, al->subject, "alarm %llu put off by %g min", (unsigned long long)id,
            minutes);
    events_put(s->events, EV_ALARM, id);
    arm(s->alarms);
    return OK;
}

enum status alarms_end(struct session *s, uint64_t id, struct error *err)
{
    struct alarm *al = find(s->alarms, id);
    if (!al)
        return no_alarm(id, err);
    if (al->ended)
        return OK;
    al->ended = true;
    log_put(LOG_INFO, al->room, al->subject, "alarm %llu over", (unsigned long long)id);
    events_put(s->events, EV_ALARM, id);
    arm(s->alarms);
    return OK;
}

size_t alarms_n(const struct session *s)
{
    return s->alarms->at.n;
}

const struct alarm *alarms_at(const struct session *s, size_t i)
{
    ensure(i < s->alarms->at.n);
    return &s->alarms->at.at[i];
}

const struct alarm *alarms_find(const struct session *s, uint64_t id)
{
    return find(s->alarms, id);
}

size_t alarms_open(const struct session *s, enum alarm_level *highest)
{
    size_t n = 0;
    enum alarm_level top = ALARM_NOTICE;
    for (size_t i = 0; i < s->alarms->at.n; i++) {
        const struct alarm *al = &s->alarms->at.at[i];
        if (!standing(al))
            continue;
        n++;
        if (al->level > top)
            top = al->level;
    }
    if (highest)
        *highest = top;
    return n;
}
