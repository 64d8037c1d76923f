/* check_ask.c - questions to services, against a small server: tables that arrive, every way of saying
 * no, URLs, Sesame's answers. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../io/server.h"
#include "vigie/vo/ask.h"
#include "vigie/vo/resolve.h"
#include "vigie/vo/simple.h"

#define OK_HEAD                                                                                    \
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-votable+xml\r\nConnection: close\r\n\r\n"
#define BAD_HEAD  "HTTP/1.1 400 Bad\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
#define HTML_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
#define TABLE                                                                                      \
    "<VOTABLE><RESOURCE><TABLE><FIELD name=\"a\" "                                                 \
    "datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD>"                                            \
    "</TR><TR><TD>2</TD></TR></TABLEDATA></DATA></TABLE>"
#define END "</RESOURCE></VOTABLE>"
#define SAYS_NO                                                                                    \
    "<VOTABLE><RESOURCE><INFO name=\"QUERY_STATUS\" value=\"ERROR\">no column\x20\tfoo</INFO>" END

struct got {
    int done;
    enum status status;
    char text[256];
    size_t rows;
    bool doc, overflow, excess, partial, says_cut, says_why;
};

static void on_done(void *arg, struct vo_answer *a)
{
    struct got *g = arg;
    g->done++;
    g->status = a->err.status;
    snprintf(g->text, sizeof g->text, "%s", a->err.status == OK ? "" : a->err.text);
    g->doc = a->doc != NULL;
    g->overflow = a->overflow;
    g->excess = a->excess;
    g->says_cut = a->doc && a->doc->status == TABLE_STATUS_OVERFLOW;
    g->says_why = a->doc && a->doc->fault && strstr(a->doc->fault, "ends too early");
    if (a->doc && a->doc->tables.n) {
        g->rows = a->doc->tables.at[0]->rows;
        g->partial = a->doc->tables.at[0]->partial;
    }
}

static struct got ask(const char *reply, uint64_t max_rows)
{
    struct server_step step = {.answer = reply};
    struct server *server = server_start(&step, 1);
    struct loop *loop = loop_new(clock_system());
    const struct http_options options = {.tries = 1};
    struct http *h = http_new(loop, &options);
    struct got g = {0};
    struct error err;
    const struct vo_question q = {.name = "TAP",
                                  .url = server_url(server, "/tap/sync"),
                                  .max_rows = max_rows,
                                  .done = on_done,
                                  .arg = &g};
    uint64_t id = vo_ask(h, &q, &err);
    ck_assert_msg(id != 0, "%s", err.text);
    http_wait(h, id);
    ck_assert_int_eq(g.done, 1);
    http_free(h);
    loop_free(loop);
    server_stop(server);
    return g;
}

START_TEST(answers)
{
    static const struct {
        const char *reply;
        uint64_t max_rows;
        enum status status;
        const char *text;
        size_t rows;
        bool overflow;
    } row[] = {
        {OK_HEAD TABLE END, 0, OK, "", 2, false},
        {OK_HEAD TABLE END, 2, OK, "", 2, true},
        {OK_HEAD TABLE END, 1, OK, "", 2, false}, /* it knows no limit, and cuts nothing */
        {OK_HEAD TABLE "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/>" END, 0, OK, "", 2, true},
        {OK_HEAD SAYS_NO, 0, E_REFUSED, "TAP: no column foo", 0, false},
        {BAD_HEAD SAYS_NO, 0, E_REFUSED, "TAP: no column foo (HTTP 400)", 0, false},
        {"HTTP/1.1 500 Bad\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nout of disk\n",
         0, E_REFUSED, "TAP: out of disk (HTTP 500)", 0, false},
        {HTML_HEAD "<html><body>hello</body></html>", 0, E_PARSE,
         "TAP: answered a web page, no table", 0, false},
        {OK_HEAD TABLE, 0, E_PARSE, "TAP: line 1: the document ends too early", 2, false},
        {OK_HEAD, 0, E_PARSE, "TAP: the answer is empty", 0, false},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct got g = ask(row[i].reply, row[i].max_rows);
        ck_assert_str_eq(g.text, row[i].text);
        ck_assert_int_eq(g.status, row[i].status);
        ck_assert_uint_eq(g.rows, row[i].rows);
        ck_assert_int_eq(g.overflow, row[i].overflow);
        ck_assert_int_eq(g.says_cut, row[i].overflow);
        ck_assert_int_eq(g.says_why, strstr(row[i].text, "ends too early") != NULL);
        ck_assert_int_eq(g.excess, g.status == OK && row[i].max_rows && g.rows > row[i].max_rows);
        ck_assert(!g.rows || g.partial == (row[i].overflow || row[i].status != OK));
    }
}
END_TEST

START_TEST(urls)
{
    struct str s = {0}, form = {0};
    vo_tap_sync(&s, &form, "http://a/tap/", "SELECT * FROM t WHERE a<1 & b", 5);
    ck_assert_str_eq(s.s, "http://a/tap/sync");
    ck_assert_str_eq(form.s,
                     "REQUEST=doQuery&LANG=ADQL&RESPONSEFORMAT=votable&FORMAT=votable&MAXREC=5&"
                     "QUERY=SELECT%20%2A%20FROM%20t%20WHERE%20a%3C1%20%26%20b");
    str_reset(&s);
    vo_adql_name(&s, "ra");
    vo_adql_name(&s, "size");
    vo_adql_name(&s, "a\"b c");
    ck_assert_str_eq(s.s, "ra\"size\"\"a\"\"b c\"");
    str_clear(&s);
    str_clear(&form);
}
END_TEST

/* In the form of Sesame's -ox output; values of M 31 from SIMBAD. */
START_TEST(sesame)
{
    static const char good[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><Sesame><Target "
        "option=\"SNV\">"
        "<name>m31</name><Resolver name=\"S=Simbad (CDS, via client/server)\"><otype>AGN</otype>"
        "<jpos>00:42:44.33 +41:16:07.5</jpos><jradeg>10.6847083</jradeg><jdedeg>41.26875</jdedeg>"
        "<Vel><v>-300</v><e>4</e></Vel><oname>M  31</oname></Resolver></Target></Sesame>";
    static const char none[] = "<Sesame><Target option=\"SNV\"><name>xyzzy</name><Resolver "
                               "name=\"S=Simbad\"><INFO>*** Nothing found ***</INFO></Resolver>"
                               "</Target></Sesame>";
    struct vo_object o;
    struct error err;
    struct str url = {0};
    ck_assert(vo_resolve_read(good, sizeof good - 1, "m31", &o, &err) == OK);
    ck_assert_double_eq_tol(o.ra_deg, 10.6847083, 1e-9);
    ck_assert_double_eq_tol(o.dec_deg, 41.26875, 1e-9);
    ck_assert_double_eq_tol(o.velocity_kms, -300, 1e-9);
    ck_assert(isnan(o.parallax_mas));
    ck_assert_str_eq(o.name, "M 31");
    ck_assert_str_eq(o.kind, "AGN");
    ck_assert(vo_resolve_read(none, sizeof none - 1, "xyzzy", &o, &err) == E_ABSENT);
    ck_assert_str_eq(err.text, "Sesame: nothing is called 'xyzzy'");
    ck_assert(vo_resolve_read("<html/>", 7, "x", &o, &err) == E_PARSE);
    ck_assert(vo_resolve_read("busy", 4, "x", &o, &err) == E_PARSE);
    ck_assert(vo_resolve_url(&url, 0, "NGC 1275 & x"));
    ck_assert_str_eq(url.s,
                     "https://cds.unistra.fr/cgi-bin/nph-sesame/-oxp/SNV?NGC%201275%20%26%20x");
    ck_assert(!vo_resolve_url(&url, 9, "x"));
    str_clear(&url);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ask");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, answers);
    tcase_add_test(c, urls);
    tcase_add_test(c, sesame);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
