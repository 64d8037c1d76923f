/* datalink.c - the services that an answer describes (DataLink 1.1, section 4), and what to ask them for
 * a row. Not: links themselves (proto_datalink.c).
 */
#include "vigie/vo/datalink.h"

#include <stdlib.h>
#include <string.h>

#include "proto_own.h"

static const char *attr(struct arena *arena, const struct table_node *node, const char *name)
{
    const char *s = table_node_attr(node, name);
    return arena_str(arena, s ? s : "");
}

static const char *child_text(struct arena *arena, const struct table_node *node, const char *name)
{
    for (const struct table_node *k = node->child; k; k = k->next)
        if (strcmp(k->name, name) == 0)
            return arena_str(arena, k->text ? k->text : "");
    return "";
}

static void add_option(struct str *options, const struct table_node *node)
{
    const char *value = table_node_attr(node, "value");
    if (value)
        str_addf(options, "%s%s", options->n ? "|" : "", value);
}

static void read_values(struct arena *arena, const struct table_node *param,
                        struct datalink_input *input)
{
    struct str options = {0};
    for (const struct table_node *v = param->child; v; v = v->next)
        for (const struct table_node *k = strcmp(v->name, "VALUES") == 0 ? v->child : NULL; k;
             k = k->next) {
            if (strcmp(k->name, "MIN") == 0)
                input->min = attr(arena, k, "value");
            else if (strcmp(k->name, "MAX") == 0)
                input->max = attr(arena, k, "value");
            else if (strcmp(k->name, "OPTION") == 0)
                add_option(&options, k);
        }
    if (options.n)
        input->options = arena_str(arena, options.s);
    str_clear(&options);
}

static void read_input(struct arena *arena, const struct table_node *param, const struct table *t,
                       struct datalink_service *s)
{
    const char *ref = table_node_attr(param, "ref");
    struct datalink_input input = {.name = attr(arena, param, "name"),
                                   .value = attr(arena, param, "value"),
                                   .unit = attr(arena, param, "unit"),
                                   .xtype = attr(arena, param, "xtype"),
                                   .description = child_text(arena, param, "DESCRIPTION"),
                                   .min = "",
                                   .max = "",
                                   .options = "",
                                   .column = -1};
    for (size_t i = 0; ref && i < t->n_columns && input.column < 0; i++)
        if (t->column[i].field.id && strcmp(t->column[i].field.id, ref) == 0)
            input.column = (int)i;
    if (ref && input.column < 0)
        input.column = table_find(t, ref);
    read_values(arena, param, &input);
    VEC_PUSH(s->input, input);
}

static void read_service(const struct table_node *resource, const struct table *t,
                         struct datalink_services *out)
{
    struct arena *arena = &out->arena;
    struct datalink_service s = {.id = attr(arena, resource, "ID"),
                                 .name = attr(arena, resource, "name"),
                                 .url = "",
                                 .standard_id = "",
                                 .description = child_text(arena, resource, "DESCRIPTION")};
    for (const struct table_node *k = resource->child; k; k = k->next) {
        const char *name = table_node_attr(k, "name");
        if (strcmp(k->name, "PARAM") == 0 && name && str_eqi(name, "accessURL"))
            s.url = attr(arena, k, "value");
        else if (strcmp(k->name, "PARAM") == 0 && name && str_eqi(name, "standardID"))
            s.standard_id = attr(arena, k, "value");
        else if (strcmp(k->name, "GROUP") == 0 && name && str_eqi(name, "inputParams"))
            for (const struct table_node *p = k->child; p; p = p->next)
                if (strcmp(p->name, "PARAM") == 0)
                    read_input(arena, p, t, &s);
    }
    VEC_PUSH(out->service, s);
}

void datalink_services(const struct table_doc *doc, const struct table *t,
                       struct datalink_services *out)
{
    *out = (struct datalink_services){.service = {0}};
    for (const struct table_node *n = doc->meta; n; n = n->next) {
        const char *utype = table_node_attr(n, "utype");
        if (strcmp(n->name, "RESOURCE") == 0 && utype && str_eqi(utype, "adhoc:service"))
            read_service(n, t, out);
    }
}

void datalink_services_clear(struct datalink_services *s)
{
    for (size_t i = 0; i < s->service.n; i++)
        VEC_FREE(s->service.at[i].input);
    VEC_FREE(s->service);
    arena_clear(&s->arena);
}

const struct datalink_service *datalink_find(const struct datalink_services *s, const char *id)
{
    for (size_t i = 0; i < s->service.n; i++)
        if (strcmp(s->service.at[i].id, id) == 0)
            return &s->service.at[i];
    return NULL;
}

static const struct datalink_input *input_named(const struct datalink_service *s, const char *name)
{
    for (size_t i = 0; i < s->input.n; i++)
        if (str_eqi(s->input.at[i].name, name))
            return &s->input.at[i];
    return NULL;
}

static const struct proto_param *given(const struct proto_param *more, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eqi(more[i].key, name))
            return &more[i];
    return NULL;
}

enum status datalink_url(const struct datalink_service *s, const struct table *t, size_t row,
                         const struct proto_param *more, size_t n_more, struct str *url,
                         struct error *err)
{
    struct str value = {0};
    enum status st = OK;
    if (!*s->url)
        return err_set(err, E_ABSENT, "the description of service %.60s has no address", s->id);
    for (size_t i = 0; i < n_more; i++)
        if (!input_named(s, more[i].key))
            return err_set(err, E_RANGE, "service %.60s has no parameter %.40s", s->id,
                           more[i].key);
    vo_url(url, s->url);
    for (size_t i = 0; i < s->input.n && st == OK; i++) {
        const struct datalink_input *in = &s->input.at[i];
        const struct proto_param *mine = given(more, n_more, in->name);
        str_reset(&value);
        if (in->column >= 0 && row < t->rows)
            table_cell(t, row, (size_t)in->column, &value);
        if (mine)
            vo_url_add(url, in->name, mine->value);
        else if (value.n)
            vo_url_add(url, in->name, value.s);
        else if (in->column >= 0)
            st = err_set(err, E_ABSENT, "the row has no %.60s", in->name);
        else if (*in->value)
            vo_url_add(url, in->name, in->value);
    }
    for (size_t i = 0; i < n_more && st == OK; i++) { /* a parameter may be given more than once */
        const struct proto_param *first = given(more, n_more, more[i].key);
        if (first != &more[i])
            vo_url_add(url, input_named(s, more[i].key)->name, more[i].value);
    }
    vo_url_end(url);
    str_clear(&value);
    return st;
}

bool datalink_of_row(const struct table_doc *doc, const struct table *t,
                     const struct proto_columns *c, size_t row, struct str *url)
{
    struct str format = {0};
    struct datalink_services services;
    bool found = proto_role_text(t, c, row, PROTO_FORMAT, &format) && vo_is_datalink(format.s) &&
                 proto_role_text(t, c, row, PROTO_URL, url);
    str_clear(&format);
    if (found)
        return true;
    datalink_services(doc, t, &services);
    for (size_t i = 0; i < services.service.n && !found; i++) {
        const struct datalink_service *s = &services.service.at[i];
        str_reset(url);
        found = str_hasi(s->standard_id, "ivoa.net/std/datalink") &&
                datalink_url(s, t, row, NULL, 0, url, NULL) == OK;
    }
    datalink_services_clear(&services);
    return found;
}
