/* fitsimage_tiles.c - images compressed by tiles (fpack, INDI's .fits.fz) made plain. Every length a file claims is held
 * against the bytes that are there. Source: FITS Standard 4.0, section 10: 10.1.1 the table, 10.4.1 Rice, 10.4.2 gzip.
 * Not: floating pixels (quantised ones), HCOMPRESS, PLIO.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fitsimage_own.h"
#include "vigie/formats/fitsimage.h"
#include "vigie/formats/gzip.h"

enum { AXES = 3 };

struct tiles {
    int64_t size[AXES], tile[AXES];
    int bytes;                  /* of a pixel in the image */
    int rice_bytes, rice_block; /* of a pixel in a tile; pixels in a block */
    bool gzip, shuffled;
    size_t rows, row_bytes, column,
        heap;  /* of the table; column: where the descriptor stands in its row */
    bool wide; /* 64 bit descriptors */
};

/* ---- Rice ---- */

struct bits {
    const uint8_t *p, *end;
    uint64_t word;
    int n;
    bool over;
};

static uint32_t take_bits(struct bits *b, int n)
{
    while (b->n < n) {
        if (b->p == b->end) {
            b->over = true;
            return 0;
        }
        b->word = (b->word << 8 | *b->p++) & 0xffffffffffff;
        b->n += 8;
    }
    b->n -= n;
    return (uint32_t)(b->word >> b->n & (((uint64_t)1 << n) - 1));
}

/* How many zeros stand before the next one. */
static uint32_t take_zeros(struct bits *b)
{
    uint32_t zeros = 0;
    while (!b->over && take_bits(b, 1) == 0)
        zeros++;
    return zeros;
}

/* pixel: values modulo 2^32, of which the low bytes count. */
static bool rice(const uint8_t *from, size_t n, int bytes, int block, uint32_t *pixel, size_t count)
{
    const int fs_bits = bytes == 1 ? 3 : bytes == 2 ? 4 : 5;
    const int fs_max = bytes == 1 ? 6 : bytes == 2 ? 14 : 25;
    struct bits b = {.p = from, .end = from + n};
    uint32_t last = take_bits(&b, 8 * bytes);
    for (size_t i = 0; i < count && !b.over;) {
        int fs = (int)take_bits(&b, fs_bits) - 1;
        for (int k = 0; k < block && i < count && !b.over; k++, i++) {
            uint32_t code = 0;
            if (fs == fs_max)
                code = take_bits(&b, 8 * bytes);
            else if (fs >= 0) {
                uint32_t high = take_zeros(&b);
                code = high << fs | take_bits(&b, fs);
            }
            last += code & 1 ? ~(code >> 1) : code >> 1;
            pixel[i] = last;
        }
    }
    return !b.over;
}

/* ---- gzip ---- */

static enum status keep(void *arg, const void *bytes, size_t n, struct error *err)
{
    (void)err;
    str_addn(arg, bytes, n);
    return OK;
}

/* GZIP_2: all first bytes of the pixels, then all second ones... */
static bool gunzip_tile(const struct tiles *t, const uint8_t *from, size_t n, uint32_t *pixel,
                        size_t count)
{
    struct str out = {0};
    const size_t size = count * (size_t)t->bytes;
    struct gunzip *g = gunzip_new(size, keep, &out);
    bool good = gunzip_feed(g, from, n, NULL) == OK && gunzip_end(g, NULL) == OK && out.n == size;
    gunzip_free(g);
    const uint8_t *p = (const uint8_t *)str_c(&out);
    for (size_t i = 0; good && i < count; i++) {
        uint32_t x = 0;
        for (size_t k = 0; k < (size_t)t->bytes; k++)
            x = x << 8 | (t->shuffled ? p[k * count + i] : p[i * (size_t)t->bytes + k]);
        pixel[i] = x;
    }
    str_clear(&out);
    return good;
}

/* ---- the table ---- */

static size_t width_of(const char *form, char *letter)
{
    static const char letters[] = "LXBIJKAEDCMPQ";
    static const size_t bytes[] = {1, 0, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16};
    char *end;
    long repeat = *form >= '0' && *form <= '9' ? strtol(form, &end, 10) : 1;
    const char *s = *form >= '0' && *form <= '9' ? end : form;
    const char *found = *s ? strchr(letters, *s) : NULL;
    *letter = *s;
    if (!found || repeat < 0 || repeat > 1 << 20)
        return 0;
    return *s == 'X' ? (size_t)(repeat + 7) / 8 : (size_t)repeat * bytes[found - letters];
}

static bool find_column(const struct fits_unit *u, struct tiles *t)
{
    int64_t fields = fits_int(u, "TFIELDS", 0, 0);
    size_t at = 0;
    for (int i = 1; i <= fields && i < 1000; i++) {
        const char *form = fits_text(u, "TFORM", i), *name = fits_text(u, "TTYPE", i);
        char letter = 0;
        size_t width = form ? width_of(form, &letter) : 0;
        if (name && strcmp(name, "COMPRESSED_DATA") == 0) {
            t->column = at;
            t->wide = letter == 'Q';
            return (letter == 'P' || letter == 'Q') && width == (t->wide ? 16 : 8) &&
                   at + width <= t->row_bytes;
        }
        at += width;
    }
    return false;
}

static void take_rice_words(const struct fits_unit *u, struct tiles *t)
{
    t->rice_bytes = 4;
    t->rice_block = 32;
    for (int i = 1; i < 10; i++) {
        const char *name = fits_text(u, "ZNAME", i);
        int64_t value = fits_int(u, "ZVAL", i, 0);
        if (name && strcmp(name, "BLOCKSIZE") == 0)
            t->rice_block = value > 0 && value <= 1 << 16 ? (int)value : 0;
        if (name && strcmp(name, "BYTEPIX") == 0)
            t->rice_bytes = value == 1 || value == 2 || value == 4 ? (int)value : 0;
    }
}

static enum status shape(const struct fits_unit *u, size_t max, struct tiles *t, struct error *err)
{
    const char *type = fits_text(u, "ZCMPTYPE", 0);
    int64_t bitpix = fits_int(u, "ZBITPIX", 0, 0), axes = fits_int(u, "ZNAXIS", 0, 0);
    int64_t rows = fits_int(u, "NAXIS", 2, 0), row_bytes = fits_int(u, "NAXIS", 1, 0);
    bool is_rice = type && (strcmp(type, "RICE_1") == 0 || strcmp(type, "RICE_ONE") == 0);
    t->shuffled = type && strcmp(type, "GZIP_2") == 0;
    t->gzip = t->shuffled || (type && strcmp(type, "GZIP_1") == 0);
    if ((!is_rice && !t->gzip) || (bitpix != 8 && bitpix != 16 && bitpix != 32))
        return err_set(err, E_ABSENT, "FITS: compressed as %.20s with %lld bits: not known here",
                       type ? type : "?", (long long)bitpix);
    t->bytes = (int)bitpix / 8;
    size_t total = (size_t)t->bytes;
    for (int i = 0; i < AXES; i++) {
        t->size[i] = i < axes ? fits_int(u, "ZNAXIS", i + 1, 0) : 1;
        t->tile[i] = i < axes ? fits_int(u, "ZTILE", i + 1, i ? 1 : t->size[0]) : 1;
        if (t->size[i] < 1 || t->tile[i] < 1 || __builtin_mul_overflow(total, t->size[i], &total))
            total = SIZE_MAX / 2;
        if (t->tile[i] > t->size[i])
            t->tile[i] = t->size[i];
    }
    if (axes < 2 || axes > AXES || total > max)
        return err_set(err, total > max ? E_RANGE : E_PARSE,
                       "FITS: the size of the compressed image is none, or larger than the limit");
    take_rice_words(u, t);
    if (rows < 1 || row_bytes < 8 || rows > INT64_MAX / row_bytes ||
        (uint64_t)(rows * row_bytes) > u->size || !t->rice_bytes || !t->rice_block)
        return err_set(err, E_PARSE, "FITS: the table of the compressed image makes no sense");
    t->rows = (size_t)rows;
    t->row_bytes = (size_t)row_bytes;
    int64_t heap = fits_int(u, "THEAP", 0, rows * row_bytes);
    t->heap = heap >= 0 && (uint64_t)heap <= u->size ? (size_t)heap : u->size;
    if (!find_column(u, t))
        return err_set(err, E_PARSE, "FITS: the compressed image has no COMPRESSED_DATA");
    return OK;
}

static uint64_t word_at(const uint8_t *p, int n)
{
    uint64_t x = 0;
    for (int i = 0; i < n; i++)
        x = x << 8 | p[i];
    return x;
}

/* The bytes of a tile; false: they do not lie in the file. */
static bool tile_bytes(const struct fits_unit *u, const uint8_t *bytes, const struct tiles *t,
                       size_t row, const uint8_t **from, size_t *n)
{
    const uint8_t *d = bytes + u->at + row * t->row_bytes + t->column;
    const int half = t->wide ? 8 : 4;
    uint64_t count = word_at(d, half), at = word_at(d + half, half), room = u->size - t->heap;
    if (row >= t->rows || at > room || count > room - at || count == 0)
        return false;
    *from = bytes + u->at + t->heap + at;
    *n = (size_t)count;
    return true;
}

static void put_tile(const struct tiles *t, const int64_t at[AXES], const int64_t size[AXES],
                     const uint32_t *pixel, uint8_t *out)
{
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            int64_t first = ((at[2] + z) * t->size[1] + at[1] + y) * t->size[0] + at[0];
            uint8_t *o = out + (size_t)first * (size_t)t->bytes;
            for (int64_t x = 0; x < size[0]; x++, pixel++)
                for (int k = t->bytes; k-- > 0;)
                    *o++ = (uint8_t)(*pixel >> 8 * k);
        }
}

static enum status unpack_all(const struct fits_unit *u, const uint8_t *bytes,
                              const struct tiles *t, uint8_t *out, struct error *err)
{
    const size_t most = (size_t)(t->tile[0] * t->tile[1] * t->tile[2]);
    uint32_t *pixel = mem_alloc(most * sizeof *pixel);
    int64_t at[AXES];
    size_t row = 0;
    bool good = true;
    for (at[2] = 0; at[2] < t->size[2] && good; at[2] += t->tile[2])
        for (at[1] = 0; at[1] < t->size[1] && good; at[1] += t->tile[1])
            for (at[0] = 0; at[0] < t->size[0] && good; at[0] += t->tile[0], row++) {
                int64_t size[AXES];
                const uint8_t *from;
                size_t n;
                for (int i = 0; i < AXES; i++)
                    size[i] = t->size[i] - at[i] < t->tile[i] ? t->size[i] - at[i] : t->tile[i];
                size_t count = (size_t)(size[0] * size[1] * size[2]);
                good = row < t->rows && tile_bytes(u, bytes, t, row, &from, &n) &&
                       (t->gzip ? gunzip_tile(t, from, n, pixel, count)
                                : rice(from, n, t->rice_bytes, t->rice_block, pixel, count));
                if (good)
                    put_tile(t, at, size, pixel, out);
            }
    free(pixel);
    return good ? OK
                : err_set(err, E_PARSE, "FITS: tile %zu of the compressed image is broken", row);
}

/* ---- the header of the plain file ---- */

static bool of_table(const char *key)
{
    static const char *const whole[] = {"XTENSION", "BITPIX",   "PCOUNT",   "GCOUNT",  "TFIELDS",
                                        "ZIMAGE",   "ZCMPTYPE", "ZBITPIX",  "ZSIMPLE", "ZEXTEND",
                                        "ZTENSION", "ZPCOUNT",  "ZGCOUNT",  "THEAP",   "ZHECKSUM",
                                        "ZDATASUM", "CHECKSUM", "DATASUM",  "EXTNAME", "ZQUANTIZ",
                                        "ZDITHER0", "ZBLOCKED", "ZMASKCMP", "SIMPLE",  "EXTEND"};
    static const char *const begin[] = {"NAXIS", "TTYPE", "TFORM", "ZNAXIS",
                                        "ZTILE", "ZNAME", "ZVAL"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (strcmp(key, whole[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof begin / sizeof begin[0]; i++)
        if (strncmp(key, begin[i], strlen(begin[i])) == 0)
            return true;
    return false;
}

static void put_header(const struct tiles *t, int axes, const uint8_t *head, size_t n,
                       struct str *out)
{
    str_addf(out, "%-80s", "SIMPLE  =                    T / made plain");
    str_addf(out, "BITPIX  = %20d%50s", t->bytes * 8, "");
    str_addf(out, "NAXIS   = %20d%50s", axes, "");
    for (int i = 0; i < axes; i++)
        str_addf(out, "NAXIS%d  = %20lld%50s", i + 1, (long long)t->size[i], "");
    for (size_t at = 0; at + FITS_CARD <= n; at += FITS_CARD) {
        char key[9];
        snprintf(key, sizeof key, "%.8s", (const char *)head + at);
        key[strcspn(key, " ")] = '\0';
        if (strcmp(key, "END") == 0)
            break;
        if (*key && !of_table(key))
            str_addn(out, head + at, FITS_CARD);
    }
    str_addf(out, "%-80s", "END");
    fits_fill(out, ' ');
}

enum status fits_unpack_tiles(const struct fits_unit *u, const uint8_t *bytes, size_t from,
                              size_t max, struct str *out, struct error *err)
{
    struct tiles t = {0};
    enum status s = shape(u, max, &t, err);
    if (s != OK)
        return s;
    put_header(&t, fits_int(u, "ZNAXIS", 0, 2) == 3 ? 3 : 2, bytes + from, u->at - from, out);
    size_t total = (size_t)(t.size[0] * t.size[1] * t.size[2]) * (size_t)t.bytes;
    uint8_t *data = mem_zero(total);
    s = unpack_all(u, bytes, &t, data, err);
    if (s == OK) {
        str_addn(out, data, total);
        fits_fill(out, '\0');
    }
    free(data);
    return s;
}
