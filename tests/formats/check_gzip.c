/* check_gzip.c - unpacking in pieces: members one behind the other, zeros behind them, cut and broken
 * files, and files that unpack to more than is good. What they hold is packed by zlib itself.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/formats/gzip.h"

enum { MB = 1 << 20 };

static enum status sink(void *arg, const void *bytes, size_t n, struct error *err)
{
    (void)err;
    str_addn(arg, bytes, n);
    return OK;
}

static enum status count(void *arg, const void *bytes, size_t n, struct error *err)
{
    (void)bytes, (void)err;
    *(uint64_t *)arg += n;
    return OK;
}

/* A member with `times` times the text. window 31: gzip, 15: zlib. */
static void pack(struct str *out, const char *text, size_t times, int window)
{
    unsigned char piece[4096];
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    for (size_t i = 0; i <= times; i++) {
        z.next_in = i < times ? (unsigned char *)(uintptr_t)text : NULL;
        z.avail_in = i < times ? (uInt)strlen(text) : 0;
        do {
            z.next_out = piece;
            z.avail_out = sizeof piece;
            deflate(&z, i < times ? Z_NO_FLUSH : Z_FINISH);
            str_addn(out, (char *)piece, sizeof piece - z.avail_out);
        } while (z.avail_out == 0);
    }
    deflateEnd(&z);
}

static enum status unpack(struct gunzip *g, const struct str *packed, size_t piece,
                          struct error *err)
{
    enum status s = OK;
    for (size_t at = 0; s == OK && at < packed->n; at += piece)
        s = gunzip_feed(g, packed->s + at, packed->n - at < piece ? packed->n - at : piece, err);
    return s == OK ? gunzip_end(g, err) : s;
}

START_TEST(members_in_any_pieces)
{
    static const size_t pieces[] = {1, 2, 7, 100, 100000};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct str packed = {0}, out = {0};
        struct error err;
        pack(&packed, "first,", 3, 31);
        pack(&packed, "", 1, 31);
        pack(&packed, "second", 1, 31);
        str_addn(&packed, "\0\0\0\0\0", 5); /* the rest of a block of a tape or a disk */
        struct gunzip *g = gunzip_new(MB, sink, &out);
        ck_assert_int_eq(unpack(g, &packed, pieces[i], &err), OK);
        ck_assert_str_eq(str_c(&out), "first,first,first,second");
        gunzip_free(g);
        str_clear(&packed);
        str_clear(&out);
    }
}
END_TEST

START_TEST(cut_and_broken)
{
    struct str packed = {0}, out = {0};
    struct error err;
    pack(&packed, "0123456789 and more of it", 1, 31);
    for (size_t n = 1; n < packed.n; n++) {
        struct str part = {.s = packed.s, .n = n};
        struct gunzip *g = gunzip_new(MB, sink, &out);
        ck_assert_int_eq(unpack(g, &part, n, &err), E_PARSE);
        ck_assert(strncmp(err.text, "gzip: cut off after ", 20) == 0);
        gunzip_free(g);
    }
    packed.s[packed.n - 6] ^= 1; /* its check sum */
    struct gunzip *g = gunzip_new(MB, sink, &out);
    ck_assert_int_eq(unpack(g, &packed, packed.n, &err), E_PARSE);
    ck_assert(strncmp(err.text, "gzip: ", 6) == 0);
    gunzip_free(g);
    str_clear(&packed);
    str_clear(&out);
}
END_TEST

START_TEST(zlib_has_a_header_of_its_own)
{
    struct str packed = {0}, out = {0};
    struct error err;
    pack(&packed, "abc", 2, 15);
    struct gunzip *g = gunzip_zlib_new(MB, sink, &out);
    ck_assert_int_eq(unpack(g, &packed, 1, &err), OK);
    ck_assert_str_eq(str_c(&out), "abcabc");
    gunzip_free(g);
    g = gunzip_new(MB, sink, &out);
    ck_assert_int_eq(unpack(g, &packed, 1, &err), E_PARSE);
    gunzip_free(g);
    str_clear(&packed);
    str_clear(&out);
}
END_TEST

START_TEST(bombs)
{
    struct str packed = {0};
    struct error err;
    uint64_t came = 0;
    char *blanks = mem_alloc(MB + 1);
    memset(blanks, ' ', MB);
    blanks[MB] = '\0';
    pack(&packed, blanks, 64, 31);
    ck_assert_uint_lt(packed.n, 100000); /* 64 MB in less than 100 kB */

    struct gunzip *g = gunzip_new(10 * MB, count, &came);
    ck_assert_int_eq(unpack(g, &packed, 4096, &err), E_RANGE);
    ck_assert_str_eq(err.text, "gzip: more than 10485760 bytes unpacked");
    ck_assert_uint_le(came, 10 * MB);
    gunzip_free(g);

    came = 0;
    g = gunzip_new(UINT64_MAX, count, &came);
    gunzip_doubt(g, 20 * MB, 200);
    ck_assert_int_eq(unpack(g, &packed, packed.n, &err), E_RANGE);
    ck_assert_str_eq(err.text, "gzip: unpacks to more than 200 times its size: no table does");
    ck_assert_uint_le(came, 21 * MB);
    gunzip_free(g);

    came = 0; /* large, but not too well packed for what is asked */
    g = gunzip_new(UINT64_MAX, count, &came);
    gunzip_doubt(g, 20 * MB, 2000);
    ck_assert_int_eq(unpack(g, &packed, 4096, &err), OK);
    ck_assert_uint_eq(came, 64 * MB);
    gunzip_free(g);
    str_clear(&packed);
    free(blanks);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gzip");
    TCase *c = tcase_create("gzip");
    tcase_add_test(c, members_in_any_pieces);
    tcase_add_test(c, cut_and_broken);
    tcase_add_test(c, zlib_has_a_header_of_its_own);
    tcase_add_test(c, bombs);
    suite_add_tcase(suite, c);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
