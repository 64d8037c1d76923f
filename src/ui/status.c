/* status.c - the status bar: UTC, local time, LST, MJD, Sun, Moon, site, alarms; what leaves first when
 * it gets narrow. See interface design, section 2.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui.h"
#include "vigie/base/conf.h"
#include "vigie/session/alarm.h"

enum field { F_UTC, F_LOCAL, F_LST, F_MJD, F_SUN, F_MOON, F_SITE, F_ALARM, N_FIELDS };

/* In this order they leave; UTC and alarms never. */
static const enum field leaving[] = {F_MJD, F_SITE, F_MOON, F_SUN, F_LOCAL, F_LST};

struct bar {
    char text[N_FIELDS][80];
    bool out[N_FIELDS];
    enum role alarm;
    bool wide;
};

static const double rad = 0.017453292519943295;

static void time_text(char out[24], bool seconds, const struct tm *tm)
{
    strftime(out, 24, seconds ? "%H:%M:%S" : "%H:%M", tm);
}

static void clocks(const struct ui *ui, struct bar *b)
{
    int64_t ns = session_now_ns(ui->session);
    time_t s = (time_t)(ns >= 0 ? ns / 1000000000 : -((999999999 - ns) / 1000000000));
    bool seconds = conf_bool(session_conf(ui->session), "clock.seconds") && !ui->slow;
    struct tm tm;
    char date[24] = "", hour[24], zone[16];
    gmtime_r(&s, &tm);
    if (b->wide)
        strftime(date, sizeof date, "%Y-%m-%d ", &tm);
    time_text(hour, seconds, &tm);
    snprintf(b->text[F_UTC], sizeof b->text[0], "UTC %s%s%s", date, hour,
             !ui->term || session_synced(ui->session) ? "" : "?");
    localtime_r(&s, &tm);
    if (tm.tm_gmtoff != 0) {
        strftime(zone, sizeof zone, "%Z", &tm);
        time_text(hour, seconds, &tm);
        snprintf(b->text[F_LOCAL], sizeof b->text[0], "%s %s", zone, hour);
    }
    double lst = session_lst_rad(ui->session);
    if (!isnan(lst)) {
        int k = (int)(lst / (15 * rad) * 3600) % 86400;
        if (seconds)
            snprintf(b->text[F_LST], sizeof b->text[0], "LST %02d:%02d:%02d", k / 3600, k / 60 % 60,
                     k % 60);
        else
            snprintf(b->text[F_LST], sizeof b->text[0], "LST %02d:%02d", k / 3600, k / 60 % 60);
    }
    if (b->wide)
        snprintf(b->text[F_MJD], sizeof b->text[0], "MJD %.*f", seconds ? 4 : 3,
                 floor((double)ns / 86400e9 * 1e4) / 1e4 + 40587);
}

static void sky(const struct ui *ui, struct bar *b)
{
    struct almanac_now now = session_sky(ui->session);
    if (!isnan(now.sun_alt_rad))
        snprintf(b->text[F_SUN], sizeof b->text[0], "Sun %+.0f", now.sun_alt_rad / rad);
    if (!isnan(now.moon_alt_rad))
        snprintf(b->text[F_MOON], sizeof b->text[0], "Moon %+.0f %.0f%%", now.moon_alt_rad / rad,
                 100 * now.moon_illum);
    const char *site = session_site_name(ui->session);
    snprintf(b->text[F_SITE], sizeof b->text[0], "%.20s", *site ? site : "no site");
}

static void alarms(const struct ui *ui, struct bar *b)
{
    static const char *const words[] = {
        [ALARM_NOTICE] = "NOTICE", [ALARM_WARNING] = "WARN", [ALARM_ALARM] = "ALARM"};
    enum alarm_level level = ALARM_NOTICE;
    size_t n = alarms_open(ui->session, &level);
    if (n)
        snprintf(b->text[F_ALARM], sizeof b->text[0], "%s %zu", words[level], n);
    b->alarm = level == ALARM_ALARM ? ROLE_ALARM : level == ALARM_WARNING ? ROLE_WARN : ROLE_NEW;
}

static int gap(const struct bar *b, enum field f)
{
    return b->wide || f == F_SUN || f == F_SITE ? 3 : f == F_ALARM ? 1 : 2;
}

static int width(const struct bar *b, const struct canvas *c)
{
    int w = 1;
    for (int f = 0; f < N_FIELDS; f++)
        if (b->text[f][0] && !b->out[f])
            w += canvas_columns(c, b->text[f]) + (f ? gap(b, (enum field)f) : 0);
    return w;
}

static enum role role_of(const struct bar *b, enum field f)
{
    switch (f) {
    case F_UTC: return ROLE_CLOCK;
    case F_ALARM: return b->alarm;
    case F_LOCAL:
    case F_LST:
    case F_MJD:
    case F_SUN:
    case F_MOON:
    case F_SITE:
    case N_FIELDS: break;
    }
    return ROLE_STATUS;
}

void ui_draw_status(const struct ui *ui, struct canvas *c, int row)
{
    struct bar b = {.wide = c->cols >= UI_WIDE};
    clocks(ui, &b);
    sky(ui, &b);
    alarms(ui, &b);
    for (size_t i = 0; i < sizeof leaving / sizeof *leaving && width(&b, c) > c->cols; i++)
        b.out[leaving[i]] = true;
    canvas_fill(c, row, 0, 1, c->cols, ROLE_STATUS);
    int col = 1;
    for (int f = 0; f < N_FIELDS; f++)
        if (b.text[f][0] && !b.out[f]) {
            col += f ? gap(&b, (enum field)f) : 0;
            col = canvas_put(c, row, col, role_of(&b, (enum field)f), b.text[f]);
        }
}
