/* devices_own.h - the parts of the Devices tab: list, lines about one device, properties, traffic.
 * Not: any of the numbers (devices room, through session/devicedesk.h).
 */
#ifndef VIGIE_SRC_UI_VIEWS_DEVICES_OWN_H
#define VIGIE_SRC_UI_VIEWS_DEVICES_OWN_H

#include "../widgets/list.h"
#include "views.h"
#include "vigie/session/devicedesk.h"

/* What is below the list. */
enum devices_pane { PANE_FACTS, PANE_PROPERTIES, PANE_TRAFFIC, PANE_GRAPHS, N_DEVICES_PANES };

struct devices_rows { /* the list's model */
    struct session *session;
    const struct rack *rack;
    bool ascii;
};

struct property_row {
    size_t property, element;
};
struct property_rows { /* the model of the list of properties */
    const struct rack *rack;
    uint64_t device;
    VEC(struct property_row) row;
};

struct devices_view {
    struct session *session;
    struct devices_rows *rows;
    struct property_rows *props;
    struct list *table, *prop_table;
    enum devices_pane pane;
    int unseen; /* devices in trouble, as told last */
    bool jog;
    uint64_t jog_device; /* what the arrows move */
    int jog_rate, jog_step;
    unsigned jog_stops; /* stops when it began */
    int64_t jog_ms[4];  /* when each direction was asked for last */
    char asked[200];    /* the property a question is about */
};

extern const struct list_source devices_source, devices_property_source;

/* devices_selected - the device under the cursor, NULL none. */
const struct device_info *devices_selected(const struct devices_view *v);

/* devices_state - "tracking", "exposing", "lost"; devices_mark - '!' 'W' '-' or ' '; devices_values - what it says of
 * itself, one line, added; devices_health - "ok", "3 %", "LOST". */
const char *devices_state(const struct device_info *d);
char devices_mark(const struct device_info *d);
void devices_values(const struct devices_rows *m, const struct device_info *d, struct str *out);
void devices_health(const struct device_info *d, struct str *out);

/* devices_facts_draw - the lines about one device; devices_traffic_draw - its wire, newest first. Both return the rows
 * used. devices_properties_gather - the rows of its properties anew. */
int devices_facts_draw(const struct devices_view *v, const struct device_info *d, struct canvas *c);
int devices_traffic_draw(const struct devices_view *v, const struct device_info *d,
                         struct canvas *c);
void devices_properties_gather(struct property_rows *p, const struct device_info *d);

/* devices_draw - the whole tab. devices_graphs - how many series there are to show; devices_graphs_draw - as many as fit,
 * those of the device first. devices_ports - a line each serial port of this machine, added; looked for once. */
void devices_draw(const void *view, const struct session *session, struct canvas *c);
int devices_graphs(const struct devices_view *v);
void devices_graphs_draw(const struct devices_view *v, const struct device_info *d,
                         struct canvas *c);

/* Moving by keys: what they would move, why they cannot (NULL: they can), the question, begin, a key while they do (true:
 * it was for that), end, what the summary and the hint bar say. */
const struct device_info *devices_jog_meant(const struct devices_view *v);
const char *devices_jog_why_not(const struct devices_view *v);
void devices_jog_question(const struct devices_view *v, char out[120]);
void devices_jog_begin(struct devices_view *v);
bool devices_jog_key(struct devices_view *v, const struct key *k);
void devices_jog_end(struct devices_view *v);
void devices_jog_words(const struct devices_view *v, char out[80]);
const char *devices_jog_hints(const struct devices_view *v);

#endif
