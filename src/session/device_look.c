/* device_look.c - what hangs on this machine, for who has configured nothing yet: serial ports by their USB names, servers
 * of INDI and Alpaca that listen here. Nothing is opened and nobody is asked: a port that is opened resets an Arduino and
 * fires a shutter. Source: proc(5), /proc/net/tcp.
 * Not: other machines (Alpaca's discovery is asked for by `alpaca auto`).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicedesk.h"
#include "vigie/io/transport.h"

enum { PORT_INDI = 7624, PORT_ALPACA = 11111, LISTENS = 0x0A };

const char *session_found(const struct session *s, size_t i)
{
    return s->devices && i < s->devices->found.n ? s->devices->found.at[i] : NULL;
}

static bool listens(const char *table, unsigned port)
{
    char line[512];
    bool yes = false;
    FILE *f = fopen(table, "r");
    while (f && !yes && fgets(line, sizeof line, f)) {
        unsigned at = 0, state = 0;
        const char *colon = strchr(line, ':'); /* "  0: 0100007F:1DC8 00000000:0000 0A" */
        colon = colon ? strchr(colon + 1, ':') : NULL;
        yes = colon && sscanf(colon, ":%4x %*s %2x", &at, &state) == 2 && at == port &&
              state == LISTENS;
    }
    if (f)
        fclose(f);
    return yes;
}

static void server(struct devicedesk *k, const char *what, unsigned port)
{
    if (listens("/proc/net/tcp", port) || listens("/proc/net/tcp6", port))
        VEC_PUSH(k->found, mem_printf("%s listens on this machine, localhost:%u", what, port));
}

void device_look(struct devicedesk *k)
{
    struct transport_ports ports = {0};
    struct error e;
    server(k, "an INDI server", PORT_INDI);
    server(k, "an Alpaca server", PORT_ALPACA);
    if (transport_list(&ports, &e) != OK)
        return;
    for (size_t i = 0; i < ports.port.n; i++) {
        const struct transport_port *p = &ports.port.at[i];
        const char *path = p->by_id && p->by_id[0] ? p->by_id : p->path;
        VEC_PUSH(k->found, mem_printf("%s   %s", path, p->product ? p->product : ""));
    }
    transport_ports_clear(&ports);
    if (!k->found.n)
        VEC_PUSH(k->found, mem_str("no serial port, and no INDI or Alpaca server on this machine"));
}
