/* check_service.c - what services say of themselves: tables in pieces, availability, capabilities, examples,
 * services that an answer describes. Documents of real services: the corpus. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/formats/tableio.h"
#include "vigie/vo/adql.h"
#include "vigie/vo/datalink.h"
#include "vigie/vo/schema.h"
#include "vigie/vo/vosi.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define F(n) "<FIELD name=\"" n "\" datatype=\"char\" arraysize=\"*\"/>"
#define T(fields, rows)                                                                            \
    HEAD "<VOTABLE><RESOURCE><TABLE>" fields "<DATA><TABLEDATA>" rows                              \
         "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
#define TABLES                                                                                     \
    T(F("schema_name") F("table_name") F("description"),                                           \
      "<TR><TD>grb</TD><TD>grb.main</TD><TD>Bursts\t of  all kinds</TD></TR>"                      \
      "<TR><TD>rr</TD><TD>rr.resource</TD><TD/></TR>")
#define COLUMNS                                                                                    \
    T(F("column_name") F("datatype") F("unit")                                                     \
          F("ucd") "<FIELD name=\"indexed\" datatype=\"int\"/>",                                   \
      "<TR><TD>ra</TD><TD>double</TD><TD>deg</TD><TD>pos.eq.ra;meta.main</TD><TD>1</TD></TR>"      \
      "<TR><TD>name</TD><TD>char</TD><TD/><TD>meta.id</TD><TD>0</TD></TR>")
#define REFUSED                                                                                    \
    HEAD "<VOTABLE><RESOURCE><INFO name=\"QUERY_STATUS\" value=\"ERROR\">no TAP_SCHEMA</INFO>"     \
         "</RESOURCE></VOTABLE>"
#define VOSI                                                                                       \
    HEAD "<v:tableset xmlns:v='u'><schema><name>s</name><table><name>s.t</name><description>d"     \
         "</description></table></schema></v:tableset>"
#define VOSI_TABLE                                                                                 \
    HEAD "<v:table xmlns:v='u'><name>s.t</name><column><name>x</name><unit>m</unit>"               \
         "<dataType>float</dataType><flag>indexed</flag></column></v:table>"

struct seen {
    struct loop *loop;
    int changes, last;
};

static void on_changed(void *arg, struct schema *s, int i)
{
    (void)s;
    struct seen *seen = arg;
    seen->changes++;
    seen->last = i;
    loop_stop(seen->loop);
}

static struct schema *play(const struct server_step *steps, int n, struct server **server,
                           struct http **http, struct seen *seen)
{
    const struct http_options o = {.tries = 1};
    *seen = (struct seen){.loop = loop_new(clock_system()), .last = -9};
    *http = http_new(seen->loop, &o);
    *server = server_start(steps, n);
    return schema_new(*http, "TAP", server_url(*server, "/tap"), on_changed, seen);
}

START_TEST(tables_in_pieces)
{
    const struct server_step steps[] = {{.answer = TABLES}, {.answer = COLUMNS}};
    struct server *server;
    struct http *http;
    struct seen seen;
    struct schema *s = play(steps, 2, &server, &http, &seen);
    schema_ask_tables(s);
    ck_assert(schema_state(s) == SCHEMA_ASKED);
    loop_run(seen.loop);
    ck_assert(schema_state(s) == SCHEMA_KNOWN && seen.last == -1);
    ck_assert_uint_eq(schema_count(s), 2);
    ck_assert_str_eq(schema_table(s, 0)->description, "Bursts of all kinds");
    ck_assert_int_eq(schema_find(s, "GRB.main"), 0);
    ck_assert_int_eq(schema_find(s, "resource"), 1);
    ck_assert_int_eq(schema_find(s, "nothing"), -1);
    ck_assert(schema_table(s, 0)->state == SCHEMA_UNKNOWN);
    schema_ask_columns(s, 0);
    schema_ask_columns(s, 0);
    loop_run(seen.loop);
    ck_assert_int_eq(server_count(server), 2);
    ck_assert(strstr(server_request(server, 1), "table_name%20%3D%20%27grb.main%27"));
    const struct schema_table *t = schema_table(s, 0);
    ck_assert(t->state == SCHEMA_KNOWN);
    ck_assert_uint_eq(t->column.n, 2);
    ck_assert_str_eq(t->column.at[0].unit, "deg");
    ck_assert(t->column.at[0].indexed && !t->column.at[1].indexed);
    schema_free(s);
    http_free(http);
    loop_free(seen.loop);
    server_stop(server);
}
END_TEST

/* A service without TAP_SCHEMA: VOSI, first in short, then the table. */
START_TEST(tables_by_vosi)
{
    const struct server_step steps[] = {
        {.answer = REFUSED}, {.answer = VOSI}, {.answer = VOSI_TABLE}, {.answer = HEAD "<html/>"}};
    struct server *server;
    struct http *http;
    struct seen seen;
    struct schema *s = play(steps, 4, &server, &http, &seen);
    schema_ask_tables(s);
    loop_run(seen.loop);
    ck_assert(schema_state(s) == SCHEMA_KNOWN);
    ck_assert(strstr(server_request(server, 1), "GET /tap/tables?detail=min "));
    ck_assert_str_eq(schema_table(s, 0)->schema, "s");
    schema_ask_columns(s, 0);
    loop_run(seen.loop);
    ck_assert(strstr(server_request(server, 2), "GET /tap/tables/s.t "));
    ck_assert_str_eq(schema_table(s, 0)->column.at[0].type, "float");
    ck_assert(schema_table(s, 0)->column.at[0].indexed);
    schema_free(s);
    s = schema_new(http, "TAP", server_url(server, "/tap"), on_changed, &seen);
    schema_ask_tables(s);
    loop_run(seen.loop);
    ck_assert(schema_state(s) == SCHEMA_FAILED);
    ck_assert_str_eq(schema_why(s)->text, "TAP: tables: the root is html, not tableset");
    schema_ask_tables(s);
    schema_free(s); /* while it is asked */
    http_free(http);
    loop_free(seen.loop);
    server_stop(server);
}
END_TEST

static const char *corpus(const char *name, struct str *out)
{
    const char *root = getenv("VIGIE_CORPUS");
    struct error err;
    if (!root) {
        printf("check_service: VIGIE_CORPUS is not set: documents of real services are left out\n");
        return NULL;
    }
    char *path = mem_printf("%s/votable/files/%s", root, name);
    ck_assert_msg(file_read(path, 1 << 24, out, &err) == OK, "%s", err.text);
    free(path);
    return str_c(out);
}

/* Numbers of the corpus's expected.jsonl. */
START_TEST(real_documents)
{
    struct str s = {0};
    struct error err;
    struct vosi_capabilities c;
    struct vosi_availability a;
    if (!corpus("dachs__capabilities_tap.xml", &s))
        return;
    ck_assert_msg(vosi_read_capabilities(s.s, s.n, &c, &err) == OK, "%s", err.text);
    ck_assert_uint_gt(c.capability.n, 3);
    ck_assert_str_eq(c.capability.at[0].kind, "tap");
    ck_assert(c.upload && c.rows_default == 20000 && c.rows_most > c.rows_default);
    ck_assert_str_eq(c.language.at[0], "ADQL 2.0 2.1");
    bool moc = false, udf = false;
    for (size_t i = 0; i < c.feature.n; i++)
        moc |= strcmp(c.feature.at[i], "MOC") == 0;
    for (size_t i = 0; i < c.function.n; i++)
        udf |= strncmp(c.function.at[i], "gavo_vocmatch(", 14) == 0;
    ck_assert(moc && udf);
    vosi_clear(&c);
    corpus("dachs__availability_scs.xml", &s);
    ck_assert(vosi_read_availability(s.s, s.n, &a, &err) == OK && a.available && *a.up_since);
    corpus("astroquery__casda_availability.xml", &s);
    ck_assert(vosi_read_availability(s.s, s.n, &a, &err) == OK);
    struct schema *schema = schema_new(NULL, "TAP", "http://a/tap", NULL, NULL);
    corpus("pyvo__dal_tap_tables.xml", &s);
    ck_assert_msg(schema_read(schema, s.s, s.n, &err) == OK, "%s", err.text);
    ck_assert_uint_gt(schema_count(schema), 0);
    corpus("dachs__tables_tap.xml", &s);
    ck_assert_msg(schema_read(schema, s.s, s.n, &err) == OK, "%s", err.text);
    int rr = schema_find(schema, "rr.resource");
    ck_assert_int_ge(rr, 0);
    ck_assert_uint_gt(schema_table(schema, (size_t)rr)->column.n, 10);
    schema_free(schema);
    str_clear(&s);
}
END_TEST

static const char page[] =
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x.dtd\"><html "
    "xmlns=\"http://www.w3.org/1999/xhtml\"><body vocab=\"ivo://ivoa.net/std/DALI-examples#\">"
    "<div typeof=\"example\" id=\"a\"><h2 property=\"name\">Bursts\n with <em>z</em></h2><p>"
    "<pre property=\"query\">\n  SELECT *\n    FROM grb.main\n   WHERE z &lt; 1\n</pre></p></div>"
    "<div typeof=\"example\"><h2 property=\"name\">none</h2></div></body></html>";

START_TEST(examples_and_faults)
{
    struct vosi_examples e;
    struct vosi_capabilities c;
    struct vosi_availability a;
    struct error err;
    ck_assert_msg(vosi_read_examples(page, sizeof page - 1, &e, &err) == OK, "%s", err.text);
    ck_assert_uint_eq(e.example.n, 1);
    ck_assert_str_eq(e.example.at[0].query, "SELECT *\n    FROM grb.main\n   WHERE z < 1");
    ck_assert(strncmp(e.example.at[0].name, "Bursts with", 11) == 0);
    vosi_examples_clear(&e);
    ck_assert(vosi_read_examples("nothing", 7, &e, &err) == E_PARSE);
    ck_assert(vosi_read_capabilities("<html/>", 7, &c, &err) == E_PARSE);
    ck_assert_str_eq(err.text, "capabilities: the root is html, not capabilities");
    ck_assert(vosi_read_availability("<availability>", 14, &a, &err) == E_PARSE);
    struct str url = {0};
    vosi_url(&url, "http://a/scs.xml?x=1", "availability");
    ck_assert_str_eq(url.s, "http://a/scs.xml/availability");
    str_reset(&url);
    ck_assert(vosi_url_beside(&url, "http://a/q/scs.xml?x=a/b", "capabilities"));
    ck_assert_str_eq(url.s, "http://a/q/capabilities");
    ck_assert(!vosi_url_beside(&url, "http://a", "capabilities"));
    ck_assert(!vosi_url_beside(&url, "http://a?x=/", "capabilities"));
    str_clear(&url);
}
END_TEST

static const char described[] =
    "<VOTABLE><RESOURCE type='results'><TABLE>"
    "<FIELD ID='pubdid' name='ssa_pubDID' datatype='char' arraysize='*' utype='ssa:Curation."
    "PublisherDID'/><FIELD name='accref' datatype='char' arraysize='*' utype='ssa:Access."
    "Reference'/><DATA><TABLEDATA><TR><TD>ivo://x/y?1</TD><TD>http://a/1</TD></TR><TR><TD/><TD/>"
    "</TR></TABLEDATA></DATA></TABLE></RESOURCE>"
    "<RESOURCE type='meta' utype='adhoc:service' ID='links'><PARAM name='accessURL' "
    "datatype='char' "
    "arraysize='*' value='http://a/dl?k=1'/><PARAM name='standardID' datatype='char' arraysize='*' "
    "value='ivo://ivoa.net/std/DataLink#links-1.1'/><GROUP name='inputParams'><PARAM name='ID' "
    "datatype='char' arraysize='*' ref='pubdid' value=''/></GROUP></RESOURCE>"
    "<RESOURCE type='meta' utype='adhoc:service' ID='soda'><PARAM name='accessURL' datatype='char' "
    "arraysize='*' value='http://a/soda'/><GROUP name='inputParams'><PARAM name='ID' datatype="
    "'char' arraysize='*' value='fixed'/><PARAM name='CIRCLE' datatype='double' arraysize='3' "
    "unit='deg' value=''><DESCRIPTION>cut out</DESCRIPTION><VALUES><MIN value='1'/><MAX value='9'/>"
    "<OPTION value='a'/><OPTION value='b'/></VALUES></PARAM></GROUP></RESOURCE></VOTABLE>";

START_TEST(described_services)
{
    struct table_reader *r = table_reader_new(NULL, NULL);
    struct datalink_services s;
    struct error err;
    struct str url = {0};
    ck_assert(table_reader_feed(r, described, sizeof described - 1, &err) == OK);
    ck_assert(table_reader_end(r, &err) == OK);
    const struct table_doc *doc = table_reader_doc(r);
    const struct table *t = doc->tables.at[0];
    datalink_services(doc, t, &s);
    ck_assert_uint_eq(s.service.n, 2);
    ck_assert(datalink_find(&s, "none") == NULL);
    const struct datalink_service *links = datalink_find(&s, "links"),
                                  *soda = datalink_find(&s, "soda");
    ck_assert_int_eq(links->input.at[0].column, 0);
    ck_assert(datalink_url(links, t, 0, NULL, 0, &url, &err) == OK);
    ck_assert_str_eq(url.s, "http://a/dl?k=1&ID=ivo%3A%2F%2Fx%2Fy%3F1");
    str_reset(&url);
    ck_assert(datalink_url(links, t, 1, NULL, 0, &url, &err) == E_ABSENT);
    ck_assert_str_eq(err.text, "the row has no ID");
    ck_assert_str_eq(soda->input.at[1].options, "a|b");
    ck_assert_str_eq(soda->input.at[1].max, "9");
    const struct proto_param circle = {"circle", "10 20 0.1"}, no = {"SIZE", "1"};
    str_reset(&url);
    ck_assert(datalink_url(soda, t, 0, &circle, 1, &url, &err) == OK);
    ck_assert_str_eq(url.s, "http://a/soda?ID=fixed&CIRCLE=10%2020%200.1");
    ck_assert(datalink_url(soda, t, 0, &no, 1, &url, &err) == E_RANGE);
    ck_assert_str_eq(err.text, "service soda has no parameter SIZE");
    struct proto_columns c;
    proto_read_columns(vo_protocol_find("ssa"), t, &c);
    ck_assert(datalink_of_row(doc, t, &c, 0, &url));
    ck_assert(strstr(url.s, "http://a/dl?k=1&ID="));
    ck_assert(!datalink_of_row(doc, t, &c, 1, &url));
    str_clear(&url);
    datalink_services_clear(&s);
    table_reader_free(r);
}
END_TEST

START_TEST(queries_before_they_are_asked)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"SELECT TOP 5 * FROM t WHERE name = 'it''s ) (' -- ( here '\n", NULL},
        {"-- what for\nwith a as (select 1 as \"odd )\" from t) select * from a", NULL},
        {"(SELECT a FROM t)\nUNION\n(SELECT a FROM u)", NULL},
        {" \n-- SELECT * FROM t\n", "nothing is written"},
        {"\n\nUPDATE t SET a = 1", "line 3: a query begins with SELECT (or WITH)"},
        {"SELECTED", "line 1: a query begins with SELECT (or WITH)"},
        {"SELECT *\nFROM t\nWHERE name = 'M 31\nAND x > 1", "line 3: this ' is not closed"},
        {"SELECT \"ra FROM t", "line 1: this \" is not closed"},
        {"SELECT *\nFROM t WHERE 1 = CONTAINS(POINT(ra, dec),\nCIRCLE(1, 2, 3)",
         "line 2: this ( is not closed"},
        {"SELECT a\n) FROM t", "line 2: this ) was not opened"},
    };
    struct error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        err.text[0] = 0;
        enum status s = adql_check(cases[i].text, &err);
        if (!cases[i].fault)
            ck_assert_msg(s == OK, "%s: %s", cases[i].text, err.text);
        else
            ck_assert_msg(s != OK && !strcmp(err.text, cases[i].fault), "%s: %s", cases[i].text,
                          err.text);
    }
    char deep[600] = "SELECT ";
    memset(deep + 7, '(', 500);
    ck_assert(adql_check(deep, &err) == E_PARSE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("service");
    TCase *c = tcase_create("all");
    tcase_add_test(c, tables_in_pieces);
    tcase_add_test(c, tables_by_vosi);
    tcase_add_test(c, real_documents);
    tcase_add_test(c, examples_and_faults);
    tcase_add_test(c, described_services);
    tcase_add_test(c, queries_before_they_are_asked);
    tcase_set_timeout(c, 20);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
