/* check_tableio.c - tables to every format and back: metadata, nulls, exact numbers; which format
 * bytes are in; CSV's types; gzip; files that are not there or broken.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "vigie/formats/tableio.h"
#include "vigie/formats/tableops.h"

static const char doc_text[] =
    "<VOTABLE version=\"1.3\"><RESOURCE><DESCRIPTION>around</DESCRIPTION>"
    "<COOSYS ID=\"sys\" system=\"ICRS\" epoch=\"J2016.0\"/><TIMESYS ID=\"ts\" timescale=\"TDB\" "
    "timeorigin=\"2400000.5\" refposition=\"BARYCENTER\"/><INFO name=\"query\" value=\"a &lt; b\"/>"
    "<INFO name=\"QUERY_STATUS\" value=\"OK\"/><LINK href=\"http://example.org/\"/>"
    "<TABLE ID=\"t1\" name=\"all &amp; types\" ucd=\"u\"><DESCRIPTION>Every datatype</DESCRIPTION>"
    "<GROUP name=\"g\"><FIELDref ref=\"c1\"/></GROUP>"
    "<PARAM name=\"site\" datatype=\"char\" arraysize=\"*\" value=\"Pic du Midi\"/>"
    "<FIELD ID=\"c1\" name=\"id\" datatype=\"int\" ucd=\"meta.id;meta.main\"/>"
    "<FIELD name=\"ra\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.ra;meta.main\" ref=\"sys\"/>"
    "<FIELD name=\"mag\" datatype=\"float\" unit=\"mag\" utype=\"ssa:x\"/>"
    "<FIELD name=\"ub\" datatype=\"unsignedByte\"/><FIELD name=\"sh\" datatype=\"short\"/>"
    "<FIELD name=\"lg\" datatype=\"long\"><VALUES null=\"-5\"/></FIELD>"
    "<FIELD name=\"flag\" datatype=\"boolean\"/><FIELD name=\"bits\" datatype=\"bit\" "
    "arraysize=\"10\"/>"
    "<FIELD name=\"fixed\" datatype=\"char\" arraysize=\"8\"/>"
    "<FIELD name=\"name\" datatype=\"char\" arraysize=\"*\" xtype=\"x\"><DESCRIPTION>what it is "
    "called</DESCRIPTION></FIELD>"
    "<FIELD name=\"vec\" datatype=\"float\" arraysize=\"3\" unit=\"km.s**-1\"/>"
    "<FIELD name=\"var\" datatype=\"int\" arraysize=\"*\"/>"
    "<FIELD name=\"names\" datatype=\"char\" arraysize=\"4x2\"/>"
    "<FIELD name=\"z\" datatype=\"doubleComplex\"/>"
    "<DATA><TABLEDATA>"
    "<TR><TD>1</TD><TD>10.684708</TD><TD>3.44</TD><TD>0</TD><TD>-1</TD>"
    "<TD>9223372036854775807</TD><TD>T</TD><TD>1011001110</TD><TD>M31</TD>"
    "<TD>Andromeda &lt;\"galaxy\", a&gt;</TD><TD>1.5 -2.25 3</TD><TD>1 2 3</TD><TD>ab  cdef</TD>"
    "<TD>1 -2</TD></TR>"
    "<TR><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/></TR>"
    "<TR><TD>-2147483648</TD><TD>1e-300</TD><TD>NaN</TD><TD>255</TD><TD>-32768</TD>"
    "<TD>-9223372036854775808</TD><TD>F</TD><TD>0000000001</TD><TD>12345678</TD>"
    "<TD>line\nbreak, 'quote'</TD><TD>NaN 0 -0.5</TD><TD>-7</TD><TD>wxyzabcd</TD>"
    "<TD>0.1 1e300</TD></TR>"
    "<TR><TD>3</TD><TD>12.000000000000002</TD><TD>0.1</TD><TD>7</TD><TD>7</TD><TD>-5</TD>"
    "<TD>?</TD><TD>1111111111</TD><TD>=1+1</TD><TD>-5</TD><TD>1e30 1e-30 0.1</TD>"
    "<TD>0 0 0 0 0 0 0 0</TD><TD>q   r</TD><TD>0 0</TD></TR>"
    "</TABLEDATA></DATA></TABLE><INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\">cut here</INFO>"
    "</RESOURCE></VOTABLE>";

static struct table_doc *parse(const char *name, const void *bytes, size_t n, size_t piece,
                               enum status *status, struct error *err)
{
    struct table_reader *r = table_reader_new(name, NULL);
    const char *s = bytes;
    *status = OK;
    for (size_t at = 0; at < n && *status == OK; at += piece)
        *status = table_reader_feed(r, s + at, n - at < piece ? n - at : piece, err);
    if (*status == OK)
        *status = table_reader_end(r, err);
    struct table_doc *doc = table_reader_take(r);
    table_reader_free(r);
    return doc;
}

static struct table_doc *parse_good(const char *name, const void *bytes, size_t n, size_t piece)
{
    enum status s;
    struct error err;
    struct table_doc *doc = parse(name, bytes, n, piece, &s, &err);
    ck_assert_msg(s == OK, "%s", err.text);
    return doc;
}

static void write_as(const struct table_doc *doc, enum table_format format, size_t step,
                     struct str *out)
{
    struct table_writer *w = table_writer_new(doc, doc->tables.at[0], format);
    struct error err;
    for (bool done = false; !done;)
        ck_assert(table_writer_step(w, step, out, &done, &err) == OK);
    table_writer_free(w);
}

static const char *or_dash(const char *s)
{
    return s ? s : "-";
}

/* The cells of two tables are the same text; strict: and null where the other is null. */
static void same_cells(const struct table *a, const struct table *b, bool strict)
{
    struct str x = {0}, y = {0};
    ck_assert_uint_eq(a->n_columns, b->n_columns);
    ck_assert_uint_eq(a->rows, b->rows);
    for (size_t row = 0; row < a->rows; row++)
        for (size_t c = 0; c < a->n_columns; c++) {
            str_reset(&x);
            str_reset(&y);
            table_cell(a, row, c, &x);
            table_cell(b, row, c, &y);
            ck_assert_msg(strcmp(str_c(&x), str_c(&y)) == 0, "row %zu, %s: \"%s\", not \"%s\"", row,
                          a->column[c].field.name, str_c(&y), str_c(&x));
            ck_assert_msg(!strict || table_null(a, row, c) == table_null(b, row, c),
                          "row %zu, %s: null", row, a->column[c].field.name);
        }
    str_clear(&x);
    str_clear(&y);
}

static void same_fields(const struct table *a, const struct table *b)
{
    for (size_t c = 0; c < a->n_columns; c++) {
        const struct table_field *f = &a->column[c].field, *g = &b->column[c].field;
        ck_assert_str_eq(or_dash(f->name), or_dash(g->name));
        ck_assert_str_eq(or_dash(f->id), or_dash(g->id));
        ck_assert_str_eq(or_dash(f->datatype), or_dash(g->datatype));
        ck_assert_str_eq(or_dash(f->arraysize), or_dash(g->arraysize));
        ck_assert_str_eq(or_dash(f->unit), or_dash(g->unit));
        ck_assert_str_eq(or_dash(f->ucd), or_dash(g->ucd));
        ck_assert_str_eq(or_dash(f->utype), or_dash(g->utype));
        ck_assert_str_eq(or_dash(f->xtype), or_dash(g->xtype));
        ck_assert_str_eq(or_dash(f->ref), or_dash(g->ref));
        ck_assert_str_eq(or_dash(f->description), or_dash(g->description));
        ck_assert_str_eq(or_dash(f->null_text), or_dash(g->null_text));
    }
}

static const struct table_node *node_named(const struct table_node *n, const char *name)
{
    while (n && strcmp(n->name, name) != 0)
        n = n->next;
    ck_assert_msg(n != NULL, "no %s", name);
    return n;
}

START_TEST(votable_and_back)
{
    static const enum table_format formats[] = {TABLE_VOTABLE, TABLE_VOTABLE_BINARY2};
    struct table_doc *doc = parse_good("x.vot", doc_text, sizeof doc_text - 1, 1000);
    for (size_t i = 0; i < 4; i++) {
        struct str out = {0};
        write_as(doc, formats[i / 2], i % 2 ? 1 : 1000, &out);
        struct table_doc *again = parse_good(NULL, out.s, out.n, 100);
        const struct table *t = again->tables.at[0];
        same_fields(doc->tables.at[0], t);
        same_cells(doc->tables.at[0], t, true);
        ck_assert_int_eq(again->status, TABLE_STATUS_OVERFLOW);
        ck_assert_str_eq(again->message, "cut here");
        ck_assert(t->partial);
        ck_assert_str_eq(t->name, "all & types");
        ck_assert_str_eq(t->description, "Every datatype");
        ck_assert_str_eq(table_node_attr(node_named(again->meta, "COOSYS"), "epoch"), "J2016.0");
        ck_assert_str_eq(table_node_attr(node_named(again->meta, "TIMESYS"), "timescale"), "TDB");
        ck_assert_str_eq(table_node_attr(node_named(again->meta, "LINK"), "href"),
                         "http://example.org/");
        ck_assert_str_eq(table_node_attr(node_named(again->meta, "INFO"), "value"), "a < b");
        ck_assert_str_eq(node_named(t->meta, "GROUP")->child->name, "FIELDref");
        ck_assert_str_eq(table_node_attr(node_named(t->meta, "PARAM"), "value"), "Pic du Midi");
        table_doc_free(again);
        str_clear(&out);
    }
    table_doc_free(doc);
}
END_TEST

/* The first table, of some of its columns. */
static void choose(struct table_doc *doc, const size_t *columns, size_t n)
{
    struct table *all = doc->tables.at[0];
    doc->tables.at[0] = table_choose(all, columns, n, NULL);
    table_free(all);
}

/* What other readers insist on: char is ASCII in BINARY2; "10*" is read as 10 by astropy 5. */
/* NaN and Inf as VOTable spells them, infos before coordinate systems: STILTS's votlint asks for both. */
START_TEST(votable_as_the_schema_says)
{
    static const char src[] =
        "<VOTABLE><RESOURCE type='results'><COOSYS ID='s' system='ICRS'/><INFO name='a' value='b'/>"
        "<INFO name='QUERY_STATUS' value='OK'/><TABLE><FIELD name='x' datatype='double'/><FIELD "
        "name='v' datatype='float' arraysize='3'/><DATA><TABLEDATA><TR><TD>-Inf</TD><TD>NaN +Inf "
        "1.5</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    struct table_doc *doc = parse_good(NULL, src, sizeof src - 1, 1000);
    struct str out = {0};
    write_as(doc, TABLE_VOTABLE, 10, &out);
    ck_assert(strstr(out.s, "<TD>-Inf</TD><TD>NaN +Inf 1.5</TD>"));
    ck_assert(strstr(out.s, "INFO name=\"QUERY_STATUS\"") < strstr(out.s, "<COOSYS"));
    ck_assert(strstr(out.s, "INFO name=\"a\"") < strstr(out.s, "<COOSYS"));
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

START_TEST(texts_of_binary2)
{
    static const char small[] =
        "<VOTABLE><RESOURCE><TABLE><FIELD name=\"a\" datatype=\"char\" arraysize=\"4\"/><FIELD "
        "name=\"b\" datatype=\"char\" arraysize=\"10*\"/><FIELD name=\"c\" datatype=\"char\" "
        "arraysize=\"4\"/><DATA><TABLEDATA><TR><TD>\xce\xb1\xce\xb2</TD><TD>abc</TD><TD>de</TD></"
        "TR>"
        "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    struct table_doc *doc = parse_good(NULL, small, sizeof small - 1, 50);
    struct str out = {0};
    write_as(doc, TABLE_VOTABLE_BINARY2, 10, &out);
    ck_assert(strstr(out.s, "name=\"a\" datatype=\"unicodeChar\" arraysize=\"*\""));
    ck_assert(strstr(out.s, "name=\"b\" datatype=\"char\" arraysize=\"*\""));
    ck_assert(strstr(out.s, "name=\"c\" datatype=\"char\" arraysize=\"4\""));
    struct table_doc *again = parse_good(NULL, out.s, out.n, 100);
    same_cells(doc->tables.at[0], again->tables.at[0], true);
    table_doc_free(again);
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

START_TEST(fits_and_back)
{
    struct table_doc *doc = parse_good("x.vot", doc_text, sizeof doc_text - 1, 1000);
    const size_t columns[] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13}; /* bits cannot be null */
    choose(doc, columns, 13);
    struct str out = {0};
    write_as(doc, TABLE_FITS, 1, &out);
    ck_assert_uint_eq(out.n % 2880, 0);
    struct table_doc *again = parse_good("x.fits", out.s, out.n, 1000);
    const struct table *t = again->tables.at[0];
    same_cells(doc->tables.at[0], t, false);
    ck_assert_int_eq(again->format, TABLE_FITS);
    ck_assert_str_eq(t->column[1].field.unit, "deg");
    ck_assert_str_eq(t->column[1].field.ucd, "pos.eq.ra;meta.main");
    ck_assert_str_eq(t->column[2].field.datatype, "float");
    ck_assert_str_eq(t->column[8].field.description, "what it is called");
    ck_assert(table_null(t, 1, 0) && table_null(t, 1, 3) && table_null(t, 3, 5));
    table_doc_free(again);
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

START_TEST(ecsv_and_back)
{
    struct table_doc *doc = parse_good("x.vot", doc_text, sizeof doc_text - 1, 1000);
    const size_t columns[] = {0, 1, 2, 3,  4, 5,
                              6, 8, 9, 10, 11}; /* ECSV has no bits, no texts 4x2 */
    choose(doc, columns, 11);
    struct str out = {0};
    write_as(doc, TABLE_ECSV, 1, &out);
    struct table_doc *again = parse_good("x.txt", out.s, out.n, 7);
    const struct table *t = again->tables.at[0];
    ck_assert_int_eq(again->format, TABLE_ECSV);
    same_cells(doc->tables.at[0], t, false);
    ck_assert_str_eq(t->column[1].field.datatype, "double");
    ck_assert_str_eq(t->column[1].field.unit, "deg");
    ck_assert_str_eq(t->column[8].field.description, "what it is called");
    ck_assert_str_eq(t->column[9].field.arraysize, "3");
    table_doc_free(again);
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

/* Bits one a row and in lists of any length, complex lists, infinities: as FITS and ECSV have them. */
START_TEST(bits_and_complex_lists)
{
    static const char small[] =
        "<VOTABLE><RESOURCE><TABLE><FIELD name=\"b\" datatype=\"bit\"/><FIELD name=\"bs\" "
        "datatype=\"bit\" arraysize=\"*\"/><FIELD name=\"z\" datatype=\"floatComplex\" "
        "arraysize=\"2\"/><FIELD name=\"zs\" datatype=\"doubleComplex\" arraysize=\"*\"/><FIELD "
        "name=\"x\" datatype=\"double\" arraysize=\"*\"/><DATA><TABLEDATA>"
        "<TR><TD>1</TD><TD>101</TD><TD>1 2 3 4</TD><TD>5 -6</TD><TD>inf -inf NaN 1</TD></TR>"
        "<TR><TD>0</TD><TD>1</TD><TD>0 NaN 0 0</TD><TD>1 inf 2 3</TD><TD>2</TD></TR>"
        "<TR><TD>1</TD><TD>0110</TD><TD>0 0 0 -1</TD><TD>0 0</TD><TD>3</TD></TR>"
        "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    struct table_doc *doc = parse_good(NULL, small, sizeof small - 1, 1000), *again;
    struct str out = {0};
    write_as(doc, TABLE_FITS, 1, &out);
    again = parse_good("x.fits", out.s, out.n, 1000);
    same_cells(doc->tables.at[0], again->tables.at[0], false);
    ck_assert_str_eq(again->tables.at[0]->column[0].field.datatype, "bit");
    table_doc_free(again);
    str_reset(&out);
    write_as(doc, TABLE_ECSV, 1, &out);
    ck_assert(strstr(out.s, "name: \"z\", datatype: string, subtype: 'float32[4]'}"));
    ck_assert(strstr(out.s, "name: \"zs\", datatype: string, subtype: 'float64[null]'}"));
    ck_assert(strstr(out.s, "True,\"[1,0,1]\",\"[1,2,3,4]\",\"[5,-6]\","
                            "\"[Infinity,-Infinity,NaN,1]\"\n"));
    ck_assert(strstr(out.s, "False,[1],\"[0,NaN,0,0]\",\"[1,Infinity,2,3]\",[2]\n"));
    again = parse_good("x.ecsv", out.s, out.n, 1000);
    const size_t lists[] = {2, 3, 4};
    choose(doc, lists, 3);
    choose(again, lists, 3);
    same_cells(doc->tables.at[0], again->tables.at[0], false);
    table_doc_free(again);
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

START_TEST(csv_as_the_contract_says)
{
    struct table_doc *doc = parse_good("x.vot", doc_text, sizeof doc_text - 1, 1000);
    struct str out = {0};
    write_as(doc, TABLE_CSV, 2, &out);
    ck_assert_str_eq(
        str_c(&out),
        "id,ra,mag,ub,sh,lg,flag,bits,fixed,name,vec,var,names,z\n"
        "1,10.684708,3.44,0,-1,9223372036854775807,T,1 0 1 1 0 0 1 1 1 0,M31,"
        "\"Andromeda <\"\"galaxy\"\", a>\",1.5 -2.25 3,1 2 3,ab cdef,1 -2\n"
        ",,,,,,,,,,,,,\n"
        "-2147483648,1e-300,,255,-32768,-9223372036854775808,F,0 0 0 0 0 0 0 0 0 1,12345678,"
        "\"line\nbreak, 'quote'\",nan 0 -0.5,-7,wxyz abcd,0.1 1e300\n"
        "3,12.000000000000002,0.1,7,7,,,1 1 1 1 1 1 1 1 1 1,=1+1,-5,1e30 1e-30 0.1,"
        "0 0 0 0 0 0 0 0,q r,0 0\n");
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

START_TEST(json_lines)
{
    static const char doc_small[] =
        "<VOTABLE><RESOURCE><TABLE><FIELD name=\"a\" datatype=\"long\"/><FIELD name=\"a\" "
        "datatype=\"double\"/><FIELD name=\"s\" datatype=\"char\" arraysize=\"*\"/><FIELD "
        "name=\"v\" "
        "datatype=\"float\" arraysize=\"*\"/><FIELD name=\"b\" "
        "datatype=\"boolean\"/><DATA><TABLEDATA>"
        "<TR><TD>9007199254740993</TD><TD>0.1</TD><TD>a\"b&#155;</TD><TD>1 NaN "
        "2.5</TD><TD>T</TD></TR>"
        "<TR><TD/><TD>inf</TD><TD/><TD/><TD/></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    struct table_doc *doc = parse_good(NULL, doc_small, sizeof doc_small - 1, 50);
    struct str out = {0};
    write_as(doc, TABLE_JSON, 1, &out);
    const char *want =
        "{\"a\": 9007199254740993, \"a_2\": 0.1, \"s\": \"a\\\"b\\u009b\", \"v\": [1, "
        "null, 2.5], \"b\": true}\n{\"a\": null, \"a_2\": null, \"s\": null, \"v\": "
        "null, \"b\": null}\n";
    struct str flat = {0}, flat_want = {0}; /* blanks between are free */
    for (const char *p = str_c(&out); *p; p++)
        if (*p != ' ')
            str_addc(&flat, *p);
    for (const char *p = want; *p; p++)
        if (*p != ' ')
            str_addc(&flat_want, *p);
    ck_assert_str_eq(str_c(&flat), str_c(&flat_want));
    str_clear(&flat);
    str_clear(&flat_want);
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

START_TEST(csv_types)
{
    static const char csv[] =
        "\xef\xbb\xbfid,x,code,flag,empty,\"a,b\"\r\n1,1.5,007,true,,\"q\"\"r\"\r\n"
        "-2,nan,010,false,,\r\n9007199254740993,,1,TRUE,,z\r\n";
    for (size_t piece = 1; piece < 60; piece += 7) {
        struct table_doc *doc = parse_good("x.csv", csv, sizeof csv - 1, piece);
        const struct table *t = doc->tables.at[0];
        int64_t i;
        ck_assert_int_eq(doc->format, TABLE_CSV);
        ck_assert(t->rows == 3 && t->n_columns == 6);
        ck_assert_str_eq(t->column[0].field.name, "id");
        ck_assert_str_eq(t->column[5].field.name, "a,b");
        ck_assert(t->column[0].field.datatype == NULL);
        ck_assert(t->column[0].type == TABLE_I64 && t->column[1].type == TABLE_F64);
        ck_assert(t->column[2].type == TABLE_TEXT && t->column[3].type == TABLE_BOOL);
        ck_assert(t->column[4].type == TABLE_TEXT);
        ck_assert(table_int(t, 2, 0, &i) && i == 9007199254740993);
        ck_assert(isnan(table_double(t, 1, 1)) && !table_null(t, 1, 1) && table_null(t, 2, 1));
        table_doc_free(doc);
    }
    struct table_doc *doc = parse_good("x.tsv", "a\tb\n1\t2,3\n", 10, 3);
    ck_assert(doc->format == TABLE_TSV && doc->tables.at[0]->n_columns == 2);
    struct str out = {0};
    write_as(doc, TABLE_VOTABLE, 10, &out);
    ck_assert(strstr(out.s, "name=\"a\" datatype=\"long\""));
    ck_assert(strstr(out.s, "name=\"b\" datatype=\"char\" arraysize=\"*\""));
    str_clear(&out);
    table_doc_free(doc);
}
END_TEST

START_TEST(ecsv_of_others)
{
    static const char ecsv[] =
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, unit: m / s, datatype: "
        "int64, description: 'it''s, a'}\n# - name: b c\n#   datatype: float32\n"
        "# - {name: v, datatype: string, subtype: 'float64[2]'}\n"
        "# meta: !!omap\n# - {comments: [x, y]}\n# schema: astropy-2.0\n"
        "a \"b c\" v\n1 2.5 [1.0,2.0]\n\"\" nan [null,4]\n";
    struct table_doc *doc = parse_good("x.ecsv", ecsv, sizeof ecsv - 1, 5);
    const struct table *t = doc->tables.at[0];
    ck_assert_uint_eq(t->n_columns, 3);
    ck_assert_uint_eq(t->rows, 2);
    ck_assert_str_eq(t->column[0].field.unit, "m / s");
    ck_assert_str_eq(t->column[0].field.description, "it's, a");
    ck_assert_str_eq(t->column[1].field.name, "b c");
    ck_assert(t->column[1].type == TABLE_F32);
    ck_assert(table_null(t, 1, 0) && isnan(table_double(t, 1, 1)));
    ck_assert_uint_eq(table_count(t, 0, 2), 2);
    ck_assert(table_null_at(t, 1, 2, 0) && !table_null_at(t, 1, 2, 1));
    table_doc_free(doc);
}
END_TEST

/* zlib's own packing, read in pieces of every small size. */
START_TEST(gzipped)
{
    unsigned char packed[4096];
    z_stream z = {0};
    ck_assert(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)doc_text;
    z.avail_in = sizeof doc_text - 1;
    z.next_out = packed;
    z.avail_out = sizeof packed;
    ck_assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
    size_t n = sizeof packed - z.avail_out;
    deflateEnd(&z);
    for (size_t piece = 1; piece < 5000; piece = piece * 3 + 1) {
        struct table_doc *doc = parse_good("x.vot.gz", packed, n, piece);
        ck_assert_uint_eq(doc->tables.at[0]->rows, 4);
        table_doc_free(doc);
    }
    enum status s;
    struct error err;
    table_doc_free(parse(NULL, packed, n - 9, 100, &s, &err));
    ck_assert_int_eq(s, E_PARSE);
    ck_assert_msg(strstr(err.text, "gzip: cut off"), "%s", err.text);
    packed[n / 2] ^= 0x55;
    table_doc_free(parse(NULL, packed, n, 100, &s, &err));
    ck_assert_int_eq(s, E_PARSE);
}
END_TEST

START_TEST(what_is_no_table)
{
    static const struct {
        const char *name, *bytes, *sentence;
    } row[] = {{"a.vot", "", "the file is empty"},
               {"a.vot", "{\"error\": 1}", "neither VOTable nor FITS"},
               {"a.txt", "PENDING", "neither VOTable nor FITS"},
               {"a.html", "<html>no</html>", "its root is html"},
               {"a.csv", "", "the file is empty"},
               {"a.csv", "a,b\n1,\"2\n", "quote"},
               {"a.fits", "SIMPLE  =                    T", "FITS: cut off"},
               {"a.ecsv", "# %ECSV 1.0\n# ---\nx\n1\n", "names no column"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        for (size_t piece = 1; piece < 100; piece += 98) {
            enum status s;
            struct error err = {OK, ""};
            table_doc_free(parse(row[i].name, row[i].bytes, strlen(row[i].bytes), piece, &s, &err));
            ck_assert_msg(s == E_PARSE && strstr(err.text, row[i].sentence), "%s: %s", row[i].bytes,
                          err.text);
        }
    struct table_doc *doc;
    struct error err;
    ck_assert(table_read_file("/no/such/file", NULL, &doc, &err) == E_ABSENT && !doc);
    ck_assert(table_read_file("/tmp", NULL, &doc, &err) == E_IO && !doc);
}
END_TEST

START_TEST(files_are_replaced_in_one_step)
{
    char path[] = "/tmp/vigie-tableio-XXXXXX.csv";
    struct error err;
    int fd = mkstemps(path, 4);
    ck_assert(fd >= 0);
    close(fd);
    struct table_doc *doc = parse_good("x.vot", doc_text, sizeof doc_text - 1, 1000), *again;
    ck_assert(table_write_file(doc, doc->tables.at[0], TABLE_CSV, path, &err) == OK);
    ck_assert(table_read_file(path, NULL, &again, &err) == OK);
    ck_assert_uint_eq(again->tables.at[0]->rows, 4);
    ck_assert(table_write_file(doc, doc->tables.at[0], TABLE_CSV, "/dev/null/x.csv", &err) != OK);
    table_doc_free(again);
    table_doc_free(doc);
    unlink(path);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tableio");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, votable_and_back);
    tcase_add_test(c, votable_as_the_schema_says);
    tcase_add_test(c, texts_of_binary2);
    tcase_add_test(c, fits_and_back);
    tcase_add_test(c, ecsv_and_back);
    tcase_add_test(c, bits_and_complex_lists);
    tcase_add_test(c, csv_as_the_contract_says);
    tcase_add_test(c, json_lines);
    tcase_add_test(c, csv_types);
    tcase_add_test(c, ecsv_of_others);
    tcase_add_test(c, gzipped);
    tcase_add_test(c, what_is_no_table);
    tcase_add_test(c, files_are_replaced_in_one_step);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
