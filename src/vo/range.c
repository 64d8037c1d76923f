/* range.c - see range.h. */
#include "vigie/vo/range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/sky/scale.h"

static const double planck = 6.62607015e-34, light = 299792458.0, electron_volt = 1.602176634e-19;

enum unit_kind { LENGTH, FREQUENCY, ENERGY };
static const struct {
    const char *name;
    enum unit_kind kind;
    double factor; /* to m, Hz, J */
} units[] = {{"A", LENGTH, 1e-10},
             {"Angstrom", LENGTH, 1e-10},
             {"nm", LENGTH, 1e-9},
             {"um", LENGTH, 1e-6},
             {"\302\265m", LENGTH, 1e-6},
             {"\316\274m", LENGTH, 1e-6},
             {"mm", LENGTH, 1e-3},
             {"cm", LENGTH, 1e-2},
             {"m", LENGTH, 1},
             {"Hz", FREQUENCY, 1},
             {"kHz", FREQUENCY, 1e3},
             {"MHz", FREQUENCY, 1e6},
             {"GHz", FREQUENCY, 1e9},
             {"THz", FREQUENCY, 1e12},
             {"eV", ENERGY, 1},
             {"keV", ENERGY, 1e3},
             {"MeV", ENERGY, 1e6},
             {"GeV", ENERGY, 1e9},
             {"TeV", ENERGY, 1e12},
             {"J", ENERGY, 0}};

/* Centre and full width, nm. */
static const struct {
    char name;
    double centre, width;
} bands[] = {{'U', 366, 65},   {'B', 436, 89},   {'V', 545, 84},   {'R', 641, 158}, {'I', 798, 154},
             {'J', 1220, 213}, {'H', 1630, 307}, {'K', 2190, 390}, {'u', 356, 63},  {'g', 483, 141},
             {'r', 626, 139},  {'i', 767, 153},  {'z', 910, 135}};

double range_joule(double wavelength_m)
{
    return planck * light / wavelength_m;
}

static double to_metres(double x, size_t unit)
{
    double factor = units[unit].factor;
    switch (units[unit].kind) {
    case LENGTH: return x * factor;
    case FREQUENCY: return light / (x * factor);
    case ENERGY: break;
    }
    return planck * light / (x * (factor > 0 ? factor * electron_volt : 1));
}

/* A number, then perhaps a unit; *unit is -1 without one. Moves *p behind both. */
static bool take(const char **p, double *x, int *unit)
{
    char number[64], *end;
    while (**p == ' ')
        ++*p;
    const char *dots = strstr(*p, ".."); /* "2..10" is no "2." and ".10" */
    size_t most = dots ? (size_t)(dots - *p) : strlen(*p);
    snprintf(number, sizeof number, "%.*s", most < sizeof number ? (int)most : 63, *p);
    *x = strtod(number, &end);
    if (end == number || !isfinite(*x) || !(*x > 0))
        return false;
    *p += end - number;
    while (**p == ' ')
        ++*p;
    *unit = -1;
    size_t n = strcspn(*p, " .,/;");
    for (size_t i = 0; i < sizeof units / sizeof units[0] && n; i++)
        if (strlen(units[i].name) == n && strncmp(units[i].name, *p, n) == 0)
            *unit = (int)i;
    if (*unit >= 0)
        *p += n;
    return true;
}

static const char *past_divider(const char *p)
{
    while (*p == ' ')
        p++;
    if (strncmp(p, "..", 2) == 0)
        return p + 2;
    return *p == ',' || *p == '/' || *p == ';' ? p + 1 : p;
}

enum status range_band(const char *text, double *lo_m, double *hi_m, struct error *err)
{
    const char *p = text;
    double a, b;
    int ua, ub;
    for (size_t i = 0; i < sizeof bands / sizeof bands[0]; i++)
        if (text[0] == bands[i].name && !text[1]) {
            *lo_m = (bands[i].centre - bands[i].width / 2) * 1e-9;
            *hi_m = (bands[i].centre + bands[i].width / 2) * 1e-9;
            return OK;
        }
    if (!take(&p, &a, &ua))
        return err_set(err, E_PARSE,
                       "'%.60s' is no range of wavelengths: 500 nm, 400..700 nm, "
                       "2..10 keV, 1.4 GHz, V",
                       text);
    b = a;
    ub = ua;
    p = past_divider(p);
    if (*p && !take(&p, &b, &ub))
        ub = -1;
    while (*p == ' ')
        p++;
    if (*p)
        return err_set(err, E_PARSE,
                       "'%.60s': '%.20s' is no unit of wavelength, frequency or energy", text, p);
    if (ub < 0)
        return err_set(err, E_PARSE, "'%.60s' has no unit: 500 nm, 2 keV, 1.4 GHz", text);
    a = to_metres(a, (size_t)(ua >= 0 ? ua : ub));
    b = to_metres(b, (size_t)ub);
    *lo_m = fmin(a, b);
    *hi_m = fmax(a, b);
    return OK;
}

/* One instant or day, n bytes. */
static enum status instant(const char *s, size_t n, const struct clock *clock, double *from,
                           double *to, struct error *err)
{
    char *one = mem_strn(s, n);
    struct jd_utc utc;
    double x;
    enum status st = OK;
    if (str_num(one, &x) && isfinite(x)) {
        *from = *to = x;
    } else if ((st = utc_parse(one, clock, &utc, err)) == OK) {
        *from = *to = jd_mjd(utc.d1, utc.d2);
        if (n == 10 && one[4] == '-') /* a date */
            *to += 1;
    }
    free(one);
    return st;
}

enum status range_time(const char *text, const struct clock *clock, double *lo_mjd, double *hi_mjd,
                       struct error *err)
{
    while (*text == ' ')
        text++;
    const char *dots = strstr(text, "..");
    size_t n = dots ? (size_t)(dots - text) : strcspn(text, " ,/;"), n2;
    double unused;
    const char *second = dots ? dots + 2 : text + n + strspn(text + n, " ,/;");
    while (n && text[n - 1] == ' ')
        n--;
    while (*second == ' ')
        second++;
    n2 = strlen(second);
    while (n2 && second[n2 - 1] == ' ')
        n2--;
    enum status s = instant(text, n, clock, lo_mjd, hi_mjd, err);
    if (s == OK && n2)
        s = instant(second, n2, clock, &unused, hi_mjd, err);
    if (s == OK && !(*lo_mjd <= *hi_mjd))
        s = err_set(err, E_PARSE, "'%.60s': the end is before the beginning", text);
    return s;
}
