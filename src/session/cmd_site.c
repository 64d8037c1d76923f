/* cmd_site.c - the commands of the observer's sites. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"
#include "sky_now.h"
#include "vigie/base/log.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/site.h"

/* An option's value that was set but could not be kept in the file still counts; the sentence is
 * said. */
static enum status keep(struct command_call *c, const char *key, const char *value,
                        struct error *err)
{
    struct error e;
    enum status s = session_set(c->session, key, value, &e);
    if (s == OK)
        return OK;
    if (strcmp(conf_text(session_conf(c->session), key), value) != 0)
        return err_set(err, s, "%s", e.text);
    str_addf(c->say, "%s; ", e.text);
    return OK;
}

/* A script that moved the site would move the Sun of the guard. */
static bool site_is_held(const struct command_call *c, struct error *err)
{
    bool held = by_lua(c->by) && session_guards(c->session, "site");
    if (held)
        err_set(err, E_REFUSED,
                "%s: a mount is connected, and its Sun and limits are reckoned by the site: no "
                "script changes it",
                c->argv[0]);
    return held;
}

static enum status run_site_add(struct command_call *c, struct error *err)
{
    double x[3] = {0};
    struct site site = {0};
    if (site_is_held(c, err))
        return E_REFUSED;
    if (c->argc != 5)
        return err_set(err, E_PARSE,
                       "site-add NAME LATITUDE LONGITUDE HEIGHT: degrees north, degrees east, m");
    for (int i = 2; i < c->argc; i++)
        if (!str_num(c->argv[i], &x[i - 2]) || !isfinite(x[i - 2]))
            return err_set(err, E_PARSE, "\"%.30s\" is no number", c->argv[i]);
    enum status s = site_name_check(c->argv[1], err);
    if (s == OK)
        s = site_set(&site, c->argv[1], x[0], x[1], x[2], err);
    if (s != OK)
        return s;
    char *key = mem_printf("site.%s", c->argv[1]),
         *value = mem_printf("%.9g, %.9g, %.9g", x[0], x[1], x[2]);
    s = keep(c, key, value, err);
    if (s == OK)
        s = keep(c, "site", c->argv[1], err);
    if (s == OK) {
        log_put(LOG_INFO, "user", c->argv[1], "site added: %s", value);
        str_addf(c->say, "site %s: %.4f north, %.4f east, %g m", c->argv[1], x[0], x[1], x[2]);
    }
    free(key);
    free(value);
    return s;
}

static enum status run_site(struct command_call *c, struct error *err)
{
    const struct conf *conf = session_conf(c->session);
    struct site site = {0};
    if (c->argc == 1) {
        const struct site *now = session_site(c->session, err);
        if (!now)
            return err->status;
        str_addf(c->say, "site %s: %.4f north, %.4f east, %g m", now->name,
                 now->lat_rad * 180 / acos(-1), now->lon_rad * 180 / acos(-1), now->height_m);
        return OK;
    }
    if (site_is_held(c, err))
        return E_REFUSED;
    char *name = mem_str(c->argc == 2 ? c->argv[1] : c->rest);
    enum status s = strchr(name, ',') ? err_set(err, E_PARSE, "site NAME; site-add adds one")
                                      : site_of_conf(conf, name, &site, err);
    site_clear(&site);
    if (s == OK)
        s = keep(c, "site", name, err);
    if (s == OK) {
        log_put(LOG_INFO, "user", name, "site chosen");
        str_addf(c->say, "site %s", name);
    }
    free(name);
    return s;
}

static const char *site_is_given(const struct command_call *c)
{
    return c->session->setup.site ? "the site was given with --site" : NULL;
}

const struct command session_commands_site[] = {
    {.name = "site",
     .args = "[NAME]",
     .help = "Choose a site of the configuration; without a name show the one in use",
     .disabled = site_is_given,
     .flags = CMD_BEYOND,
     .run = run_site},
    {.name = "site-add",
     .args = "NAME LATITUDE LONGITUDE HEIGHT",
     .help = "Add a site (degrees north, degrees east, m) and use it",
     .disabled = site_is_given,
     .flags = CMD_BEYOND,
     .run = run_site_add},
    {0}};
