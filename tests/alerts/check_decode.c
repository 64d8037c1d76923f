/* check_decode.c - packets and answers become records by the rules of the contract. The corpus is
 * read too when VIGIE_CORPUS names it: nothing of it may crash or hang, and each file is an alert or
 * has a reason. */
#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/alert.h"
#include "vigie/base/file.h"

#define DEG (3.14159265358979323846 / 180)

static struct alert_batch batch;

/* Reads one alert; the batch keeps it. */
static const struct alert *one(const char *text)
{
    struct error err;
    alert_batch_clear(&batch);
    ck_assert_msg(alert_decode(text, strlen(text), &batch, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(batch.alerts.n, 1);
    return batch.alerts.at[0];
}

static enum status refusal(const char *text, struct error *err)
{
    alert_batch_clear(&batch);
    return alert_decode(text, strlen(text), &batch, err);
}

static const char *utc_text(struct jd_utc t)
{
    static char s[UTC_TEXT];
    return utc_format(t, 3, s);
}

/* A packet with the given root attributes, What, coordinate system, time and position. */
static const char *packet(const char *root, const char *what, const char *system, const char *time,
                          const char *position)
{
    static char s[8192];
    snprintf(s, sizeof s,
             "<v:VOEvent xmlns:v='http://www.ivoa.net/xml/VOEvent/v2.0' %s><Who><Date>2024-01-02T"
             "03:05:00</Date></Who><What>%s</What><WhereWhen><ObsDataLocation><ObservationLocation>"
             "<AstroCoords coord_system_id='%s'><Time><TimeInstant><ISOTime>%s</ISOTime>"
             "</TimeInstant></Time>%s</AstroCoords></ObservationLocation></ObsDataLocation>"
             "</WhereWhen></v:VOEvent>",
             root, what, system, time, position);
    return s;
}

#define AT(ra, dec, err)                                                                           \
    "<Position2D unit='deg'><Value2><C1>" ra "</C1><C2>" dec "</C2></Value2><Error2Radius>" err    \
    "</Error2Radius></Position2D>"

static const char swift[] = "role='observation' ivorn='ivo://nasa.gsfc.gcn/SWIFT#BAT_GRB_Pos_77-1'";

START_TEST(voevent_basics)
{
    const struct alert *a =
        one(packet(swift,
                   "<Param name='TrigID' value='77'/><Group name='g'><Param name='x' "
                   "value='' unit='s'/></Group>",
                   "UTC-FK5-GEO", "2024-01-02T03:04:05.5", AT("10.5", "-20.25", "0.1")));
    ck_assert_int_eq(a->format, ALERT_VOEVENT);
    ck_assert_str_eq(a->id, "ivo://nasa.gsfc.gcn/SWIFT#BAT_GRB_Pos_77-1");
    ck_assert_str_eq(a->stream, "ivo://nasa.gsfc.gcn/SWIFT");
    ck_assert_int_eq(a->kind, ALERT_HIGHENERGY);
    ck_assert_str_eq(a->type, "grb");
    ck_assert_str_eq(a->name, "77");
    ck_assert_str_eq(a->key, "swift/77");
    ck_assert_int_eq(a->standing, ALERT_SKY);
    ck_assert_double_eq_tol(a->ra_rad, 10.5 * DEG, 1e-14);
    ck_assert_double_eq_tol(a->dec_rad, -20.25 * DEG, 1e-14);
    ck_assert_double_eq_tol(a->error_rad, 0.1 * DEG, 1e-14);
    ck_assert_str_eq(utc_text(a->time), "2024-01-02T03:04:05.500Z");
    ck_assert_str_eq(utc_text(a->issued), "2024-01-02T03:05:00.000Z");
    ck_assert_uint_eq(a->params.n, 2);
    ck_assert_str_eq(alert_param_value(a, "G", "X"), "");
}
END_TEST

/* TT - UTC = 69.184 s since 2017, GPS - UTC = 18 s (IERS Bulletin C); TDB - TT < 2 ms. */
START_TEST(time_scales)
{
    static const struct {
        const char *system, *iso, *utc;
    } rows[] = {{"UTC-FK5-GEO", "2024-01-02T03:04:05", "2024-01-02T03:04:05.000Z"},
                {"UTC-FK5-GEO", "2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05.000Z"},
                {"UTC-FK5-GEO", "2024-01-02 03:04:05Z", "2024-01-02T03:04:05.000Z"},
                {"UTC-FK5-GEO", "2016-12-31T23:59:60.5", "2016-12-31T23:59:60.500Z"},
                {"FK5-UTC-GEO", "2024-01-02T03:04:05", "2024-01-02T03:04:05.000Z"},
                {"TT-FK5-GEO", "2024-01-02T03:04:05", "2024-01-02T03:02:55.816Z"},
                {"GPS-ICRS-GEO", "2024-01-02T03:04:05.5", "2024-01-02T03:03:47.500Z"},
                {"TT-FK5-GEO", "2016-12-31T12:00:00", "2016-12-31T11:58:51.816Z"},
                {"UTC-FK5-GEO", "2017-00-00T17:33:00.08", "-"},
                {"UTC-FK5-GEO", "2021-01--15T23:08:12.72", "-"},
                {"UTC-FK5-GEO", "2024-02-30T00:00:00", "-"},
                {"TT-FK5-GEO", "2024-02-30T00:00:00", "-"},
                {"UTC-FK5-GEO", "2024-01-02T03:04:05-0330", "2024-01-02T06:34:05.000Z"},
                {"UTC-FK5-GEO", "2024-01-02T03:04:05+25:00", "-"},
                {"UTC-FK5-GEO", "2024-01-02T03:04:05+02:00x", "-"},
                {"UTC-FK5-GEO", "2024-01-02T03:04:05+2", "-"},
                {"UTC-FK5-GEO", "", "-"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct alert *a = one(packet(swift, "", rows[i].system, rows[i].iso, ""));
        ck_assert_str_eq(utc_text(a->time), rows[i].utc);
    }
    struct jd_utc tdb = one(packet(swift, "", "TDB-ICRS-BARY", "2024-01-02T03:04:05", ""))->time;
    struct jd_utc tt = one(packet(swift, "", "TT", "2024-01-02T03:04:05", ""))->time;
    ck_assert_double_eq_tol(utc_diff_s(tdb, tt), 0, 0.002);
}
END_TEST

START_TEST(positions)
{
    static const struct {
        const char *position;
        double ra, dec, error;
    } rows[] = {
        {AT("10.5", "-20.25", "0"), 10.5, -20.25, NAN},
        {AT("10.5", "-20.25", "180"), 10.5, -20.25, NAN},
        {AT("10.5", "-20.25", "-1"), 10.5, -20.25, NAN},
        {AT("0.0", "0.0", "0"), NAN, NAN, NAN},
        {AT("0.0", "0.0", "2"), 0, 0, 2},
        {AT("360", "1", "2"), NAN, NAN, NAN},
        {AT("-10.5", "1", "2"), NAN, NAN, NAN},
        {AT("1", "95", "2"), NAN, NAN, NAN},
        {AT("nan", "1", "2"), NAN, NAN, NAN},
        {AT("01:02:03", "1", "2"), NAN, NAN, NAN},
        {AT("0x10", "1", "2"), NAN, NAN, NAN},
        {AT("1", "", "2"), NAN, NAN, NAN},
        {AT(" 1.5e1 ", "+2", "2"), 15, 2, 2},
        {"<Position2D><Value2><C1>1</C1><C2>2</C2></Value2><Error2Radius pos_unit='arcmin'>3"
         "</Error2Radius></Position2D>",
         1, 2, 0.05},
        {"<Position2D unit='deg'><Name1>Dec</Name1><Name2>RA</Name2><Value2><C1>-1</C1><C2>200</C2>"
         "</Value2><Error2><C1>1</C1><C2>2</C2></Error2></Position2D>",
         200, -1, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct alert *a =
            one(packet(swift, "", "UTC-FK5-GEO", "2024-01-01", rows[i].position));
        ck_assert_int_eq(isnan(a->ra_rad), isnan(rows[i].ra));
        ck_assert_int_eq(isnan(a->dec_rad), isnan(rows[i].dec));
        ck_assert_msg(isnan(a->error_rad) == isnan(rows[i].error), "row %zu", i);
        if (!isnan(rows[i].ra)) {
            ck_assert_double_eq_tol(a->ra_rad, rows[i].ra * DEG, 1e-14);
            ck_assert_double_eq_tol(a->dec_rad, rows[i].dec * DEG, 1e-14);
        }
        if (!isnan(rows[i].error))
            ck_assert_double_eq_tol(a->error_rad, rows[i].error * DEG, 1e-14);
    }
}
END_TEST

START_TEST(kinds_and_standing)
{
    static const struct {
        const char *root, *what;
        enum alert_kind kind;
        enum alert_standing standing;
    } rows[] = {
        {"ivorn='ivo://gwnet/LVC#S1'", "", ALERT_GW, ALERT_SKY},
        {"ivorn='ivo://gwnet/LVC#S1' role='observation'",
         "<Param name='GraceID' value='MS190521r'/>", ALERT_GW, ALERT_TEST},
        {"ivorn='ivo://nasa.gsfc.gcn/AMON#ICECUBE_GOLD_1' role='test'", "", ALERT_NU, ALERT_TEST},
        {"ivorn='ivo://nasa.gsfc.gcn/AMON#NU_EM_1' role='utility'", "", ALERT_MULTI, ALERT_UTILITY},
        {"ivorn='ivo://gaia.cam.uk/alerts#Gaia18bnd'", "", ALERT_OPTICAL, ALERT_SKY},
        {"ivorn='ivo://au.edu.swin/utmost#1'", "", ALERT_FRB, ALERT_SKY},
        {"ivorn='ivo://nasa.gsfc.gcn/gcn#1'", "", ALERT_OTHER, ALERT_SKY},
        {"ivorn='ivo://x/y#1' role='observe'", "", ALERT_OTHER, ALERT_SKY}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct alert *a = one(packet(rows[i].root, rows[i].what, "UTC", "2024-01-01", ""));
        ck_assert_int_eq(a->kind, rows[i].kind);
        ck_assert_int_eq(a->standing, rows[i].standing);
    }
}
END_TEST

START_TEST(retraction_is_told_each_way)
{
    static const char *const whats[] = {
        "<Param name='AlertType' value='Retraction'/>", "<Param name='Retraction' value='true'/>",
        "<Group><Param name='Def_NOT_a_GRB' value='true'/></Group>",
        "<Param name='AlertType' value='Update'/><Param name='alert_type' value='retraction'/>"};
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++)
        ck_assert(one(packet(swift, whats[i], "UTC", "2024-01-01", ""))->retraction);
    ck_assert(
        !one(packet(swift, "<Param name='Retraction' value='false'/>", "UTC", "", ""))->retraction);
}
END_TEST

/* A value is never absent (such Params are as empty ones); group, name and unit may be. */
START_TEST(values_of_params)
{
    const struct alert *a = one(packet(swift,
                                       "<Param name='a'/><Param name='b' value=''/><Param name='c'>"
                                       "<Value/></Param><Param name='d'><Value> 1 </Value></Param>"
                                       "<Group name='g'><Param value='2'/></Group>",
                                       "UTC", "", ""));
    ck_assert_uint_eq(a->params.n, 5);
    ck_assert_str_eq(a->params.at[0].value, "");
    ck_assert_ptr_null(a->params.at[0].unit);
    ck_assert_str_eq(a->params.at[1].value, "");
    ck_assert_str_eq(a->params.at[2].value, "");
    ck_assert_str_eq(a->params.at[3].value, "1");
    ck_assert_ptr_null(a->params.at[3].group);
    ck_assert_str_eq(a->params.at[4].group, "g");
    ck_assert_ptr_null(a->params.at[4].name);
}
END_TEST

START_TEST(json_forms)
{
    const struct alert *a =
        one("{\"alert_type\":\"RETRACTION\",\"time_created\":\"2026-06-05T12:10:57Z\","
            "\"superevent_id\":\"S260605l\",\"event\":null}");
    ck_assert_int_eq(a->format, ALERT_IGWN);
    ck_assert(a->retraction && !alert_time_known(a->time));
    ck_assert_str_eq(a->key, "gw/s260605l");
    a = one(
        "{\"superevent_id\":\"MS181101ab\",\"alert_type\":\"INITIAL\",\"event\":{\"far\":1e-9,"
        "\"time\":\"2018-11-01T22:22:46.654Z\",\"classification\":{\"BNS\":0.95,\"BBH\":0.03}}}");
    ck_assert_int_eq(a->standing, ALERT_TEST);
    ck_assert_str_eq(a->classification, "BNS");
    ck_assert_str_eq(alert_param_value(a, "event.classification", "BBH"), "0.03");
    a = one("{\"$schema\":\"https://gcn.nasa.gov/schema/main/gcn/notices/chime/frb.schema.json\","
            "\"id\":[\"427\",\"x\"],\"trigger_time\":\"2024-09-18T07:19:10.765268Z\",\"ra\":1,"
            "\"dec\":2,\"ra_dec_error\":[0.5,0.8,30],\"alert_tense\":\"test\"}");
    ck_assert_int_eq(a->format, ALERT_GCN);
    ck_assert_str_eq(a->id, "427");
    ck_assert_str_eq(a->role, "test");
    ck_assert_int_eq(a->kind, ALERT_FRB);
    ck_assert_double_eq_tol(a->error_rad, 0.8 * DEG, 1e-14);
    a = one("{\"id\":7,\"uid\":\"x\",\"mission\":\"LVK\"}");
    ck_assert_str_eq(a->name, "7");
    ck_assert_int_eq(a->kind, ALERT_GW);
    a = one("{\"event_name\":\"x\",\"$schema\":\"/notices/icecube/lvk_nu_track_search\"}");
    ck_assert_int_eq(a->kind, ALERT_NU);
}
END_TEST

START_TEST(colibri_types)
{
    static const struct {
        const char *type;
        enum alert_kind kind;
    } rows[] = {{"grb", ALERT_HIGHENERGY}, {"OT", ALERT_OPTICAL},    {"ot_sn", ALERT_OPTICAL},
                {"other", ALERT_OTHER},    {"nuclear", ALERT_OTHER}, {"", ALERT_OTHER}};
    char s[200];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(s, sizeof s, "{\"trigger_id\":\"1\",\"source_name\":\"x\",\"type\":\"%s\"}",
                 rows[i].type);
        ck_assert_int_eq(one(s)->kind, rows[i].kind);
    }
}
END_TEST

START_TEST(colibri)
{
    const struct alert *a =
        one("{\"voevents\":[{\"trigger_id\":\"1306404\",\"source_name\":\"GRB 250424A\",\"type\":"
            "\"GRB\",\"ra\":\"217.5001\",\"dec\":-35.0249,\"err\":\"None\",\"redshift\":\"0.31\","
            "\"time\":\"2025-04-24 06:56:47.00\",\"transient_flux\":17.5,\"observatory\":\"swift\","
            "\"transient_flux_units\":\"mag\",\"classification\":\"None\",\"ivorn\":"
            "\"ivo://nasa.gsfc.gcn/SWIFT#XRT_Pos_1306404-083\"}],\"watchlist\":[]}");
    ck_assert_int_eq(a->format, ALERT_ASTROCOLIBRI);
    ck_assert_int_eq(a->kind, ALERT_HIGHENERGY);
    ck_assert_str_eq(a->type, "grb");
    ck_assert_double_eq_tol(a->ra_rad, 217.5001 * DEG, 1e-12);
    ck_assert_double_nan(a->error_rad);
    ck_assert_double_eq_tol(a->redshift, 0.31, 1e-12);
    ck_assert_double_eq_tol(a->mag, 17.5, 1e-12);
    ck_assert_ptr_null(a->classification);
    ck_assert_str_eq(a->key, "swift/1306404");
    ck_assert_str_eq(utc_text(a->time), "2025-04-24T06:56:47.000Z");
}
END_TEST

START_TEST(answers_without_alerts)
{
    struct error err;
    ck_assert_int_eq(refusal("{\"voevents\":[]}", &err), OK);
    ck_assert_uint_eq(batch.alerts.n, 0);
    ck_assert_int_eq(refusal("[{\"message\":\"no uid\",\"status_code\":401},401]", &err),
                     E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "no uid"));
    ck_assert_int_eq(refusal("{\"message\":\"Rate limit\",\"status_code\":\"429\"}", &err), E_BUSY);
    ck_assert_int_eq(refusal("{\"update_type\":\"heartbeat\"}", &err), E_ABSENT);
    ck_assert_int_eq(refusal("{\"ra\":-1000,\"dec\":-1000}", &err), E_ABSENT);
    ck_assert_int_eq(refusal("{\"a\":1}", &err), E_PARSE);
    ck_assert_int_eq(refusal("[1,2]", &err), E_PARSE);
    ck_assert_int_eq(refusal("3", &err), E_PARSE);
    ck_assert_int_eq(refusal("", &err), E_PARSE);
    ck_assert_int_eq(refusal("<html/>", &err), E_PARSE);
    ck_assert_int_eq(refusal("[{\"trigger_id\":\"NOPE\",\"error\":\"event not found\"},"
                             "{\"trigger_id\":\"9229\",\"source_name\":\"x\"}]",
                             &err),
                     OK);
    ck_assert_uint_eq(batch.alerts.n, 1);
    ck_assert_uint_eq(batch.refused.n, 1);
    ck_assert_str_eq(batch.refused.at[0], "trigger NOPE: event not found");
}
END_TEST

static size_t folder_of_corpus(const char *corpus, const char *folder, size_t *refused)
{
    char *path = mem_printf("%s/alerts/%s", corpus, folder);
    DIR *d = opendir(path);
    size_t n = 0;
    ck_assert_msg(d != NULL, "%s", path);
    for (struct dirent *e; (e = readdir(d));) {
        struct str bytes = {0};
        struct error err = {0};
        char *file = mem_printf("%s/%s", path, e->d_name);
        if (e->d_name[0] != '.') {
            ck_assert_int_eq(file_read(file, ALERT_MAX_BYTES, &bytes, &err), OK);
            alert_batch_clear(&batch);
            bool ok = alert_decode(str_c(&bytes), bytes.n, &batch, &err) == OK;
            ck_assert_msg(ok || err.text[0], "%s: refused without a reason", file);
            if (strcmp(folder, "synthetic-malformed") == 0)
                ck_assert_msg(ok == (strncmp(e->d_name, "bad_", 4) != 0), "%s: %s", e->d_name,
                              ok ? "taken" : err.text);
            *refused += !ok;
            n++;
        }
        free(file);
        str_clear(&bytes);
    }
    closedir(d);
    free(path);
    return n;
}

START_TEST(corpus)
{
    static const char *const folders[] = {"voevent", "json", "astrocolibri", "synthetic-malformed"};
    const char *at = getenv("VIGIE_CORPUS");
    size_t n = 0, refused = 0;
    if (!at) {
        fprintf(stderr, "check_decode: VIGIE_CORPUS is not set: the alert corpus is left out\n");
        return;
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        n += folder_of_corpus(at, folders[i], &refused);
    printf("corpus: %zu files, %zu refused\n", n, refused);
    ck_assert_uint_gt(n, 400);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {voevent_basics,
                                  time_scales,
                                  positions,
                                  kinds_and_standing,
                                  retraction_is_told_each_way,
                                  json_forms,
                                  values_of_params,
                                  colibri_types,
                                  colibri,
                                  corpus,
                                  answers_without_alerts};
    Suite *s = suite_create("decode");
    TCase *t = tcase_create("decode");
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    alert_batch_clear(&batch);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
