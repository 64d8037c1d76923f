/* fuzz_alert.c - any bytes as a packet: decoded, written as JSON that reads back, added up to an
 * event, its parameters walked. */
#include <stdint.h>
#include <string.h>

#include "vigie/alerts/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct alert *a, struct alert_event *e, struct arena *arena)
{
    static const struct jd_utc never = {0, 0};
    struct str out = {0};
    struct json_writer w;
    const struct json *v;
    struct alert_bag_item item;
    json_write(&w, &out);
    alert_json(&w, a, "file", never);
    ensure(json_parse(arena, out.s, out.n, &(struct json_limits){.nodes = 4000000}, &v, NULL) ==
           OK);
    str_reset(&out);
    alert_event_apply(e, a, &out);
    ensure(out.n > 0);
    for (size_t at = 0; alert_bag_next(&e->params, &at, &item);)
        ensure(alert_bag_find(&e->params, NULL, item.name, &item));
    str_reset(&out);
    json_write(&w, &out);
    alert_event_json(&w, e);
    ensure(json_parse(arena, out.s, out.n, NULL, &v, NULL) == OK);
    str_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct alert_batch batch;
    struct alert_event e;
    struct arena arena = {0};
    struct error err = {0};
    alert_event_init(&e);
    enum status s = alert_decode(data, size, &batch, &err);
    ensure(s == OK || err.text[0]);
    for (size_t i = 0; i < batch.alerts.n && i < 20; i++)
        walk(batch.alerts.at[i], &e, &arena);
    alert_batch_clear(&batch);
    alert_event_clear(&e);
    arena_clear(&arena);
    return 0;
}
