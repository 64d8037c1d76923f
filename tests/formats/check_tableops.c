/* check_tableops.c - sort, filter, statistics, match by position: small tables whose answers are known
 * by hand, and the match against every pair tried.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/stop.h"
#include "vigie/formats/tableops.h"

static struct table *stars(void)
{
    static const struct {
        const char *name, *mag, *dec, *id, *flag;
    } row[] = {{"M31", "3.44", "41.27", "9007199254740993", "T"},
               {"Vega", "0.03", "38.78", "9007199254740992", "F"},
               {"Sirius", "-1.46", "-16.72", "3", "F"},
               {"unknown", "", "10", "", ""},
               {"dark", "NaN", "-5", "5", "T"},
               {"Vega", "0.03", "-38.78", "6", ""}};
    struct table *t = table_new(NULL);
    struct error err;
    table_add(t, &(struct table_field){.name = "name", .datatype = "char", .arraysize = "*"});
    table_add(t, &(struct table_field){.name = "mag", .datatype = "float"});
    table_add(t, &(struct table_field){.name = "dec", .datatype = "double"});
    table_add(t, &(struct table_field){.name = "id", .datatype = "long"});
    table_add(t, &(struct table_field){.name = "is star", .datatype = "boolean"});
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        table_put_text(t, 0, row[i].name, strlen(row[i].name));
        table_put_text(t, 1, row[i].mag, strlen(row[i].mag));
        table_put_text(t, 2, row[i].dec, strlen(row[i].dec));
        table_put_text(t, 3, row[i].id, strlen(row[i].id));
        table_put_text(t, 4, row[i].flag, strlen(row[i].flag));
        ck_assert(table_row_end(t, &err) == OK);
    }
    return t;
}

/* Row numbers as a text, "0 2 5". */
static const char *list(const struct table_rows *r)
{
    static char out[200];
    out[0] = '\0';
    for (size_t i = 0; i < r->n; i++)
        snprintf(out + strlen(out), sizeof out - strlen(out), "%s%u", i ? " " : "", r->row[i]);
    return out;
}

START_TEST(sorted)
{
    static const struct {
        size_t column;
        bool down;
        const char *want;
    } order[] = {{1, false, "2 1 5 0 4 3"}, {1, true, "0 1 5 2 4 3"},  {0, false, "0 2 1 5 4 3"},
                 {0, true, "3 4 1 5 2 0"},  {3, false, "2 4 5 1 0 3"}, {3, true, "0 1 5 4 2 3"},
                 {2, false, "5 2 4 3 1 0"}, {4, false, "1 2 0 4 3 5"}};
    struct table *t = stars();
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        struct table_rows r = {0};
        table_rows_all(t, &r);
        table_sort(t, order[i].column, order[i].down, &r);
        ck_assert_msg(strcmp(list(&r), order[i].want) == 0, "column %zu: %s, not %s",
                      order[i].column, list(&r), order[i].want);
        table_rows_clear(&r);
    }
    table_free(t);
}
END_TEST

static const char *filtered(const struct table *t, const char *expression)
{
    static char out[300];
    struct table_filter *f;
    struct error err;
    if (table_filter_new(t, expression, &f, &err) != OK) {
        snprintf(out, sizeof out, "%s", err.text);
        return out;
    }
    struct table_rows r = {0};
    table_rows_all(t, &r);
    table_filter_apply(f, &r);
    snprintf(out, sizeof out, "%s", list(&r));
    table_rows_clear(&r);
    table_filter_free(f);
    return out;
}

START_TEST(filters)
{
    static const struct {
        const char *expression, *want;
    } row[] = {
        {"mag < 15 and dec > 0", "0 1"},
        {"mag < 15", "0 1 2 5"},
        {"not (mag < 0)", "0 1 5"},
        {"mag is null", "3 4"},
        {"mag is not null", "0 1 2 5"},
        {"name = 'Vega'", "1 5"},
        {"name == 'Vega' && dec < 0", "5"},
        {"name like 'V%a'", "1 5"},
        {"name like '_irius'", "2"},
        {"name ilike 'm%'", "0"},
        {"name ~ 'RK'", "4"},
        {"name not like '%a%'", "0 2 3"},
        {"lower(name) = 'm31' or upper(name) = 'DARK'", "0 4"},
        {"id = 9007199254740993", "0"},
        {"id > 9007199254740992", "0"},
        {"id in (3, 5, 7)", "2 4"},
        {"id not in (3, 5)", "0 1 5"},
        {"dec between -10 and 20", "3 4"},
        {"\"is star\"", "0 4"},
        {"\"is star\" = false", "1 2"},
        {"abs(dec) > 38 and abs(dec) < 39", "1 5"},
        {"2 ^ 3 ^ 2 = 512", "0 1 2 3 4 5"},
        {"-2 ^ 2 = -4 and 7 % 3 = 1 and 1 + 2 * 3 = 7 and (1 + 2) * 3 = 9", "0 1 2 3 4 5"},
        {"1 / 0 > 0", ""},
        {"mag < 0 or name = 'unknown'", "2 3"},
        {"length(name) = 4", "1 4 5"},
        {"distance(0, dec, 0, 38.78) < 0.001", "1"},
        {"distance(0, 90, 123, 89) > 0.9999 and distance(0, 90, 123, 89) < 1.0001", "0 1 2 3 4 5"},
        {"name = 3", ""},
        {"mga < 3", "filter: at 'mga < 3': no column of this name; did you mean mag?"},
        {"mag <", "filter: at its end: a column, a number or a text is missing"},
        {"mag < 3 dec", "filter: at 'dec': here nothing more is expected"},
        {"(mag < 3", "filter: at its end: a closing parenthesis is missing"},
        {"name = 'x", "filter: at ''x': the quote is never closed"},
        {"sinh(mag) < 1", "filter: at 'sinh(mag) < 1': no such function"},
        {"", "filter: at its end: a column, a number or a text is missing"},
    };
    struct table *t = stars();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const char *got = filtered(t, row[i].expression);
        ck_assert_msg(strcmp(got, row[i].want) == 0, "%s: \"%s\", not \"%s\"", row[i].expression,
                      got, row[i].want);
    }
    table_free(t);
}
END_TEST

/* What nests without end, or would visit a node without end, is refused. */
START_TEST(hostile_filters)
{
    struct table *t = stars();
    struct str s = {0};
    for (int i = 0; i < 5000; i++)
        str_addc(&s, '(');
    ck_assert(strstr(filtered(t, str_c(&s)), "nested too deep"));
    str_reset(&s);
    for (int i = 0; i < 30; i++)
        str_addc(&s, '(');
    str_add(&s, "id");
    for (int i = 0; i < 30; i++)
        str_add(&s, " in (1, 2))");
    ck_assert(strstr(filtered(t, str_c(&s)), "too much work"));
    str_reset(&s);
    for (int i = 0; i < 5000; i++)
        str_add(&s, "id+");
    ck_assert(strstr(filtered(t, str_c(&s)), "too long"));
    str_clear(&s);
    table_free(t);
}
END_TEST

START_TEST(statistics)
{
    struct table *t = stars();
    struct table_stat s = table_statistics(t, 1, NULL);
    ck_assert_uint_eq(s.n, 4);
    ck_assert_uint_eq(s.nulls, 2);
    ck_assert_double_eq_tol(s.min, -1.46, 1e-7);
    ck_assert_double_eq_tol(s.max, 3.44, 1e-7);
    ck_assert_double_eq_tol(s.mean, 0.51, 1e-7);
    ck_assert_double_eq_tol(s.median, 0.03, 1e-7);
    ck_assert_double_eq_tol(s.sd, 2.0757810, 1e-6); /* sqrt(12.9266 / 3), by hand */
    s = table_statistics(t, 0, NULL);
    ck_assert(s.n == 0 && s.nulls == 6 && isnan(s.mean) && isnan(s.median));
    table_free(t);
}
END_TEST

START_TEST(a_choice_is_a_table)
{
    struct table *t = stars();
    struct table_rows r = {0};
    size_t columns[] = {3, 0}, n;
    int64_t i;
    table_rows_all(t, &r);
    table_sort(t, 1, false, &r);
    r.n = 2;
    struct table *c = table_choose(t, columns, 2, &r);
    ck_assert(c->rows == 2 && c->n_columns == 2);
    ck_assert(table_int(c, 0, 0, &i) && i == 3);
    ck_assert(table_int(c, 1, 0, &i) && i == 9007199254740992);
    ck_assert(strncmp(table_text(c, 1, 1, &n), "Vega", 4) == 0 && n == 4);
    ck_assert_str_eq(c->column[0].field.name, "id");
    table_free(c);
    table_rows_clear(&r);
    table_free(t);
}
END_TEST

/* ---- match ---- */

static uint64_t seed = 42;

static double random01(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(seed >> 11) / 9007199254740992.0;
}

static struct table *places(size_t n, double lon0, double lat0, double spread)
{
    struct table *t = table_new(NULL);
    struct error err;
    table_add(t, &(struct table_field){.name = "ra", .datatype = "double"});
    table_add(t, &(struct table_field){.name = "dec", .datatype = "double"});
    for (size_t i = 0; i < n; i++) {
        double lat = lat0 + spread * (random01() - 0.5);
        lat = lat > 90 ? 180 - lat : lat < -90 ? -180 - lat : lat;
        table_put_double(t, 0, lon0 + spread * (random01() - 0.5) * (fabs(lat) > 80 ? 30 : 1));
        table_put_double(t, 1, lat);
        ck_assert(table_row_end(t, &err) == OK);
    }
    return t;
}

/* Angle between directions from their unit vectors: another formula than the program's. */
static double angle(double a1, double d1, double a2, double d2)
{
    double k = M_PI / 180, x[3], y[3], c[3], dot = 0;
    x[0] = cos(d1 * k) * cos(a1 * k), x[1] = cos(d1 * k) * sin(a1 * k), x[2] = sin(d1 * k);
    y[0] = cos(d2 * k) * cos(a2 * k), y[1] = cos(d2 * k) * sin(a2 * k), y[2] = sin(d2 * k);
    for (int i = 0; i < 3; i++) {
        c[i] = x[(i + 1) % 3] * y[(i + 2) % 3] - x[(i + 2) % 3] * y[(i + 1) % 3];
        dot += x[i] * y[i];
    }
    return atan2(sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]), dot);
}

static void compare_match(double lon, double lat, double spread, double radius_deg)
{
    struct table *a = places(120, lon, lat, spread), *b = places(150, lon, lat, spread);
    struct table_place pa, pb;
    struct table_pair *pair = NULL;
    size_t n = 0, want = 0;
    struct error err;
    double radius = radius_deg * M_PI / 180;
    ck_assert(table_place_of(a, &pa) && table_place_of(b, &pb));
    ck_assert(table_match(&pa, &pb, radius, false, 1000000, &pair, &n, &err) == OK);
    for (size_t i = 0; i < a->rows; i++)
        for (size_t k = 0; k < b->rows; k++) {
            double sep = angle(table_double(a, i, 0), table_double(a, i, 1), table_double(b, k, 0),
                               table_double(b, k, 1));
            want += sep <= radius;
        }
    ck_assert_msg(n == want, "at %g %g within %g: %zu pairs, not %zu", lon, lat, radius_deg, n,
                  want);
    for (size_t i = 0; i < n; i++) {
        double sep = angle(table_double(a, pair[i].a, 0), table_double(a, pair[i].a, 1),
                           table_double(b, pair[i].b, 0), table_double(b, pair[i].b, 1));
        ck_assert_double_eq_tol(sep, pair[i].sep_rad, 1e-12);
        ck_assert(i == 0 || pair[i].a > pair[i - 1].a ||
                  (pair[i].a == pair[i - 1].a && pair[i].sep_rad >= pair[i - 1].sep_rad));
    }
    free(pair);
    table_free(a);
    table_free(b);
}

START_TEST(match_finds_every_pair)
{
    compare_match(180, 0, 10, 1);
    compare_match(0, 20, 10, 1); /* across the origin of longitude */
    compare_match(359, -45, 8, 0.3);
    compare_match(100, 88, 8, 1.5); /* around the poles */
    compare_match(200, -89.5, 6, 2);
    compare_match(50, 0, 300, 40);
    compare_match(50, 60, 0.001, 2.0 / 3600);
}
END_TEST

START_TEST(match_of_the_closest_and_its_table)
{
    struct table *a = places(50, 10, 10, 1), *b = places(60, 10, 10, 1), *j;
    struct table_place pa = {a, 0, 1}, pb = {b, 0, 1};
    struct table_pair *pair = NULL;
    size_t n = 0;
    struct error err;
    ck_assert(table_match(&pa, &pb, M_PI / 180, true, 1000, &pair, &n, &err) == OK);
    ck_assert(n > 0 && n <= 50);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < b->rows; k++)
            ck_assert(angle(table_double(a, pair[i].a, 0), table_double(a, pair[i].a, 1),
                            table_double(b, k, 0),
                            table_double(b, k, 1)) >= pair[i].sep_rad - 1e-12);
    j = table_join(a, b, pair, n);
    ck_assert(j->rows == n && j->n_columns == 5 && table_find(j, "ra_2") == 2);
    ck_assert_double_eq_tol(table_double(j, 0, 4), pair[0].sep_rad * 180 / M_PI * 3600, 1e-9);
    table_free(j);
    free(pair);
    ck_assert(table_match(&pa, &pb, M_PI / 180, false, 10, &pair, &n, &err) == E_RANGE);
    ck_assert(table_match(&pa, &pb, -1, false, 10, &pair, &n, &err) == E_RANGE);
    table_free(a);
    table_free(b);
}
END_TEST

/* Texts that begin alike, more than are sorted in one piece; every fifth one is there twice. */
static struct table *alike(int rows)
{
    struct table *t = table_new(NULL);
    struct error err;
    table_add(t, &(struct table_field){.name = "text", .datatype = "char", .arraysize = "*"});
    table_add(t, &(struct table_field){.name = "ra", .datatype = "double"});
    table_add(t, &(struct table_field){.name = "dec", .datatype = "double"});
    for (int i = 0; i < rows; i++) {
        char text[40];
        int n = snprintf(text, sizeof text, "begins alike %d",
                         (int)((i - i % 5 % 2) * 7919LL % 999983));
        table_put_string(t, 0, text, (size_t)n);
        table_put_double(t, 1, i * 0.001);
        table_put_double(t, 2, i * 0.0005 - 20);
        ck_assert(table_row_end(t, &err) == OK);
    }
    return t;
}

static int compared(const struct table *t, uint32_t a, uint32_t b)
{
    size_t na, nb;
    const char *sa = table_text(t, a, 0, &na), *sb = table_text(t, b, 0, &nb);
    int d = memcmp(sa, sb, na < nb ? na : nb);
    return d ? d : (int)na - (int)nb;
}

START_TEST(long_runs_of_texts)
{
    enum { N = 30011 };
    struct table *t = alike(N);
    struct table_rows r = {0};
    for (int down = 0; down < 2; down++) {
        bool *seen = calloc(N, 1);
        table_rows_all(t, &r);
        table_sort(t, 0, down, &r);
        for (size_t i = 0; i < N; i++) {
            ck_assert(!seen[r.row[i]]);
            seen[r.row[i]] = true;
            int d = i ? compared(t, r.row[i - 1], r.row[i]) : -1;
            ck_assert(d == 0 ? r.row[i - 1] < r.row[i] : i == 0 || (down ? d > 0 : d < 0));
        }
        free(seen);
    }
    table_rows_clear(&r);
    table_free(t);
}
END_TEST

/* Asked to stop before it begins: nothing is whole, all that is left is sound. */
START_TEST(stopped)
{
    enum { N = 20000 };
    struct table *t = alike(N), *part;
    struct table_place place = {t, 1, 2};
    struct table_pair *pair = NULL;
    struct table_filter *f;
    struct table_rows r = {0};
    struct error err;
    size_t n;
    atomic_bool stop = false;
    ck_assert(!stop_asked());
    ck_assert(table_filter_new(t, "ra < 1", &f, &err) == OK);
    stop_watch(&stop);
    ck_assert(!stop_asked());
    table_rows_all(t, &r);
    table_filter_apply(f, &r);
    ck_assert_uint_eq(r.n, 1000); /* watched, but not asked */
    atomic_store(&stop, true);
    ck_assert(stop_asked());
    table_rows_all(t, &r);
    table_sort(t, 0, false, &r);
    for (size_t i = 0; i < N; i++)
        ck_assert_uint_eq(r.row[i], i);
    table_filter_apply(f, &r);
    ck_assert_uint_le(r.n, N);
    part = table_choose(t, NULL, 0, NULL);
    ck_assert_uint_lt(part->rows, N);
    table_free(part);
    ck_assert(table_match(&place, &place, 1e-6, false, N, &pair, &n, &err) == E_CANCELLED);
    ck_assert_ptr_null(pair);
    stop_watch(NULL);
    ck_assert(!stop_asked());
    ck_assert(table_match(&place, &place, 1e-6, false, N, &pair, &n, &err) == OK);
    ck_assert_uint_eq(n, N);
    free(pair);
    table_filter_free(f);
    table_rows_clear(&r);
    table_free(t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tableops");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, sorted);
    tcase_add_test(c, filters);
    tcase_add_test(c, hostile_filters);
    tcase_add_test(c, statistics);
    tcase_add_test(c, a_choice_is_a_table);
    tcase_add_test(c, match_finds_every_pair);
    tcase_add_test(c, match_of_the_closest_and_its_table);
    tcase_add_test(c, long_runs_of_texts);
    tcase_add_test(c, stopped);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
