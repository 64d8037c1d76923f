/* transport.c - see transport.h. Addresses read, the right opener called; terminals without modem lines; locks on
 * terminals. Not: serial ports (serial.c), sockets (tcp.c, udp.c), children (exec.c).
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "link_own.h"
#include "transport_own.h"
#include "vigie/io/tcp.h"

enum { CONNECT_MS = 5000, KEEP_S = 5, ADDRESS_MAX = 500, HOST_MAX_BYTES = 254 };

enum scheme { SERIAL, TCP, UDP, PTY, EXEC };

struct address {
    enum scheme scheme;
    char path[ADDRESS_MAX]; /* port, terminal, command, host */
    int port;
    struct serial_way way; /* zeros: not said */
};

static const char forms[] = "serial:/dev/ttyUSB0?9600,8N1, tcp:HOST:PORT, udp:HOST:PORT, pty:/PATH "
                            "or exec:COMMAND";

static enum status read_baud(const char *t, char **end, struct serial_way *way, struct error *err)
{
    long baud = strtol(t, end, 10);
    if (*end == t || baud < 50 || baud > 4000000)
        return err_set(err, E_PARSE, "\"%.40s\" is no speed (50 .. 4000000 baud)", t);
    way->baud = (int)baud;
    return OK;
}

enum status serial_way_parse(const char *text, struct serial_way *way, struct error *err)
{
    if (!*text)
        return OK;
    char *end;
    enum status s = read_baud(text, &end, way, err);
    if (s != OK || !*end)
        return s;
    const char *frame = end + 1;
    if (*end != ',' || strlen(frame) != 3 || frame[0] < '5' || frame[0] > '8' ||
        !strchr("NEO", toupper((unsigned char)frame[1])) || (frame[2] != '1' && frame[2] != '2'))
        return err_set(err, E_PARSE, "\"%.40s\" is no way to set a port; like 9600,8N1", text);
    way->bits = frame[0] - '0';
    way->parity = (char)toupper((unsigned char)frame[1]);
    way->stop = frame[2] - '0';
    return OK;
}

/* "host:port", "[2001:db8::1]:port". */
static enum status host_port(const char *text, struct address *a, struct error *err)
{
    const char *colon = strrchr(text, ':'), *from = text;
    size_t n = colon ? (size_t)(colon - text) : 0;
    if (n > 2 && text[0] == '[' && colon[-1] == ']') {
        from++;
        n -= 2;
    } else if (n && memchr(text, ':', n)) {
        n = 0; /* 2001:db8::1 without brackets: where does the port begin? */
    }
    char *end = NULL;
    long port = colon ? strtol(colon + 1, &end, 10) : 0;
    if (n == 0 || n > HOST_MAX_BYTES || !end || *end || end == colon + 1 || port < 1 ||
        port > 65535)
        return err_set(err, E_PARSE,
                       "\"%.100s\" is no HOST:PORT (port 1 .. 65535; an IPv6 address in [ ])",
                       text);
    memcpy(a->path, from, n);
    a->path[n] = 0;
    a->port = (int)port;
    return OK;
}

static enum status read_serial(const char *text, struct address *a, struct error *err)
{
    const char *q = strchr(text, '?');
    size_t n = q ? (size_t)(q - text) : strlen(text);
    memcpy(a->path, text, n);
    a->path[n] = 0;
    if (a->path[0] != '/')
        return err_set(err, E_PARSE, "\"%.100s\" is no path of a port, like /dev/ttyUSB0", a->path);
    return q ? serial_way_parse(q + 1, &a->way, err) : OK;
}

static enum status read_address(const char *address, struct address *a, struct error *err)
{
    static const struct {
        const char *word;
        enum scheme scheme;
    } row[] = {{"serial:", SERIAL}, {"tcp:", TCP}, {"udp:", UDP}, {"pty:", PTY}, {"exec:", EXEC}};
    memset(a, 0, sizeof *a);
    if (strlen(address) >= ADDRESS_MAX)
        return err_set(err, E_PARSE, "an address has less than %d bytes", ADDRESS_MAX);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        size_t n = strlen(row[i].word);
        if (strncmp(address, row[i].word, n) != 0)
            continue;
        const char *rest = address + n;
        a->scheme = row[i].scheme;
        if (a->scheme == TCP || a->scheme == UDP)
            return host_port(rest, a, err);
        if (a->scheme == SERIAL || a->scheme == PTY)
            return read_serial(rest, a, err);
        if (!rest[strspn(rest, " ")])
            return err_set(err, E_PARSE, "exec: wants a command");
        snprintf(a->path, sizeof a->path, "%s", rest);
        return OK;
    }
    if (address[0] == '/') { /* a bare path is a serial port, or a terminal under /dev/pts */
        a->scheme = strncmp(address, "/dev/pts/", 9) == 0 ? PTY : SERIAL;
        return read_serial(address, a, err);
    }
    return err_set(err, E_PARSE, "\"%.100s\" is no address of a device: %s", address, forms);
}

enum status transport_check(const char *address, struct error *err)
{
    struct address a;
    return read_address(address, &a, err);
}

/* Whether a process is our own guardian, which may hold a duplicate of a wire (guardian.h). */
static bool our_guardian(long pid)
{
    char path[64], line[300];
    long parent = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *f = fopen(path, "re");
    const char *after = f && fgets(line, sizeof line, f) ? strstr(line, "(vigie-guardian)") : NULL;
    if (after)
        parent = strtol(after + strcspn(after, "0123456789"), NULL, 10);
    if (f)
        fclose(f);
    return parent == (long)getpid();
}

/* The process that has a file open, by /proc; 0: none that this user may see. */
static long holder(const char *real, char name[64])
{
    DIR *d = opendir("/proc");
    long found = 0;
    for (struct dirent *e; d && !found && (e = readdir(d));) {
        long pid = strtol(e->d_name, NULL, 10);
        char path[300], to[300];
        if (pid <= 0 || pid == (long)getpid() || our_guardian(pid))
            continue;
        snprintf(path, sizeof path, "/proc/%ld/fd", pid);
        DIR *fds = opendir(path);
        for (struct dirent *f; fds && !found && (f = readdir(fds));) {
            snprintf(path, sizeof path, "/proc/%ld/fd/%.20s", pid, f->d_name);
            ssize_t n = readlink(path, to, sizeof to - 1);
            if (n > 0 && (to[n] = 0, strcmp(to, real) == 0))
                found = pid;
        }
        if (fds)
            closedir(fds);
    }
    if (d)
        closedir(d);
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/comm", found);
    FILE *f = found ? fopen(path, "re") : NULL;
    name[0] = 0;
    if (f && fgets(name, 64, f))
        name[strcspn(name, "\n")] = 0;
    if (f)
        fclose(f);
    return found;
}

enum status terminal_taken(const char *real, const char *path, struct error *err)
{
    char name[64];
    long pid = holder(real, name);
    if (!pid)
        return OK;
    return err_set(err, E_BUSY, "%.150s: in use by process %ld (%s); end that first", path, pid,
                   name);
}

enum status terminal_claim(int fd, const char *path, struct error *err)
{
    char link[64], real[300];
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        ioctl(fd, TIOCEXCL);
        return OK;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, real, sizeof real - 1);
    real[n > 0 ? n : 0] = 0;
    if (terminal_taken(real, path, err) != OK)
        return E_BUSY;
    return err_set(err, E_BUSY, "%.150s: in use by another program", path);
}

/* The lock goes by name, not with the descriptor: a guardian may hold a duplicate for a moment longer. */
void terminal_let_in(int fd)
{
    ioctl(fd, TIOCNXCL);
    flock(fd, LOCK_UN);
}

void terminal_release(int fd)
{
    terminal_let_in(fd);
    close(fd);
}

static void pty_let_go(void *arg, int fd)
{
    (void)arg;
    if (fd >= 0)
        terminal_release(fd);
}

static struct link *pty_open(struct loop *loop, const char *path, const struct link_events *events,
                             struct error *err)
{
    static const struct link_owner owner = {.let_go = pty_let_go};
    struct termios t;
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == EBUSY) {
        err_set(err, E_BUSY, "%.150s: in use by another program", path);
        return NULL;
    }
    if (fd < 0) {
        err_errno(err, "%.150s", path);
        return NULL;
    }
    if (tcgetattr(fd, &t) != 0) {
        err_set(err, E_ABSENT, "%.150s: is no terminal", path);
        close(fd);
        return NULL;
    }
    cfmakeraw(&t);
    tcsetattr(fd, TCSANOW, &t);
    if (terminal_claim(fd, path, err) != OK) {
        close(fd);
        return NULL;
    }
    return link_soon_take(loop, fd, path, events, &owner, err);
}

struct link *transport_open(struct loop *loop, const char *address,
                            const struct transport_wish *wish, const struct link_events *events,
                            struct error *err)
{
    struct address a;
    if (read_address(address, &a, err) != OK)
        return NULL;
    switch (a.scheme) {
    case TCP: return tcp_connect_keep(loop, a.path, a.port, CONNECT_MS, KEEP_S, events, 0, err);
    case UDP: return udp_open(loop, a.path, a.port, events, err);
    case PTY: return pty_open(loop, a.path, events, err);
    case EXEC: return exec_open(loop, a.path, events, err);
    case SERIAL: break;
    }
    struct serial_way way = {wish && wish->baud ? wish->baud : 9600, 8, 1, 'N'};
    if (a.way.baud)
        way.baud = a.way.baud;
    if (a.way.bits)
        way = a.way;
    return serial_open(loop, a.path, &way, wish && wish->shutter, events, err);
}

enum status transport_lines(struct link *l, int rts, int dtr, struct error *err)
{
    return link_lines(l, rts, dtr, err);
}
