/* sim.c - the wire of a simulated device: a pseudo-terminal or a TCP port, its faults, the table of devices. See sim.h.
 * Not: what they say (sim_<protocol>.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "sim_own.h"
#include "vigie/base/mem.h"
#include "vigie/io/tcp.h"

enum { NOBODY_MS = 50, HEARD = 65536, SPLIT_MS = 4 };

extern const struct sim_machine sim_lx200, sim_nexstar, sim_ioptron, sim_moonlite, sim_focuser,
    sim_wheel, sim_gps, sim_shutter, sim_allsky;

static const struct row {
    const char *name, *driver, *variant;
    const struct sim_machine *machine;
} table[] = {{"lx200", "lx200", "classic", &sim_lx200},
             {"autostar", "lx200", "autostar", &sim_lx200},
             {"onstep", "lx200", "onstep", &sim_lx200},
             {"10micron", "lx200", "10micron", &sim_lx200},
             {"nexstar", "nexstar", "nexstar", &sim_nexstar},
             {"synscan", "synscan", "synscan", &sim_nexstar},
             {"ioptron", "ioptron", "v3", &sim_ioptron},
             {"moonlite", "moonlite", "", &sim_moonlite},
             {"robofocus", "robofocus", "robofocus", &sim_focuser},
             {"lakeside", "lakeside", "lakeside", &sim_focuser},
             {"tcfs", "tcfs", "tcfs", &sim_focuser},
             {"qhycfw2", "wheel", "qhycfw2", &sim_wheel},
             {"qhycfw3", "wheel", "qhycfw3", &sim_wheel},
             {"xagyl", "wheel", "xagyl", &sim_wheel},
             {"ifw", "wheel", "ifw", &sim_wheel},
             {"trutech", "wheel", "trutech", &sim_wheel},
             {"quantum", "wheel", "quantum", &sim_wheel},
             {"nmea", "nmea", "", &sim_gps},
             {"allsky340", "allsky340", "", &sim_allsky},
             {"shutter", "bulb", "lcus", &sim_shutter},
             {NULL, NULL, NULL, NULL}};

struct parcel { /* bytes on their way out */
    int64_t due_ms;
    size_t n;
    char *bytes;
};

struct sim {
    struct sim_options o;
    const struct row *row;
    void *machine;
    int fd; /* master of the terminal, or the client's connection; -1 */
    bool tcp, watched;
    struct tcp_listener *listener;
    char address[300], *symlink;
    uint64_t t_nobody, t_out, t_tick;
    VEC(struct parcel) out;
    struct str heard;
    uint64_t n_in, n_out; /* bytes of all time */
    int fault[SIM_FAULTS], late_ms;
};

static void on_fd(void *arg, int fd, int events);

const struct sim_options *sim_options(const struct sim *s)
{
    return &s->o;
}

int64_t sim_now_ms(const struct sim *s)
{
    return CLOCK_MS(s->o.clock);
}

struct jd_utc sim_utc(const struct sim *s)
{
    return utc_of_wall(CLOCK_WALL(s->o.clock));
}

const char *sim_name(size_t i)
{
    return i < sizeof table / sizeof table[0] ? table[i].name : NULL;
}

static const struct row *row_of(const char *name)
{
    for (const struct row *r = table; r->name; r++)
        if (strcmp(r->name, name) == 0)
            return r;
    return NULL;
}

const char *sim_driver(const char *name)
{
    const struct row *r = row_of(name);
    return r ? r->driver : NULL;
}

const char *sim_address(const struct sim *s)
{
    return s->address;
}

const struct str *sim_heard(const struct sim *s)
{
    return &s->heard;
}

void sim_push(struct sim *s, double dec_rad_s)
{
    struct sim_mount *m = s->row->machine->mount ? s->row->machine->mount(s->machine) : NULL;
    if (!m)
        return;
    sim_mount_step(m);
    m->push = dec_rad_s;
}

void sim_traffic(const struct sim *s, uint64_t *in, uint64_t *out)
{
    *in = s->n_in;
    *out = s->n_out;
}

bool sim_pointing(const struct sim *s, double *ra_rad, double *dec_rad)
{
    struct sim_mount *m = s->row->machine->mount ? s->row->machine->mount(s->machine) : NULL;
    if (!m) {
        *ra_rad = 0;
        *dec_rad = 1.5707963267948966;
        return false;
    }
    sim_mount_step(m);
    *ra_rad = m->ra;
    *dec_rad = m->dec;
    return m->slewing || m->move_ra != 0 || m->move_dec != 0;
}

/* ---- faults */

bool sim_faulty(const struct sim *s, enum sim_fault f)
{
    return s->fault[f] != 0;
}

bool sim_flawed(struct sim *s, enum sim_fault f)
{
    if (!s->fault[f])
        return false;
    if (s->fault[f] > 0)
        s->fault[f]--;
    return true;
}

int sim_fault_named(const char *name)
{
    static const char *const word[SIM_FAULTS] = {
        "late",   "half",  "garbage", "split",        "echo",        "mute",   "wrong-baud", "wild",
        "reboot", "stuck", "runaway", "stop-ignored", "wrong-clock", "stands", "unplugged"};
    for (int i = 0; i < SIM_FAULTS; i++)
        if (strcmp(word[i], name) == 0)
            return i;
    return -1;
}

/* ---- bytes out */

static void write_now(struct sim *s, const char *bytes, size_t n)
{
    ssize_t done = s->fd >= 0 ? write(s->fd, bytes, n) : -1;
    if (done > 0) /* nobody listens: bytes on a wire without an end are gone */
        s->n_out += (uint64_t)done;
}

static int64_t on_out(void *arg)
{
    struct sim *s = arg;
    int64_t now = sim_now_ms(s);
    size_t i = 0;
    s->t_out = 0;
    for (; i < s->out.n && s->out.at[i].due_ms <= now; i++) {
        write_now(s, s->out.at[i].bytes, s->out.at[i].n);
        free(s->out.at[i].bytes);
    }
    memmove(s->out.at, s->out.at + i, (s->out.n - i) * sizeof *s->out.at);
    s->out.n -= i;
    if (s->out.n)
        s->t_out = loop_timer(s->o.loop, s->out.at[0].due_ms - now, on_out, s, "devices/sim");
    return -1;
}

static void send_at(struct sim *s, const char *bytes, size_t n, int64_t after_ms)
{
    int64_t due = sim_now_ms(s) + after_ms;
    if (s->out.n == 0 && after_ms == 0) {
        write_now(s, bytes, n);
        return;
    }
    if (s->out.n && s->out.at[s->out.n - 1].due_ms > due)
        due = s->out.at[s->out.n - 1].due_ms;
    VEC_PUSH(s->out, ((struct parcel){due, n, mem_dup(bytes, n)}));
    if (!s->t_out)
        s->t_out = loop_timer(s->o.loop, due - sim_now_ms(s), on_out, s, "devices/sim");
}

void sim_reply(struct sim *s, const void *bytes, size_t n)
{
    char *b = mem_dup(bytes, n);
    if (sim_flawed(s, SIM_MUTE)) {
        free(b);
        return;
    }
    if (sim_flawed(s, SIM_GARBAGE))
        for (size_t i = 0; i < n; i += 2)
            b[i] = (char)(b[i] ^ 0x95);
    if (sim_flawed(s, SIM_WRONG_BAUD))
        for (size_t i = 0; i < n; i++)
            b[i] = (char)(((unsigned char)b[i] * 37u + 0x91u) | 0x80u);
    if (sim_flawed(s, SIM_HALF))
        n = n / 2;
    int64_t late = sim_flawed(s, SIM_LATE) ? s->late_ms : 0;
    if (sim_flawed(s, SIM_SPLIT))
        for (size_t i = 0; i < n; i++)
            send_at(s, b + i, 1, late + (int64_t)i * SPLIT_MS);
    else if (n)
        send_at(s, b, n, late);
    free(b);
}

void sim_text(struct sim *s, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    sim_reply(s, text, n > 0 ? (size_t)n : 0);
}

static int64_t on_tick(void *arg)
{
    struct sim *s = arg;
    s->t_tick = 0;
    s->row->machine->tick(s->machine);
    return -1;
}

void sim_later(struct sim *s, int64_t ms)
{
    loop_timer_del(s->o.loop, s->t_tick);
    s->t_tick = loop_timer(s->o.loop, ms, on_tick, s, "devices/sim");
}

/* ---- bytes in */

static void hear(struct sim *s, const unsigned char *b, size_t n)
{
    if (s->heard.n + n > HEARD) {
        memmove(s->heard.s, s->heard.s + s->heard.n / 2, s->heard.n - s->heard.n / 2);
        s->heard.n -= s->heard.n / 2;
    }
    str_addn(&s->heard, b, n);
    s->n_in += n;
    if (sim_faulty(s, SIM_ECHO))
        send_at(s, (const char *)b, n, 0);
    for (size_t i = 0; i < n; i++)
        s->row->machine->byte(s->machine, b[i]);
}

static void watch(struct sim *s, bool on)
{
    if (on && !s->watched)
        s->watched = loop_fd(s->o.loop, s->fd, LOOP_READ, on_fd, s, "devices/sim") == OK;
    else if (!on && s->watched)
        loop_fd_del(s->o.loop, s->fd);
    s->watched = s->watched && on;
}

/* A terminal that nobody has open is always readable, with an error: looked at from time to time instead. */
static int64_t on_nobody(void *arg)
{
    struct sim *s = arg;
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    if (poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) && !(p.revents & POLLIN))
        return NOBODY_MS;
    s->t_nobody = 0;
    watch(s, true);
    return -1;
}

static void on_fd(void *arg, int fd, int events)
{
    struct sim *s = arg;
    unsigned char buf[4096];
    (void)events;
    ssize_t n = read(fd, buf, sizeof buf);
    if (n > 0) {
        hear(s, buf, (size_t)n);
        return;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    watch(s, false);
    if (s->tcp) {
        close(s->fd);
        s->fd = -1;
    } else if (!s->t_nobody) {
        s->t_nobody = loop_timer(s->o.loop, NOBODY_MS, on_nobody, s, "devices/sim");
    }
}

/* ---- the ends of the wire */

static enum status open_terminal(struct sim *s, struct error *err)
{
    char name[100];
    struct termios t;
    s->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (s->fd < 0 || grantpt(s->fd) != 0 || unlockpt(s->fd) != 0 ||
        ptsname_r(s->fd, name, sizeof name) != 0 || tcgetattr(s->fd, &t) != 0)
        return err_errno(err, "simulator %s: no pseudo-terminal", s->row->name);
    cfmakeraw(&t);
    tcsetattr(s->fd, TCSANOW, &t);
    snprintf(s->address, sizeof s->address, "pty:%s", s->symlink ? s->symlink : name);
    if (s->symlink) {
        unlink(s->symlink);
        if (symlink(name, s->symlink) != 0)
            return err_errno(err, "%.150s", s->symlink);
    }
    watch(s, true);
    return OK;
}

static void close_terminal(struct sim *s)
{
    if (s->fd < 0)
        return;
    watch(s, false);
    loop_timer_del(s->o.loop, s->t_nobody);
    s->t_nobody = 0;
    close(s->fd);
    s->fd = -1;
    if (s->symlink)
        unlink(s->symlink);
}

static void on_client(void *arg, int fd, const char *from)
{
    struct sim *s = arg;
    (void)from;
    if (s->fd >= 0) { /* one master at a time */
        close(fd);
        return;
    }
    s->fd = fd;
    watch(s, true);
}

static enum status open_wire(struct sim *s, struct error *err)
{
    if (!s->tcp)
        return open_terminal(s, err);
    s->listener = tcp_listen(s->o.loop, "127.0.0.1", s->o.tcp_port, on_client, s, err);
    if (!s->listener)
        return err ? err->status : E_IO;
    snprintf(s->address, sizeof s->address, "tcp:127.0.0.1:%d", tcp_port(s->listener));
    return OK;
}

void sim_fault(struct sim *s, enum sim_fault f, int n, int ms)
{
    struct sim_mount *m = s->row->machine->mount ? s->row->machine->mount(s->machine) : NULL;
    if (m)
        sim_mount_step(m);
    s->fault[f] = n;
    if (f == SIM_LATE)
        s->late_ms = ms;
    if (f == SIM_REBOOT && n) {
        s->fault[f] = 0;
        s->row->machine->reset(s->machine);
    }
    if (f == SIM_WILD && m)
        m->wild = ms > 0 ? ms * 3.14159265358979323846 / 180 : 2;
    if (f == SIM_WRONG_CLOCK && m)
        m->clock_error_s = n ? 3600 : 0;
    if (f == SIM_UNPLUGGED && !s->tcp) {
        struct error err;
        if (n)
            close_terminal(s);
        else if (s->fd < 0 && open_terminal(s, &err) != OK)
            close_terminal(s);
    }
}

struct sim *sim_new(const struct sim_options *o, struct error *err)
{
    const struct row *row = row_of(o->device);
    if (!row) {
        struct str names = {0};
        for (const struct row *r = table; r->name; r++)
            str_addf(&names, " %s", r->name);
        err_set(err, E_ABSENT, "%.40s: no such simulator; there are:%s", o->device, names.s);
        str_clear(&names);
        return NULL;
    }
    struct sim *s = mem_zero(sizeof *s);
    s->o = *o;
    s->row = row;
    s->fd = -1;
    s->tcp = o->tcp_port >= 0;
    s->symlink = mem_str(o->symlink);
    s->machine = row->machine->open(s, row->variant, err);
    if (s->machine && open_wire(s, err) == OK)
        return s;
    sim_free(s);
    return NULL;
}

void sim_free(struct sim *s)
{
    if (!s)
        return;
    close_terminal(s);
    tcp_listener_free(s->listener);
    loop_timer_del(s->o.loop, s->t_out);
    loop_timer_del(s->o.loop, s->t_tick);
    for (size_t i = 0; i < s->out.n; i++)
        free(s->out.at[i].bytes);
    VEC_FREE(s->out);
    str_clear(&s->heard);
    if (s->machine)
        s->row->machine->close(s->machine);
    free(s->symlink);
    free(s);
}
