/* fuzz_filter.c - any text as a filter over one event: it is refused with a sentence, or it answers,
 * and says why exactly when it hides. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_event(struct alert_event *e)
{
    static const char packet[] = "{\"trigger_id\":\"x1\",\"source_name\":\"AT "
                                 "2026abc\",\"type\":\"ot\",\"ra\":10,\"dec\":20,"
                                 "\"err\":0.1,\"time\":\"2026-11-23T20:00:00\",\"broker_"
                                 "attributes\":{\"x\":3},\"far\":1e-9}";
    struct alert_batch batch;
    struct str change = {0};
    ensure(alert_decode(packet, sizeof packet - 1, &batch, NULL) == OK);
    alert_event_init(e);
    alert_event_apply(e, batch.alerts.at[0], &change);
    alert_batch_clear(&batch);
    str_clear(&change);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct alert_filter *f;
    struct alert_event e;
    struct error err = {0};
    struct str why = {0};
    char *text = mem_strn((const char *)data, size);
    if (alert_filter_new(text, &f, &err) != OK) {
        ensure(err.text[0]);
        free(text);
        return 0;
    }
    make_event(&e);
    struct alert_view view = {.alt_rad = 0.7, .moon_sep_rad = 1, .dark = true, .left_s = 4000};
    struct alert_subject s = {.event = &e};
    for (int k = 0; k < 2; k++) {
        s.view = k ? &view : NULL;
        bool match = alert_filter_match(f, &s);
        alert_filter_why(f, &s, &why);
        ensure(match == (why.n == 0));
    }
    alert_filter_free(f);
    alert_event_clear(&e);
    str_clear(&why);
    free(text);
    return 0;
}
