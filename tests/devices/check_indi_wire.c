/* check_indi_wire.c - INDI's stream in any pieces: vectors, states, BLOBs; numbers both ways; what breaks it. Texts are
 * as indiserver 1.9.9 sends them, values as the INDI 1.7 document has them.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/devices/indi_model.h"
#include "vigie/base/str.h"

/* Writes what is told: "def number Mount.RADEC Idle RA=5.5 DEC=-10;" */
static void note(void *arg, struct indi_vector *v)
{
    static const char *const tag[] = {"def", "set", "del", "message"};
    static const char *const type[] = {"text", "number", "switch", "light", "blob"};
    static const char *const state[] = {"Idle", "Ok", "Busy", "Alert"};
    struct str *out = arg;
    str_addf(out, "%s %s %s.%s", tag[v->tag], v->tag < INDI_DEL ? type[v->type] : "-", v->device,
             v->name);
    if (v->state >= 0)
        str_addf(out, " %s", state[v->state]);
    for (size_t i = 0; i < v->item.n; i++) {
        const struct indi_item *e = &v->item.at[i];
        if (v->type == INDI_BLOB)
            str_addf(out, " %s=%zu bytes%s \"%.*s\"", e->name, e->blob.n,
                     e->broken ? " broken" : "", (int)(e->blob.n < 40 ? e->blob.n : 40),
                     str_c(&e->blob));
        else
            str_addf(out, " %s=%s", e->name, e->value);
    }
    if (*v->message)
        str_addf(out, " [%s]", v->message);
    str_addc(out, ';');
}

static enum status read_all(const char *s, size_t piece, size_t max_blob, struct str *out,
                            size_t *refused)
{
    struct indi_events on = {note, NULL, out};
    struct indi_reader *r = indi_reader_new(&on, max_blob);
    enum status st = OK;
    size_t n = strlen(s);
    str_reset(out);
    for (size_t i = 0; i < n && st == OK; i += piece)
        st = indi_feed(r, s + i, n - i < piece ? n - i : piece, NULL);
    *refused = indi_refused(r);
    indi_reader_free(r);
    return st;
}

static void expect(const char *s, size_t max_blob, const char *want, size_t want_refused)
{
    static const size_t piece[] = {1, 2, 3, 7, 64, 1 << 20};
    struct str out = {0};
    for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++) {
        size_t refused;
        ck_assert_int_eq(read_all(s, piece[i], max_blob, &out, &refused), OK);
        ck_assert_str_eq(str_c(&out), want);
        ck_assert_uint_eq(refused, want_refused);
    }
    str_clear(&out);
}

START_TEST(vectors)
{
    expect("<defNumberVector device=\"M\" name=\"EQ\" label=\"Eq.\" group=\"Main\" state=\"Idle\" "
           "perm=\"rw\" "
           "timeout=\"60\" timestamp=\"2026-11-27T07:09:24\">\n    <defNumber name=\"RA\" "
           "label=\"RA\" "
           "format=\"%010.6m\" min=\"0\" max=\"24\" step=\"0\">\n5.4182882996463126446\n    "
           "</defNumber>\n"
           "</defNumberVector>\n<setNumberVector device='M' name='EQ' state='Busy'>"
           "<oneNumber name='RA'>\n5:30:00\n</oneNumber></setNumberVector>"
           "<message device='M' timestamp='x' message='[INFO] a &lt;b&gt;'/>"
           "<delProperty device='M' name='EQ'/><delProperty device='M'/>",
           0,
           "def number M.EQ Idle RA=5.4182882996463126446;set number M.EQ Busy RA=5:30:00;"
           "message - M. [[INFO] a <b>];del - M.EQ;del - M.;",
           0);
}
END_TEST

START_TEST(blobs)
{
    /* "Hello, FITS world" in one line, in lines of 8, cut, with an odd digit, with bytes that are none */
    expect("<setBLOBVector device='C' name='CCD1' state='Ok'><oneBLOB name='CCD1' size='17' "
           "format='.fits'>SGVsbG8sIEZJVFMgd29ybGQ=</oneBLOB></setBLOBVector>",
           1000, "set blob C.CCD1 Ok CCD1=17 bytes \"Hello, FITS world\";", 0);
    expect("<setBLOBVector device='C' name='CCD1'><oneBLOB name='CCD1' size='17' len='17' "
           "format='.fits'>\nSGVsbG8s\nIEZJVFMg\nd29ybGQ=\n</oneBLOB></setBLOBVector><message/>",
           1000, "set blob C.CCD1 CCD1=17 bytes \"Hello, FITS world\";message - .;", 0);
    expect("<setBLOBVector device='C' name='CCD1'><oneBLOB name='CCD1' size='17'>SGVsb</oneBLOB>"
           "</setBLOBVector>",
           1000, "set blob C.CCD1 CCD1=3 bytes broken \"Hel\";", 0);
    expect(
        "<setBLOBVector device='C' name='CCD1'><oneBLOB name='CCD1' size='17'>SGV!sbG8=</oneBLOB>"
        "</setBLOBVector>",
        1000, "set blob C.CCD1 CCD1=5 bytes broken \"Hello\";", 0);
    /* more than is allowed */
    expect("<setBLOBVector device='C' name='CCD1'><oneBLOB "
           "name='CCD1'>SGVsbG8sIEZJVFMgd29ybGQ=</oneBLOB>"
           "</setBLOBVector>",
           8, "set blob C.CCD1 CCD1=8 bytes broken \"Hello, F\";", 0);
}
END_TEST

START_TEST(passed_over)
{
    /* commands of other clients, no device, a name that would move a terminal, an element in an element */
    expect(
        "<getProperties version='1.7'/><newNumberVector device='M' name='X'><oneNumber name='a'>1"
        "</oneNumber></newNumberVector><setNumberVector name='X'/><defTextVector device='a\xc2\x9b"
        "2J' name='X'/><setTextVector device='M' name='T'><oneText name='a'><b/>x</oneText>"
        "</setTextVector><message device='M' message='still here'/>",
        0, "message - M. [still here];", 5);
}
END_TEST

START_TEST(broken_streams)
{
    struct str out = {0};
    size_t refused;
    static const char *const bad[] = {"<a><b></a>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<a>&x;</a>",
                                      "<message x='1' x='2'/>", "</message>"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(read_all(bad[i], 3, 0, &out, &refused) == E_PARSE, "%s", bad[i]);
    ck_assert_int_eq(read_all("<a><b><c><d><e/></d></c></b></a>", 3, 0, &out, &refused), E_RANGE);
    struct str deep = {0};
    str_add(&deep, "<setTextVector device='a' name='b'><oneText name='c'>");
    for (int i = 0; i < 70000; i++)
        str_addc(&deep, 'x');
    ck_assert_int_eq(read_all(deep.s, 1 << 14, 0, &out, &refused), E_RANGE);
    str_clear(&deep);
    str_clear(&out);
}
END_TEST

START_TEST(numbers)
{
    static const struct {
        const char *text;
        double want;
    } row[] = {{"3:30:00", 3.5},   {"-0:30:00", -0.5}, {"12 34.5", 12.575},
               {"-10:30", -10.5},  {"1e3", 1000},      {" 5.25\n", 5.25},
               {"+2:00:36", 2.01}, {"357.7", 357.7},   {"12;30;36", 12.51}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        ck_assert_double_eq_tol(indi_number(row[i].text), row[i].want, 1e-9);
    static const char *const none[] = {"", "x", "1:2:3:4", "--1", "1:x", "nan:1", "5 hours", ":"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        ck_assert_msg(isnan(indi_number(none[i])), "%s", none[i]);
}
END_TEST

/* The table of the INDI document, "%<w>.<f>m". */
START_TEST(formats)
{
    static const struct {
        const char *format;
        double x;
        const char *want;
    } row[] = {{"%10.6m", 5.5, "5:30:00"},
               {"%010.6m", -0.5, "-0:30:00"},
               {"%9.3m", 12.99999, "13:00"},
               {"%9.5m", 12.575, "12:34.5"},
               {"%9.8m", 1.51, "1:30:36.0"},
               {"%9.9m", -1.51, "-1:30:36.00"},
               {"%9.9m", -1e-9, "0:00:00.00"},
               {"%4.2f", 3.14159, "3.14"},
               {"%.f", 3.7, "4"},
               {"%g", 0.25, "0.25"},
               {"%s%s%n", 1.5, "1.5"},
               {"%999.999f", 1, "1.00000000000000000"},
               {"", 2, "2"}};
    char out[INDI_NUMBER_TEXT];
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        ck_assert_str_eq(indi_format(row[i].format, row[i].x, out), row[i].want);
}
END_TEST

START_TEST(commands)
{
    struct str out = {0};
    const char *name[] = {"FITS_OBSERVER"}, *value[] = {"a <b> & \"c\""};
    indi_write_get(&out, NULL, NULL);
    indi_write_get(&out, "CCD 1", "X");
    indi_write_blob(&out, "CCD 1", "Only");
    indi_write_new(&out, INDI_TEXT, "CCD 1", "FITS_HEADER", name, value, 1);
    ck_assert_str_eq(str_c(&out),
                     "<getProperties version=\"1.7\"/>\n"
                     "<getProperties version=\"1.7\" device=\"CCD 1\" name=\"X\"/>\n"
                     "<enableBLOB device=\"CCD 1\">Only</enableBLOB>\n"
                     "<newTextVector device=\"CCD 1\" name=\"FITS_HEADER\">\n"
                     "  <oneText name=\"FITS_OBSERVER\">a &lt;b&gt; &amp; &quot;c&quot;</oneText>\n"
                     "</newTextVector>\n");
    str_clear(&out);
}
END_TEST

static struct indi_model model;

static void take(void *arg, struct indi_vector *v)
{
    bool fresh;
    (void)arg;
    if (v->tag == INDI_DEF || v->tag == INDI_SET)
        indi_model_take(&model, v, 1000, &fresh);
}

START_TEST(remembers)
{
    struct indi_events on = {take, NULL, NULL};
    struct indi_reader *r = indi_reader_new(&on, 0);
    static const char s[] =
        "<setNumberVector device='M' name='N'><oneNumber name='a'>1</oneNumber></setNumberVector>"
        "<defSwitchVector device='M' name='S' rule='OneOfMany' perm='rw' state='Ok'>"
        "<defSwitch name='A'>On</defSwitch><defSwitch name='B'>Off</defSwitch></defSwitchVector>"
        "<setSwitchVector device='M' name='S'><oneSwitch name='B'>On</oneSwitch></setSwitchVector>"
        "<defNumberVector device='M' name='N' perm='ro' state='Idle'><defNumber name='a' min='0' "
        "max='9'>7</defNumber></defNumberVector>"
        "<setNumberVector device='M' name='N' state='Alert'><oneNumber name='zz'>1</oneNumber>"
        "</setNumberVector><setTextVector device='M' name='N'><oneText name='a'>no</oneText>"
        "</setTextVector>";
    ck_assert_int_eq(indi_feed(r, s, sizeof s - 1, NULL), OK);
    const struct indi_device *d = indi_model_device(&model, "M");
    ck_assert_ptr_nonnull(d);
    ck_assert(!indi_on(d, "S", "A") && indi_on(d, "S", "B")); /* one of many: A went Off unsaid */
    ck_assert_int_eq(indi_state(d, "S"), INDI_OK);            /* unsaid: unchanged */
    ck_assert_double_eq(indi_get(d, "N", "a"), 7);
    ck_assert_int_eq(indi_state(d, "N"), INDI_ALERT);
    ck_assert(!indi_property(d, "N")->writable && indi_property(d, "S")->writable);
    ck_assert(isnan(indi_get(d, "N", "zz")) && isnan(indi_get(NULL, "N", "a")));
    indi_model_drop(&model, "M");
    ck_assert_ptr_null(indi_model_device(&model, "M"));
    indi_model_clear(&model);
    indi_reader_free(r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("indi_wire");
    TCase *t = tcase_create("indi_wire");
    tcase_add_test(t, vectors);
    tcase_add_test(t, blobs);
    tcase_add_test(t, passed_over);
    tcase_add_test(t, broken_streams);
    tcase_add_test(t, numbers);
    tcase_add_test(t, formats);
    tcase_add_test(t, commands);
    tcase_add_test(t, remembers);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
