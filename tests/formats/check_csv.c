/* check_csv.c - the CSV reader and writer. Rows and quotes: RFC 4180, section 2. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/csv.h"

struct seen {
    struct str text;
    size_t stop_after, rows;
};

static bool on_row(void *arg, uint64_t line, const struct csv_field *f, size_t n)
{
    struct seen *s = arg;
    str_addf(&s->text, "%d:", (int)line);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq((int)strlen(f[i].s), (int)f[i].n);
        str_addf(&s->text, f[i].quoted ? "<%s>" : "(%s)", f[i].s);
    }
    s->rows++;
    return s->rows != s->stop_after;
}

static enum status read_in(const char *s, char sep, size_t piece, const struct csv_limits *lim,
                           struct seen *seen, struct error *err, char *used)
{
    struct csv_reader *r = csv_reader_new(sep, lim, on_row, seen);
    enum status st = OK;
    size_t n = strlen(s);
    str_reset(&seen->text);
    seen->rows = 0;
    for (size_t i = 0; st == OK && i < n; i += piece)
        st = csv_feed(r, s + i, n - i < piece ? n - i : piece, err);
    if (st == OK)
        st = csv_finish(r, err);
    if (used)
        *used = csv_separator(r);
    csv_reader_free(r);
    return st;
}

static void expect(const char *s, char sep, const struct csv_limits *lim, const char *rows)
{
    struct seen seen = {0};
    struct error err = {0};
    for (size_t piece = 1; piece <= strlen(s) + 1; piece++) {
        ck_assert_msg(read_in(s, sep, piece, lim, &seen, &err, NULL) == OK, "%s", err.text);
        ck_assert_msg(strcmp(str_c(&seen.text), rows) == 0, "in pieces of %zu: %s\nwant %s", piece,
                      str_c(&seen.text), rows);
    }
    str_clear(&seen.text);
}

static void refuse(const char *s, const struct csv_limits *lim, enum status status,
                   const char *text)
{
    struct seen seen = {0};
    struct error err = {0};
    for (size_t piece = 1; piece <= strlen(s) + 1; piece++) {
        ck_assert_int_eq(read_in(s, ',', piece, lim, &seen, &err, NULL), status);
        ck_assert_str_eq(err.text, text);
    }
    str_clear(&seen.text);
}

START_TEST(reads_rows)
{
    expect("a,b,c\n1,2,3\n", ',', NULL, "1:(a)(b)(c)2:(1)(2)(3)");
    expect("a,b\r\n1,2", ',', NULL, "1:(a)(b)2:(1)(2)");
    expect("a,b\r1,2\r", ',', NULL, "1:(a)(b)2:(1)(2)");
    expect("a,\n,b\n,\n", ',', NULL, "1:(a)()2:()(b)3:()()");
    expect("\n\na\n\n\r\nb\n", ',', NULL, "3:(a)6:(b)");
    expect("", ',', NULL, "");
    expect("\xEF\xBB\xBF"
           "a,b\n",
           ',', NULL, "1:(a)(b)");
    expect("\xEF\xBB"
           "a,b\n",
           ',', NULL,
           "1:(\xEF\xBB"
           "a)(b)");
}
END_TEST

START_TEST(reads_quotes)
{
    expect("\"a\"\"b\",\"c,d\",\"\"\n", ',', NULL, "1:<a\"b><c,d><>");
    expect("\"two\nlines\r\nx\",b\nnext\n", ',', NULL, "1:<two\nlines\r\nx>(b)4:(next)");
    expect("a\"b,c\n", ',', NULL, "1:(a\"b)(c)");
    expect("\"a\"b,c\n", ',', NULL, "1:<ab>(c)");
    expect("\"\"\nx\n", ',', NULL, "1:<>2:(x)");
    expect("\"a\r\n\r\nb\"\nx", ',', NULL, "1:<a\r\n\r\nb>4:(x)");
}
END_TEST

START_TEST(tells_the_separator)
{
    struct seen seen = {0};
    char used;
    expect("a\tb,c\td\n1\t2\t3\n", 0, NULL, "1:(a)(b,c)(d)2:(1)(2)(3)");
    expect("a;b;\"x,y,z\"\n", 0, NULL, "1:(a)(b)<x,y,z>");
    expect("\r\n\nname\nx,y\n", 0, NULL, "3:(name)4:(x)(y)");
    ck_assert_int_eq(read_in("a;b\n", 0, 1, NULL, &seen, NULL, &used), OK);
    ck_assert_int_eq(used, ';');
    ck_assert_int_eq(read_in("a", 0, 1, NULL, &seen, NULL, &used), OK);
    ck_assert_int_eq(used, ',');
    str_clear(&seen.text);
}
END_TEST

START_TEST(passes_comments)
{
    struct csv_limits lim = {.comment = '#'};
    expect("# one, \"two\na,b\n#x\n\"#y\",1\n", ',', &lim, "2:(a)(b)4:<#y>(1)");
    expect("# one; \"two\n# three\na;b\n", 0, &lim, "3:(a)(b)");
}
END_TEST

START_TEST(keeps_to_its_bounds)
{
    struct csv_limits lim = {.row_bytes = 8};
    expect("12345678\n1,3,5\n", ',', &lim, "1:(12345678)2:(1)(3)(5)");
    refuse("a\n123456789\n", &lim, E_RANGE, "line 2: row above 8 bytes");
    refuse("\"a\n23456789\"\n", &lim, E_RANGE, "line 1: row above 8 bytes");
    lim = (struct csv_limits){.fields = 2};
    refuse("1,2\n1,2,3\n", &lim, E_RANGE, "line 2: more than 2 fields");
    refuse("a\nb,\"c\nd\n", NULL, E_PARSE, "line 2: quote never closed");
}
END_TEST

START_TEST(stops_when_told)
{
    struct seen seen = {.stop_after = 2};
    struct error err = {0};
    ck_assert_int_eq(read_in("a\nb\nc\n", ',', 100, NULL, &seen, &err, NULL), E_CANCELLED);
    ck_assert_str_eq(str_c(&seen.text), "1:(a)2:(b)");
    str_clear(&seen.text);
    csv_reader_free(NULL);
}
END_TEST

START_TEST(writes_and_reads_back)
{
    static const char *const rows[][3] = {{"a", "b,c", "d\"e"},
                                          {"", "two\nlines", NULL},
                                          {" x ", "cr\r", "semi;colon"},
                                          {"", "", ""}};
    struct str out = {0};
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 3; k++)
            csv_put(&out, ',', k == 0, rows[i][k]);
        csv_end(&out);
    }
    csv_put(&out, ',', true, "");
    csv_end(&out);
    ck_assert_str_eq(str_c(&out), "a,\"b,c\",\"d\"\"e\"\n,\"two\nlines\",\n x ,\"cr\r\","
                                  "semi;colon\n,,\n\"\"\n");
    expect(str_c(&out), ',', NULL,
           "1:(a)<b,c><d\"e>2:()<two\nlines>()4:( x )<cr\r>(semi;colon)6:()()()7:<>");
    str_clear(&out);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("csv");
    TCase *t = tcase_create("csv");
    tcase_add_test(t, reads_rows);
    tcase_add_test(t, reads_quotes);
    tcase_add_test(t, tells_the_separator);
    tcase_add_test(t, passes_comments);
    tcase_add_test(t, keeps_to_its_bounds);
    tcase_add_test(t, stops_when_told);
    tcase_add_test(t, writes_and_reads_back);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
