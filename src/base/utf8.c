/* utf8.c - see utf8.h.
 * Not: a font's idea of width; East Asian ambiguous characters count 1.
 */
#include "vigie/base/utf8.h"

#include <wchar.h>

#include "vigie/base/str.h"

uint32_t utf8_next(const char **s, const char *end)
{
    const unsigned char *p = (const unsigned char *)*s, *e = (const unsigned char *)end;
    if (p >= e)
        return 0;
    unsigned char c = *p;
    if (c < 0x80) {
        *s += 1;
        return c;
    }
    int more = c >= 0xF0 && c <= 0xF4  ? 3
               : c >= 0xE0 && c < 0xF0 ? 2
               : c >= 0xC2 && c < 0xE0 ? 1
                                       : 0;
    if (more == 0 || e - p <= more) {
        *s += 1;
        return 0xFFFD;
    }
    uint32_t v = more == 3 ? c & 7U : more == 2 ? c & 15U : c & 31U;
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *s += 1;
            return 0xFFFD;
        }
        v = v << 6 | (p[i] & 63U);
    }
    if ((more == 2 && v < 0x800) || (more == 3 && (v < 0x10000 || v > 0x10FFFF)) ||
        (v >= 0xD800 && v < 0xE000)) {
        *s += 1;
        return 0xFFFD;
    }
    *s += 1 + more;
    return v;
}

size_t utf8_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

int utf8_width(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return 1;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0))
        return -1;
    int w = wcwidth((wchar_t)c);
    return w < 0 ? 1 : w;
}

size_t utf8_columns(const char *s, size_t n)
{
    size_t w = 0;
    for (const char *end = s + n; s < end;) {
        int x = utf8_width(utf8_next(&s, end));
        w += x < 0 ? 1 : (size_t)x;
    }
    return w;
}

size_t utf8_cut(const char *s, size_t n, size_t columns)
{
    const char *p = s, *end = s + n;
    size_t w = 0;
    while (p < end) {
        const char *q = p;
        int x = utf8_width(utf8_next(&q, end));
        w += x < 0 ? 1 : (size_t)x;
        if (w > columns)
            break;
        p = q;
    }
    return (size_t)(p - s);
}

bool utf8_valid(const char *s, size_t n)
{
    for (const char *end = s + n; s < end;) {
        const char *was = s;
        if (utf8_next(&s, end) == 0xFFFD && s - was == 1)
            return false;
    }
    return true;
}

bool utf8_harmful(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

static bool blank(uint32_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || c == 0x2028 || c == 0x2029;
}

void utf8_clean(struct str *out, const char *s, size_t n)
{
    bool gap = false;
    for (const char *end = s + n; s < end;) {
        uint32_t c = utf8_next(&s, end);
        if (blank(c)) {
            gap = true;
            continue;
        }
        if (gap)
            str_addc(out, ' ');
        gap = false;
        char b[4];
        str_addn(out, b, utf8_put(b, utf8_harmful(c) ? 0xFFFD : c));
    }
    if (gap)
        str_addc(out, ' ');
}
