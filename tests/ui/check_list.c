/* check_list.c - the list widget: columns that leave, cursor that stays, sort, filter, marks, window.
 */
#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/widgets/list.h"

struct star {
    uint64_t id;
    const char *name;
    double alt;
};
struct stars {
    struct star at[60];
    size_t n;
};
static struct stars model;
static struct list *list;
static struct error err;

static size_t count(const void *m)
{
    return ((const struct stars *)m)->n;
}
static uint64_t id(const void *m, size_t row)
{
    return ((const struct stars *)m)->at[row].id;
}
static char mark(const void *m, size_t row)
{
    return ((const struct stars *)m)->at[row].alt < 10 ? 'W' : ' ';
}
static void name_cell(const void *m, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, ((const struct stars *)m)->at[row].name);
}
static double alt(const void *m, size_t row)
{
    return ((const struct stars *)m)->at[row].alt;
}
static void alt_cell(const void *m, size_t row, int width, struct str *out)
{
    (void)width;
    double x = alt(m, row);
    if (isnan(x))
        str_addc(out, '-');
    else
        str_addf(out, "%.0f", x);
}
static void note_cell(const void *m, size_t row, int width, struct str *out)
{
    (void)m;
    (void)row;
    str_addf(out, "w%d", width);
}

static const struct list_column columns[] = {
    {"name", "Name", NULL, 8, 10, -1, 0, name_cell, NULL, NULL},
    {"alt", "Alt", NULL, 3, 3, 1, 0, alt_cell, alt, NULL},
    {NULL, "Note", NULL, 6, 6, -1, 1, note_cell, NULL, NULL},
    {NULL, "Wide", NULL, 5, 5, -1, LIST_WIDE, note_cell, NULL, NULL},
};
static const struct list_source source = {columns, 4, count, id, mark, NULL};

static void setup(void)
{
    static const struct star some[] = {{11, "Vega", 30},
                                       {12, "Altair", 55},
                                       {13, "Deneb", NAN},
                                       {14, "Mira", 5},
                                       {15, "Mizar", 55}};
    setlocale(LC_CTYPE, "C.UTF-8");
    memcpy(model.at, some, sizeof some);
    model.n = 5;
    list = list_new(&source, &model);
}

static void teardown(void)
{
    list_free(list);
}

static const char *drawn(int rows, int cols)
{
    static struct str s;
    struct canvas *c = canvas_new(rows, cols, GLYPHS_ASCII);
    str_reset(&s);
    list_draw(list, c);
    canvas_text(c, &s);
    canvas_free(c);
    return str_c(&s);
}

static const char *here(void)
{
    size_t row;
    return list_row(list, &row) ? model.at[row].name : "(none)";
}

START_TEST(draws_columns_and_drops_them)
{
    ck_assert_str_eq(drawn(7, 30), "   Name       Alt Note\n"
                                   "  >Vega        30 w6\n"
                                   "   Altair      55 w6\n"
                                   "   Deneb        - w6\n"
                                   " W Mira         5 w6\n"
                                   "   Mizar       55 w6\n\n");
    ck_assert_str_eq(drawn(3, 21), "   Name       Alt\n  >Vega        30\n   Altair      55\n");
    ck_assert(strstr(drawn(2, 110), "Wide") != NULL);
    ck_assert(strstr(drawn(2, 109), "Wide") == NULL);
    drawn(1, 1);
    drawn(2, 5);
}
END_TEST

START_TEST(cursor_moves_and_stays_on_its_row)
{
    drawn(4, 30);
    ck_assert(list_move(list, MOVE_DOWN));
    ck_assert_str_eq(here(), "Altair");
    memmove(&model.at[1], &model.at[0], 5 * sizeof model.at[0]); /* a new one comes first */
    model.at[0] = (struct star){10, "Nova", 80};
    model.n = 6;
    list_renew(list);
    ck_assert_str_eq(here(), "Altair");
    ck_assert(list_move(list, MOVE_BOTTOM));
    ck_assert_str_eq(here(), "Mizar");
    ck_assert(!list_move(list, MOVE_DOWN));
    model.n = 3; /* the row under the cursor is gone */
    list_renew(list);
    ck_assert_str_eq(here(), "Altair");
    model.n = 0;
    list_renew(list);
    ck_assert_str_eq(here(), "(none)");
    ck_assert(!list_move(list, MOVE_UP));
    list_mark(list);
}
END_TEST

START_TEST(pages_and_window)
{
    static char names[60][8];
    for (size_t i = 0; i < 60; i++) {
        snprintf(names[i], sizeof names[i], "S%02zu", i);
        model.at[i] = (struct star){100 + i, names[i], 20};
    }
    model.n = 60;
    list_renew(list);
    list_move(list, MOVE_TOP);
    drawn(11, 30); /* ten rows */
    list_move(list, MOVE_PAGE_DOWN);
    ck_assert_str_eq(here(), "S10");
    ck_assert(strstr(drawn(11, 30), "S01") &&
              !strstr(drawn(11, 30), "S00")); /* moved by one only */
    list_move(list, MOVE_HALF_UP);
    ck_assert_str_eq(here(), "S05");
    ck_assert(strstr(drawn(11, 30), "S01") && strstr(drawn(11, 30), "S10"));
    list_move(list, MOVE_BOTTOM);
    ck_assert(strstr(drawn(11, 30), ">S59") != NULL);
    ck_assert(list_point(list, 1));
    ck_assert_str_eq(here(), "S50");
    ck_assert(!list_point(list, 0));
    ck_assert(!list_point(list, 11));
    ck_assert_int_eq(list_column_at(list, 3), 0);
    ck_assert_int_eq(list_column_at(list, 200), -1);
}
END_TEST

START_TEST(sorts_with_unknown_last)
{
    ck_assert_int_eq(list_sort(list, "alt", &err), OK);
    ck_assert_str_eq(drawn(7, 30), "   Name      ^Alt Note\n"
                                   " W Mira         5 w6\n"
                                   "  >Vega        30 w6\n"
                                   "   Altair      55 w6\n"
                                   "   Mizar       55 w6\n"
                                   "   Deneb        - w6\n\n");
    ck_assert_int_eq(list_sort(list, "-alt", &err), OK);
    ck_assert_int_eq((int)list_at(list, 0), 1);
    ck_assert_int_eq((int)list_at(list, 4), 2); /* unknown: last in both */
    ck_assert_int_eq(list_sort(list, "name", &err), OK);
    ck_assert_int_eq((int)list_at(list, 0), 1);
    ck_assert_int_eq(list_sort(list, "nothing", &err), E_ABSENT);
    ck_assert_msg(strstr(err.text, "name alt") != NULL, "%s", err.text);
    list_sort_next(list, 1);
    ck_assert_str_eq(list_sort_name(list), "alt");
    list_sort_next(list, 1);
    ck_assert_str_eq(list_sort_name(list), "-alt");
    list_sort_next(list, -1);
    ck_assert_str_eq(list_sort_name(list), "");
}
END_TEST

START_TEST(filters_as_typed)
{
    ck_assert_int_eq(list_filter(list, "mi", &err), OK);
    ck_assert_int_eq((int)list_shown(list), 2);
    ck_assert_int_eq(list_filter(list, "mi alt>=55", &err), OK);
    ck_assert_int_eq((int)list_shown(list), 1);
    ck_assert_str_eq(here(), "Mizar");
    ck_assert_int_eq(list_filter(list, "alt>", &err), OK); /* not yet written to its end */
    ck_assert_int_eq((int)list_shown(list), 5);
    ck_assert_int_eq(list_filter(list, "alt<100", &err), OK); /* an unknown altitude fits nothing */
    ck_assert_int_eq((int)list_shown(list), 4);
    ck_assert_int_eq(list_filter(list, "name>3", &err), E_PARSE);
    ck_assert_str_eq(list_filter_text(list), "alt<100"); /* the old one stays */
    ck_assert_int_eq(list_filter(list, "", &err), OK);
    ck_assert_int_eq((int)list_shown(list), 5);
}
END_TEST

START_TEST(marks_follow_their_rows)
{
    list_mark(list); /* Vega, cursor to Altair */
    list_mark(list);
    ck_assert(list_marked(list, 11) && list_marked(list, 12) && !list_marked(list, 13));
    ck_assert_int_eq((int)list_marks(list), 2);
    ck_assert(strstr(drawn(7, 30), "*  Vega") && strstr(drawn(7, 30), "*  Altair"));
    ck_assert(list_seek(list, 11));
    list_mark(list);
    ck_assert(!list_marked(list, 11));
    model.n = 1; /* Altair is gone, its mark too */
    list_renew(list);
    ck_assert_int_eq((int)list_marks(list), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("list");
    TCase *t = tcase_create("list");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, draws_columns_and_drops_them);
    tcase_add_test(t, cursor_moves_and_stays_on_its_row);
    tcase_add_test(t, pages_and_window);
    tcase_add_test(t, sorts_with_unknown_last);
    tcase_add_test(t, filters_as_typed);
    tcase_add_test(t, marks_follow_their_rows);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
