/* alpaca_find.c - who is there? Source: "ASCOM Alpaca Discovery Protocol" 1.0.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alpaca_own.h"
#include "vigie/io/shout.h"

struct alpaca_find {
    struct shout *shout;
    alpaca_find_fn *fn;
    void *arg;
    VEC(char *) known;
};

/* As it stands in a URL: IPv6 in brackets, and the percent sign of its interface written out. */
static char *host_of(const char *from, int port)
{
    size_t zone = strcspn(from, "%");
    if (!strchr(from, ':'))
        return mem_printf("%s:%d", from, port);
    return mem_printf("[%.*s%s%s]:%d", (int)zone, from, from[zone] ? "%25" : "",
                      from[zone] ? from + zone + 1 : "", port);
}

static void on_answer(void *arg, const char *from, const char *bytes, size_t n)
{
    struct alpaca_find *f = arg;
    struct arena arena = {0};
    const struct json *doc = NULL;
    struct error err;
    double port = (double)NAN;
    if (json_parse(&arena, bytes, n, NULL, &doc, &err) == OK)
        port = json_number(json_get(doc, "AlpacaPort"));
    arena_clear(&arena);
    if (!(port >= 1 && port <= 65535))
        return;
    char *host = host_of(from, (int)port);
    for (size_t i = 0; i < f->known.n; i++)
        if (strcmp(f->known.at[i], host) == 0) {
            free(host);
            return;
        }
    VEC_PUSH(f->known, host);
    f->fn(f->arg, host);
}

struct alpaca_find *alpaca_find_new(struct loop *loop, int port, alpaca_find_fn *fn, void *arg,
                                    struct error *err)
{
    static const char question[] = "alpacadiscovery1";
    struct alpaca_find *f = mem_zero(sizeof *f);
    f->fn = fn;
    f->arg = arg;
    f->shout =
        shout_new(loop, port, "ff12::a1:9aca", question, sizeof question - 1, on_answer, f, err);
    if (f->shout)
        return f;
    free(f);
    return NULL;
}

void alpaca_find_free(struct alpaca_find *f)
{
    if (!f)
        return;
    shout_free(f->shout);
    for (size_t i = 0; i < f->known.n; i++)
        free(f->known.at[i]);
    VEC_FREE(f->known);
    free(f);
}
