/* check_plot.c - curves in braille and ASCII, labels, lines of time: expected screens drawn by hand. */
#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/widgets/plot.h"

static const char *text_of(const struct canvas *c)
{
    static struct str s;
    str_reset(&s);
    canvas_text(c, &s);
    return str_c(&s);
}

START_TEST(a_line_in_ascii)
{
    static const double y[] = {0, 3};
    struct canvas *c = canvas_new(5, 8, GLYPHS_ASCII);
    struct plot p;
    plot_begin(&p, c, 4, 0, 10, 0, 3);
    plot_y(&p, 3, "3");
    plot_y(&p, 0, "0");
    plot_curve(&p, y, 2, ROLE_CURVE, 0, NULL, NULL);
    plot_x(&p, 0, ROLE_HEAD, "a");
    ck_assert(!plot_x(&p, 2, ROLE_HEAD, "b")); /* would touch */
    ck_assert(plot_x(&p, 10, ROLE_HEAD, "c"));
    plot_end(&p);
    ck_assert_str_eq(text_of(c), " 3 |   *\n   |  *\n   | *\n 0 |*\n    a  c\n");
    canvas_free(c);
}
END_TEST

/* Rising from the lower left to the upper right dot of 2 x 1 cells: columns 0..3, rows 3..0. Dots 7
 * (0x40) and 6 (0x20) of the left cell, 2 (0x02) and 4 (0x08) of the right one. */
START_TEST(a_line_in_braille)
{
    static const double y[] = {0, 3};
    struct canvas *c = canvas_new(2, 3, GLYPHS_UTF8);
    struct plot p;
    plot_begin(&p, c, 1, 0, 10, 0, 3);
    plot_curve(&p, y, 2, ROLE_CURVE, 0, NULL, NULL);
    plot_end(&p);
    ck_assert_int_eq((int)canvas_cell(c, 0, 1)->ch, 0x2860);
    ck_assert_int_eq((int)canvas_cell(c, 0, 2)->ch, 0x280A);
    canvas_free(c);
}
END_TEST

/* Dots at the corners: of 2 cells in braille the lower left (0x40) and the upper right (0x08). */
START_TEST(dots)
{
    struct canvas *c = canvas_new(2, 3, GLYPHS_UTF8), *d = canvas_new(3, 5, GLYPHS_ASCII);
    struct plot p;
    plot_begin(&p, c, 1, 0, 10, 0, 3);
    plot_dot(&p, 0, 0, ROLE_CURVE);
    plot_dot(&p, 10, 3, ROLE_CURVE);
    plot_dot(&p, 15, 1, ROLE_CURVE);
    plot_dot(&p, (double)NAN, 1, ROLE_CURVE);
    plot_end(&p);
    ck_assert_int_eq((int)canvas_cell(c, 0, 1)->ch, 0x2840);
    ck_assert_int_eq((int)canvas_cell(c, 0, 2)->ch, 0x2808);
    plot_begin(&p, d, 1, 0, 3, 0, 1);
    plot_dot(&p, 1, 1, ROLE_CURVE);
    plot_dot(&p, 3, 0, ROLE_CURVE);
    plot_dot(&p, 1, 5, ROLE_CURVE);
    plot_end(&p);
    ck_assert_str_eq(text_of(d), "| *\n|   *\n\n");
    canvas_free(c);
    canvas_free(d);
}
END_TEST

static bool late(const void *arg, double x)
{
    (void)arg;
    return x > 5;
}

START_TEST(a_band_has_its_own_sign_and_gaps_stay_empty)
{
    static const double y[] = {1, 1, NAN, 1, 1, -5, -5};
    struct canvas *c = canvas_new(3, 8, GLYPHS_ASCII);
    struct plot p;
    plot_begin(&p, c, 1, 0, 6, 0, 2);
    plot_curve(&p, y, 7, ROLE_CURVE, 'o', late, NULL);
    plot_end(&p);
    ck_assert_str_eq(text_of(c), "|\n|** *o\n\n");
    ck_assert_int_eq(canvas_cell(c, 1, 5)->role, ROLE_CURVE);
    canvas_free(c);
}
END_TEST

START_TEST(nothing_is_drawn_outside)
{
    static const double y[] = {-1e300, 1e300, INFINITY, NAN};
    for (int rows = 1; rows < 12; rows++)
        for (int cols = 1; cols < 12; cols++) {
            struct canvas *c = canvas_new(rows, cols, rows % 2 ? GLYPHS_ASCII : GLYPHS_UTF8);
            struct plot p;
            plot_begin(&p, c, 5, 0, 1, 0, 1);
            plot_curve(&p, y, 4, ROLE_CURVE, 'x', NULL, NULL);
            plot_level(&p, 0.5, ROLE_RULE);
            plot_column(&p, 0.5, ROLE_NOW);
            plot_x(&p, 1, ROLE_HEAD, "long label");
            plot_y(&p, 7, "7");
            plot_end(&p);
            canvas_free(c);
        }
}
END_TEST

START_TEST(lines_of_time)
{
    static const struct stripe s[] = {
        {2, 6, ROLE_DUSK, GLYPH_DUSK},     {3, 5, ROLE_BAND, GLYPH_FULL},
        {8.1, 8.2, ROLE_BAND, GLYPH_FULL}, /* short, but there */
        {-5, 0.5, ROLE_BAND, GLYPH_SHADE}, {NAN, 4, ROLE_BAND, GLYPH_SHADE},
        {20, 30, ROLE_BAND, GLYPH_SHADE}};
    struct canvas *c = canvas_new(2, 14, GLYPHS_ASCII);
    gantt_row(c, 0, 2, 10, 0, 10, s, 6, 4.5);
    ck_assert_str_eq(text_of(c), "  ..-#|-..#.\n\n");
    gantt_row(c, 1, 2, 10, 0, 10, s, 0, NAN);
    gantt_row(c, 1, 2, 10, 5, 5, s, 6, 1); /* no length: nothing */
    ck_assert_str_eq(text_of(c), "  ..-#|-..#.\n  ..........\n");
    ck_assert_int_eq(gantt_column(0, 10, 10, 9.99), 9);
    ck_assert_int_eq(gantt_column(0, 10, 10, 10), -1);
    ck_assert_int_eq(gantt_column(0, 10, 10, -0.1), -1);
    canvas_free(c);
}
END_TEST

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    Suite *s = suite_create("plot");
    TCase *t = tcase_create("plot");
    tcase_add_test(t, a_line_in_ascii);
    tcase_add_test(t, a_line_in_braille);
    tcase_add_test(t, dots);
    tcase_add_test(t, a_band_has_its_own_sign_and_gaps_stay_empty);
    tcase_add_test(t, nothing_is_drawn_outside);
    tcase_add_test(t, lines_of_time);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
