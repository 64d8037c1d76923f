/* transport_own.h - what transport.c shares with serial.c: the words of an address, terminals locked and made raw.
 * Not: for other rooms (transport.h).
 */
#ifndef VIGIE_SRC_IO_TRANSPORT_OWN_H
#define VIGIE_SRC_IO_TRANSPORT_OWN_H

#include "vigie/io/transport.h"

/* struct serial_way - how a serial port is to be set. parity: 'N' 'E' 'O'. */
struct serial_way {
    int baud, bits, stop;
    char parity;
};

/* serial_way_parse - "9600,8N1", "9600", "" over what is there already. */
enum status serial_way_parse(const char *text, struct serial_way *way, struct error *err);

/* serial_open - as transport_open. path: as configured; way: complete. */
struct link *serial_open(struct loop *loop, const char *path, const struct serial_way *way,
                         bool shutter, const struct link_events *events, struct error *err);

/* terminal_claim - ours alone from now on: flock and TIOCEXCL. E_BUSY with the process that has it, where that shows. */
enum status terminal_claim(int fd, const char *path, struct error *err);
/* terminal_taken - E_BUSY if another process of ours to see has the file open; OK otherwise. */
enum status terminal_taken(const char *real, const char *path, struct error *err);
/* terminal_let_in - others may open it again. terminal_release - the same, then close. */
void terminal_let_in(int fd);
void terminal_release(int fd);

struct link *udp_open(struct loop *loop, const char *host, int port,
                      const struct link_events *events, struct error *err);
struct link *exec_open(struct loop *loop, const char *command, const struct link_events *events,
                       struct error *err);

#endif
