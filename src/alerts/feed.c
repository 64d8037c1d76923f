/* feed.c - runs the sources and keeps their states. Not: any source (src_*.c). */
#include "vigie/alerts/feed.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "vigie/base/log.h"
#include "vigie/base/utf8.h"

enum { SOURCES_MAX = 16 };

struct alert_feed {
    struct feed_options with;
    struct alert_source source[SOURCES_MAX];
    size_t n;
};

int64_t source_now_ms(const struct alert_source *s)
{
    return CLOCK_WALL(s->with->clock) / 1000000;
}

static void set_text(struct alert_source *s, const char *fmt, va_list ap) PRINTF(2, 0);
static void set_text(struct alert_source *s, const char *fmt, va_list ap) PRINTF(2, 0);

static void set_text(struct alert_source *s, const char *fmt, va_list ap)
{
    char raw[sizeof s->status.text];
    struct str clean = {0};
    vsnprintf(raw, sizeof raw, fmt, ap);
    utf8_clean(&clean, raw, strlen(raw));
    size_t n = clean.n < sizeof raw ? clean.n : sizeof raw - 1;
    memcpy(s->status.text, str_c(&clean), n);
    s->status.text[n] = '\0';
    str_clear(&clean);
}

static void changed(struct alert_source *s)
{
    if (s->with->changed)
        s->with->changed(s->with->arg, &s->status);
}

void source_off(struct alert_source *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_text(s, fmt, ap);
    va_end(ap);
    s->status.state = SOURCE_OFF;
    s->status.next_ms = 0;
    changed(s);
}

void source_trouble(struct alert_source *s, int64_t next_ms, const char *fmt, ...)
{
    char was[sizeof s->status.text];
    bool again = s->status.state == SOURCE_TROUBLE;
    va_list ap;
    memcpy(was, s->status.text, sizeof was);
    va_start(ap, fmt);
    set_text(s, fmt, ap);
    va_end(ap);
    s->status.state = SOURCE_TROUBLE;
    s->status.next_ms = next_ms;
    if (!again || strcmp(was, s->status.text) != 0)
        log_put(LOG_TROUBLE, "alerts", s->row->title, "%s", s->status.text);
    changed(s);
}

void source_waiting(struct alert_source *s, int64_t next_ms, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_text(s, fmt, ap);
    va_end(ap);
    s->status.state = SOURCE_WAITING;
    s->status.next_ms = next_ms;
    changed(s);
}

void source_asking(struct alert_source *s)
{
    s->status.state = SOURCE_ASKING;
    changed(s);
}

void source_answered(struct alert_source *s)
{
    s->status.last_ms = source_now_ms(s);
}

void source_took(struct alert_source *s, const struct alert_taken *t)
{
    s->status.taken += t->fresh + t->revised;
    if (t->fresh + t->revised)
        log_put(LOG_NEW, "alerts", s->row->title, "%d new, %d revised, %d known", t->fresh,
                t->revised, t->known);
    if (t->refused) {
        struct str clean = {0};
        utf8_clean(&clean, t->reason, strlen(t->reason));
        log_put(LOG_WARN, "alerts", s->row->title, "unreadable, kept: %s", str_c(&clean));
        str_clear(&clean);
    }
}

bool source_take(struct alert_source *s, const void *bytes, size_t n, const char *origin,
                 struct alert_taken *taken)
{
    struct error err;
    if (alert_book_take(s->with->book, bytes, n, s->row->name, origin, source_now_ms(s), taken,
                        &err) != OK) {
        source_trouble(s, s->status.next_ms, "%s", err.text);
        return false;
    }
    source_took(s, taken);
    return true;
}

static void start_all(struct alert_feed *f)
{
    f->n = 0;
    for (size_t i = 0; alert_source_table[i] && i < SOURCES_MAX; i++) {
        struct alert_source *s = &f->source[f->n++];
        *s = (struct alert_source){.row = alert_source_table[i], .with = &f->with};
        s->status.name = s->row->name;
        s->status.title = s->row->title;
        s->status.calls_left = -1;
        s->state = s->row->start(s);
    }
}

static void stop_all(struct alert_feed *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->source[i].state)
            f->source[i].row->stop(f->source[i].state);
    f->n = 0;
}

struct alert_feed *alert_feed_new(const struct feed_options *options)
{
    struct alert_feed *f = mem_zero(sizeof *f);
    f->with = *options;
    start_all(f);
    return f;
}

void alert_feed_free(struct alert_feed *f)
{
    if (!f)
        return;
    f->with.changed = NULL;
    stop_all(f);
    free(f);
}

void alert_feed_again(struct alert_feed *f)
{
    stop_all(f);
    start_all(f);
}

void alert_feed_poke(struct alert_feed *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->source[i].state && f->source[i].row->poke)
            f->source[i].row->poke(f->source[i].state);
}

size_t alert_feed_n(const struct alert_feed *f)
{
    return f->n;
}

const struct source_status *alert_feed_at(const struct alert_feed *f, size_t i)
{
    return i < f->n ? &f->source[i].status : NULL;
}

bool alert_source_silent(const struct source_status *s, int64_t now_ms)
{
    int64_t heard_ms = s->last_ms > s->since_ms ? s->last_ms : s->since_ms;
    return s->state != SOURCE_OFF && s->silent_s > 0 && now_ms - heard_ms > s->silent_s * 1000;
}
