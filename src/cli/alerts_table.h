/* alerts_table.h - alerts for people: the list, one packet, one event. Private to the command. */
#ifndef VIGIE_SRC_CLI_ALERTS_TABLE_H
#define VIGIE_SRC_CLI_ALERTS_TABLE_H

#include <stdio.h>

#include "vigie/alerts/list.h"

/* alerts_table - the list, fitted to `columns`. judged: with altitude, time left, Moon, score. */
void alerts_table(FILE *out, const struct alert_list *list, struct jd_utc now, bool judged,
                  int columns);

/* alerts_packet - what one packet says, a screenful. */
void alerts_packet(FILE *out, const struct alert *a, const char *file);

/* alerts_age - "3h12", "2d20". */
enum { ALERTS_AGE = 32 };
void alerts_age(double age_s, char out[ALERTS_AGE]);

#endif
