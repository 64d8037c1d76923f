/* site.c - see site.h. Place of the demo: the Minor Planet Center's observatory 511, rounded. */
#include "vigie/session/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"

struct names {
    struct str list;
    const char *first;
    int n;
};

static void gather(void *arg, const char *name, const char *value, const struct conf_option *row,
                   bool given)
{
    struct names *n = arg;
    (void)value;
    if (!given || strcmp(row->name, "site.*") != 0)
        return;
    if (n->n++ == 0)
        n->first = name + strlen("site.");
    str_addf(&n->list, "%s%s", n->n > 1 ? ", " : "", name + strlen("site."));
}

static enum status named(const struct conf *c, const char *name, const struct names *n,
                         struct site *site, struct error *err)
{
    char *key = mem_printf("site.%s", name);
    const char *value = conf_given(c, key) ? conf_text(c, key) : "";
    enum status s;
    if (!value[0]) {
        s = err_set(err, E_ABSENT, "no site \"%.40s\"; %s%.150s", name,
                    n->n ? "there is " : "none is configured", str_c(&n->list));
    } else {
        s = site_parse(site, value, err);
        if (s != OK)
            err_wrap(err, "site.%.40s", name);
    }
    free(key);
    if (s != OK)
        return s;
    snprintf(site->name, sizeof site->name, "%s", name);
    key = mem_printf("horizon.%s", name);
    const char *file = conf_given(c, key) ? conf_text(c, key) : "";
    if (file[0])
        s = horizon_load(file, &site->horizon, err);
    if (s != OK)
        err_wrap(err, "horizon.%.40s", name);
    free(key);
    return s;
}

enum status site_of_conf(const struct conf *c, const char *text, struct site *site,
                         struct error *err)
{
    memset(site, 0, sizeof *site);
    if (text && strchr(text, ','))
        return site_parse(site, text, err);
    struct names n = {0};
    conf_each(c, gather, &n);
    const char *name = text ? text : conf_text(c, "site");
    if (!name[0] && n.n == 1)
        name = n.first;
    enum status s;
    if (name[0])
        s = named(c, name, &n, site, err);
    else if (n.n > 1)
        s = err_set(err, E_ABSENT, "which site? `:site NAME`, one of %.180s", str_c(&n.list));
    else
        s = err_set(err, E_ABSENT,
                    "no site yet.  :site-add \"OHP\" 43.9317 5.7133 650   (latitude, longitude "
                    "east, m)");
    str_clear(&n.list);
    return s;
}

void site_demo(struct site *site)
{
    ensure(site_set(site, "OHP", 43.9317, 5.7133, 650, NULL) == OK);
}

enum status site_name_check(const char *name, struct error *err)
{
    size_t n = strlen(name);
    if (n < 1 || n > 40)
        return err_set(err, E_RANGE, "a site's name has 1 to 40 bytes");
    for (const char *p = name; p < name + n;) {
        uint32_t c = utf8_next(&p, name + n);
        if (c == 0xFFFD || utf8_harmful(c) || c == '=' || c == '#' || c == '"' || c == ',')
            return err_set(err, E_RANGE,
                           "a site's name holds no = # \" , and no control character");
    }
    if (name[0] == ' ' || name[n - 1] == ' ')
        return err_set(err, E_RANGE, "a site's name does not begin or end with a blank");
    return OK;
}
