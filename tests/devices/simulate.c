/* simulate.c - serves a simulated device until it is ended: simulate DEVICE [--link PATH | --port N] [--site LAT LON]
 * [--at RA_H DEC_DEG] [--speed DEG_S] [--fault NAME] [--delay MS]. Prints its address, then, twice a second, where it points.
 * For tests with drivers that others wrote, and by hand.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/devices/sim.h"

static const double DEG = M_PI / 180;

struct place {
    struct sim *sim;
    double ra, dec;
};

static int64_t on_second(void *arg)
{
    struct place *p = arg;
    double ra, dec;
    bool moving = sim_pointing(p->sim, &ra, &dec);
    if (fabs(ra - p->ra) > 1e-6 || fabs(dec - p->dec) > 1e-6) {
        printf("ra_h %.6f dec_deg %.5f %s\n", ra / DEG / 15, dec / DEG,
               moving ? "moving" : "still");
        fflush(stdout);
    }
    p->ra = ra;
    p->dec = dec;
    return 500;
}

static void on_end(void *arg, int signo)
{
    (void)signo;
    loop_stop(arg);
}

static int usage(void)
{
    fprintf(stderr, "simulate DEVICE [--link PATH | --port N] [--site LAT LON] [--at RA_H DEC_DEG] "
                    "[--speed DEG_S] [--fault NAME] [--delay MS]\ndevices:");
    for (size_t i = 0; sim_name(i); i++)
        fprintf(stderr, " %s", sim_name(i));
    fprintf(stderr, "\n");
    return 2;
}

static bool read_options(int argc, char **argv, struct sim_options *o, int *fault, int *delay)
{
    for (int i = 2; i < argc; i++) {
        bool two = i + 2 < argc, one = i + 1 < argc;
        if (one && strcmp(argv[i], "--link") == 0) {
            o->symlink = argv[++i];
        } else if (one && strcmp(argv[i], "--delay") == 0) {
            *delay = atoi(argv[++i]);
        } else if (one && strcmp(argv[i], "--port") == 0) {
            o->tcp_port = atoi(argv[++i]);
        } else if (one && strcmp(argv[i], "--speed") == 0) {
            o->slew_deg_s = atof(argv[++i]);
        } else if (one && strcmp(argv[i], "--fault") == 0) {
            *fault = sim_fault_named(argv[++i]);
            if (*fault < 0)
                return false;
        } else if (two && strcmp(argv[i], "--site") == 0) {
            o->lat_rad = atof(argv[++i]) * DEG;
            o->lon_rad = atof(argv[++i]) * DEG;
        } else if (two && strcmp(argv[i], "--at") == 0) {
            o->ra_rad = atof(argv[++i]) * 15 * DEG;
            o->dec_rad = atof(argv[++i]) * DEG;
        } else {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct error err;
    struct sim_options o = {.clock = clock_system(),
                            .tcp_port = -1,
                            .lat_rad = 43.9317 * DEG,
                            .lon_rad = 5.7133 * DEG,
                            .ra_rad = 2.3 * 15 * DEG,
                            .dec_rad = 42 * DEG};
    int fault = -1, delay = 0;
    if (argc < 2 || !read_options(argc, argv, &o, &fault, &delay))
        return usage();
    o.device = argv[1];
    o.loop = loop_new(clock_system());
    struct place p = {.sim = sim_new(&o, &err)};
    if (!p.sim) {
        fprintf(stderr, "simulate: %s\n", err.text);
        loop_free(o.loop);
        return 1;
    }
    if (fault >= 0)
        sim_fault(p.sim, (enum sim_fault)fault, -1, 0);
    if (delay > 0) /* as long as a line needs to carry question and answer */
        sim_fault(p.sim, SIM_LATE, -1, delay);
    printf("%s\n", sim_address(p.sim));
    fflush(stdout);
    loop_timer(o.loop, 500, on_second, &p, "simulate");
    if (loop_signal(o.loop, SIGTERM, on_end, o.loop) != OK ||
        loop_signal(o.loop, SIGINT, on_end, o.loop) != OK)
        return 1;
    loop_run(o.loop);
    sim_free(p.sim);
    loop_free(o.loop);
    return 0;
}
