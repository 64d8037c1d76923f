/* check_filter.c - the filter language: what it means, what it refuses, and why it hides. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/filter.h"

#define DEG (3.14159265358979323846 / 180)

static struct alert_event e;
static struct alert_view v;
static struct alert_subject s;

static void setup(void)
{
    struct alert_batch batch;
    struct str change = {0};
    static const char packet[] =
        "<VOEvent ivorn='ivo://gwnet/LVC#S240102a-1-Initial'><Who><Date>2024-01-02T03:10:00</Date>"
        "</Who><What><Param name='GraceID' value='S240102a'/><Param name='FAR' value='1e-9' "
        "unit='Hz'/><Param name='Pipeline' value='gstlal'/><Param name='alert note' value='x y'/>"
        "<Group type='Classification'><Param name='BNS' value='0.7'/><Param name='BBH' "
        "value='0.2'/></Group></What><WhereWhen><ObsDataLocation><ObservationLocation><AstroCoords "
        "coord_system_id='UTC-FK5-GEO'><Time><TimeInstant><ISOTime>2024-01-02T03:00:00</ISOTime>"
        "</TimeInstant></Time><Position2D unit='deg'><Value2><C1>10</C1><C2>-20</C2></Value2>"
        "<Error2Radius>0.1</Error2Radius></Position2D></AstroCoords></ObservationLocation>"
        "</ObsDataLocation></WhereWhen></VOEvent>";
    ck_assert_int_eq(alert_decode(packet, strlen(packet), &batch, NULL), OK);
    alert_event_init(&e);
    alert_event_apply(&e, batch.alerts.at[0], &change);
    e.fresh = true;
    alert_batch_clear(&batch);
    str_clear(&change);
    v = (struct alert_view){.alt_rad = 40 * DEG,
                            .az_rad = 100 * DEG,
                            .moon_sep_rad = 55 * DEG,
                            .dark = true,
                            .left_s = 5400,
                            .score = 0.6};
    s = (struct alert_subject){.event = &e, .view = &v};
    ck_assert_int_eq(utc_parse("2024-01-02T08:00:00Z", NULL, &s.now, NULL), OK);
}

static void teardown(void)
{
    alert_event_clear(&e);
}

static bool matches(const char *text)
{
    struct alert_filter *f;
    struct error err;
    ck_assert_msg(alert_filter_new(text, &f, &err) == OK, "%s: %s", text, err.text);
    bool m = alert_filter_match(f, &s);
    alert_filter_free(f);
    return m;
}

START_TEST(meaning)
{
    static const char *const yes[] = {"",
                                      "  ",
                                      "type=gw",
                                      "TYPE = GW",
                                      "type=grb,gw",
                                      "type=g*",
                                      "type!=grb",
                                      "kind=gw",
                                      "err<0.2",
                                      "err<7'",
                                      "err<400\"",
                                      "err=0.1",
                                      "err=0.05..0.2",
                                      "err>=0.1",
                                      "err<=6'",
                                      "alt>30",
                                      "alt>30 & alt<50",
                                      "alt>30 alt<50",
                                      "alt>30 and moon>40",
                                      "dark",
                                      "dark=yes",
                                      "!up",
                                      "not up",
                                      "age<6h",
                                      "age<6",
                                      "age>4h",
                                      "age<1d",
                                      "age<301m",
                                      "left>60",
                                      "left>1h",
                                      "left<2h",
                                      "far<1/y",
                                      "far<1/30y",
                                      "far>1/38y",
                                      "far<1e-8",
                                      "far<1/d",
                                      "class.BNS>0.5",
                                      "class.bns>0.5",
                                      "Classification.BBH<0.3",
                                      "BBH=0.2",
                                      "class=BNS",
                                      "pipeline=gstlal",
                                      "Pipeline~stl",
                                      "Pipeline='gstlal'",
                                      "\"alert note\"=\"x y\"",
                                      "name=S240102a",
                                      "name~2401",
                                      "new",
                                      "!seen",
                                      "located",
                                      "score>0.5",
                                      "type=grb | alt>30",
                                      "(type=grb | type=gw) & dark",
                                      "type=grb or dark",
                                      "!(type=grb)",
                                      "not (type=grb | up)",
                                      "mag<17 | dark",
                                      "rev=1",
                                      "ra=10deg",
                                      "dec<-19",
                                      "age=4..6"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        ck_assert_msg(matches(yes[i]), "%s", yes[i]);
}
END_TEST

START_TEST(what_it_hides)
{
    static const char *const no[] = {"type=grb",
                                     "err<5'",
                                     "alt>30 & alt<35",
                                     "!dark",
                                     "up",
                                     "age<4h",
                                     "age>6h",
                                     "left>2h",
                                     "far<1/40y",
                                     "class.BNS>0.8",
                                     "class.Terrestrial>0.1",
                                     "pipeline=cwb",
                                     "mag<17",
                                     "!(mag<17)",
                                     "mag>17",
                                     "mag!=17",
                                     "retracted",
                                     "test",
                                     "z<0.1",
                                     "type=grb | mag<17",
                                     "dark & mag<17",
                                     "dark=no",
                                     "name=s24",
                                     "nosuchparam=1",
                                     "!(nosuchparam=1)",
                                     "Pipeline>3"};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        ck_assert_msg(!matches(no[i]), "%s", no[i]);
    s.view = NULL; /* no site: what depends on it is unknown */
    ck_assert(!matches("alt>30") && !matches("!(alt>30)") && !matches("dark") &&
              matches("type=gw"));
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        const char *text, *part;
    } rows[] = {{"type", "= or < or > is missing"},
                {"alt>", "a value is missing"},
                {"alt>x", "no number"},
                {"alt>3h", ""},
                {"age<6q", "no number"},
                {"(dark", "not closed"},
                {"dark)", "a bracket too many"},
                {"dak", "did you mean dark?"},
                {"name='x", "quote is not closed"},
                {"&", "a field is missing"},
                {"dark &", "a field is missing"},
                {"dark | | up", "a field is missing"},
                {"alt~3", "~ is for texts"},
                {"alt<3..4", "need one number"},
                {"grb", "name~WORD"},
                {"far<1/0y", "no number"},
                {"mag<nan", "no number"},
                {"mag<0x10", "no number"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct alert_filter *f = NULL;
        struct error err;
        enum status st = alert_filter_new(rows[i].text, &f, &err);
        if (!*rows[i].part) {
            alert_filter_free(f);
            continue;
        }
        ck_assert_msg(st == E_PARSE && strstr(err.text, rows[i].part), "%s: %s", rows[i].text,
                      st == OK ? "taken" : err.text);
    }
}
END_TEST

START_TEST(bounds)
{
    struct str t = {0};
    struct alert_filter *f;
    for (int i = 0; i < 100; i++)
        str_add(&t, "(");
    ck_assert_int_eq(alert_filter_new(t.s, &f, NULL), E_PARSE);
    str_reset(&t);
    for (int i = 0; i < 500; i++)
        str_add(&t, "up ");
    ck_assert_int_eq(alert_filter_new(t.s, &f, NULL), E_PARSE);
    str_reset(&t);
    for (int i = 0; i < 5000; i++)
        str_addc(&t, 'x');
    ck_assert_int_eq(alert_filter_new(t.s, &f, NULL), E_RANGE);
    str_clear(&t);
}
END_TEST

START_TEST(why_it_hides)
{
    static const struct {
        const char *text, *why;
    } rows[] = {{"type=gw & dark", ""},
                {"alt>45", "alt>45 (alt is 40 deg)"},
                {"alt>45 & mag<17 & dark", "alt>45 (alt is 40 deg), mag<17 (mag is unknown)"},
                {"type=grb", "type=grb (type is gw)"},
                {"up", "up (up is no)"},
                {"!dark", "!dark (dark is yes)"},
                {"age<2h", "age<2h (age is 5 h)"},
                {"left>2h", "left>2h (left is 90 min)"},
                {"far<1/40y", "far<1/40y (far is 1/31.7 y)"},
                {"Pipeline=cwb", "Pipeline=cwb (Pipeline is gstlal)"},
                {"(mag<3 | z<1)", "mag<3 | z<1"}};
    struct str out = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct alert_filter *f;
        ck_assert_int_eq(alert_filter_new(rows[i].text, &f, NULL), OK);
        alert_filter_why(f, &s, &out);
        ck_assert_str_eq(str_c(&out), rows[i].why);
        alert_filter_free(f);
    }
    str_clear(&out);
}
END_TEST

START_TEST(names)
{
    struct alert_filter *f;
    ck_assert_int_eq(alert_filter_new("type=grb & (alt>3 | test)", &f, NULL), OK);
    ck_assert(alert_filter_names(f, "test"));
    ck_assert(!alert_filter_names(f, "utility"));
    alert_filter_free(f);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {meaning, what_it_hides, refusals, bounds, why_it_hides, names};
    Suite *suite = suite_create("filter");
    TCase *t = tcase_create("filter");
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
