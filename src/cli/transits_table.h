/* transits_table.h - transits as a table for people. Private to the command. */
#ifndef VIGIE_SRC_CLI_TRANSITS_TABLE_H
#define VIGIE_SRC_CLI_TRANSITS_TABLE_H

#include <stdio.h>

#include "vigie/transits/list.h"

/* transits_table - the list, night by night, fitted to `columns` (80 at least are used). */
void transits_table(FILE *out, const struct transit_list *list, int columns);

/* transits_detail - all that is known of one transit, a screenful: times and their terms, what can
 * be observed and why not the rest, flip, Moon, score. */
void transits_detail(FILE *out, const struct transit_list *list, const struct transit_event *e);

#endif
