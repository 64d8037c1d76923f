/* check_votable.c - VOTable: small documents written here, whole and byte by byte, with the quick way
 * and without it; hostile ones.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/votable.h"

#define HEAD "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\">"
#define TAIL "</RESOURCE></VOTABLE>"

/* The document read in pieces of n bytes. *status: of the reading. */
static struct table_doc *read_pieces(const char *s, size_t length, size_t n, bool slow,
                                     const struct table_limits *limits, enum status *status,
                                     struct error *err)
{
    struct votable *v = votable_new(limits);
    *status = OK;
    if (slow)
        votable_slow(v);
    for (size_t at = 0; at < length && *status == OK; at += n) {
        size_t k = length - at < n ? length - at : n;
        char *copy = mem_dup(s + at, k); /* so that a read too far is seen */
        *status = votable_feed(v, copy, k, err);
        free(copy);
    }
    if (*status == OK)
        *status = votable_end(v, err);
    struct table_doc *doc = votable_take(v);
    votable_free(v);
    return doc;
}

/* Everything in a document, as a text. */
static char *dump(const struct table_doc *doc)
{
    struct str s = {0};
    str_addf(&s, "%s %s %s %s\n", doc->version ? doc->version : "-",
             table_status_name(doc->status) ? table_status_name(doc->status) : "-",
             doc->message ? doc->message : "-", doc->fault ? doc->fault : "-");
    for (size_t i = 0; i < doc->tables.n; i++) {
        const struct table *t = doc->tables.at[i];
        str_addf(&s, "table %s %zu %d\n", t->name ? t->name : "-", t->rows, t->partial);
        for (size_t row = 0; row < t->rows; row++) {
            for (size_t c = 0; c < t->n_columns; c++) {
                str_addc(&s, c ? '|' : ' ');
                if (table_null(t, row, c))
                    str_addc(&s, '#');
                else
                    table_cell(t, row, c, &s);
            }
            str_addc(&s, '\n');
        }
    }
    return str_take(&s);
}

/* Reads it whole and in small pieces, quick and slow: all the same. The dump is the caller's. */
static char *read_all_ways(const char *s, size_t n, enum status *status)
{
    struct error err = {OK, ""}, first;
    char *want = NULL;
    static const size_t pieces[] = {1 << 20, 1, 7, 64};
    for (int slow = 0; slow < 2; slow++)
        for (size_t i = 0; i < 4; i++) {
            enum status st;
            struct table_doc *doc = read_pieces(s, n, pieces[i], slow, NULL, &st, &err);
            char *got = dump(doc);
            if (!want) {
                want = got;
                *status = st;
                first = err;
            } else {
                ck_assert_str_eq(got, want);
                ck_assert_int_eq(st, *status);
                if (st != OK)
                    ck_assert_str_eq(err.text, first.text);
                free(got);
            }
            table_doc_free(doc);
        }
    return want;
}

static void expect(const char *doc, const char *want)
{
    enum status s;
    char *got = read_all_ways(doc, strlen(doc), &s);
    ck_assert_msg(s == OK, "%s", got);
    ck_assert_str_eq(got, want);
    free(got);
}

START_TEST(tabledata)
{
    expect(HEAD "<TABLE name=\"t\"><FIELD name=\"a\" datatype=\"int\"/><FIELD name=\"b\" "
                "datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA>\n"
                "<TR><TD>1</TD><TD>x &lt; y</TD></TR>\n <TR> <TD>2</TD> <TD>\xce\xb1</TD> </TR>"
                "<TR><TD/><TD></TD></TR><TR><TD>4</TD></TR><TR><TD>5</TD><TD>e</TD><TD>f</TD></TR>"
                "<TR><TD><!-- no -->6</TD><TD><![CDATA[<g>]]></TD></TR><TR/>"
                "<!-- <TR><TD>9</TD><TD>in a comment</TD></TR> --><TR ID=\"r\"><TD>7</TD><TD\n"
                ">h</TD ></TR></TABLEDATA></DATA></TABLE>" TAIL,
           "1.4 - - -\ntable t 8 0\n 1|x < y\n 2|\xce\xb1\n #|#\n 4|#\n 5|e\n 6|<g>\n #|#\n 7|h\n");
}
END_TEST

START_TEST(prefixes_and_no_namespace)
{
    expect("<?xml version=\"1.0\"?><!DOCTYPE VOTABLE SYSTEM \"http://us-vo.org/xml/VOTable.dtd\">"
           "<v:VOTABLE xmlns:v=\"http://www.ivoa.net/xml/VOTable/v1.3\"><v:RESOURCE><v:TABLE>"
           "<v:FIELD name=\"a\" datatype=\"int\"/><v:DATA><v:TABLEDATA><v:TR><v:TD>1</v:TD></v:TR>"
           "</v:TABLEDATA></v:DATA></v:TABLE></v:RESOURCE></v:VOTABLE>",
           "- - - -\ntable - 1 0\n 1\n");
}
END_TEST

/* What stands in a comment or a CDATA section and looks like rows is none. */
START_TEST(rows_that_are_none)
{
    expect(HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA><!-- <TABLEDATA>"
                "<TR><TD>1</TD></TR> --><TR><TD>2</TD></TR><?pi <TABLEDATA><TR><TD>3</TD></TR>?>"
                "<![CDATA[<TABLEDATA><TR><TD>4</TD></TR>]]></TABLEDATA></DATA></TABLE>" TAIL,
           "1.4 - - -\ntable - 1 0\n 2\n");
}
END_TEST

/* 1 row of each: mask, then big-endian values; made by hand. */
START_TEST(binary2)
{
    /* mask 0x20 (third column null), int 258, char* "ab", short null, double 1.5, bits 101,
     * unicodeChar* alpha, boolean '?' */
    static const char b64[] = "IAAAAQIAAAACYWIAAD/4AAAAAAAAoAAAAAEDsT8=";
    char *doc = mem_printf(
        HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"/><FIELD name=\"b\" datatype=\"char\" "
             "arraysize=\"*\"/><FIELD name=\"c\" datatype=\"short\"/><FIELD name=\"d\" "
             "datatype=\"double\"/><FIELD name=\"e\" datatype=\"bit\" arraysize=\"3\"/><FIELD "
             "name=\"f\" datatype=\"unicodeChar\" arraysize=\"*\"/><FIELD name=\"g\" "
             "datatype=\"boolean\"/><DATA><BINARY2><STREAM encoding=\"base64\">\n%s\n</STREAM>"
             "</BINARY2></DATA></TABLE>" TAIL,
        b64);
    expect(doc, "1.4 - - -\ntable - 1 0\n 258|ab|#|1.5|1 0 1|\xce\xb1|#\n");
    free(doc);
}
END_TEST

START_TEST(binary_with_a_null_value)
{
    /* int -1 is null; float NaN; int[2] of -1 7 */
    static const char b64[] = "/////3/AAAD/////AAAABwAAAAU/gAAAAAAAAf////8=";
    char *doc = mem_printf(
        HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"><VALUES null=\"-1\"/></FIELD><FIELD "
             "name=\"b\" datatype=\"float\"/><FIELD name=\"c\" datatype=\"int\" arraysize=\"2\">"
             "<VALUES null=\"-1\"/></FIELD><DATA><BINARY><STREAM encoding=\"base64\">%s</STREAM>"
             "</BINARY></DATA></TABLE>" TAIL,
        b64);
    expect(doc, "1.4 - - -\ntable - 2 0\n #||"
                " 7\n 5|1|1 \n");
    free(doc);
}
END_TEST

START_TEST(statuses)
{
    static const struct {
        const char *doc, *want;
    } row[] = {
        {HEAD "<INFO name=\"QUERY_STATUS\" value=\"OK\"/><INFO name=\"QUERY_STATUS\" "
              "value=\"OVERFLOW\">cut</INFO>" TAIL,
         "1.4 OVERFLOW cut -\n"},
        {HEAD "<INFO name=\"QUERY_STATUS\" value=\"ERROR\"> no column foo </INFO>" TAIL,
         "1.4 ERROR no column foo -\n"},
        {"<VOTABLE><DEFINITIONS><PARAM ID=\"Error\" name=\"Error\" datatype=\"char\" "
         "arraysize=\"*\" value=\"bad DEC\"/></DEFINITIONS></VOTABLE>",
         "- ERROR bad DEC -\n"},
        {"<VOTABLE><INFO name=\"error\" value=\"bad SR\"/></VOTABLE>", "- ERROR bad SR -\n"},
        {HEAD "<PARAM name=\"QUERY_STATUS\" datatype=\"char\" value=\"ERROR\"/>" TAIL,
         "1.4 - - -\n"},
        {HEAD "<GROUP><PARAM name=\"Error\" datatype=\"char\" value=\"x\"/></GROUP>" TAIL,
         "1.4 - - -\n"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        expect(row[i].doc, row[i].want);
}
END_TEST

START_TEST(metadata_is_kept)
{
    static const char doc[] =
        HEAD "<COOSYS ID=\"c\" system=\"ICRS\"/><TABLE name=\"t\"><DESCRIPTION> of the table "
             "</DESCRIPTION><FIELD ID=\"col\" name=\"a\" datatype=\"int\" unit=\"m\" ucd=\"u.c.d\" "
             "utype=\"x:y\" xtype=\"z\" ref=\"c\" width=\"5\" precision=\"2\"><DESCRIPTION>of "
             "it</DESCRIPTION><VALUES null=\"-9\"><MIN value=\"0\"/></VALUES><LINK href=\"h\"/>"
             "</FIELD><PARAM name=\"p\" datatype=\"int\" value=\"3\"/></TABLE>" TAIL;
    struct error err;
    enum status s;
    struct table_doc *d = read_pieces(doc, strlen(doc), 1000, false, NULL, &s, &err);
    ck_assert(s == OK && d->tables.n == 1);
    const struct table *t = d->tables.at[0];
    const struct table_field *f = &t->column[0].field;
    ck_assert_str_eq(t->description, "of the table");
    ck_assert_str_eq(f->id, "col");
    ck_assert_str_eq(f->unit, "m");
    ck_assert_str_eq(f->ucd, "u.c.d");
    ck_assert_str_eq(f->utype, "x:y");
    ck_assert_str_eq(f->xtype, "z");
    ck_assert_str_eq(f->ref, "c");
    ck_assert_str_eq(f->description, "of it");
    ck_assert_str_eq(f->null_text, "-9");
    ck_assert_str_eq(f->more->name, "VALUES");
    ck_assert_str_eq(f->more->child->name, "MIN");
    ck_assert_str_eq(f->more->next->name, "LINK");
    ck_assert_str_eq(t->meta->name, "PARAM");
    ck_assert_str_eq(table_node_attr(t->meta, "value"), "3");
    ck_assert(table_doc_concerns(d, d->meta, t));
    table_doc_free(d);
}
END_TEST

static void refused(const char *doc, size_t n, const char *sentence, size_t rows)
{
    enum status s;
    struct error err;
    char *got = read_all_ways(doc, n, &s);
    ck_assert_msg(s != OK, "not refused: %.60s", doc);
    free(got);
    struct table_doc *d = read_pieces(doc, n, n, false, NULL, &s, &err);
    ck_assert_msg(strstr(err.text, sentence), "\"%s\" does not say \"%s\"", err.text, sentence);
    ck_assert_str_eq(d->fault, err.text);
    size_t have = d->tables.n ? d->tables.at[0]->rows : 0;
    ck_assert_uint_eq(have, rows);
    ck_assert(d->tables.n == 0 || d->tables.at[0]->partial);
    table_doc_free(d);
}

#define BIN(stream)                                                                                \
    HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"/><FIELD name=\"b\" datatype=\"char\" "         \
         "arraysize=\"*\"/><DATA><BINARY><STREAM encoding=\"base64\">" stream "</STREAM></BINARY>" \
         "</DATA></TABLE>" TAIL

START_TEST(broken_documents)
{
    static const struct {
        const char *doc, *sentence;
        size_t rows;
    } row[] = {
        {HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD></TR><TR>"
              "<TD>2</TD></TR></TABLEDATA></DATA></TABEL>" TAIL,
         "mismatch", 2},
        {HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD></TR><TR>"
              "<TD>2</T",
         "", 1},
        {"<html><body>500</body></html>", "its root is html", 0},
        {"<VOTABLE><TABLE><TABLE/></TABLE></VOTABLE>", "a TABLE inside a TABLE", 0},
        {"<VOTABLE><x:y/></VOTABLE>", "x", 0},
        {"<VOTABLE>&eacute;</VOTABLE>", "eacute", 0},
        {"<!DOCTYPE VOTABLE [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><VOTABLE>&b;</VOTABLE>",
         "entity", 0},
        {BIN("AAAAAQAAAAJhYgAAAAIAAAACYg=="), "inside row 2", 1},
        {BIN("AAAAAQAAAAJhYn////8AAAAC*"), "row 2: what should be base64", 1},
        {BIN("AAAAAQAAAAJhYgAAAAJ/////"), "row 2: column 2 says it has 2147483647", 1},
        {HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD></TR><TR>"
              "<TD>2\x01</TD></TR></TABLEDATA></DATA></TABLE>" TAIL,
         "", 1},
        {HEAD "<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA><TR><TD>1</TD></TR><TR>"
              "<TD>]]></TD></TR></TABLEDATA></DATA></TABLE>" TAIL,
         "", 1},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        refused(row[i].doc, strlen(row[i].doc), row[i].sentence, row[i].rows);
    refused("", 0, "empty", 0);
}
END_TEST

/* A thousand million rows are declared, none is there; and rows that cost nothing. */
START_TEST(sizes_that_lie)
{
    static const char many[] =
        HEAD "<TABLE nrows=\"1000000000\"><FIELD name=\"a\" "
             "datatype=\"double\" arraysize=\"1000000000\"/><DATA>"
             "<TABLEDATA><TR><TD>1 2</TD></TR></TABLEDATA></DATA></TABLE>" TAIL;
    expect(many, "1.4 - - a table says it has 1000000000 rows, 1 came\ntable - 1 1\n 1 2\n");
    expect(HEAD "<TABLE nrows=\"1000000000\"><FIELD name=\"a\" datatype=\"short\"/><DATA><BINARY2>"
                "<STREAM encoding=\"base64\">AAABAAACAAAD</STREAM></BINARY2></DATA></TABLE>" TAIL,
           "1.4 - - a table says it has 1000000000 rows, 3 came\ntable - 3 1\n 1\n 2\n 3\n");
    expect(HEAD "<TABLE nrows=\"1\"><FIELD name=\"a\" datatype=\"short\"/><DATA><TABLEDATA><TR>"
                "<TD>1</TD></TR><TR><TD>2</TD></TR></TABLEDATA></DATA></TABLE><TABLE nrows=\"737\">"
                "<FIELD name=\"a\" datatype=\"short\"/></TABLE>" TAIL,
           "1.4 - - -\ntable - 2 0\n 1\n 2\ntable - 0 0\n"); /* more, and none sent at all */
    struct str s = {0};
    struct error err;
    enum status st;
    struct table_limits limits = {.bytes = 1 << 20};
    str_add(&s, HEAD "<TABLE>");
    for (int i = 0; i < 1000; i++)
        str_add(&s, "<FIELD name=\"a\" datatype=\"double\"/>");
    str_add(&s, "<DATA><TABLEDATA>");
    for (int i = 0; i < 1000; i++)
        str_add(&s, "<TR/>");
    str_add(&s, "</TABLEDATA></DATA></TABLE>" TAIL);
    struct table_doc *d = read_pieces(s.s, s.n, 4096, false, &limits, &st, &err);
    ck_assert(st == E_RANGE && strstr(err.text, "more than 1048576 bytes"));
    ck_assert(d->tables.at[0]->rows > 50 && d->tables.at[0]->rows < 1000);
    ck_assert(d->tables.at[0]->partial);
    table_doc_free(d);
    str_clear(&s);
}
END_TEST

/* A stream of characters cut between pieces, at every place. */
START_TEST(cut_anywhere)
{
    static const char doc[] = HEAD
        "<TABLE><FIELD name=\"a\" datatype=\"int\"/><FIELD name=\"b\" datatype=\"char\" "
        "arraysize=\"*\"/><DATA><TABLEDATA><TR><TD>1</TD><TD>abc</TD></TR><TR><TD>2</TD>"
        "<TD>d&amp;f</TD></TR><TR><TD>3</TD><TD>\xc3\xa9</TD></TR></TABLEDATA></DATA></TABLE>" TAIL;
    for (size_t n = 0; n + 1 < sizeof doc; n++) {
        struct error err = {OK, ""};
        enum status s;
        struct table_doc *d = read_pieces(doc, n, n ? n : 1, false, NULL, &s, &err);
        ck_assert_msg(s == E_PARSE, "cut at %zu is not told", n);
        ck_assert(d->fault != NULL);
        table_doc_free(d);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("votable");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, tabledata);
    tcase_add_test(c, prefixes_and_no_namespace);
    tcase_add_test(c, rows_that_are_none);
    tcase_add_test(c, binary2);
    tcase_add_test(c, binary_with_a_null_value);
    tcase_add_test(c, statuses);
    tcase_add_test(c, metadata_is_kept);
    tcase_add_test(c, broken_documents);
    tcase_add_test(c, sizes_that_lie);
    tcase_add_test(c, cut_anywhere);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
