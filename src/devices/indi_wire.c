/* indi_wire.c - see indi_wire.h. The XML is formats/xml's; base64 of an image is taken out of the bytes before the XML
 * reader sees it, which is ten times as fast.
 */
#include "indi_wire.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"
#include "vigie/formats/xml.h"

enum {
    ELEMENT_MAX = 1 << 20, /* bytes of an element without a BLOB */
    ITEMS_MAX = 1024,
    TEXT_MAX = 1 << 16,
    NAME_MAX_INDI = 128,
    DEPTH_MAX = 4
};

struct indi_reader {
    struct indi_events on;
    struct xml *xml;
    struct indi_vector v;
    struct arena arena;
    struct str text;
    size_t max_blob, refused;
    int depth;          /* of elements: 1 inside a vector, 2 inside an element of it */
    bool bad;           /* it is to be passed over */
    bool item;          /* inside an element of it */
    bool blob;          /* that is a BLOB */
    unsigned bits, got; /* base64: of the group of four that is not whole */
    int pads;
};

/* ---- attributes ---- */

static const char *attr_of(const struct xml_attr *a, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(a[i].name, name) == 0)
            return a[i].value;
    return "";
}

/* Texts that are shown. */
static const char *clean(struct indi_reader *r, const char *s)
{
    struct str t = {.max = TEXT_MAX};
    utf8_clean(&t, s, strlen(s));
    const char *kept = arena_str(&r->arena, str_c(&t));
    str_clear(&t);
    return kept;
}

/* A name goes back to the server as it came, so one that would have to be cleaned is no name. */
static const char *name_of(struct indi_reader *r, const char *s)
{
    const char *c = clean(r, s);
    if (strcmp(c, s) != 0 || strlen(s) >= NAME_MAX_INDI)
        r->bad = true;
    return c;
}

static int state_of(const char *s)
{
    static const char *const word[] = {"Idle", "Ok", "Busy", "Alert"};
    for (int i = 0; i < 4; i++)
        if (strcmp(s, word[i]) == 0)
            return i;
    return INDI_UNSAID;
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static bool type_of(const char *s, enum indi_type *type)
{
    static const char *const word[] = {"TextVector", "NumberVector", "SwitchVector", "LightVector",
                                       "BLOBVector"};
    for (int i = 0; i < 5; i++)
        if (strcmp(s, word[i]) == 0) {
            *type = (enum indi_type)i;
            return true;
        }
    return false;
}

static bool tag_of(const char *name, enum indi_tag *tag, enum indi_type *type)
{
    if (strncmp(name, "def", 3) == 0 && type_of(name + 3, type))
        *tag = INDI_DEF;
    else if (strncmp(name, "set", 3) == 0 && type_of(name + 3, type))
        *tag = INDI_SET;
    else if (strcmp(name, "delProperty") == 0)
        *tag = INDI_DEL;
    else if (strcmp(name, "message") == 0)
        *tag = INDI_MESSAGE;
    else
        return false; /* getProperties and new* of others are for drivers */
    return true;
}

static void begin_vector(struct indi_reader *r, const char *name, const struct xml_attr *a,
                         size_t n)
{
    struct indi_vector *v = &r->v;
    r->bad = !tag_of(name, &v->tag, &v->type);
    if (r->bad)
        return;
    v->device = name_of(r, attr_of(a, n, "device"));
    v->name = name_of(r, attr_of(a, n, "name"));
    v->label = clean(r, attr_of(a, n, "label"));
    v->group = clean(r, attr_of(a, n, "group"));
    v->message = clean(r, attr_of(a, n, "message"));
    v->state = (enum indi_state)state_of(attr_of(a, n, "state"));
    v->timeout_s = indi_number(attr_of(a, n, "timeout"));
    const char *rule = attr_of(a, n, "rule"), *perm = attr_of(a, n, "perm");
    v->rule = strcmp(rule, "AnyOfMany") == 0   ? INDI_ANY_OF_MANY
              : strcmp(rule, "AtMostOne") == 0 ? INDI_AT_MOST_ONE
                                               : INDI_ONE_OF_MANY;
    v->readable = strchr(perm, 'r') != NULL || !*perm;
    v->writable = strchr(perm, 'w') != NULL;
    bool whole = *v->device && (*v->name || v->tag == INDI_DEL);
    if (v->tag != INDI_MESSAGE && !whole)
        r->bad = true;
}

static void begin_item(struct indi_reader *r, const char *name, const struct xml_attr *a, size_t n)
{
    struct indi_item item = {.number = NAN, .size = NAN, .len = NAN};
    bool ours = (strncmp(name, "def", 3) == 0 || strncmp(name, "one", 3) == 0) &&
                (r->v.tag == INDI_DEF || r->v.tag == INDI_SET);
    if (r->bad)
        return;
    item.name = name_of(r, attr_of(a, n, "name"));
    if (!ours || !*item.name || r->v.item.n == ITEMS_MAX) {
        r->bad = true;
        return;
    }
    item.label = clean(r, attr_of(a, n, "label"));
    item.format = clean(r, attr_of(a, n, "format"));
    item.min = indi_number(attr_of(a, n, "min"));
    item.max = indi_number(attr_of(a, n, "max"));
    item.step = indi_number(attr_of(a, n, "step"));
    item.value = "";
    r->blob = ends_with(name, "BLOB");
    if (r->blob) {
        item.size = indi_number(attr_of(a, n, "size"));
        item.len = indi_number(attr_of(a, n, "len"));
        item.blob.max = r->max_blob ? r->max_blob : 1;
    }
    r->bits = r->got = 0;
    r->pads = 0;
    str_reset(&r->text);
    r->item = true;
    VEC_PUSH(r->v.item, item);
}

/* ---- base64 ---- */

static int digit_of(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void take_base64(struct indi_reader *r, const char *s, size_t n)
{
    struct indi_item *item = &r->v.item.at[r->v.item.n - 1];
    unsigned char piece[3072];
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digit_of((unsigned char)s[i]);
        if (d < 0) {
            bool blank = s[i] == '\n' || s[i] == ' ' || s[i] == '\r' || s[i] == '\t';
            r->pads += s[i] == '=';
            item->broken |= !blank && s[i] != '=';
            continue;
        }
        item->broken |= r->pads > 0; /* something behind its end */
        r->bits = r->bits << 6 | (unsigned)d;
        if (++r->got < 4)
            continue;
        piece[k++] = (unsigned char)(r->bits >> 16);
        piece[k++] = (unsigned char)(r->bits >> 8);
        piece[k++] = (unsigned char)r->bits;
        r->got = 0;
        if (k == sizeof piece) {
            str_addn(&item->blob, piece, k);
            k = 0;
        }
    }
    str_addn(&item->blob, piece, k);
    if (r->on.progress)
        r->on.progress(r->on.arg, r->v.device, r->v.name, item->blob.n, item->size);
}

static void end_base64(struct indi_reader *r, struct indi_item *item)
{
    unsigned char last[2] = {(unsigned char)(r->got == 2 ? r->bits >> 4 : r->bits >> 10),
                             (unsigned char)(r->bits >> 2)};
    if (r->got >= 2)
        str_addn(&item->blob, last, r->got - 1);
    item->broken |= r->got == 1 || item->blob.over;
}

/* ---- the XML reader tells ---- */

static enum status on_start(void *arg, const char *uri, const char *name, const struct xml_attr *a,
                            size_t n, struct error *err)
{
    struct indi_reader *r = arg;
    (void)uri, (void)err;
    r->depth++;
    if (r->depth == 1)
        begin_vector(r, name, a, n);
    else if (r->depth == 2)
        begin_item(r, name, a, n);
    else
        r->bad = true;
    return OK;
}

static enum status on_text(void *arg, const char *s, size_t n, struct error *err)
{
    struct indi_reader *r = arg;
    if (!r->item || r->bad)
        return OK;
    if (r->blob)
        take_base64(r, s, n);
    else
        str_addn(&r->text, s, n);
    if (r->text.over)
        return err_set(err, E_RANGE, "INDI: the value of %s is longer than %d bytes", r->v.name,
                       TEXT_MAX);
    return OK;
}

static void end_item(struct indi_reader *r)
{
    struct indi_item *item = &r->v.item.at[r->v.item.n - 1];
    r->item = false;
    if (r->blob) {
        end_base64(r, item);
        r->blob = false;
        return;
    }
    const char *s = str_c(&r->text);
    size_t n = r->text.n;
    while (n && strchr(" \t\r\n", s[n - 1]))
        n--;
    while (n && strchr(" \t\r\n", *s))
        s++, n--;
    item->value = arena_strn(&r->arena, s, n);
    if (r->v.type == INDI_NUMBER)
        item->number = indi_number(item->value);
    else if (r->v.type == INDI_SWITCH)
        item->number = strcmp(item->value, "On") == 0;
    else if (r->v.type == INDI_LIGHT)
        item->number = state_of(item->value);
}

static void reset(struct indi_reader *r)
{
    for (size_t i = 0; i < r->v.item.n; i++)
        str_clear(&r->v.item.at[i].blob);
    r->v.item.n = 0;
    arena_clear(&r->arena);
    r->bad = r->item = r->blob = false;
}

static enum status on_end(void *arg, const char *uri, const char *name, struct error *err)
{
    struct indi_reader *r = arg;
    (void)uri, (void)name, (void)err;
    r->depth--;
    if (r->depth == 1 && r->item)
        end_item(r);
    if (r->depth > 0)
        return OK;
    if (r->bad)
        r->refused++;
    else
        r->on.vector(r->on.arg, &r->v);
    reset(r);
    return OK;
}

struct indi_reader *indi_reader_new(const struct indi_events *events, size_t max_blob)
{
    static const struct xml_handler handler = {on_start, on_end, on_text};
    struct indi_reader *r = mem_zero(sizeof *r);
    struct xml_limits limits = {
        .max_bytes = ELEMENT_MAX + max_blob / 2 * 3, .max_depth = DEPTH_MAX, .stream = true};
    r->on = *events;
    r->max_blob = max_blob;
    r->text.max = TEXT_MAX;
    r->xml = xml_new(&limits, &handler, r);
    return r;
}

void indi_reader_free(struct indi_reader *r)
{
    if (!r)
        return;
    xml_free(r->xml);
    reset(r);
    VEC_FREE(r->v.item);
    str_clear(&r->text);
    free(r);
}

/* The base64 of a BLOB, up to the next tag, without the XML reader. */
static size_t take_quick(struct indi_reader *r, const char *s, size_t n)
{
    const char *tag = memchr(s, '<', n);
    size_t k = tag ? (size_t)(tag - s) : n;
    const char *reference = memchr(s, '&', k);
    if (reference)
        k = (size_t)(reference - s);
    take_base64(r, s, k);
    xml_skip(r->xml, k, 0);
    return k;
}

enum status indi_feed(struct indi_reader *r, const char *bytes, size_t n, struct error *err)
{
    for (size_t done = 0; done < n;) {
        const char *p = bytes + done, *end;
        size_t left = n - done, k = left;
        if (r->blob && !r->bad && *p != '<' && *p != '&' && xml_idle(r->xml)) {
            done += take_quick(r, p, left);
            continue;
        }
        if (r->max_blob && (end = memchr(p, '>', left)))
            k = (size_t)(end - p) + 1;
        enum status s = xml_feed(r->xml, p, k, err);
        if (s != OK) {
            err_wrap(err, "INDI");
            return s;
        }
        done += k;
    }
    return OK;
}

size_t indi_refused(const struct indi_reader *r)
{
    return r->refused;
}

/* ---- commands ---- */

static void add_escaped(struct str *out, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '&': str_add(out, "&amp;"); break;
        case '<': str_add(out, "&lt;"); break;
        case '>': str_add(out, "&gt;"); break;
        case '"': str_add(out, "&quot;"); break;
        case '\'': str_add(out, "&apos;"); break;
        default: str_addc(out, *s);
        }
}

static void add_attr(struct str *out, const char *name, const char *value)
{
    str_addf(out, " %s=\"", name);
    add_escaped(out, value);
    str_addc(out, '"');
}

void indi_write_get(struct str *out, const char *device, const char *name)
{
    str_add(out, "<getProperties version=\"1.7\"");
    if (device)
        add_attr(out, "device", device);
    if (name)
        add_attr(out, "name", name);
    str_add(out, "/>\n");
}

void indi_write_blob(struct str *out, const char *device, const char *policy)
{
    str_add(out, "<enableBLOB");
    add_attr(out, "device", device);
    str_addf(out, ">%s</enableBLOB>\n", policy);
}

void indi_write_new(struct str *out, enum indi_type type, const char *device, const char *property,
                    const char *const *name, const char *const *value, size_t n)
{
    const char *word = type == INDI_TEXT ? "Text" : type == INDI_NUMBER ? "Number" : "Switch";
    str_addf(out, "<new%sVector", word);
    add_attr(out, "device", device);
    add_attr(out, "name", property);
    str_add(out, ">\n");
    for (size_t i = 0; i < n; i++) {
        str_addf(out, "  <one%s", word);
        add_attr(out, "name", name[i]);
        str_addc(out, '>');
        add_escaped(out, value[i]);
        str_addf(out, "</one%s>\n", word);
    }
    str_addf(out, "</new%sVector>\n", word);
}
