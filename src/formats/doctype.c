/* doctype.c - finds the end of a DOCTYPE. Not: what it declares. libxml2's push reader looks for that end
 * by the next '>', so that a '>' inside a literal gave another answer for a document that came in pieces.
 */
#include "doctype.h"

#include <string.h>

/* more: it ran out of bytes; why: it is wrong. Either ends the walk. */
struct cursor {
    const char *s, *end, *why;
    bool more;
};

static bool over(const struct cursor *c)
{
    return c->more || c->why;
}

static void bad(struct cursor *c)
{
    if (!over(c))
        c->why = "a malformed DOCTYPE";
}

static void blanks(struct cursor *c)
{
    if (over(c))
        return;
    while (c->s < c->end && *c->s && strchr(" \t\r\n", *c->s))
        c->s++;
    c->more = c->s == c->end;
}

/* Steps over the word if it stands here. */
static bool word(struct cursor *c, const char *w)
{
    size_t n = strlen(w), left = (size_t)(c->end - c->s);
    if (over(c) || memcmp(c->s, w, left < n ? left : n) != 0)
        return false;
    c->more = left < n;
    c->s += left < n ? 0 : n;
    return !c->more;
}

/* Behind the next w. */
static void until(struct cursor *c, const char *w)
{
    size_t n = strlen(w);
    while (!over(c)) {
        const char *p = memchr(c->s, w[0], (size_t)(c->end - c->s));
        c->more = !p || (size_t)(c->end - p) < n;
        if (c->more)
            return;
        c->s = p + 1;
        if (memcmp(p, w, n) == 0) {
            c->s = p + n;
            return;
        }
    }
}

/* Bytes of a name, or of a keyword: everything that ends neither. */
static size_t name(struct cursor *c)
{
    const char *from = c->s;
    while (c->s < c->end && (unsigned char)*c->s > ' ' && !strchr("\"'[]<>%&", *c->s))
        c->s++;
    c->more = c->s == c->end;
    return (size_t)(c->s - from);
}

static void literal(struct cursor *c)
{
    blanks(c);
    if (over(c))
        return;
    char quote[] = {*c->s, '\0'};
    if (quote[0] != '"' && quote[0] != '\'') {
        bad(c);
        return;
    }
    c->s++;
    until(c, quote);
}

/* A declaration to its '>', which may stand in a literal too. */
static void declaration(struct cursor *c)
{
    static const char *const known[] = {"ELEMENT", "ATTLIST", "NOTATION"};
    const char *from = c->s;
    size_t n = name(c);
    bool fine = false;
    if (over(c))
        return;
    if (n == 6 && memcmp(from, "ENTITY", n) == 0) {
        c->why = "the document declares an entity, which is not accepted";
        return;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        fine = fine || (n == strlen(known[i]) && memcmp(from, known[i], n) == 0);
    if (!fine)
        bad(c);
    while (!over(c)) {
        c->more = c->s == c->end;
        if (c->more)
            return;
        if (*c->s == '"' || *c->s == '\'') {
            literal(c);
            continue;
        }
        char was = *c->s++;
        if (was == '>')
            return;
        if (was == '<' || was == '%' || !was)
            bad(c);
    }
}

static void comment(struct cursor *c)
{
    until(c, "--");
    if (!over(c) && !word(c, ">"))
        bad(c);
}

/* What stands between the brackets. */
static void subset(struct cursor *c)
{
    for (;;) {
        blanks(c);
        if (over(c) || word(c, "]"))
            return;
        if (word(c, "<!--"))
            comment(c);
        else if (word(c, "<?"))
            until(c, "?>");
        else if (word(c, "<!"))
            declaration(c);
        else if (word(c, "%"))
            c->why = "an entity that XML does not define";
        else
            bad(c);
    }
}

static void doctype(struct cursor *c)
{
    const char *from = c->s;
    blanks(c);
    if (!over(c) && (c->s == from || !name(c)))
        bad(c);
    if (!over(c))
        blanks(c);
    bool public = word(c, "PUBLIC");
    if (public)
        literal(c);
    if (public || word(c, "SYSTEM"))
        literal(c);
    if (!over(c))
        blanks(c);
    if (word(c, "["))
        subset(c);
    if (!over(c))
        blanks(c);
    if (!over(c) && !word(c, ">"))
        bad(c);
}

enum doctype_found doctype_find(const char *s, size_t n, struct doctype *out)
{
    struct cursor c = {s, s + n, NULL, false};
    *out = (struct doctype){0};
    word(&c, "\xef\xbb\xbf");
    while (!over(&c)) {
        blanks(&c);
        if (over(&c))
            break;
        out->begin = (size_t)(c.s - s);
        if (word(&c, "<!DOCTYPE")) {
            doctype(&c);
            if (over(&c))
                break;
            out->end = (size_t)(c.s - s);
            return DOCTYPE_HERE;
        }
        if (word(&c, "<!--"))
            until(&c, "-->");
        else if (word(&c, "<?"))
            until(&c, "?>");
        else if (!over(&c))
            return DOCTYPE_NONE;
    }
    out->why = c.why;
    return c.why ? DOCTYPE_BAD : DOCTYPE_MORE;
}
