/* json_write.c - one document on one line, fit for a terminal whatever the texts hold. Not: pretty
 * printing. RFC 8259, section 7 for what must be escaped; utf8_harmful for what is beside it.
 */
#include "vigie/formats/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"

void json_write(struct json_writer *w, struct str *out)
{
    memset(w, 0, sizeof *w);
    w->out = out;
}

/* What stands in front of a value: a comma, or nothing behind a key. */
static void before_value(struct json_writer *w)
{
    if (w->keyed) {
        w->keyed = false;
        return;
    }
    if (!w->depth)
        return;
    ensure(w->kind[w->depth - 1] == '[');
    if (w->some[w->depth - 1])
        str_addc(w->out, ',');
    w->some[w->depth - 1] = true;
}

static void begin(struct json_writer *w, char kind)
{
    before_value(w);
    ensure(w->depth < sizeof w->kind);
    w->kind[w->depth] = kind;
    w->some[w->depth++] = false;
    str_addc(w->out, kind);
}

void json_object(struct json_writer *w)
{
    begin(w, '{');
}

void json_array(struct json_writer *w)
{
    begin(w, '[');
}

void json_end(struct json_writer *w)
{
    ensure(w->depth > 0 && !w->keyed);
    str_addc(w->out, w->kind[--w->depth] == '{' ? '}' : ']');
}

static void add_unit(struct str *out, uint32_t c)
{
    if (c >= 0x10000) {
        c -= 0x10000;
        str_addf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + (c >> 10)),
                 (unsigned)(0xDC00 + (c & 0x3FF)));
    } else {
        str_addf(out, "\\u%04x", (unsigned)c);
    }
}

static void add_quoted(struct str *out, const char *s, size_t n)
{
    const char *end = s + n;
    str_addc(out, '"');
    while (s < end) {
        const char *from = s;
        while (s < end && *s >= 0x20 && *s < 0x7F && *s != '"' && *s != '\\')
            s++;
        str_addn(out, from, (size_t)(s - from));
        if (s == end)
            break;
        from = s;
        uint32_t c = *s ? utf8_next(&s, end) : (s++, 0);
        bool broken = c == 0xFFFD && !(end - from >= 3 && memcmp(from, "\xEF\xBF\xBD", 3) == 0);
        if (c == '"' || c == '\\') {
            str_addc(out, '\\');
            str_addc(out, (char)c);
        } else if (broken || utf8_harmful(c)) {
            add_unit(out, c);
        } else {
            str_addn(out, from, (size_t)(s - from));
        }
    }
    str_addc(out, '"');
}

void json_key(struct json_writer *w, const char *key)
{
    ensure(w->depth > 0 && w->kind[w->depth - 1] == '{' && !w->keyed);
    if (w->some[w->depth - 1])
        str_addc(w->out, ',');
    w->some[w->depth - 1] = true;
    add_quoted(w->out, key, strlen(key));
    str_addc(w->out, ':');
    w->keyed = true;
}

void json_raw(struct json_writer *w, const char *json)
{
    before_value(w);
    str_add(w->out, json);
}

void json_null(struct json_writer *w)
{
    json_raw(w, "null");
}

void json_bool(struct json_writer *w, bool b)
{
    json_raw(w, b ? "true" : "false");
}

void json_stringn(struct json_writer *w, const char *s, size_t n)
{
    before_value(w);
    add_quoted(w->out, s, n);
}

void json_string(struct json_writer *w, const char *s)
{
    if (s)
        json_stringn(w, s, strlen(s));
    else
        json_null(w);
}

void json_int(struct json_writer *w, int64_t i)
{
    before_value(w);
    str_addf(w->out, "%lld", (long long)i);
}

static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

/* `digits` with the point before the last `decimals` of them. */
static void put_point(uint64_t digits, int decimals, bool minus, char text[400])
{
    char *end = text + 32, *p = end;
    *p = 0;
    for (int i = 0; i <= decimals || digits; i++) {
        if (i == decimals && decimals)
            *--p = '.';
        *--p = (char)('0' + digits % 10);
        digits /= 10;
    }
    if (minus)
        *--p = '-';
    memmove(text, p, (size_t)(end - p) + 1);
}

/* The digits of a number of moderate size by integer arithmetic, five times as fast as printf's exact
 * ones. False where the two could round differently (a tie within the error of the product). */
static bool fixed_quick(double x, int decimals, char text[400])
{
    if (decimals < 0 || decimals > 9 || !(fabs(x) < 1e5))
        return false;
    double y = fabs(x) * power[decimals], whole = floor(y), rest = y - whole;
    if (fabs(rest - 0.5) < 0.01)
        return false;
    put_point((uint64_t)whole + (rest > 0.5), decimals, x < 0, text);
    return true;
}

/* The shortest digits where a few decimals say it all: a whole number divided by a power of ten that
 * gives this very double reads back as it. */
static bool shortest_quick(double x, char text[400])
{
    if (!(fabs(x) >= 1e-4 && fabs(x) < 1e8))
        return false;
    for (int k = 0; k <= 6; k++) {
        double whole = nearbyint(fabs(x) * power[k]);
        if (whole / power[k] == fabs(x)) {
            put_point((uint64_t)whole, k, x < 0, text);
            return true;
        }
    }
    return false;
}

void json_fixed(struct json_writer *w, double x, int decimals)
{
    char text[400];
    if (!isfinite(x)) {
        json_null(w);
        return;
    }
    if (!fixed_quick(x, decimals, text))
        snprintf(text, sizeof text, "%.*f", decimals < 0 ? 0 : decimals > 17 ? 17 : decimals, x);
    /* -0.00 says nothing more than 0.00 */
    json_raw(w, text + (text[0] == '-' && !text[1 + strspn(text + 1, "0.")]));
}

void json_shortest(struct json_writer *w, double x)
{
    char text[400];
    if (!isfinite(x)) {
        json_null(w);
        return;
    }
    if (shortest_quick(x, text)) {
        json_raw(w, text);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (json_double(text, strlen(text)) == x)
            break;
    }
    json_raw(w, x == 0 ? "0" : text);
}

/* RFC 8259 section 6: [ minus ] int [ frac ] [ exp ]. */
static bool is_number(const char *s)
{
    size_t n;
    s += *s == '-';
    n = strspn(s, "0123456789");
    if (!n || (n > 1 && *s == '0'))
        return false;
    s += n;
    if (*s == '.') {
        n = strspn(++s, "0123456789");
        if (!n)
            return false;
        s += n;
    }
    if (*s == 'e' || *s == 'E') {
        s += s[1] == '+' || s[1] == '-' ? 2 : 1;
        n = strspn(s, "0123456789");
        if (!n)
            return false;
        s += n;
    }
    return !*s;
}

void json_digits(struct json_writer *w, const char *digits)
{
    json_raw(w, digits && is_number(digits) ? digits : "null");
}
