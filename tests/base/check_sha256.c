/* check_sha256.c - digests against the examples of FIPS 180-2, appendix B, and at the edges of a block. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/sha256.h"

START_TEST(examples)
{
    static const struct {
        const char *text, *sum;
    } row[] = {{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
               {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
               {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}};
    char out[SHA256_TEXT];
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        ck_assert_str_eq(sha256_text(row[i].text, strlen(row[i].text), out), row[i].sum);
    char *million = mem_zero(1000000);
    memset(million, 'a', 1000000);
    ck_assert_str_eq(sha256_text(million, 1000000, out),
                     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sha256");
    TCase *c = tcase_create("sha256");
    tcase_add_test(c, examples);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
