/* session.c - see session.h: makes the models, hands them out, sets options.
 * Not: what any of them does.
 */
#include "vigie/session/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

#include "alertbook.h"
#include "devicedesk.h"
#include "own.h"
#include "sky_now.h"
#include "tonight.h"
#include "vodesk.h"
#include "vigie/base/utf8.h"
#include "vigie/io/http.h"
#include "vigie/session/console.h"

enum { SAY_MS = 5000, JOB_BUDGET_MS = 8, LUA_BUDGET_MS = 8, LUA_TYPING_MS = 3, TYPING_MS = 1000 };

static void log_told(void *arg, uint64_t id)
{
    events_put(((struct session *)arg)->events, EV_LOG, id);
}

static struct http *make_http(struct session *s)
{
    struct http_options o = {.silence_ms = (int64_t)(conf_number(s->conf, "http.timeout") * 1000),
                             .max_body = (size_t)(conf_number(s->conf, "http.max-body") * 1e6),
                             .offline = s->setup.offline};
    return http_new(s->setup.loop, &o);
}

static void store_trouble(void *arg, const struct error *err)
{
    log_put(LOG_TROUBLE, "session", "store", "%s", err->text);
    session_say(arg, "%s", err->text);
}

static enum status open_store(struct session *s, struct error *err)
{
    const struct store_room rooms[] = {alert_store_room, vodesk_store_room};
    struct store_options o = {
        .rooms = rooms, .n_rooms = 2, .loop = s->setup.loop, .trouble = store_trouble, .arg = s};
    enum status st = store_open(s->setup.store_path, &o, &s->store, err);
    if (st == OK)
        st = alert_book_open(s->store, 0, &s->alerts, err);
    return st;
}

enum status session_new(const struct session_setup *setup, struct session **out, struct error *err)
{
    struct session *s = mem_zero(sizeof *s);
    s->setup = *setup;
    s->setup.config_path = mem_str(setup->config_path);
    s->setup.store_path = mem_str(setup->store_path);
    s->setup.log_folder = mem_str(setup->log_folder);
    s->setup.site = mem_str(setup->site);
    s->conf = setup->conf;
    s->events = events_new();
    s->jobs = jobs_new();
    s->commands = commands_new();
    s->log = nightlog_new(setup->log_folder, setup->clock);
    nightlog_told(s->log, log_told, s);
    log_to(nightlog_put, s->log);
    s->sky = sky_now_new(s);
    s->alarms = alarms_new(s);
    if (!setup->demo)
        s->http = make_http(s);
    enum status st = open_store(s, err);
    if (st != OK) {
        session_free(s);
        return st;
    }
    commands_add(s->commands, session_commands_main, s);
    commands_add(s->commands, session_commands_alarm, s);
    commands_add(s->commands, session_commands_site, s);
    commands_add(s->commands, session_commands_transits, s);
    commands_add(s->commands, session_commands_alerts, s);
    commands_add(s->commands, session_commands_console, s);
    commands_add(s->commands, session_commands_scripts, s);
    s->tonight = tonight_new(s);
    alertbook_new(s);
    if (!setup->one_shot) {
        s->devices = devicedesk_new(s);
        commands_add(s->commands, session_commands_devices, s);
        commands_add(s->commands, session_commands_camera, s);
    }
    vodesk_new(s);
    s->console = console_new(s);
    *out = s;
    return OK;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    loop_timer_del(s->setup.loop, s->lua_timer);
    console_free(s->console);
    devicedesk_free(s->devices);
    vodesk_free(s->vodesk);
    alertbook_free(s->alertbook);
    tonight_free(s->tonight);
    http_free(s->http);
    alert_book_close(s->alerts);
    store_close(s->store);
    jobs_free(s->jobs);
    alarms_free(s->alarms);
    sky_now_free(s->sky);
    log_to(NULL, NULL);
    nightlog_free(s->log);
    commands_free(s->commands);
    events_free(s->events);
    conf_free(s->conf);
    free(s->message);
    free(s->held);
    free((char *)s->setup.config_path);
    free((char *)s->setup.store_path);
    free((char *)s->setup.log_folder);
    free((char *)s->setup.site);
    free(s);
}

void session_keys(struct session *s)
{
    s->keys_ms = loop_now_ms(s->setup.loop);
}

static int64_t rested(void *arg)
{
    struct session *s = arg;
    s->lua_timer = 0;
    loop_wake(s->setup.loop);
    return -1;
}

/* A slice of Lua; whether the loop is to come back at once. While somebody types the slices are shorter, and after
 * each scripts rest for as long as it took: they have half of the CPU at most, and a key finds the loop idle half
 * of the time. */
static bool step_lua(struct session *s)
{
    bool typing = s->keys_ms && loop_now_ms(s->setup.loop) - s->keys_ms < TYPING_MS;
    if (!s->console || s->lua_timer)
        return false;
    int64_t began = clock_thread_us();
    bool more = console_step(s->console, typing ? LUA_TYPING_MS : LUA_BUDGET_MS);
    if (!more || !typing)
        return more;
    int64_t took_ms = (clock_thread_us() - began + 999) / 1000;
    s->lua_timer =
        loop_timer(s->setup.loop, took_ms > 1 ? took_ms : 1, rested, s, "session/lua rest");
    return false;
}

bool session_turn(struct session *s)
{
    bool some = events_deliver(s->events) > 0;
    bool more = step_lua(s);
    if (jobs_step(s->jobs, JOB_BUDGET_MS) || more || events_waiting(s->events) > 0)
        loop_wake(s->setup.loop);
    return some;
}

struct loop *session_loop(const struct session *s)
{
    return s->setup.loop;
}

const struct clock *session_clock(const struct session *s)
{
    return s->setup.clock;
}

int64_t session_now_ns(const struct session *s)
{
    return CLOCK_WALL(s->setup.clock);
}

const struct conf *session_conf(const struct session *s)
{
    return s->conf;
}

struct events *session_events(struct session *s)
{
    return s->events;
}

struct jobs *session_jobs(struct session *s)
{
    return s->jobs;
}

struct commands *session_commands(struct session *s)
{
    return s->commands;
}

struct store *session_store(const struct session *s)
{
    return s->store;
}

struct console *session_console(const struct session *s)
{
    return s->console;
}

struct alert_book *session_alerts(const struct session *s)
{
    return s->alerts;
}

const struct nightlog *session_log(const struct session *s)
{
    return s->log;
}

bool session_offline(const struct session *s)
{
    return s->setup.offline;
}

const char *session_folder(const struct session *s)
{
    return s->setup.log_folder;
}

bool session_one_shot(const struct session *s)
{
    return s->setup.one_shot;
}

bool session_demo(const struct session *s)
{
    return s->setup.demo;
}

bool session_synced(const struct session *s)
{
    (void)s;
    struct timex t = {0};
    int state = adjtimex(&t);
    return state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
}

const char *session_message(const struct session *s, int64_t *at_ms)
{
    int64_t now = loop_now_ms(s->setup.loop);
    bool held = s->held && (s->held_alone || !s->message || now - s->message_ms >= SAY_MS);
    if (at_ms)
        *at_ms = held ? now : s->message_ms;
    return held ? s->held : s->message ? s->message : "";
}

void session_hold(struct session *s, const char *text, bool alone)
{
    struct str t = {0};
    free(s->held);
    s->held = NULL;
    if (text) {
        utf8_clean(&t, text, strlen(text));
        str_add(&t, "");
        s->held = str_take(&t);
    }
    s->held_alone = alone;
    events_put(s->events, EV_MESSAGE, 0);
}

void session_say(struct session *s, const char *fmt, ...)
{
    char raw[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    struct str t = {0};
    utf8_clean(&t, raw, strlen(raw));
    str_add(&t, "");
    free(s->message);
    s->message = str_take(&t);
    s->message_ms = loop_now_ms(s->setup.loop);
    events_put(s->events, EV_MESSAGE, 0);
}

void session_beep(struct session *s)
{
    if (s->ring)
        s->ring(s->screen_arg, ALARM_ALARM, "");
}

enum status session_set(struct session *s, const char *name, const char *value, struct error *err)
{
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || (*c == '#' && (c == value || c[-1] == ' ')))
            return err_set(err, E_RANGE,
                           "%.60s: a value is one line without control characters or \" #\" (it "
                           "begins a comment in the file)",
                           name);
    enum status st = OK;
    if (strncmp(name, "device.", 7) == 0 && value[0])
        st = rack_line_check(name + 7, value, err);
    if (st == OK)
        st = conf_set(s->conf, name, value, err);
    if (st != OK)
        return st;
    events_put(s->events, EV_OPTION, 0);
    if (strcmp(name, "site") == 0 || strncmp(name, "site.", 5) == 0 ||
        strncmp(name, "horizon.", 8) == 0)
        session_site_read(s);
    if (!s->setup.config_path)
        return OK;
    struct error e;
    st = conf_save_line(s->setup.config_path, name, value, &e);
    return st == OK ? OK : err_set(err, st, "set, but not kept: %s", e.text);
}

void session_ask(struct session *s, enum session_ask what)
{
    s->asked |= (unsigned)what;
    loop_wake(s->setup.loop);
}

unsigned session_asked(struct session *s)
{
    unsigned asked = s->asked;
    s->asked = 0;
    return asked;
}

void session_on_screen(struct session *s, session_ring_fn *ring, session_copy_fn *copy,
                       session_edit_fn *edit, void *arg)
{
    s->ring = ring;
    s->copy = copy;
    s->edit = edit;
    s->screen_arg = arg;
}

enum status session_edit(struct session *s, const char *path, session_edited_fn *fn, void *arg,
                         struct error *err)
{
    if (!s->edit)
        return err_set(err, E_ABSENT, "nobody is attached");
    return s->edit(s->screen_arg, path, fn, arg, err);
}

enum status session_copy(struct session *s, const char *text, size_t n, struct error *err)
{
    if (n > 8192)
        return err_set(err, E_RANGE, "%zu bytes: at most 8 kB are copied; save it instead", n);
    if (!s->copy)
        return err_set(err, E_ABSENT, "nobody is attached");
    return s->copy(s->screen_arg, text, n, err);
}
