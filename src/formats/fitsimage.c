/* fitsimage.c - the header of a camera's image; files written by cfitsio, and files of others completed. cfitsio never
 * sees bytes of others here: it writes our cards, which are then put into their header.
 */
#include "vigie/formats/fitsimage.h"

#include <fitsio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fitsimage_own.h"
#include "vigie/formats/sexa.h"

#define DEG (180 / 3.14159265358979323846)

void fitsimage_unknown(struct fitsimage_about *a)
{
    const double no = (double)NAN;
    *a = (struct fitsimage_about){.begin_ns = -1,
                                  .exposure_s = no,
                                  .ra_rad = no,
                                  .dec_rad = no,
                                  .rotation_rad = no,
                                  .alt_rad = no,
                                  .az_rad = no,
                                  .airmass = no,
                                  .lat_rad = no,
                                  .lon_rad = no,
                                  .height_m = no,
                                  .pixel_um = no,
                                  .focal_mm = no,
                                  .aperture_mm = no,
                                  .temp_degc = no,
                                  .set_degc = no,
                                  .gain = no,
                                  .offset = no,
                                  .bin = -1,
                                  .x0 = -1,
                                  .y0 = -1,
                                  .chip_w = -1,
                                  .chip_h = -1};
}

/* struct pen - a file that cfitsio writes in memory. */
struct pen {
    fitsfile *f;
    void *memory;
    size_t size;
    int status;
};

static void put_real(struct pen *p, const char *key, double x, int decimals, const char *comment)
{
    if (isfinite(x))
        fits_write_key_fixdbl(p->f, key, x, decimals, comment, &p->status);
}

static void put_int(struct pen *p, const char *key, int x, const char *comment)
{
    fits_write_key_lng(p->f, key, x, comment, &p->status);
}

/* FITS takes printable ASCII only. */
static void put_text(struct pen *p, const char *key, const char *text, const char *comment)
{
    char clean[FLEN_VALUE - 4];
    size_t n = 0;
    if (!text || !*text)
        return;
    for (const char *s = text; *s && n < 64; s++)
        if ((unsigned char)*s < 0x80 || (unsigned char)*s >= 0xc0) /* one mark a character */
            clean[n++] = *s >= ' ' && *s < 0x7f ? *s : '?';
    clean[n] = '\0';
    fits_write_key_str(p->f, key, clean, comment, &p->status);
}

static void put_date(struct pen *p, int64_t wall_ns)
{
    char text[40];
    int64_t ms = (wall_ns + 500000) / 1000000;
    time_t s = (time_t)(ms / 1000);
    struct tm t;
    if (wall_ns < 0 || !gmtime_r(&s, &t))
        return;
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &t);
    snprintf(text + n, sizeof text - n, ".%03d", (int)(ms % 1000));
    put_text(p, "DATE-OBS", text, "UTC, start of the exposure");
    put_real(p, "MJD-OBS", 40587 + (double)ms / 86400000, 9, "the same, days");
    put_text(p, "TIMESYS", "UTC", NULL);
}

/* The pixel of the file, from 1, where the middle of the chip lies: a part of the chip has it elsewhere, or not at all. */
static double middle(int size, int first, int chip, int bin)
{
    return first >= 0 && chip > 0 ? (chip / (double)bin + 1) / 2 - first / (double)bin
                                  : (size + 1) / 2.0;
}

/* A guess: pointing, scale and rotation. To the right is west of up, as the sky is seen; where the rows run down, north is
 * against the count of the rows. */
static void put_wcs(struct pen *p, const struct fitsimage_about *a, int width, int height,
                    bool down)
{
    int bin = a->bin > 0 ? a->bin : 1;
    double scale = atan(a->pixel_um * bin / 1000 / a->focal_mm) * DEG;
    double turn = isfinite(a->rotation_rad) ? a->rotation_rad : 0;
    double row = down ? -scale : scale;
    if (!isfinite(a->ra_rad + a->dec_rad) || !(scale > 0) || width <= 0)
        return;
    put_text(p, "CTYPE1", "RA---TAN", "a guess from pointing and scale");
    put_text(p, "CTYPE2", "DEC--TAN", NULL);
    put_text(p, "CUNIT1", "deg", NULL);
    put_text(p, "CUNIT2", "deg", NULL);
    put_real(p, "CRVAL1", a->ra_rad * DEG, 8, "degrees");
    put_real(p, "CRVAL2", a->dec_rad * DEG, 8, "degrees");
    put_real(p, "CRPIX1", middle(width, a->x0, a->chip_w, bin), 2, NULL);
    put_real(p, "CRPIX2", middle(height, a->y0, a->chip_h, bin), 2, NULL);
    fits_write_key_dbl(p->f, "CD1_1", -scale * cos(turn), -9, "degrees a pixel", &p->status);
    fits_write_key_dbl(p->f, "CD1_2", row * sin(turn), -9, NULL, &p->status);
    fits_write_key_dbl(p->f, "CD2_1", scale * sin(turn), -9, NULL, &p->status);
    fits_write_key_dbl(p->f, "CD2_2", row * cos(turn), -9, NULL, &p->status);
}

static void put_pointing(struct pen *p, const struct fitsimage_about *a)
{
    char text[SEXA_TEXT];
    if (isfinite(a->ra_rad + a->dec_rad)) {
        put_real(p, "RA", a->ra_rad * DEG, 7, "degrees, where it pointed");
        put_real(p, "DEC", a->dec_rad * DEG, 7, "degrees");
        put_text(p, "OBJCTRA", sexa_format(a->ra_rad * DEG, SEXA_RA, 2, ' ', text), NULL);
        put_text(p, "OBJCTDEC", sexa_format(a->dec_rad * DEG, SEXA_DEC, 1, ' ', text), NULL);
        put_text(p, "RADESYS", "ICRS", NULL);
        put_real(p, "EQUINOX", 2000, 1, NULL);
    }
    put_real(p, "OBJCTALT", a->alt_rad * DEG, 4, "degrees");
    put_real(p, "OBJCTAZ", a->az_rad * DEG, 4, "degrees, north through east");
    put_real(p, "CENTALT", a->alt_rad * DEG, 4, "degrees");
    put_real(p, "CENTAZ", a->az_rad * DEG, 4, "degrees, north through east");
    put_real(p, "AIRMASS", a->airmass, 4, NULL);
}

static void put_about(struct pen *p, const struct fitsimage_about *a, int width, int height,
                      bool down)
{
    int bin = a->bin > 0 ? a->bin : 1;
    put_date(p, a->begin_ns);
    put_real(p, "EXPTIME", a->exposure_s, 6, "s");
    put_real(p, "EXPOSURE", a->exposure_s, 6, "s");
    put_text(p, "IMAGETYP", a->kind, NULL);
    put_text(p, "OBJECT", a->object, NULL);
    put_text(p, "FILTER", a->filter, NULL);
    put_text(p, "INSTRUME", a->instrument, NULL);
    put_text(p, "TELESCOP", a->telescope, NULL);
    put_text(p, "OBSERVER", a->observer, NULL);
    put_pointing(p, a);
    put_text(p, "SITENAME", a->site, NULL);
    put_real(p, "SITELAT", a->lat_rad * DEG, 7, "degrees, north positive");
    put_real(p, "SITELONG", a->lon_rad * DEG, 7, "degrees, east positive");
    put_real(p, "SITEELEV", a->height_m, 1, "m");
    put_real(p, "FOCALLEN", a->focal_mm, 2, "mm");
    put_real(p, "APTDIA", a->aperture_mm, 2, "mm");
    if (a->bin > 0) {
        put_int(p, "XBINNING", a->bin, NULL);
        put_int(p, "YBINNING", a->bin, NULL);
    }
    put_real(p, "XPIXSZ", a->pixel_um * bin, 4, "um, binned");
    put_real(p, "YPIXSZ", a->pixel_um * bin, 4, "um, binned");
    if (a->x0 >= 0 && a->y0 >= 0) {
        put_int(p, "XORGSUBF", a->x0 / bin, "binned pixels");
        put_int(p, "YORGSUBF", a->y0 / bin, "binned pixels");
    }
    put_real(p, "CCD-TEMP", a->temp_degc, 2, "degrees C");
    put_real(p, "SET-TEMP", a->set_degc, 2, "degrees C");
    put_real(p, "GAIN", a->gain, 3, NULL);
    put_real(p, "OFFSET", a->offset, 3, NULL);
    put_wcs(p, a, width, height, down);
    put_text(p, "SWCREATE", a->program, NULL);
}

static void pen_open(struct pen *p)
{
    *p = (struct pen){0};
    fits_create_memfile(&p->f, &p->memory, &p->size, FITS_BLOCK, realloc, &p->status);
}

/* What cfitsio says of its own failure; the file is closed. */
static enum status pen_close(struct pen *p, struct error *err)
{
    char word[FLEN_STATUS] = "";
    int closing = 0;
    fits_get_errstatus(p->status, word);
    if (p->f)
        fits_close_file(p->f, &closing);
    fits_clear_errmsg();
    if (p->status || closing)
        return err_set(err, E_BUG, "FITS: cannot be written: %s", word);
    return OK;
}

enum status fitsimage_write(const struct fitsimage_about *a, const uint16_t *pixel, int width,
                            int height, uint8_t **bytes, size_t *n, struct error *err)
{
    struct pen p;
    LONGLONG head, data, end = 0;
    if (width < 1 || height < 1 || width > 65535 || height > 65535)
        return err_set(err, E_RANGE, "FITS: %d x %d is no size of an image", width, height);
    long size[2] = {width, height};
    pen_open(&p);
    fits_create_img(p.f, USHORT_IMG, 2, size, &p.status);
    put_about(&p, a, width, height, true);
    put_text(&p, "ROWORDER", "TOP-DOWN", "the first row is the camera's first");
    fits_write_img(p.f, TUSHORT, 1, (LONGLONG)width * height,
                   (void *)(uintptr_t)pixel, /* cfitsio does not write there */
                   &p.status);
    fits_flush_file(p.f, &p.status);
    fits_get_hduaddrll(p.f, &head, &data, &end, &p.status);
    enum status s = pen_close(&p, err);
    if (s == OK && (end <= 0 || (size_t)end > p.size))
        s = err_set(err, E_BUG, "FITS: cfitsio wrote %zu bytes, not %lld", p.size, (long long)end);
    if (s != OK) {
        free(p.memory);
        return s;
    }
    *bytes = p.memory;
    *n = (size_t)end;
    return OK;
}

/* ---- files of others ---- */

void fits_fill(struct str *out, char with)
{
    while (out->n % FITS_BLOCK)
        str_addc(out, with);
}

static bool in_group(const char *card, const char *const *list)
{
    for (; *list; list++)
        if (strncmp(card, *list, strlen(*list)) == 0)
            return true;
    return false;
}

/* A card of ours is left out if they have it, or any other of its group: half of their coordinates and half of ours would
 * be nobody's. */
static bool wanted(const struct fits_unit *u, const char *card)
{
    static const char *const pointing[] = {"RA      ", "DEC     ", "OBJCTRA ", "OBJCTDEC", NULL};
    static const char *const wcs[] = {"CTYPE", "CRVAL", "CRPIX", "CD1_", "CD2_", "CUNIT", NULL};
    char key[9];
    snprintf(key, sizeof key, "%.8s", card);
    key[strcspn(key, " ")] = '\0';
    if (fits_text(u, key, 0))
        return false;
    if (in_group(card, pointing))
        return !fits_text(u, "RA", 0) && !fits_text(u, "OBJCTRA", 0) && !fits_text(u, "DEC", 0);
    if (in_group(card, wcs))
        return !fits_text(u, "CTYPE1", 0) && !fits_text(u, "CRVAL1", 0);
    return true;
}

/* Whether the first row is the upper one: the file says so, or it is as the FITS Standard has it. */
static bool rows_run_down(const struct fits_unit *u)
{
    const char *order = fits_text(u, "ROWORDER", 0);
    return order && strncmp(order, "TOP", 3) == 0;
}

static enum status our_cards(const struct fitsimage_about *a, const struct fits_unit *u,
                             struct str *out, struct error *err)
{
    struct pen p;
    int count = 0;
    char card[FLEN_CARD];
    int64_t width = fits_int(u, "NAXIS", 1, 0), height = fits_int(u, "NAXIS", 2, 0);
    bool sized = width > 0 && width < 65536 && height > 0 && height < 65536;
    pen_open(&p);
    fits_create_img(p.f, BYTE_IMG, 0, NULL, &p.status);
    int first = 0;
    fits_get_hdrspace(p.f, &first, NULL, &p.status);
    put_about(&p, a, sized ? (int)width : 0, sized ? (int)height : 0, rows_run_down(u));
    fits_get_hdrspace(p.f, &count, NULL, &p.status);
    for (int i = first + 1; i <= count && p.status == 0; i++) {
        fits_read_record(p.f, i, card, &p.status);
        size_t n = strlen(card);
        if (n <= FITS_CARD && wanted(u, card))
            str_addf(out, "%-80s", card);
    }
    enum status s = pen_close(&p, err);
    free(p.memory);
    return s;
}

/* Where the END card of a header that was read stands. */
static size_t end_card(const uint8_t *from, const struct fits_unit *u)
{
    size_t at = 0;
    while (at + FITS_CARD <= u->at && memcmp(from + at, "END     ", 8) != 0)
        at += FITS_CARD;
    return at;
}

enum status fitsimage_complete(const struct fitsimage_about *a, const uint8_t *from, size_t n_from,
                               uint8_t **bytes, size_t *n, struct error *err)
{
    struct fits_unit u;
    struct str out = {0};
    if (n_from < FITS_BLOCK || memcmp(from, "SIMPLE  =", 9) != 0)
        return err_set(err, E_PARSE, "FITS: it does not begin as a FITS file does");
    enum status s = fits_unit_read(&u, from, n_from, 0, err);
    if (s == OK && (!fits_text(&u, "BITPIX", 0) || !fits_text(&u, "NAXIS", 0)))
        s = err_set(err, E_PARSE, "FITS: its header has no BITPIX or no NAXIS");
    if (s == OK) {
        str_addn(&out, from, end_card(from, &u));
        s = our_cards(a, &u, &out, err);
    }
    if (s == OK) {
        str_addf(&out, "%-80s", "END");
        fits_fill(&out, ' ');
        str_addn(&out, from + u.at, n_from - u.at);
        *n = out.n;
        *bytes = (uint8_t *)str_take(&out);
    }
    str_clear(&out);
    fits_unit_clear(&u);
    return s;
}
