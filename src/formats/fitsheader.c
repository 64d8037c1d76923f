/* fitsheader.c - see fitsheader.h. */
#include "vigie/formats/fitsheader.h"

#include <stdbool.h>
#include <string.h>

#include "fitshead.h"

enum { CARD = 80 };

static void add_card(struct str *out, const char *card)
{
    size_t n = CARD;
    while (n && (card[n - 1] == ' ' || card[n - 1] == '\0'))
        n--;
    for (size_t i = 0; i < n; i++)
        str_addc(out, card[i] >= ' ' && card[i] <= '~' ? card[i] : '?');
    str_addc(out, '\n');
}

/* The cards between two places, up to END; blank ones are left out. */
static void add_cards(struct str *out, const char *bytes, size_t from, size_t to)
{
    for (size_t at = from; at + CARD <= to; at += CARD) {
        size_t before = out->n;
        add_card(out, bytes + at);
        if (out->n == before + 1)
            out->s[out->n = before] = '\0';
        if (out->n == before + 4 && out->s[before] == 'E' && out->s[before + 1] == 'N' &&
            out->s[before + 2] == 'D')
            return;
    }
}

enum status fits_header_lines(const char *bytes, size_t n, struct str *out, size_t *headers,
                              struct error *err)
{
    size_t from = 0;
    if (n < CARD || memcmp(bytes, "SIMPLE  =", 9) != 0) {
        *headers = 0;
        return err_set(err, E_PARSE, "it is no FITS file");
    }
    for (*headers = 0; from < n; ++*headers) {
        struct fits_unit u;
        bool begins =
            *headers == 0 || (n - from >= CARD && memcmp(bytes + from, "XTENSION=", 9) == 0);
        if (!begins || fits_unit_read(&u, (const unsigned char *)bytes, n, from, err) != OK) {
            if (begins)
                fits_unit_clear(&u);
            break; /* the next one is cut, or what follows is no header */
        }
        if (*headers)
            str_addc(out, '\n');
        add_cards(out, bytes, from, u.at);
        from = u.next > from ? u.next : n;
        fits_unit_clear(&u);
    }
    return *headers ? OK : E_PARSE;
}
