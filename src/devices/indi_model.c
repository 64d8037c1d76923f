/* indi_model.c - see indi_model.h. */
#include "indi_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES_MAX = 256, PROPERTIES_MAX = 1024 };

static void property_free(struct indi_property *p)
{
    for (size_t i = 0; i < p->element.n; i++) {
        struct indi_element *e = &p->element.at[i];
        free(e->name);
        free(e->label);
        free(e->value);
        free(e->format);
    }
    VEC_FREE(p->element);
    free(p->name);
    free(p->label);
    free(p->group);
    free(p->message);
    free(p);
}

static void device_free(struct indi_device *d)
{
    for (size_t i = 0; i < d->property.n; i++)
        property_free(d->property.at[i]);
    VEC_FREE(d->property);
    free(d->name);
    free(d->said);
    free(d);
}

void indi_model_clear(struct indi_model *m)
{
    for (size_t i = 0; i < m->device.n; i++)
        device_free(m->device.at[i]);
    VEC_FREE(m->device);
}

struct indi_device *indi_model_device(const struct indi_model *m, const char *name)
{
    for (size_t i = 0; i < m->device.n; i++)
        if (strcmp(m->device.at[i]->name, name) == 0)
            return m->device.at[i];
    return NULL;
}

void indi_model_drop(struct indi_model *m, const char *name)
{
    for (size_t i = 0; i < m->device.n; i++)
        if (strcmp(m->device.at[i]->name, name) == 0) {
            device_free(m->device.at[i]);
            memmove(m->device.at + i, m->device.at + i + 1,
                    (m->device.n - i - 1) * sizeof *m->device.at);
            m->device.n--;
            return;
        }
}

void indi_device_forget(struct indi_device *d, const char *name)
{
    for (size_t i = 0; i < d->property.n; i++)
        if (strcmp(d->property.at[i]->name, name) == 0) {
            property_free(d->property.at[i]);
            memmove(d->property.at + i, d->property.at + i + 1,
                    (d->property.n - i - 1) * sizeof *d->property.at);
            d->property.n--;
            return;
        }
}

static void put(char **where, const char *text)
{
    if (*where && strcmp(*where, text) == 0)
        return;
    free(*where);
    *where = mem_str(text);
}

static void define_elements(struct indi_property *p, const struct indi_vector *v)
{
    for (size_t i = 0; i < v->item.n; i++) {
        const struct indi_item *from = &v->item.at[i];
        struct indi_element *e = indi_element(p, from->name);
        if (!e) {
            VEC_PUSH(p->element, ((struct indi_element){.name = mem_str(from->name)}));
            e = &p->element.at[p->element.n - 1];
        }
        put(&e->label, *from->label ? from->label : from->name);
        put(&e->format, from->format);
        e->min = from->min;
        e->max = from->max;
        e->step = from->step;
    }
}

static struct indi_device *device_of(struct indi_model *m, const struct indi_vector *v)
{
    struct indi_device *d = indi_model_device(m, v->device);
    if (d || v->tag != INDI_DEF || m->device.n == DEVICES_MAX)
        return d;
    d = mem_zero(sizeof *d);
    d->name = mem_str(v->device);
    d->said = mem_str("");
    VEC_PUSH(m->device, d);
    return d;
}

static struct indi_property *define(struct indi_device *d, const struct indi_vector *v, bool *fresh)
{
    struct indi_property *p = indi_property(d, v->name);
    if (p && p->type != v->type) { /* a new one of the old name */
        indi_device_forget(d, v->name);
        p = NULL;
    }
    *fresh = p == NULL;
    if (!p && d->property.n == PROPERTIES_MAX)
        return NULL;
    if (!p) {
        p = mem_zero(sizeof *p);
        p->name = mem_str(v->name);
        p->type = v->type;
        p->message = mem_str("");
        p->set_ms = -1;
        VEC_PUSH(d->property, p);
    }
    put(&p->label, *v->label ? v->label : v->name);
    put(&p->group, v->group);
    p->rule = v->rule;
    p->readable = v->readable;
    p->writable = v->writable && v->type != INDI_LIGHT;
    define_elements(p, v);
    return p;
}

/* Whether some text is another than before. */
static bool set_elements(struct indi_property *p, const struct indi_vector *v)
{
    bool one_on = false, other = false;
    for (size_t i = 0; i < v->item.n; i++) {
        struct indi_element *e = indi_element(p, v->item.at[i].name);
        if (!e)
            continue;
        other |= !e->value || strcmp(e->value, v->item.at[i].value) != 0;
        put(&e->value, v->item.at[i].value);
        e->number = v->item.at[i].number;
        one_on |= v->type == INDI_SWITCH && e->number == 1;
    }
    /* only what changed may be told: of OneOfMany the others are then Off */
    if (one_on && p->rule != INDI_ANY_OF_MANY && v->item.n < p->element.n)
        for (size_t i = 0; i < p->element.n; i++) {
            bool told = false;
            for (size_t k = 0; k < v->item.n; k++)
                told |= strcmp(v->item.at[k].name, p->element.at[i].name) == 0;
            if (!told) {
                put(&p->element.at[i].value, "Off");
                p->element.at[i].number = 0;
            }
        }
    for (size_t i = 0; i < p->element.n; i++)
        if (!p->element.at[i].value) {
            p->element.at[i].value = mem_str("");
            p->element.at[i].number = NAN;
        }
    return other;
}

struct indi_property *indi_model_take(struct indi_model *m, const struct indi_vector *v,
                                      int64_t now_ms, bool *fresh)
{
    struct indi_device *d = device_of(m, v);
    struct indi_property *p = NULL;
    *fresh = false;
    if (d)
        p = v->tag == INDI_DEF ? define(d, v, fresh) : indi_property(d, v->name);
    if (!p || p->type != v->type)
        return NULL;
    bool other = set_elements(p, v);
    if (v->state != INDI_UNSAID)
        p->state = v->state;
    if (isfinite(v->timeout_s))
        p->timeout_s = v->timeout_s;
    if (*v->message) {
        put(&p->message, v->message);
        put(&d->said, v->message);
    }
    p->said_ms = now_ms;
    if (v->tag == INDI_SET && (other || p->type != INDI_TEXT))
        p->set_ms = now_ms;
    p->sets++;
    p->busy += p->state == INDI_BUSY;
    return p;
}

struct indi_property *indi_property(const struct indi_device *d, const char *name)
{
    for (size_t i = 0; d && i < d->property.n; i++)
        if (strcmp(d->property.at[i]->name, name) == 0)
            return d->property.at[i];
    return NULL;
}

struct indi_element *indi_element(const struct indi_property *p, const char *name)
{
    for (size_t i = 0; p && i < p->element.n; i++)
        if (strcmp(p->element.at[i].name, name) == 0)
            return &p->element.at[i];
    return NULL;
}

double indi_get(const struct indi_device *d, const char *property, const char *element)
{
    const struct indi_element *e = indi_element(indi_property(d, property), element);
    return e ? e->number : (double)NAN;
}

const char *indi_text(const struct indi_device *d, const char *property, const char *element)
{
    const struct indi_element *e = indi_element(indi_property(d, property), element);
    return e ? e->value : "";
}

bool indi_on(const struct indi_device *d, const char *property, const char *element)
{
    return indi_get(d, property, element) == 1;
}

int indi_which(const struct indi_property *p)
{
    for (size_t i = 0; p && i < p->element.n; i++)
        if (p->element.at[i].number == 1)
            return (int)i;
    return -1;
}

enum indi_state indi_state(const struct indi_device *d, const char *property)
{
    const struct indi_property *p = indi_property(d, property);
    return p ? p->state : INDI_UNSAID;
}
