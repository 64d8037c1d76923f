/* serial.c - serial ports by libserialport (here only): opened, set, their two output lines, listed with their USB names.
 * Not: terminals without modem lines (transport.c). What libserialport 0.1.1 and 0.1.2 do differently we do ourselves: the
 * name resolved, the lock, HUPCL. Ports are never opened to find out what they are: that reboots Arduinos and fires shutters.
 */
#include <dirent.h>
#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "link_own.h"
#include "transport_own.h"

static const char by_id[] = "/dev/serial/by-id";

struct serial {
    struct sp_port *port;
    char *path, *real;
    bool shutter;
};

static enum status sp_status(enum sp_return rc, struct error *err, const char *path,
                             const char *what)
{
    if (rc == SP_OK)
        return OK;
    if (rc == SP_ERR_ARG)
        return err_set(err, E_ABSENT, "%.150s: %s: is no serial port", path, what);
    if (rc == SP_ERR_SUPP)
        return err_set(err, E_RANGE, "%.150s: %s: the port cannot do that", path, what);
    int e = rc == SP_ERR_FAIL ? sp_last_error_code() : ENOMEM;
    if (e == EACCES || e == EPERM)
        return err_set(err, E_REFUSED, "%.150s: not allowed; is this user in the group dialout?",
                       path);
    return err_set(err,
                   e == EBUSY                  ? E_BUSY
                   : e == ENOENT || e == ENXIO ? E_ABSENT
                                               : E_IO,
                   "%.150s: %s: %s", path, what, strerror(e));
}

static void serial_free(struct serial *s)
{
    if (s->port)
        sp_free_port(s->port);
    free(s->path);
    free(s->real);
    free(s);
}

static enum status set_lines(struct serial *s, int rts, int dtr, struct error *err)
{
    enum status st = OK;
    if (rts >= 0)
        st = sp_status(sp_set_rts(s->port, rts ? SP_RTS_ON : SP_RTS_OFF), err, s->path, "RTS");
    if (dtr >= 0 && st == OK)
        st = sp_status(sp_set_dtr(s->port, dtr ? SP_DTR_ON : SP_DTR_OFF), err, s->path, "DTR");
    return st;
}

static void let_go(void *arg, int fd)
{
    struct serial *s = arg;
    (void)fd;
    if (s->shutter) {
        struct error ignored;
        (void)!set_lines(s, 0, 0, &ignored);
    }
    int own = -1;
    if (sp_get_port_handle(s->port, &own) == SP_OK && own >= 0)
        terminal_let_in(own);
    sp_close(s->port);
    serial_free(s);
}

/* An adapter that is pulled out reads as an end or an error: the file is gone with it. */
static void fate(void *arg, struct error *why)
{
    struct serial *s = arg;
    if (access(s->real, F_OK) != 0)
        err_set(why, E_IO, "%.150s: the adapter has gone (unplugged, or without power?)", s->path);
    else if (why->status == OK)
        why->status = E_IO;
}

static enum status on_lines(void *arg, int fd, int rts, int dtr, struct error *err)
{
    (void)fd;
    return set_lines(arg, rts, dtr, err);
}

static enum status configure(struct serial *s, const struct serial_way *way, struct error *err)
{
    enum sp_parity parity = way->parity == 'E'   ? SP_PARITY_EVEN
                            : way->parity == 'O' ? SP_PARITY_ODD
                                                 : SP_PARITY_NONE;
    enum status st = sp_status(sp_set_baudrate(s->port, way->baud), err, s->path, "speed");
    if (st == OK)
        st = sp_status(sp_set_bits(s->port, way->bits), err, s->path, "bits");
    if (st == OK)
        st = sp_status(sp_set_parity(s->port, parity), err, s->path, "parity");
    if (st == OK)
        st = sp_status(sp_set_stopbits(s->port, way->stop), err, s->path, "stop bits");
    if (st == OK)
        st = sp_status(sp_set_flowcontrol(s->port, SP_FLOWCONTROL_NONE), err, s->path,
                       "flow control");
    return st;
}

/* The kernel drops RTS and DTR at the last close, whoever closes: also when the program dies. */
static enum status hang_up_on_close(int fd, const char *path, struct error *err)
{
    struct termios t;
    if (tcgetattr(fd, &t) != 0)
        return err_errno(err, "%.150s", path);
    t.c_cflag |= HUPCL;
    return tcsetattr(fd, TCSANOW, &t) == 0 ? OK : err_errno(err, "%.150s", path);
}

static enum status open_port(struct serial *s, const struct serial_way *way, int *fd,
                             struct error *err)
{
    enum status st = sp_status(sp_get_port_by_name(s->real, &s->port), err, s->path, "open");
    if (st == OK) /* before it is opened: that alone raises the lines of another's shutter */
        st = terminal_taken(s->real, s->path, err);
    if (st == OK)
        st = sp_status(sp_open(s->port, SP_MODE_READ_WRITE), err, s->path, "open");
    if (st != OK)
        return st;
    if (s->shutter) /* sp_open raises both: down again before anything else */
        st = set_lines(s, 0, 0, err);
    if (st == OK)
        st = sp_status(sp_get_port_handle(s->port, fd), err, s->path, "open");
    if (st == OK)
        st = terminal_claim(*fd, s->path, err);
    if (st == OK)
        st = configure(s, way, err);
    if (st == OK && s->shutter)
        st = set_lines(s, 0, 0, err);
    if (st == OK && s->shutter)
        st = hang_up_on_close(*fd, s->path, err);
    if (st != OK)
        sp_close(s->port);
    return st;
}

struct link *serial_open(struct loop *loop, const char *path, const struct serial_way *way,
                         bool shutter, const struct link_events *events, struct error *err)
{
    char real[PATH_MAX];
    int fd = -1;
    if (!realpath(path, real)) {
        if (errno == ENOENT)
            err_set(err, E_ABSENT, "%.150s: no such port (is the adapter plugged in?)", path);
        else
            err_errno(err, "%.150s", path);
        return NULL;
    }
    struct serial *s = mem_zero(sizeof *s);
    s->path = mem_str(path);
    s->real = mem_str(real);
    s->shutter = shutter;
    if (open_port(s, way, &fd, err) != OK) {
        serial_free(s);
        return NULL;
    }
    struct link_owner owner = {.let_go = let_go, .fate = fate, .lines = on_lines, .arg = s};
    return link_soon_take(loop, fd, path, events, &owner, err);
}

static char *by_id_of(const char *path)
{
    DIR *d = opendir(by_id);
    char *found = NULL, want[PATH_MAX], real[PATH_MAX];
    if (!realpath(path, want))
        snprintf(want, sizeof want, "%s", path);
    for (struct dirent *e; d && !found && (e = readdir(d));) {
        char *name = mem_printf("%s/%s", by_id, e->d_name);
        if (e->d_name[0] != '.' && realpath(name, real) && strcmp(real, want) == 0)
            found = name;
        else
            free(name);
    }
    if (d)
        closedir(d);
    return found;
}

static char *text_or_empty(const char *s)
{
    return mem_str(s ? s : "");
}

enum status transport_list(struct transport_ports *ports, struct error *err)
{
    struct sp_port **list = NULL;
    memset(ports, 0, sizeof *ports);
    enum sp_return rc = sp_list_ports(&list);
    if (rc != SP_OK && access("/sys/class/tty", F_OK) != 0)
        return OK; /* a container without sysfs: no port can be seen there */
    if (rc != SP_OK)
        return sp_status(rc, err, "/sys/class/tty", "list");
    for (size_t i = 0; list[i]; i++) {
        struct transport_port p = {.vid = -1, .pid = -1};
        p.path = text_or_empty(sp_get_port_name(list[i]));
        p.by_id = by_id_of(p.path);
        if (!p.by_id)
            p.by_id = mem_str("");
        p.product = text_or_empty(sp_get_port_usb_product(list[i]));
        p.maker = text_or_empty(sp_get_port_usb_manufacturer(list[i]));
        p.serial = text_or_empty(sp_get_port_usb_serial(list[i]));
        if (sp_get_port_usb_vid_pid(list[i], &p.vid, &p.pid) != SP_OK)
            p.vid = p.pid = -1;
        VEC_PUSH(ports->port, p);
    }
    sp_free_port_list(list);
    return OK;
}

void transport_ports_clear(struct transport_ports *ports)
{
    for (size_t i = 0; i < ports->port.n; i++) {
        struct transport_port *p = &ports->port.at[i];
        free(p->path);
        free(p->by_id);
        free(p->product);
        free(p->maker);
        free(p->serial);
    }
    VEC_FREE(ports->port);
}
