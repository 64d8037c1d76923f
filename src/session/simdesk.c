/* simdesk.c - the devices of --demo: simulators behind pseudo-terminals, reached through the real drivers and wires; or, for
 * a picture of the screen, samples that stand still.
 * Not: the simulators (devices/sim.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "devicedesk.h"
#include "vigie/base/log.h"
#include "vigie/devices/sim.h"

#define DEG (3.14159265358979323846 / 180)

enum { SIMS = 4 };
struct simdesk {
    struct sim *sim[SIMS];
};

static void add(struct devicedesk *d, const char *name, const char *line)
{
    struct error e;
    if (rack_add(d->rack, name, line, &e) != OK)
        log_put(LOG_TROUBLE, "devices", name, "%s", e.text);
}

static bool there(const char *device)
{
    for (size_t i = 0; sim_name(i); i++)
        if (strcmp(sim_name(i), device) == 0)
            return true;
    return false;
}

/* At first it looks at the pole's side of the meridian, 50 degrees up at the demo's site. */
static void simulate(struct devicedesk *d, int i, const char *name, const char *kind,
                     const char *device, const char *options)
{
    struct session *s = d->session;
    struct error e;
    const struct site *site = session_site(s, &e);
    struct sim_options o = {.loop = s->setup.loop,
                            .clock = s->setup.clock,
                            .device = device,
                            .tcp_port = -1,
                            .lat_rad = site ? site->lat_rad : 0,
                            .lon_rad = site ? site->lon_rad : 0,
                            .ra_rad = session_lst_rad(s),
                            .dec_rad = 60 * DEG,
                            .mount = i ? d->sim->sim[0] : NULL};
    if (!there(device))
        return;
    d->sim->sim[i] = sim_new(&o, &e);
    if (!d->sim->sim[i]) {
        log_put(LOG_TROUBLE, "devices", name, "%s", e.text);
        return;
    }
    char *line =
        mem_printf("%s %s %s %s", kind, sim_driver(device), sim_address(d->sim->sim[i]), options);
    add(d, name, line);
    free(line);
}

/* Three hours for a picture: a wind that comes and goes, air that grows damp, a tube that cools. */
static void sample_hours(struct devicedesk *d)
{
    const struct device_info *w = rack_named(d->rack, "Weather"),
                             *f = rack_named(d->rack, "Focuser");
    int64_t now = session_now_ns(d->session);
    for (int i = 180; w && f && i >= 0; i--) {
        int64_t at = now - (int64_t)i * 60000000000;
        double t = i / 180.0;
        history_put(d->history, w->id, "wind", "m/s", at, 7.5 + 2.5 * sin(6 * t) - t);
        history_put(d->history, w->id, "humidity", "%", at, 71 - 15 * t + 2 * sin(20 * t));
        history_put(d->history, f->id, "tube", "C", at, 4.1 + 2 * t * t);
    }
}

void simdesk_begin(struct devicedesk *d)
{
    enum session_demo_devices what = d->session->setup.devices;
    bool own = rack_n(d->rack) > 0 || !conf_bool(d->session->conf, "devices.connect");
    if (what == DEMO_STILL && !own) {
        add(d, "Mount", "mount still sample ra=35.62 dec=42.35 tracking=yes pier=east");
        add(d, "Camera",
            "camera still sample temp=-10 exposed=37 exposure=60 width=1280 height=1024");
        add(d, "Focuser", "focuser still sample position=12480 max=50000 temp=4.1");
        add(d, "Weather", "weather still sample hum=71 wind=9 sky=-18");
        sample_hours(d);
    }
    if (what != DEMO_SIMULATED)
        return;
    d->sim = mem_zero(sizeof *d->sim);
    simulate(d, 0, "Mount", "mount", "onstep", "");
    simulate(d, 1, "Camera", "camera", "allsky340", "");
    simulate(d, 2, "Focuser", "focuser", "moonlite", "");
    simulate(d, 3, "Wheel", "wheel", "qhycfw3", "type=qhycfw3 names=L,R,G,B,Ha,OIII,SII");
}

void simdesk_end(struct devicedesk *d)
{
    for (int i = SIMS; d->sim && i-- > 0;)
        sim_free(d->sim->sim[i]);
    free(d->sim);
    d->sim = NULL;
}
