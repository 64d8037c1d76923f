/* serial_drive.c - libserialport's own branch, driven from a script (tests/peers/serial.sh) on a terminal that a shim gives modem
 * lines: talk PORT COMMAND prints the answer; expose PORT SECONDS [OPTION]... releases a shutter on RTS and prints how it
 * ended; list prints the ports of this machine.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/devices/rack.h"
#include "vigie/io/transport.h"

static struct loop *loop;
static int result = 1;

static int64_t late(void *arg)
{
    fprintf(stderr, "serial_drive: %s\n", (const char *)arg);
    loop_stop(loop);
    return -1;
}

static void on_read(void *arg, const char *bytes, size_t n)
{
    (void)arg;
    fwrite(bytes, 1, n, stdout);
    if (memchr(bytes, '#', n)) {
        result = 0;
        loop_stop(loop);
    }
}

static void on_closed(void *arg, const struct error *why)
{
    (void)arg;
    fprintf(stderr, "serial_drive: closed: %s\n", why->text);
    loop_stop(loop);
}

static int talk(const char *port, const char *command)
{
    struct error err;
    char address[300];
    struct link_events ev = {NULL, on_read, on_closed, NULL};
    struct transport_wish wish = {0};
    snprintf(address, sizeof address, "serial:%s?19200,8N1", port);
    struct link *l = transport_open(loop, address, &wish, &ev, &err);
    if (!l || link_write(l, command, strlen(command), &err) != OK) {
        fprintf(stderr, "serial_drive: %s\n", err.text);
        return err.status == E_BUSY ? 3 : 1;
    }
    loop_timer(loop, 3000, late, "no answer in 3 s", "test");
    loop_run(loop);
    printf("\n");
    link_close(l);
    return result;
}

static void on_done(void *arg, uint64_t ticket, enum status status, const char *text)
{
    (void)arg;
    (void)ticket;
    printf("%s: %s\n", status_name(status), text);
    result = status == OK ? 0 : 1;
    loop_stop(loop);
}

struct wish {
    struct rack *rack;
    double seconds;
    bool asked;
};

static void told(void *arg, const struct rack_event *ev)
{
    struct wish *w = arg;
    static const struct rack_asker me = {.who = "test"};
    const struct device_info *d = rack_find(w->rack, ev->id);
    struct error err;
    if (ev->kind == RACK_SAY)
        printf("%c %s\n", ev->level, ev->text);
    fflush(stdout);
    if (d && d->link == DEVICE_FAILED)
        loop_stop(loop);
    if (w->asked || !d || d->link != DEVICE_READY || d->stale)
        return;
    w->asked = true;
    struct device_request q = {.verb = ASK_EXPOSE, .exposure = {.seconds = w->seconds}};
    if (!rack_ask(w->rack, d->id, &q, &me, on_done, w, &err)) {
        fprintf(stderr, "serial_drive: %s\n", err.text);
        loop_stop(loop);
    }
}

static int expose(char **argv, int n)
{
    struct error err;
    char line[500];
    static const struct rack_asker me = {.who = "test"};
    struct wish w = {.seconds = atof(argv[1])};
    struct rack_options o = {.loop = loop, .clock = clock_system(), .event = told, .arg = &w};
    size_t at = (size_t)snprintf(line, sizeof line, "camera bulb serial:%s", argv[0]);
    for (int i = 2; i < n && at < sizeof line; i++)
        at += (size_t)snprintf(line + at, sizeof line - at, " %s", argv[i]);
    w.rack = rack_new(&o);
    if (rack_add(w.rack, "Shutter", line, &err) != OK) {
        fprintf(stderr, "serial_drive: %s\n", err.text);
        return 1;
    }
    struct device_request q = {.verb = ASK_CONNECT};
    if (rack_ask(w.rack, rack_at(w.rack, 0)->id, &q, &me, NULL, NULL, &err))
        loop_run(loop);
    rack_free(w.rack);
    return result;
}

static int list(void)
{
    struct transport_ports p;
    struct error err;
    if (transport_list(&p, &err) != OK) {
        fprintf(stderr, "serial_drive: %s\n", err.text);
        return 1;
    }
    for (size_t i = 0; i < p.port.n; i++)
        printf("%s %04x:%04x %s %s\n", p.port.at[i].path, (unsigned)p.port.at[i].vid & 0xFFFF,
               (unsigned)p.port.at[i].pid & 0xFFFF, p.port.at[i].product, p.port.at[i].by_id);
    transport_ports_clear(&p);
    return 0;
}

int main(int argc, char **argv)
{
    int rc = 2;
    loop = loop_new(clock_system());
    if (argc >= 4 && strcmp(argv[1], "talk") == 0)
        rc = talk(argv[2], argv[3]);
    else if (argc >= 4 && strcmp(argv[1], "expose") == 0)
        rc = expose(argv + 2, argc - 2);
    else if (argc == 2 && strcmp(argv[1], "list") == 0)
        rc = list();
    else
        fprintf(stderr,
                "serial_drive talk PORT COMMAND | expose PORT SECONDS [OPTION]... | list\n");
    loop_free(loop);
    return rc;
}
