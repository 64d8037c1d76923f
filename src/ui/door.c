/* door.c - the session's viewer: terminals come and go, bytes in, bytes out, time. See
 * include/vigie/ui/door.h.
 */
#include "vigie/ui/door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui.h"
#include "vigie/base/conf.h"

static void *door_create(struct session *s)
{
    return ui_new(s);
}

static void door_destroy(void *arg)
{
    ui_free(arg);
}

/* ---- time ---- */

static void rearm(struct ui *ui);

static void take_keys(struct ui *ui)
{
    struct key k;
    while (ui->input && input_next(ui->input, ui_now(ui), &k))
        ui_key(ui, &k);
}

static int64_t on_timer(void *arg)
{
    struct ui *ui = arg;
    ui->timer = 0;
    take_keys(ui);
    ui->dirty = true; /* which-key, a message that is over, the rest of a slow frame */
    rearm(ui);
    return -1;
}

static void sooner(int64_t *least, int64_t ms)
{
    if (ms >= 0 && (*least < 0 || ms < *least))
        *least = ms;
}

/* One timer for whatever comes first. */
static void rearm(struct ui *ui)
{
    int64_t now = ui_now(ui), at, least = -1;
    if (ui->timer)
        loop_timer_del(session_loop(ui->session), ui->timer);
    ui->timer = 0;
    if (!ui->term)
        return;
    sooner(&least, input_wait(ui->input, now));
    if (ui->n_pending)
        sooner(&least, ui->pending_ms + UI_WHICH_MS - now);
    if (*session_message(ui->session, &at))
        sooner(&least, at + UI_MESSAGE_MS - now);
    if (ui->moved_ms)
        sooner(&least, ui->moved_ms + ui_rest_ms(ui) - now);
    if (least >= 0)
        ui->timer = loop_timer(session_loop(ui->session), least + 1, on_timer, ui, "ui/timer");
}

/* ---- terminals ---- */

static void door_detach(void *arg)
{
    struct ui *ui = arg;
    term_close(ui->term, NULL);
    input_free(ui->input);
    ui->term = NULL;
    ui->input = NULL;
    str_clear(&ui->extra);
    if (ui->mode != MODE_NORMAL)
        ui_mode_set(ui, MODE_NORMAL, "");
    ui->n_pending = 0;
    rearm(ui);
}

static enum status door_attach(void *arg, const struct viewer_env *env, struct error *err)
{
    struct ui *ui = arg;
    struct str note = {0};
    if (ui->term)
        door_detach(ui);
    ui->term = term_open(env, &note, err);
    if (!ui->term) {
        str_clear(&note);
        return err ? err->status : E_REFUSED;
    }
    ui->input = input_new(*env->ssh_connection ? 100 : 25);
    term_keys(ui->term, ui->input);
    ui->slow = false;
    ui->wanted[0] = 0;
    ui_options(ui);
    ui_size(ui, env->rows, env->cols);
    ui->whole = ui->dirty = true;
    if (note.n)
        session_say(ui->session, "%s", str_c(&note));
    str_clear(&note);
    rearm(ui);
    return OK;
}

static void door_restore(const void *arg, struct str *out)
{
    const struct ui *ui = arg;
    if (ui->term)
        str_add(out, term_restore(ui->term));
}

static void door_keys(void *arg, const char *bytes, size_t n)
{
    struct ui *ui = arg;
    if (!ui->term)
        return;
    size_t k; /* in pieces that the queue of keys holds */
    do {
        k = n < 2048 ? n : 2048;
        input_feed(ui->input, bytes, k, ui_now(ui));
        take_keys(ui);
        bytes += k;
        n -= k;
    } while (n && ui->input);
    rearm(ui);
}

static void door_resize(void *arg, int rows, int cols)
{
    struct ui *ui = arg;
    if (!ui->term)
        return;
    term_resize(ui->term, rows, cols);
    ui_size(ui, rows, cols);
}

static void door_event(void *arg, const struct event *ev)
{
    struct ui *ui = arg;
    ui_event(ui, ev);
    if (ev->kind == EV_MESSAGE)
        rearm(ui);
}

/* ---- frames ---- */

static bool door_dirty(const void *arg)
{
    const struct ui *ui = arg;
    const struct list *list = ui_list(ui);
    bool grew = list && list == ui->drawn_list && list_version(list) != ui->drawn_version;
    return ui->term && (ui->dirty || ui->extra.n || grew);
}

/* "vigie 3! OHP": what is not acknowledged, and where. */
static void title(struct ui *ui, struct str *out)
{
    if (!conf_bool(session_conf(ui->session), "alarm.title"))
        return;
    size_t n = alarms_open(ui->session, NULL);
    char text[80], count[24] = "";
    if (n)
        snprintf(count, sizeof count, " %zu!", n);
    snprintf(text, sizeof text, "vigie%s %.30s", count, session_site_name(ui->session));
    term_title(ui->term, text, out);
}

static void door_draw(void *arg, bool whole, struct str *out)
{
    struct ui *ui = arg;
    if (!ui->term)
        return;
    if (whole || ui->whole)
        term_redraw(ui->term);
    ui->whole = ui->whole || whole;
    ui_draw(ui);
    term_frame(ui->term, ui->canvas, out);
    title(ui, out);
    str_addn(out, str_c(&ui->extra), ui->extra.n);
    str_reset(&ui->extra);
    ui->dirty = ui->whole = false;
    ui->drawn_list = ui_list(ui);
    ui->drawn_version = ui->drawn_list ? list_version(ui->drawn_list) : 0;
}

static void door_slow(void *arg, bool on)
{
    struct ui *ui = arg;
    ui->dirty |= ui->slow != on;
    ui->slow = on;
}

/* The lowest level for which the bell rings is the session's option; OSC 9 and 777 are off unless
 * the user says that his terminal has them. */
static void door_ring(void *arg, enum alarm_level level, const char *text, struct str *out)
{
    struct ui *ui = arg;
    const struct conf *conf = session_conf(ui->session);
    const char *least = conf_text(conf, "alarm.bell"), *osc = conf_text(conf, "alarm.osc");
    if (!ui->term)
        return;
    if (strcmp(least, "never") && (!strcmp(least, "notice") || level == ALARM_ALARM ||
                                   (!strcmp(least, "warning") && level >= ALARM_WARNING)))
        term_bell(ui->term, out);
    if (strcmp(osc, "no"))
        term_notify(osc, text, out);
}

const struct viewer_ops ui_viewer = {
    .create = door_create,
    .destroy = door_destroy,
    .attach = door_attach,
    .detach = door_detach,
    .restore = door_restore,
    .keys = door_keys,
    .resize = door_resize,
    .event = door_event,
    .dirty = door_dirty,
    .draw = door_draw,
    .slow = door_slow,
    .ring = door_ring,
};
