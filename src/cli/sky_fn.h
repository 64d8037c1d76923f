/* sky_fn.h - the functions behind `vigie sky`, and how they read and write their lines.
 * Not: any astronomy; that is the sky room's.
 */
#ifndef VIGIE_SRC_CLI_SKY_FN_H
#define VIGIE_SRC_CLI_SKY_FN_H

#include <stdbool.h>

#include "vigie/base/clock.h"
#include "vigie/formats/json.h"
#include "vigie/sky/place.h"

/* struct sky_call - one line being answered: in an object, out through w (its members; the braces
 * are the filter's). site: of --site, NULL without one. clock: for "now". */
struct sky_call {
    const struct json *in;
    struct json_writer *w;
    const struct site *site;
    const struct clock *clock;
    struct error *err;
};

typedef enum status sky_fn(struct sky_call *c);

sky_fn sky_altaz, sky_frames, sky_sunmoon, sky_separate,
    sky_name_constellation;                   /* sky_fn_place.c */
sky_fn sky_time, sky_rising, sky_sexagesimal; /* sky_fn_time.c */

/* Readers of a member `key` of an object (NULL: the line's own). A member that is missing, of
 * another type or out of lo .. hi is refused with its name. take_optional: `def` if it is not there
 * or null. take_angle: degrees in -360 .. 360 (lon) or -90 .. 90 (lat), given as radians. */
enum status take_number(struct sky_call *c, const struct json *from, const char *key, double lo,
                        double hi, double *x);
enum status take_optional(struct sky_call *c, const struct json *from, const char *key, double lo,
                          double hi, double def, double *x);
enum status take_angle(struct sky_call *c, const struct json *from, const char *key, bool lat,
                       double *rad);
enum status take_utc(struct sky_call *c, const char *key, struct jd_utc *utc);
enum status take_site(struct sky_call *c, struct site *site);
enum status take_star(struct sky_call *c, const struct json *from, struct sky_star *star);
enum status take_dut1(struct sky_call *c, double *dut1_s);

/* Writers: put_deg - an angle in degrees as it is; put_lon - wrapped to 0 .. 360 (never printed as
 * 360); put_object opens an object under a key, json_end closes it. */
void put_number(struct sky_call *c, const char *key, double x, int decimals);
void put_deg(struct sky_call *c, const char *key, double rad, int decimals);
void put_lon(struct sky_call *c, const char *key, double rad, int decimals);
void put_object(struct sky_call *c, const char *key);
void put_utc(struct sky_call *c, const char *key, struct jd_utc utc);

#endif
