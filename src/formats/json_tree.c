/* json_tree.c - a small document as a tree of values in an arena, and finding things in it. Not:
 * large documents (read those with json_reader).
 */
#include "vigie/formats/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct level {
    struct json *value, *last;
};

struct builder {
    struct arena *arena;
    struct json_reader *reader;
    VEC(struct level) open;
    struct json *root;
    const char *key;
    size_t key_n, nodes, most;
};

static struct json *add(struct builder *b, enum json_type type)
{
    if (++b->nodes > b->most) {
        json_reader_stop(b->reader, E_RANGE, "more values than the bound allows");
        return NULL;
    }
    struct json *v = arena_alloc(b->arena, sizeof *v);
    v->type = type;
    v->x = (double)NAN;
    if (!b->open.n) {
        b->root = v;
        return v;
    }
    struct level *up = &b->open.at[b->open.n - 1];
    v->key = b->key;
    v->key_n = b->key_n;
    b->key = NULL;
    b->key_n = 0;
    if (up->last)
        up->last->next = v;
    else
        up->value->first = v;
    up->last = v;
    up->value->n++;
    return v;
}

static bool begin(struct builder *b, enum json_type type)
{
    struct level l = {add(b, type), NULL};
    if (!l.value)
        return false;
    VEC_PUSH(b->open, l);
    return true;
}

static bool on_object(void *arg)
{
    return begin(arg, JSON_OBJECT);
}

static bool on_array(void *arg)
{
    return begin(arg, JSON_ARRAY);
}

static bool on_end(void *arg)
{
    struct builder *b = arg;
    b->open.n--;
    return true;
}

/* arena_strn stops at a zero byte; a JSON string may hold one. */
static const char *keep(struct builder *b, const char *s, size_t n)
{
    char *copy = arena_alloc(b->arena, n + 1);
    if (n)
        memcpy(copy, s, n);
    return copy;
}

static bool on_key(void *arg, const char *s, size_t n)
{
    struct builder *b = arg;
    b->key = keep(b, s, n);
    b->key_n = n;
    return true;
}

static bool on_string(void *arg, const char *s, size_t n)
{
    struct builder *b = arg;
    struct json *v = add(b, JSON_STRING);
    if (!v)
        return false;
    v->text = keep(b, s, n);
    v->n = n;
    return true;
}

static bool on_number(void *arg, const char *s, size_t n)
{
    struct builder *b = arg;
    struct json *v = add(b, JSON_NUMBER);
    if (!v)
        return false;
    v->text = keep(b, s, n);
    v->n = n;
    v->x = json_double(s, n);
    v->is_int = json_int64(s, n, &v->i);
    return true;
}

static bool on_boolean(void *arg, bool truth)
{
    struct json *v = add(arg, JSON_BOOL);
    if (v)
        v->truth = truth;
    return v != NULL;
}

static bool on_null(void *arg)
{
    return add(arg, JSON_NULL) != NULL;
}

enum status json_parse(struct arena *arena, const char *s, size_t n,
                       const struct json_limits *limits, const struct json **value,
                       struct error *err)
{
    static const struct json_events events = {on_object, on_key,    on_end,     on_array, on_end,
                                              on_string, on_number, on_boolean, on_null};
    struct builder b = {.arena = arena, .most = limits && limits->nodes ? limits->nodes : 200000};
    b.reader = json_reader_new(&events, &b, limits);
    enum status st = json_feed(b.reader, s, n, err);
    if (st == OK)
        st = json_finish(b.reader, err);
    *value = st == OK ? b.root : NULL;
    json_reader_free(b.reader);
    VEC_FREE(b.open);
    return st;
}

static const struct json *get_n(const struct json *v, const char *key, size_t n)
{
    const struct json *found = NULL;
    if (v && v->type == JSON_OBJECT)
        for (const struct json *c = v->first; c; c = c->next)
            if (c->key_n == n && memcmp(c->key, key, n) == 0)
                found = c;
    return found;
}

const struct json *json_get(const struct json *v, const char *key)
{
    return get_n(v, key, strlen(key));
}

const struct json *json_item(const struct json *v, size_t i)
{
    if (!v || (v->type != JSON_ARRAY && v->type != JSON_OBJECT) || i >= v->n)
        return NULL;
    const struct json *c = v->first;
    while (i--)
        c = c->next;
    return c;
}

const struct json *json_path(const struct json *v, const char *path)
{
    while (v && *path) {
        size_t n = strcspn(path, ".");
        int64_t i;
        if (v->type == JSON_ARRAY)
            v = json_int64(path, n, &i) && i >= 0 ? json_item(v, (size_t)i) : NULL;
        else
            v = get_n(v, path, n);
        path += n + (path[n] == '.');
    }
    return v;
}

const char *json_text(const struct json *v)
{
    return v && v->type == JSON_STRING ? v->text : NULL;
}

double json_number(const struct json *v)
{
    return v && v->type == JSON_NUMBER ? v->x : (double)NAN;
}
