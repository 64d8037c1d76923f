/* lx200.c - see lx200.h. Not: the driver.
 */
#include "lx200.h"

#include <math.h>
#include <string.h>

#include "vigie/base/str.h"

/* ---- texts */

struct at {
    const unsigned char *s;
    size_t n, i;
};

static bool digits(struct at *a, size_t least, size_t most, int *value)
{
    size_t from = a->i;
    *value = 0;
    while (a->i < a->n && a->i - from < most && a->s[a->i] >= '0' && a->s[a->i] <= '9')
        *value = *value * 10 + (a->s[a->i++] - '0');
    return a->i - from >= least;
}

static bool one_of(struct at *a, const char *set)
{
    if (a->i >= a->n || !a->s[a->i] || !strchr(set, a->s[a->i]))
        return false;
    a->i++;
    return true;
}

static double fraction(struct at *a)
{
    double unit = 0.1, x = 0;
    while (a->i < a->n && a->s[a->i] >= '0' && a->s[a->i] <= '9') {
        x += unit * (a->s[a->i++] - '0');
        unit /= 10;
    }
    return x;
}

/* Minutes with a tenth, or minutes and seconds, up to the end: as minutes. */
static bool minutes(struct at *a, const char *separators, double *min, bool *low)
{
    int m, s;
    if (!digits(a, 2, 2, &m) || m > 60)
        return false;
    *min = m;
    *low = true;
    if (a->i == a->n)
        return true;
    if (one_of(a, ".")) {
        *min += fraction(a);
        return a->i == a->n;
    }
    if (!one_of(a, separators) || !digits(a, 2, 2, &s) || s > 60)
        return false;
    *low = false;
    *min += s / 60.0;
    if (one_of(a, "."))
        *min += fraction(a) / 60;
    if (a->i < a->n && a->s[a->i] == '"')
        a->i++;
    return a->i == a->n;
}

bool lx200_hours(const char *s, size_t n, double *hours, bool *low)
{
    struct at a = {(const unsigned char *)s, n, 0};
    bool l;
    int h;
    double min;
    if (!digits(&a, 2, 2, &h) || h > 24 || !one_of(&a, ":") || !minutes(&a, ":", &min, &l))
        return false;
    *hours = fmod(h + min / 60, 24);
    if (low)
        *low = l;
    return true;
}

bool lx200_degrees(const char *s, size_t n, bool with_sign, double *deg, bool *low)
{
    struct at a = {(const unsigned char *)s, n, 0};
    bool l, minus = n && s[0] == '-';
    int d;
    double min;
    if (!one_of(&a, "+-") && with_sign)
        return false;
    if (!digits(&a, 2, 3, &d) || d > 360)
        return false;
    if (!one_of(&a, "*:\xDF\xB0") || !minutes(&a, ":'*", &min, &l))
        return false;
    *deg = (minus ? -1 : 1) * (d + min / 60);
    if (low)
        *low = l;
    return true;
}

bool lx200_zone(const char *s, size_t n, double *hours)
{
    struct at a = {(const unsigned char *)s, n, 0};
    bool minus = n && s[0] == '-', low;
    int h;
    double min = 0;
    if (!one_of(&a, "+-") || !digits(&a, 1, 2, &h) || h > 24)
        return false;
    if (one_of(&a, "."))
        min = fraction(&a) * 60;
    else if (one_of(&a, ":") && !minutes(&a, ":", &min, &low))
        return false;
    if (a.i != a.n)
        return false;
    *hours = (minus ? -1 : 1) * (h + min / 60);
    return true;
}

bool lx200_ok_ra(const char *s, size_t n)
{
    double h;
    return lx200_hours(s, n, &h, NULL);
}

bool lx200_ok_dec(const char *s, size_t n)
{
    double d;
    return lx200_degrees(s, n, true, &d, NULL) && fabs(d) <= 90.001;
}

bool lx200_ok_angle(const char *s, size_t n)
{
    double d;
    return lx200_degrees(s, n, false, &d, NULL);
}

bool lx200_ok_digit(const char *s, size_t n)
{
    return n == 1 && s[0] >= '0' && s[0] <= '9';
}

bool lx200_ok_mode(const char *s, size_t n)
{
    return n == 1 && s[0] && strchr("APLDG", s[0]);
}

/* :D# has blanks and blocks, never a digit: that would be another question's answer. */
bool lx200_ok_bars(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((s[i] >= '0' && s[i] <= '9') || s[i] == ':' || s[i] == '+')
            return false;
    return true;
}

/* Autostar and kin end it with `#`; a Classic sends 32 or 33 characters and no mark. */
int lx200_bars_rule(const char *s, size_t n)
{
    const char *end = memchr(s, '#', n);
    if (end)
        return (int)(end - s) + 1;
    return n >= 33 ? 33 : X_QUIET;
}

int lx200_goto_rule(const char *s, size_t n)
{
    if (s[0] < '0' || s[0] > '9')
        return X_WRONG;
    if (s[0] == '0')
        return 1;
    const char *end = memchr(s, '#', n);
    return end ? (int)(end - s) + 1 : X_QUIET;
}

/* `0`, or `1` and up to two strings, the second perhaps much later: whole with the second `#`, or after a long silence. */
int lx200_date_rule(const char *s, size_t n)
{
    if (s[0] != '0' && s[0] != '1')
        return X_WRONG;
    if (s[0] == '0')
        return 1;
    const char *first = memchr(s, '#', n);
    const char *second = first ? memchr(first + 1, '#', n - (size_t)(first - s) - 1) : NULL;
    return second ? (int)(second - s) + 1 : X_QUIET;
}

/* ---- dialects */

static const char *const meade_speeds[] = {":RG#", ":RC#", ":RM#", ":RS#", NULL};
static const char *const onstep_speeds[] = {":R1#", ":R2#", ":R3#", ":R4#", ":R5#",
                                            ":R6#", ":R7#", ":R8#", ":R9#", NULL};

enum { CAN_BASE = CAN_SLEW | CAN_SYNC | CAN_MOVE | CAN_TRACK_RATE | CAN_SET_SITE | CAN_SET_TIME };

const struct lx200_dialect lx200_dialect[] = {
    {.name = "classic",
     .title = "LX200 Classic",
     .product = {NULL},
     .can = CAN_BASE | CAN_TRACK,
     .gap_ms = 50,
     .status = LX200_BARS,
     .precision = ":U#",
     .sync = ":CM#",
     .track_on = ":AP#",
     .track_off = ":AL#",
     .speeds = meade_speeds,
     .modes = true,
     .west_360 = true,
     .long_date = true,
     .degree_df = true},
    {.name = "autostar",
     .title = "Meade Autostar",
     .product = {"Autostar", "ETX", "LX2001", NULL},
     .can = CAN_BASE | CAN_TRACK | CAN_GUIDE | CAN_PARK,
     .gap_ms = 20,
     .status = LX200_BARS,
     .precision = ":U#",
     .sync = ":CM#",
     .park = ":hP#",
     .track_on = ":AP#",
     .track_off = ":AL#",
     .speeds = meade_speeds,
     .pulse_ms = 1000, /* longer ones are not reliable */
     .modes = true,
     .words = true,
     .west_360 = true,
     .long_date = true,
     .degree_df = true},
    {.name = "onstep",
     .title = "OnStep",
     .product = {"On-Step", "OnStep", NULL},
     .can = CAN_BASE | CAN_TRACK | CAN_GUIDE | CAN_PARK | CAN_UNPARK | CAN_HOME | CAN_PIER,
     .gap_ms = 10,
     .status = LX200_LETTERS,
     .precision = ":U#",
     .sync = ":CM#",
     .park = ":hP#",
     .unpark = ":hR#",
     .home = ":hC#",
     .track_on = ":Te#",
     .track_off = ":Td#",
     .park_reply = REPLY_CHAR,
     .track_reply = REPLY_CHAR,
     .speeds = onstep_speeds,
     .ra_decimals = 4,
     .pulse_ms = 9999,
     .error_digit = true},
    {.name = "10micron",
     .title = "10micron",
     .product = {"10micron", NULL},
     .can = CAN_BASE | CAN_TRACK | CAN_GUIDE | CAN_PARK | CAN_UNPARK | CAN_PIER,
     .gap_ms = 5,
     .status = LX200_NUMBER,
     .precision = ":U2#",
     .sync = ":CM#",
     .park = ":KA#",
     .unpark = ":PO#",
     .track_on = ":RT2#",
     .track_off = ":RT9#",
     .speeds = meade_speeds,
     .zone = LX200_ZONE_D,
     .ra_decimals = 2,
     .pulse_ms = 9999,
     .long_date = true},
    {.name = "gemini",
     .title = "Losmandy Gemini",
     .product = {"Gemini", NULL},
     .can = CAN_BASE | CAN_GUIDE | CAN_PARK | CAN_UNPARK | CAN_HOME,
     .gap_ms = 20,
     .status = LX200_BARS,
     .precision = ":U#",
     .sync = ":CM#",
     .park = ":hP#",
     .unpark = ":hW#",
     .home = ":hC#",
     .speeds = meade_speeds,
     .pulse_ms = 9999,
     .long_date = true},
    {.name = "astrophysics",
     .title = "Astro-Physics GTO",
     .product = {NULL},
     .can = CAN_BASE | CAN_TRACK | CAN_GUIDE | CAN_PARK | CAN_UNPARK | CAN_PIER,
     .gap_ms = 20,
     .status = LX200_BARS,
     .precision = ":U#",
     .sync = ":CMR#",
     .park = ":KA#",
     .unpark = ":PO#",
     .track_on = ":RT2#",
     .track_off = ":RT9#",
     .speeds = meade_speeds,
     .zone = LX200_ZONE_S,
     .pulse_ms = 9999,
     .pier = ":pS#",
     .pulse_moves = true,
     .west_360 = true,
     .long_date = true},
    {.name = NULL}};

const struct lx200_dialect *lx200_dialect_named(const char *name)
{
    for (const struct lx200_dialect *d = lx200_dialect; d->name; d++)
        if (strcmp(d->name, name) == 0)
            return d;
    return NULL;
}

const struct lx200_dialect *lx200_dialect_of(const char *product, const char **word)
{
    for (const struct lx200_dialect *d = lx200_dialect; d->name; d++)
        for (size_t i = 0; d->product[i]; i++)
            if (str_hasi(product, d->product[i])) {
                *word = d->product[i];
                return d;
            }
    return NULL;
}

const char *lx200_fault(const struct lx200_dialect *d, int code)
{
    static const char *const onstep[] = {NULL,
                                         "a motor fault",
                                         "the lower altitude limit was reached",
                                         "a limit switch was hit",
                                         "a declination limit was reached",
                                         "an azimuth limit was reached",
                                         "the limit under the pole was reached",
                                         "the meridian limit was reached",
                                         "the sync was not taken",
                                         "parking failed",
                                         "the sync of a slew failed",
                                         "an error it does not name",
                                         "the upper altitude limit was reached",
                                         "its weather sensor did not start",
                                         "its site or date is not set",
                                         "its memory could not be read"};
    if (d->status == LX200_LETTERS)
        return code >= 0 && code < 16 ? onstep[code] : NULL;
    switch (code) {
    case 8: return "it is too cold for its motors";
    case 9: return "it tracks outside its limits";
    case 11: return "it waits for the observer to act";
    case 98: return "a state it does not know itself";
    case 99: return "an error it does not name";
    default: return NULL;
    }
}

const char *lx200_refusal(const struct lx200_dialect *d, char digit)
{
    static const char *const onstep[] = {"",
                                         "the target is below its horizon limit",
                                         "the target is above its overhead limit",
                                         "it is in standby",
                                         "it is parked",
                                         "a slew was running; it has stopped that one",
                                         "the target is outside its limits",
                                         "a hardware fault",
                                         "it is already in motion",
                                         "it does not say why"};
    if (d->error_digit)
        return onstep[digit - '0'];
    return digit == '1'   ? "the target is below its horizon"
           : digit == '2' ? "the target is beyond its altitude limit"
                          : "it refused the slew";
}
