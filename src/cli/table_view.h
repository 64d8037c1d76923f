/* table_view.h - a table for people on the command line's output. */
#ifndef VIGIE_SRC_CLI_TABLE_VIEW_H
#define VIGIE_SRC_CLI_TABLE_VIEW_H

#include "cli.h"
#include "vigie/formats/table.h"

/* table_view - the names of the columns, then the rows: columns aligned, cells cut, control characters
 * replaced; as many columns as the terminal holds, all of them if the output is none.
 *   test  tests/cli/check_table.sh */
void table_view(struct cli *cli, const struct table *t);

#endif
