/* votablequick.c - the quick way through the bulk of a VOTable: rows that are nothing but TR and TD
 * without attributes, and base64. The XML library spends most of its time on what they do not have.
 * At the first byte that is not plain (a reference, a comment, a carriage return, an attribute) the
 * row is left to it. Not: anything that the XML library would see otherwise; the tests read the corpus
 * and the fuzzer's inputs both ways.
 */
#include <string.h>

#include "vigie/base/utf8.h"
#include "votable_own.h"

enum { PLAIN = 1, HIGH = 2 }; /* what a byte of a cell may be: as it is; of UTF-8, to be checked */

static const unsigned char *cell_bytes(void)
{
    static unsigned char of[256];
    if (of['a'] == 0) {
        memset(of + 0x80, HIGH, 0x80);
        memset(of + 0x20, PLAIN, 0x5f);
        of['\t'] = of['\n'] = PLAIN;
        of['<'] = of['>'] = of['&'] = 0;
    }
    return of;
}

static const char *blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t'))
        p++;
    return p;
}

static bool here(const char *p, const char *end, const char *tag, size_t n)
{
    return (size_t)(end - p) >= n && memcmp(p, tag, n) == 0;
}
#define HERE(p, end, tag) here((p), (end), tag, sizeof(tag) - 1)

/* UTF-8, without the two characters that XML does not allow. */
static bool good_utf8(const char *s, size_t n)
{
    if (!utf8_valid(s, n))
        return false;
    for (size_t i = 0; i + 2 < n; i++)
        if ((unsigned char)s[i] == 0xef && (unsigned char)s[i + 1] == 0xbf &&
            (unsigned char)s[i + 2] >= 0xbe)
            return false;
    return true;
}

/* The cell behind <TD>; where its </TD> ends, NULL if it is not plain or not whole. */
static const char *quick_cell(struct votable *v, const char *p, const char *end,
                              const unsigned char *of)
{
    const char *from = p;
    unsigned kinds = 0;
    for (unsigned kind; p < end && (kind = of[(unsigned char)*p]) != 0; p++)
        kinds |= kind;
    if (!HERE(p, end, "</TD>") || ((kinds & HIGH) && !good_utf8(from, (size_t)(p - from))))
        return NULL;
    votable_cell(v, from, (size_t)(p - from));
    return p + 5;
}

/* The row behind <TR>; where its </TR> ends, or NULL. */
static const char *quick_row(struct votable *v, const char *p, const char *end,
                             const unsigned char *of)
{
    v->column = 0;
    for (;;) {
        p = blanks(p, end);
        if (HERE(p, end, "<TD>"))
            p = quick_cell(v, p + 4, end, of);
        else if (HERE(p, end, "<TD/>")) {
            votable_cell(v, "", 0);
            p += 5;
        } else
            return HERE(p, end, "</TR>") ? p + 5 : NULL;
        if (!p)
            return NULL;
    }
}

static int count_lines(const char *s, const char *end)
{
    int n = 0;
    while (s < end && (s = memchr(s, '\n', (size_t)(end - s)))) {
        n++;
        s++;
    }
    return n;
}

static enum status quick_rows(struct votable *v, const char *s, size_t n, size_t *used,
                              struct error *err)
{
    const unsigned char *of = cell_bytes();
    const char *p = s, *end = s + n;
    for (;;) {
        const char *row = blanks(p, end), *behind;
        if (!HERE(row, end, "<TR>") || !(behind = quick_row(v, row + 4, end, of)))
            break;
        enum status st = votable_row_end(v, err);
        if (st != OK)
            return st;
        p = behind;
    }
    table_row_drop(v->table);
    v->column = 0;
    *used = (size_t)(p - s);
    return OK;
}

/* Digits, padding and blanks; a carriage return is a blank here, whatever XML makes of it. */
static size_t base64_length(const char *s, size_t n)
{
    static unsigned char of[256];
    size_t i = 0;
    if (of['A'] == 0)
        for (const char *p =
                 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n";
             *p; p++)
            of[(unsigned char)*p] = 1;
    while (i < n && of[(unsigned char)s[i]])
        i++;
    return i;
}

enum status votable_quick(struct votable *v, const char *s, size_t n, size_t *used, int *lines,
                          struct error *err)
{
    enum status st = OK;
    *used = 0;
    if (v->in == VOT_TABLEDATA && v->table && v->depth > 1 && v->data == VOT_OTHER)
        st = quick_rows(v, s, n, used, err);
    else if (v->in == VOT_STREAM && v->table && v->data != VOT_OTHER && !v->elsewhere) {
        *used = base64_length(s, n);
        st = votable_stream_text(v, s, *used, err);
    }
    *lines = *used ? count_lines(s, s + *used) : 0;
    return st;
}
