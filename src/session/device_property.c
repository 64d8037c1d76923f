/* device_property.c - properties set as text, and the last one set back. See devicedesk.h.
 * Not: what the guard refuses (devices/gate.c).
 */
#include <stdlib.h>
#include <string.h>

#include "devicedesk.h"

void device_undo_clear(struct undo *u)
{
    free(u->property);
    free(u->element);
    free(u->was);
    *u = (struct undo){0};
}

static const struct device_element *element_of(const struct device_property *p, const char *name)
{
    for (size_t i = 0; p && i < p->element.n; i++)
        if (strcmp(p->element.at[i].name, name) == 0)
            return &p->element.at[i];
    return NULL;
}

enum status session_property_set(struct session *s, uint64_t device, const char *property,
                                 const char *element, const char *value,
                                 const struct rack_asker *who, struct error *err)
{
    struct rack *r = session_rack(s);
    const struct device_info *d = r ? rack_find(r, device) : NULL;
    if (!d)
        return err_set(err, E_ABSENT, "there is no such device");
    const struct device_property *p = rack_property(r, device, property);
    if (!p)
        return err_set(err, E_ABSENT, "%s has no property %.40s", d->name, property);
    if (!p->writable)
        return err_set(err, E_REFUSED, "%s: %.40s can only be read", d->name, property);
    const struct device_element *e = element_of(p, element);
    if (!e)
        return err_set(err, E_ABSENT, "%s: %.40s has no element %.40s", d->name, property, element);
    struct undo u = {device, mem_str(property), mem_str(element), mem_str(e->value)};
    struct device_request q = {
        .verb = ASK_PROPERTY, .property = property, .element = element, .text = value};
    if (!rack_ask(r, device, &q, who, NULL, NULL, err)) {
        device_undo_clear(&u);
        return err->status;
    }
    device_undo_clear(&s->devices->undo);
    s->devices->undo = u;
    return OK;
}

enum status session_property_undo(struct session *s, bool confirmed, const struct rack_asker *who,
                                  struct str *say, struct error *err)
{
    struct undo u = s->devices->undo;
    const struct device_info *d = u.property ? rack_find(session_rack(s), u.device) : NULL;
    const struct device_element *e =
        d ? element_of(rack_property(session_rack(s), u.device, u.property), u.element) : NULL;
    if (!u.property)
        return err_set(err, E_ABSENT, "no property was set in this session");
    if (!e)
        return err_set(err, E_ABSENT, "%s.%s is gone: it cannot be set back", u.property,
                       u.element);
    if (!confirmed)
        return err_set(err, E_CANCELLED, "Set %s: %s.%s back from %s to %s?", d->name, u.property,
                       u.element, e->value, u.was);
    s->devices->undo =
        (struct undo){0}; /* setting back keeps what is there now: a second undo redoes */
    enum status st = session_property_set(s, u.device, u.property, u.element, u.was, who, err);
    if (st == OK) {
        str_addf(say, "%s: %s.%s back to %s asked for", d->name, u.property, u.element, u.was);
        device_undo_clear(&u);
    } else {
        s->devices->undo = u;
    }
    return st;
}
