/* devices_bench.c - see devices_bench.h. */
#include "devices_bench.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

#include "vigie/session/site.h"
#include "where.h"

#define DEG (3.14159265358979323846 / 180)

static void told(void *arg, const struct rack_event *ev)
{
    struct devices_bench *b = arg;
    if (ev->id == 0)
        cli_say(b->cli, "%s", ev->text);
}

static void guarded(void *arg, uint64_t id, char level, const char *subject, bool over,
                    const char *text)
{
    struct devices_bench *b = arg;
    (void)id;
    (void)subject;
    if (!over && (level == '!' || level == 'W'))
        cli_say(b->cli, "%s", text);
}

static bool synced(void *arg)
{
    const struct devices_bench *b = arg;
    struct timex t = {0};
    if (b->cli->demo || strcmp(conf_text(b->cli->conf, "devices.clock"), "any") == 0)
        return true;
    int state = adjtimex(&t);
    return state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
}

static void interrupt(void *arg, int signo)
{
    struct devices_bench *b = arg;
    (void)signo;
    b->interrupted = true;
    safety_stop(b->safety, "Ctrl-C", NULL);
}

static const struct site *site_now(void *arg)
{
    struct devices_bench *b = arg;
    return b->sited ? &b->site : NULL;
}

/* Those of a demo's session, of the same names. */
static int simulate(struct devices_bench *b)
{
    static const struct {
        const char *name, *kind, *device, *options;
    } row[BENCH_SIMS] = {{"Mount", "mount", "onstep", ""},
                         {"Camera", "camera", "allsky340", ""},
                         {"Focuser", "focuser", "moonlite", ""},
                         {"Wheel", "wheel", "qhycfw3", "type=qhycfw3"}};
    struct error err;
    struct safety_sky sky;
    safety_sky_at(&b->site, utc_of_wall(CLOCK_WALL(clock_system())), &sky);
    for (int i = 0; i < BENCH_SIMS; i++) {
        struct sim_options o = {.loop = b->loop,
                                .clock = clock_system(),
                                .device = row[i].device,
                                .tcp_port = -1,
                                .lat_rad = b->site.lat_rad,
                                .lon_rad = b->site.lon_rad,
                                .ra_rad = sky.lst_rad - 15 * DEG,
                                .dec_rad = 60 * DEG,
                                .mount = i ? b->sim[0] : NULL};
        b->sim[i] = sim_new(&o, &err);
        if (!b->sim[i])
            return cli_fail(b->cli, &err);
        char *line = mem_printf("%s %s %s %s", row[i].kind, sim_driver(row[i].device),
                                sim_address(b->sim[i]), row[i].options);
        enum status st = rack_add(b->rack, row[i].name, line, &err);
        free(line);
        if (st != OK)
            return cli_fail(b->cli, &err);
    }
    return CLI_OK;
}

int devices_bench_open(struct cli *cli, struct devices_bench *b)
{
    struct error err;
    memset(b, 0, sizeof *b);
    b->cli = cli;
    b->loop = loop_new(clock_system());
    struct http_options ho = {.offline = cli->offline};
    b->http = http_new(b->loop, &ho);
    struct rack_options o = {.loop = b->loop,
                             .clock = clock_system(),
                             .http = b->http,
                             .site = site_now,
                             .watched = true,
                             .event = told,
                             .arg = b};
    b->rack = rack_new(&o);
    struct safety_options so = {.rack = b->rack,
                                .loop = b->loop,
                                .clock = clock_system(),
                                .synced = synced,
                                .event = guarded,
                                .arg = b};
    b->safety = safety_new(&so);
    if (cli->demo) {
        site_demo(&b->site);
        b->sited = true;
    } else {
        b->sited = site_of_conf(cli->conf, cli_arg(cli, "--site"), &b->site, &err) == OK;
    }
    safety_site(b->safety, b->sited ? &b->site : NULL);
    if (loop_signal(b->loop, SIGINT, interrupt, b) != OK)
        cli_say(cli, "Ctrl-C will not be seen");
    if (cli->demo)
        return simulate(b);
    rack_read(b->rack, cli->conf);
    for (int i = 0; i < 2;
         i++) /* what it says of lines that are refused comes by a timer of 0 ms */
        loop_turn(b->loop, false);
    return CLI_OK;
}

void devices_bench_close(struct devices_bench *b)
{
    safety_free(b->safety);
    rack_free(b->rack);
    for (int i = BENCH_SIMS; i-- > 0;)
        sim_free(b->sim[i]);
    http_free(b->http);
    loop_free(b->loop);
    if (b->sited)
        site_clear(&b->site);
}

void devices_bench_pass(struct devices_bench *b, int ms)
{
    int64_t end = loop_now_ms(b->loop) + ms;
    while (loop_now_ms(b->loop) < end && !b->interrupted)
        loop_turn(b->loop, true); /* the guard's timer wakes it each second, a device's oftener */
}

static void done(void *arg, uint64_t ticket, enum status status, const char *text)
{
    struct devices_bench *b = arg;
    if (ticket != b->ticket)
        return;
    b->over = true;
    if (status == OK)
        b->end.status = OK;
    else
        err_set(&b->end, status, "%s", text[0] ? text : status_name(status));
}

enum status devices_bench_begin(struct devices_bench *b, uint64_t id,
                                const struct device_request *q, struct error *err)
{
    struct rack_asker who = {.who = "vigie devices", .kind = ASKER_PERSON};
    b->over = false;
    b->ticket = rack_ask(b->rack, id, q, &who, done, b, err);
    return b->ticket ? OK : err->status;
}

enum status devices_bench_ask(struct devices_bench *b, uint64_t id, const struct device_request *q,
                              int ms, struct error *err)
{
    enum status st = devices_bench_begin(b, id, q, err);
    int64_t end = loop_now_ms(b->loop) + ms;
    while (st == OK && !b->over && loop_now_ms(b->loop) < end && !b->interrupted)
        loop_turn(b->loop, true);
    if (st != OK)
        return st;
    if (!b->over) {
        rack_forget(b->rack, b->ticket);
        return err_set(err, b->interrupted ? E_CANCELLED : E_TIMEOUT, "%s",
                       b->interrupted ? "interrupted" : "not done in its time");
    }
    *err = b->end;
    return b->end.status;
}

enum status devices_bench_connect(struct devices_bench *b, uint64_t id, int ms, struct error *err)
{
    const struct device_info *d = rack_find(b->rack, id);
    struct rack_asker who = {.who = "vigie devices", .kind = ASKER_PERSON};
    struct device_request q = {.verb = ASK_CONNECT};
    int64_t end = loop_now_ms(b->loop) + ms;
    if (!rack_ask(b->rack, id, &q, &who, NULL, NULL, err))
        return err->status;
    while (loop_now_ms(b->loop) < end && !b->interrupted) {
        if (d->link == DEVICE_READY && d->health.good_ms >= 0)
            return OK;
        if (d->link == DEVICE_FAILED)
            break;
        loop_turn(b->loop, true);
    }
    if (d->link == DEVICE_READY)
        return OK;
    return err_set(err, E_DEVICE, "%s: %s%s%s", d->name, device_link_name(d->link),
                   d->why[0] ? ": " : ", it does not answer", d->why);
}
