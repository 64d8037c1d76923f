/* header.c - see header.h. A line a fact; nothing is executed.
 * Not: Lua: the block is text in a comment.
 */
#include "header.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"

static const char *const types[] = {"string", "int",      "number",   "boolean", "angle",  "coord",
                                    "time",   "duration", "filename", "dir",     "choice", "target",
                                    "device", "table",    "secret",   NULL};

static const char *skip(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* A word, or a text in double quotes (\" inside); NULL if a quote stays open. */
static const char *value(struct arena *a, const char *p, char **out)
{
    struct str t = {0};
    if (*p == '"') {
        for (p++; *p && *p != '"'; p++) {
            if (*p == '\\' && p[1])
                p++;
            str_addc(&t, *p);
        }
        if (*p != '"') {
            str_clear(&t);
            return NULL;
        }
        p++;
    } else {
        while (*p && !isspace((unsigned char)*p))
            str_addc(&t, *p++);
    }
    *out = arena_str(a, str_c(&t));
    str_clear(&t);
    return p;
}

static enum status read_keys(struct script_header *h, struct script_param *q, const char *p,
                             int line, struct error *err)
{
    struct {
        const char *name;
        char **to;
    } key[] = {{"min", &q->min},
               {"max", &q->max},
               {"of", &q->of},
               {"pattern", &q->pattern},
               {"step", &q->step}};
    for (p = skip(p); *p; p = skip(p)) {
        size_t n = 0;
        while (name_char(p[n]))
            n++;
        if (n == 8 && strncmp(p, "optional", 8) == 0 && p[n] != '=') {
            q->optional = true;
            p += n;
            continue;
        }
        size_t k = 0;
        while (k < 5 && !(strlen(key[k].name) == n && strncmp(key[k].name, p, n) == 0))
            k++;
        if (k == 5 || p[n] != '=')
            return err_set(
                err, E_PARSE,
                "line %d: param %s: \"%.20s\" is none of min= max= of= pattern= step= optional",
                line, q->name, p);
        p = value(&h->arena, p + n + 1, key[k].to);
        if (!p)
            return err_set(err, E_PARSE, "line %d: param %s: a quote stays open", line, q->name);
    }
    return OK;
}

static enum status read_param(struct script_header *h, const char *p, int line, struct error *err)
{
    struct script_param q = {0};
    size_t n = 0;
    p = skip(p);
    while (name_char(p[n]))
        n++;
    if (n == 0 || isdigit((unsigned char)*p))
        return err_set(err, E_PARSE,
                       "line %d: param needs a name: param NAME : TYPE = DEFAULT \"LABEL\"", line);
    q.name = arena_strn(&h->arena, p, n);
    const char *near;
    if (header_param(h, q.name, &near))
        return err_set(err, E_PARSE, "line %d: param %s is there twice", line, q.name);
    p = skip(p + n);
    if (*p != ':')
        return err_set(err, E_PARSE, "line %d: param %s: a colon and the type must follow", line,
                       q.name);
    p = skip(p + 1);
    for (n = 0; name_char(p[n]);)
        n++;
    q.type = arena_strn(&h->arena, p, n);
    size_t t = 0;
    while (types[t] && strcmp(types[t], q.type) != 0)
        t++;
    if (!types[t])
        return err_set(err, E_PARSE,
                       "line %d: param %s: \"%s\" is no type: string int number boolean angle "
                       "coord time duration filename dir choice "
                       "target device table secret",
                       line, q.name, q.type);
    p = skip(p + n);
    if (*p == '=') {
        p = value(&h->arena, skip(p + 1), &q.def);
        p = p ? skip(p) : NULL;
    }
    if (p && *p == '"')
        p = value(&h->arena, p, &q.label);
    if (!p)
        return err_set(err, E_PARSE, "line %d: param %s: a quote stays open", line, q.name);
    enum status s = read_keys(h, &q, p, line, err);
    if (s == OK && strcmp(q.type, "choice") == 0 && !q.of)
        s = err_set(err, E_PARSE, "line %d: param %s: a choice needs of=\"A,B,C\"", line, q.name);
    if (s == OK)
        VEC_PUSH(h->params, q);
    return s;
}

/* needs = { "vo", "files" }  or  needs = vo files: words parted by single blanks. */
static char *words(struct arena *a, const char *p)
{
    struct str t = {0};
    while (*p) {
        if (!name_char(*p)) {
            p++;
            continue;
        }
        if (t.n)
            str_addc(&t, ' ');
        while (name_char(*p))
            str_addc(&t, *p++);
    }
    char *s = arena_str(a, str_c(&t));
    str_clear(&t);
    return s;
}

static enum status read_fact(struct script_header *h, const char *p, int line, struct error *err)
{
    struct {
        const char *name;
        char **to;
    } key[] = {{"name", &h->name},
               {"summary", &h->summary},
               {"author", &h->author},
               {"version", &h->version},
               {"license", &h->license}};
    size_t n = 0;
    while (name_char(p[n]))
        n++;
    const char *v = skip(p + n);
    if (n == 0 || *v != '=')
        return err_set(err, E_PARSE,
                       "line %d: \"%.30s\": a line is KEY = VALUE or param NAME : TYPE", line, p);
    v = skip(v + 1);
    if (n == 5 && strncmp(p, "needs", 5) == 0) {
        h->needs = words(&h->arena, v);
        return OK;
    }
    if (n == 3 && strncmp(p, "api", 3) == 0) {
        h->api = atoi(v);
        return h->api == 1 ? OK
                           : err_set(err, E_RANGE,
                                     "line %d: api = %.10s: this program speaks api 1", line, v);
    }
    for (size_t k = 0; k < 5; k++)
        if (strlen(key[k].name) == n && strncmp(key[k].name, p, n) == 0)
            return value(&h->arena, v, key[k].to)
                       ? OK
                       : err_set(err, E_PARSE, "line %d: a quote stays open", line);
    return err_set(
        err, E_PARSE,
        "line %d: \"%.*s\" is none of name summary author version license api needs param", line,
        (int)n, p);
}

enum status header_read(const char *text, size_t n, struct script_header *h, struct error *err)
{
    static const char mark[] = "--[[";
    const char *end = text + n, *p = text;
    memset(h, 0, sizeof *h);
    if (n > 2 && p[0] == '#') { /* #! line */
        p = memchr(p, '\n', n);
        p = p ? p + 1 : end;
    }
    while (p < end && isspace((unsigned char)*p))
        p++;
    if (end - p < 4 || memcmp(p, mark, 4) != 0)
        return OK;
    const char *close = memmem(p, (size_t)(end - p), "]]", 2), *q = p + 4;
    while (q < end && (*q == ' ' || *q == '\t' || *q == '\n' || *q == '\r'))
        q++;
    if (end - q < 12 || memcmp(q, "vigie-script", 12) != 0)
        return OK;
    if (!close || close < q)
        return err_set(err, E_PARSE, "the block vigie-script is not closed by ]]");
    h->has = true;
    int line = 1;
    for (const char *c = text; c < q; c++)
        line += *c == '\n';
    enum status s = OK;
    for (q += 12; s == OK && q < close;) {
        const char *nl = memchr(q, '\n', (size_t)(close - q));
        const char *stop = nl ? nl : close;
        char *one = mem_strn(q, (size_t)(stop - q));
        for (size_t i = strlen(one); i > 0 && isspace((unsigned char)one[i - 1]);)
            one[--i] = 0;
        const char *c = skip(one);
        if (strncmp(c, "param", 5) == 0 && (c[5] == ' ' || c[5] == '\t'))
            s = read_param(h, c + 5, line, err);
        else if (*c && strncmp(c, "--", 2) != 0)
            s = read_fact(h, c, line, err);
        free(one);
        q = nl ? nl + 1 : close;
        line++;
    }
    if (s != OK)
        header_clear(h);
    return s;
}

void header_clear(struct script_header *h)
{
    VEC_FREE(h->params);
    arena_clear(&h->arena);
    memset(h, 0, sizeof *h);
}

const struct script_param *header_param(const struct script_header *h, const char *name,
                                        const char **near)
{
    int least = 4;
    *near = NULL;
    for (size_t i = 0; i < h->params.n; i++) {
        const struct script_param *q = &h->params.at[i];
        if (strcmp(q->name, name) == 0)
            return q;
        if (str_near(q->name, name) < least) {
            least = str_near(q->name, name);
            *near = q->name;
        }
    }
    return NULL;
}
