/* alpaca_peer.c - see alpaca_peer.h. */
#include "alpaca_peer.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/io/link.h"
#include "vigie/io/tcp.h"

enum { W = 40, H = 30 };

struct peer_line {
    struct alpaca_peer *peer;
    struct link *link;
    struct str in;
};

int alpaca_peer_pixel(int x, int y)
{
    return 100 * x + y;
}

/* struct call - one request taken apart. value: JSON of the answer; error: an ErrorNumber; code: of HTTP. */
struct call {
    struct alpaca_peer *p;
    char method[8], path[200], query[200];
    const char *form;
    bool put, bytes;
    struct str value;
    int error, code;
};

/* A parameter by its exact name. */
static bool param(struct call *c, const char *name, char out[64])
{
    const char *s = c->put ? c->form : c->query;
    size_t n = strlen(name);
    for (; *s; s += strcspn(s, "&"), s += *s == '&')
        if (strncmp(s, name, n) == 0 && s[n] == '=') {
            size_t k = strcspn(s + n + 1, "&");
            ck_assert(k < 64);
            memcpy(out, s + n + 1, k);
            out[k] = '\0';
            return true;
        }
    c->code = 400;
    return false;
}

static double number(struct call *c, const char *name)
{
    char text[64];
    double x = (double)NAN;
    if (param(c, name, text) && !str_num(text, &x))
        c->code = 400;
    return x;
}

static bool truth(struct call *c, const char *name)
{
    char text[64] = "";
    if (param(c, name, text) && strcmp(text, "True") != 0 && strcmp(text, "False") != 0)
        c->code = 400;
    return strcmp(text, "True") == 0;
}

static void give(struct call *c, double x)
{
    str_addf(&c->value, "%.15g", x);
}

static void give_bool(struct call *c, bool b)
{
    str_add(&c->value, b ? "true" : "false");
}

static bool is(const struct call *c, const char *method)
{
    return strcmp(c->method, c->put ? "PUT" : "GET") == 0 &&
           strcmp(strrchr(c->path, '/') + 1, method) == 0;
}

static void step(struct alpaca_peer *p)
{
    int64_t now = loop_now_ms(p->loop);
    if (p->slewing && !p->stuck && now >= p->slew_until) {
        p->slewing = p->axis[0] != 0 || p->axis[1] != 0;
        p->ra = p->goal_ra;
        p->dec = p->goal_dec;
    }
    if (p->exposing && now >= p->exposed_until) {
        p->exposing = false;
        p->image_ready = true;
    }
}

/* ---- devices ---- */

static void telescope_put(struct call *c)
{
    struct alpaca_peer *p = c->p;
    if (is(c, "slewtocoordinatesasync") || is(c, "synctocoordinates")) {
        double ra = number(c, "RightAscension"), dec = number(c, "Declination");
        if (p->parked)
            c->error = 0x408;
        else if (!(ra >= 0 && ra < 24 && fabs(dec) <= 90))
            c->error = 0x401;
        else if (is(c, "synctocoordinates"))
            p->ra = ra, p->dec = dec;
        else {
            p->goal_ra = ra, p->goal_dec = dec;
            p->slewing = p->tracking = true;
            p->slew_until = loop_now_ms(p->loop) + 700;
        }
    } else if (is(c, "abortslew")) {
        p->aborts++;
        p->abort_ms = loop_now_ms(p->loop);
        p->goal_ra = p->ra, p->goal_dec = p->dec;
        p->slewing = false;
    } else if (is(c, "moveaxis")) {
        double axis = number(c, "Axis"), rate = number(c, "Rate");
        if (axis != 0 && axis != 1)
            c->error = 0x401;
        else
            p->axis[(int)axis] = rate;
        p->slewing = p->axis[0] != 0 || p->axis[1] != 0;
        p->goal_ra = p->ra, p->goal_dec = p->dec;
    } else if (is(c, "park"))
        p->parked = true, p->tracking = false;
    else if (is(c, "unpark"))
        p->parked = false;
    else if (is(c, "siteelevation"))
        p->elevation = number(c, "SiteElevation");
    else if (is(c, "tracking"))
        p->tracking = truth(c, "Tracking");
    else if (is(c, "pulseguide"))
        ck_assert(number(c, "Direction") >= 0 && number(c, "Duration") > 0);
    else
        c->code = 400;
}

static void telescope_get(struct call *c)
{
    struct alpaca_peer *p = c->p;
    if (is(c, "rightascension"))
        give(c, p->ra);
    else if (is(c, "declination"))
        give(c, p->dec);
    else if (is(c, "slewing"))
        give_bool(c, p->slewing);
    else if (is(c, "tracking"))
        give_bool(c, p->tracking);
    else if (is(c, "atpark"))
        give_bool(c, p->parked);
    else if (is(c, "athome") || is(c, "ispulseguiding"))
        give_bool(c, false);
    else if (is(c, "equatorialsystem"))
        give(c, p->system);
    else if (is(c, "siderealtime"))
        give(c, 3.5);
    else if (is(c, "sitelatitude"))
        give(c, 43.93);
    else if (is(c, "sitelongitude"))
        give(c, 5.71);
    else if (is(c, "siteelevation"))
        give(c, p->elevation);
    else if (is(c, "sideofpier"))
        give(c, 1);
    else if (is(c, "trackingrate"))
        give(c, 0);
    else if (is(c, "utcdate"))
        c->error = 0x402;
    else if (is(c, "axisrates"))
        str_add(&c->value, "[{\"Minimum\":0,\"Maximum\":0.5},{\"Minimum\":1,\"Maximum\":4}]");
    else if (is(c, "canmoveaxis"))
        give_bool(c, number(c, "Axis") == 0);
    else if (strstr(c->path, "/can"))
        give_bool(c, !is(c, "canfindhome"));
    else
        c->error = 0x400;
}

static void camera_put(struct call *c)
{
    struct alpaca_peer *p = c->p;
    if (is(c, "binx") || is(c, "biny"))
        p->bin = (int)number(c, is(c, "binx") ? "BinX" : "BinY");
    else if (is(c, "startx"))
        p->start_x = (int)number(c, "StartX");
    else if (is(c, "starty"))
        p->start_y = (int)number(c, "StartY");
    else if (is(c, "numx"))
        p->num_x = (int)number(c, "NumX");
    else if (is(c, "numy"))
        p->num_y = (int)number(c, "NumY");
    else if (is(c, "setccdtemperature"))
        p->set_temp = number(c, "SetCCDTemperature");
    else if (is(c, "readoutmode"))
        c->error = number(c, "ReadoutMode") > 3 ? 0x401 : 0;
    else if (is(c, "cooleron"))
        p->cooler = truth(c, "CoolerOn");
    else if (is(c, "startexposure")) {
        p->last_duration = number(c, "Duration");
        p->last_light = truth(c, "Light");
        p->exposing = true;
        p->image_ready = false;
        p->exposed_until = loop_now_ms(p->loop) + (int64_t)(p->last_duration * 1000);
    } else if (is(c, "abortexposure"))
        p->exposing = p->image_ready = false;
    else
        c->code = 400;
}

static void put32(struct str *out, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        str_addc(out, (char)(x >> 8 * i));
}

static void give_image(struct call *c)
{
    struct alpaca_peer *p = c->p;
    c->bytes = !p->json_images;
    if (c->bytes) {
        const uint32_t head[] = {1, 0, 1, 1, 44, 2, 8, 2, (uint32_t)p->num_x, (uint32_t)p->num_y,
                                 0};
        for (int i = 0; i < 11; i++)
            put32(&c->value, head[i]);
    }
    for (int x = 0; x < p->num_x; x++)
        for (int y = 0; y < p->num_y; y++) {
            int v = alpaca_peer_pixel(x + p->start_x, y + p->start_y);
            if (c->bytes) {
                str_addc(&c->value, (char)v);
                str_addc(&c->value, (char)(v >> 8));
            } else {
                str_addf(&c->value, "%s%d", y ? "," : x ? "],[" : "[[", v);
            }
        }
    if (!c->bytes)
        str_add(&c->value, "]]");
}

static void camera_get(struct call *c)
{
    struct alpaca_peer *p = c->p;
    static const struct {
        const char *name;
        double x;
    } row[] = {{"cameraxsize", W},  {"cameraysize", H},     {"maxbinx", 4},
               {"pixelsizex", 3.8}, {"maxadu", 65535},      {"exposuremin", 0.01},
               {"exposuremax", 60}, {"ccdtemperature", 7.5}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (is(c, row[i].name)) {
            give(c, row[i].x);
            return;
        }
    if (is(c, "camerastate"))
        give(c, p->exposing ? 2 : 0);
    else if (is(c, "imageready"))
        give_bool(c, p->image_ready);
    else if (is(c, "imagearray"))
        give_image(c);
    else if (is(c, "binx"))
        give(c, p->bin);
    else if (is(c, "startx"))
        give(c, p->start_x);
    else if (is(c, "starty"))
        give(c, p->start_y);
    else if (is(c, "numx"))
        give(c, p->num_x);
    else if (is(c, "numy"))
        give(c, p->num_y);
    else if (is(c, "readoutmode"))
        give(c, 0);
    else if (is(c, "cooleron"))
        give_bool(c, p->cooler);
    else if (is(c, "setccdtemperature"))
        give(c, p->set_temp);
    else if (is(c, "canabortexposure") || is(c, "cansetccdtemperature") || is(c, "hasshutter"))
        give_bool(c, true);
    else
        c->error = 0x400;
}

static void others_put(struct call *c)
{
    struct alpaca_peer *p = c->p;
    if (strstr(c->path, "/focuser/") && is(c, "move"))
        p->focus = (int)number(c, "Position");
    else if (strstr(c->path, "/filterwheel/") && is(c, "position"))
        p->filter = (int)number(c, "Position");
    else if (strstr(c->path, "/dome/") && is(c, "slewtoazimuth"))
        p->dome_az = number(c, "Azimuth");
    else if (strstr(c->path, "/dome/") && (is(c, "openshutter") || is(c, "closeshutter")))
        p->shutter = is(c, "closeshutter");
    else if (strstr(c->path, "/switch/") && is(c, "setswitchvalue"))
        p->switch_value[(int)number(c, "Id") % 3] = number(c, "Value");
    else if (is(c, "opencover") || is(c, "closecover"))
        p->cover = is(c, "opencover") ? 3 : 1;
    else if (is(c, "calibratoron"))
        p->brightness = number(c, "Brightness");
    else if (is(c, "calibratoroff"))
        p->brightness = 0;
    else
        c->code = 400;
}

static void switch_get(struct call *c)
{
    int id = is(c, "maxswitch") ? 0 : (int)number(c, "Id");
    if (is(c, "maxswitch"))
        give(c, 3);
    else if (id < 0 || id > 2)
        c->error = 0x401;
    else if (is(c, "getswitchname"))
        str_addf(&c->value, "\"Out \\u001b[2J%d\"", id);
    else if (is(c, "getswitchvalue"))
        give(c, c->p->switch_value[id]);
    else if (is(c, "minswitchvalue"))
        give(c, 0);
    else if (is(c, "maxswitchvalue"))
        give(c, id == 2 ? 100 : 1);
    else if (is(c, "canwrite"))
        give_bool(c, id != 1);
    else
        c->error = 0x400;
}

static void others_get(struct call *c)
{
    struct alpaca_peer *p = c->p;
    bool dome = strstr(c->path, "/dome/") != NULL, focuser = strstr(c->path, "/focuser/") != NULL;
    if (strstr(c->path, "/switch/"))
        switch_get(c);
    else if (strstr(c->path, "/safetymonitor/") && is(c, "issafe"))
        give_bool(c, p->safe);
    else if (focuser && is(c, "position"))
        give(c, p->focus);
    else if (focuser && is(c, "maxstep"))
        give(c, 50000);
    else if (focuser && (is(c, "absolute") || is(c, "ismoving")))
        give_bool(c, is(c, "absolute"));
    else if (is(c, "names"))
        str_add(&c->value, "[\"Red\",\"Green\",\"H alpha\"]");
    else if (strstr(c->path, "/filterwheel/") && is(c, "position"))
        give(c, p->filter);
    else if (dome && is(c, "azimuth"))
        give(c, p->dome_az);
    else if (dome && is(c, "shutterstatus"))
        give(c, p->shutter);
    else if (dome && (is(c, "slewing") || is(c, "atpark") || is(c, "slaved")))
        give_bool(c, false);
    else if (dome && strstr(c->path, "/can"))
        give_bool(c, true);
    else if (strstr(c->path, "/observingconditions/") && is(c, "temperature"))
        give(c, 8.5);
    else if (strstr(c->path, "/observingconditions/") && is(c, "humidity"))
        give(c, 65);
    else if (is(c, "coverstate"))
        give(c, p->cover);
    else if (is(c, "calibratorstate"))
        give(c, p->brightness > 0 ? 3 : 1);
    else if (is(c, "brightness") || is(c, "maxbrightness"))
        give(c, is(c, "brightness") ? p->brightness : 255);
    else
        c->error = 0x400;
}

static void manage(struct call *c)
{
    static const char *const type[] = {
        "Telescope",           "Camera",        "Focuser", "FilterWheel",     "Dome",
        "ObservingConditions", "SafetyMonitor", "Switch",  "CoverCalibrator", "SomethingOfOwn"};
    str_addc(&c->value, '[');
    for (int i = 0; i < 10; i++)
        str_addf(&c->value,
                 "%s{\"DeviceName\":\"My %s\",\"DeviceType\":\"%s\",\"DeviceNumber\":0,"
                 "\"UniqueID\":\"%s%d\"}",
                 i ? "," : "", type[i], type[i], i == 0 && c->p->unique ? c->p->unique : "u", i);
    str_addc(&c->value, ']');
}

static void act(struct call *c)
{
    struct alpaca_peer *p = c->p;
    char text[64];
    step(p);
    bool camera = strstr(c->path, "/camera/") != NULL;
    bool telescope = strstr(c->path, "/telescope/") != NULL;
    if (strcmp(c->path, "/management/v1/configureddevices") == 0) {
        manage(c);
        return;
    }
    if (!param(c, "ClientID", text) || !param(c, "ClientTransactionID", text) ||
        strncmp(c->path, "/api/v1/", 8) != 0)
        c->code = 400;
    else if (is(c, "connected") && c->put)
        p->connected = truth(c, "Connected");
    else if (is(c, "connected"))
        give_bool(c, p->connected);
    else if (is(c, "name"))
        str_add(&c->value, "\"A peer \\u001b[31m\"");
    else if (is(c, "driverinfo") || is(c, "driverversion") || is(c, "description"))
        str_add(&c->value, "\"1.0\"");
    else if (!p->connected)
        c->error = 0x407;
    else if (telescope && c->put)
        telescope_put(c);
    else if (telescope)
        telescope_get(c);
    else if (camera && c->put)
        camera_put(c);
    else if (camera)
        camera_get(c);
    else if (c->put)
        others_put(c);
    else
        others_get(c);
}

static void answer(struct peer_line *l, struct call *c)
{
    struct str out = {0}, body = {0};
    const char *type = c->bytes ? "application/imagebytes" : "application/json";
    if (c->code != 200) {
        str_add(&body, "a parameter is missing or wrong");
        type = "text/plain";
    } else if (c->bytes) {
        str_addn(&body, c->value.s, c->value.n);
    } else {
        str_add(&body, "{");
        if (c->value.n && !c->error)
            str_addf(&body, "\"Value\":%s,", c->value.s);
        str_addf(&body,
                 "\"ClientTransactionID\":1,\"ServerTransactionID\":%d,\"ErrorNumber\":%d,"
                 "\"ErrorMessage\":\"%s\"}",
                 c->p->requests, c->error, c->error ? "no \\u001b[2J thanks" : "");
    }
    switch (c->p->trouble) {
    case TROUBLE_500:
    case TROUBLE_HTML:
        str_reset(&body);
        str_add(&body, "<html><h1>oops</h1></html>");
        type = "text/html";
        c->code = c->p->trouble == TROUBLE_500 ? 500 : 200;
        break;
    case TROUBLE_CUT: body.n /= 2; break;
    case TROUBLE_GARBAGE: str_add(&out, "\x01\x02 no http\r\n\r\n"); break;
    case TROUBLE_NONE:
    case TROUBLE_MUTE: break;
    }
    str_addf(&out, "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", c->code,
             type, body.n);
    str_addn(&out, str_c(&body), body.n);
    if (c->p->trouble != TROUBLE_MUTE)
        (void)!link_write(l->link, out.s, out.n, NULL);
    str_clear(&out);
    str_clear(&body);
}

/* One whole request out of what came; false: it is not whole. */
static bool take(struct peer_line *l)
{
    struct alpaca_peer *p = l->peer;
    char *end = l->in.n ? strstr(l->in.s, "\r\n\r\n") : NULL, form[400] = "", target[400];
    if (!end)
        return false;
    char *length = strcasestr(l->in.s, "Content-Length:");
    size_t head = (size_t)(end - l->in.s) + 4,
           n = length && length < end ? strtoul(length + 15, NULL, 10) : 0;
    if (l->in.n < head + n)
        return false;
    ck_assert(n < sizeof form);
    memcpy(form, l->in.s + head, n);
    form[n] = '\0';
    struct call c = {.p = p, .code = 200, .form = form};
    ck_assert_int_eq(sscanf(l->in.s, "%7s %399s", c.method, target), 2);
    c.put = strcmp(c.method, "PUT") == 0;
    snprintf(c.path, sizeof c.path, "%.*s", (int)strcspn(target, "?"), target);
    snprintf(c.query, sizeof c.query, "%s", strchr(target, '?') ? strchr(target, '?') + 1 : "");
    p->requests++;
    if (c.put) {
        str_reset(&p->last_put);
        str_add(&p->last_put, strrchr(c.path, '/') + 1);
        str_reset(&p->last_form);
        str_add(&p->last_form, form);
    }
    act(&c);
    p->bad += c.code == 400;
    answer(l, &c);
    str_clear(&c.value);
    memmove(l->in.s, l->in.s + head + n, l->in.n - head - n + 1);
    l->in.n -= head + n;
    return true;
}

static void on_read(void *arg, const char *bytes, size_t n)
{
    struct peer_line *l = arg;
    str_addn(&l->in, bytes, n);
    while (take(l))
        ;
}

static void on_closed(void *arg, const struct error *why)
{
    struct peer_line *l = arg;
    (void)why;
    l->link = NULL;
}

static void on_accept(void *arg, int fd, const char *from)
{
    struct alpaca_peer *p = arg;
    struct peer_line *l = mem_zero(sizeof *l);
    struct link_events on = {NULL, on_read, on_closed, l};
    (void)from;
    l->peer = p;
    l->link = link_new_take(p->loop, fd, "peer", &on, 1 << 24, NULL);
    VEC_PUSH(p->line, l);
}

void alpaca_peer_start(struct alpaca_peer *p, struct loop *loop)
{
    struct error err = {.text = ""};
    p->loop = loop;
    if (!p->num_x)
        p->num_x = W, p->num_y = H, p->bin = 1;
    p->listener = tcp_listen(loop, "127.0.0.1", p->port, on_accept, p, &err);
    ck_assert_msg(p->listener != NULL, "%s", err.text);
    p->port = tcp_port(p->listener);
}

void alpaca_peer_stop(struct alpaca_peer *p)
{
    tcp_listener_free(p->listener);
    p->listener = NULL;
    for (size_t i = 0; i < p->line.n; i++) {
        link_close(p->line.at[i]->link);
        str_clear(&p->line.at[i]->in);
        free(p->line.at[i]);
    }
    VEC_FREE(p->line);
    str_clear(&p->last_put);
    str_clear(&p->last_form);
}
