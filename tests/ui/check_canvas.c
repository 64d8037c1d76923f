/* check_canvas.c - the grid of cells: clipping, widths, what may not get in, dumps. */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/canvas.h"
#include "vigie/base/utf8.h"

static const char *text_of(const struct canvas *c)
{
    static struct str s;
    str_reset(&s);
    canvas_text(c, &s);
    return str_c(&s);
}

START_TEST(clips_at_the_edges)
{
    struct canvas *c = canvas_new(2, 5, GLYPHS_UTF8);
    ck_assert_int_eq(canvas_put(c, 0, 3, ROLE_TEXT, "abc"), 6);
    canvas_put(c, 1, -2, ROLE_TEXT, "xyz");
    canvas_put(c, 2, 0, ROLE_TEXT, "no");
    canvas_put(c, -1, 0, ROLE_TEXT, "no");
    ck_assert_str_eq(text_of(c), "   ab\nz\n");
    canvas_free(c);
}
END_TEST

START_TEST(wide_characters)
{
    struct canvas *c = canvas_new(1, 5, GLYPHS_UTF8);
    canvas_put(c, 0, 0, ROLE_TEXT,
               "\xE6\x98\x9F\xE6\x98\x9F\xE6\x98\x9F"); /* the third has one column only */
    ck_assert_str_eq(text_of(c), "\xE6\x98\x9F\xE6\x98\x9F\n");
    ck_assert_int_eq(canvas_cell(c, 0, 1)->width, 0);
    canvas_put(c, 0, 1, ROLE_TEXT, "x"); /* over a right half: the left one goes */
    ck_assert_str_eq(text_of(c), " x\xE6\x98\x9F\n");
    canvas_put(c, 0, 2, ROLE_TEXT, "y"); /* over a left half */
    ck_assert_str_eq(text_of(c), " xy\n");
    canvas_free(c);
}
END_TEST

START_TEST(combining_marks_stay_with_their_letter)
{
    struct canvas *c = canvas_new(1, 4, GLYPHS_UTF8);
    ck_assert_int_eq(canvas_put(c, 0, 0, ROLE_TEXT, "e\xCC\x81x"), 2);
    ck_assert_str_eq(text_of(c), "e\xCC\x81x\n");
    canvas_put(c, 0, 0, ROLE_TEXT, "\xCC\x81"); /* on nothing: dropped */
    ck_assert_str_eq(text_of(c), "e\xCC\x81x\n");
    canvas_free(c);
}
END_TEST

/* ESC, C1, bidi overrides, a broken byte. */
START_TEST(nothing_harmful_gets_in)
{
    struct canvas *c = canvas_new(1, 40, GLYPHS_UTF8);
    canvas_put(c, 0, 0, ROLE_TEXT,
               "a\033[31mb\xC2\x9B"
               "c\xE2\x80\xAE"
               "d\xFF\n\te\x7F");
    for (int i = 0; i < 40; i++) {
        ck_assert(!utf8_harmful(canvas_cell(c, 0, i)->ch));
        for (int k = 0; k < CELL_MARKS; k++)
            ck_assert(!utf8_harmful(canvas_cell(c, 0, i)->mark[k]) ||
                      !canvas_cell(c, 0, i)->mark[k]);
    }
    ck_assert_str_eq(text_of(c), "a\xEF\xBF\xBD[31mb\xEF\xBF\xBD"
                                 "c\xEF\xBF\xBD"
                                 "d\xEF\xBF\xBD  e\xEF\xBF\xBD\n");
    canvas_free(c);
}
END_TEST

START_TEST(ascii_only)
{
    struct canvas *c = canvas_new(2, 30, GLYPHS_ASCII);
    canvas_put(c, 0, 0, ROLE_TEXT,
               "\xC3\xA9t\xC3\xA9 \xCE\xB1 Cen 21\xE2\x80\xB3 \xE6\x98\x9F e\xCC\x81");
    canvas_glyph(c, 1, 0, 3, ROLE_RULE, GLYPH_HLINE);
    ck_assert_str_eq(text_of(c), "ete a Cen 21\" ? e\n---\n");
    canvas_free(c);
}
END_TEST

START_TEST(parts_share_cells_and_clip)
{
    struct canvas *c = canvas_new(3, 10, GLYPHS_ASCII);
    struct canvas p = canvas_part(c, 1, 4, 5, 20);
    ck_assert_int_eq(p.rows, 2);
    ck_assert_int_eq(p.cols, 6);
    canvas_put(&p, 0, -1, ROLE_TEXT, "-inside and beyond");
    struct canvas none = canvas_part(&p, 7, 0, 1, 1);
    canvas_put(&none, 0, 0, ROLE_TEXT, "no");
    canvas_show_cursor(&p, 1, 2);
    ck_assert_str_eq(text_of(c), "\n    inside\n\n");
    ck_assert_int_eq(c->cursor->row, 2);
    ck_assert_int_eq(c->cursor->col, 6);
    canvas_free(c);
}
END_TEST

START_TEST(fields)
{
    struct canvas *c = canvas_new(3, 12, GLYPHS_ASCII);
    canvas_fit(c, 0, 0, 6, -1, ROLE_TEXT, "longer text");
    canvas_fit(c, 0, 6, 6, 1, ROLE_TEXT, "12.5");
    canvas_fit(c, 1, 0, 6, 0, ROLE_TEXT, "ab");
    canvas_rule(c, 2, "night");
    ck_assert_str_eq(text_of(c), "longe~  12.5\n  ab\n-- night ---\n");
    canvas_free(c);
}
END_TEST

START_TEST(roles_are_dumped_with_their_names)
{
    struct canvas *c = canvas_new(2, 8, GLYPHS_ASCII);
    canvas_put(c, 0, 2, ROLE_ALARM, "!!");
    canvas_paint(c, 1, 0, 1, ROLE_SELECTED, 0);
    struct str s = {0};
    canvas_roles(c, &s);
    ck_assert_str_eq(str_c(&s), "..!!\n>\n. text\n> selected\n! alarm\n");
    str_clear(&s);
    canvas_free(c);
}
END_TEST

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    Suite *s = suite_create("canvas");
    TCase *t = tcase_create("canvas");
    tcase_add_test(t, clips_at_the_edges);
    tcase_add_test(t, wide_characters);
    tcase_add_test(t, combining_marks_stay_with_their_letter);
    tcase_add_test(t, nothing_harmful_gets_in);
    tcase_add_test(t, ascii_only);
    tcase_add_test(t, parts_share_cells_and_clip);
    tcase_add_test(t, fields);
    tcase_add_test(t, roles_are_dumped_with_their_names);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
