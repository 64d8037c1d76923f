/* check_export.c - lists of transits as files; the rules of lines are RFC 5545's and RFC 4180's. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/csv.h"
#include "vigie/formats/json.h"
#include "vigie/transits/export.h"

static struct site site;
static struct catalogue *planets;
static struct transit_list *list;
static struct jd_utc now;

/* The night of 2026-11-23 at Haute-Provence, with one planet of a nasty name. */
static void set_up(void)
{
    struct error err = {0};
    size_t n, n_bad;
    struct transit_request r = {.site = &site, .own_aperture_mm = (double)NAN};
    ck_assert_int_eq(site_set(&site, "Haute-Provence, 650 m; dome", 43.9317, 5.7133, 650, &err),
                     OK);
    planets = catalogue_demo();
    ck_assert_int_eq(catalogue_add_own_text(
                         planets,
                         "name=\"Nova, \xCE\xB1 = \xE2\x98\x85\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85"
                         "\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85"
                         " b\\c; d\" t0=2461368.5 period=0.4 duration=1 ra=10 dec=44 "
                         "system=BJD_TDB\n",
                         NULL, NULL, &n, &n_bad, &err),
                     OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_int_eq(utc_parse("2026-11-23T12:00:00Z", NULL, &r.from, &err), OK);
    r.to = utc_day_add(r.from, 1);
    r.to = utc_add_s(r.from, 86400);
    now = r.from;
    transit_limits_init(&r.limits);
    r.planet = planets->planet;
    r.n_planet = planets->n;
    ck_assert_msg(transit_list_make(&r, &list, &err) == OK, "%s", err.text);
    ck_assert_uint_gt(list->n, 3);
}

static void tear_down(void)
{
    transit_list_free(list);
    catalogue_free(planets);
    site_clear(&site);
}

START_TEST(endings)
{
    enum export_format f;
    ck_assert(export_format_of("a.csv", &f) && f == EXPORT_CSV);
    ck_assert(export_format_of("/x.y/a.b.ICS", &f) && f == EXPORT_ICS);
    ck_assert(export_format_of("a.json", &f) && f == EXPORT_JSON);
    ck_assert(!export_format_of("csv", &f) && !export_format_of("a.txt", &f));
}
END_TEST

struct rows {
    size_t n, fields;
    bool nasty;
    size_t column_class;
};

static bool on_row(void *arg, uint64_t line, const struct csv_field *f, size_t n)
{
    struct rows *r = arg;
    (void)line;
    if (r->n++ == 0) {
        r->fields = n;
        ck_assert_str_eq(f[0].s, "planet");
        for (size_t i = 0; i < n; i++)
            if (strcmp(f[i].s, "class") == 0)
                r->column_class = i;
    }
    ck_assert_uint_eq(n, r->fields);
    if (strncmp(f[0].s, "Nova, ", 6) == 0) {
        r->nasty = true;
        ck_assert_str_eq(f[15].s, ""); /* no depth */
    }
    if (r->n > 1) {
        enum transit_class c;
        ck_assert(transit_class_read(f[r->column_class].s, &c));
        ck_assert_uint_eq(strlen(f[5].s), 20); /* 2026-11-23T21:14:07Z */
    }
    return true;
}

START_TEST(csv_has_a_row_each)
{
    struct str s = {0};
    struct rows rows = {0};
    export_list(list, EXPORT_CSV, now, &s);
    struct csv_reader *r = csv_reader_new(',', NULL, on_row, &rows);
    ck_assert_int_eq(csv_feed(r, s.s, s.n, NULL), OK);
    ck_assert_int_eq(csv_finish(r, NULL), OK);
    csv_reader_free(r);
    ck_assert_uint_eq(rows.n, list->n + 1);
    ck_assert_uint_eq(rows.fields, 31);
    ck_assert(rows.nasty);
    str_clear(&s);
}
END_TEST

START_TEST(json_is_an_array_of_records)
{
    struct str s = {0};
    struct arena a = {0};
    const struct json *v;
    struct error err = {0};
    export_list(list, EXPORT_JSON, now, &s);
    ck_assert_msg(json_parse(&a, s.s, s.n, NULL, &v, &err) == OK, "%s", err.text);
    ck_assert(v->type == JSON_ARRAY && v->n == list->n);
    ck_assert_str_eq(json_text(json_path(v, "0.planet")), list->at[0].planet->name);
    arena_clear(&a);
    str_clear(&s);
}
END_TEST

/* Unfolds as a reader does (RFC 5545, 3.1) and checks each line on the way. */
static void unfold(const struct str *in, struct str *out)
{
    const char *s = in->s;
    while (*s) {
        const char *end = strstr(s, "\r\n");
        ck_assert_ptr_nonnull(end);
        ck_assert_msg(end - s <= 75, "%.*s", (int)(end - s), s);
        ck_assert_ptr_null(memchr(s, '\n', (size_t)(end - s)));
        ck_assert(((unsigned char)*s & 0xC0) != 0x80); /* no character is cut */
        if (*s == ' ') {
            ck_assert_uint_ge(out->n, 1);
            out->n--; /* the line end before it */
            str_addn(out, s + 1, (size_t)(end - s - 1));
        } else {
            str_addn(out, s, (size_t)(end - s));
        }
        str_addc(out, '\n');
        s = end + 2;
    }
}

static size_t count(const char *s, const char *what)
{
    size_t n = 0;
    for (; (s = strstr(s, what)); s++)
        n++;
    return n;
}

START_TEST(calendar_follows_the_rules)
{
    struct str s = {0}, lines = {0}, again = {0};
    export_list(list, EXPORT_ICS, now, &s);
    unfold(&s, &lines);
    const char *t = str_c(&lines);
    ck_assert_int_eq(strncmp(t, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:", 35), 0);
    ck_assert_uint_eq(count(t, "\nBEGIN:VEVENT\n"), list->n);
    ck_assert_uint_eq(count(t, "\nEND:VEVENT\n"), list->n);
    ck_assert_uint_eq(count(t, "\nUID:"), list->n);
    ck_assert_uint_eq(count(t, "\nDTSTAMP:20261123T120000Z\n"), list->n);
    ck_assert_ptr_nonnull(strstr(t, "\nSUMMARY:Nova\\, \xCE\xB1 = \xE2\x98\x85"));
    ck_assert_ptr_nonnull(strstr(t, " b\\\\c\\; d transit ("));
    ck_assert_ptr_nonnull(strstr(t, "\nLOCATION:Haute-Provence\\, 650 m\\; dome\n"));
    ck_assert_ptr_nonnull(strstr(t, "\nDESCRIPTION:ingress "));
    ck_assert_ptr_nonnull(strstr(t, "\\nmid 24613"));
    ck_assert_ptr_nonnull(strstr(t, "\nGEO:43.93170;5.71330\n"));
    for (const char *e = t; (e = strstr(e, "\nDTSTART:2026112")); e++) {
        char from[17], to[17];
        ck_assert_int_eq(sscanf(e, "\nDTSTART:%16[0-9TZ]\nDTEND:%16[0-9TZ]\n", from, to), 2);
        ck_assert_uint_eq(strlen(from), 16);
        ck_assert_int_lt(strcmp(from, to), 0);
    }
    export_list(list, EXPORT_ICS, now, &again);
    ck_assert_str_eq(str_c(&s), str_c(&again)); /* UIDs are stable */
    str_clear(&s);
    str_clear(&lines);
    str_clear(&again);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("export");
    TCase *t = tcase_create("export");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, endings);
    tcase_add_test(t, csv_has_a_row_each);
    tcase_add_test(t, json_is_an_array_of_records);
    tcase_add_test(t, calendar_follows_the_rules);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
