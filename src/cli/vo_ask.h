/* vo_ask.h - what the parts of `vigie vo` share: the network of one command, a question and its answer
 * printed or saved, places and names among the arguments. */
#ifndef VIGIE_SRC_CLI_VO_ASK_H
#define VIGIE_SRC_CLI_VO_ASK_H

#include "cli.h"
#include "vigie/vo/access.h"
#include "vigie/vo/proto.h"

/* struct vo_cli - what a command of `vigie vo` works with. over: the answer is there (vo_cli_wait
 * returns); broken: Ctrl-C came. vo_cli_open, vo_cli_close: for one command; what is still being written is
 * waited for. */
struct vo_cli {
    struct cli *cli;
    struct loop *loop;
    struct vo_access access;
    bool over, broken;
    int why; /* exit status that goes with what vo_cli_place told */
};
void vo_cli_open(struct vo_cli *v, struct cli *cli);
void vo_cli_close(struct vo_cli *v);

/* vo_cli_wait - turns of the loop until `over`; false if Ctrl-C came before. */
bool vo_cli_wait(struct vo_cli *v);

/* vo_cli_ask - asks and waits; Ctrl-C ends it. name: of the service, for sentences, may be NULL. *doc: the
 * answer, owned by the caller (table_doc_free), also the rows before a fault; NULL if there is none. What
 * went wrong is told. Returns an exit status. */
int vo_cli_ask(struct vo_cli *v, const char *name, const struct vo_protocol *p,
               const struct proto_query *q, struct table_doc **doc);

/* vo_cli_fetch - the body of an answer that is no table, of at most `max` bytes. */
enum status vo_cli_fetch(struct vo_cli *v, const char *url, size_t max, struct str *body,
                         struct error *err);

/* vo_cli_show - the first table of an answer: into the file of --save, else as JSON lines with --json,
 * else for people. Frees doc; rc: what went wrong before, which stays the exit status. */
int vo_cli_show(struct cli *cli, struct table_doc *doc, int rc);
int vo_cli_save(struct cli *cli, const struct table_doc *doc, const char *to);

/* vo_cli_text - the text of a query: the argument itself, of @FILE what stands in the file, of - standard
 * input. Returns an exit status, what went wrong is told. vo_cli_rows - the number of --rows. vo_cli_more - the parameters of --param KEY=VALUE. */
int vo_cli_text(struct cli *cli, const char *arg, struct str *text);
uint64_t vo_cli_rows(struct cli *cli, uint64_t otherwise, bool *bad);
enum { VO_CLI_MORE = 16 };
bool vo_cli_more(struct cli *cli, struct proto_param more[VO_CLI_MORE], size_t *n,
                 struct str *text);

/* vo_cli_place - a position from `n` arguments: RA DEC (degrees, or sexagesimal), or one NAME, which is
 * looked up. vo_cli_size - an angle in degrees (5 or 5d), or 10' or 30". vo_cli_ranges - --spectrum and --time. */
bool vo_cli_place(struct vo_cli *v, char *const *arg, int n, double *ra_deg, double *dec_deg);
bool vo_cli_size(struct cli *cli, const char *text, double *deg);
bool vo_cli_ranges(struct cli *cli, struct proto_query *q);

/* The commands: vo_registry.c, vo_several.c, vo_tap.c, vo_words.c, vo_get.c, vo_gaia.c. */
int vo_registry(struct cli *cli);
int vo_tap(struct cli *cli);
int vo_job(struct cli *cli);
int vo_tables(struct cli *cli);
int vo_examples(struct cli *cli);
int vo_info(struct cli *cli);
int vo_resolve(struct cli *cli);
int vo_uat(struct cli *cli);
int vo_get(struct cli *cli);
int vo_header(struct cli *cli);
int vo_gaia(struct cli *cli);

/* vo_several - the question q put to the services of --services, or to those that the registry finds with
 * the options of `vigie vo registry`. vo_registry_wanted - whether any of these options is given. */
int vo_several(struct vo_cli *v, const struct vo_protocol *p, const struct proto_query *q);
bool vo_registry_wanted(struct cli *cli);

/* vo_registry_find - the registry asked with the options given (and `kind`, if it is not NULL, as the type
 * of service); what went wrong is told. The list is the caller's (registry_clear). Returns an exit status. */
struct registry_list;
int vo_registry_find(struct vo_cli *v, const char *kind, struct registry_list *list);

#endif
