/* alpaca_facts.c - which methods are read of each type of device, and what they mean in terms of device.h. Source: "ASCOM
 * Alpaca API Reference"; units as ASCOM's interfaces have them. Not: when they are read (alpaca.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alpaca_own.h"
#include "vigie/base/utf8.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/scale.h"

static const double PI = 3.14159265358979323846;

static double radians(double deg)
{
    return deg * PI / 180;
}

static int whole(double x)
{
    return isfinite(x) && fabs(x) < 1e9 ? (int)lround(x) : -1;
}

bool alpaca_type_of(const char *name, enum alpaca_type *type, enum device_kind *kind)
{
    static const struct {
        const char *name;
        enum alpaca_type type;
        enum device_kind kind;
    } row[] = {{"telescope", ALPACA_TELESCOPE, DEVICE_MOUNT},
               {"camera", ALPACA_CAMERA, DEVICE_CAMERA},
               {"focuser", ALPACA_FOCUSER, DEVICE_FOCUSER},
               {"filterwheel", ALPACA_WHEEL, DEVICE_WHEEL},
               {"dome", ALPACA_DOME, DEVICE_DOME},
               {"observingconditions", ALPACA_WEATHER, DEVICE_WEATHER},
               {"safetymonitor", ALPACA_SAFETY, DEVICE_WEATHER},
               {"switch", ALPACA_SWITCH, DEVICE_SWITCH},
               {"covercalibrator", ALPACA_COVER, DEVICE_SWITCH},
               {"rotator", ALPACA_OTHER, DEVICE_OTHER},
               {"video", ALPACA_OTHER, DEVICE_OTHER}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (str_eqi(row[i].name, name)) {
            *type = row[i].type;
            *kind = row[i].kind;
            return true;
        }
    return false;
}

/* ---- the list ---- */

/* Of each type: read once at connect; then, after the bar, again and again. */
static const char *const list[] = {
    [ALPACA_TELESCOPE] =
        "canslew canslewasync cansync canpark canunpark cansettracking canpulseguide canfindhome "
        "canmoveaxis?Axis=0 axisrates?Axis=0 equatorialsystem sitelatitude sitelongitude "
        "siteelevation "
        "guideraterightascension guideratedeclination doesrefraction slewsettletime | "
        "rightascension declination slewing tracking atpark athome sideofpier siderealtime utcdate "
        "trackingrate ispulseguiding",
    [ALPACA_CAMERA] = "cameraxsize cameraysize maxbinx pixelsizex canabortexposure "
                      "cansetccdtemperature maxadu exposuremin exposuremax hasshutter fastreadout "
                      "readoutmode readoutmodes gains offsets | "
                      "camerastate imageready percentcompleted ccdtemperature cooleron coolerpower "
                      "setccdtemperature binx startx starty numx numy gain offset",
    [ALPACA_FOCUSER] = "absolute maxstep maxincrement stepsize tempcompavailable tempcomp | "
                       "position ismoving temperature",
    [ALPACA_WHEEL] = "names focusoffsets | position",
    [ALPACA_DOME] = "cansetazimuth cansetshutter canpark canslave | azimuth shutterstatus slewing "
                    "atpark slaved",
    [ALPACA_WEATHER] = "averageperiod | temperature dewpoint humidity windspeed windgust rainrate "
                       "skytemperature pressure starfwhm skyquality cloudcover",
    [ALPACA_SAFETY] = "| issafe",
    [ALPACA_SWITCH] = "maxswitch |",
    [ALPACA_COVER] = "maxbrightness | coverstate calibratorstate brightness",
    [ALPACA_OTHER] = "canreverse reverse stepsize | position ismoving"};

/* Nothing that moves a mount or a dome: that goes by its own verbs only. A rotator has none but this. */
static const struct alpaca_setter setters[] = {
    {ALPACA_TELESCOPE, "guideraterightascension", "guideraterightascension",
     "GuideRateRightAscension", 'n'},
    {ALPACA_TELESCOPE, "guideratedeclination", "guideratedeclination", "GuideRateDeclination", 'n'},
    {ALPACA_TELESCOPE, "siteelevation", "siteelevation", "SiteElevation", 'n'},
    {ALPACA_TELESCOPE, "sitelatitude", "sitelatitude", "SiteLatitude", 'n'},
    {ALPACA_TELESCOPE, "sitelongitude", "sitelongitude", "SiteLongitude", 'n'},
    {ALPACA_TELESCOPE, "doesrefraction", "doesrefraction", "DoesRefraction", 'b'},
    {ALPACA_TELESCOPE, "slewsettletime", "slewsettletime", "SlewSettleTime", 'i'},
    {ALPACA_CAMERA, "gain", "gain", "Gain", 'i'},
    {ALPACA_CAMERA, "offset", "offset", "Offset", 'i'},
    {ALPACA_CAMERA, "readoutmode", "readoutmode", "ReadoutMode", 'i'},
    {ALPACA_CAMERA, "fastreadout", "fastreadout", "FastReadout", 'b'},
    {ALPACA_CAMERA, "cooleron", "cooleron", "CoolerOn", 'b'},
    {ALPACA_CAMERA, "setccdtemperature", "setccdtemperature", "SetCCDTemperature", 'n'},
    {ALPACA_FOCUSER, "tempcomp", "tempcomp", "TempComp", 'b'},
    {ALPACA_WEATHER, "averageperiod", "averageperiod", "AveragePeriod", 'n'},
    {ALPACA_OTHER, "reverse", "reverse", "Reverse", 'b'},
    {ALPACA_OTHER, "position", "moveabsolute", "Position", 'n'}};

const struct alpaca_setter *alpaca_settable(const struct alpaca_unit *u, const char *name)
{
    for (size_t i = 0; i < sizeof setters / sizeof setters[0]; i++)
        if (setters[i].type == u->type && strcmp(setters[i].fact, name) == 0)
            return &setters[i];
    return NULL;
}

void alpaca_facts_again(struct alpaca_unit *u)
{
    for (size_t i = 0; i < u->fact.n; i++)
        if (u->fact.at[i].once && alpaca_settable(u, u->fact.at[i].name))
            u->fact.at[i].known = false;
}

void alpaca_fact_add(struct alpaca_unit *u, const char *name, bool once)
{
    for (size_t i = 0; i < u->fact.n; i++)
        if (strcmp(u->fact.at[i].name, name) == 0)
            return;
    VEC_PUSH(u->fact,
             ((struct alpaca_fact){
                 .name = mem_str(name), .text = mem_str(""), .once = once, .number = (double)NAN}));
}

void alpaca_facts_make(struct alpaca_unit *u)
{
    static const char all[] = "connected name description driverinfo driverversion";
    char *words = mem_printf("%s %s", all, list[u->type]), *save = NULL;
    bool once = true;
    alpaca_facts_clear(u);
    for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        if (*w == '|')
            once = false;
        else
            alpaca_fact_add(u, w, once && strcmp(w, "connected") != 0);
    }
    free(words);
}

void alpaca_facts_clear(struct alpaca_unit *u)
{
    for (size_t i = 0; i < u->fact.n; i++) {
        free(u->fact.at[i].name);
        free(u->fact.at[i].text);
    }
    VEC_FREE(u->fact);
}

static const struct alpaca_fact *fact(const struct alpaca_unit *u, const char *name)
{
    for (size_t i = 0; i < u->fact.n; i++)
        if (strcmp(u->fact.at[i].name, name) == 0)
            return &u->fact.at[i];
    return NULL;
}

double alpaca_number(const struct alpaca_unit *u, const char *name)
{
    const struct alpaca_fact *f = fact(u, name);
    return f && f->known ? f->number : (double)NAN;
}

const char *alpaca_text(const struct alpaca_unit *u, const char *name)
{
    const struct alpaca_fact *f = fact(u, name);
    return f && f->known ? f->text : "";
}

bool alpaca_true(const struct alpaca_unit *u, const char *name)
{
    return alpaca_number(u, name) == 1;
}

static void add_text(struct str *out, const struct json *v)
{
    if (v->type == JSON_STRING)
        utf8_clean(out, v->text, v->n);
    else if (v->type == JSON_NUMBER)
        str_addn(out, v->text, v->n);
    else if (v->type == JSON_BOOL)
        str_add(out, v->truth ? "True" : "False");
}

/* Of axisrates the largest Maximum is what counts. */
static double largest(const struct json *list_of)
{
    double most = (double)NAN;
    for (const struct json *v = list_of->first; v; v = v->next)
        most = fmax(most, json_number(json_get(v, "Maximum")));
    return most;
}

void alpaca_fact_take(struct alpaca_unit *u, struct alpaca_fact *f, const struct json *value)
{
    struct str text = {.max = 4000};
    f->number = value->type == JSON_BOOL ? value->truth : value->x;
    if (value->type == JSON_ARRAY) {
        f->number = strncmp(f->name, "axisrates", 9) == 0 ? largest(value) : (double)value->n;
        for (const struct json *v = value->first; v; v = v->next) {
            add_text(&text, v);
            if (v->next)
                str_addc(&text, '\n');
        }
    } else {
        add_text(&text, value);
    }
    free(f->text);
    f->text = mem_str(str_c(&text));
    f->known = true;
    str_clear(&text);
    if (strcmp(f->name, "maxswitch") == 0) { /* adding may move the list, and f with it */
        const int n = whole(f->number);
        for (int i = 0; i < n && i < SWITCHES; i++) {
            static const char *const once[] = {"getswitchname", "minswitchvalue", "maxswitchvalue",
                                               "canwrite"};
            char name[40];
            for (int k = 0; k < 4; k++) {
                snprintf(name, sizeof name, "%s?Id=%d", once[k], i);
                alpaca_fact_add(u, name, true);
            }
            snprintf(name, sizeof name, "getswitchvalue?Id=%d", i);
            alpaca_fact_add(u, name, false);
        }
    }
}

/* ---- meaning ---- */

/* 1 of date, 2 J2000, else one that is not known. A mount that does not name its own is told by equinox= of its line. */
static int coordinates(const struct alpaca_unit *u)
{
    enum { OTHER = 0 };
    int system = whole(alpaca_number(u, "equatorialsystem"));
    const char *said = device_config_value(u->config, "equinox", "");
    if (system != OTHER)
        return system;
    return strcmp(said, "date") == 0 ? 1 : strcmp(said, "j2000") == 0 ? 2 : OTHER;
}

const char *alpaca_unnamed(const struct alpaca_unit *u)
{
    if (u->type != ALPACA_TELESCOPE || coordinates(u) != 0)
        return NULL;
    return "it does not name the system of its coordinates: equinox=date or equinox=j2000 in its "
           "line of the configuration says which; until then its positions are not used";
}

bool alpaca_place(const struct alpaca_unit *u, double ra_rad, double dec_rad, bool to_device,
                  double *ra_out, double *dec_out)
{
    enum { TOPOCENTRIC = 1, J2000 = 2 };
    int system = coordinates(u);
    struct jd_tt tt = utc_to_tt(utc_of_wall(CLOCK_WALL(u->clock)));
    *ra_out = ra_rad;
    *dec_out = dec_rad;
    if (system == J2000 && to_device)
        frame_to_icrs(FRAME_APPARENT, tt, ra_rad, dec_rad, ra_out, dec_out);
    else if (system == J2000)
        frame_of_icrs(FRAME_APPARENT, tt, ra_rad, dec_rad, ra_out, dec_out);
    return system == J2000 || system == TOPOCENTRIC;
}

double alpaca_speed(const struct alpaca_unit *u, int n)
{
    double most = alpaca_number(u, "axisrates?Axis=0");
    if (!alpaca_true(u, "canmoveaxis?Axis=0") || !(most > 0))
        return (double)NAN;
    return most / pow(4, ALPACA_SPEEDS - n); /* each four times the one before */
}

static double clock_error(const struct alpaca_unit *u)
{
    struct jd_utc utc;
    if (utc_parse(alpaca_text(u, "utcdate"), NULL, &utc, NULL) != OK)
        return (double)NAN;
    return (double)utc_to_wall(utc) / 1e9 - (double)CLOCK_WALL(u->clock) / 1e9;
}

static bool mount_values(struct alpaca_unit *u, struct mount_values *m)
{
    static const enum track_rate rate[] = {TRACK_SIDEREAL, TRACK_LUNAR, TRACK_SOLAR};
    double ra = alpaca_number(u, "rightascension"), dec = alpaca_number(u, "declination");
    const struct alpaca_ask *slew = alpaca_ask_find(u, ASK_SLEW);
    bool sound = ra >= 0 && ra <= 24 && fabs(dec) <= 90;
    if (sound)
        sound = alpaca_place(u, ra * PI / 12, radians(dec), false, &m->ra_rad, &m->dec_rad);
    m->target_ra_rad = slew ? slew->goal[0] : m->target_ra_rad;
    m->target_dec_rad = slew ? slew->goal[1] : m->target_dec_rad;
    m->lst_rad = alpaca_number(u, "siderealtime") * PI / 12;
    m->lat_rad = radians(alpaca_number(u, "sitelatitude"));
    m->lon_rad = radians(alpaca_number(u, "sitelongitude"));
    m->clock_error_s = clock_error(u);
    m->slewing = alpaca_true(u, "slewing");
    m->tracking = alpaca_true(u, "tracking");
    m->parked = alpaca_true(u, "atpark");
    m->homed = alpaca_true(u, "athome");
    int k = whole(alpaca_number(u, "trackingrate"));
    m->rate = k < 0 ? TRACK_SIDEREAL : k < 3 ? rate[k] : TRACK_OTHER;
    double pier = alpaca_number(u, "sideofpier");
    m->pier = pier == 0 ? PIER_EAST : pier == 1 ? PIER_WEST : PIER_UNKNOWN;
    m->n_rates = isfinite(alpaca_speed(u, 1)) ? ALPACA_SPEEDS : 0;
    return sound && isfinite(alpaca_number(u, "slewing"));
}

static bool camera_values(struct alpaca_unit *u, struct camera_values *c)
{
    static const enum camera_phase phase[] = {CAMERA_IDLE,    CAMERA_WAITING, CAMERA_EXPOSING,
                                              CAMERA_READING, CAMERA_READING, CAMERA_FAILED};
    int state = whole(alpaca_number(u, "camerastate"));
    const struct alpaca_ask *a = alpaca_ask_find(u, ASK_EXPOSE);
    double since_s = a && a->sent_ms ? (double)(CLOCK_MS(u->clock) - a->sent_ms) / 1000 : 0;
    c->phase = state >= 0 && state <= 5 ? phase[state] : CAMERA_FAILED;
    if (a && c->phase == CAMERA_IDLE)
        c->phase = u->fetching ? CAMERA_READING : CAMERA_WAITING;
    c->exposure_s = a ? u->exposure_s : (double)NAN;
    c->exposed_s = a ? fmin(since_s, u->exposure_s) : (double)NAN;
    c->fraction = (double)NAN;
    c->width = whole(alpaca_number(u, "cameraxsize"));
    c->height = whole(alpaca_number(u, "cameraysize"));
    c->bin = whole(alpaca_number(u, "binx"));
    c->max_bin = whole(alpaca_number(u, "maxbinx"));
    int bin = c->bin > 0 ? c->bin : 1; /* Alpaca counts in binned pixels */
    c->x = whole(alpaca_number(u, "startx") * bin);
    c->y = whole(alpaca_number(u, "starty") * bin);
    c->w = whole(alpaca_number(u, "numx") * bin);
    c->h = whole(alpaca_number(u, "numy") * bin);
    c->pixel_um = alpaca_number(u, "pixelsizex");
    c->gain = alpaca_number(u, "gain");
    c->offset = alpaca_number(u, "offset");
    c->temp_degc = alpaca_number(u, "ccdtemperature");
    c->set_degc = alpaca_number(u, "setccdtemperature");
    c->cooler_power = alpaca_number(u, "coolerpower") / 100;
    c->cooling = alpaca_true(u, "cooleron");
    double most = alpaca_number(u, "maxadu");
    c->max_adu = most > 0 && most <= 65535 ? (int)most : -1;
    return state >= 0;
}

static bool wheel_values(struct alpaca_unit *u, struct wheel_values *w)
{
    double position = alpaca_number(u, "position");
    const char *s = alpaca_text(u, "names");
    w->slots = whole(alpaca_number(u, "names"));
    w->moving = position == -1;
    w->slot = position >= 0 ? whole(position) + 1 : -1;
    for (int i = 0; i < w->slots && i < WHEEL_SLOTS; i++) {
        size_t n = strcspn(s, "\n");
        snprintf(w->name[i], WHEEL_NAME, "%.*s", n < WHEEL_NAME ? (int)n : WHEEL_NAME - 1, s);
        s += n + (s[n] == '\n');
    }
    return isfinite(position);
}

static bool dome_values(struct alpaca_unit *u, struct dome_values *d)
{
    static const enum dome_shutter shutter[] = {SHUTTER_OPEN, SHUTTER_CLOSED, SHUTTER_OPENING,
                                                SHUTTER_CLOSING, SHUTTER_FAULT};
    int state = whole(alpaca_number(u, "shutterstatus"));
    d->az_rad = radians(alpaca_number(u, "azimuth"));
    d->shutter = state >= 0 && state < 5 ? shutter[state] : SHUTTER_UNKNOWN;
    d->moving = alpaca_true(u, "slewing");
    d->parked = alpaca_true(u, "atpark");
    d->slaved = alpaca_true(u, "slaved");
    return isfinite(alpaca_number(u, "slewing"));
}

static bool weather_values(struct alpaca_unit *u, struct weather_values *w)
{
    w->humidity = alpaca_number(u, "humidity");
    w->wind_ms = alpaca_number(u, "windspeed");
    w->gust_ms = alpaca_number(u, "windgust");
    w->temp_degc = alpaca_number(u, "temperature");
    w->dew_degc = alpaca_number(u, "dewpoint");
    w->sky_degc = alpaca_number(u, "skytemperature");
    w->rain_mmh = alpaca_number(u, "rainrate");
    w->pressure_hpa = alpaca_number(u, "pressure");
    w->seeing_arcsec = alpaca_number(u, "starfwhm");
    w->safe = whole(alpaca_number(u, "issafe"));
    return u->type != ALPACA_SAFETY || w->safe >= 0;
}

static bool switch_values(struct alpaca_unit *u, struct switch_values *s)
{
    s->n = whole(alpaca_number(u, "maxswitch"));
    s->n = s->n < 0 ? 0 : s->n > SWITCHES ? SWITCHES : s->n;
    for (int i = 0; i < s->n; i++) {
        char name[40];
        snprintf(name, sizeof name, "getswitchname?Id=%d", i);
        snprintf(s->sw[i].name, SWITCH_NAME, "%s", alpaca_text(u, name));
        snprintf(name, sizeof name, "getswitchvalue?Id=%d", i);
        s->sw[i].value = alpaca_number(u, name);
        snprintf(name, sizeof name, "minswitchvalue?Id=%d", i);
        s->sw[i].min = alpaca_number(u, name);
        snprintf(name, sizeof name, "maxswitchvalue?Id=%d", i);
        s->sw[i].max = alpaca_number(u, name);
        snprintf(name, sizeof name, "canwrite?Id=%d", i);
        s->sw[i].writable = alpaca_true(u, name);
    }
    return true;
}

/* A cover and a lamp: two switches. */
static bool cover_values(struct alpaca_unit *u, struct switch_values *s)
{
    enum { CLOSED = 1, OPEN = 3 };
    double cover = alpaca_number(u, "coverstate"), most = alpaca_number(u, "maxbrightness");
    s->n = 2;
    snprintf(s->sw[0].name, SWITCH_NAME, "cover open");
    s->sw[0].value = cover == OPEN ? 1 : cover == CLOSED ? 0 : (double)NAN;
    s->sw[0].min = 0, s->sw[0].max = 1;
    s->sw[0].writable = cover != 0; /* 0: there is none */
    snprintf(s->sw[1].name, SWITCH_NAME, "lamp");
    s->sw[1].value = alpaca_number(u, "brightness");
    s->sw[1].min = 0, s->sw[1].max = most;
    s->sw[1].writable = alpaca_number(u, "calibratorstate") != 0 && most > 0;
    return true;
}

bool alpaca_values(struct alpaca_unit *u, union device_values *v)
{
    double position = alpaca_number(u, "position");
    switch (u->type) {
    case ALPACA_TELESCOPE: return mount_values(u, &v->mount);
    case ALPACA_CAMERA: return camera_values(u, &v->camera);
    case ALPACA_FOCUSER:
        v->focuser.position = whole(position);
        v->focuser.max = whole(alpaca_number(u, "maxstep"));
        v->focuser.temp_degc = alpaca_number(u, "temperature");
        v->focuser.moving = alpaca_true(u, "ismoving");
        return isfinite(alpaca_number(u, "ismoving"));
    case ALPACA_WHEEL: return wheel_values(u, &v->wheel);
    case ALPACA_DOME: return dome_values(u, &v->dome);
    case ALPACA_WEATHER:
    case ALPACA_SAFETY: return weather_values(u, &v->weather);
    case ALPACA_SWITCH: return switch_values(u, &v->sw);
    case ALPACA_COVER: return cover_values(u, &v->sw);
    case ALPACA_OTHER: return true;
    }
    return true;
}

bool alpaca_moves(const struct alpaca_unit *u)
{
    return alpaca_true(u, "slewing") || alpaca_true(u, "ismoving") ||
           alpaca_true(u, "ispulseguiding") ||
           (u->type == ALPACA_WHEEL && alpaca_number(u, "position") == -1) || u->ask.n > 0;
}

unsigned alpaca_can(const struct alpaca_unit *u)
{
    static const struct {
        enum alpaca_type type;
        const char *fact;
        unsigned can;
    } row[] = {{ALPACA_TELESCOPE, "canslewasync", CAN_SLEW},
               {ALPACA_TELESCOPE, "cansync", CAN_SYNC},
               {ALPACA_TELESCOPE, "canpark", CAN_PARK},
               {ALPACA_TELESCOPE, "canunpark", CAN_UNPARK},
               {ALPACA_TELESCOPE, "cansettracking", CAN_TRACK},
               {ALPACA_TELESCOPE, "canpulseguide", CAN_GUIDE},
               {ALPACA_TELESCOPE, "canfindhome", CAN_HOME},
               {ALPACA_CAMERA, "canabortexposure", CAN_ABORT},
               {ALPACA_CAMERA, "cansetccdtemperature", CAN_COOL},
               {ALPACA_CAMERA, "hasshutter", CAN_DARK},
               {ALPACA_FOCUSER, "absolute", CAN_ABSOLUTE},
               {ALPACA_DOME, "cansetazimuth", CAN_AZIMUTH},
               {ALPACA_DOME, "cansetshutter", CAN_SHUTTER},
               {ALPACA_DOME, "canpark", CAN_PARK}};
    unsigned can = 0;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        if (row[i].type == u->type && alpaca_true(u, row[i].fact))
            can |= row[i].can;
    if (u->type == ALPACA_TELESCOPE) {
        can |= isfinite(alpaca_number(u, "trackingrate")) ? CAN_TRACK_RATE : 0;
        can |= isfinite(alpaca_number(u, "sideofpier")) ? CAN_PIER : 0;
        can |= isfinite(alpaca_number(u, "sitelatitude")) ? CAN_SET_SITE : 0;
        can |= *alpaca_text(u, "utcdate") ? CAN_SET_TIME : 0;
        can |= isfinite(alpaca_speed(u, 1)) ? CAN_MOVE : 0;
    }
    if (u->type == ALPACA_CAMERA) {
        can |= CAN_FRAME | CAN_ROI;
        can |= alpaca_number(u, "maxbinx") > 1 ? CAN_BIN : 0;
        can |= isfinite(alpaca_number(u, "gain")) ? CAN_GAIN : 0;
        can |= isfinite(alpaca_number(u, "ccdtemperature")) ? CAN_TEMPERATURE : 0;
    }
    if (u->type == ALPACA_FOCUSER) {
        can |= CAN_ABORT;
        can |= isfinite(alpaca_number(u, "temperature")) ? CAN_TEMPERATURE : 0;
    }
    return can;
}
