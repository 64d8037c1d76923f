/* adql.c - see vigie/vo/adql.h. Not: a parser of the language; only what holds for every dialect of it.
 * Source: ADQL 2.1, section 2.1 (IVOA): quotes are doubled inside quotes, comments run to the end of the line.
 */
#include "vigie/vo/adql.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { DEPTH = 200 };

/* struct reader - where it is read; line: from 1; open: the lines of brackets that are not closed yet. */
struct reader {
    const char *s;
    int line, depth;
    int open[DEPTH];
};

static bool comment(struct reader *r)
{
    if (r->s[0] != '-' || r->s[1] != '-')
        return false;
    r->s += strcspn(r->s, "\n");
    return true;
}

/* Behind the text or name that begins here; a doubled quote is one inside it. */
static enum status quoted(struct reader *r, struct error *err)
{
    char quote = *r->s++;
    int line = r->line;
    for (; *r->s; r->s++) {
        r->line += *r->s == '\n';
        if (*r->s != quote)
            continue;
        if (r->s[1] != quote) {
            r->s++;
            return OK;
        }
        r->s++;
    }
    return err_set(err, E_PARSE, "line %d: this %c is not closed", line, quote);
}

static enum status bracket(struct reader *r, struct error *err)
{
    if (*r->s == '(' && r->depth == DEPTH)
        return err_set(err, E_PARSE, "line %d: brackets in more than %d brackets", r->line, DEPTH);
    if (*r->s == '(')
        r->open[r->depth++] = r->line;
    else if (r->depth-- == 0)
        return err_set(err, E_PARSE, "line %d: this ) was not opened", r->line);
    r->s++;
    return OK;
}

static bool word(const char *s, const char *want)
{
    size_t n = strlen(want);
    return !strncasecmp(s, want, n) && !isalnum((unsigned char)s[n]) && s[n] != '_';
}

enum status adql_check(const char *text, struct error *err)
{
    struct reader r = {.s = text, .line = 1};
    bool begun = false;
    enum status st = OK;
    while (*r.s && st == OK) {
        if (comment(&r))
            continue;
        if (isspace((unsigned char)*r.s)) {
            r.line += *r.s++ == '\n';
            continue;
        }
        if (!begun && *r.s != '(' && !word(r.s, "SELECT") && !word(r.s, "WITH"))
            return err_set(err, E_PARSE, "line %d: a query begins with SELECT (or WITH)", r.line);
        begun = begun || *r.s != '(';
        if (*r.s == '\'' || *r.s == '"')
            st = quoted(&r, err);
        else if (*r.s == '(' || *r.s == ')')
            st = bracket(&r, err);
        else
            r.s++;
    }
    if (st != OK)
        return st;
    if (!begun)
        return err_set(err, E_ABSENT, "nothing is written");
    if (r.depth)
        return err_set(err, E_PARSE, "line %d: this ( is not closed", r.open[r.depth - 1]);
    return OK;
}
