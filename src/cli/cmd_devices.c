/* cmd_devices.c - `vigie devices`: those of the configuration, the machine's serial ports, what they answer, a self test.
 * The only one-shot command that touches a device. Not: a running session's devices (`vigie send`).
 */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmds.h"
#include "devices_bench.h"
#include "print.h"
#include "vigie/devices/replay.h"
#include "vigie/io/transport.h"

#define DEG (3.14159265358979323846 / 180)

enum { CONNECT_MS = 15000 };

static void record_begin(struct json_writer *w, struct str *t, const struct device_info *d)
{
    json_write(w, t);
    json_object(w);
    json_key(w, "name");
    json_string(w, d->name);
    json_key(w, "kind");
    json_string(w, device_kind_name(d->kind));
    json_key(w, "driver");
    json_string(w, d->driver);
    json_key(w, "address");
    json_string(w, d->address);
}

static void record_end(struct cli *cli, struct json_writer *w, struct str *t)
{
    json_end(w);
    fprintf(cli->out, "%s\n", str_c(t));
    str_clear(t);
}

static int list(struct cli *cli, struct devices_bench *b)
{
    if (rack_n(b->rack) == 0 && !cli->json)
        cli_say(cli,
                "no device is configured; a line `device.NAME = KIND DRIVER ADDRESS` makes one");
    for (size_t i = 0; i < rack_n(b->rack); i++) {
        const struct device_info *d = rack_at(b->rack, i);
        if (cli->json) {
            struct str t = {0};
            struct json_writer w;
            record_begin(&w, &t, d);
            record_end(cli, &w, &t);
            continue;
        }
        print_cut(cli->out, d->name, 20);
        fprintf(cli->out, " %-8s %-10s ", device_kind_name(d->kind), d->driver);
        print_clean(cli->out, d->address);
        fputc('\n', cli->out);
    }
    return CLI_OK;
}

static void port_json(struct cli *cli, const struct transport_port *p)
{
    struct str t = {0};
    struct json_writer w;
    const char *const key[] = {"path", "by_id", "product", "maker", "serial"};
    const char *const value[] = {p->path, p->by_id, p->product, p->maker, p->serial};
    json_write(&w, &t);
    json_object(&w);
    for (int i = 0; i < 5; i++) {
        json_key(&w, key[i]);
        if (value[i] && value[i][0])
            json_string(&w, value[i]);
        else
            json_null(&w);
    }
    json_key(&w, "usb_vid");
    json_fixed(&w, p->vid < 0 ? (double)NAN : p->vid, 0);
    json_key(&w, "usb_pid");
    json_fixed(&w, p->pid < 0 ? (double)NAN : p->pid, 0);
    record_end(cli, &w, &t);
}

static int ports(struct cli *cli)
{
    struct transport_ports ports = {0};
    struct error err;
    if (transport_list(&ports, &err) != OK)
        return cli_fail(cli, &err);
    if (!ports.port.n && !cli->json)
        cli_say(cli, "this machine has no serial port");
    for (size_t i = 0; i < ports.port.n; i++) {
        const struct transport_port *p = &ports.port.at[i];
        if (cli->json) {
            port_json(cli, p);
            continue;
        }
        print_clean(cli->out, p->by_id && p->by_id[0] ? p->by_id : p->path);
        if (p->vid >= 0)
            fprintf(cli->out, "  %04x:%04x  ", (unsigned)p->vid, (unsigned)p->pid);
        if (p->product && p->product[0])
            print_clean(cli->out, p->product);
        fputc('\n', cli->out);
    }
    transport_ports_clear(&ports);
    return CLI_OK;
}

static void place(struct json_writer *w, const struct device_info *d)
{
    const struct mount_values *m = &d->v.mount;
    json_key(w, "ra_deg");
    json_fixed(w, m->ra_rad / DEG, 6);
    json_key(w, "dec_deg");
    json_fixed(w, m->dec_rad / DEG, 6);
    json_key(w, "tracking");
    json_bool(w, m->tracking);
    json_key(w, "slewing");
    json_bool(w, m->slewing);
    json_key(w, "parked");
    json_bool(w, m->parked);
}

static void key_number(struct json_writer *w, const char *key, double x, int decimals)
{
    json_key(w, key);
    json_fixed(w, x, decimals);
}

static double count_of(int n)
{
    return n < 0 ? (double)NAN : n;
}

/* What each kind says of itself; unknown is null. */
static void values(struct json_writer *w, const struct device_info *d)
{
    const union device_values *v = &d->v;
    int slot = v->wheel.slot;
    switch (d->kind) {
    case DEVICE_MOUNT: place(w, d); break;
    case DEVICE_CAMERA:
        json_key(w, "exposing");
        json_bool(w, v->camera.phase == CAMERA_EXPOSING || v->camera.phase == CAMERA_WAITING);
        key_number(w, "width", count_of(v->camera.width), 0);
        key_number(w, "height", count_of(v->camera.height), 0);
        key_number(w, "temperature_degc", v->camera.temp_degc, 2);
        break;
    case DEVICE_FOCUSER:
        key_number(w, "position", count_of(v->focuser.position), 0);
        key_number(w, "temperature_degc", v->focuser.temp_degc, 2);
        break;
    case DEVICE_WHEEL:
        key_number(w, "slot", count_of(slot), 0);
        json_key(w, "filter");
        json_string(w, slot >= 1 && slot <= WHEEL_SLOTS ? v->wheel.name[slot - 1] : "");
        break;
    case DEVICE_DOME: key_number(w, "az_deg", v->dome.az_rad / DEG, 2); break;
    case DEVICE_WEATHER:
        key_number(w, "humidity", v->weather.humidity, 1);
        key_number(w, "wind_ms", v->weather.wind_ms, 1);
        key_number(w, "temperature_degc", v->weather.temp_degc, 2);
        json_key(w, "safe");
        if (v->weather.safe < 0)
            json_null(w);
        else
            json_bool(w, v->weather.safe > 0);
        break;
    case DEVICE_GPS: key_number(w, "clock_error_s", v->gps.clock_error_s, 3); break;
    case DEVICE_SWITCH:
    case DEVICE_OTHER: break;
    }
}

static void weather_text(struct cli *cli, const struct weather_values *v)
{
    const struct {
        const char *name, *unit;
        double x;
    } row[] = {
        {"humidity", "%", v->humidity}, {"wind", "m/s", v->wind_ms}, {"", "C", v->temp_degc}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (!isnan(row[i].x))
            fprintf(cli->out, "  %s%s%.0f %s", row[i].name, row[i].name[0] ? " " : "", row[i].x,
                    row[i].unit);
    if (v->safe >= 0)
        fprintf(cli->out, "  %s", v->safe ? "safe" : "UNSAFE");
}

/* The same for people, behind who it is. */
static void values_text(struct cli *cli, const struct device_info *d)
{
    static const char *const shutter[] = {"unknown", "open",    "closed",
                                          "opening", "closing", "FAULT"};
    const union device_values *v = &d->v;
    int slot = v->wheel.slot;
    if (d->kind == DEVICE_MOUNT)
        fprintf(cli->out, "  RA %.4f Dec %.4f deg%s%s", v->mount.ra_rad / DEG,
                v->mount.dec_rad / DEG, v->mount.tracking ? "  tracking" : "",
                v->mount.parked ? "  parked" : "");
    if (d->kind == DEVICE_CAMERA && v->camera.width > 0)
        fprintf(cli->out, "  %d x %d", v->camera.width, v->camera.height);
    if (d->kind == DEVICE_CAMERA && !isnan(v->camera.temp_degc))
        fprintf(cli->out, "  %.1f C", v->camera.temp_degc);
    if (d->kind == DEVICE_FOCUSER && v->focuser.position >= 0)
        fprintf(cli->out, "  at %d", v->focuser.position);
    if (d->kind == DEVICE_WHEEL && slot >= 1 && slot <= WHEEL_SLOTS) {
        fprintf(cli->out, "  at %d ", slot);
        print_clean(cli->out, v->wheel.name[slot - 1]);
    }
    if (d->kind == DEVICE_DOME && !isnan(v->dome.az_rad))
        fprintf(cli->out, "  az %.1f deg", v->dome.az_rad / DEG);
    if (d->kind == DEVICE_DOME)
        fprintf(cli->out, "  shutter %s%s", shutter[v->dome.shutter],
                v->dome.parked ? "  parked" : "");
    if (d->kind == DEVICE_WEATHER)
        weather_text(cli, &v->weather);
    if (d->kind == DEVICE_GPS && !isnan(v->gps.clock_error_s))
        fprintf(cli->out, "  its clock %+.3f s", v->gps.clock_error_s);
}

static void status_one(struct cli *cli, const struct device_info *d)
{
    const struct device_health *h = &d->health;
    if (!cli->json) {
        print_cut(cli->out, d->name, 20);
        fprintf(cli->out, " %-8s %-11s ", device_kind_name(d->kind), device_link_name(d->link));
        print_clean(cli->out, d->link == DEVICE_READY ? d->identity : d->why);
        if (d->link == DEVICE_READY)
            values_text(cli, d);
        fputc('\n', cli->out);
        return;
    }
    struct str t = {0};
    struct json_writer w;
    record_begin(&w, &t, d);
    json_key(&w, "link");
    json_string(&w, device_link_name(d->link));
    json_key(&w, "identity");
    json_string(&w, d->identity);
    json_key(&w, "why");
    json_string(&w, d->why);
    json_key(&w, "trusted");
    json_bool(&w, d->trusted);
    json_key(&w, "replies");
    json_int(&w, (int64_t)h->replies);
    json_key(&w, "errors");
    json_int(&w, (int64_t)h->errors);
    json_key(&w, "reply_median_ms");
    json_fixed(&w, h->reply_ms_median, 1);
    values(&w, d);
    record_end(cli, &w, &t);
}

static int status(struct cli *cli, struct devices_bench *b)
{
    int bad = 0;
    size_t n = rack_n(b->rack); /* a hub adds what it finds */
    for (size_t i = 0; i < n; i++) {
        struct error err;
        uint64_t id = rack_at(b->rack, i)->id;
        if (devices_bench_connect(b, id, CONNECT_MS, &err) != OK) {
            cli_say(cli, "%s", err.text);
            bad++;
        }
    }
    for (size_t i = 0; i < rack_n(b->rack); i++)
        status_one(cli, rack_at(b->rack, i));
    return bad ? CLI_DEVICE : CLI_OK;
}

/* It moves: a yes on the terminal, or --yes. */
static bool agreed(struct cli *cli, const struct device_info *d)
{
    char line[16] = "";
    if (cli_arg(cli, "--yes"))
        return true;
    if (!isatty(STDIN_FILENO)) {
        cli_say(cli, "%s will be moved (2 deg at most): --yes says that it may be", d->name);
        return false;
    }
    fprintf(cli->err, "%s will be moved, by 2 deg at most. Is it free, and may it? (yes) ",
            d->name);
    fflush(cli->err);
    return fgets(line, sizeof line, stdin) && strncmp(line, "yes", 3) == 0;
}

static int test(struct cli *cli, struct devices_bench *b, const char *name)
{
    const struct device_info *d = rack_named(b->rack, name);
    if (!d) {
        cli_say(cli, "no device is called \"%.40s\"; `vigie devices list` lists them", name);
        return CLI_NO;
    }
    if (!agreed(cli, d))
        return CLI_NO;
    return devices_test(b, d->id) ? CLI_DEVICE : CLI_OK;
}

static void interrupted(void *arg, int signo)
{
    (void)signo;
    loop_stop(arg);
}

/* Until Ctrl-C. */
static int replay(struct cli *cli, const char *path)
{
    struct error err;
    struct loop *loop = loop_new(clock_system());
    struct replay *r = replay_new(loop, path, false, &err);
    int rc = r ? CLI_OK : cli_fail(cli, &err);
    if (r && (loop_signal(loop, SIGINT, interrupted, loop) != OK ||
              loop_signal(loop, SIGTERM, interrupted, loop) != OK))
        cli_say(cli, "Ctrl-C will not be answered");
    if (r) {
        fprintf(cli->out, "%s\n", replay_address(r));
        fflush(cli->out);
        loop_run(loop);
        if (replay_unknown(r))
            cli_say(cli, "%llu bytes were never asked in it",
                    (unsigned long long)replay_unknown(r));
    }
    replay_free(r);
    loop_free(loop);
    return rc;
}

static int run(struct cli *cli)
{
    const char *what = cli->argc ? cli->argv[0] : "";
    bool named = strcmp(what, "test") == 0;
    if (strcmp(what, "replay") == 0 && cli->argc == 2)
        return replay(cli, cli->argv[1]);
    if (cli->argc != (named ? 2 : 1))
        return cli_usage(cli);
    if (strcmp(what, "ports") == 0)
        return ports(cli);
    if (strcmp(what, "list") != 0 && strcmp(what, "status") != 0 && !named)
        return cli_usage(cli);
    struct devices_bench b;
    int rc = devices_bench_open(cli, &b);
    if (rc == CLI_OK)
        rc = named                       ? test(cli, &b, cli->argv[1])
             : strcmp(what, "list") == 0 ? list(cli, &b)
                                         : status(cli, &b);
    devices_bench_close(&b);
    return rc;
}

static const struct cli_option options[] = {
    {"--yes", NULL, "test: it may be moved; nothing is asked"}, {NULL, NULL, NULL}};

const struct cli_command cmd_devices = {
    "devices",
    "list|ports|status|test NAME|replay FILE",
    "the devices of the configuration, serial ports, what they answer, a self test",
    options,
    "list: the lines device.NAME of the configuration. ports: serial ports with their USB names; "
    "none "
    "is opened. status:\n"
    "connect, say what answers, let go. test: a self test with a report, after the manner of "
    "ASCOM's "
    "ConformU: every value\n"
    "read, bad places refused, a slew of 2 deg and back, stop, sync, guide pulses; nothing is "
    "moved "
    "farther, and Ctrl-C stops\n"
    "all. replay: a wire log (`:wire-save`) as a device on a pseudo-terminal, until Ctrl-C. A port "
    "that a running session holds is refused. Exit status 4: a device does not answer, "
    "or "
    "a check failed.\n",
    run};
