/* transport.h - a device's wire by its address, one non-blocking descriptor behind the face of link.h:
 *     serial:/dev/serial/by-id/usb-X?9600,8N1     libserialport; the name is resolved, its USB identity kept
 *     tcp:mount.local:4030    udp:192.168.4.1:11880    pty:/path (any terminal without modem lines)    exec:ssh host socat - ...
 * Not: what is said over it.
 */
#ifndef VIGIE_IO_TRANSPORT_H
#define VIGIE_IO_TRANSPORT_H

#include "vigie/base/mem.h"
#include "vigie/io/link.h"

/* transport_check - whether an address can be one. err: E_PARSE with the form that is wanted. */
enum status transport_check(const char *address, struct error *err) MUST_CHECK;

/* struct transport_wish - how it is to be opened. baud: where the address names none (0: 9600). shutter: a shutter
 * hangs on RTS or DTR: both are put down at once and HUPCL is set, so that the kernel releases them when the program dies. */
struct transport_wish {
    int baud;
    bool shutter;
};

/* transport_open - open without waiting; `opened` or `closed` of events follows, never before this returns. A serial
 * port is locked (flock, TIOCEXCL): another program on it is E_BUSY with its process, where that can be found out.
 *   returns  NULL with err: E_PARSE, E_ABSENT (no such port), E_BUSY, E_REFUSED (not allowed), E_IO
 *   test     tests/io/check_transport.c */
struct link *transport_open(struct loop *loop, const char *address,
                            const struct transport_wish *wish, const struct link_events *events,
                            struct error *err);

/* transport_lines - RTS and DTR of a serial port: 1 on, 0 off, -1 as it is. E_ABSENT: it has no such lines. */
enum status transport_lines(struct link *l, int rts, int dtr, struct error *err) MUST_CHECK;

/* struct transport_port - a serial port of this machine. Never opened to find out. vid, pid: -1 no USB; texts "" where
 * there is none. Raw: from the adapter. */
struct transport_port {
    char *path, *by_id, *product, *maker, *serial;
    int vid, pid;
};
struct transport_ports {
    VEC(struct transport_port) port;
};
enum status transport_list(struct transport_ports *ports, struct error *err) MUST_CHECK;
void transport_ports_clear(struct transport_ports *ports);

#endif
