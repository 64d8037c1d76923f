/* check_list_pass.c - a long list filtered and sorted in slices: the end is what it is at once, newer letters
 * win, the model may change meanwhile.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/widgets/list.h"
#include "vigie/session/job.h"

enum { MANY = 40000, TURNS = 100000 };

/* Names repeat, some numbers are unknown: ties and NANs are in every sort. */
struct thing {
    uint64_t id;
    char name[16];
    double value;
};
struct things {
    struct thing *at;
    size_t n;
};

static struct things model;
static struct list *sliced, *whole;
static struct jobs *jobs;
static struct error err;

static size_t count(const void *m)
{
    return ((const struct things *)m)->n;
}
static const struct thing *thing(const void *m, size_t row)
{
    const struct things *t = m;
    if (row >= t->n)
        ck_abort_msg("row %zu of %zu", row, t->n);
    return &t->at[row];
}
static uint64_t id(const void *m, size_t row)
{
    return thing(m, row)->id;
}
static void name_cell(const void *m, size_t row, int width, struct str *out)
{
    (void)width;
    str_add(out, thing(m, row)->name);
}
static double value(const void *m, size_t row)
{
    return thing(m, row)->value;
}
static void value_cell(const void *m, size_t row, int width, struct str *out)
{
    (void)width;
    if (isnan(value(m, row)))
        str_addc(out, '-');
    else
        str_addf(out, "%.0f", value(m, row));
}

static const struct list_column columns[] = {
    {"name", "Name", NULL, 8, 12, -1, 0, name_cell, NULL, NULL},
    {"value", "Value", NULL, 6, 6, 1, 0, value_cell, value, NULL},
};
static const struct list_source source = {columns, 2, count, id, NULL, NULL};

static struct thing thing_of(uint64_t i)
{
    struct thing t = {.id = i + 1, .value = i % 97 == 0 ? (double)NAN : (double)(i * 7919 % 1009)};
    snprintf(t.name, sizeof t.name, "%c%03u", (char)('a' + i % 23), (unsigned)(i * 31 % 400));
    return t;
}

static void setup(void)
{
    model.at = mem_alloc((MANY + 10) * sizeof *model.at);
    for (model.n = 0; model.n < MANY; model.n++)
        model.at[model.n] = thing_of(model.n);
    jobs = jobs_new();
    sliced = list_new(&source, &model);
    list_in_slices(sliced, jobs);
    whole = list_new(&source, &model);
}

static void teardown(void)
{
    list_free(sliced);
    list_free(whole);
    ck_assert_uint_eq(jobs_n(jobs), 0);
    jobs_free(jobs);
    free(model.at);
}

static void filter(const char *text)
{
    ck_assert_int_eq(list_filter(sliced, text, &err), OK);
    ck_assert_int_eq(list_filter(whole, text, &err), OK);
}

static void sort(const char *name)
{
    ck_assert_int_eq(list_sort(sliced, name, &err), OK);
    ck_assert_int_eq(list_sort(whole, name, &err), OK);
}

static void renew(void)
{
    list_renew(sliced);
    list_renew(whole);
}

static void insert(size_t at, uint64_t i)
{
    memmove(&model.at[at + 1], &model.at[at], (model.n - at) * sizeof *model.at);
    model.at[at] = thing_of(i);
    model.n++;
}

static void take_out(size_t at)
{
    memmove(&model.at[at], &model.at[at + 1], (--model.n - at) * sizeof *model.at);
}

/* As small slices as there are. */
static void slice(void)
{
    jobs_step(jobs, 0.001);
}

static int finish(void)
{
    int turns = 0;
    for (; list_working(sliced); turns++) {
        ck_assert_int_lt(turns, TURNS);
        slice();
    }
    return turns;
}

static void same_rows(void)
{
    ck_assert_uint_eq(list_shown(sliced), list_shown(whole));
    for (size_t i = 0; i < list_shown(whole); i++)
        if (list_at(sliced, i) != list_at(whole, i))
            ck_abort_msg("row %zu", i);
}

/* And the cursor, where the list at once had no other stops on the way. */
static void same(void)
{
    size_t a = 0, b = 0;
    same_rows();
    ck_assert_int_eq(list_row(sliced, &a), list_row(whole, &b));
    ck_assert_uint_eq(a, b);
}

START_TEST(the_end_is_the_same)
{
    static const char *const texts[] = {"a", "value<500", "c value>=500 c"};
    int turns = 0;
    static const char *const sorts[] = {"", "name", "-name", "value", "-value"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t k = 0; k < sizeof sorts / sizeof *sorts; k++) {
            sort(sorts[k]);
            finish();
            filter(texts[i]);
            ck_assert(!list_working(whole));
            turns += finish();
            same();
        }
    ck_assert_int_gt(turns, 100);
    filter("");
    finish();
    same();
    sort("");
    ck_assert(!list_working(sliced));
    same();
}
END_TEST

START_TEST(short_lists_do_not_wait)
{
    model.n = 1000;
    renew();
    sort("-name");
    filter("value>100");
    ck_assert(!list_working(sliced));
    same();
}
END_TEST

START_TEST(what_is_found_grows)
{
    filter("a");
    size_t before = list_shown(sliced), grew = 0;
    uint64_t version = list_version(sliced);
    ck_assert(before > 0 && before < list_shown(whole));
    for (size_t i = 0; i < before; i++) /* no row that does not fit, from the first on */
        ck_assert_int_eq(model.at[list_at(sliced, i)].name[0], 'a');
    while (list_working(sliced)) {
        slice();
        grew += list_shown(sliced) > before;
        ck_assert_uint_ge(list_shown(sliced), before);
        before = list_shown(sliced);
    }
    ck_assert_uint_gt(grew, 3);
    ck_assert(list_version(sliced) != version);
    same();
}
END_TEST

START_TEST(newer_letters_win)
{
    filter("a");
    slice();
    filter("a1");
    slice();
    filter("b");
    slice();
    ck_assert_uint_eq(jobs_n(jobs), 1);
    ck_assert_str_eq(list_filter_text(sliced), "b");
    ck_assert_int_eq(list_filter(sliced, "value<x", &err), E_PARSE); /* the old one goes on */
    ck_assert_int_eq(list_filter(sliced, "b", &err), OK);            /* Enter: it goes on, too */
    ck_assert_uint_eq(jobs_n(jobs), 1);
    sort("-name"); /* asked for before the filter is through */
    finish();
    same_rows();
    filter("c");
    slice();
    filter(""); /* Esc */
    sort("");
    ck_assert_uint_eq(jobs_n(jobs), 0);
    same_rows();
}
END_TEST

START_TEST(the_cursor_stays_and_moves)
{
    ck_assert(list_seek(sliced, 23 * 1700 + 1) && list_seek(whole, 23 * 1700 + 1)); /* an "a" */
    filter("a");
    size_t row;
    ck_assert(list_row(sliced, &row) && row != 23 * 1700); /* not found again yet */
    finish();
    same();
    ck_assert(list_row(sliced, &row));
    ck_assert_uint_eq(row, 23 * 1700);
    filter("b");
    list_move(sliced, MOVE_TOP); /* the user goes elsewhere meanwhile */
    list_move(sliced, MOVE_DOWN);
    list_mark(sliced);
    ck_assert(list_marked(sliced, 25)); /* the second b */
    finish();
    ck_assert(list_row(sliced, &row));
    ck_assert_uint_eq(row, 1 + 23 * 2);
}
END_TEST

START_TEST(the_model_changes_meanwhile)
{
    static const char *const sorts[] = {"", "-name", "value"};
    uint64_t next = MANY;
    for (size_t k = 0; k < sizeof sorts / sizeof *sorts; k++) {
        sort(sorts[k]);
        filter("value>300");
        for (int i = 0; i < 3; i++) {
            slice();
            insert((size_t)i * 400, next++);
            renew();
            slice();
            take_out(MANY / 2);
            take_out(3);
            renew();
            for (size_t n = 0; n < list_shown(sliced); n++) /* rows of now, that fit */
                if (!(model.at[list_at(sliced, n)].value > 300))
                    ck_abort_msg("row %zu", n);
        }
        finish();
        same_rows();
        insert(0, next++); /* with a filter at rest */
        renew();
        finish();
        same_rows();
    }
}
END_TEST

/* Alerts may come faster than a pass ends. */
START_TEST(an_end_comes_while_the_model_changes_on)
{
    sort("name");
    finish();
    filter("a");
    for (int i = 0; i < 400 && list_shown(sliced) < list_shown(whole) / 2; i++) {
        model.at[MANY - 1].value = i;
        renew();
        jobs_step(jobs, 1);
    }
    ck_assert_uint_ge(list_shown(sliced), list_shown(whole) / 2);
    for (int i = 0; i < 2000 && strcmp(model.at[list_at(sliced, 1)].name, "a000"); i++) {
        renew();
        jobs_step(jobs, 1);
    }
    ck_assert_str_eq(model.at[list_at(sliced, 1)].name, "a000"); /* sorted: it was at an end */
    finish();
    same_rows();
}
END_TEST

/* The model is another one, and nobody said so yet. */
START_TEST(rows_that_are_gone_are_not_touched)
{
    struct canvas *c = canvas_new(20, 40, GLYPHS_ASCII);
    size_t row;
    filter("a");
    slice();
    model.n = 5;
    list_draw(sliced, c);
    slice();
    list_move(sliced, MOVE_BOTTOM);
    ck_assert(!list_row(sliced, &row));
    finish();
    list_draw(sliced, c);
    renew();
    finish();
    same_rows();
    model.n = 0;
    list_draw(sliced, c);
    renew();
    finish();
    ck_assert_uint_eq(list_shown(sliced), 0);
    canvas_free(c);
}
END_TEST

START_TEST(settled_at_once)
{
    sort("-value");
    filter("b");
    slice();
    insert(0, MANY);
    renew();
    list_settle(sliced);
    ck_assert(!list_working(sliced));
    ck_assert_uint_eq(jobs_n(jobs), 0);
    same_rows();
    filter("c"); /* a list may end in the midst of it: teardown */
}
END_TEST

START_TEST(marks_of_rows_that_are_gone)
{
    list_mark(sliced);
    list_mark(sliced);
    list_mark(sliced);
    sort("name");
    slice();
    take_out(1);
    renew();
    ck_assert(list_marked(sliced, 1) && !list_marked(sliced, 2) && list_marked(sliced, 3));
    ck_assert_uint_eq(list_marks(sliced), 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("list_pass");
    TCase *t = tcase_create("list_pass");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_end_is_the_same);
    tcase_add_test(t, short_lists_do_not_wait);
    tcase_add_test(t, what_is_found_grows);
    tcase_add_test(t, newer_letters_win);
    tcase_add_test(t, the_cursor_stays_and_moves);
    tcase_add_test(t, the_model_changes_meanwhile);
    tcase_add_test(t, an_end_comes_while_the_model_changes_on);
    tcase_add_test(t, rows_that_are_gone_are_not_touched);
    tcase_add_test(t, settled_at_once);
    tcase_add_test(t, marks_of_rows_that_are_gone);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
