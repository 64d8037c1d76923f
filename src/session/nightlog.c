/* nightlog.c - see nightlog.h. */
#include "vigie/session/nightlog.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

enum { KEPT = 5000 };
static const int64_t DAY_NS = 86400LL * 1000000000;

struct nightlog {
    const struct clock *clock;
    char *folder, *path;
    char evening[11];
    double lon_rad;
    int fd;
    uint64_t bytes, total;
    bool failing;
    struct log_line line[KEPT]; /* a ring: the newest is total - 1 */
    nightlog_fn *told;
    void *told_arg;
};

int64_t night_noon_ns(int64_t wall_ns, double lon_rad)
{
    int64_t lon_ns = isfinite(lon_rad) ? (int64_t)(lon_rad / (2 * acos(-1)) * (double)DAY_NS) : 0;
    int64_t since = wall_ns + lon_ns - DAY_NS / 2, day = since / DAY_NS;
    if (since % DAY_NS < 0)
        day--;
    return day * DAY_NS + DAY_NS / 2 - lon_ns;
}

void night_evening(int64_t wall_ns, double lon_rad, char date[11])
{
    int64_t lon_ns = isfinite(lon_rad) ? (int64_t)(lon_rad / (2 * acos(-1)) * (double)DAY_NS) : 0;
    time_t t = (time_t)((night_noon_ns(wall_ns, lon_rad) + lon_ns) / 1000000000);
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(date, 11, "%Y-%m-%d", &tm);
}

struct nightlog *nightlog_new(const char *folder, const struct clock *clock)
{
    struct nightlog *n = mem_zero(sizeof *n);
    n->clock = clock;
    n->folder = mem_str(folder);
    n->fd = -1;
    return n;
}

static void line_clear(struct log_line *l)
{
    free(l->room);
    free(l->subject);
    free(l->message);
    memset(l, 0, sizeof *l);
}

void nightlog_free(struct nightlog *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < KEPT; i++)
        line_clear(&n->line[i]);
    if (n->fd >= 0)
        close(n->fd);
    free(n->folder);
    free(n->path);
    free(n);
}

void nightlog_lon(struct nightlog *n, double lon_rad)
{
    n->lon_rad = lon_rad;
}

static char *clean(const char *s)
{
    struct str t = {.max = 1024};
    utf8_clean(&t, s, strlen(s));
    str_addc(&t, 0);
    return str_take(&t);
}

static struct log_line *keep(struct nightlog *n, enum log_level level, const char *room,
                             const char *subject, const char *message)
{
    struct log_line *l = &n->line[n->total % KEPT];
    line_clear(l);
    *l = (struct log_line){++n->total,  CLOCK_WALL(n->clock), level,
                           clean(room), clean(subject),       clean(message)};
    return l;
}

static void stamp(int64_t wall_ns, char out[32])
{
    time_t t = (time_t)(wall_ns / 1000000000);
    struct tm tm;
    char day[24];
    gmtime_r(&t, &tm);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out, 32, "%s.%03dZ", day, (int)(wall_ns / 1000000 % 1000));
}

/* The file of the evening of this line: opened when the first line of a night comes. */
static enum status open_file(struct nightlog *n, int64_t wall_ns, struct error *err)
{
    char evening[11];
    night_evening(wall_ns, n->lon_rad, evening);
    if (n->fd >= 0 && strcmp(evening, n->evening) == 0)
        return OK;
    if (n->fd >= 0)
        close(n->fd);
    n->fd = -1;
    enum status s = file_folder(n->folder, err);
    if (s != OK)
        return s;
    free(n->path);
    n->path = mem_printf("%s/%s.log", n->folder, evening);
    n->fd = open(n->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (n->fd < 0)
        return err_errno(err, "cannot write the night log %s", n->path);
    off_t at = lseek(n->fd, 0, SEEK_END);
    n->bytes = at > 0 ? (uint64_t)at : 0;
    memcpy(n->evening, evening, sizeof evening);
    return OK;
}

static enum status write_line(struct nightlog *n, const struct log_line *l, struct error *err)
{
    enum status s = open_file(n, l->wall_ns, err);
    if (s != OK)
        return s;
    char at[32];
    stamp(l->wall_ns, at);
    struct str t = {0};
    str_addf(&t, "%s\t%s\t%s\t%s\t%s\n", at, l->room, log_level_name(l->level), l->subject,
             l->message);
    ssize_t put = write(n->fd, t.s, t.n);
    if (put == (ssize_t)t.n) {
        n->bytes += t.n;
    } else {
        if (put >= 0)
            errno = ENOSPC; /* half a line: there was no room for the rest */
        s = err_errno(err, "cannot write the night log %s", n->path);
        if (put > 0 && ftruncate(n->fd, (off_t)n->bytes) != 0)
            n->bytes += (uint64_t)put;
        close(n->fd);
        n->fd = -1;
    }
    str_clear(&t);
    return s;
}

void nightlog_put(void *arg, enum log_level level, const char *room, const char *subject,
                  const char *message)
{
    struct nightlog *n = arg;
    if (level == LOG_TRACE)
        return;
    const struct log_line *l = keep(n, level, room, subject, message);
    uint64_t id = l->id;
    struct error err;
    bool failed = n->folder && write_line(n, l, &err) != OK;
    if (n->told)
        n->told(n->told_arg, id);
    if (failed && !n->failing) {
        const struct log_line *t = keep(n, LOG_TROUBLE, "session", "night log", err.text);
        if (n->told)
            n->told(n->told_arg, t->id);
    }
    n->failing = failed;
}

void nightlog_told(struct nightlog *n, nightlog_fn *fn, void *arg)
{
    n->told = fn;
    n->told_arg = arg;
}

size_t nightlog_n(const struct nightlog *n)
{
    return n->total < KEPT ? (size_t)n->total : KEPT;
}

const struct log_line *nightlog_at(const struct nightlog *n, size_t i)
{
    ensure(i < nightlog_n(n));
    return &n->line[(n->total - nightlog_n(n) + i) % KEPT];
}

uint64_t nightlog_total(const struct nightlog *n)
{
    return n->total;
}

const char *nightlog_file(const struct nightlog *n)
{
    return n->path ? n->path : "";
}

uint64_t nightlog_bytes(const struct nightlog *n)
{
    return n->bytes;
}

bool nightlog_failing(const struct nightlog *n)
{
    return n->failing;
}

static void field(struct str *out, const char *s, const char *end)
{
    bool quoted = strpbrk(s, ",\"") != NULL;
    if (quoted)
        str_addc(out, '"');
    for (; *s; s++) {
        if (*s == '"')
            str_addc(out, '"');
        str_addc(out, *s);
    }
    if (quoted)
        str_addc(out, '"');
    str_add(out, end);
}

void nightlog_csv(const struct nightlog *n, struct str *out)
{
    str_add(out, "utc,room,level,subject,message\n");
    for (size_t i = 0; i < nightlog_n(n); i++) {
        const struct log_line *l = nightlog_at(n, i);
        char at[32];
        stamp(l->wall_ns, at);
        field(out, at, ",");
        field(out, l->room, ",");
        field(out, log_level_name(l->level), ",");
        field(out, l->subject, ",");
        field(out, l->message, "\n");
    }
}
