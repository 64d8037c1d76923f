/* check_line.c - the line that the user writes, its drawing, the history. */
#include <check.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/line.h"

static struct line l;

static void type(const char *keys)
{
    struct key k;
    while (key_read(&keys, &k))
        line_key(&l, &k);
}

START_TEST(editing)
{
    line_set(&l, "");
    type("set<Space>th\xC3\xA9me");
    ck_assert_str_eq(l.text, "set th\xC3\xA9me");
    type("<Left><Left><BS>e");
    ck_assert_str_eq(l.text, "set theme");
    type("<C-a><Del><C-e>!<C-w>x");
    ck_assert_str_eq(l.text, "et x");
    type("<Home><C-f><C-k>");
    ck_assert_str_eq(l.text, "e");
    type("<C-e><C-u>");
    ck_assert_str_eq(l.text, "");
    type("<BS><Del><Left><Right><C-w><C-k>"); /* nothing to do: no harm */
    ck_assert_str_eq(l.text, "");
}
END_TEST

START_TEST(keys_that_are_not_for_it)
{
    struct key up = {K_UP, 0, 0, 0}, alt = {'x', MOD_ALT, 0, 0}, c = {'c', MOD_CTRL, 0, 0};
    line_set(&l, "a");
    ck_assert(!line_key(&l, &up) && !line_key(&l, &alt) && !line_key(&l, &c));
    ck_assert_str_eq(l.text, "a");
}
END_TEST

/* Pasted: ends of lines become blanks, control characters and keys are dropped. */
START_TEST(pasting_is_text)
{
    static const struct key k[] = {
        {'a', MOD_PASTE, 0, 0},  {K_ENTER, MOD_PASTE, 0, 0}, {'c', MOD_PASTE | MOD_CTRL, 0, 0},
        {K_UP, MOD_PASTE, 0, 0}, {0x202E, MOD_PASTE, 0, 0},  {'b', MOD_PASTE, 0, 0}};
    line_set(&l, "");
    for (int i = 0; i < 6; i++)
        ck_assert(line_key(&l, &k[i]));
    ck_assert_str_eq(l.text, "a b");
}
END_TEST

START_TEST(is_bounded_and_valid)
{
    struct key e = {0xE9, 0, 0, 0};
    line_set(&l, "");
    for (int i = 0; i < 3000; i++)
        line_key(&l, &e);
    ck_assert_int_eq((int)l.n, LINE_MAX_BYTES);
    char big[LINE_MAX_BYTES + 100];
    memset(big, 'x', sizeof big - 1);
    memcpy(big + LINE_MAX_BYTES - 1, "\xC3\xA9", 2); /* cut in its middle */
    big[sizeof big - 1] = 0;
    line_set(&l, big);
    ck_assert_int_eq((int)l.n, LINE_MAX_BYTES - 1);
}
END_TEST

START_TEST(the_cursor_is_always_seen)
{
    struct canvas *c = canvas_new(1, 20, GLYPHS_ASCII);
    line_set(&l, "0123456789abcdefghijklmnopqrstuvwxyz");
    line_draw(&l, c, 0, " : ");
    ck_assert_int_eq(c->cursor->col, 19);
    ck_assert_int_eq((int)canvas_cell(c, 0, 18)->ch, 'z');
    type("<Home>");
    line_draw(&l, c, 0, " : ");
    ck_assert_int_eq(c->cursor->col, 3);
    ck_assert_int_eq((int)canvas_cell(c, 0, 3)->ch, '0');
    canvas_free(c);
}
END_TEST

START_TEST(history_keeps_each_once)
{
    struct history h = {0};
    history_add(&h, "a");
    history_add(&h, "b");
    history_add(&h, "a");
    history_add(&h, "");
    ck_assert_str_eq(history_step(&h, 1), "a");
    ck_assert_str_eq(history_step(&h, 2), "b");
    ck_assert_ptr_null(history_step(&h, 3));
    ck_assert_ptr_null(history_step(&h, 0));
    for (int i = 0; i < 300; i++) {
        char text[12];
        snprintf(text, sizeof text, "%d", i);
        history_add(&h, text);
    }
    ck_assert_str_eq(history_step(&h, LINE_HISTORY), "100");
    ck_assert_ptr_null(history_step(&h, LINE_HISTORY + 1));
    history_clear(&h);
}
END_TEST

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    Suite *s = suite_create("line");
    TCase *t = tcase_create("line");
    tcase_add_test(t, editing);
    tcase_add_test(t, keys_that_are_not_for_it);
    tcase_add_test(t, pasting_is_text);
    tcase_add_test(t, is_bounded_and_valid);
    tcase_add_test(t, the_cursor_is_always_seen);
    tcase_add_test(t, history_keeps_each_once);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
