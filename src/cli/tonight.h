/* tonight.h - what `vigie tonight` knows and how it is laid out. Private to the command. */
#ifndef VIGIE_SRC_CLI_TONIGHT_H
#define VIGIE_SRC_CLI_TONIGHT_H

#include <stdio.h>

#include "vigie/alerts/list.h"
#include "vigie/sky/event.h"
#include "vigie/transits/list.h"

/* struct page - the night, its transits and where the planets come from. lost: why the live
 * catalogue could not be had (status OK: it could). rows: most transits to show. has_alerts: there
 * is a store; alerts: its events, judged for the site, best first. */
struct page {
    struct site site;
    struct jd_utc now, date;
    struct night night;
    struct catalogue *catalogue;
    struct transit_list *list;
    struct error lost;
    size_t rows;
    bool has_alerts;
    struct alert_list alerts;
};

/* tonight_alert_up - an event to be shown: not taken back, of the last week, and up in the dark of
 * the coming 24 h. */
bool tonight_alert_up(const struct page *p, const struct alert_row *row);

/* tonight_page - 80 columns of plain text. */
void tonight_page(FILE *out, const struct page *p);

/* tonight_json - JSON lines: {"kind":"night",...}, {"kind":"transit","transit":{...}} by mid time
 * (record.h), {"kind":"transits",...} with the counts and the age of the catalogue, then
 * {"kind":"alert","alert":{...}} (as `alerts list --json`) for each that is up. */
void tonight_json(FILE *out, const struct page *p);

/* tonight_devices - a line with the devices of the configuration, nothing when there is none. tonight_devices_json - a
 * line {"kind":"device",...} each; error: what is wrong with its line of the configuration, else null. */
struct conf;
void tonight_devices(FILE *out, const struct conf *conf);
void tonight_devices_json(FILE *out, const struct conf *conf);

#endif
