/* scale.c - UTC, TAI, TT and TDB, and their texts; see scale.h. Light time is in light.c.
 * Leap seconds are ERFA's compiled-in table: no file, no network.
 */
#include "vigie/sky/scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <erfa.h>
#include <erfam.h>

#include "vigie/base/str.h"
#include "jd.h"

static const double UNIX_EPOCH_JD = 2440587.5;

#define NORMED(type, a, b)                                                                         \
    do {                                                                                           \
        struct type out = {(a), (b)};                                                              \
        jd_norm(&out.d1, &out.d2);                                                                 \
        return out;                                                                                \
    } while (0)

double jd_mjd(double d1, double d2)
{
    jd_norm(&d1, &d2);
    return (d1 - ERFA_DJM0) + d2;
}

void utc_date(struct jd_utc utc, int *year, int *month, int *day)
{
    double part;
    *year = *month = *day = 0;
    jd_norm(&utc.d1, &utc.d2);
    (void)eraJd2cal(utc.d1, utc.d2, year, month, day, &part);
}

enum status utc_of_date(int year, int month, int day, struct jd_utc *utc, struct error *err)
{
    double d0, mjd;
    if (year < 1 || year > 9999)
        return err_set(err, E_RANGE, "the year %d is not in 1 .. 9999", year);
    if (eraCal2jd(year, month, day, &d0, &mjd))
        return err_set(err, E_RANGE, "there is no date %04d-%02d-%02d", year, month, day);
    *utc = (struct jd_utc){d0 + mjd, 0};
    return OK;
}

struct jd_utc utc_day_add(struct jd_utc utc, int days)
{
    jd_norm(&utc.d1, &utc.d2);
    return (struct jd_utc){utc.d1 + days, 0};
}

/* day_length_s - SI seconds in the UTC day that begins at d1: 86400 but where a leap second is. */
static double day_length_s(double d1)
{
    int y, m, d, y2, m2, d2;
    double part, at0 = 0, at12 = 0, next = 0;
    if (eraJd2cal(d1, 0, &y, &m, &d, &part) || eraJd2cal(d1 + 1.5, 0, &y2, &m2, &d2, &part))
        return ERFA_DAYSEC;
    if (eraDat(y, m, d, 0, &at0) < 0 || eraDat(y, m, d, 0.5, &at12) < 0 ||
        eraDat(y2, m2, d2, 0, &next) < 0)
        return ERFA_DAYSEC;
    return ERFA_DAYSEC + (next - (2 * at12 - at0));
}

struct jd_utc utc_of_wall(int64_t wall_ns)
{
    const int64_t day_ns = INT64_C(86400000000000);
    int64_t days = wall_ns / day_ns, left = wall_ns % day_ns;
    if (left < 0) {
        left += day_ns;
        days--;
    }
    struct jd_utc utc = {UNIX_EPOCH_JD + (double)days, 0};
    utc.d2 = (double)left * 1e-9 / day_length_s(utc.d1);
    return utc;
}

int64_t utc_to_wall(struct jd_utc utc)
{
    jd_norm(&utc.d1, &utc.d2);
    double s = utc.d2 * day_length_s(utc.d1), days = utc.d1 - UNIX_EPOCH_JD;
    if (!(fabs(days) < 106000)) /* beyond what 64 bits of nanoseconds hold */
        return days < 0 ? INT64_MIN : INT64_MAX;
    if (s >= ERFA_DAYSEC)
        s -= 1;
    return (int64_t)days * INT64_C(86400000000000) + (int64_t)llround(s * 1e9);
}

double utc_tai_offset_s(struct jd_utc utc)
{
    int y, m, d;
    double part, offset;
    jd_norm(&utc.d1, &utc.d2);
    if (eraJd2cal(utc.d1, utc.d2, &y, &m, &d, &part) || eraDat(y, m, d, part, &offset) < 0)
        return NAN;
    return offset;
}

struct jd_tai utc_to_tai(struct jd_utc utc)
{
    double a = NAN, b = NAN;
    jd_norm(&utc.d1, &utc.d2);
    if (eraUtctai(utc.d1, utc.d2, &a, &b) < 0)
        return (struct jd_tai){NAN, NAN};
    NORMED(jd_tai, a, b);
}

struct jd_utc tai_to_utc(struct jd_tai tai)
{
    double a = NAN, b = NAN;
    jd_norm(&tai.d1, &tai.d2);
    if (eraTaiutc(tai.d1, tai.d2, &a, &b) < 0)
        return (struct jd_utc){NAN, NAN};
    NORMED(jd_utc, a, b);
}

struct jd_tt tai_to_tt(struct jd_tai tai)
{
    NORMED(jd_tt, tai.d1, tai.d2 + ERFA_TTMTAI / ERFA_DAYSEC);
}

struct jd_tai tt_to_tai(struct jd_tt tt)
{
    NORMED(jd_tai, tt.d1, tt.d2 - ERFA_TTMTAI / ERFA_DAYSEC);
}

struct jd_tdb tt_to_tdb(struct jd_tt tt)
{
    NORMED(jd_tdb, tt.d1, tt.d2 + eraDtdb(tt.d1, tt.d2, 0, 0, 0, 0) / ERFA_DAYSEC);
}

/* TDB-TT is 1.7 ms and moves by 3e-10 s/s: its value at the TDB is its value at the TT. */
struct jd_tt tdb_to_tt(struct jd_tdb tdb)
{
    NORMED(jd_tt, tdb.d1, tdb.d2 - eraDtdb(tdb.d1, tdb.d2, 0, 0, 0, 0) / ERFA_DAYSEC);
}

struct jd_tt utc_to_tt(struct jd_utc utc)
{
    return tai_to_tt(utc_to_tai(utc));
}

struct jd_utc tt_to_utc(struct jd_tt tt)
{
    return tai_to_utc(tt_to_tai(tt));
}

struct jd_tdb utc_to_tdb(struct jd_utc utc)
{
    return tt_to_tdb(utc_to_tt(utc));
}

struct jd_utc tdb_to_utc(struct jd_tdb tdb)
{
    return tt_to_utc(tdb_to_tt(tdb));
}

struct jd_utc utc_add_s(struct jd_utc utc, double s)
{
    struct jd_tai tai = utc_to_tai(utc);
    tai.d2 += s / ERFA_DAYSEC;
    return tai_to_utc(tai);
}

double utc_diff_s(struct jd_utc a, struct jd_utc b)
{
    struct jd_tai x = utc_to_tai(a), y = utc_to_tai(b);
    return ((x.d1 - y.d1) + (x.d2 - y.d2)) * ERFA_DAYSEC;
}

double tt_diff_s(struct jd_tt a, struct jd_tt b)
{
    return ((a.d1 - b.d1) + (a.d2 - b.d2)) * ERFA_DAYSEC;
}

/* ---- texts ---- */

const char *utc_format(struct jd_utc utc, int decimals, char out[UTC_TEXT])
{
    int y, m, d, hms[4];
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    jd_norm(&utc.d1, &utc.d2);
    if (!(fabs(utc.d1) < 1e8) || eraD2dtf("UTC", decimals, utc.d1, utc.d2, &y, &m, &d, hms) < 0)
        snprintf(out, UTC_TEXT, "-");
    else if (decimals)
        snprintf(out, UTC_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%0*dZ", y, m, d, hms[0], hms[1],
                 hms[2], decimals, hms[3]);
    else
        snprintf(out, UTC_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, hms[0], hms[1], hms[2]);
    return out;
}

/* digits - exactly n digits at *s as a number; false leaves *s. */
static bool digits(const char **s, int n, int *x)
{
    *x = 0;
    for (int i = 0; i < n; i++) {
        if ((*s)[i] < '0' || (*s)[i] > '9')
            return false;
        *x = *x * 10 + ((*s)[i] - '0');
    }
    *s += n;
    return true;
}

struct fields {
    int y, m, d, h, min;
    double s;
};

/* take_time - "21:14[:07[.5]]" behind the date. */
static bool take_time(const char **s, struct fields *f)
{
    int whole;
    if (!digits(s, 2, &f->h) || *(*s)++ != ':' || !digits(s, 2, &f->min))
        return false;
    if (**s != ':')
        return true;
    ++*s;
    if (!digits(s, 2, &whole))
        return false;
    f->s = whole;
    if (**s == '.' && (*s)[1] >= '0' && (*s)[1] <= '9') {
        double unit = 1;
        double part = 0; /* as an integer first: one rounding, so .1 is the double 0.1 */
        int n = 0;
        for (++*s; **s >= '0' && **s <= '9'; ++*s)
            if (n++ < 15) {
                part = part * 10 + (**s - '0');
                unit *= 10;
            }
        f->s += part / unit;
    }
    return true;
}

/* take - the fields of a text; false if it has not the shape of a time. */
static bool take(const char *s, struct fields *f)
{
    while (*s == ' ' || *s == '\t')
        s++;
    if (!digits(&s, 4, &f->y) || *s++ != '-' || !digits(&s, 2, &f->m) || *s++ != '-' ||
        !digits(&s, 2, &f->d))
        return false;
    if (*s == 'T' || *s == 't' || (*s == ' ' && s[1] >= '0' && s[1] <= '9')) {
        s++;
        if (!take_time(&s, f))
            return false;
        if (*s == 'Z' || *s == 'z')
            s++;
    }
    while (*s == ' ' || *s == '\t')
        s++;
    return *s == '\0';
}

/* shown - a text from outside, cut and with its controls replaced, for a sentence. */
static const char *shown(const char *text, char out[48])
{
    size_t n = 0;
    for (; text[n] && n < 40; n++)
        out[n] = (text[n] >= ' ' && text[n] <= '~') ? text[n] : '?';
    out[n] = '\0';
    return out;
}

enum status utc_parse(const char *text, const struct clock *clock, struct jd_utc *utc,
                      struct error *err)
{
    char show[48];
    struct fields f = {0};
    if (str_eqi(text, "now")) {
        if (!clock)
            return err_set(err, E_PARSE, "\"now\" is no time here: write YYYY-MM-DDTHH:MM:SSZ");
        *utc = utc_of_wall(CLOCK_WALL(clock));
        return OK;
    }
    if (!take(text, &f))
        return err_set(err, E_PARSE,
                       "\"%s\" is no time: write YYYY-MM-DDTHH:MM:SS.sssZ (UTC) or YYYY-MM-DD",
                       shown(text, show));
    if (f.y < 1)
        return err_set(err, E_PARSE, "%s: the year is not in 1 .. 9999", shown(text, show));
    switch (eraDtf2d("UTC", f.y, f.m, f.d, f.h, f.min, f.s, &utc->d1, &utc->d2)) {
    case 0:
    case 1: jd_norm(&utc->d1, &utc->d2); return OK;
    case 2:
    case 3:
        return err_set(err, E_PARSE, "%s: there is no leap second in that minute",
                       shown(text, show));
    case -2: return err_set(err, E_PARSE, "%s: the month is not in 1 .. 12", shown(text, show));
    case -3:
        return err_set(err, E_PARSE, "%s: there is no such day in that month", shown(text, show));
    case -4: return err_set(err, E_PARSE, "%s: the hour is not in 0 .. 23", shown(text, show));
    case -5: return err_set(err, E_PARSE, "%s: the minute is not in 0 .. 59", shown(text, show));
    case -6: return err_set(err, E_PARSE, "%s: the second is not in 0 .. 60", shown(text, show));
    default: return err_set(err, E_PARSE, "%s: not in the calendar", shown(text, show));
    }
}

bool jd_parse(const char *text, size_t n, double *d1, double *d2)
{
    char part[64];
    size_t i = 0, k = 0;
    double whole = 0;
    bool minus = false, any = false;
    if (i < n && (text[i] == '+' || text[i] == '-'))
        minus = text[i++] == '-';
    for (; i < n && text[i] >= '0' && text[i] <= '9'; i++, any = true)
        if ((whole = whole * 10 + (text[i] - '0')) > 1e7)
            return false;
    part[k++] = '0';
    if (i < n && text[i] == '.') {
        part[k++] = '.';
        for (i++; i < n && text[i] >= '0' && text[i] <= '9'; i++, any = true)
            if (k < sizeof part - 1)
                part[k++] = text[i];
    }
    part[k] = '\0';
    if (!any || i != n)
        return false;
    double x = strtod(part, NULL);
    *d1 = minus ? -whole : whole;
    *d2 = minus ? -x : x;
    return true;
}
