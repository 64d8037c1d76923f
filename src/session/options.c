/* options.c - see options.h. To add an option: a row. */
#include "vigie/session/options.h"

const struct conf_option session_options[] = {
    {"site", CONF_TEXT, "", 0, 0, 0, 0, "name of the site in use"},
    {"site.*", CONF_TEXT, "", 0, 0, 0, 0,
     "a site: LAT, LON, HEIGHT (degrees north, degrees east, metres)"},
    {"horizon.*", CONF_TEXT, "", 0, 0, 0, 0,
     "horizon file of a site: lines `azimuth altitude` in degrees"},
    {"aperture", CONF_NUMBER, "", 10, 20000, 0, "mm", "aperture of the telescope; empty: no limit"},
    {"transits.min-alt", CONF_NUMBER, "20", 0, 90, 0, "deg", "lowest altitude of the star"},
    {"transits.max-sun-alt", CONF_NUMBER, "-12", -90, 90, 0, "deg", "highest altitude of the Sun"},
    {"transits.min-depth", CONF_NUMBER, "", 0, 1000, 0, "mmag",
     "smallest transit depth; empty: no limit"},
    {"transits.baseline", CONF_NUMBER, "", 0, 1440, 0, "min",
     "baseline each side; empty: the larger of 60 min and half the duration"},
    {"transits.own", CONF_TEXT, "", 0, 0, 0, 0, "file of the observer's own targets"},
    {"transits.url", CONF_TEXT, "https://www.exoclock.space/database/planets_json", 0, 0, 0, 0,
     "ExoClock's web service"},
    {"transits.max-age", CONF_NUMBER, "24", 0, 8760, 0, "h",
     "age at which the stored catalogue is asked for again"},
    {"http.timeout", CONF_NUMBER, "30", 1, 600, 0, "s", "longest silence of a server"},
    {"http.max-body", CONF_NUMBER, "64", 1, 4096, 0, "MB", "largest answer that is read"},
    {0}};
