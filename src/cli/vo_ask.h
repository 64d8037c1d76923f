/* vo_ask.h - what the parts of `vigie vo` share: one question, one answer, printed or saved. */
#ifndef VIGIE_SRC_CLI_VO_ASK_H
#define VIGIE_SRC_CLI_VO_ASK_H

#include "cli.h"
#include "vigie/vo/ask.h"

/* vo_cli_ask - asks and waits. name: of the service, for sentences. form: of a POST, NULL for a GET.
 * *doc: the answer, owned by the caller (table_doc_free), also the rows before a fault; NULL if there
 * is none. What went wrong is told. Returns an exit status. vo_cli_ask_quietly - the same, but the
 * sentence goes to err. */
int vo_cli_ask(struct cli *cli, const char *name, const char *url, const struct str *form,
               struct table_doc **doc);
enum status vo_cli_ask_quietly(struct cli *cli, const char *name, const char *url,
                               const struct str *form, struct table_doc **doc, struct error *err);

/* vo_cli_job - an asynchronous TAP query: its phases are told, Ctrl-C aborts it, the job is deleted once
 * its answer is here. Result as vo_cli_ask. */
int vo_cli_job(struct cli *cli, const char *base, const char *adql, uint64_t rows,
               struct table_doc **doc);

/* vo_cli_fetch - the body of an answer that is no table, of at most `max` bytes; headers: NULL or one
 * "Accept" value. */
enum status vo_cli_fetch(struct cli *cli, const char *name, const char *url, const char *accept,
                         size_t max, struct str *body, struct error *err);

/* vo_cli_show - the first table of an answer: into the file of --save, else as JSON lines with --json,
 * else for people. */
int vo_cli_show(struct cli *cli, const struct table_doc *doc);

/* vo_registry - `vigie vo registry`. */
int vo_registry(struct cli *cli);

#endif
