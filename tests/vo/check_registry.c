/* check_registry.c - constraints to ADQL (written out by hand from RegTAP 1.2), the thesaurus, and the
 * registry's answer to records. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/tableio.h"
#include "vigie/vo/registry.h"

static const char vocabulary[] =
    "{\"uri\":\"http://www.ivoa.net/rdf/uat\",\"terms\":{"
    "\"transient-sources\":{\"label\":\"Transient sources\",\"description\":\"\",\"wider\":[],"
    "\"narrower\":[\"burst-astrophysics\"]},"
    "\"burst-astrophysics\":{\"label\":\"Burst astrophysics\",\"description\":\"d\",\"wider\":"
    "[\"transient-sources\"],\"narrower\":[\"gamma-ray-bursts\",\"x-ray-bursts\",\"unknown\"]},"
    "\"gamma-ray-bursts\":{\"label\":\"Gamma-ray bursts\",\"description\":\"\",\"wider\":"
    "[\"burst-astrophysics\"],\"narrower\":[]},"
    "\"x-ray-bursts\":{\"label\":\"X-ray bursts\",\"description\":\"\",\"wider\":"
    "[\"burst-astrophysics\"],\"narrower\":[]}}}";

static struct uat *uat(void)
{
    struct uat *u;
    struct error err;
    ck_assert_msg(uat_new(vocabulary, sizeof vocabulary - 1, &u, &err) == OK, "%s", err.text);
    return u;
}

/* The condition of one constraint, or the sentence of its refusal. */
static const char *where(const struct registry_constraint *c, const struct uat *u)
{
    static char out[2000];
    struct str s = {0};
    struct error err;
    if (registry_adql(c, 1, u, &s, &err) != OK)
        snprintf(out, sizeof out, "%s", err.text);
    else {
        const char *from = strstr(s.s, "WHERE (") + 7, *to = strstr(from, ")\nORDER BY ivoid");
        ck_assert(to != NULL);
        snprintf(out, sizeof out, "%.*s", (int)(to - from), from);
    }
    str_clear(&s);
    return out;
}

#define TEXTS(...)                                                                                 \
    .text = (const char *const[]){__VA_ARGS__},                                                    \
    .n = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

START_TEST(one_constraint_each)
{
    const struct {
        struct registry_constraint c;
        const char *want;
    } row[] = {
        {{REGISTRY_SERVICE, TEXTS("SCS", "sia2")},
         "standard_id = 'ivo://ivoa.net/std/conesearch' OR standard_id LIKE "
         "'ivo://ivoa.net/std/sia#query-2.%'"},
        {{REGISTRY_SERVICE, TEXTS("ivo://IVOA.net/std/EPNTap")},
         "standard_id = 'ivo://ivoa.net/std/epntap'"},
        {{REGISTRY_AUTHOR, TEXTS("%O'Neill%")},
         "ivoid IN (SELECT ivoid FROM rr.res_role WHERE (role_name LIKE '%O''Neill%') AND "
         "base_role='creator')"},
        {{REGISTRY_WAVEBAND, TEXTS("X-ray", "optical")},
         "1 = ivo_hashlist_has(rr.resource.waveband, 'x-ray') OR 1 = "
         "ivo_hashlist_has(rr.resource.waveband, 'optical')"},
        {{REGISTRY_UCD, TEXTS("phot.mag;em.IR%")},
         "ivoid IN (SELECT ivoid FROM rr.table_column WHERE (ucd LIKE 'phot.mag;em.ir%'))"},
        {{REGISTRY_DATAMODEL, TEXTS("obscore")},
         "ivoid IN (SELECT ivoid FROM rr.res_detail WHERE detail_xpath = "
         "'/capability/dataModel/@ivo-id' AND 1 = ivo_nocasematch(detail_value, "
         "'ivo://ivoa.net/std/obscore%'))"},
        {{REGISTRY_IVOID, TEXTS("ivo://CDS.VizieR/I/355")}, "ivoid = 'ivo://cds.vizier/i/355'"},
        {{.kind = REGISTRY_PLACE, .lon_deg = 10.5, .lat_deg = -41},
         "ivoid IN (SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(MOC(6, POINT(10.5, -41)), "
         "coverage))"},
        {{.kind = REGISTRY_PLACE,
          .lon_deg = 10,
          .lat_deg = 41,
          .radius_deg = 2,
          .meet = REGISTRY_OVERLAPS,
          .unknown = true},
         "ivoid IN (SELECT ivoid FROM rr.stc_spatial WHERE 1 = INTERSECTS(coverage, MOC(6, "
         "CIRCLE(10, 41, 2))) OR coverage IS NULL)"},
        {{.kind = REGISTRY_SPECTRUM, .lo = 8.01e-19, .hi = 8.01e-19},
         "ivoid IN (SELECT ivoid FROM rr.stc_spectral WHERE 8.01e-19 BETWEEN spectral_start AND "
         "spectral_end)"},
        {{.kind = REGISTRY_TIME, .lo = 58497, .hi = 58503},
         "ivoid IN (SELECT ivoid FROM rr.stc_temporal WHERE 1 = ivo_interval_overlaps(time_start, "
         "time_end, 58497, 58503))"},
        {{REGISTRY_UAT, TEXTS("gamma-ray-bursts")},
         "ivoid IN (SELECT ivoid FROM rr.res_subject WHERE res_subject IN ('gamma-ray-bursts'))"},
        {{REGISTRY_UAT, TEXTS("Gamma-ray bursts"), .up = 1},
         "ivoid IN (SELECT ivoid FROM rr.res_subject WHERE res_subject IN ('gamma-ray-bursts', "
         "'burst-astrophysics'))"},
        {{REGISTRY_UAT, TEXTS("transient-sources"), .down = 2},
         "ivoid IN (SELECT ivoid FROM rr.res_subject WHERE res_subject IN ('transient-sources', "
         "'burst-astrophysics', 'gamma-ray-bursts', 'x-ray-bursts'))"},
        {{REGISTRY_UAT, TEXTS("gamma-ray-burst")},
         "UAT: no concept 'gamma-ray-burst'; near: gamma-ray-bursts"},
        {{REGISTRY_SERVICE, TEXTS("conesarch")},
         "registry: no service type 'conesarch'; known: scs sia sia2 ssa tap slap "
         "datalink soda hips hats"},
        {{REGISTRY_WAVEBAND, TEXTS("visible")},
         "registry: no waveband 'visible'; known: radio millimeter infrared optical uv euv x-ray "
         "gamma-ray neutrino"},
        {{.kind = REGISTRY_PLACE, .lon_deg = 10, .lat_deg = 91},
         "registry: no place on the sky: 10 91 radius 0 degrees"},
        {{.kind = REGISTRY_TIME, .lo = 2, .hi = 1}, "registry: no interval: 2 .. 1"},
        {{.kind = REGISTRY_WORDS}, "registry: a constraint without a value"},
    };
    struct uat *u = uat();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        ck_assert_str_eq(where(&row[i].c, u), row[i].want);
    uat_free(u);
}
END_TEST

/* Words are each looked for in three places, all must be found; nothing that is typed ends a quote. */
START_TEST(words_and_stacks)
{
    const struct registry_constraint c[] = {{REGISTRY_WORDS, TEXTS("gamma", "b'urst")},
                                            {REGISTRY_SERVICE, TEXTS("scs")}};
    struct str s = {0};
    struct error err;
    ck_assert(registry_adql(c, 2, NULL, &s, &err) == OK);
    ck_assert(strstr(s.s, "ivo_hasword(res_title, 'gamma')"));
    ck_assert(strstr(s.s, "ivo_hasword(res_description, 'b''urst')"));
    ck_assert(strstr(s.s, "res_subject ILIKE '%b''urst%')"));
    ck_assert(strstr(s.s, ") AND ivoid IN (SELECT"));
    ck_assert(strstr(s.s, ")\n  AND (standard_id = 'ivo://ivoa.net/std/conesearch')"));
    str_clear(&s);
    ck_assert(registry_adql(c, 0, NULL, &s, &err) == E_RANGE);
    const struct registry_constraint wide = {REGISTRY_UAT, TEXTS("x"), .up = 1};
    ck_assert(registry_adql(&wide, 1, NULL, &s, &err) == E_ABSENT);
    str_clear(&s);
}
END_TEST

START_TEST(thesaurus)
{
    struct uat *u = uat(), *no;
    uint32_t near[4];
    struct error err;
    ck_assert_uint_eq(uat_count(u), 4);
    ck_assert_int_eq(uat_find(u, "nothing"), -1);
    ck_assert_uint_eq(uat_near(u, "gama-ray-bursts", near, 4), 1);
    ck_assert_str_eq(uat_term(u, near[0])->label, "Gamma-ray bursts");
    ck_assert_uint_eq(uat_near(u, "burst", near, 4), 3);
    ck_assert_str_eq(uat_term(u, near[0])->name, "burst-astrophysics");
    uat_free(u);
    ck_assert(uat_new("{}", 2, &no, &err) == E_PARSE && !no);
    ck_assert(uat_new("[", 1, &no, &err) == E_PARSE && !no);
}
END_TEST

static const char answer[] =
    "<VOTABLE><RESOURCE type=\"results\"><TABLE>"
    "<FIELD name=\"ivoid\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"res_title\" datatype=\"unicodeChar\" arraysize=\"*\"/>"
    "<FIELD name=\"access_url\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"standard_id\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"intf_type\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"intf_role\" datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA>"
    "<TR><TD>ivo://a/1</TD><TD>One</TD><TD>http://a/scs?</TD><TD>ivo://ivoa.net/std/conesearch</TD>"
    "<TD>vs:paramhttp</TD><TD>std</TD></TR>"
    "<TR><TD>ivo://a/1</TD><TD>One</TD><TD>http://a/web</TD><TD/><TD>vr:webbrowser</TD><TD/></TR>"
    "<TR><TD>ivo://a/1</TD><TD>One</TD><TD>http://a/av</TD><TD>ivo://ivoa.net/std/vosi#availability"
    "</TD><TD>vs:paramhttp</TD><TD>std</TD></TR>"
    "<TR><TD>ivo://b/2</TD><TD>Two</TD><TD>http://b/sia2</TD><TD>ivo://ivoa.net/std/sia#query-2.0"
    "</TD><TD>vs:paramhttp</TD><TD>std</TD></TR>"
    "<TR><TD>ivo://c/3</TD><TD>Three</TD><TD/><TD/><TD/><TD/></TR>"
    "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

START_TEST(records)
{
    struct table_reader *r = table_reader_new(NULL, NULL);
    struct registry_list list = {0};
    struct error err;
    ck_assert(table_reader_feed(r, answer, sizeof answer - 1, &err) == OK);
    ck_assert(table_reader_end(r, &err) == OK);
    const struct table *t = table_reader_doc(r)->tables.at[0];
    ck_assert(registry_read(t, &list, &err) == OK);
    ck_assert_uint_eq(list.record.n, 3);
    const struct registry_record *one = &list.record.at[0];
    ck_assert_str_eq(one->title, "One");
    ck_assert_str_eq(one->short_name, "");
    ck_assert_uint_eq(one->interface.n, 3);
    ck_assert_str_eq(one->interface.at[0].kind, "scs");
    ck_assert(registry_usable(&one->interface.at[0]));
    ck_assert(!registry_usable(&one->interface.at[1]));
    ck_assert(!registry_usable(&one->interface.at[2]));
    ck_assert_str_eq(list.record.at[1].interface.at[0].kind, "sia2");
    ck_assert_uint_eq(list.record.at[2].interface.n, 0);
    registry_clear(&list);
    table_reader_free(r);
    ck_assert_str_eq(registry_service_name("ivo://ivoa.net/std/SIA"), "sia");
    ck_assert_str_eq(registry_service_name("ivo://ivoa.net/std/tap#aux"), "tap");
    ck_assert(registry_service_name("ivo://ivoa.net/std/tapregext") == NULL);
    ck_assert(registry_service_name(NULL) == NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("registry");
    TCase *c = tcase_create("all");
    tcase_add_test(c, one_constraint_each);
    tcase_add_test(c, words_and_stacks);
    tcase_add_test(c, thesaurus);
    tcase_add_test(c, records);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
