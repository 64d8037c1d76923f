/* conf.c - see conf.h. A few dozen values: a list is enough.
 * Not: sections, includes, quoting: a value is the rest of its line.
 */
#include "vigie/base/conf.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"

struct value {
    char *name, *text;
};

struct conf {
    const struct conf_option *table;
    VEC(struct value) set;
};

struct conf *conf_new(const struct conf_option *table)
{
    struct conf *c = mem_zero(sizeof *c);
    c->table = table;
    return c;
}

void conf_free(struct conf *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->set.n; i++) {
        free(c->set.at[i].name);
        free(c->set.at[i].text);
    }
    VEC_FREE(c->set);
    free(c);
}

const struct conf_option *conf_row(const struct conf *c, const char *name)
{
    for (const struct conf_option *o = c->table; o->name; o++) {
        size_t n = strlen(o->name);
        bool family = n > 2 && strcmp(o->name + n - 2, ".*") == 0;
        if (family ? strncmp(o->name, name, n - 1) == 0 && name[n - 1] : strcmp(o->name, name) == 0)
            return o;
    }
    return NULL;
}

static struct value *find(const struct conf *c, const char *name)
{
    for (size_t i = 0; i < c->set.n; i++)
        if (strcmp(c->set.at[i].name, name) == 0)
            return &c->set.at[i];
    return NULL;
}

static enum status unknown(const struct conf *c, const char *name, struct error *err)
{
    const char *best = NULL;
    int least = str_near_most(name) + 1;
    for (const struct conf_option *o = c->table; o->name; o++) {
        int d = str_near(o->name, name);
        if (d < least) {
            least = d;
            best = o->name;
        }
    }
    if (best)
        return err_set(err, E_ABSENT, "no option named %.60s; did you mean %s?", name, best);
    return err_set(err, E_ABSENT, "no option named %.60s; `vigie config` lists them", name);
}

static bool is_choice(const char *choices, const char *value)
{
    size_t n = strlen(value);
    for (const char *p = choices; n && (p = strstr(p, value)); p++)
        if ((p == choices || p[-1] == ' ') && (p[n] == 0 || p[n] == ' '))
            return true;
    return false;
}

static bool as_bool(const char *s, bool *b)
{
    *b = str_eqi(s, "yes") || str_eqi(s, "true") || str_eqi(s, "on") || strcmp(s, "1") == 0;
    return *b || str_eqi(s, "no") || str_eqi(s, "false") || str_eqi(s, "off") ||
           strcmp(s, "0") == 0;
}

static enum status check(const struct conf_option *o, const char *name, const char *value,
                         struct error *err)
{
    double x;
    bool b;
    switch (o->type) {
    case CONF_NUMBER:
        if (value[0] == 0)
            return OK;
        if (!str_num(value, &x) || !isfinite(x))
            return err_set(err, E_PARSE, "%s: \"%.40s\" is no number", name, value);
        if (o->min < o->max && (x < o->min || x > o->max))
            return err_set(err, E_RANGE, "%s: %g is not in %g .. %g %s", name, x, o->min, o->max,
                           o->unit ? o->unit : "");
        return OK;
    case CONF_BOOL:
        return as_bool(value, &b)
                   ? OK
                   : err_set(err, E_PARSE, "%s: \"%.40s\" is neither yes nor no", name, value);
    case CONF_CHOICE:
        return is_choice(o->choices, value)
                   ? OK
                   : err_set(err, E_RANGE, "%s: \"%.40s\" is none of %s", name, value, o->choices);
    case CONF_TEXT:
    case CONF_SECRET: break;
    }
    return OK;
}

enum status conf_set(struct conf *c, const char *name, const char *value, struct error *err)
{
    const struct conf_option *o = conf_row(c, name);
    if (!o)
        return unknown(c, name, err);
    enum status s = check(o, name, value, err);
    if (s != OK)
        return s;
    struct value *v = find(c, name);
    if (v) {
        free(v->text);
        v->text = mem_str(value);
    } else {
        VEC_PUSH(c->set, ((struct value){mem_str(name), mem_str(value)}));
    }
    return OK;
}

/* Cuts a line into name and value in place. Returns false for an empty line; *value is NULL when
 * there is no `=`. */
static bool split(char *line, char **name, char **value)
{
    for (char *p = line; *p; p++)
        if (*p == '#' && (p == line || isspace((unsigned char)p[-1]))) {
            *p = 0;
            break;
        }
    while (isspace((unsigned char)*line))
        line++;
    char *end = line + strlen(line);
    while (end > line && isspace((unsigned char)end[-1]))
        *--end = 0;
    if (!*line)
        return false;
    *name = line;
    *value = strchr(line, '=');
    if (!*value)
        return true;
    char *e = *value;
    *(*value)++ = 0;
    while (e > line && isspace((unsigned char)e[-1]))
        *--e = 0;
    while (isspace((unsigned char)**value))
        (*value)++;
    return true;
}

enum status conf_load(struct conf *c, const char *path, conf_bad_fn *bad, void *arg, int *n_bad,
                      struct error *err)
{
    struct str text = {0};
    *n_bad = 0;
    enum status s = file_read(path, 1000000, &text, err);
    if (s != OK)
        return s;
    char *save = NULL, *p = text.s;
    int n = 0;
    for (char *line = p; line; line = save) {
        save = strchr(line, '\n');
        if (save)
            *save++ = 0;
        n++;
        char *name, *value;
        struct error e;
        if (!split(line, &name, &value))
            continue;
        if (!value)
            err_set(&e, E_PARSE, "\"%.40s\": no `=`", name);
        else if (conf_set(c, name, value, &e) == OK)
            continue;
        ++*n_bad;
        if (bad)
            bad(arg, n, e.text);
    }
    str_clear(&text);
    return OK;
}

enum status conf_save_line(const char *path, const char *name, const char *value, struct error *err)
{
    struct str text = {0}, out = {0};
    struct error e;
    enum status s = file_read(path, 1000000, &text, &e);
    if (s != OK && s != E_ABSENT) {
        *err = e;
        return s;
    }
    bool done = false;
    for (const char *line = str_c(&text); *line;) {
        const char *nl = strchr(line, '\n');
        size_t n = nl ? (size_t)(nl - line) + 1 : strlen(line);
        char *copy = mem_strn(line, n), *k, *v;
        if (split(copy, &k, &v) && v && strcmp(k, name) == 0) {
            if (!done)
                str_addf(&out, "%s = %s\n", name, value);
            done = true;
        } else {
            str_addn(&out, line, n);
            if (!nl)
                str_addc(&out, '\n');
        }
        free(copy);
        line += n;
    }
    if (!done)
        str_addf(&out, "%s = %s\n", name, value);
    s = file_replace(path, str_c(&out), out.n, 0600, err);
    str_clear(&text);
    str_clear(&out);
    return s;
}

const char *conf_text(const struct conf *c, const char *name)
{
    const struct conf_option *o = conf_row(c, name);
    ensure(o != NULL);
    const struct value *v = find(c, name);
    return v ? v->text : o->def;
}

double conf_number(const struct conf *c, const char *name)
{
    double x;
    str_num(conf_text(c, name), &x);
    return x;
}

bool conf_bool(const struct conf *c, const char *name)
{
    bool b;
    as_bool(conf_text(c, name), &b);
    return b;
}

bool conf_given(const struct conf *c, const char *name)
{
    return find(c, name) != NULL;
}

static const char *shown(const struct conf_option *o, const char *value)
{
    return o->type == CONF_SECRET && value[0] ? "(set)" : value;
}

void conf_each(const struct conf *c, conf_each_fn *fn, void *arg)
{
    for (const struct conf_option *o = c->table; o->name; o++) {
        size_t n = strlen(o->name);
        if (strcmp(o->name + n - 2, ".*") != 0) {
            const struct value *v = find(c, o->name);
            fn(arg, o->name, shown(o, v ? v->text : o->def), o, v != NULL);
            continue;
        }
        for (size_t i = 0; i < c->set.n; i++)
            if (strncmp(c->set.at[i].name, o->name, n - 1) == 0)
                fn(arg, c->set.at[i].name, shown(o, c->set.at[i].text), o, true);
    }
}
