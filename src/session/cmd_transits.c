/* cmd_transits.c - the commands of the transits: filter, nights, asking the service again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"
#include "tonight.h"
#include "vigie/alerts/feed.h"

enum { DAYS_MAX = 60, NIGHT_MAX = 3650 };

static enum status run_filter(struct command_call *c, struct error *err)
{
    struct transit_filter f = {0};
    struct transit_limits l = {0};
    double own = (double)NAN;
    const char *text = strcmp(c->rest, "off") == 0 ? "" : c->rest;
    enum status s = tonight_filter_read(text, &f, &l, &own, err);
    if (s == OK)
        s = session_set(c->session, "transits.filter", text, err);
    if (s == OK)
        str_addf(c->say, "transits: %s", text[0] ? text : "as the options say");
    return s;
}

static enum status run_days(struct command_call *c, struct error *err)
{
    double days;
    if (c->argc != 2 || !str_num(c->argv[1], &days) || days != floor(days) || days < 1 ||
        days > DAYS_MAX)
        return err_set(err, E_RANGE, "transits-days 1 .. %d", DAYS_MAX);
    return session_set(c->session, "transits.days", c->argv[1], err);
}

/* Days from the present night to the one that begins on the evening of a date. */
static enum status offset_of(const struct command_call *c, const char *text, int *offset,
                             struct error *err)
{
    struct jd_utc date, now;
    const struct site *site = session_site(c->session, err);
    char evening[11];
    double days;
    if (!site)
        return err->status;
    *offset = 0;
    if (strcmp(text, "tonight") == 0)
        return OK;
    if ((text[0] == '+' || text[0] == '-') && str_num(text, &days)) {
        *offset = (int)days + c->session->tonight_offset;
    } else {
        night_evening(session_now_ns(c->session), site->lon_rad, evening);
        if (strlen(text) != 10 || utc_parse(text, NULL, &date, err) != OK ||
            utc_parse(evening, NULL, &now, err) != OK)
            return err_set(err, E_PARSE, "transits-night DATE (2026-11-23), +1, -1 or tonight");
        *offset = (int)lround(date.d1 + date.d2 - now.d1 - now.d2);
    }
    if (abs(*offset) > NIGHT_MAX)
        return err_set(err, E_RANGE, "%s: more than ten years from now", text);
    return OK;
}

static enum status run_night(struct command_call *c, struct error *err)
{
    int offset = 0;
    enum status s = offset_of(c, c->argc > 1 ? c->argv[1] : "tonight", &offset, err);
    if (s != OK)
        return s;
    tonight_night(c->session->tonight, offset);
    str_addf(c->say, "night of %s", session_tonight(c->session)->evening);
    return OK;
}

static const char *no_service(const struct command_call *c)
{
    if (c->session->setup.demo)
        return "the demo asks nobody";
    return c->session->setup.offline ? "offline: nobody is asked" : NULL;
}

static enum status run_refresh(struct command_call *c, struct error *err)
{
    (void)err;
    struct alert_feed *feed = session_alert_feed(c->session);
    tonight_refresh(c->session->tonight);
    if (feed)
        alert_feed_poke(feed);
    str_add(c->say, "the services are asked");
    return OK;
}

const struct command session_commands_transits[] = {
    {.name = "transits-filter",
     .args = "[WORDS|off]",
     .help = "Filter the transits: depth>5 mag<13 alt>30 sun<-12 aperture=300 baseline=60 "
             "class=full priority=high all",
     .run = run_filter},
    {.name = "transits-days",
     .args = "DAYS",
     .help = "How many nights of transits are listed",
     .run = run_days},
    {.name = "transits-night",
     .args = "[DATE|+N|-N|tonight]",
     .help = "Look at another night",
     .run = run_night},
    {.name = "refresh",
     .help = "Ask the services now: catalogue and alerts",
     .disabled = no_service,
     .run = run_refresh},
    {0}};
