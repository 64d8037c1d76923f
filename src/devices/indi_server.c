/* indi_server.c - an INDI server: two connections (commands; images), what comes over them goes to the units. Not: what a
 * device is (indi_unit.c).
 */
#include "indi_own.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/io/tcp.h"

enum { FIRST_MS = 1000, MOST_MS = 30000, CONNECT_MS = 5000, TICK_MS = 250, QUEUE = 1 << 20 };

/* The servers that are in use: all units of one address share one. */
static struct indi_server *servers;

static void dial(struct indi_link *c);

static void feed_progress(void *arg, const char *device, const char *name, size_t got, double size)
{
    struct indi_link *c = arg;
    (void)name;
    for (size_t i = 0; i < c->server->unit.n; i++) {
        struct indi_unit *u = c->server->unit.at[i];
        if (u->kind == DEVICE_CAMERA && strcmp(u->device, device) == 0 && size > 0)
            u->fraction = fmin(1, (double)got / size);
    }
}

static void take_message(struct indi_server *s, const struct indi_vector *v)
{
    struct indi_device *d = indi_model_device(&s->model, v->device);
    if (d && *v->message) {
        free(d->said);
        d->said = mem_str(v->message);
    }
}

static void gone(struct indi_server *s, const struct indi_vector *v)
{
    struct indi_device *d = indi_model_device(&s->model, v->device);
    if (d && *v->name)
        indi_device_forget(d, v->name);
    else if (d)
        indi_model_drop(&s->model, v->device);
}

static void main_vector(struct indi_server *s, struct indi_vector *v)
{
    struct indi_property *p = NULL;
    bool fresh = false;
    if (v->tag == INDI_DEF || v->tag == INDI_SET)
        p = indi_model_take(&s->model, v, CLOCK_MS(s->clock), &fresh);
    else if (v->tag == INDI_MESSAGE)
        take_message(s, v);
    else
        gone(s, v);
    for (size_t i = 0; i < s->unit.n; i++) {
        struct indi_unit *u = s->unit.at[i];
        if (u->is_hub || strcmp(u->device, v->device) == 0)
            indi_unit_vector(u, v, p, fresh);
    }
}

static void blob_vector(struct indi_server *s, struct indi_vector *v)
{
    if (v->tag != INDI_SET || v->type != INDI_BLOB || strcmp(v->name, "CCD1") != 0)
        return; /* CCD2 is the guide head */
    for (size_t i = 0; i < s->unit.n; i++) {
        struct indi_unit *u = s->unit.at[i];
        if (!u->is_hub && u->kind == DEVICE_CAMERA && strcmp(u->device, v->device) == 0 &&
            v->item.n)
            indi_image_blob(u, &v->item.at[0]);
    }
}

static void feed_vector(void *arg, struct indi_vector *v)
{
    struct indi_link *c = arg;
    if (c->images)
        blob_vector(c->server, v);
    else
        main_vector(c->server, v);
}

static void hang_up(struct indi_link *c)
{
    link_close(c->link);
    c->link = NULL;
    indi_reader_free(c->reader);
    c->reader = NULL;
    c->up = false;
}

static int64_t on_retry(void *arg)
{
    struct indi_link *c = arg;
    c->retry = 0;
    dial(c);
    return -1;
}

/* The connection is no more (why), or none could be had. */
static void down(struct indi_link *c, const char *why)
{
    struct indi_server *s = c->server;
    hang_up(c);
    loop_timer_del(s->loop, c->retry);
    c->retry = loop_timer(s->loop, c->backoff_ms, on_retry, c, "devices/indi");
    char text[300];
    snprintf(text, sizeof text, "INDI at %.200s; tried again every %d s", why,
             (c->backoff_ms + 999) / 1000);
    c->backoff_ms = c->backoff_ms * 2 < MOST_MS ? c->backoff_ms * 2 : MOST_MS;
    if (c->images)
        return;
    indi_model_clear(&s->model);
    s->armed = false;
    if (s->blob.link || s->blob.retry) { /* its images belong to a server that is gone */
        hang_up(&s->blob);
        loop_timer_del(s->loop, s->blob.retry);
        s->blob.retry = 0;
    }
    for (size_t i = 0; i < s->unit.n; i++)
        indi_unit_server(s->unit.at[i], false, text);
}

static void on_read(void *arg, const char *bytes, size_t n)
{
    struct indi_link *c = arg;
    struct error err;
    if (indi_feed(c->reader, bytes, n, &err) == OK)
        return;
    char text[300];
    snprintf(text, sizeof text, "%s: what it sends cannot be read: %.200s", c->server->address,
             err.text);
    down(c, text);
}

static void on_closed(void *arg, const struct error *why)
{
    struct indi_link *c = arg;
    char text[300];
    c->link = NULL;
    if (why->status == OK)
        snprintf(text, sizeof text, "%s: the server has ended", c->server->address);
    else
        snprintf(text, sizeof text, "%s", why->text);
    down(c, text);
}

static void on_opened(void *arg)
{
    struct indi_link *c = arg;
    struct indi_server *s = c->server;
    struct str out = {0};
    c->up = true;
    c->backoff_ms = FIRST_MS;
    if (c->images) {
        for (size_t i = 0; i < s->unit.n; i++)
            if (s->unit.at[i]->kind == DEVICE_CAMERA && s->unit.at[i]->phase == INDI_READY &&
                !s->unit.at[i]->is_hub)
                indi_server_images(s, s->unit.at[i]->device);
        return;
    }
    s->up_ms = CLOCK_MS(s->clock);
    indi_write_get(&out, NULL, NULL);
    indi_server_write(s, NULL, &out);
    str_clear(&out);
    for (size_t i = 0; i < s->unit.n; i++)
        indi_unit_server(s->unit.at[i], true, NULL);
}

static void dial(struct indi_link *c)
{
    struct indi_server *s = c->server;
    struct link_events on = {on_opened, on_read, on_closed, c};
    struct indi_events feed = {feed_vector, c->images ? feed_progress : NULL, c};
    struct error err;
    c->link = tcp_connect(s->loop, s->host, s->port, CONNECT_MS, &on, QUEUE, &err);
    if (!c->link) {
        down(c, err.text);
        return;
    }
    c->reader = indi_reader_new(&feed, c->images ? INDI_IMAGE_MAX : 0);
}

bool indi_server_write(struct indi_server *s, struct indi_unit *u, const struct str *bytes)
{
    struct error err;
    if (!s->main.link || !s->main.up)
        return false;
    if (u && u->slot)
        slot_wire(u->slot, true, str_c(bytes), bytes->n);
    return link_write(s->main.link, str_c(bytes), bytes->n, &err) == OK;
}

void indi_server_images(struct indi_server *s, const char *device)
{
    struct str out = {0};
    struct error err;
    if (!s->blob.link && !s->blob.retry)
        dial(&s->blob);
    if (!s->blob.link || !s->blob.up)
        return; /* asked for when it stands */
    indi_write_get(&out, device, NULL);
    indi_write_blob(&out, device, "Only");
    if (link_write(s->blob.link, str_c(&out), out.n, &err) != OK)
        down(&s->blob, err.text);
    str_clear(&out);
}

static int64_t on_tick(void *arg)
{
    struct indi_server *s = arg;
    int64_t now = CLOCK_MS(s->clock);
    for (size_t i = s->unit.n; i-- > 0;) /* one may leave */
        indi_unit_tick(s->unit.at[i], now);
    if (s->main.up && s->watchdog_s > 0)
        indi_watchdog_tick(s, now);
    return TICK_MS;
}

static bool is_local(const char *host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "::1") == 0;
}

struct indi_server *indi_server_get(struct slot *slot, const char *host, int port)
{
    struct loop *loop = slot_loop(slot);
    struct indi_server *s = servers;
    while (s && !(s->loop == loop && s->port == port && strcmp(s->host, host) == 0 && !s->dead))
        s = s->next;
    if (s)
        return s;
    s = mem_zero(sizeof *s);
    s->loop = loop;
    s->clock = slot_clock(slot);
    s->host = mem_str(host);
    s->port = port;
    s->address = mem_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
    s->local = is_local(host);
    s->main = (struct indi_link){.server = s, .backoff_ms = FIRST_MS};
    s->blob = (struct indi_link){.server = s, .backoff_ms = FIRST_MS, .images = true};
    s->next = servers;
    servers = s;
    s->tick = loop_timer(loop, TICK_MS, on_tick, s, "devices/indi");
    dial(&s->main);
    return s;
}

void indi_server_add(struct indi_server *s, struct indi_unit *u)
{
    VEC_PUSH(s->unit, u);
}

static void server_free(struct indi_server *s)
{
    struct indi_server **at = &servers;
    while (*at && *at != s)
        at = &(*at)->next;
    if (*at)
        *at = s->next;
    indi_model_clear(&s->model);
    VEC_FREE(s->unit);
    free(s->host);
    free(s->address);
    free(s);
}

void indi_server_leave(struct indi_server *s, struct indi_unit *u)
{
    for (size_t i = 0; i < s->unit.n; i++)
        if (s->unit.at[i] == u) {
            memmove(s->unit.at + i, s->unit.at + i + 1, (s->unit.n - i - 1) * sizeof *s->unit.at);
            s->unit.n--;
            break;
        }
    if (s->unit.n)
        return;
    s->dead = true;
    hang_up(&s->main);
    hang_up(&s->blob);
    loop_timer_del(s->loop, s->main.retry);
    loop_timer_del(s->loop, s->blob.retry);
    loop_timer_del(s->loop, s->tick);
    if (s->work == 0)
        server_free(s);
}

void indi_server_work_done(struct indi_server *s)
{
    if (--s->work == 0 && s->dead)
        server_free(s);
}
