/* check_voevent.c - a packet is read whole: every part of the standard, and nothing from a wrong
 * place. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/voevent.h"

static const char packet[] =
    "<?xml version='1.0'?>\n"
    "<v:VOEvent xmlns:v='http://www.ivoa.net/xml/VOEvent/v2.1' ivorn='ivo://a/b#c' version='2.1'>"
    "<Description> all of it </Description>"
    "<Citations><EventIVORN cite='supersedes'> ivo://a/b#1 </EventIVORN>"
    "<EventIVORN cite='retraction'>ivo://a/b#2</EventIVORN></Citations>"
    "<Who><AuthorIVORN>ivo://a</AuthorIVORN><Date>2024-01-02T03:05:00</Date>"
    "<Author><contactName>N. N.</contactName><contributor>P</contributor>"
    "<contributor>Q</contributor></Author></Who>"
    "<What><Param name='p' value='1' unit='s' ucd='time'/>"
    "<Group name='g' type='t'><Param name='p'><Value> 2 </Value></Param>"
    "<Param name='none'/></Group>"
    "<Group type='only type'><Param name='q' value=''/></Group>"
    "<Table name='T'><Param name='inside' value='x'/><Field name='f1' unit='mag'/>"
    "<Field name='f2'/><Data><TR><TD>1</TD><TD>2</TD><TD>3</TD></TR><TR><TD>4</TD></TR></Data>"
    "</Table><Reference uri='http://one'/></What>"
    "<WhereWhen><ObsDataLocation><ObservatoryLocation id='MO'>"
    "<AstroCoords coord_system_id='UTC-GEOD-TOPO'><Position3D unit='deg-deg-m'><Value3>"
    "<C1>149.4</C1><C2>-35.3</C2><C3>749</C3></Value3></Position3D></AstroCoords>"
    "</ObservatoryLocation><ObservationLocation><AstroCoordSystem id='TDB-ICRS-BARY'/>"
    "<AstroCoords><Time unit='s'><TimeInstant><ISOTime>2024-01-02T03:04:05</ISOTime></TimeInstant>"
    "<Error>0.5</Error></Time><Position2D unit='deg'><Name1>RA</Name1><Name2>Dec</Name2>"
    "<Value2><C1 pos_unit='arcmin'>10.5</C1><C2>-20.25</C2></Value2>"
    "<Error2 pos_unit='arcsec'><C1>1.5</C1><C2>9</C2></Error2></Position2D></AstroCoords>"
    "<AstroCoords coord_system_id='UTC-FK5-GEO'><Time><TimeInterval><ISOTimeStart>2024-01-01"
    "</ISOTimeStart><ISOTimeStop>2024-01-03</ISOTimeStop></TimeInterval></Time>"
    "<PositionName>Jupiter</PositionName></AstroCoords>"
    "</ObservationLocation></ObsDataLocation></WhereWhen>"
    "<How><Description>how</Description><Reference uri='http://two' type='url'/></How>"
    "<Why importance='0.5' expires='2024-02-01T00:00:00'><Name>SN 1</Name><Concept>sn</Concept>"
    "<Inference probability='0.9' relation='associated'><Name>NGC 1</Name>"
    "<Reference uri='http://three'/></Inference></Why>"
    "</v:VOEvent>";

START_TEST(all_parts)
{
    struct voevent v;
    struct error err;
    ck_assert_msg(voevent_read(packet, strlen(packet), &v, &err) == OK, "%s", err.text);
    ck_assert_str_eq(v.ivorn, "ivo://a/b#c");
    ck_assert_ptr_null(v.role);
    ck_assert_str_eq(v.version, "2.1");
    ck_assert_str_eq(v.uri, "http://www.ivoa.net/xml/VOEvent/v2.1");
    ck_assert_str_eq(v.description, "all of it");
    ck_assert_str_eq(v.date, "2024-01-02T03:05:00");
    ck_assert_str_eq(v.author.contact_name, "N. N.");
    ck_assert_uint_eq(v.author.contributors.n, 2);
    ck_assert_uint_eq(v.n_citations, 2);
    ck_assert_str_eq(v.citations[0].cite, "supersedes");
    ck_assert_str_eq(v.citations[0].ivorn, "ivo://a/b#1");
    ck_assert_str_eq(v.citations[1].cite, "retraction");
    ck_assert_str_eq(v.importance, "0.5");
    ck_assert_uint_eq(v.names.n, 2);
    ck_assert_str_eq(v.names.at[0], "SN 1");
    ck_assert_str_eq(v.names.at[1], "NGC 1");
    ck_assert_str_eq(v.inferences[0].names.at[0], "NGC 1");
    ck_assert_str_eq(v.how.at[0], "how");
    ck_assert_uint_eq(v.n_references, 3);
    ck_assert_str_eq(v.references[0].uri, "http://one");
    ck_assert_str_eq(v.references[2].uri, "http://three");
    voevent_clear(&v);
}
END_TEST

START_TEST(params_and_tables)
{
    struct voevent v;
    ck_assert_int_eq(voevent_read(packet, strlen(packet), &v, NULL), OK);
    ck_assert_uint_eq(v.params.n, 4);
    ck_assert_ptr_null(v.params.at[0].group);
    ck_assert_str_eq(v.params.at[0].unit, "s");
    ck_assert_str_eq(v.params.at[1].group, "g");
    ck_assert_str_eq(v.params.at[1].value, "2");
    ck_assert_ptr_null(v.params.at[2].value);
    ck_assert_str_eq(v.params.at[3].group, "only type");
    ck_assert_str_eq(v.params.at[3].value, "");
    ck_assert_ptr_null(v.params.at[3].unit);
    ck_assert_str_eq(voevent_param(&v, "G", "P")->value, "2");
    ck_assert_str_eq(voevent_param(&v, NULL, "P")->value, "1");
    ck_assert_ptr_null(voevent_param(&v, NULL, "inside"));
    ck_assert_uint_eq(v.n_tables, 1);
    ck_assert_uint_eq(v.tables[0].fields.n, 2);
    ck_assert_str_eq(v.tables[0].fields.at[0].unit, "mag");
    ck_assert_uint_eq(v.tables[0].n_rows, 2);
    ck_assert_str_eq(v.tables[0].cell[1], "2");
    ck_assert_str_eq(v.tables[0].cell[2], "4");
    ck_assert_ptr_null(v.tables[0].cell[3]);
    ck_assert_str_eq(v.tables[0].params.at[0].value, "x");
    voevent_clear(&v);
}
END_TEST

START_TEST(where_and_when)
{
    struct voevent v;
    ck_assert_int_eq(voevent_read(packet, strlen(packet), &v, NULL), OK);
    ck_assert_str_eq(v.observatory, "MO");
    ck_assert_uint_eq(v.site.n, 1);
    ck_assert(v.site.at[0].position3d);
    ck_assert_str_eq(v.site.at[0].c[2], "749");
    ck_assert_uint_eq(v.coords.n, 2);
    const struct voevent_coords *c = v.coords.at;
    ck_assert(c->position2d && !c->position3d);
    ck_assert_str_eq(c->coord_system, "TDB-ICRS-BARY");
    ck_assert_str_eq(c->iso_time, "2024-01-02T03:04:05");
    ck_assert_str_eq(c->time_error, "0.5");
    ck_assert_str_eq(c->c[0], "10.5");
    ck_assert_str_eq(c->unit[0], "arcmin");
    ck_assert_str_eq(c->unit[1], "deg");
    ck_assert_str_eq(c->name[1], "Dec");
    ck_assert_str_eq(c->error2, "9");
    ck_assert_str_eq(c->error2_unit, "arcsec");
    ck_assert_str_eq(c[1].position_name, "Jupiter");
    ck_assert_str_eq(c[1].time_start, "2024-01-01");
    ck_assert_str_eq(c[1].time_stop, "2024-01-03");
    voevent_clear(&v);
}
END_TEST

START_TEST(refused)
{
    static const char html[] = "<html><VOEvent/></html>",
                      doctype[] = "<!DOCTYPE VOEvent><VOEvent/>";
    struct voevent v;
    struct error err;
    ck_assert_int_eq(voevent_read(html, strlen(html), &v, &err), E_PARSE);
    ck_assert_str_eq(err.text, "the root is html, not VOEvent");
    voevent_clear(&v);
    ck_assert_int_eq(voevent_read(doctype, strlen(doctype), &v, &err), E_PARSE);
    voevent_clear(&v);
    ck_assert_int_eq(voevent_read("<VOEvent/>", 10, &v, &err), OK);
    ck_assert_ptr_null(v.ivorn);
    ck_assert_uint_eq(v.params.n, 0);
    voevent_clear(&v);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("voevent");
    TCase *t = tcase_create("voevent");
    tcase_add_test(t, all_parts);
    tcase_add_test(t, params_and_tables);
    tcase_add_test(t, where_and_when);
    tcase_add_test(t, refused);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
