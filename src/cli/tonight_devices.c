/* tonight_devices.c - the devices of the configuration, for the page of the night. None is touched.
 */
#include <string.h>

#include "print.h"
#include "tonight.h"
#include "vigie/devices/rack.h"

struct gathered {
    struct str *out;
    int n;
    bool json;
};

static void one(void *arg, const char *name, const char *value, const struct conf_option *row,
                bool given)
{
    struct gathered *g = arg;
    const char *own = name + strlen("device.");
    struct error err;
    if (!given || strcmp(row->name, "device.*") != 0 || !value[0])
        return;
    bool good = rack_line_check(own, value, &err) == OK;
    g->n++;
    if (!g->json) {
        str_addf(g->out, "%s%s%s", g->n > 1 ? ", " : "", own, good ? "" : " (its line is wrong)");
        return;
    }
    struct json_writer w;
    json_write(&w, g->out);
    json_object(&w);
    json_key(&w, "kind");
    json_string(&w, "device");
    json_key(&w, "name");
    json_string(&w, own);
    json_key(&w, "line");
    json_string(&w, value);
    json_key(&w, "error");
    json_string(&w, good ? NULL : err.text);
    json_end(&w);
    str_addc(g->out, '\n');
}

void tonight_devices(FILE *out, const struct conf *conf)
{
    struct str names = {0};
    struct gathered g = {.out = &names};
    conf_each(conf, one, &g);
    if (g.n) {
        fprintf(out, "\nDevices  ");
        print_clean(out, str_c(&names));
        fputc('\n', out);
    }
    str_clear(&names);
}

void tonight_devices_json(FILE *out, const struct conf *conf)
{
    struct str lines = {0};
    struct gathered g = {.out = &lines, .json = true};
    conf_each(conf, one, &g);
    fputs(str_c(&lines), out);
    str_clear(&lines);
}
