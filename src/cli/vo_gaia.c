/* vo_gaia.c - `vigie vo gaia`: the stars of a field, moved to the night. Not: Gaia itself (vo/gaia.h). */
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/vo/gaia.h"
#include "vo_ask.h"
#include "where.h"

struct waiting {
    struct vo_cli *v;
    struct error err;
    struct table *table;
    bool cut;
    char from[80];
    double age_s;
};

static void on_done(void *arg, struct gaia_result *r)
{
    struct waiting *w = arg;
    w->err = r->err;
    w->table = r->table;
    r->table = NULL;
    w->cut = r->cut;
    w->age_s = r->age_s;
    snprintf(w->from, sizeof w->from, "%s", r->from);
    w->v->over = true;
}

/* The options; false: one is wrong, and that was said. */
static bool read_wish(struct vo_cli *v, struct gaia_wish *w)
{
    struct cli *cli = v->cli;
    struct cli_clock now;
    struct jd_utc epoch;
    bool bad = false;
    if (cli_clock(cli, &now) != CLI_OK ||
        cli_time(cli, "--epoch", &now, cli_now(&now), &epoch) != CLI_OK)
        return false;
    w->epoch = utc_to_tdb(epoch);
    w->max_mag = cli_number(cli, "--max-mag", 25, 0, 30, &bad);
    w->max_rows = (uint64_t)cli_number(cli, "--rows", 5000, 1, 100000, &bad);
    return !bad && vo_cli_size(cli, cli->argv[cli->argc - 1], &w->radius_deg) &&
           vo_cli_place(v, cli->argv + 1, cli->argc - 2, &w->ra_deg, &w->dec_deg);
}

static int show(struct vo_cli *v, struct waiting *w)
{
    char age[VO_AGE_TEXT];
    if (v->broken || w->err.status != OK)
        return v->broken ? CLI_NO : cli_fail(v->cli, &w->err);
    struct table_doc *doc = table_doc_new(TABLE_VOTABLE);
    VEC_PUSH(doc->tables, w->table);
    w->table->partial = w->cut;
    w->table = NULL;
    if (w->age_s > 0)
        cli_say(v->cli, "a kept field, %s old", vo_age_text(w->age_s, age));
    if (w->cut)
        cli_say(v->cli, "there are more stars; --rows gives more");
    return vo_cli_show(v->cli, doc, CLI_OK);
}

int vo_gaia(struct cli *cli)
{
    struct vo_cli v;
    struct waiting w = {.v = &v, .err = {OK, ""}};
    struct gaia_wish wish;
    if (cli->argc != 3 && cli->argc != 4)
        return cli_usage(cli);
    vo_cli_open(&v, cli);
    int rc;
    if (!read_wish(&v, &wish)) {
        rc = v.why ? v.why : CLI_USAGE;
    } else {
        v.over = false;
        struct gaia *g = gaia_start(&v.access, NULL, &wish, on_done, &w, &w.err);
        if (g)
            vo_cli_wait(&v);
        gaia_free(g);
        rc = show(&v, &w);
    }
    table_free(w.table);
    vo_cli_close(&v);
    return rc;
}
