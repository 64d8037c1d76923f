/* check_tableodd.c - legal tables that few write, and hostile ones, through the reader of all formats:
 * texts in arrays, services that break off, shapes of FITS and ECSV, text in other encodings, bombs.
 * What is expected was read by STILTS and astropy where they can, else it is what the standards say.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "vigie/formats/tableio.h"

static struct table_doc *parse(const char *name, const void *bytes, size_t n, enum status *status,
                               struct error *err)
{
    struct table_reader *r = table_reader_new(name, NULL);
    *status = table_reader_feed(r, bytes, n, err);
    if (*status == OK)
        *status = table_reader_end(r, err);
    struct table_doc *doc = table_reader_take(r);
    table_reader_free(r);
    return doc;
}

/* The first table as CSV; the caller frees. */
static char *csv(const struct table_doc *doc)
{
    struct table_writer *w = table_writer_new(doc, doc->tables.at[0], TABLE_CSV);
    struct str out = {0};
    struct error err;
    bool done;
    ck_assert_int_eq(table_writer_step(w, 100000, &out, &done, &err), OK);
    table_writer_free(w);
    return str_take(&out);
}

static void expect(const char *name, const void *bytes, size_t n, const char *want)
{
    enum status s;
    struct error err = {OK, ""};
    struct table_doc *doc = parse(name, bytes, n, &s, &err);
    ck_assert_msg(s == OK, "%s", err.text);
    char *got = csv(doc);
    ck_assert_str_eq(got, want);
    free(got);
    table_doc_free(doc);
}

#define VOT(body)                                                                                  \
    "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\">" body "</RESOURCE></VOTABLE>"
#define ONE(field, rows)                                                                           \
    VOT("<TABLE><FIELD name=\"a\" " field "/><DATA><TABLEDATA>" rows "</TABLEDATA></DATA></"       \
        "TABLE>")
#define CELL(text) "<TR><TD>" text "</TD></TR>"

/* An array of texts is cut by characters, not by bytes. */
START_TEST(texts_in_arrays)
{
    static const char utf8[] = ONE("datatype=\"unicodeChar\" arraysize=\"3x2\"",
                                   CELL("日本語éàü") CELL("日本語é") CELL("日") CELL(""));
    static const char letters[] = ONE("datatype=\"char\" arraysize=\"2x*\"", CELL("日本語é"));
    static const char wide[] =
        VOT("<TABLE><FIELD name=\"a\" datatype=\"unicodeChar\" arraysize=\"2x*\"/><DATA><BINARY>"
            "<STREAM encoding=\"base64\">AAAABGXlZyyKngDp</STREAM></BINARY></DATA></TABLE>");
    expect("x.vot", utf8, sizeof utf8 - 1, "a\n日本語 éàü\n日本語 é\n日\n\"\"\n");
    expect("x.vot", letters, sizeof letters - 1, "a\n日本 語é\n");
    expect("x.vot", wide, sizeof wide - 1, "a\n日本 語é\n");
}
END_TEST

static void status_of(const char *doc, enum table_status status, const char *message, bool partial,
                      const char *fault)
{
    enum status s;
    struct error err = {OK, ""};
    struct table_doc *d = parse("x.vot", doc, strlen(doc), &s, &err);
    ck_assert_msg(s == OK, "%s", err.text);
    ck_assert_int_eq(d->status, status);
    ck_assert_str_eq(d->message ? d->message : "-", message);
    ck_assert_str_eq(d->fault ? d->fault : "-", fault);
    if (d->tables.n)
        ck_assert_int_eq(d->tables.at[0]->partial, partial);
    table_doc_free(d);
}

START_TEST(services_that_break_off)
{
    status_of(VOT("<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA>" CELL(
                  "1") "</TABLEDATA></DATA></TABLE><INFO name=\"QUERY_STATUS\" value=\"ERROR\">out "
                       "of disk</INFO>"),
              TABLE_STATUS_ERROR, "out of disk", true, "-");
    status_of(
        VOT("<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><TABLEDATA>" CELL(
            "1") "</TABLEDATA></DATA><INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/></TABLE>"),
        TABLE_STATUS_OVERFLOW, "-", true, "-");
    status_of(VOT("<PARAM ID=\"Error\" name=\"oops\" datatype=\"char\" arraysize=\"*\" "
                  "value=\"bad RA\"/>"),
              TABLE_STATUS_ERROR, "bad RA", false, "-");
    status_of(VOT("<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><BINARY><STREAM "
                  "href=\"file:///etc/passwd\"/></BINARY></DATA></TABLE>"),
              TABLE_STATUS_NONE, "-", true,
              "the rows of a table lie elsewhere, in file:///etc/passwd");
    status_of(VOT("<TABLE><FIELD name=\"a\" datatype=\"int\"/><DATA><BINARY><STREAM "
                  "encoding=\"gzip\">H4sIAAAAAAAC/2NgYGRgYmBmAAD</STREAM></BINARY></DATA></TABLE>"),
              TABLE_STATUS_NONE, "-", true,
              "the rows of a table are gzip'd inside of the document, where VOTable allows base64 "
              "alone");
}
END_TEST

/* ---- FITS ---- */

static void card(struct str *s, const char *key, const char *value)
{
    char text[128];
    snprintf(text, sizeof text, value ? "%-8s= %-70s" : "%-80s", key, value);
    str_addn(s, text, 80);
}

static void fill(struct str *s, char c)
{
    while (s->n % 2880)
        str_addc(s, c);
}

/* A file with one table; cards: key, value, ... NULL. */
static void fits(struct str *s, const char *kind, int width, int rows, const char *const *cards,
                 const void *data, size_t n)
{
    char number[32];
    card(s, "SIMPLE", "                   T");
    card(s, "BITPIX", "8");
    card(s, "NAXIS", "0");
    card(s, "END", NULL);
    fill(s, ' ');
    card(s, "XTENSION", kind);
    card(s, "BITPIX", "8");
    card(s, "NAXIS", "2");
    snprintf(number, sizeof number, "%d", width);
    card(s, "NAXIS1", number);
    snprintf(number, sizeof number, "%d", rows);
    card(s, "NAXIS2", number);
    card(s, "PCOUNT", "0");
    card(s, "GCOUNT", "1");
    for (; *cards; cards += 2)
        card(s, cards[0], cards[1]);
    card(s, "END", NULL);
    fill(s, ' ');
    str_addn(s, data, n);
    fill(s, '\0');
}

START_TEST(shapes_of_fits)
{
    static const char *const cards[] = {"TFIELDS", "3",       "TTYPE1", "'text'", "TFORM1", "'10A'",
                                        "TDIM1",   "'(5,2)'", "TTYPE2", "'grid'", "TFORM2", "'6B'",
                                        "TDIM2",   "'(2,3)'", "TTYPE3", "'none'", "TFORM3", "'3B'",
                                        "TDIM3",   "'(2,3)'", NULL};
    struct str s = {0}, again = {0};
    fits(&s, "'BINTABLE'", 19, 1, cards, "ab   cde  \1\2\3\4\5\6\7\10\11", 19);
    expect("x.fits", s.s, s.n, "text,grid,none\nab cde,1 2 3 4 5 6,7 8 9\n");
    enum status st;
    struct error err;
    struct table_doc *doc = parse("x.fits", s.s, s.n, &st, &err);
    ck_assert_str_eq(doc->tables.at[0]->column[0].field.arraysize, "5x2");
    ck_assert_str_eq(doc->tables.at[0]->column[1].field.arraysize, "2x3");
    ck_assert_str_eq(doc->tables.at[0]->column[2].field.arraysize, "3"); /* a TDIM of other size */

    struct table_writer *w = table_writer_new(doc, doc->tables.at[0], TABLE_FITS);
    bool done;
    ck_assert_int_eq(table_writer_step(w, 10, &again, &done, &err), OK);
    ck_assert(memmem(again.s, again.n, "TDIM2   = '(2,3)", 16));
    table_writer_free(w);
    table_doc_free(doc);
    doc = parse("x.fits", again.s, again.n, &st, &err);
    ck_assert_str_eq(doc->tables.at[0]->column[0].field.arraysize, "5x2");
    ck_assert_str_eq(doc->tables.at[0]->column[1].field.arraysize, "2x3");
    table_doc_free(doc);
    str_clear(&s);
    str_clear(&again);
}
END_TEST

/* FITS 4.0, section 7.2.5: without a point the last d digits of Fw.d stand behind one. */
/* A column whose name or description is nothing but quotes: a header has room for some. */
START_TEST(quotes_in_fits)
{
    struct str quotes = {0}, vot = {0}, out = {0};
    enum status status;
    struct error err;
    bool done = false;
    for (int i = 0; i < 300; i++)
        str_addc(&quotes, '\'');
    str_addf(&vot,
             "<VOTABLE><RESOURCE><TABLE><FIELD name=\"%s\" datatype=\"int\"><DESCRIPTION>%s"
             "</DESCRIPTION></FIELD><DATA><TABLEDATA><TR><TD>7</TD></TR></TABLEDATA></DATA></TABLE>"
             "</RESOURCE></VOTABLE>",
             str_c(&quotes), str_c(&quotes));
    struct table_doc *doc = parse("x.vot", vot.s, vot.n, &status, &err);
    ck_assert_msg(status == OK, "%s", err.text);
    struct table_writer *w = table_writer_new(doc, doc->tables.at[0], TABLE_FITS);
    while (!done)
        ck_assert_msg(table_writer_step(w, 10, &out, &done, &err) == OK, "%s", err.text);
    struct table_doc *again = parse("x.fits", out.s, out.n, &status, &err);
    ck_assert_msg(status == OK, "%s", err.text);
    const struct table *t = again->tables.at[0];
    ck_assert_double_eq(table_double(t, 0, 0), 7);
    ck_assert_uint_eq(strspn(t->column[0].field.name, "'"), 60);
    ck_assert_uint_eq(strspn(t->column[0].field.description, "'"), 60);
    table_doc_free(again);
    table_writer_free(w);
    table_doc_free(doc);
    str_clear(&out);
    str_clear(&vot);
    str_clear(&quotes);
}
END_TEST

START_TEST(points_that_are_not_written)
{
    static const char *const cards[] = {"TFIELDS", "2",       "TTYPE1", "'a'",    "TFORM1",
                                        "'F6.2'",  "TBCOL1",  "1",      "TTYPE2", "'b'",
                                        "TFORM2",  "'E10.3'", "TBCOL2", "7",      NULL};
    struct str s = {0};
    fits(&s, "'TABLE'", 16, 3, cards, "   150  1234E+01  1.50 1.234E+01                ", 48);
    expect("x.fits", s.s, s.n, "a,b\n1.5,12.34\n1.5,12.34\n,\n");
    str_clear(&s);
}
END_TEST

/* ---- texts ---- */

START_TEST(ecsv_from_elsewhere)
{
    static const char lines[] =
        "\xef\xbb\xbf# %ECSV 1.0\r\n# ---\r\n# datatype:\r\n# - {name: z, datatype: complex128}\r\n"
        "# - name: m\r\n#   datatype: string\r\n#   subtype: 'float32[2,3]'\r\n"
        "# - {name: l, datatype: int64, unit: deg}\r\nz m l\r\n"
        "1.5-2e-1j [[1,2,3],[4,null,6]] 7\r\n-2j \"\" \"\"\r\n(1+nanj) [[1,2,3],[4,5,6]] 1\r\n";
    enum status s;
    struct error err = {OK, ""};
    struct table_doc *doc = parse("x.ecsv", lines, sizeof lines - 1, &s, &err);
    ck_assert_msg(s == OK, "%s", err.text);
    ck_assert_str_eq(doc->tables.at[0]->column[1].field.arraysize, "3x2");
    ck_assert_str_eq(doc->tables.at[0]->column[2].field.unit, "deg");
    char *got = csv(doc);
    ck_assert_str_eq(got, "z,m,l\n1.5 -0.2,1 2 3 4  6,7\n0 -2,,\n1 nan,1 2 3 4 5 6,1\n");
    free(got);
    table_doc_free(doc);
}
END_TEST

START_TEST(csv_in_utf16)
{
    static const char le[] = "\xff\xfe"
                             "a\0,\0b\0\n\0"
                             "1\0,\0"
                             "2\0\n";
    enum status s;
    struct error err;
    table_doc_free(parse("x.csv", le, sizeof le, &s, &err));
    ck_assert_int_eq(s, E_PARSE);
    ck_assert_str_eq(err.text, "text in UTF-16: only UTF-8 is read, save it as that");
}
END_TEST

/* The rows before the byte that is no UTF-8 stay. */
START_TEST(cells_that_are_no_utf8)
{
    static const char *const bad[] = {"\xff", "\xc3(", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80",
                                      "\xe9t\xe9"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char doc[512];
        enum status s;
        struct error err;
        int n = snprintf(doc, sizeof doc,
                         ONE("datatype=\"char\" arraysize=\"*\"",
                             CELL("one") CELL("two") CELL("%s") CELL("four")),
                         bad[i]);
        struct table_doc *d = parse("x.vot", doc, (size_t)n, &s, &err);
        ck_assert_int_eq(s, E_PARSE);
        ck_assert(err.text[0] && d->fault);
        ck_assert_uint_eq(d->tables.at[0]->rows, 2);
        ck_assert(d->tables.at[0]->partial);
        char *got = csv(d);
        ck_assert_str_eq(got, "a\none\ntwo\n");
        free(got);
        table_doc_free(d);
    }
}
END_TEST

/* ---- bombs ---- */

static void pack(z_stream *z, struct str *out, const char *s, size_t n, int flush)
{
    unsigned char piece[4096];
    z->next_in = (unsigned char *)(uintptr_t)s;
    z->avail_in = (uInt)n;
    do {
        z->next_out = piece;
        z->avail_out = sizeof piece;
        deflate(z, flush);
        str_addn(out, (char *)piece, sizeof piece - z->avail_out);
    } while (z->avail_out == 0);
}

/* A file of less than 4 MB that unpacks to 1 GB: what comes of it. */
static void bomb(const char *name, const char *head, const char *unit, bool rows)
{
    enum { PIECE = 1 << 20, PIECES = 1000 };
    struct str packed = {0}, piece = {0};
    z_stream z = {0};
    while (piece.n < PIECE)
        str_add(&piece, unit);
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    pack(&z, &packed, head, strlen(head), Z_NO_FLUSH);
    for (int i = 0; i < PIECES; i++)
        pack(&z, &packed, piece.s, piece.n, Z_NO_FLUSH);
    pack(&z, &packed, "", 0, Z_FINISH);
    deflateEnd(&z);
    ck_assert_uint_lt(packed.n, 4 * PIECE);
    str_clear(&piece);

    struct table_reader *r = table_reader_new(name, NULL);
    struct error err;
    ck_assert_int_eq(table_reader_feed(r, packed.s, packed.n, &err), E_RANGE);
    ck_assert_str_eq(err.text, "gzip: unpacks to more than 200 times its size: no table does");
    struct table_doc *doc = table_reader_take(r);
    ck_assert(doc && (!rows || (doc->tables.at[0]->rows > 1000 && doc->tables.at[0]->partial)));
    table_doc_free(doc);
    table_reader_free(r);
    str_clear(&packed);
}

#define TABLE_OF(field) "<VOTABLE><TABLE><FIELD name=\"a\" " field "/><DATA>"

START_TEST(bombs_are_defused)
{
    static const struct {
        const char *name, *head, *unit;
        bool rows;
    } bombs[] = {
        {"a.vot.gz", TABLE_OF("datatype=\"int\"") "<TABLEDATA>", "        ", false},
        {"a.vot.gz", TABLE_OF("datatype=\"int\"") "<TABLEDATA>", "<TR><TD>1</TD></TR>\n", true},
        {"a.vot.gz", TABLE_OF("datatype=\"char\" arraysize=\"*\"") "<TABLEDATA><TR><TD>", "aaaa",
         false},
        {"a.vot.gz", TABLE_OF("datatype=\"int\"") "<BINARY><STREAM encoding=\"base64\">", "AAAA",
         true},
        {"a.csv.gz", "a,b\n", "1,2\n", true},
    };
    bomb(bombs[_i].name, bombs[_i].head, bombs[_i].unit, bombs[_i].rows);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tableodd");
    TCase *c = tcase_create("odd");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, texts_in_arrays);
    tcase_add_test(c, services_that_break_off);
    tcase_add_test(c, shapes_of_fits);
    tcase_add_test(c, quotes_in_fits);
    tcase_add_test(c, points_that_are_not_written);
    tcase_add_test(c, ecsv_from_elsewhere);
    tcase_add_test(c, csv_in_utf16);
    tcase_add_test(c, cells_that_are_no_utf8);
    tcase_add_loop_test(c, bombs_are_defused, 0, 5);
    suite_add_tcase(suite, c);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
