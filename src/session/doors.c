/* doors.c - see doors.h. What is wrong is left to the one-shot commands, which say it. */
#include "vigie/session/doors.h"

#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"

struct reading {
    struct doors *d;
    bool headless;
};

/* The value of option `name` at argv[i], "--name=value" or the next word; NULL if it is not this
 * option. */
static const char *value(char **argv, int argc, int *i, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(argv[*i], name, n) != 0)
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    if (argv[*i][n] || *i + 1 >= argc)
        return NULL;
    return argv[++*i];
}

static bool flag(struct reading *r, const char *a)
{
    if (strcmp(a, "--demo") == 0)
        r->d->process.demo = true;
    else if (strcmp(a, "--offline") == 0)
        r->d->process.offline = true;
    else if (strcmp(a, "--headless") == 0)
        r->headless = true;
    else if (strcmp(a, "--plain") == 0)
        r->d->plain = true;
    else
        return false;
    return true;
}

static bool valued(struct reading *r, char **argv, int argc, int *i)
{
    struct process_options *p = &r->d->process;
    const char *v, **to[] = {&p->config, &p->store, &p->site, &p->at};
    static const char *const name[] = {"--config", "--store", "--site", "--at"};
    for (int k = 0; k < 4; k++)
        if ((v = value(argv, argc, i, name[k]))) {
            *to[k] = v;
            return true;
        }
    double fd;
    if ((v = value(argv, argc, i, "--ready-fd")) && str_num(v, &fd) && fd > 2 && fd < 1024) {
        p->ready_fd = (int)fd;
        return true;
    }
    return false;
}

enum door doors_read(int argc, char **argv, bool terminal, struct doors *d)
{
    struct reading r = {.d = d};
    *d = (struct doors){.process = {.ready_fd = -1}};
    for (int i = 1; i < argc; i++)
        if (!flag(&r, argv[i]) && !valued(&r, argv, argc, &i))
            return DOOR_CLI;
    if (r.headless)
        return d->plain ? DOOR_CLI : DOOR_SESSION;
    if (!terminal && !d->plain)
        return DOOR_CLI;
    d->session = mem_zero(sizeof *d->session * (size_t)(argc + 2));
    int n = 0;
    d->session[n++] = argv[0];
    d->session[n++] = (char *)"--headless";
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--plain") != 0)
            d->session[n++] = argv[i];
    return DOOR_CLIENT;
}
