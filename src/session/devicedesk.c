/* devicedesk.c - see devicedesk.h: the rack and its guard inside a session; what they tell goes to the night log, the
 * alarms, the journal and the screen.
 * Not: commands (cmd_devices.c), targets and previews (device_target.c).
 */
#include "devicedesk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/formats/json.h"
#include "vigie/sky/frame.h"

#define DEG (3.14159265358979323846 / 180)

enum { JOG_QUIET_MS = 3000, SAMPLE_MS = 20000, LEAVE_MAX_MS = 330000, STOP_LEAVE_MS = 500 };

struct rack *session_rack(const struct session *s)
{
    return s->devices ? s->devices->rack : NULL;
}

const struct history *session_history(const struct session *s)
{
    return s->devices ? s->devices->history : NULL;
}

struct safety *session_safety(const struct session *s)
{
    return s->devices ? s->devices->safety : NULL;
}

const char *session_aim(const struct session *s)
{
    return s->devices && s->devices->aim ? s->devices->aim : "";
}

const char *session_who(enum command_by by)
{
    static const char *const who[] = {"key", "palette", "command line", "Lua", "Lua"};
    return who[by];
}

enum asker_kind session_asker(enum command_by by)
{
    return by_lua(by) ? ASKER_SCRIPT : ASKER_PERSON;
}

/* --- what is told ---------------------------------------------------------------------------------- */

static enum log_level level_of(char level)
{
    return level == '!'   ? LOG_ALARM
           : level == 'W' ? LOG_WARN
           : level == '-' ? LOG_TROUBLE
           : level == '+' ? LOG_NEW
                          : LOG_INFO;
}

static uint64_t standing(const struct session *s, const char *subject)
{
    for (size_t i = alarms_n(s); i-- > 0;) {
        const struct alarm *a = alarms_at(s, i);
        if (!a->ended && strcmp(a->room, "devices") == 0 && strcmp(a->subject, subject) == 0)
            return a->id;
    }
    return 0;
}

static void end_alarm(struct session *s, const char *subject)
{
    uint64_t id = standing(s, subject);
    struct error e;
    if (id && alarms_end(s, id, &e) != OK)
        log_put(LOG_TROUBLE, "devices", subject, "%s", e.text);
}

void device_journal(struct session *s, const struct device_info *d, const struct rack_event *ev)
{
    const char *folder = session_folder(s);
    char evening[11], when[UTC_TEXT];
    struct error e;
    if (!folder)
        return;
    const struct site *site = session_site(s, &e);
    night_evening(session_now_ns(s), site ? site->lon_rad : 0, evening);
    struct str line = {0};
    struct json_writer w;
    json_write(&w, &line);
    json_object(&w);
    json_key(&w, "utc");
    json_string(&w, utc_format(utc_of_wall(session_now_ns(s)), 3, when));
    json_key(&w, "device");
    json_string(&w, d->name);
    json_key(&w, "verb");
    json_string(&w, device_verb_name(ev->verb));
    json_key(&w, "event");
    json_string(&w, ev->kind == RACK_ASKED ? ev->status == OK ? "asked" : "refused"
                    : ev->status == OK     ? "done"
                                           : "failed");
    json_key(&w, "text");
    json_string(&w, ev->text);
    json_end(&w);
    str_addc(&line, '\n');
    char *path = mem_printf("%s/%s-devices.jsonl", folder, evening);
    FILE *f = fopen(path, "a");
    if (!f || fwrite(line.s, 1, line.n, f) != line.n)
        log_put(LOG_TROUBLE, "devices", "journal", "%s cannot be written", path);
    if (f)
        fclose(f);
    free(path);
    str_clear(&line);
}

/* Keys held down ask ten times a second: one line says it. */
static bool quiet(struct devicedesk *k, const struct rack_event *ev)
{
    bool jog = ev->verb == ASK_MOVE || ev->verb == ASK_MOVE_END;
    if (!jog || ev->status != OK)
        return false;
    int64_t now = loop_now_ms(k->session->setup.loop);
    bool again =
        ev->kind == RACK_DONE || ev->verb == ASK_MOVE_END || now - k->jog_logged_ms < JOG_QUIET_MS;
    k->jog_logged_ms = now;
    return again;
}

static void said(struct devicedesk *k, const struct device_info *d, const struct rack_event *ev)
{
    const char *name = d ? d->name : "configuration";
    log_put(level_of(ev->level), "devices", name, "%s", ev->text);
    if (ev->level == '!')
        alarms_raise(k->session, ALARM_ALARM, "devices", name, "%s", ev->text);
    if (ev->level == '+')
        end_alarm(k->session, name);
    if (ev->level == '!' || ev->level == 'W' || ev->level == '-')
        session_say(k->session, "%s: %s", name, ev->text);
}

static void stop_is_over(struct devicedesk *k)
{
    if (!k->stopping || safety_stopping(k->safety))
        return;
    k->stopping = false;
    session_hold(k->session, NULL, false);
}

static void told(void *arg, const struct rack_event *ev)
{
    struct devicedesk *k = arg;
    struct session *s = k->session;
    const struct device_info *d = rack_find(k->rack, ev->id);
    switch (ev->kind) {
    case RACK_SAY: said(k, d, ev); break;
    case RACK_ASKED:
    case RACK_DONE:
        if (ev->status == OK && ev->verb == ASK_CONNECT && ev->kind == RACK_DONE)
            break; /* who answers says so himself */
        if (d && !quiet(k, ev)) {
            log_put(level_of(ev->level), "devices", d->name, "%s", ev->text);
            device_journal(s, d, ev);
        }
        if (ev->verb == ASK_STOP && ev->status == OK)
            break; /* what it did is seen, not said */
        if (d && ev->kind == RACK_DONE && ev->verb != ASK_MOVE && ev->verb != ASK_MOVE_END &&
            ev->verb != ASK_CONNECT && ev->verb != ASK_DISCONNECT && ev->status != E_CANCELLED)
            session_say(s, "%s: %s", d->name, ev->text);
        break;
    case RACK_FRAME: camdesk_frame(k->cam, ev->id); break;
    case RACK_LIST:
    case RACK_DEVICE:
    case RACK_VALUES:
    case RACK_PROPERTY: break;
    }
    stop_is_over(k);
    events_put(s->events, EV_DEVICES, ev->id);
}

/* What a stop came to stays on the screen, as long as a mount is not seen standing still. */
static void stop_said(struct devicedesk *k, bool over, const char *text)
{
    struct session *s = k->session;
    int left = safety_stopping(k->safety);
    if (!k->stopping)
        return;
    if (left == 0) {
        stop_is_over(k);
    } else if (over) {
        char *more = mem_printf("STOP: %s; waiting to see %d more stand still", text, left);
        session_hold(s, more, true);
        free(more);
    } else {
        session_hold(s, text, false);
    }
}

static void guarded(void *arg, uint64_t id, char level, const char *subject, bool over,
                    const char *text)
{
    struct devicedesk *k = arg;
    struct session *s = k->session;
    const struct device_info *d = rack_find(k->rack, id);
    char of[100];
    snprintf(of, sizeof of, "%s%s%s", d ? d->name : "", d ? " " : "", subject);
    bool told_always = strcmp(subject, "stop") == 0 || strcmp(subject, "shutdown") == 0;
    if (over && !told_always && !standing(s, of))
        return;
    log_put(level_of(level), "devices", d ? d->name : "safety", "%s", text);
    if (over)
        end_alarm(s, of);
    else if (subject[0] && (level == '!' || level == 'W'))
        alarms_raise(s, level == '!' ? ALARM_ALARM : ALARM_WARNING, "devices", of, "%s", text);
    if (strcmp(subject, "guardian") == 0 && safety_stopping(k->safety) > 0) {
        k->stopping = true;
        session_hold(s, text, true);
    }
    if (strcmp(subject, "stop") == 0)
        stop_said(k, over, text);
    session_say(s, "%s", text);
    events_put(s->events, EV_DEVICES, id);
}

/* --- options ------------------------------------------------------------------------------------- */

static bool clock_is_good(void *arg)
{
    const struct devicedesk *k = arg;
    const struct session *s = k->session;
    if (s->setup.clock != clock_system() && !s->setup.demo)
        return false; /* `--at`: its Sun is not the one outside */
    return s->setup.demo || strcmp(conf_text(s->conf, "devices.clock"), "any") == 0 ||
           session_synced(s);
}

static void read_options(struct devicedesk *k)
{
    const struct conf *c = k->session->conf;
    struct safety_limits l = {.min_alt_rad = conf_number(c, "mount.min-alt") * DEG,
                              .max_alt_rad = conf_number(c, "mount.max-alt") * DEG,
                              .ha_east_rad = conf_number(c, "mount.ha-east") * 15 * DEG,
                              .ha_west_rad = conf_number(c, "mount.ha-west") * 15 * DEG,
                              .sun_cone_rad = conf_number(c, "mount.sun-cone") * DEG,
                              .sun_alt_rad = conf_number(c, "mount.sun-alt") * DEG,
                              .lst_s = conf_number(c, "mount.lst-max")};
    struct safety_policy p = {.dawn_alt_rad = conf_number(c, "devices.dawn-sun-alt") * DEG,
                              .loss_s = conf_number(c, "devices.loss-after"),
                              .warn_s = conf_number(c, "mount.limit-warn") * 60,
                              .dawn = conf_text(c, "devices.dawn")[0],
                              .loss = conf_text(c, "devices.loss")[0],
                              .weather = conf_text(c, "devices.weather")[0]};
    safety_set(k->safety, &l);
    safety_policy_set(k->safety, &p);
}

static void on_event(void *arg, const struct event *ev)
{
    struct devicedesk *k = arg;
    if (ev->kind != EV_OPTION)
        return;
    read_options(k);
    rack_read(k->rack, k->session->conf);
}

void devicedesk_site(struct devicedesk *d)
{
    struct error e;
    if (d)
        safety_site(d->safety, session_site(d->session, &e));
}

static void connect_all(struct devicedesk *k)
{
    struct rack_asker who = {.who = "devices.connect"};
    struct device_request q = {.verb = ASK_CONNECT};
    struct error e;
    for (size_t i = 0; i < rack_n(k->rack); i++) {
        const struct device_info *d = rack_at(k->rack, i);
        if (d->link == DEVICE_OFF && !rack_ask(k->rack, d->id, &q, &who, NULL, NULL, &e))
            log_put(LOG_TROUBLE, "devices", d->name, "%s", e.text);
    }
}

static int64_t connect_later(void *arg)
{
    struct devicedesk *k = arg;
    k->wake = 0;
    connect_all(k);
    return -1;
}

static int64_t sample(void *arg)
{
    struct devicedesk *k = arg;
    history_sample(k->history, k->rack, session_now_ns(k->session));
    return SAMPLE_MS;
}

static const struct site *site_now(void *arg)
{
    struct error e;
    return session_site(((struct devicedesk *)arg)->session, &e);
}

struct devicedesk *devicedesk_new(struct session *s)
{
    struct devicedesk *k = mem_zero(sizeof *k);
    struct rack_options o = {.loop = s->setup.loop,
                             .clock = s->setup.clock,
                             .http = s->http,
                             .trace_folder = s->setup.log_folder,
                             .site = site_now,
                             .watched = true,
                             .event = told,
                             .arg = k};
    k->session = s;
    k->cam = camdesk_new(s);
    k->rack = rack_new(&o);
    struct safety_options so = {.rack = k->rack,
                                .loop = s->setup.loop,
                                .clock = s->setup.clock,
                                .synced = clock_is_good,
                                .event = guarded,
                                .arg = k};
    k->safety = safety_new(&so);
    k->jog_logged_ms = INT64_MIN / 2;
    struct error e;
    safety_site(k->safety, session_site(s, &e));
    read_options(k);
    rack_read(k->rack, s->conf);
    events_on(s->events, on_event, k);
    k->history = history_new();
    if (rack_n(k->rack) > 0 || s->setup.devices == DEMO_SIMULATED)
        k->sampler = loop_timer(s->setup.loop, SAMPLE_MS, sample, k, "session/history");
    simdesk_begin(k);
    if (rack_n(k->rack) == 0 && s->setup.connect)
        device_look(k);
    bool may = s->setup.connect || s->setup.devices != DEMO_NO_DEVICES;
    if (may && rack_n(k->rack) > 0 && conf_bool(s->conf, "devices.connect"))
        k->wake = loop_timer(s->setup.loop, 0, connect_later, k, "session/devices");
    return k;
}

void devicedesk_free(struct devicedesk *d)
{
    if (!d)
        return;
    events_off(d->session->events, on_event, d);
    loop_timer_del(d->session->setup.loop, d->wake);
    loop_timer_del(d->session->setup.loop, d->sampler);
    safety_free(d->safety);
    rack_free(d->rack);
    simdesk_end(d);
    camdesk_free(d->cam);
    free(d->aim);
    history_free(d->history);
    for (size_t i = 0; i < d->found.n; i++)
        free(d->found.at[i]);
    VEC_FREE(d->found);
    device_undo_clear(&d->undo);
    free(d);
}

/* --- where it points -------------------------------------------------------------------------------- */

const struct device_info *session_mount(const struct session *s)
{
    const struct rack *r = session_rack(s);
    return r ? rack_first(r, DEVICE_MOUNT) : NULL;
}

static struct jd_tt now_tt(const struct session *s)
{
    return utc_to_tt(utc_of_wall(session_now_ns(s)));
}

void session_app_of_icrs(const struct session *s, double ra_rad, double dec_rad, double *ra_app,
                         double *dec_app)
{
    frame_of_icrs(FRAME_APPARENT, now_tt(s), ra_rad, dec_rad, ra_app, dec_app);
}

void session_icrs_of_app(const struct session *s, double ra_app, double dec_app, double *ra_rad,
                         double *dec_rad)
{
    frame_to_icrs(FRAME_APPARENT, now_tt(s), ra_app, dec_app, ra_rad, dec_rad);
}

bool session_pointing(const struct session *s, double *ra_rad, double *dec_rad)
{
    const struct device_info *d = session_mount(s);
    if (!d || d->link != DEVICE_READY || d->stale || isnan(d->v.mount.ra_rad))
        return false;
    session_icrs_of_app(s, d->v.mount.ra_rad, d->v.mount.dec_rad, ra_rad, dec_rad);
    return true;
}

void session_stop_all(struct session *s, const char *who, enum asker_kind by, struct str *say)
{
    struct rack *r = session_rack(s);
    if (r && by == ASKER_PERSON)
        safety_hold(session_safety(s));
    int bad = 0, n = r ? safety_stop(session_safety(s), who, &bad) : 0;
    log_put(LOG_WARN, "devices", "stop", "STOP ALL asked by %s: written to %d devices", who, n);
    if (bad)
        str_addf(say, "STOP: %d devices could NOT be told; cut their power", bad);
    else if (n)
        str_addf(say, "STOP written to %d device%s; waiting to see it stand still", n,
                 n == 1 ? "" : "s");
    else
        str_add(say, "nothing is connected that could move");
    if (by == ASKER_PERSON)
        str_add(say, "; scripts move nothing until `allow-motion`");
    if (r && safety_stopping(session_safety(s)) > 0) {
        s->devices->stopping = true;
        session_hold(s, str_c(say), bad == 0);
    }
}

/* --- the end of the session --------------------------------------------------------------------------- */

static void leave_over(void *arg, int failed)
{
    struct devicedesk *k = arg;
    (void)failed;
    k->left = true;
    loop_wake(k->session->setup.loop);
}

static int64_t leave_tick(void *arg)
{
    struct devicedesk *k = arg;
    loop_wake(k->session->setup.loop);
    return 100;
}

static bool out_there(const struct devicedesk *k)
{
    for (size_t i = 0; i < rack_n(k->rack); i++) {
        const struct device_info *d = rack_at(k->rack, i);
        if (d->link == DEVICE_READY && (d->kind == DEVICE_MOUNT || d->kind == DEVICE_DOME))
            return true;
    }
    return false;
}

bool session_devices_leave(struct session *s)
{
    struct devicedesk *k = s->devices;
    const char *policy = conf_text(s->conf, "devices.on-exit");
    struct error e;
    if (!k || k->left || strcmp(policy, "leave") == 0 || !out_there(k))
        return true;
    int64_t now = loop_now_ms(s->setup.loop);
    if (!k->leaving) {
        k->leaving = true;
        k->leave_ms = now;
        loop_timer_del(s->setup.loop, k->wake);
        k->wake = loop_timer(s->setup.loop, 100, leave_tick, k, "session/leave");
        if (strcmp(policy, "park") == 0 && safety_shutdown(k->safety, "the session ends", false,
                                                           ASKER_PERSON, leave_over, k, &e) != OK)
            log_put(LOG_TROUBLE, "devices", "on-exit", "%s", e.text);
        if (strcmp(policy, "stop") == 0)
            safety_stop(k->safety, "devices.on-exit", NULL);
    }
    return k->left || now - k->leave_ms > (strcmp(policy, "park") ? STOP_LEAVE_MS : LEAVE_MAX_MS);
}
