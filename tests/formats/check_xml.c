/* check_xml.c - the strict XML reader: what it tells, what it refuses, whole or byte by byte. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"
#include "vigie/formats/xml.h"

/* Writes what is told as text: (name[attr=value] text ). */
static enum status note_start(void *arg, const char *uri, const char *name,
                              const struct xml_attr *attr, size_t n, struct error *err)
{
    struct str *out = arg;
    if (strcmp(name, "forbidden") == 0)
        return err_set(err, E_REFUSED, "the handler does not want it");
    str_addf(out, "(%s%s%s", *uri ? uri : "", *uri ? ":" : "", name);
    for (size_t i = 0; i < n; i++)
        str_addf(out, "[%s%s%s=%s]", attr[i].uri, *attr[i].uri ? ":" : "", attr[i].name,
                 attr[i].value);
    return OK;
}

static enum status note_end(void *arg, const char *uri, const char *name, struct error *err)
{
    (void)uri, (void)name, (void)err;
    str_addc(arg, ')');
    return OK;
}

static enum status note_text(void *arg, const char *s, size_t n, struct error *err)
{
    (void)err;
    str_addn(arg, s, n);
    return OK;
}

static enum status read_in(const char *s, size_t n, size_t piece, struct xml_limits limits,
                           struct str *out, struct error *err)
{
    static const struct xml_handler handler = {note_start, note_end, note_text};
    struct xml *x = xml_new(&limits, &handler, out);
    enum status st = OK;
    str_reset(out);
    for (size_t i = 0; i < n && st == OK; i += piece)
        st = xml_feed(x, s + i, n - i < piece ? n - i : piece, err);
    if (st == OK)
        st = xml_end(x, err);
    else
        ck_assert_int_eq(xml_end(x, NULL), st);
    xml_free(x);
    return st;
}

static const struct xml_limits strict = {.max_bytes = 1 << 16};

/* The same answer whatever the pieces. */
static void expect(const char *s, size_t n, const char *want)
{
    static const size_t piece[] = {1, 2, 3, 7, 1 << 16};
    struct str out = {0};
    struct error err;
    for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++) {
        enum status st = read_in(s, n, piece[i], strict, &out, &err);
        ck_assert_msg(st == OK, "pieces of %zu: %s", piece[i], err.text);
        ck_assert_str_eq(str_c(&out), want);
    }
    str_clear(&out);
}

static void refused(const char *s, size_t n, enum status want, const char *part)
{
    static const size_t piece[] = {1, 5, 1 << 16};
    struct str out = {0};
    struct error err;
    for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++) {
        enum status st = read_in(s, n, piece[i], strict, &out, &err);
        ck_assert_msg(st == want, "\"%.80s\" in pieces of %zu: status %d", s, piece[i], (int)st);
        ck_assert_msg(strstr(err.text, part) != NULL, "\"%s\" does not say \"%s\"", err.text, part);
    }
    str_clear(&out);
}

#define EXPECT(s, want)        expect(s, sizeof(s) - 1, want)
#define REFUSED(s, want, part) refused(s, sizeof(s) - 1, want, part)

START_TEST(tells_elements_and_text)
{
    EXPECT("<a/>", "(a)");
    EXPECT("<?xml version='1.0'?><!-- c --><a x='1' y='2'>t<b>u</b>v</a>\n<!-- end -->\n",
           "(a[x=1][y=2]t(bu)v)");
    EXPECT("<p:a xmlns:p='urn:x' p:k='v' k='w'><p:b/></p:a>", "(urn:x:a[urn:x:k=v][k=w](urn:x:b))");
    EXPECT("<a xmlns='urn:x' k='v'/>", "(urn:x:a[k=v])");
    EXPECT("<a><![CDATA[<b>&amp;]]></a>", "(a<b>&amp;)");
}
END_TEST

START_TEST(character_references)
{
    EXPECT("<a k='&amp;&lt;&#38;#38;&amp;#38;&quot;&#x41;'>&amp;&lt;&#38;lt;&#x202e;</a>",
           "(a[k=&<&#38;&#38;\"A]&<&lt;\xe2\x80\xae)");
}
END_TEST

START_TEST(encodings)
{
    EXPECT("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc9toile</a>", "(a\xc3\x89toile)");
    EXPECT("\xef\xbb\xbf<a>\xc3\x89</a>", "(a\xc3\x89)");
    EXPECT("\xff\xfe<\0a\0>\0\xc9\0<\0/\0a\0>\0", "(a\xc3\x89)");
    REFUSED("<a>\xc9toile</a>", E_PARSE, "UTF-8");
    REFUSED("<?xml version='1.0' encoding='UTF-7'?>\a\x1c\n<a>+AAA</a>", E_PARSE, "line 1");
    REFUSED("\xff\xfe<\0a\0>\0\x00\xd9\x41\0<\0/\0a\0>\0", E_PARSE, "");
    REFUSED("<?xml version='1.0'?>\n", E_PARSE, "");
    REFUSED("<?xml version='1.0' encoding='no-such'?><a/>", E_PARSE, "ncoding");
}
END_TEST

START_TEST(refuses_what_is_no_xml)
{
    REFUSED("", E_PARSE, "empty");
    REFUSED(" ", E_PARSE, "");
    REFUSED("text <a/>", E_PARSE, "line 1");
    REFUSED("{\"a\":1}", E_PARSE, "line 1");
    REFUSED("<a><b></a></b>", E_PARSE, "mismatch");
    REFUSED("<a>", E_PARSE, "");
    REFUSED("<a><b/>", E_PARSE, "");
    REFUSED("<a k=1/>", E_PARSE, "");
    REFUSED("<a k='1' k='2'/>", E_PARSE, "redefined");
    REFUSED("<a/>\n\n<b/>", E_PARSE, "line 3");
    REFUSED("<a/>x", E_PARSE, "");
    REFUSED("<a/>\0\0garbage", E_PARSE, "");
    REFUSED("<a/>\0", E_PARSE, "");
    REFUSED("<a>\0</a>", E_PARSE, "");
    REFUSED("<a>\x1b[31m</a>", E_PARSE, "");
    REFUSED("<a>&#27;</a>", E_PARSE, "");
    REFUSED("<p:a/>", E_PARSE, "prefix");
    REFUSED("<a p:k='1'/>", E_PARSE, "prefix");
    REFUSED("<a/><!---> x -->", E_PARSE, "");
    REFUSED("<a><!---> x --></a>", E_PARSE, "");
    REFUSED("<a/><!--> x -->", E_PARSE, "");
}
END_TEST

START_TEST(refuses_doctype_and_entities)
{
    struct xml_limits loose = {.max_bytes = 1 << 16, .doctype_ignored = true};
    struct str out = {0};
    struct error err;
    static const char system_id[] = "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>t</a>",
                      declares[] = "<!DOCTYPE a [<!ENTITY e 'x'>]><a/>",
                      uses[] = "<!DOCTYPE a SYSTEM 'x.dtd'><a>&e;</a>",
                      uses_in_value[] = "<!DOCTYPE a SYSTEM 'x.dtd'><a k='&e;'/>",
                      param[] = "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><a/>";
    REFUSED("<!DOCTYPE a><a/>", E_PARSE, "DOCTYPE");
    REFUSED("<!DOCTYPE a SYSTEM 'http://localhost/x.dtd'><a/>", E_PARSE, "DOCTYPE");
    REFUSED("<a>&e;</a>", E_PARSE, "ntity");
    REFUSED("<a k='&e;'/>", E_PARSE, "ntity");
    ck_assert_int_eq(read_in(system_id, strlen(system_id), 9, loose, &out, &err), OK);
    ck_assert_str_eq(str_c(&out), "(at)");
    ck_assert_int_eq(read_in(declares, strlen(declares), 9, loose, &out, &err), E_PARSE);
    ck_assert_int_eq(read_in(uses, strlen(uses), 9, loose, &out, &err), E_PARSE);
    ck_assert_int_eq(read_in(uses_in_value, strlen(uses_in_value), 9, loose, &out, &err), E_PARSE);
    ck_assert_int_eq(read_in(param, strlen(param), 9, loose, &out, &err), E_PARSE);
    str_clear(&out);
}
END_TEST

/* A '>' or a ']' inside a literal, a comment or an instruction ends nothing, wherever the bytes are cut;
 * what is malformed is refused wherever they are cut. */
START_TEST(doctype_in_pieces)
{
    static const struct {
        const char *doc, *out, *why;
    } rows[] = {
        {"<!DOCTYPE a-b.c SYSTEM \"x>y\" ><a>t</a>", "(at)", NULL},
        {"<?xml version='1.0'?> <!-- <!DOCTYPE z> -->\n<!DOCTYPE\na PUBLIC 'p>' \"s]>\"><a/>",
         "(a)", NULL},
        {"<!DOCTYPE a [<!ELEMENT a ANY><!-- ]> ' -->\n<?p ]> \"?><!ATTLIST a b CDATA ']>'>]><a/>",
         "(a)", NULL},
        {"\xef\xbb\xbf<!DOCTYPE a><a/>", "(a)", NULL},
        {"<!DOCTYPE a\n\n><a>\n</b>", NULL, "line 4"},
        {"<!DOCTYPE a><?xml version='1.0'?><a/>", NULL, "XML"},
        {"<!DOCTYPE a><!DOCTYPE a><a/>", NULL, "DOCTYPE"},
        {"<a/><!DOCTYPE a>", NULL, ""},
        {"<!DOCTYPEa><a/>", NULL, "malformed"},
        {"<!DOCTYPE ><a/>", NULL, "malformed"},
        {"<!DOCTYPE a SYSTEM><a/>", NULL, "malformed"},
        {"<!DOCTYPE a PUBLIC 'p'><a/>", NULL, "malformed"},
        {"<!DOCTYPE a SYSTEM 'x' y><a/>", NULL, "malformed"},
        {"<!DOCTYPE a [<!ELEMENT a <b>]><a/>", NULL, "malformed"},
        {"<!DOCTYPE a [<!OTHER a>]><a/>", NULL, "malformed"},
        {"<!DOCTYPE a [<!-- x -- y -->]><a/>", NULL, "malformed"},
        {"<!DOCTYPE a [x]><a/>", NULL, "malformed"},
        {"<!DOCTYPE a [%p;]><a/>", NULL, "entity"},
        {"<!DOCTYPE a [<!ENTITY e '>'>]><a/>", NULL, "entity"},
        {"<!DOCTYPE a SYSTEM 'x><a/>", NULL, ""},
        {"<!DOCTYPE a [<a/>", NULL, ""},
        {"<!DOCTYPE a", NULL, ""}};
    struct xml_limits loose = {.max_bytes = 1 << 16, .doctype_ignored = true};
    struct str out = {0};
    struct error err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t piece = 1; piece <= strlen(rows[i].doc); piece++) {
            enum status s = read_in(rows[i].doc, strlen(rows[i].doc), piece, loose, &out, &err);
            ck_assert_msg(s == (rows[i].out ? OK : E_PARSE), "%s by %zu: %d %s", rows[i].doc, piece,
                          (int)s, s == OK ? "" : err.text);
            if (rows[i].out)
                ck_assert_str_eq(str_c(&out), rows[i].out);
            else
                ck_assert_msg(strstr(err.text, rows[i].why), "%s by %zu: %s", rows[i].doc, piece,
                              err.text);
        }
    str_clear(&out);
}
END_TEST

START_TEST(bounds)
{
    struct xml_limits shallow = {.max_bytes = 64, .max_depth = 3};
    struct str out = {0}, deep = {0};
    struct error err;
    ck_assert_int_eq(read_in("<a><b><c/></b></a>", 18, 99, shallow, &out, &err), OK);
    ck_assert_int_eq(read_in("<a><b><c><d/></c></b></a>", 25, 99, shallow, &out, &err), E_RANGE);
    str_add(&deep, "<a>");
    for (int i = 0; i < 70; i++)
        str_addc(&deep, 'x');
    ck_assert_int_eq(read_in(deep.s, deep.n, 1, shallow, &out, &err), E_RANGE);
    str_reset(&deep);
    for (int i = 0; i < 255; i++)
        str_add(&deep, "<a>");
    for (int i = 0; i < 255; i++)
        str_add(&deep, "</a>");
    ck_assert_int_eq(read_in(deep.s, deep.n, 999, strict, &out, &err), OK);
    str_reset(&deep);
    for (int i = 0; i < 256; i++)
        str_add(&deep, "<a>");
    ck_assert_int_eq(read_in(deep.s, deep.n, 999, strict, &out, &err), E_RANGE);
    str_clear(&out);
    str_clear(&deep);
}
END_TEST

START_TEST(handler_stops)
{
    REFUSED("<a><forbidden/><b></a>", E_REFUSED, "does not want it");
}
END_TEST

/* Elements one behind the other, as INDI sends them for as long as the connection lasts. */
START_TEST(stream)
{
    static const struct xml_limits limits = {.max_bytes = 40, .stream = true};
    static const char good[] = "\n<a x='1'>\n  one\n</a>\n<b/><a><c>two</c></a>\n";
    static const char endless[] = "<a><b>0123456789</b><b>0123456789</b><b>0123456789</b>"
                                  "<b>0123456789</b><b>0123456789</b><b>0123456789</b></a>";
    struct str out = {0};
    struct error err;
    for (size_t piece = 1; piece < 60; piece += 3) {
        ck_assert_int_eq(read_in(good, sizeof good - 1, piece, limits, &out, &err), OK);
        ck_assert_str_eq(str_c(&out), "(a[x=1]\n  one\n)(b)(a(ctwo))");
        ck_assert_int_eq(read_in(good, 12, piece, limits, &out, &err), E_PARSE); /* ends inside */
        ck_assert_int_eq(
            read_in(endless, sizeof endless - 1, piece < 20 ? piece : 20, limits, &out, &err),
            E_RANGE);
        ck_assert_int_eq(read_in("<a/></a><a/>", 12, piece, limits, &out, &err), E_PARSE);
        ck_assert_int_eq(read_in("<a/></stream><a/>", 17, piece, limits, &out, &err), E_PARSE);
        ck_assert_int_eq(read_in("<a/><!DOCTYPE a>", 16, piece, limits, &out, &err), E_PARSE);
        ck_assert_int_eq(read_in("<a>&b;</a>", 10, piece, limits, &out, &err), E_PARSE);
    }
    str_clear(&out);
}
END_TEST

START_TEST(tree)
{
    static const char doc[] =
        "<v:R xmlns:v='urn:v'><A k='1'>one<B>two</B>three</A><A/><C>&lt;</C></v:R>";
    struct xml_tree *t = xml_tree_new(&strict);
    ck_assert_int_eq(xml_feed(t->xml, doc, strlen(doc), NULL), OK);
    ck_assert_int_eq(xml_end(t->xml, NULL), OK);
    ck_assert_str_eq(t->root->name, "R");
    ck_assert_str_eq(t->root->uri, "urn:v");
    struct xml_node *a = xml_child(t->root, "A", NULL);
    ck_assert_str_eq(xml_text(a), "onethree");
    ck_assert_str_eq(xml_value(a, "k"), "1");
    ck_assert_ptr_null(xml_value(a, "K"));
    ck_assert_str_eq(xml_text(xml_path(t->root, "A/B")), "two");
    ck_assert_ptr_null(xml_path(t->root, "A/C"));
    struct xml_node *second = xml_child(t->root, "A", a);
    ck_assert_str_eq(xml_text(second), "");
    ck_assert_ptr_null(xml_child(t->root, "A", second));
    ck_assert_str_eq(xml_text(xml_child(t->root, "C", NULL)), "<");
    xml_tree_free(t);
    t = xml_tree_new(&strict);
    ck_assert_int_eq(xml_feed(t->xml, "<a><b>cut", 9, NULL), OK);
    ck_assert_int_eq(xml_end(t->xml, NULL), E_PARSE);
    xml_tree_free(t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("xml");
    TCase *t = tcase_create("xml");
    tcase_add_test(t, tells_elements_and_text);
    tcase_add_test(t, character_references);
    tcase_add_test(t, encodings);
    tcase_add_test(t, refuses_what_is_no_xml);
    tcase_add_test(t, refuses_doctype_and_entities);
    tcase_add_test(t, doctype_in_pieces);
    tcase_add_test(t, bounds);
    tcase_add_test(t, handler_stops);
    tcase_add_test(t, stream);
    tcase_add_test(t, tree);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
