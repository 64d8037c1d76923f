/* wirelog.c - what went over a device's wire, in memory and as a file. See rack.h.
 * Not: what it means.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack_own.h"
#include "vigie/base/file.h"
#include "vigie/sky/scale.h"

enum { ENTRY_MAX = 512, ENTRIES_MAX = 8192, TRACE_MAX = 1 << 20 };
static const int64_t ONE_REPLY_NS = 500000000;

/* The last WIRE_BYTES, and their entries, move to the front. */
static void compact(struct wirelog *w)
{
    size_t first = 0;
    while (first < w->entry.n &&
           (w->bytes.n - w->entry.at[first].at > WIRE_BYTES || w->entry.n - first > ENTRIES_MAX))
        first++;
    size_t cut = first < w->entry.n ? w->entry.at[first].at : w->bytes.n;
    memmove(w->bytes.at, w->bytes.at + cut, w->bytes.n - cut);
    w->bytes.n -= cut;
    memmove(w->entry.at, w->entry.at + first, (w->entry.n - first) * sizeof *w->entry.at);
    w->entry.n -= first;
    for (size_t i = 0; i < w->entry.n; i++)
        w->entry.at[i].at -= cut;
}

void wirelog_put(struct wirelog *w, int64_t wall_ns, char dir, const void *bytes, size_t n)
{
    w->out += dir == '>' ? n : 0;
    w->in += dir == '<' ? n : 0;
    if (n > ENTRY_MAX * 8) /* of an image only the beginning is of use */
        n = ENTRY_MAX;
    struct wire_entry *last = w->entry.n ? &w->entry.at[w->entry.n - 1] : NULL;
    bool joins = last && dir == '<' && last->dir == '<' && last->n + n <= ENTRY_MAX &&
                 wall_ns - last->wall_ns < ONE_REPLY_NS;
    VEC_RESERVE(w->bytes, w->bytes.n + n);
    if (n)
        memcpy(w->bytes.at + w->bytes.n, bytes, n);
    if (joins)
        last->n += n;
    else
        VEC_PUSH(w->entry, ((struct wire_entry){wall_ns, dir, w->bytes.n, n}));
    w->bytes.n += n;
    if (w->bytes.n > 2 * (size_t)WIRE_BYTES || w->entry.n > 2 * (size_t)ENTRIES_MAX)
        compact(w);
}

size_t wirelog_n(const struct wirelog *w)
{
    return w->entry.n;
}

struct wire_line wirelog_at(const struct wirelog *w, size_t i)
{
    const struct wire_entry *e = &w->entry.at[w->entry.n - 1 - i];
    return (struct wire_line){e->wall_ns, e->dir, w->bytes.at + e->at, e->n};
}

void wirelog_clear(struct wirelog *w)
{
    VEC_FREE(w->bytes);
    VEC_FREE(w->entry);
}

void wire_text(struct str *out, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < n; i++)
        if (b[i] == '\\')
            str_add(out, "\\\\");
        else if (b[i] >= ' ' && b[i] < 127)
            str_addc(out, (char)b[i]);
        else
            str_addf(out, "\\x%02X", b[i]);
    str_add(out, "");
}

size_t rack_wire_n(const struct rack *r, uint64_t id)
{
    const struct slot *s = rack_slot(r, id);
    return s ? wirelog_n(&s->wire) : 0;
}

struct wire_line rack_wire_at(const struct rack *r, uint64_t id, size_t i)
{
    const struct slot *s = rack_slot(r, id);
    if (!s || i >= wirelog_n(&s->wire))
        return (struct wire_line){.bytes = "", .dir = '*'};
    return wirelog_at(&s->wire, i);
}

enum status rack_wire_save(const struct rack *r, uint64_t id, const char *path, struct error *err)
{
    const struct slot *s = rack_slot(r, id);
    if (!s)
        return err_set(err, E_ABSENT, "there is no such device");
    struct str out = {0};
    str_addf(&out, "# %s  %s  %s  %s\n", s->info.name, s->info.driver, s->info.address,
             s->info.identity);
    for (size_t i = wirelog_n(&s->wire); i-- > 0;) {
        struct wire_line l = wirelog_at(&s->wire, i);
        char when[UTC_TEXT];
        str_addf(&out, "%s %c ", utc_format(utc_of_wall(l.wall_ns), 3, when), l.dir);
        wire_text(&out, l.bytes, l.n);
        str_addc(&out, '\n');
    }
    enum status st = file_replace(path, out.s, out.n, 0600, err);
    str_clear(&out);
    return st;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "\x0D" and "\\" back into bytes; false: no such escape. */
static bool unescape(const char *s, size_t n, struct str *out)
{
    str_reset(out);
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '\\') {
            str_addc(out, s[i]);
        } else if (i + 1 < n && s[i + 1] == '\\') {
            str_addc(out, '\\');
            i++;
        } else if (i + 3 < n && s[i + 1] == 'x' && hex(s[i + 2]) >= 0 && hex(s[i + 3]) >= 0) {
            str_addc(out, (char)(hex(s[i + 2]) * 16 + hex(s[i + 3])));
            i += 3;
        } else {
            return false;
        }
    }
    return true;
}

static enum status trace_line(struct wire_trace *t, const char *line, size_t n, struct str *bytes,
                              struct error *err)
{
    const char *blank = memchr(line, ' ', n);
    size_t w = blank ? (size_t)(blank - line) : 0;
    struct jd_utc utc;
    char when[UTC_TEXT];
    if (!w || w >= sizeof when || w + 3 > n || !strchr("<>*", line[w + 1]) || line[w + 2] != ' ')
        return err_set(err, E_PARSE, "not `TIME > BYTES`, `TIME < BYTES` or `TIME * TEXT`");
    memcpy(when, line, w);
    when[w] = 0;
    enum status st = utc_parse(when, NULL, &utc, err);
    if (st != OK)
        return st;
    if (!unescape(line + w + 3, n - w - 3, bytes))
        return err_set(err, E_PARSE, "a \\ that begins neither \\xHH nor \\\\");
    char *kept = arena_alloc(&t->memory, bytes->n + 1);
    if (bytes->n)
        memcpy(kept, bytes->s, bytes->n);
    struct wire_line l = {utc_to_wall(utc), line[w + 1], kept, bytes->n};
    VEC_PUSH(t->line, l);
    return OK;
}

enum status wire_trace_read(const char *path, struct wire_trace *t, struct error *err)
{
    struct str text = {0}, bytes = {0};
    memset(t, 0, sizeof *t);
    enum status st = file_read(path, TRACE_MAX, &text, err);
    int n = 0;
    for (const char *line = str_c(&text); st == OK && *line;) {
        size_t len = strcspn(line, "\n");
        n++;
        if (len && line[0] != '#') {
            st = trace_line(t, line, len, &bytes, err);
            if (st != OK)
                err_wrap(err, "%.100s, line %d", path, n);
        }
        line += len + (line[len] == '\n');
    }
    str_clear(&text);
    str_clear(&bytes);
    if (st != OK)
        wire_trace_clear(t);
    return st;
}

void wire_trace_clear(struct wire_trace *t)
{
    VEC_FREE(t->line);
    arena_clear(&t->memory);
}
