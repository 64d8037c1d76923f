/* indi_model.h - what an INDI server has said so far: devices, their properties, the elements' values. Names are looked
 * up here; the meaning of the standard ones is in indi_values.c and indi_ask.c.
 * Source: INDI 1.7; libindi's "Standard Properties".
 * Not: the connection (indi_server.h).
 */
#ifndef VIGIE_SRC_DEVICES_INDI_MODEL_H
#define VIGIE_SRC_DEVICES_INDI_MODEL_H

#include "indi_wire.h"

struct indi_element {
    char *name, *label, *value, *format;
    double number, min, max, step;
};

/* struct indi_property - said_ms: when it was last told of; set_ms: by set*, which says something new (def* says again
 * what may be old, and so does a text that is the same; -1 never); busy: how often it has been Busy; sets: how often it was
 * told of by set* or def*. */
struct indi_property {
    char *name, *label, *group, *message;
    enum indi_type type;
    enum indi_state state;
    enum indi_rule rule;
    bool readable, writable;
    double timeout_s;
    int64_t said_ms, set_ms;
    uint64_t sets, busy;
    VEC(struct indi_element) element;
};

/* struct indi_device - said: its last message. */
struct indi_device {
    char *name, *said;
    VEC(struct indi_property *) property;
};

struct indi_model {
    VEC(struct indi_device *) device;
};
void indi_model_clear(struct indi_model *m);

/* indi_model_device - by name, NULL: there is none. indi_model_drop - it is gone. */
struct indi_device *indi_model_device(const struct indi_model *m, const char *name);
void indi_model_drop(struct indi_model *m, const char *name);

/* indi_model_take - a def* or set*: the property it made or changed, NULL if it names none (set* before def*), or there
 * are too many. *fresh: it was not there before. */
struct indi_property *indi_model_take(struct indi_model *m, const struct indi_vector *v,
                                      int64_t now_ms, bool *fresh);

/* indi_device_forget - a property is gone (delProperty with a name). */
void indi_device_forget(struct indi_device *d, const char *name);

/* Look-ups; d, p may be NULL. indi_get: a number (or 1, 0 of a switch), NAN if there is none. indi_text: "" then.
 * indi_on: a switch that is On. indi_which: the index of the switch that is On, -1 none. */
struct indi_property *indi_property(const struct indi_device *d, const char *name);
struct indi_element *indi_element(const struct indi_property *p, const char *name);
double indi_get(const struct indi_device *d, const char *property, const char *element);
const char *indi_text(const struct indi_device *d, const char *property, const char *element);
bool indi_on(const struct indi_device *d, const char *property, const char *element);
int indi_which(const struct indi_property *p);
enum indi_state indi_state(const struct indi_device *d, const char *property);

#endif
