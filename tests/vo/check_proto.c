/* check_proto.c - what each protocol makes of a question, and which columns it finds in answers of real
 * services. Requests: the standards' own words (see src/vo/proto_*.c). */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/formats/tableio.h"
#include "vigie/vo/proto.h"
#include "vigie/vo/range.h"

static const struct proto_query m31 = {
    .base = "http://a/q?", .place = true, .ra_deg = 10.5, .dec_deg = -41.25, .radius_deg = 0.5};

/* The request as one text: URL, then the body. */
static const char *asked(const char *protocol, const struct proto_query *q)
{
    static char text[4000];
    struct proto_request r = {.post = false};
    struct error err;
    if (vo_build(vo_protocol_find(protocol), q, &r, &err) != OK)
        snprintf(text, sizeof text, "! %s", err.text);
    else
        snprintf(text, sizeof text, "%s%s%s", str_c(&r.url), r.post ? " " : "", str_c(&r.body));
    proto_request_clear(&r);
    return text;
}

START_TEST(places)
{
    struct proto_query q = m31;
    ck_assert_str_eq(asked("scs", &q), "http://a/q?RA=10.5&DEC=-41.25&SR=0.5");
    ck_assert_str_eq(asked("ssa", &q),
                     "http://a/q?REQUEST=queryData&POS=10.5,-41.25&SIZE=1&FORMAT=ALL");
    ck_assert_str_eq(asked("sia1", &q), "http://a/q?POS=10.5,-41.25&SIZE=1&FORMAT=ALL");
    struct proto_query link = {.base = "http://a/dl", .id = "ivo://x?a+b"};
    ck_assert_str_eq(asked("datalink", &link), "http://a/dl?ID=ivo%3A%2F%2Fx%3Fa%2Bb");
    q.base = "http://a/q?VGREC=3&"; /* an address that has a query already */
    ck_assert_str_eq(asked("scs", &q), "http://a/q?VGREC=3&RA=10.5&DEC=-41.25&SR=0.5");
    q.verb = 3;
    q.max_rows = 7;
    q.base = "http://a/q?x=1";
    ck_assert_str_eq(asked("cone", &q), "http://a/q?x=1&RA=10.5&DEC=-41.25&SR=0.5&VERB=3&MAXREC=7");
    ck_assert_str_eq(asked("sia2", &q), "http://a/q?x=1&POS=CIRCLE%2010.5%20-41.25%200.5&MAXREC=7");
}
END_TEST

START_TEST(bands_times_and_more)
{
    const struct proto_param more[] = {{"COLLECTION", "DSS & co"}, {"CALIB", "2"}};
    struct proto_query q = {.base = "https://a/sia2",
                            .band = true,
                            .band_lo_m = 4e-7,
                            .band_hi_m = 7e-7,
                            .time = true,
                            .mjd_lo = 58000,
                            .mjd_hi = 58001.5,
                            .kind = "cube",
                            .format = "image/fits",
                            .more = more,
                            .n_more = 2};
    ck_assert_str_eq(asked("sia2", &q),
                     "https://a/sia2?BAND=4e-07%207e-07&TIME=58000%2058001.5&FORMAT=image%2Ffits&"
                     "DPTYPE=cube&COLLECTION=DSS%20%26%20co&CALIB=2");
    q.kind = NULL;
    q.n_more = 0;
    ck_assert_str_eq(asked("ssa", &q), "https://a/sia2?REQUEST=queryData&BAND=4e-07%2F7e-07&"
                                       "TIME=58000%2F58001.5&FORMAT=image%2Ffits");
    ck_assert_str_eq(asked("scs", &q), "! Simple Cone Search: needs a position");
    const struct proto_query link = {.base = "http://a/dl", .id = "ivo://x/y?z"};
    ck_assert_str_eq(asked("datalink", &link), "http://a/dl?ID=ivo%3A%2F%2Fx%2Fy%3Fz");
    const struct proto_query vosi = {.base = "http://a/tap/", .id = "availability"};
    ck_assert_str_eq(asked("vosi", &vosi), "http://a/tap/availability");
    struct proto_query vis = m31;
    vis.time = true;
    vis.mjd_lo = 60000;
    vis.mjd_hi = 60001;
    vis.min_alt_deg = 30;
    ck_assert_str_eq(asked("objvis", &vis), "http://a/q?s_ra=10.5&s_dec=-41.25&t_min=60000&"
                                            "t_max=60001&min_alt=30");
}
END_TEST

static char *decoded(const char *s)
{
    char *out = mem_str(s), *p = out;
    for (; *s; s++)
        if (*s == '%') {
            *p++ = (char)strtol((char[]){s[1], s[2], 0}, NULL, 16);
            s += 2;
        } else {
            *p++ = *s;
        }
    *p = '\0';
    return out;
}

START_TEST(queries)
{
    struct proto_query q = m31;
    q.base = "http://a/tap/";
    q.time = true;
    q.mjd_lo = 1;
    q.mjd_hi = 2;
    q.kind = "Sche'duled";
    char *s = decoded(asked("obsloc", &q));
    ck_assert_str_eq(
        s, "http://a/tap/sync REQUEST=doQuery&LANG=ADQL&RESPONSEFORMAT=votable&FORMAT=votable&"
           "QUERY=SELECT * FROM ivoa.obsplan\nWHERE 1 = CONTAINS(POINT('ICRS', s_ra, s_dec), "
           "CIRCLE('ICRS', 10.5, -41.25, 0.5))\n  AND t_min <= 2 AND (t_max >= 1 OR (t_max IS NULL "
           "AND t_min >= 1))\n  AND execution_status = 'Sche''duled'\nORDER BY t_min");
    free(s);
    const struct proto_query tap = {
        .base = "http://a/tap", .adql = "SELECT 1", .max_rows = 5, .lang = "PQL"};
    ck_assert_str_eq(asked("tap", &tap),
                     "http://a/tap/sync REQUEST=doQuery&LANG=PQL&RESPONSEFORMAT=votable&"
                     "FORMAT=votable&MAXREC=5&QUERY=SELECT%201");
    const struct proto_query band = {
        .base = "http://a", .band = true, .band_lo_m = 1e-7, .band_hi_m = 2e-7};
    struct proto_query m = m31;
    s = decoded(asked("obscore", &m));
    ck_assert(strstr(s,
                     "WHERE (1 = INTERSECTS(CIRCLE('ICRS', 10.5, -41.25, 0.5), s_region) OR 1 = "
                     "CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', 10.5, -41.25, 0.5)))"));
    free(s);
    m.centre = true;
    s = decoded(asked("obscore", &m));
    ck_assert(strstr(s,
                     "WHERE 1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', 10.5, -41.25, "
                     "0.5))"));
    free(s);
    s = decoded(asked("obscore", &band));
    ck_assert(strstr(s, "FROM ivoa.obscore\nWHERE em_min <= 2e-07 AND em_max >= 1e-07"));
    free(s);
}
END_TEST

/* A table goes with the query as a part of its own; what is sent reads back as that table. */
START_TEST(uploads)
{
    const struct table_field f = {.name = "ra", .datatype = "double", .unit = "deg"};
    struct table *t = table_new(NULL);
    struct proto_request r = {.post = false};
    struct error err;
    table_add(t, &f);
    table_put_double(t, 0, 10.684708);
    ck_assert(table_row_end(t, &err) == OK);
    struct proto_upload u = {.name = "mine", .table = t};
    struct proto_query q = {.base = "http://a/tap",
                            .adql = "SELECT * FROM tap_upload.mine -- vigie-part-0",
                            .upload = &u,
                            .n_upload = 1};
    ck_assert_msg(vo_build(vo_protocol_find("tap"), &q, &r, &err) == OK, "%s", err.text);
    ck_assert_str_eq(r.type.s, "multipart/form-data; boundary=vigie-part-1");
    ck_assert(strstr(r.body.s, "name=\"UPLOAD\"\r\n\r\nmine,param:mine\r\n"));
    ck_assert(strstr(r.body.s, "name=\"QUERY\"\r\n\r\nSELECT * FROM tap_upload.mine -- vigie-"));
    const char *part = strstr(r.body.s, "name=\"mine\"; filename=\"mine\"\r\nContent-Type: "
                                        "application/x-votable+xml\r\n\r\n");
    ck_assert(part != NULL);
    part = strstr(part, "\r\n\r\n") + 4;
    const char *end = strstr(part, "\r\n--vigie-part-1--\r\n");
    ck_assert(end != NULL);
    struct table_reader *reader = table_reader_new(NULL, NULL);
    ck_assert(table_reader_feed(reader, part, (size_t)(end - part), &err) == OK);
    ck_assert(table_reader_end(reader, &err) == OK);
    const struct table *back = table_reader_doc(reader)->tables.at[0];
    ck_assert_uint_eq(back->rows, 1);
    ck_assert_double_eq(table_double(back, 0, 0), 10.684708);
    table_reader_free(reader);
    proto_request_clear(&r);
    u.name = "a b";
    ck_assert(vo_build(vo_protocol_find("tap"), &q, &r, &err) == E_RANGE);
    ck_assert_str_eq(err.text, "TAP: 'a b' is no name for a table: letters, digits and _ only");
    proto_request_clear(&r);
    q = m31;
    q.upload = &u;
    q.n_upload = 1;
    ck_assert_str_eq(asked("scs", &q), "! Simple Cone Search: takes no tables");
    table_free(t);
}
END_TEST

START_TEST(refusals)
{
    struct proto_query q = m31;
    q.dec_deg = 91;
    ck_assert_str_eq(asked("scs", &q),
                     "! Simple Cone Search: no place on the sky: 10.5 91 degrees");
    q = m31;
    q.radius_deg = (double)NAN;
    ck_assert(strstr(asked("sia", &q), "no radius"));
    q = m31;
    q.base = "ftp://a/";
    ck_assert_str_eq(asked("scs", &q),
                     "! Simple Cone Search: ftp://a/ is not the address of a web service");
    q = m31;
    q.time = true;
    q.mjd_lo = 2;
    q.mjd_hi = 1;
    ck_assert_str_eq(asked("scs", &q), "! Simple Cone Search: cannot be asked for a range of time");
    ck_assert_str_eq(asked("sia2", &q), "! Simple Image Access 2: no range of time: MJD 2 .. 1");
    const struct proto_query none = {.base = "http://a"};
    ck_assert_str_eq(asked("tap", &none), "! TAP: needs a query");
    ck_assert_str_eq(asked("datalink", &none), "! DataLink: needs an identifier");
}
END_TEST

START_TEST(standards)
{
    static const char *const row[][2] = {{"ivo://ivoa.net/std/ConeSearch", "scs"},
                                         {"ivo://ivoa.net/std/SIA", "sia"},
                                         {"ivo://ivoa.net/std/SIA#query-2.0", "sia2"},
                                         {"ivo://ivoa.net/std/SIA#query-2.1", "sia2"},
                                         {"ivo://ivoa.net/std/sia#query-aux-2.0", "sia2"},
                                         {"ivo://ivoa.net/std/sia#aux", "sia"},
                                         {"ivo://ivoa.net/std/TAP#aux", "tap"},
                                         {"ivo://ivoa.net/std/DataLink#links-1.1", "datalink"},
                                         {"ivo://ivoa.net/std/VOSI#tables-1.1", "vosi"},
                                         {"ivo://ivoa.net/std/tapregext", NULL},
                                         {NULL, NULL}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct vo_protocol *p = vo_protocol_of(row[i][0]);
        ck_assert_msg(row[i][1] ? p && strcmp(p->name, row[i][1]) == 0 : !p, "%s", row[i][0]);
    }
    ck_assert_str_eq(vo_protocol_find("conesearch")->name, "scs");
    ck_assert(vo_protocol_find("con") == NULL);
}
END_TEST

static const char images[] =
    "<VOTABLE><RESOURCE type='results'><INFO name='QUERY_STATUS' value='OK'/><TABLE>"
    "<FIELD name='a' datatype='char' arraysize='*' ucd='VOX:Image_AccessReference'/>"
    "<FIELD name='m' datatype='char' arraysize='*' ucd='VOX:Image_Format'/>"
    "<FIELD name='s' datatype='int' ucd='VOX:Image_FileSize'/>"
    "<FIELD name='x' datatype='double' ucd='POS_EQ_RA_MAIN'/>"
    "<FIELD name='y' datatype='char' arraysize='*' ucd='POS_EQ_DEC_MAIN'/>"
    "<FIELD name='t' datatype='char' arraysize='*' ucd='VOX:Image_Title'/>"
    "<DATA><TABLEDATA><TR><TD>http://a/1.fits</TD><TD>image/fits</TD><TD>2880</TD><TD>10.5</TD>"
    "<TD>41.2</TD><TD>M 31</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

static const char spectra[] =
    "<VOTABLE><RESOURCE><TABLE>"
    "<FIELD name='u' datatype='char' arraysize='*' utype='ssa:Access.Reference'/>"
    "<FIELD name='f' datatype='char' arraysize='*' utype='SPEC:access.format'/>"
    "<FIELD name='s' datatype='float' utype='ssa:Access.Size'/>"
    "<FIELD name='n' datatype='char' arraysize='*' utype='Target.Name'/>"
    "<DATA><TABLEDATA><TR><TD>http://a/s</TD><TD>application/x-votable+xml;content=datalink</TD>"
    "<TD>12.5</TD><TD>Vega</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

static struct table_reader *read_all(const char *s)
{
    struct table_reader *r = table_reader_new(NULL, NULL);
    struct error err;
    ck_assert(table_reader_feed(r, s, strlen(s), &err) == OK);
    ck_assert(table_reader_end(r, &err) == OK);
    return r;
}

START_TEST(columns)
{
    struct table_reader *r = read_all(images);
    const struct table *t = table_reader_doc(r)->tables.at[0];
    struct proto_columns c;
    struct str s = {0};
    proto_read_columns(vo_protocol_find("sia"), t, &c);
    ck_assert(proto_role_text(t, &c, 0, PROTO_URL, &s));
    ck_assert_str_eq(s.s, "http://a/1.fits");
    ck_assert_double_eq(proto_role_number(t, &c, 0, PROTO_SIZE) * c.size_bytes, 2880);
    ck_assert_double_eq(proto_role_number(t, &c, 0, PROTO_RA), 10.5);
    ck_assert_double_eq(proto_role_number(t, &c, 0, PROTO_DEC),
                        41.2); /* a text, as old ones write */
    ck_assert(!proto_role_text(t, &c, 0, PROTO_SEMANTICS, &s));
    ck_assert(!proto_role_text(t, &c, 1, PROTO_URL, &s));
    table_reader_free(r);
    r = read_all(spectra);
    t = table_reader_doc(r)->tables.at[0];
    proto_read_columns(vo_protocol_find("ssa"), t, &c);
    ck_assert(proto_role_text(t, &c, 0, PROTO_TARGET, &s));
    ck_assert_str_eq(s.s, "Vega");
    ck_assert(proto_role_text(t, &c, 0, PROTO_FORMAT, &s) && vo_is_datalink(s.s));
    ck_assert_double_eq(proto_role_number(t, &c, 0, PROTO_SIZE) * c.size_bytes, 12500);
    ck_assert(isnan(proto_role_number(t, &c, 0, PROTO_RA)));
    str_clear(&s);
    table_reader_free(r);
}
END_TEST

/* 1 eV is 1239.84198 nm (CODATA 2018); bands and limits by the tables named in range.h. */
START_TEST(ranges)
{
    double lo, hi;
    struct error err;
    ck_assert(range_band("500 nm", &lo, &hi, &err) == OK);
    ck_assert_double_eq_tol(lo, 5e-7, 1e-18);
    ck_assert_double_eq(lo, hi);
    ck_assert(range_band("2..10keV", &lo, &hi, &err) == OK);
    ck_assert_double_eq_tol(lo, 1.239841984e-10, 1e-18);
    ck_assert_double_eq_tol(hi, 6.19920992e-10, 1e-18);
    ck_assert(range_band("1.4 GHz", &lo, &hi, &err) == OK);
    ck_assert_double_eq_tol(lo, 0.21413747, 1e-8);
    ck_assert(range_band("4000 7000 A", &lo, &hi, &err) == OK);
    ck_assert_double_eq_tol(lo, 4e-7, 1e-18);
    ck_assert_double_eq_tol(hi, 7e-7, 1e-18);
    ck_assert(range_band("V", &lo, &hi, &err) == OK);
    ck_assert_double_eq_tol((lo + hi) / 2, 545e-9, 1e-15);
    ck_assert(range_band("5 eV", &lo, &hi, &err) == OK);
    ck_assert_double_eq_tol(range_joule(lo), 8.01088317e-19, 1e-27);
    ck_assert(range_band("500", &lo, &hi, &err) == E_PARSE);
    ck_assert_str_eq(err.text, "'500' has no unit: 500 nm, 2 keV, 1.4 GHz");
    ck_assert(range_band("500 parsec", &lo, &hi, &err) == E_PARSE);
    ck_assert(range_band("-5 nm", &lo, &hi, &err) == E_PARSE);
    ck_assert(range_band("", &lo, &hi, &err) == E_PARSE);
    ck_assert(range_time("2019-01-14", NULL, &lo, &hi, &err) == OK);
    ck_assert_double_eq(lo, 58497);
    ck_assert_double_eq(hi, 58498);
    ck_assert(range_time("58497..58503", NULL, &lo, &hi, &err) == OK);
    ck_assert_double_eq(hi, 58503);
    ck_assert(range_time("2019-01-14 .. 2019-01-20T12:00", NULL, &lo, &hi, &err) == OK);
    ck_assert_double_eq(lo, 58497);
    ck_assert_double_eq(hi, 58503.5);
    ck_assert(range_time("2019-01-14T03:00 2019-01-14T05:00", NULL, &lo, &hi, &err) == OK);
    ck_assert_double_eq_tol(hi - lo, 2 / 24.0, 1e-9);
    ck_assert(range_time("58503 58497", NULL, &lo, &hi, &err) == E_PARSE);
    ck_assert(range_time("yesterday", NULL, &lo, &hi, &err) == E_PARSE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("proto");
    TCase *c = tcase_create("all");
    tcase_add_test(c, places);
    tcase_add_test(c, bands_times_and_more);
    tcase_add_test(c, queries);
    tcase_add_test(c, uploads);
    tcase_add_test(c, refusals);
    tcase_add_test(c, standards);
    tcase_add_test(c, columns);
    tcase_add_test(c, ranges);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
