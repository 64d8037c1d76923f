/* check_table.c - the column store: cells from text and back, nulls, limits, metadata. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/table.h"

static struct table *one(const char *datatype, const char *arraysize, const char *null)
{
    struct table *t = table_new(NULL);
    table_add(t, &(struct table_field){
                     .name = "x", .datatype = datatype, .arraysize = arraysize, .null_text = null});
    return t;
}

/* What becomes of a text in a cell of that kind: as `vigie table convert` writes it, "null" if it is
 * null. */
static const char *cell(const char *datatype, const char *arraysize, const char *null,
                        const char *text)
{
    static char out[512];
    struct str s = {0};
    struct error err;
    struct table *t = one(datatype, arraysize, null);
    table_put_text(t, 0, text, strlen(text));
    ck_assert(table_row_end(t, &err) == OK);
    bool some = table_cell(t, 0, 0, &s);
    snprintf(out, sizeof out, "%s", table_null(t, 0, 0) ? "null" : str_c(&s));
    ck_assert(some == (s.n > 0));
    str_clear(&s);
    table_free(t);
    return out;
}

START_TEST(cells_from_text)
{
    static const struct {
        const char *datatype, *arraysize, *null, *text, *want;
    } row[] = {
        {"int", NULL, NULL, " 42 ", "42"},
        {"int", NULL, NULL, "", "null"},
        {"int", NULL, NULL, "99999999999", "null"},
        {"int", NULL, NULL, "12.5", "null"},
        {"int", NULL, "-1", "-1", "null"},
        {"int", "1", NULL, "7", "7"},
        {"unsignedByte", NULL, NULL, "256", "null"},
        {"unsignedByte", NULL, NULL, "255", "255"},
        {"short", NULL, NULL, "-32768", "-32768"},
        {"long", NULL, NULL, "9223372036854775807", "9223372036854775807"},
        {"boolean", NULL, NULL, "true", "T"},
        {"boolean", NULL, NULL, "0", "F"},
        {"boolean", NULL, NULL, "?", "null"},
        {"boolean", NULL, NULL, "x", "null"},
        {"bit", NULL, NULL, "1", "1"},
        {"bit", "8", NULL, "10110", "1 0 1 1 0"},
        {"float", NULL, NULL, "0.1", "0.1"},
        {"float", NULL, NULL, "1e39", "null"},
        {"float", NULL, "-99.9", "-99.9", "null"},
        {"double", NULL, NULL, "+Inf", "inf"},
        {"double", NULL, NULL, "NaN", ""},
        {"double", NULL, NULL, "none", "null"},
        {"double", "3", NULL, "1 2 3 4", "1 2 3"},
        {"double", "*", NULL, "1 NaN 3", "1 nan 3"},
        {"double", "2", NULL, "NaN NaN", ""},
        {"int", "*", "0", "1 0 3", "1  3"},
        {"int", "2x2", NULL, "1 2 3 4", "1 2 3 4"},
        {"int", "2x*", NULL, "", "null"},
        {"floatComplex", NULL, NULL, "1 -2.5", "1 -2.5"},
        {"doubleComplex", "2", NULL, "1 2 3 4", "1 2 3 4"},
        {"char", "*", NULL, "  a b ", "a b"},
        {"char", NULL, NULL, "abc", "a"},
        {"char", "3", NULL, "abcdef", "abc"},
        {"char", "3", NULL, "\xc3\xa9\xc3\xa8\xc3\xa0z", "\xc3\xa9\xc3\xa8\xc3\xa0"},
        {"char", "2x3", NULL, "abcdef", "ab cd ef"},
        {"char", "4x*", NULL, "ab  cd  ", "ab cd"},
        {"char", "*", NULL, "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"unicodeChar", "*", NULL, "\xce\xb1", "\xce\xb1"},
        {"whatever", "7", NULL, "as it is", "as it is"},
        {NULL, NULL, NULL, "text", "text"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const char *got = cell(row[i].datatype, row[i].arraysize, row[i].null, row[i].text);
        ck_assert_msg(strcmp(got, row[i].want) == 0, "%s[%s] of \"%s\": \"%s\", not \"%s\"",
                      row[i].datatype ? row[i].datatype : "-",
                      row[i].arraysize ? row[i].arraysize : "-", row[i].text, got, row[i].want);
    }
}
END_TEST

START_TEST(null_is_not_nan)
{
    struct error err;
    struct table *t = one("double", NULL, NULL);
    table_put_text(t, 0, "NaN", 3);
    ck_assert(table_row_end(t, &err) == OK);
    table_put_null(t, 0);
    ck_assert(table_row_end(t, &err) == OK);
    ck_assert(table_row_end(t, &err) == OK); /* nothing put: null */
    table_put_double(t, 0, 1.5);
    ck_assert(table_row_end(t, &err) == OK);
    ck_assert(!table_null(t, 0, 0) && isnan(table_double(t, 0, 0)));
    ck_assert(table_null(t, 1, 0) && isnan(table_double(t, 1, 0)));
    ck_assert(table_null(t, 2, 0));
    ck_assert_double_eq(table_double(t, 3, 0), 1.5);
    table_free(t);
}
END_TEST

START_TEST(long_integers_are_exact)
{
    struct error err;
    int64_t i;
    struct table *t = one("long", NULL, NULL);
    table_put_text(t, 0, "4500000000000000001", 19);
    ck_assert(table_row_end(t, &err) == OK);
    table_put_int(t, 0, INT64_MIN);
    ck_assert(table_row_end(t, &err) == OK);
    ck_assert(table_int(t, 0, 0, &i) && i == 4500000000000000001);
    ck_assert(table_int(t, 1, 0, &i) && i == INT64_MIN);
    table_free(t);
}
END_TEST

/* A row that is not whole leaves nothing behind, whatever its columns are. */
START_TEST(rows_can_be_dropped)
{
    struct error err;
    struct str s = {0};
    struct table *t = table_new(NULL);
    table_add(t, &(struct table_field){.name = "a", .datatype = "int", .arraysize = "*"});
    table_add(t, &(struct table_field){.name = "b", .datatype = "char", .arraysize = "*"});
    table_add(t, &(struct table_field){.name = "c", .datatype = "char", .arraysize = "2x*"});
    for (int k = 0; k < 300; k++) {
        table_put_text(t, 0, "1 2 x", 5);
        table_put_text(t, 1, k % 3 ? "abc" : "", k % 3 ? 3 : 0);
        table_put_text(t, 2, "abcd", 4);
        if (k % 2)
            table_row_drop(t);
        else
            ck_assert(table_row_end(t, &err) == OK);
    }
    ck_assert_uint_eq(t->rows, 150);
    for (size_t row = 0; row < t->rows; row++) {
        str_reset(&s);
        table_cell(t, row, 0, &s);
        str_addc(&s, '|');
        table_cell(t, row, 1, &s);
        str_addc(&s, '|');
        table_cell(t, row, 2, &s);
        ck_assert_str_eq(str_c(&s), row * 2 % 3 ? "1 2 |abc|ab cd" : "1 2 ||ab cd");
        ck_assert(table_null_at(t, row, 0, 2) && !table_null_at(t, row, 0, 1));
    }
    str_clear(&s);
    table_free(t);
}
END_TEST

START_TEST(limits_stop_a_table)
{
    struct error err;
    struct table_limits limits = {.rows = 3};
    struct table *t = table_new(&limits);
    table_add(t, &(struct table_field){.name = "a", .datatype = "int"});
    for (int i = 0; i < 3; i++)
        ck_assert(table_row_end(t, &err) == OK);
    table_put_int(t, 0, 4);
    ck_assert(table_row_end(t, &err) == E_RANGE);
    ck_assert(t->rows == 3 && t->partial);
    table_free(t);

    limits = (struct table_limits){.bytes = 1000};
    t = table_new(&limits);
    table_add(t, &(struct table_field){.name = "a", .datatype = "char", .arraysize = "*"});
    enum status s = OK;
    for (int i = 0; i < 1000 && s == OK; i++) {
        table_put_string(t, 0, "0123456789", 10);
        s = table_row_end(t, &err);
    }
    ck_assert(s == E_RANGE && t->rows > 50 && t->rows < 101 && t->partial);
    table_free(t);

    limits = (struct table_limits){.keep = 2};
    t = table_new(&limits);
    table_add(t, &(struct table_field){.name = "a", .datatype = "int"});
    for (int i = 0; i < 100; i++) {
        if (table_keeps(t))
            table_put_int(t, 0, i);
        ck_assert(table_row_end(t, &err) == OK);
    }
    ck_assert(t->rows == 2 && t->counted == 100 && !t->partial);
    table_free(t);
}
END_TEST

START_TEST(columns_are_found)
{
    struct table *t = table_new(NULL);
    table_add(t, &(struct table_field){.name = "RA", .id = "col1", .ucd = "pos.eq.ra"});
    table_add(t, &(struct table_field){.name = "ra", .ucd = "pos.eq.ra;meta.main"});
    table_add(t, &(struct table_field){.name = "dec", .ucd = "POS_EQ_DEC_MAIN"});
    ck_assert_int_eq(table_find(t, "RA"), 0);
    ck_assert_int_eq(table_find(t, "ra"), 1);
    ck_assert_int_eq(table_find(t, "COL1"), 0);
    ck_assert_int_eq(table_find(t, "Dec"), 2);
    ck_assert_int_eq(table_find(t, "mag"), -1);
    ck_assert_int_eq(table_find_ucd(t, "pos.eq.ra", "POS_EQ_RA_MAIN"), 1);
    ck_assert_int_eq(table_find_ucd(t, "pos.eq.dec", "POS_EQ_DEC_MAIN"), 2);
    ck_assert_int_eq(table_find_ucd(t, "pos.gal.lon", NULL), -1);
    table_free(t);
}
END_TEST

START_TEST(a_column_added_later_is_null)
{
    struct error err;
    struct table *t = one("int", NULL, NULL);
    for (int i = 0; i < 5; i++) {
        table_put_int(t, 0, i);
        ck_assert(table_row_end(t, &err) == OK);
    }
    size_t c = table_add(t, &(struct table_field){.name = "y", .datatype = "float"});
    for (size_t i = 0; i < 5; i++)
        ck_assert(table_null(t, i, c));
    table_put_double(t, c, 2.5);
    ck_assert(table_row_end(t, &err) == OK);
    ck_assert_double_eq(table_double(t, 5, c), 2.5);
    ck_assert(table_null(t, 5, 0));
    table_free(t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("table");
    TCase *c = tcase_create("all");
    tcase_add_test(c, cells_from_text);
    tcase_add_test(c, null_is_not_nan);
    tcase_add_test(c, long_integers_are_exact);
    tcase_add_test(c, rows_can_be_dropped);
    tcase_add_test(c, limits_stop_a_table);
    tcase_add_test(c, columns_are_found);
    tcase_add_test(c, a_column_added_later_is_null);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
