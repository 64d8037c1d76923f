/* alerts_cli.h - what the verbs of `vigie alerts` share. Private to the command. */
#ifndef VIGIE_SRC_CLI_ALERTS_CLI_H
#define VIGIE_SRC_CLI_ALERTS_CLI_H

#include "cli.h"
#include "vigie/alerts/list.h"
#include "where.h"

/* struct alerts_cli - store, book, filter, site and judge of one call. judge: NULL without a site. */
struct alerts_cli {
    struct store *store;
    struct alert_book *book;
    struct alert_filter *filter;
    struct site site;
    struct alert_judge *judge;
    struct cli_clock clock;
};

/* alerts_cli_open - the user's store (--store, --demo); close also after a failure.
 * alerts_cli_judge - clock, filter, site and limits from options and configuration; an exit status,
 * told on err. alerts_cli_row - an event as one JSON line. */
enum status alerts_cli_open(struct cli *cli, struct alerts_cli *a, struct loop *loop,
                            struct error *err) MUST_CHECK;
void alerts_cli_close(struct alerts_cli *a);
int alerts_cli_judge(struct cli *cli, struct alerts_cli *a);
void alerts_cli_row(const struct cli *cli, const struct alert_event *e,
                    const struct alert_view *view, struct str *line);

/* The verbs `watch`, `fetch`, `cone`. */
int alerts_watch(struct cli *cli);
int alerts_fetch(struct cli *cli);
int alerts_cone(struct cli *cli);

#endif
