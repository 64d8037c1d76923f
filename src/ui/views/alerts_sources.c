/* alerts_sources.c - the state of a source of alerts in words. See alerts_own.h. */
#include <string.h>

#include "alerts_own.h"

static void put_clock(struct str *out, int64_t wall_ms)
{
    alerts_clock(utc_add_s(utc_of_wall(wall_ms * 1000000), -30), out);
}

/* The day, where hours and minutes alone would be taken for those of today. */
static void put_day(struct str *out, int64_t wall_ms, int64_t now_ms)
{
    char text[UTC_TEXT];
    if (wall_ms - now_ms > 12 * 3600000)
        str_addf(out, "%.5s ", utc_format(utc_of_wall(wall_ms * 1000000), 0, text) + 5);
}

static const char *state_word(const struct source_status *st, bool silent)
{
    switch (st->state) {
    case SOURCE_OFF: return "off";
    case SOURCE_WAITING: return silent ? "SILENT" : "ok";
    case SOURCE_ASKING: return "asking ...";
    case SOURCE_TROUBLE: return "TROUBLE";
    }
    return "";
}

static enum role state_role(const struct source_status *st, bool silent)
{
    return st->state == SOURCE_OFF                 ? ROLE_FAINT
           : silent || st->state == SOURCE_TROUBLE ? ROLE_TROUBLE
                                                   : ROLE_TEXT;
}

enum role alerts_source_line(const struct session *s, const struct source_status *st,
                             struct str *out)
{
    int64_t now_ms = session_now_ns(s) / 1000000;
    bool silent = alert_source_silent(st, now_ms);
    str_addf(out, "%s: %s", st->title, state_word(st, silent));
    if (silent && st->state == SOURCE_TROUBLE)
        str_add(out, ", SILENT");
    if (st->text[0])
        str_addf(out, ", %s", st->text);
    if (st->last_ms) {
        str_add(out, "; last answer ");
        put_clock(out, st->last_ms);
        str_add(out, " UTC, ");
        alerts_put_age((double)(now_ms - st->last_ms) / 1000, out);
        str_add(out, " ago");
    } else if (st->state != SOURCE_OFF) {
        str_add(out, "; no answer yet");
    }
    if (st->next_ms > now_ms) {
        str_add(out, "; asks again ");
        put_day(out, st->next_ms, now_ms);
        put_clock(out, st->next_ms);
        str_add(out, " UTC");
    }
    if (st->calls_left >= 0)
        str_addf(out, "; %d calls left today", st->calls_left);
    if (st->taken)
        str_addf(out, "; %d taken", st->taken);
    return state_role(st, silent);
}

void alerts_source_trouble(const struct session *s, const struct source_status *st, struct str *out)
{
    int64_t now_ms = session_now_ns(s) / 1000000;
    str_add(out, "- ");
    if (alert_source_silent(st, now_ms))
        str_addf(out, "%s is SILENT. ", st->title);
    if (st->next_ms > now_ms) {
        str_add(out, "Again at ");
        put_day(out, st->next_ms, now_ms);
        put_clock(out, st->next_ms);
        str_add(out, ": ");
    }
    if (strncmp(st->text, st->title, strlen(st->title)) != 0)
        str_addf(out, "%s: ", st->title);
    str_add(out, st->text);
}

enum role alerts_source_short(const struct session *s, const struct source_status *st,
                              struct str *out)
{
    bool silent = alert_source_silent(st, session_now_ns(s) / 1000000);
    const char *dash = strrchr(st->title, '-');
    str_add(out, dash ? dash + 1 : st->title);
    str_addc(out, ' ');
    if (st->last_ms)
        put_clock(out, st->last_ms);
    else
        str_addc(out, '-');
    str_addf(out, " %s", state_word(st, silent));
    return state_role(st, silent);
}
