/* fitsmap.c - see fitsmap.h. */
#include "vigie/formats/fitsmap.h"

#include <stdio.h>
#include <string.h>

#include "fitshead.h"
#include "tablefits.h"
#include "vigie/formats/gzip.h"

enum { UNPACKED_MAX = 1 << 30 };

static enum status sink(void *arg, const void *bytes, size_t n, struct error *err)
{
    (void)err;
    str_addn(arg, bytes, n);
    return OK;
}

static enum status unpack(const void *bytes, size_t n, struct str *out, struct error *err)
{
    struct gunzip *g = gunzip_new(UNPACKED_MAX, sink, out);
    enum status s = gunzip_feed(g, bytes, n, err);
    if (s == OK)
        s = gunzip_end(g, err);
    gunzip_free(g);
    return s;
}

static void copy(char *to, size_t n, const char *value)
{
    snprintf(to, n, "%s", value ? value : "");
}

/* The header of the first table. */
static enum status read_header(struct fitsmap *m, const unsigned char *bytes, size_t n,
                               struct error *err)
{
    for (size_t at = 0; at < n;) {
        struct fits_unit u;
        enum status s = fits_unit_read(&u, bytes, n, at, err);
        if (s != OK) {
            fits_unit_clear(&u);
            return s;
        }
        const char *kind = fits_text(&u, "XTENSION", 0);
        bool table = kind && (strcmp(kind, "BINTABLE") == 0 || strcmp(kind, "TABLE") == 0);
        if (table) {
            const char *frame = fits_text(&u, "COORDSYS", 0);
            copy(m->ordering, sizeof m->ordering, fits_text(&u, "ORDERING", 0));
            copy(m->dimension, sizeof m->dimension, fits_text(&u, "MOCDIM", 0));
            copy(m->frame, sizeof m->frame, frame);
            m->moc = fits_text(&u, "MOCVERS", 0) || fits_text(&u, "MOCDIM", 0);
            m->nside = fits_int(&u, "NSIDE", 0, -1);
        }
        at = u.next;
        fits_unit_clear(&u);
        if (table)
            return OK;
    }
    return err_set(err, E_PARSE, "FITS: there is no table in the file");
}

enum status fitsmap_read(const void *bytes, size_t n, struct fitsmap *out, struct error *err)
{
    struct str whole = {0};
    enum status s = OK;
    *out = (struct fitsmap){.nside = -1};
    if (gunzip_begins(bytes, n)) {
        s = unpack(bytes, n, &whole, err);
        bytes = whole.s;
        n = whole.n;
    }
    if (s == OK && (n < 9 || memcmp(bytes, "SIMPLE  =", 9) != 0))
        s = err_set(err, E_PARSE, "it is no FITS file");
    if (s == OK)
        s = read_header(out, bytes, n, err);
    if (s == OK) {
        out->doc = table_doc_new(TABLE_FITS);
        s = tablefits_read(out->doc, NULL, bytes, n, err);
    }
    if (s == OK)
        out->table = out->doc->tables.at[0];
    str_clear(&whole);
    return s;
}

void fitsmap_clear(struct fitsmap *m)
{
    table_doc_free(m->doc);
    *m = (struct fitsmap){.nside = -1};
}
