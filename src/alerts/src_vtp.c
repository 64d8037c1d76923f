/* src_vtp.c - subscriptions to VTP brokers (private ones, test stands); off by default. Keeps the
 * connections; what is said is vtp.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "vigie/base/log.h"
#include "vigie/io/tcp.h"
#include "vtp.h"

enum {
    BROKERS_MAX = 8,
    PORT = 8099,
    SILENCE_MS = 120000,
    LIVED_MS = 30000,
    FIRST_MS = 2000,
    LONGEST_MS = 300000
};

struct vtp_source;

/* One broker. wait_ms: pause before the next try; it grows until a connection has lived a while. */
struct broker {
    struct vtp_source *of;
    char host[128];
    int port;
    struct link *link;
    struct vtp vtp;
    uint64_t timer;
    int64_t opened_ms, heard_ms, wait_ms;
    bool open;
};

struct vtp_source {
    struct alert_source *source;
    struct broker broker[BROKERS_MAX];
    int n;
};

static void dial(struct broker *b);

static void tell(struct vtp_source *v, const char *trouble)
{
    int open = 0;
    for (int i = 0; i < v->n; i++)
        open += v->broker[i].open;
    if (open)
        source_waiting(v->source, 0, "%d of %d brokers connected%s%s", open, v->n,
                       trouble ? "; " : "", trouble ? trouble : "");
    else
        source_trouble(v->source, 0, "%s", trouble ? trouble : "connecting");
}

static int64_t on_again(void *arg)
{
    struct broker *b = arg;
    b->timer = 0;
    dial(b);
    return -1;
}

static void dial_later(struct broker *b)
{
    struct loop *l = b->of->source->with->loop;
    if (b->open && loop_now_ms(l) - b->opened_ms > LIVED_MS)
        b->wait_ms = FIRST_MS;
    b->open = false;
    b->link = NULL;
    vtp_clear(&b->vtp);
    if (b->timer)
        loop_timer_del(l, b->timer);
    b->timer = loop_timer(l, b->wait_ms, on_again, b, "alerts/vtp");
    b->wait_ms = b->wait_ms * 2 < LONGEST_MS ? b->wait_ms * 2 : LONGEST_MS;
}

static void on_closed(void *arg, const struct error *why)
{
    struct broker *b = arg;
    char text[240];
    snprintf(text, sizeof text, "%.200s", why->status == OK ? "the broker closed" : why->text);
    dial_later(b);
    tell(b->of, text);
}

static void hang_up(struct broker *b, const char *why)
{
    link_close(b->link);
    dial_later(b);
    tell(b->of, why);
}

/* A broker says that it is alive every minute or so. */
static int64_t on_silence(void *arg)
{
    struct broker *b = arg;
    int64_t silent = loop_now_ms(b->of->source->with->loop) - b->heard_ms;
    if (silent < SILENCE_MS)
        return SILENCE_MS - silent;
    b->timer = 0;
    hang_up(b, "no sign of life in 120 s");
    return -1;
}

static void on_opened(void *arg)
{
    struct broker *b = arg;
    struct loop *l = b->of->source->with->loop;
    b->open = true;
    b->opened_ms = b->heard_ms = loop_now_ms(l);
    b->timer = loop_timer(l, SILENCE_MS, on_silence, b, "alerts/vtp");
    tell(b->of, NULL);
}

static bool on_packet(void *arg, const char *bytes, size_t n)
{
    struct broker *b = arg;
    struct alert_taken taken;
    struct error err;
    if (!source_take(b->of->source, bytes, n, b->host, &taken))
        return false;
    if (store_commit(alert_book_store(b->of->source->with->book), &err) == OK)
        return true; /* only what is on the disk is acknowledged */
    log_put(LOG_TROUBLE, "alerts", "VTP", "%s", err.text);
    return false;
}

static void on_read(void *arg, const char *bytes, size_t n)
{
    struct broker *b = arg;
    struct alert_source *s = b->of->source;
    char now[UTC_TEXT];
    struct error err;
    b->heard_ms = loop_now_ms(s->with->loop);
    source_answered(s);
    utc_format(utc_of_wall(CLOCK_WALL(s->with->clock)), 0, now);
    enum status st = vtp_feed(&b->vtp, bytes, n, now, &err);
    if (st == OK && b->vtp.out.n) {
        st = link_write(b->link, b->vtp.out.s, b->vtp.out.n, &err);
        str_reset(&b->vtp.out);
    }
    if (st != OK)
        hang_up(b, err.text);
}

static void dial(struct broker *b)
{
    const struct link_events events = {on_opened, on_read, on_closed, b};
    struct error err;
    b->vtp = (struct vtp){.ivorn = conf_text(b->of->source->with->conf, "alerts.vtp.ivorn"),
                          .packet = on_packet,
                          .arg = b};
    b->link = tcp_connect(b->of->source->with->loop, b->host, b->port, 0, &events, 0, &err);
    if (!b->link) {
        dial_later(b);
        tell(b->of, err.text);
    }
}

/* "host", "host:port", "[2001:db8::1]:port". */
static bool read_broker(struct broker *b, const char *s, size_t n)
{
    const char *end = s + n, *host = s, *colon = NULL;
    size_t k = n;
    b->port = PORT;
    if (*s == '[') {
        const char *close = memchr(s, ']', n);
        if (!close)
            return false;
        host = s + 1;
        k = (size_t)(close - host);
        colon = close + 1 < end && close[1] == ':' ? close + 1 : NULL;
    } else {
        colon = memchr(s, ':', n);
        k = colon ? (size_t)(colon - s) : n;
    }
    if (k == 0 || k >= sizeof b->host)
        return false;
    memcpy(b->host, host, k);
    b->host[k] = '\0';
    if (colon)
        b->port = atoi(colon + 1);
    return b->port > 0 && b->port < 65536;
}

static void stop(void *state)
{
    struct vtp_source *v = state;
    for (int i = 0; i < v->n; i++) {
        link_close(v->broker[i].link);
        vtp_clear(&v->broker[i].vtp);
        if (v->broker[i].timer)
            loop_timer_del(v->source->with->loop, v->broker[i].timer);
    }
    free(v);
}

static void *start(struct alert_source *s)
{
    struct vtp_source *v = mem_zero(sizeof *v);
    const char *text = conf_text(s->with->conf, "alerts.vtp");
    v->source = s;
    for (text += strspn(text, " ,"); *text && v->n < BROKERS_MAX; text += strspn(text, " ,")) {
        size_t n = strcspn(text, " ,");
        struct broker *b = &v->broker[v->n];
        *b = (struct broker){.of = v, .wait_ms = FIRST_MS};
        if (!read_broker(b, text, n)) {
            source_off(s, "alerts.vtp: \"%.*s\" is no HOST:PORT", (int)(n > 80 ? 80 : n), text);
            free(v);
            return NULL;
        }
        v->n++;
        text += n;
    }
    if (v->n == 0 || s->with->offline) {
        source_off(s, "%s", v->n ? "offline" : "not wanted (alerts.vtp)");
        free(v);
        return NULL;
    }
    s->status.silent_s = 2 * SILENCE_MS / 1000;
    s->status.since_ms = source_now_ms(s);
    source_asking(s);
    for (int i = 0; i < v->n; i++)
        dial(&v->broker[i]);
    return v;
}

const struct source_row source_vtp = {"vtp", "VTP", start, stop, NULL};
