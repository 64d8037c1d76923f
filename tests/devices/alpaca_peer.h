/* alpaca_peer.h - an Alpaca server for tests, written from the protocol's text: telescope, camera, focuser, filter wheel,
 * dome, weather, safety monitor, switch and cover, in the loop of the test; and every way of not answering. Strict where
 * the protocol is: wrong case of a parameter, a missing one, a wrong method are HTTP 400.
 */
#ifndef VIGIE_TESTS_DEVICES_ALPACA_PEER_H
#define VIGIE_TESTS_DEVICES_ALPACA_PEER_H

#include "vigie/base/loop.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

enum alpaca_trouble {
    TROUBLE_NONE,
    TROUBLE_MUTE,   /* takes requests, answers nothing */
    TROUBLE_500,    /* HTTP 500, a page */
    TROUBLE_HTML,   /* 200, a page */
    TROUBLE_CUT,    /* half a JSON */
    TROUBLE_GARBAGE /* bytes that are no HTTP */
};

struct alpaca_peer {
    struct loop *loop;
    int port;
    enum alpaca_trouble trouble;
    int system; /* equatorialsystem */
    bool json_images;
    /* telescope */
    bool connected, slewing, tracking, parked, stuck;
    double ra, dec, goal_ra, goal_dec; /* hours, degrees */
    double elevation;
    double axis[2];
    int64_t slew_until;
    int aborts;
    int64_t abort_ms;
    /* camera */
    int bin, start_x, start_y, num_x, num_y;
    int64_t exposed_until, exposure_began;
    bool exposing, image_ready;
    double last_duration, set_temp;
    bool last_light, cooler;
    /* the others */
    int focus, filter;
    double dome_az;
    int shutter, cover;
    double switch_value[3], brightness;
    bool safe;
    const char *unique; /* of the telescope */
    /* what came */
    int requests, bad;
    struct str last_put, last_form;
    struct tcp_listener *listener;
    VEC(struct peer_line *) line;
};

/* alpaca_peer_start - listens on a free port of 127.0.0.1, or on p->port. alpaca_peer_stop - hangs up on everybody. */
void alpaca_peer_start(struct alpaca_peer *p, struct loop *loop);
void alpaca_peer_stop(struct alpaca_peer *p);
/* The image it gives: the value at column x, row y. */
int alpaca_peer_pixel(int x, int y);

#endif
