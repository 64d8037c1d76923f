/* check_editor.c - the text being written in the console: Emacs keys, words, kill and yank, lines,
 * paste. What each key does is GNU readline's manual, section 8.4 (Bindable Readline Commands).
 */
#include <check.h>
#include <locale.h>
#include <stdlib.h>

#include "../../src/ui/editor.h"

static struct editor e;

static void setup(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
}

static void teardown(void)
{
    editor_clear(&e);
}

static void press(const char *keys)
{
    struct key k;
    while (key_read(&keys, &k))
        ck_assert(editor_key(&e, &k));
    ck_assert_str_eq(keys, "");
}

#define IS(text, cursor)                                                                           \
    do {                                                                                           \
        ck_assert_str_eq(editor_text(&e), text);                                                   \
        ck_assert_uint_eq(e.at, cursor);                                                           \
    } while (0)

START_TEST(moves_and_cuts)
{
    editor_set(&e, "one two three");
    press("<C-a>");
    IS("one two three", 0);
    press("<A-f>");
    IS("one two three", 3);
    press("<A-d>");
    IS("one three", 3);
    press("<C-e><C-y>");
    IS("one three two", 13);
    press("<C-w>");
    IS("one three ", 10);
    press("<A-b><A-b>");
    IS("one three ", 0);
    press("<C-f><C-k>");
    IS("o", 1);
    press("<C-y><C-a><C-d>");
    IS("ne three ", 0);
    press("<C-e><C-u>");
    IS("", 0);
}
END_TEST

START_TEST(swaps_characters)
{
    editor_set(&e, "a\xC3\xA9z");
    press("<C-t>");
    IS("az\xC3\xA9", 4);
    press("<C-a><C-f><C-t>");
    IS("za\xC3\xA9", 2);
}
END_TEST

START_TEST(whole_characters)
{
    editor_set(&e, "\xC3\xA9\xE2\x88\x92");
    press("<Left>");
    IS("\xC3\xA9\xE2\x88\x92", 2);
    press("<BS>");
    IS("\xE2\x88\x92", 0);
    press("<Del>");
    IS("", 0);
}
END_TEST

START_TEST(lines)
{
    int line;
    size_t byte, n;
    editor_set(&e, "for\nx\nend");
    ck_assert_int_eq(editor_lines(&e), 3);
    press("<Up>");
    IS("for\nx\nend", 5);
    press("<Up>");
    IS("for\nx\nend", 1);
    ck_assert(!editor_key(&e, &(struct key){K_UP, 0, 0, 0}));
    press("<Down><Down>");
    editor_where(&e, &line, &byte);
    ck_assert_int_eq(line, 2);
    ck_assert_uint_eq(byte, 1);
    ck_assert_ptr_eq(editor_line(&e, 2, &n), e.text.s + 6);
    ck_assert_uint_eq(n, 3);
    press("<Home><A-Enter>");
    IS("for\nx\n\nend", 7);
}
END_TEST

/* Nothing that is pasted is a command, and no control character gets in. */
START_TEST(paste)
{
    static const struct key in[] = {
        {'a', MOD_PASTE, 0, 0},  {K_ENTER, MOD_PASTE, 0, 0}, {'c', MOD_PASTE | MOD_CTRL, 0, 0},
        {K_UP, MOD_PASTE, 0, 0}, {K_TAB, MOD_PASTE, 0, 0},   {0x202E, MOD_PASTE, 0, 0},
        {'b', MOD_PASTE, 0, 0}};
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        ck_assert(editor_key(&e, &in[i]));
    IS("a\n    b", 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("editor");
    TCase *tc = tcase_create("editor");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, moves_and_cuts);
    tcase_add_test(tc, swaps_characters);
    tcase_add_test(tc, whole_characters);
    tcase_add_test(tc, lines);
    tcase_add_test(tc, paste);
    suite_add_tcase(suite, tc);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
