/* voevent.c - from the tree of a packet to struct voevent.
 * Not: the XML reader (xml.c), not the meaning of a stream's Params. Source: IVOA VOEvent 2.0
 * (2011), 2.1 (2026), sections 3.1 to 3.9; 1.1 differs in its namespace only for what is read here.
 */
#include "vigie/formats/voevent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"
#include "vigie/formats/xml.h"

static const char *trimmed(struct arena *a, const char *s)
{
    if (!s)
        return NULL;
    size_t lead = strspn(s, " \t\r\n"), n = strlen(s + lead);
    while (n && strchr(" \t\r\n", s[lead + n - 1]))
        n--;
    return arena_strn(a, s + lead, n);
}

static const char *copy(struct arena *a, const char *s)
{
    return s ? arena_str(a, s) : NULL;
}

static const char *attr(struct voevent *v, const struct xml_node *node, const char *name)
{
    return trimmed(&v->arena, xml_value(node, name));
}

static const char *text_at(struct voevent *v, const struct xml_node *node, const char *path)
{
    return node ? trimmed(&v->arena, xml_text(xml_path(node, path))) : NULL;
}

static size_t count(const struct xml_node *node, const char *name)
{
    size_t n = 0;
    for (const struct xml_node *c = xml_child(node, name, NULL); c; c = xml_child(node, name, c))
        n++;
    return n;
}

/* All texts of the children of one name. */
static struct voevent_texts texts(struct voevent *v, const struct xml_node *node, const char *name)
{
    struct voevent_texts t = {NULL, count(node, name)};
    size_t i = 0;
    t.at = t.n ? arena_alloc(&v->arena, t.n * sizeof *t.at) : NULL;
    for (const struct xml_node *c = xml_child(node, name, NULL); c; c = xml_child(node, name, c))
        t.at[i++] = trimmed(&v->arena, xml_text(c));
    return t;
}

static const char *first(const struct voevent_texts *t)
{
    return t->n ? t->at[0] : NULL;
}

static struct voevent_param read_param(struct voevent *v, const struct xml_node *node,
                                       const char *group)
{
    struct voevent_param p = {0};
    const char *value = xml_value(node, "value");
    p.group = group;
    p.name = copy(&v->arena, xml_value(node, "name"));
    p.value = value ? copy(&v->arena, value) : text_at(v, node, "Value");
    p.unit = attr(v, node, "unit");
    p.ucd = attr(v, node, "ucd");
    p.utype = attr(v, node, "utype");
    p.type = attr(v, node, "dataType");
    p.description = text_at(v, node, "Description");
    return p;
}

static struct voevent_params children_params(struct voevent *v, const struct xml_node *node,
                                             const char *name)
{
    struct voevent_params p = {NULL, count(node, name)};
    size_t i = 0;
    p.at = p.n ? arena_alloc(&v->arena, p.n * sizeof *p.at) : NULL;
    for (const struct xml_node *c = xml_child(node, name, NULL); c; c = xml_child(node, name, c))
        p.at[i++] = read_param(v, c, NULL);
    return p;
}

static void read_cells(struct voevent *v, struct voevent_table *t, const struct xml_node *data)
{
    size_t wide = t->fields.n, row = 0;
    t->n_rows = wide ? count(data, "TR") : 0;
    if (!t->n_rows)
        return;
    t->cell = arena_alloc(&v->arena, t->n_rows * wide * sizeof *t->cell);
    for (const struct xml_node *r = xml_child(data, "TR", NULL); r;
         r = xml_child(data, "TR", r), row++) {
        size_t k = 0;
        for (const struct xml_node *d = xml_child(r, "TD", NULL); d && k < wide;
             d = xml_child(r, "TD", d))
            t->cell[row * wide + k++] = trimmed(&v->arena, xml_text(d));
    }
}

static void read_table(struct voevent *v, const struct xml_node *node, struct voevent_table *t)
{
    t->name = attr(v, node, "name");
    t->type = attr(v, node, "type");
    t->description = text_at(v, node, "Description");
    t->params = children_params(v, node, "Param");
    t->fields = children_params(v, node, "Field");
    read_cells(v, t, xml_child(node, "Data", NULL));
}

/* What: Params directly in it and one Group deep, in document order; Tables apart. */
static void read_what(struct voevent *v, const struct xml_node *what)
{
    size_t n = count(what, "Param"), k = 0, g = 0, t = 0;
    v->n_groups = count(what, "Group");
    v->n_tables = count(what, "Table");
    for (const struct xml_node *c = xml_child(what, "Group", NULL); c;
         c = xml_child(what, "Group", c))
        n += count(c, "Param");
    v->params.at = n ? arena_alloc(&v->arena, n * sizeof *v->params.at) : NULL;
    v->groups = v->n_groups ? arena_alloc(&v->arena, v->n_groups * sizeof *v->groups) : NULL;
    v->tables = v->n_tables ? arena_alloc(&v->arena, v->n_tables * sizeof *v->tables) : NULL;
    for (const struct xml_node *c = what ? what->child : NULL; c; c = c->next) {
        if (strcmp(c->name, "Param") == 0) {
            v->params.at[k++] = read_param(v, c, NULL);
        } else if (strcmp(c->name, "Table") == 0) {
            read_table(v, c, &v->tables[t++]);
        } else if (strcmp(c->name, "Group") == 0) {
            struct voevent_group *group = &v->groups[g++];
            group->name = attr(v, c, "name");
            group->type = attr(v, c, "type");
            group->description = text_at(v, c, "Description");
            const char *key = group->name && *group->name ? group->name : group->type;
            for (const struct xml_node *p = xml_child(c, "Param", NULL); p;
                 p = xml_child(c, "Param", p))
                v->params.at[k++] = read_param(v, p, key ? key : "");
        }
    }
    v->params.n = k;
    v->what = texts(v, what, "Description");
}

/* Version 2.1 lets each value have its own unit. */
static const char *own_unit(struct voevent *v, const struct xml_node *node, const char *otherwise)
{
    const char *u = attr(v, node, "pos_unit");
    u = u ? u : attr(v, node, "unit");
    return u ? u : otherwise;
}

static void read_axes(struct voevent *v, const struct xml_node *p, struct voevent_coords *c,
                      const char *value, int n)
{
    static const char *const names[] = {"Name1", "Name2", "Name3"}, *const cs[] = {"C1", "C2",
                                                                                   "C3"};
    const struct xml_node *values = xml_child(p, value, NULL);
    const char *unit = own_unit(v, p, NULL);
    unit = own_unit(v, values, unit);
    for (int i = 0; i < n; i++) {
        const struct xml_node *at = xml_child(values, cs[i], NULL);
        c->c[i] = trimmed(&v->arena, xml_text(at));
        c->name[i] = text_at(v, p, names[i]);
        c->unit[i] = own_unit(v, at, unit);
    }
}

/* A field of view must hold the region: of an ellipse the larger axis. */
static void read_error2(struct voevent *v, const struct xml_node *p, struct voevent_coords *c)
{
    const struct xml_node *e = xml_child(p, "Error2Radius", NULL),
                          *both = xml_child(p, "Error2", NULL);
    const char *unit = own_unit(v, p, NULL);
    if (!e && both) {
        const struct xml_node *a = xml_child(both, "C1", NULL), *b = xml_child(both, "C2", NULL);
        double x, y;
        bool has_a = str_num(xml_text(a), &x), has_b = str_num(xml_text(b), &y);
        unit = own_unit(v, both, unit);
        e = has_b && (!has_a || y > x) ? b : a;
    }
    if (!e)
        return;
    c->error2 = trimmed(&v->arena, xml_text(e));
    c->error2_unit = own_unit(v, e, unit);
}

static void read_time(struct voevent *v, const struct xml_node *time, struct voevent_coords *c)
{
    const struct xml_node *span = xml_child(time, "TimeInterval", NULL);
    c->iso_time = text_at(v, time, "TimeInstant/ISOTime");
    c->time_error = text_at(v, time, "Error");
    c->time_unit = attr(v, time, "unit");
    if (!span)
        return;
    c->time_start = text_at(v, span, "ISOTimeStart");
    c->time_stop = text_at(v, span, "ISOTimeStop");
    if (!c->time_start)
        c->time_start = text_at(v, span, "StartTime/ISOTime");
    if (!c->time_stop)
        c->time_stop = text_at(v, span, "StopTime/ISOTime");
}

static struct voevent_coords_list read_coords(struct voevent *v, const struct xml_node *location)
{
    struct voevent_coords_list l = {NULL, count(location, "AstroCoords")};
    const char *system = attr(v, xml_child(location, "AstroCoordSystem", NULL), "id");
    size_t i = 0;
    l.at = l.n ? arena_alloc(&v->arena, l.n * sizeof *l.at) : NULL;
    for (const struct xml_node *a = xml_child(location, "AstroCoords", NULL); a;
         a = xml_child(location, "AstroCoords", a)) {
        struct voevent_coords *c = &l.at[i++];
        const struct xml_node *two = xml_child(a, "Position2D", NULL),
                              *three = xml_child(a, "Position3D", NULL);
        c->coord_system = attr(v, a, "coord_system_id");
        if (!c->coord_system)
            c->coord_system = system;
        read_time(v, xml_child(a, "Time", NULL), c);
        c->position_name = text_at(v, a, "PositionName");
        c->position2d = two != NULL;
        c->position3d = three != NULL;
        if (two) {
            read_axes(v, two, c, "Value2", 2);
            read_error2(v, two, c);
        } else if (three) {
            read_axes(v, three, c, "Value3", 3);
        }
    }
    return l;
}

static void read_where(struct voevent *v, const struct xml_node *where)
{
    const struct xml_node *site = xml_path(where, "ObsDataLocation/ObservatoryLocation");
    v->observatory = attr(v, site, "id");
    v->site = read_coords(v, site);
    v->coords = read_coords(v, xml_path(where, "ObsDataLocation/ObservationLocation"));
    v->where = texts(v, where, "Description");
}

static void read_who(struct voevent *v, const struct xml_node *who)
{
    const struct xml_node *author = xml_child(who, "Author", NULL);
    v->author_ivorn = text_at(v, who, "AuthorIVORN");
    v->date = text_at(v, who, "Date");
    v->author.title = text_at(v, author, "title");
    v->author.short_name = text_at(v, author, "shortName");
    v->author.contact_name = text_at(v, author, "contactName");
    v->author.contact_email = text_at(v, author, "contactEmail");
    v->author.contact_phone = text_at(v, author, "contactPhone");
    v->author.contributors = texts(v, author, "contributor");
    v->who = texts(v, who, "Description");
}

/* Names stand in Why or in its Inferences. */
static void read_names(struct voevent *v, const struct xml_node *why)
{
    size_t n = count(why, "Name"), i = 0;
    for (const struct xml_node *c = xml_child(why, "Inference", NULL); c;
         c = xml_child(why, "Inference", c))
        n += count(c, "Name");
    v->names.n = n;
    v->names.at = n ? arena_alloc(&v->arena, n * sizeof *v->names.at) : NULL;
    for (const struct xml_node *c = why ? why->child : NULL; c; c = c->next) {
        if (strcmp(c->name, "Name") == 0)
            v->names.at[i++] = trimmed(&v->arena, xml_text(c));
        if (strcmp(c->name, "Inference") == 0)
            for (const struct xml_node *k = xml_child(c, "Name", NULL); k;
                 k = xml_child(c, "Name", k))
                v->names.at[i++] = trimmed(&v->arena, xml_text(k));
    }
}

static void read_why(struct voevent *v, const struct xml_node *why)
{
    size_t i = 0;
    v->importance = attr(v, why, "importance");
    v->expires = attr(v, why, "expires");
    read_names(v, why);
    v->concepts = texts(v, why, "Concept");
    v->why = texts(v, why, "Description");
    v->n_inferences = count(why, "Inference");
    if (v->n_inferences)
        v->inferences = arena_alloc(&v->arena, v->n_inferences * sizeof *v->inferences);
    for (const struct xml_node *c = xml_child(why, "Inference", NULL); c;
         c = xml_child(why, "Inference", c)) {
        struct voevent_inference *f = &v->inferences[i++];
        f->probability = attr(v, c, "probability");
        f->relation = attr(v, c, "relation");
        f->description = text_at(v, c, "Description");
        f->names = texts(v, c, "Name");
        f->concepts = texts(v, c, "Concept");
    }
}

static void read_citations(struct voevent *v, const struct xml_node *citations)
{
    v->cites = texts(v, citations, "Description");
    size_t n = count(citations, "EventIVORN"), i = 0;
    v->citations = n ? arena_alloc(&v->arena, n * sizeof *v->citations) : NULL;
    for (const struct xml_node *c = xml_child(citations, "EventIVORN", NULL); c;
         c = xml_child(citations, "EventIVORN", c)) {
        v->citations[i].cite = attr(v, c, "cite");
        v->citations[i++].ivorn = trimmed(&v->arena, xml_text(c));
    }
    v->n_citations = n;
}

/* Visits every Reference at any depth, in document order; the depth is bounded by the reader. The
 * first pass counts (out NULL). */
static size_t references(struct voevent *v, const struct xml_node *node,
                         struct voevent_reference *out)
{
    size_t n = 0;
    for (const struct xml_node *c = node->child; c; c = c->next) {
        if (strcmp(c->name, "Reference") == 0) {
            if (out)
                out[n] = (struct voevent_reference){attr(v, c, "uri"), attr(v, c, "type"),
                                                    attr(v, c, "mimetype"), attr(v, c, "meaning"),
                                                    attr(v, c, "name")};
            n++;
        }
        n += references(v, c, out ? out + n : NULL);
    }
    return n;
}

static void read_packet(struct voevent *v, const struct xml_node *root)
{
    v->uri = arena_str(&v->arena, root->uri);
    v->version = attr(v, root, "version");
    v->ivorn = attr(v, root, "ivorn");
    v->role = attr(v, root, "role");
    read_who(v, xml_child(root, "Who", NULL));
    read_what(v, xml_child(root, "What", NULL));
    read_where(v, xml_child(root, "WhereWhen", NULL));
    read_why(v, xml_child(root, "Why", NULL));
    v->how = texts(v, xml_child(root, "How", NULL), "Description");
    read_citations(v, xml_child(root, "Citations", NULL));
    struct voevent_texts own = texts(v, root, "Description");
    v->description = first(&own);
    v->n_references = references(v, root, NULL);
    if (v->n_references) {
        v->references = arena_alloc(&v->arena, v->n_references * sizeof *v->references);
        references(v, root, v->references);
    }
}

enum status voevent_read(const void *bytes, size_t n, struct voevent *out, struct error *err)
{
    static const struct xml_limits limits = {.max_bytes = VOEVENT_MAX_BYTES, .max_depth = 255};
    *out = (struct voevent){0};
    struct xml_tree *t = xml_tree_new(&limits);
    enum status s = xml_feed(t->xml, bytes, n, err);
    if (s == OK)
        s = xml_end(t->xml, err);
    if (s == OK && strcmp(t->root->name, "VOEvent") != 0)
        s = err_set(err, E_PARSE, "the root is %.60s, not VOEvent", t->root->name);
    if (s == OK)
        read_packet(out, t->root);
    xml_tree_free(t);
    return s;
}

void voevent_clear(struct voevent *v)
{
    arena_clear(&v->arena);
    *v = (struct voevent){0};
}

const struct voevent_param *voevent_param(const struct voevent *v, const char *group,
                                          const char *name)
{
    for (size_t i = 0; i < v->params.n; i++) {
        const struct voevent_param *p = &v->params.at[i];
        if (p->name && str_eqi(p->name, name) && (!group || (p->group && str_eqi(p->group, group))))
            return p;
    }
    return NULL;
}
