/* check_fitsimage.c - images as FITS: written, completed, read; compressed ones against cfitsio's own compression; names
 * on disk; files that lie. What astropy makes of them: tests/peers/fits.sh.
 */
#include <check.h>
#include <fitsio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/formats/fitshead.h"
#include "vigie/base/file.h"
#include "vigie/base/str.h"
#include "vigie/formats/fitsimage.h"

enum { W = 61, H = 47 };
static const double DEG = 3.14159265358979323846 / 180;
static uint16_t pixel[W * H];
static uint64_t seed = 88172645463325252;

static uint64_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void make_pixels(void)
{
    for (int i = 0; i < W * H; i++)
        pixel[i] = (uint16_t)(i % 7 ? 1000 + any() % 50 : any() % 65536);
    pixel[0] = 0;
    pixel[W * H - 1] = 65535;
}

static struct fitsimage_about about(void)
{
    struct fitsimage_about a;
    fitsimage_unknown(&a);
    a.begin_ns = 1795765242935400000; /* 2026-11-27T07:40:42.9354 UTC, by date -d */
    a.exposure_s = 2.5;
    a.ra_rad = 35.6199583 * DEG;
    a.dec_rad = 42.35 * DEG;
    a.alt_rad = 51.5 * DEG;
    a.az_rad = 100.25 * DEG;
    a.airmass = 1.2765;
    a.lat_rad = 43.9308 * DEG;
    a.lon_rad = 5.7133 * DEG;
    a.height_m = 650;
    a.pixel_um = 3.8;
    a.focal_mm = 600;
    a.aperture_mm = 120;
    a.temp_degc = -10.04;
    a.gain = 100;
    a.bin = 2;
    a.kind = "Light Frame";
    a.object = "M 31 d\xc3\xa9j\xc3\xa0 'vu'";
    a.filter = "R";
    a.instrument = "CCD Simulator";
    return a;
}

static struct fits_unit head_of(const uint8_t *bytes, size_t n)
{
    struct fits_unit u;
    ck_assert_int_eq(fits_unit_read(&u, bytes, n, 0, NULL), OK);
    return u;
}

START_TEST(written_and_read)
{
    struct fitsimage_about a = about();
    uint8_t *bytes;
    size_t n;
    struct error err = {.text = ""};
    struct fitsimage image;
    make_pixels();
    ck_assert_msg(fitsimage_write(&a, pixel, W, H, &bytes, &n, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(n % 2880, 0);
    struct fits_unit u = head_of(bytes, n);
    ck_assert_int_eq(fits_int(&u, "BITPIX", 0, 0), 16);
    ck_assert_double_eq(fits_real(&u, "BZERO", 0, 0), 32768);
    ck_assert_str_eq(fits_text(&u, "DATE-OBS", 0), "2026-11-27T07:40:42.935");
    ck_assert_double_eq(fits_real(&u, "EXPTIME", 0, 0), 2.5);
    ck_assert_str_eq(fits_text(&u, "OBJECT", 0), "M 31 d?j? 'vu'");
    ck_assert_str_eq(fits_text(&u, "OBJCTRA", 0), "02 22 28.79");
    ck_assert_str_eq(fits_text(&u, "OBJCTDEC", 0), "+42 21 00.0");
    ck_assert_double_eq_tol(fits_real(&u, "SITELONG", 0, 0), 5.7133, 1e-7);
    ck_assert_double_eq_tol(fits_real(&u, "XPIXSZ", 0, 0), 7.6, 1e-9);
    ck_assert_double_eq_tol(fits_real(&u, "CCD-TEMP", 0, 0), -10.04, 1e-9);
    /* 7.6 um at 600 mm: 206264.806 * 7.6e-3 / 600 = 2.61269 arcsec */
    ck_assert_double_eq_tol(fits_real(&u, "CD1_1", 0, 0) * 3600, -2.61269, 1e-4);
    /* the rows run down, from north to south */
    ck_assert_double_eq_tol(fits_real(&u, "CD2_2", 0, 0) * 3600, -2.61269, 1e-4);
    ck_assert_double_eq_tol(fits_real(&u, "CRPIX1", 0, 0), 31, 1e-9);
    ck_assert_ptr_null(fits_text(&u, "OFFSET", 0)); /* unknown: no card */
    fits_unit_clear(&u);
    ck_assert_int_eq(fitsimage_read(bytes, n, 1 << 20, &image, &err), OK);
    ck_assert(image.width == W && image.height == H && image.cut == 0);
    ck_assert_mem_eq(image.pixel, pixel, sizeof pixel);
    ck_assert_double_eq(image.exposure_s, 2.5);
    fitsimage_free(&image);
    ck_assert_int_eq(fitsimage_read(bytes, n, 100, &image, &err), E_RANGE);
    fitsimage_free(&image);
    ck_assert_int_eq(fitsimage_write(&a, pixel, 0, 5, &bytes, &n, &err), E_RANGE);
    free(bytes);
}
END_TEST

/* A part of the chip has the middle of the chip elsewhere: 100 x 80 pixels, binned by 2, the part begins at 20, 10. Binned it
 * is 50 x 40, its middle between 25 and 26: 25.5 - 20 / 2, and 20.5 - 10 / 2. */
START_TEST(part_of_the_chip)
{
    struct fitsimage_about a = about();
    uint8_t *bytes;
    size_t n;
    make_pixels();
    a.x0 = 20;
    a.y0 = 10;
    a.chip_w = 100;
    a.chip_h = 80;
    a.rotation_rad = 90 * DEG; /* up is east, to the right is north */
    ck_assert_int_eq(fitsimage_write(&a, pixel, W, H, &bytes, &n, NULL), OK);
    struct fits_unit u = head_of(bytes, n);
    ck_assert_double_eq_tol(fits_real(&u, "CRPIX1", 0, 0), 15.5, 1e-9);
    ck_assert_double_eq_tol(fits_real(&u, "CRPIX2", 0, 0), 15.5, 1e-9);
    ck_assert_double_lt(fits_real(&u, "CD1_2", 0, 0), -7e-4); /* down the rows is west */
    ck_assert_double_gt(fits_real(&u, "CD2_1", 0, 0), 7e-4);
    ck_assert_double_eq_tol(fits_real(&u, "CD1_1", 0, 0), 0, 1e-9);
    fits_unit_clear(&u);
    free(bytes);
}
END_TEST

static void card(struct str *out, const char *text)
{
    str_addf(out, "%-80s", text);
}

/* A file as another program writes it. */
static void theirs(struct str *f)
{
    card(f, "SIMPLE  =                    T");
    card(f, "BITPIX  =                    8");
    card(f, "NAXIS   =                    2");
    card(f, "NAXIS1  =                    4");
    card(f, "NAXIS2  =                    2");
    card(f, "OBJECT  = 'their own'          / kept");
    card(f, "RA      =                 12.5");
    card(f, "COMMENT a word");
    card(f, "DATE-OBS= '2001-01-01T00:00:00.5'");
    card(f, "END");
    while (f->n % 2880)
        str_addc(f, ' ');
    str_addn(f, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    while (f->n % 2880)
        str_addc(f, '\0');
}

START_TEST(completed)
{
    struct fitsimage_about a = about();
    struct str f = {0};
    uint8_t *bytes, *again;
    size_t n, n_again;
    struct fitsimage image;
    theirs(&f);
    ck_assert_int_eq(fitsimage_complete(&a, (uint8_t *)f.s, f.n, &bytes, &n, NULL), OK);
    ck_assert_mem_eq(bytes, f.s, 9 * 80);
    struct fits_unit u = head_of(bytes, n);
    ck_assert_str_eq(fits_text(&u, "OBJECT", 0), "their own");
    ck_assert_str_eq(fits_text(&u, "DATE-OBS", 0), "2001-01-01T00:00:00.5");
    ck_assert_str_eq(fits_text(&u, "FILTER", 0), "R");
    ck_assert_str_eq(fits_text(&u, "INSTRUME", 0), "CCD Simulator");
    ck_assert_ptr_null(fits_text(&u, "DEC", 0)); /* not half theirs and half ours */
    ck_assert_ptr_null(fits_text(&u, "OBJCTRA", 0));
    ck_assert_mem_eq(bytes + u.at, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    fits_unit_clear(&u);
    ck_assert_int_eq(fitsimage_read(bytes, n, 100, &image, NULL), OK);
    ck_assert(image.width == 4 && image.pixel[7] == 8);
    fitsimage_free(&image);
    ck_assert_int_eq(fitsimage_complete(&a, bytes, n, &again, &n_again, NULL), OK);
    ck_assert_uint_eq(n, n_again);
    ck_assert_mem_eq(bytes, again, n); /* nothing is missing any more */
    free(again);
    free(bytes);
    ck_assert_int_eq(fitsimage_complete(&a, (const uint8_t *)"GIF89a", 6, &bytes, &n, NULL),
                     E_PARSE);
    ck_assert_int_eq(fitsimage_complete(&a, (uint8_t *)f.s, 2879, &bytes, &n, NULL), E_PARSE);
    str_clear(&f);
}
END_TEST

START_TEST(kinds_of_numbers)
{
    static const struct {
        int type;
        const char *data;
        size_t n;
        uint16_t want[2];
        uint64_t cut;
    } row[] = {
        {8, "\x07\xff", 2, {7, 255}, 0},
        {16, "\x01\x00\xff\xff", 4, {256, 0}, 1},
        {32, "\x00\x00\x10\x00\x00\x01\x00\x00", 8, {4096, 65535}, 1},
        {64, "\x00\x00\x00\x00\x00\x00\x00\x05\xff\xff\xff\xff\xff\xff\xff\xff", 16, {5, 0}, 1},
        {-32, "\x41\x20\x00\x00\x7f\xc0\x00\x00", 8, {10, 0}, 1}, /* 10.0, NAN */
        {-64,
         "\x40\x59\x10\x00\x00\x00\x00\x00\x7f\xf0\x00\x00\x00\x00\x00\x00",
         16,
         {100, 65535},
         1},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct str f = {0};
        struct fitsimage image;
        char bitpix[81];
        snprintf(bitpix, sizeof bitpix, "BITPIX  = %20d", row[i].type);
        card(&f, "SIMPLE  =                    T");
        card(&f, bitpix);
        card(&f, "NAXIS   =                    2");
        card(&f, "NAXIS1  =                    2");
        card(&f, "NAXIS2  =                    1");
        card(&f, "END");
        while (f.n % 2880)
            str_addc(&f, ' ');
        str_addn(&f, row[i].data, row[i].n);
        ck_assert_int_eq(fitsimage_read((uint8_t *)f.s, f.n, 100, &image, NULL), OK);
        ck_assert_mem_eq(image.pixel, row[i].want, sizeof row[i].want);
        ck_assert_uint_eq(image.cut, row[i].cut);
        fitsimage_free(&image);
        ck_assert_int_eq(fitsimage_read((uint8_t *)f.s, f.n - 1, 100, &image, NULL), E_PARSE);
        fitsimage_free(&image);
        str_clear(&f);
    }
}
END_TEST

/* cfitsio compresses, we make it plain. */
static void compressed(int type, int bitpix, long tile_w, long tile_h, void **memory, size_t *n)
{
    fitsfile *f;
    int status = 0;
    long size[2] = {W, H}, tile[2] = {tile_w, tile_h};
    *memory = NULL;
    *n = 0;
    fits_create_memfile(&f, memory, n, 2880, realloc, &status);
    fits_set_compression_type(f, type, &status);
    fits_set_tile_dim(f, 2, tile, &status);
    fits_create_img(f, bitpix, 2, size, &status);
    fits_write_key_str(f, "OBJECT", "M 1", "their object", &status);
    /* numbers of the image's own width: cfitsio's conversion on the way is out of room at times */
    static int wide[W * H];
    static uint8_t narrow[W * H];
    for (int i = 0; i < W * H; i++) {
        wide[i] = pixel[i];
        narrow[i] = (uint8_t)pixel[i];
    }
    fits_write_img(f,
                   bitpix == LONG_IMG   ? TINT
                   : bitpix == BYTE_IMG ? TBYTE
                                        : TUSHORT,
                   1, W * H,
                   bitpix == LONG_IMG   ? (void *)wide
                   : bitpix == BYTE_IMG ? (void *)narrow
                                        : (void *)pixel,
                   &status);
    fits_close_file(f, &status);
    ck_assert_msg(status == 0, "cfitsio: %d at type %d bitpix %d tile %ld %ld", status, type,
                  bitpix, tile_w, tile_h);
}

START_TEST(made_plain)
{
    static const int type[] = {RICE_1, GZIP_1, GZIP_2};
    static const int bitpix[] = {USHORT_IMG, LONG_IMG, BYTE_IMG};
    static const long tile[][2] = {{W, 1}, {W, H}, {16, 10}};
    for (int i = 0; i < 27; i++) {
        void *memory;
        size_t n, n_plain;
        uint8_t *plain;
        struct fitsimage image;
        struct error err = {.text = ""};
        make_pixels();
        for (int k = 0; k < W * H && i % 3; k++) /* cfitsio cannot pack 32 bits of pure noise */
            pixel[k] &= 0xff;
        compressed(type[i / 3 % 3], bitpix[i % 3], tile[i / 9][0], tile[i / 9][1], &memory, &n);
        ck_assert_msg(fitsimage_read(memory, n, 1 << 20, &image, &err) == OK, "%d: %s", i,
                      err.text);
        ck_assert(image.width == W && image.height == H && image.cut == 0);
        ck_assert_mem_eq(image.pixel, pixel, sizeof pixel);
        fitsimage_free(&image);
        ck_assert_int_eq(fitsimage_unpack(memory, n, 1 << 20, &plain, &n_plain, &err), OK);
        struct fits_unit u = head_of(plain, n_plain);
        ck_assert_str_eq(fits_text(&u, "OBJECT", 0), "M 1");
        ck_assert_ptr_null(fits_text(&u, "ZIMAGE", 0));
        fits_unit_clear(&u);
        ck_assert_int_eq(fitsimage_unpack(memory, n, 1000, &plain, &n_plain, &err), E_RANGE);
        free(plain);
        free(memory);
    }
}
END_TEST

/* Cut off and changed at random: an answer, never a crash (under the sanitizers). */
START_TEST(lies)
{
    struct fitsimage image;
    for (int kind = 0; kind < 3; kind++) {
        void *memory;
        size_t n;
        make_pixels();
        compressed(kind == 0 ? RICE_1 : kind == 1 ? GZIP_1 : 0, USHORT_IMG, W, 4, &memory, &n);
        uint8_t *copy = malloc(n);
        for (size_t cut = 0; cut < n; cut += 83) {
            memcpy(copy, memory, cut);
            (void)!fitsimage_read(copy, cut, 1 << 16, &image, NULL);
            fitsimage_free(&image);
        }
        for (int turn = 0; turn < 3000; turn++) {
            memcpy(copy, memory, n);
            for (int k = 0; k < 4; k++)
                copy[any() % n] = (uint8_t)(turn % 2 ? '0' + any() % 10 : any());
            (void)!fitsimage_read(copy, n, 1 << 16, &image, NULL);
            fitsimage_free(&image);
        }
        free(copy);
        free(memory);
    }
}
END_TEST

START_TEST(names_and_disk)
{
    struct fitsimage_about a = about();
    char name[FITSIMAGE_NAME], folder[] = "/tmp/vigie-fits-XXXXXX", *path, *first;
    struct error err = {.text = ""};
    struct str got = {0};
    ck_assert_str_eq(fitsimage_name(&a, 1, name), "M_31_d_j_vu_R_20261127T074042_1.fits");
    a.object = "../../etc/pass wd";
    ck_assert_str_eq(fitsimage_name(&a, 12, name), "etc_pass_wd_R_20261127T074042_12.fits");
    a.object = NULL, a.filter = "", a.begin_ns = -1;
    ck_assert_str_eq(fitsimage_name(&a, 1, name), "Light_Frame_1.fits");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char *deep = mem_printf("%s/2026-11-27", folder);
    ck_assert_int_eq(fitsimage_save(&a, deep, "first", 5, 0, &first, &err), OK);
    ck_assert_int_eq(fitsimage_save(&a, deep, "second", 6, 0, &path, &err), OK);
    ck_assert_str_ne(first, path);
    ck_assert_int_eq(file_read(first, 100, &got, &err), OK);
    ck_assert_str_eq(str_c(&got), "first"); /* not written over */
    ck_assert_int_eq(file_read(path, 100, &got, &err), OK);
    ck_assert_str_eq(str_c(&got), "second");
    unlink(path);
    unlink(first);
    free(path);
    free(first);
    ck_assert_int_eq(fitsimage_save(&a, deep, "x", 1, (uint64_t)1 << 60, &path, &err), E_RANGE);
    ck_assert_ptr_nonnull(strstr(err.text, "GB free"));
    ck_assert_int_eq(rmdir(deep), 0); /* nothing was left behind */
    ck_assert_int_eq(fitsimage_save(&a, "/proc/none", "x", 1, 0, &path, &err), err.status);
    ck_assert_int_ne(err.status, OK);
    ck_assert_int_eq(rmdir(folder), 0);
    ck_assert(fitsimage_room("/tmp/not/there") > 0);
    free(deep);
    str_clear(&got);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fitsimage");
    TCase *t = tcase_create("fitsimage");
    tcase_add_test(t, written_and_read);
    tcase_add_test(t, part_of_the_chip);
    tcase_add_test(t, completed);
    tcase_add_test(t, kinds_of_numbers);
    tcase_add_test(t, made_plain);
    tcase_add_test(t, lies);
    tcase_add_test(t, names_and_disk);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
