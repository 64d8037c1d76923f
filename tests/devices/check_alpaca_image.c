/* check_alpaca_image.c - images as Alpaca sends them, binary and JSON; the bytes are written here from the protocol's
 * table. Cut, lying and hostile ones.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/devices/alpaca_own.h"
#include "vigie/formats/fitsimage.h"

static void put(struct str *out, uint64_t x, int n)
{
    for (int i = 0; i < n; i++)
        str_addc(out, (char)(x >> 8 * i));
}

static void head(struct str *out, uint32_t error, uint32_t start, uint32_t type, uint32_t rank,
                 uint32_t w, uint32_t h, uint32_t planes)
{
    const uint32_t word[] = {1, error, 5, 6, start, 2, type, rank, w, h, planes};
    str_reset(out);
    for (int i = 0; i < 11; i++)
        put(out, word[i], 4);
}

static enum status read_it(const struct str *s, struct alpaca_image *image, struct error *err)
{
    return alpaca_image_bytes((const uint8_t *)str_c(s), s->n, 1000, image, err);
}

/* 3 columns of 2 rows; column by column: 1 4, 2 5, 3 6 make the rows 1 2 3 and 4 5 6. */
static const int column_order[] = {1, 4, 2, 5, 3, 6};
static const uint16_t rows[] = {1, 2, 3, 4, 5, 6};

START_TEST(every_type)
{
    static const int bytes[] = {0, 2, 4, 8, 4, 8, 1, 8, 2, 4};
    for (uint32_t type = 1; type <= 9; type++) {
        struct str s = {0};
        struct alpaca_image image;
        struct error err = {.text = ""};
        head(&s, 0, 48, type, 2, 3, 2, 0);
        put(&s, 0, 4); /* DataStart says where */
        for (int i = 0; i < 6; i++) {
            float single = (float)column_order[i];
            double real = column_order[i];
            uint64_t x = (uint64_t)column_order[i];
            uint32_t word;
            if (type == 3)
                memcpy(&x, &real, 8);
            if (type == 4) {
                memcpy(&word, &single, 4);
                x = word;
            }
            put(&s, x, bytes[type]);
        }
        ck_assert_msg(read_it(&s, &image, &err) == OK, "%u: %s", type, err.text);
        ck_assert(image.width == 3 && image.height == 2);
        ck_assert_mem_eq(image.pixel, rows, sizeof rows);
        alpaca_image_clear(&image);
        s.n--;
        ck_assert_int_eq(read_it(&s, &image, &err), E_PARSE);
        alpaca_image_clear(&image);
        str_clear(&s);
    }
}
END_TEST

/* A value of the FITS file, by the standard: big-endian, rows, then planes. */
static double in_fits(const struct alpaca_image *m, int i)
{
    char word[40] = "";
    const char *p = strstr((const char *)m->fits, "BITPIX  = ");
    ck_assert(p && m->n_fits % 2880 == 0 &&
              memcmp(m->fits, "SIMPLE  =                    T", 30) == 0);
    memcpy(word, p + 10, 20);
    int bits = atoi(word), size = abs(bits) / 8;
    const uint8_t *d = m->fits + 2880 + i * size;
    uint64_t x = 0;
    for (int k = 0; k < size; k++)
        x = x << 8 | d[k];
    float f;
    double real;
    uint32_t half = (uint32_t)x;
    memcpy(&f, &half, sizeof f);
    memcpy(&real, &x, sizeof real);
    return bits == -64 ? real : bits == -32 ? (double)f : (int32_t)half;
}

/* What 16 bits cannot hold is not cut: 32 bits, single, double. */
START_TEST(wide_values)
{
    struct str s = {0};
    struct alpaca_image image;
    struct fitsimage look;
    struct error err = {.text = ""};
    head(&s, 0, 44, 2, 2, 3, 1, 0);
    put(&s, 70000, 4);
    put(&s, (uint32_t)-5, 4);
    put(&s, 65535, 4);
    ck_assert_int_eq(read_it(&s, &image, NULL), OK);
    ck_assert(!image.pixel && image.fits &&
              strstr((char *)image.fits, "BITPIX  =                   32"));
    ck_assert(in_fits(&image, 0) == 70000 && in_fits(&image, 1) == -5 &&
              in_fits(&image, 2) == 65535);
    ck_assert_msg(fitsimage_read(image.fits, image.n_fits, 10, &look, &err) == OK, "%s", err.text);
    ck_assert(look.width == 3 && look.height == 1 && look.cut == 2);
    fitsimage_free(&look);
    alpaca_image_clear(&image);
    const float half[] = {0.5f, -1, 3e9f};
    head(&s, 0, 44, 4, 2, 3, 1, 0);
    for (int i = 0; i < 3; i++) {
        uint32_t word;
        memcpy(&word, &half[i], 4);
        put(&s, word, 4);
    }
    ck_assert_int_eq(read_it(&s, &image, NULL), OK);
    ck_assert(strstr((char *)image.fits, "BITPIX  =                  -32"));
    for (int i = 0; i < 3; i++)
        ck_assert(in_fits(&image, i) == (double)half[i]);
    alpaca_image_clear(&image);
    head(&s, 0, 44, 9, 2, 2, 1, 0);
    put(&s, 4294967295u, 4);
    put(&s, 7, 4);
    ck_assert_int_eq(read_it(&s, &image, NULL), OK);
    ck_assert(strstr((char *)image.fits, "BITPIX  =                  -64"));
    ck_assert(in_fits(&image, 0) == 4294967295.0 && in_fits(&image, 1) == 7);
    alpaca_image_clear(&image);
    static const char text[] = "{\"Rank\":2,\"Value\":[[1,100000],[2,5],[3,6]],\"ErrorNumber\":0}";
    ck_assert_int_eq(alpaca_image_json(text, sizeof text - 1, 6, &image, &err), OK);
    ck_assert(image.width == 3 && in_fits(&image, 3) == 100000 && in_fits(&image, 2) == 3);
    alpaca_image_clear(&image);
    str_clear(&s);
}
END_TEST

/* Colours become planes: two columns of one row with the colours 1 2 3 and 4 5 6. */
START_TEST(colours)
{
    static const double planes[] = {1, 4, 2, 5, 3, 6};
    struct str s = {0};
    struct alpaca_image image;
    struct error err = {.text = ""};
    head(&s, 0, 44, 8, 3, 2, 1, 3);
    for (int i = 1; i <= 6; i++)
        put(&s, (uint64_t)i, 2);
    static const char text[] = "{\"Rank\":3,\"Value\":[[[1,2,3]],[[4,5,6]]],\"ErrorNumber\":0}";
    for (int way = 0; way < 2; way++) {
        if (way == 0)
            ck_assert_int_eq(read_it(&s, &image, &err), OK);
        else
            ck_assert_int_eq(alpaca_image_json(text, sizeof text - 1, 6, &image, &err), OK);
        ck_assert(image.width == 2 && image.height == 1 && !image.pixel);
        ck_assert(strstr((char *)image.fits, "NAXIS3  =                    3"));
        for (int i = 0; i < 6; i++)
            ck_assert(in_fits(&image, i) == planes[i]);
        alpaca_image_clear(&image);
    }
    str_clear(&s);
}
END_TEST

START_TEST(lies)
{
    static const uint32_t bad[][7] = {
        {0, 44, 0, 2, 3, 2, 0},          {0, 44, 10, 2, 3, 2, 0},
        {0, 44, 2, 1, 3, 2, 0},          {0, 43, 2, 2, 3, 2, 0},
        {0, 44, 2, 2, 0, 2, 0},          {0, 44, 2, 2, 0x7fffffff, 2, 0},
        {0, 44, 2, 2, 0xffffffff, 2, 0}, {0, 0x7fffffff, 2, 2, 3, 2, 0},
        {0, 44, 2, 3, 3, 2, 0},          {0, 44, 2, 3, 3, 2, 0xfffffff},
        {0, 44, 2, 2, 1000, 1000, 0}};
    struct alpaca_image image;
    struct error err = {.text = ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct str s = {0};
        const uint32_t *b = bad[i];
        head(&s, b[0], b[1], b[2], b[3], b[4], b[5], b[6]);
        for (int k = 0; k < 6; k++)
            put(&s, 1, 4);
        ck_assert_msg(read_it(&s, &image, &err) != OK && !image.pixel && !image.fits, "%zu", i);
        str_clear(&s);
    }
    struct str s = {0};
    head(&s, 0x40b, 44, 2, 2, 3, 2, 0);
    str_add(&s, "no image \x1b[2J yet");
    ck_assert_int_eq(read_it(&s, &image, &err), E_DEVICE);
    ck_assert_msg(strstr(err.text, "0x40B") && strstr(err.text, "yet") && !strchr(err.text, 27),
                  "%s", err.text);
    s.n = 43;
    ck_assert_int_eq(read_it(&s, &image, &err), E_PARSE);
    str_clear(&s);
}
END_TEST

START_TEST(json)
{
    struct alpaca_image image;
    struct error err = {.text = ""};
    static const char good[] =
        "{\"Type\":2,\"Rank\":2,\"Value\":[[1,4],[2,5],[3,6]],\"ErrorNumber\":0}";
    ck_assert_int_eq(alpaca_image_json(good, sizeof good - 1, 6, &image, &err), OK);
    ck_assert(image.width == 3 && image.height == 2);
    ck_assert_mem_eq(image.pixel, rows, sizeof rows);
    alpaca_image_clear(&image);
    ck_assert_int_eq(alpaca_image_json(good, sizeof good - 1, 5, &image, &err), E_RANGE);
    static const struct {
        const char *text;
        enum status want;
    } bad[] = {{"{\"Value\":[[1,2],[3]]}", E_PARSE},
               {"{\"Value\":[1,2,3]}", E_PARSE},
               {"{\"Value\":[[[[1]]]]}", E_PARSE},
               {"{\"Value\":[[[1,2],[3]]]}", E_PARSE},
               {"{\"Value\":[[[1,2],3]]}", E_PARSE},
               {"{\"Value\":[[\"1\"]]}", E_PARSE},
               {"{\"Value\":[[1,2],[3,", E_PARSE},
               {"{\"Value\":[]}", E_PARSE},
               {"{\"Value\":7}", E_PARSE},
               {"<html>", E_PARSE},
               {"{\"ErrorNumber\":1035,\"ErrorMessage\":\"not \\u001b yet\"}", E_DEVICE}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        enum status s = alpaca_image_json(bad[i].text, strlen(bad[i].text), 100, &image, &err);
        ck_assert_msg(s == bad[i].want && !image.pixel, "%s: %d %s", bad[i].text, (int)s, err.text);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("alpaca_image");
    TCase *t = tcase_create("alpaca_image");
    tcase_add_test(t, every_type);
    tcase_add_test(t, wide_values);
    tcase_add_test(t, colours);
    tcase_add_test(t, lies);
    tcase_add_test(t, json);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
