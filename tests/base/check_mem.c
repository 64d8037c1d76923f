/* check_mem.c - arena and vector. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"

START_TEST(arena_gives_zeroed_aligned_apart)
{
    struct arena a = {0};
    unsigned char *was = NULL;
    size_t was_n = 0;
    for (size_t n = 1; n < 40000; n = n * 3 / 2 + 1) {
        unsigned char *p = arena_alloc(&a, n);
        ck_assert_uint_eq((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            ck_assert_int_eq(p[i], 0);
        memset(p, 0xA5, n);
        for (size_t i = 0; i < was_n; i++)
            ck_assert_int_eq(was[i], 0xA5); /* the piece before is untouched */
        was = p;
        was_n = n;
    }
    ck_assert_str_eq(arena_strn(&a, "WASP-12b", 4), "WASP");
    ck_assert_ptr_null(arena_str(&a, NULL));
    arena_clear(&a);
    ck_assert_uint_eq(a.used, 0);
    ck_assert_str_eq(arena_str(&a, "again"), "again");
    arena_clear(&a);
}
END_TEST

START_TEST(vector_grows)
{
    VEC(int) v = {0};
    for (int i = 0; i < 10000; i++)
        VEC_PUSH(v, i * i);
    ck_assert_uint_eq(v.n, 10000);
    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(v.at[i], i * i);
    VEC_FREE(v);
    ck_assert_uint_eq(v.n, 0);
}
END_TEST

START_TEST(text_copies)
{
    ck_assert_ptr_null(mem_str(NULL));
    char *s = mem_strn("abcdef", 3), *t = mem_printf("%s-%d", "TOI", 150);
    ck_assert_str_eq(s, "abc");
    ck_assert_str_eq(t, "TOI-150");
    free(s);
    free(t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mem");
    TCase *c = tcase_create("mem");
    tcase_add_test(c, arena_gives_zeroed_aligned_apart);
    tcase_add_test(c, vector_grows);
    tcase_add_test(c, text_copies);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
