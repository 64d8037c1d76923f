/* fitshead.c - the headers of a FITS file in memory. Source: FITS Standard 4.0, sections 3 and 4.
 * Not: tables (tablefits.c).
 */
#include "fitshead.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tablenum.h"
#include "vigie/base/str.h"

enum { CARD = 80, BLOCK = 2880, KEY = 8, CARDS_MAX = 100000 };

static void add_ascii(struct str *out, unsigned char c)
{
    if (c < 0x80)
        str_addc(out, (char)c);
    else
        str_add(out, "\xef\xbf\xbd");
}

/* The value of a card, from its 11th character on: a text in quotes, or up to the slash. */
static void take_value(const unsigned char *p, struct str *out)
{
    size_t i = 0, n = CARD - KEY - 2;
    str_reset(out);
    while (i < n && p[i] == ' ')
        i++;
    bool quoted = i < n && p[i] == '\'';
    if (quoted) {
        for (i++; i < n; i++) {
            if (p[i] == '\'' && !(i + 1 < n && p[i + 1] == '\''))
                break;
            i += p[i] == '\'';
            add_ascii(out, p[i]);
        }
    } else {
        for (; i < n && p[i] != '/'; i++)
            add_ascii(out, p[i]);
    }
    while (out->n && out->s[out->n - 1] == ' ')
        out->s[--out->n] = '\0';
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct fits_card *)a)->key, ((const struct fits_card *)b)->key);
}

static int by_key_and_place(const void *a, const void *b)
{
    const struct fits_card *p = a, *q = b;
    int order = by_key(a, b);
    return order ? order : (p->place > q->place) - (p->place < q->place);
}

/* Size of the data unit, 0 beyond any file: the sum of the arrays, as 4.4.1.1 says. */
static size_t data_size(const struct fits_unit *u, size_t most)
{
    int64_t naxis = fits_int(u, "NAXIS", 0, 0), bytes = 1;
    int64_t pcount = fits_int(u, "PCOUNT", 0, 0), gcount = fits_int(u, "GCOUNT", 0, 1);
    if (naxis <= 0)
        return 0;
    for (int i = 1; i <= naxis && i < 1000; i++) {
        int64_t axis = fits_int(u, "NAXIS", i, 0);
        if (axis < 0 || __builtin_mul_overflow(bytes, axis, &bytes))
            return most;
    }
    if (__builtin_add_overflow(bytes, pcount, &bytes) ||
        __builtin_mul_overflow(bytes, gcount, &bytes) ||
        __builtin_mul_overflow(bytes, llabs(fits_int(u, "BITPIX", 0, 8)) / 8, &bytes) || bytes < 0)
        return most;
    return (uint64_t)bytes < most ? (size_t)bytes : most;
}

static void add_card(struct fits_unit *u, size_t *cap, const unsigned char *card, struct str *value)
{
    char key[KEY + 1];
    memcpy(key, card, KEY);
    key[KEY] = '\0';
    for (int i = KEY; i > 0 && key[i - 1] == ' '; i--)
        key[i - 1] = '\0';
    if (strcmp(key, "CONTINUE") == 0 && u->n) { /* goes on where the last text ended with & */
        struct fits_card *last = &u->card[u->n - 1];
        size_t n = strlen(last->value);
        if (n == 0 || last->value[n - 1] != '&')
            return;
        take_value(card + KEY + 2, value);
        char *whole = mem_printf("%.*s%s", (int)(n - 1), last->value, str_c(value));
        last->value = arena_str(&u->arena, whole);
        free(whole);
        return;
    }
    if (card[KEY] != '=' || card[KEY + 1] != ' ')
        return;
    take_value(card + KEY + 2, value);
    if (u->n == *cap) {
        *cap = *cap * 2 + 64;
        u->card = mem_grow(u->card, *cap * sizeof *u->card);
    }
    u->card[u->n] = (struct fits_card){arena_str(&u->arena, key),
                                       arena_strn(&u->arena, str_c(value), value->n), u->n};
    u->n++;
}

enum status fits_unit_read(struct fits_unit *u, const unsigned char *bytes, size_t size,
                           size_t from, struct error *err)
{
    struct str value = {0};
    size_t at = from, cap = 0;
    bool ended = false;
    *u = (struct fits_unit){0};
    for (; !ended && size - at >= CARD && at - from < (size_t)CARDS_MAX * CARD; at += CARD) {
        ended = memcmp(bytes + at, "END     ", KEY) == 0;
        if (!ended)
            add_card(u, &cap, bytes + at, &value);
    }
    str_clear(&value);
    if (!ended)
        return err_set(err, E_PARSE, "FITS: cut off in a header, after %zu bytes", size);
    at = from + (at - from + BLOCK - 1) / BLOCK * BLOCK;
    if (u->n)
        qsort(u->card, u->n, sizeof *u->card, by_key_and_place);
    u->at = at < size ? at : size;
    u->size = data_size(u, size - u->at);
    size_t blocks = (u->size + BLOCK - 1) / BLOCK * BLOCK;
    u->next = blocks < size - u->at ? u->at + blocks : size;
    return OK;
}

void fits_unit_clear(struct fits_unit *u)
{
    free(u->card);
    arena_clear(&u->arena);
    *u = (struct fits_unit){0};
}

const char *fits_text(const struct fits_unit *u, const char *key, int number)
{
    char name[32];
    if (number)
        snprintf(name, sizeof name, "%s%d", key, number);
    else
        snprintf(name, sizeof name, "%s", key);
    const struct fits_card want = {name, NULL, 0};
    const struct fits_card *c =
        u->n ? bsearch(&want, u->card, u->n, sizeof *u->card, by_key) : NULL;
    while (c && c > u->card && strcmp(c[-1].key, name) == 0)
        c--;
    return c ? c->value : NULL;
}

int64_t fits_int(const struct fits_unit *u, const char *key, int number, int64_t def)
{
    const char *s = fits_text(u, key, number);
    int64_t i;
    return s && num_int(s, strlen(s), &i) ? i : def;
}

double fits_real(const struct fits_unit *u, const char *key, int number, double def)
{
    const char *s = fits_text(u, key, number);
    char copy[80];
    double x;
    if (!s || strlen(s) >= sizeof copy)
        return def;
    snprintf(copy, sizeof copy, "%s", s);
    for (char *p = copy; *p; p++) /* D is an exponent too */
        *p = *p == 'D' || *p == 'd' ? 'E' : *p;
    return num_double(copy, strlen(copy), &x) ? x : def;
}
