/* check_votable_corpus.c - the corpus of VOTables (VIGIE_CORPUS): what must be read is read, with its
 * rows, and comes back the same from every format; what must be refused is refused with a sentence;
 * pieces of any size and the XML library alone give the same tables.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/formats/json.h"
#include "vigie/formats/tableio.h"
#include "vigie/formats/votable.h"

static const char *corpus;

static struct table_doc *parse(const char *name, const char *s, size_t n, size_t piece,
                               enum status *status, struct error *err)
{
    struct table_reader *r = table_reader_new(name, NULL);
    *status = OK;
    for (size_t at = 0; at < n && *status == OK; at += piece)
        *status = table_reader_feed(r, s + at, n - at < piece ? n - at : piece, err);
    if (*status == OK)
        *status = table_reader_end(r, err);
    struct table_doc *doc = table_reader_take(r);
    table_reader_free(r);
    return doc;
}

/* In FITS NaN is the null of real numbers. */
static void drop_nan(struct str *s)
{
    for (char *p; s->n && (p = strstr(s->s, "nan"));) {
        memmove(p, p + 3, strlen(p + 3) + 1);
        s->n -= 3;
    }
}

/* XML has no control characters: they come back as U+FFFD. */
static void drop_controls(struct str *s)
{
    struct str out = {0};
    for (size_t i = 0; i < s->n; i++)
        if ((unsigned char)s->s[i] < 0x20 && !strchr("\t\n\r", s->s[i]))
            str_add(&out, "\xef\xbf\xbd");
        else
            str_addc(&out, s->s[i]);
    str_reset(s);
    str_addn(s, str_c(&out), out.n);
    str_clear(&out);
}

/* Whether the cells of two tables are the same text. fits: as far as FITS can hold them. */
static void same_cells(const char *file, const char *how, const struct table *a,
                       const struct table *b, bool fits)
{
    struct str x = {0}, y = {0};
    ck_assert_msg(a->rows == b->rows && a->n_columns == b->n_columns, "%s %s: %zu rows, not %zu",
                  file, how, b->rows, a->rows);
    for (size_t row = 0; row < a->rows; row++)
        for (size_t c = 0; c < a->n_columns; c++) {
            if (a->column[c].type == TABLE_TEXT && fits)
                continue;
            str_reset(&x);
            str_reset(&y);
            table_cell(a, row, c, &x);
            table_cell(b, row, c, &y);
            drop_controls(&x);
            drop_controls(&y);
            if (fits) {
                drop_nan(&x);
                drop_nan(&y);
            }
            ck_assert_msg(strcmp(str_c(&x), str_c(&y)) == 0,
                          "%s %s: row %zu, column %zu: \"%.80s\", not \"%.80s\"", file, how, row, c,
                          str_c(&y), str_c(&x));
        }
    str_clear(&x);
    str_clear(&y);
}

static void there_and_back(const char *file, const struct table_doc *doc, const struct table *t,
                           enum table_format format, const char *how)
{
    struct str out = {0};
    struct table_writer *w = table_writer_new(doc, t, format);
    struct error err = {OK, ""};
    enum status s = OK;
    for (bool done = false; !done && s == OK;)
        s = table_writer_step(w, 100, &out, &done, &err);
    table_writer_free(w);
    ck_assert_msg(s == OK, "%s %s: %s", file, how, err.text);
    struct table_doc *again = parse(how, str_c(&out), out.n, 1000, &s, &err);
    ck_assert_msg(s == OK, "%s %s: %s", file, how, err.text);
    ck_assert_uint_eq(again->tables.n, 1);
    same_cells(file, how, t, again->tables.at[0], format == TABLE_FITS);
    table_doc_free(again);
    str_clear(&out);
}

static bool has_type(const struct table *t, enum table_type type)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->column[i].type == type)
            return true;
    return false;
}

static void round_trips(const char *file, const struct table_doc *doc)
{
    for (size_t i = 0; i < doc->tables.n; i++) {
        const struct table *t = doc->tables.at[i];
        if (t->n_columns == 0 || t->rows == 0)
            continue;
        there_and_back(file, doc, t, TABLE_VOTABLE, "x.vot");
        there_and_back(file, doc, t, TABLE_VOTABLE_BINARY2, "x2.vot");
        if (!has_type(t, TABLE_BIT)) /* FITS has no null among bits */
            there_and_back(file, doc, t, TABLE_FITS, "x.fits");
    }
}

static void check_votable(const char *file, const struct json *e, const struct str *bytes)
{
    struct error err = {OK, ""};
    enum status s;
    struct table_doc *doc = parse(file, str_c(bytes), bytes->n, 1 << 16, &s, &err);
    ck_assert_msg(s == OK, "%s: %s", file, err.text);
    const struct json *tables = json_get(e, "tables");
    size_t own = 0;
    for (size_t i = 0; i < doc->tables.n; i++) {
        const struct table *t = doc->tables.at[i];
        if (t->like)
            continue;
        const struct json *want = json_item(tables, own++), *rows = json_get(want, "rows");
        ck_assert_msg(want != NULL, "%s: too many tables", file);
        if (rows)
            ck_assert_msg((double)t->rows == json_number(rows), "%s: %zu rows", file, t->rows);
    }
    ck_assert_uint_eq(own, tables ? tables->n : 0);
    round_trips(file, doc);
    table_doc_free(doc);
}

/* Any file, in pieces of several sizes: the same tables, the same sentence. */
static void check_pieces(const char *file, const struct str *bytes)
{
    static const size_t pieces[] = {1 << 20, 1 << 12, 61};
    struct error first = {OK, ""}, err = {OK, ""};
    struct table_doc *want = NULL;
    for (size_t i = 0; i < 3; i++) {
        enum status s;
        err = (struct error){OK, ""};
        struct table_doc *doc = parse(file, str_c(bytes), bytes->n, pieces[i], &s, &err);
        if (i == 0) {
            want = doc;
            first = err;
            continue;
        }
        ck_assert_msg(strcmp(first.text, err.text) == 0, "%s: %s, not %s", file, err.text,
                      first.text);
        for (size_t k = 0; doc && k < doc->tables.n; k++)
            same_cells(file, "pieces", want->tables.at[k], doc->tables.at[k], false);
        table_doc_free(doc);
    }
    table_doc_free(want);
}

/* The quick way and the XML library alone. */
static void check_slow(const char *file, const struct str *bytes)
{
    struct error err[2] = {{OK, ""}, {OK, ""}};
    struct votable *v[2];
    for (int slow = 0; slow < 2; slow++) {
        v[slow] = votable_new(NULL);
        if (slow)
            votable_slow(v[slow]);
        if (votable_feed(v[slow], str_c(bytes), bytes->n, &err[slow]) == OK &&
            votable_end(v[slow], &err[slow]) != OK)
            ck_assert_str_ne(err[slow].text, "");
    }
    const struct table_doc *a = votable_doc(v[0]), *b = votable_doc(v[1]);
    ck_assert_msg(strcmp(err[0].text, err[1].text) == 0, "%s: %s, not %s", file, err[0].text,
                  err[1].text);
    ck_assert_uint_eq(a->tables.n, b->tables.n);
    for (size_t k = 0; k < a->tables.n; k++)
        same_cells(file, "quick", b->tables.at[k], a->tables.at[k], false);
    votable_free(v[0]);
    votable_free(v[1]);
}

static void check_line(const char *line, size_t n)
{
    struct arena arena = {0};
    struct error err;
    const struct json *e;
    struct str bytes = {0};
    ck_assert_msg(json_parse(&arena, line, n, NULL, &e, &err) == OK, "%s", err.text);
    const char *file = json_text(json_get(e, "file")), *must = json_text(json_get(e, "must"));
    const char *kind = json_text(json_get(e, "kind"));
    char *path = mem_printf("%s/votable/files/%s", corpus, file);
    ck_assert_msg(file_read(path, 1 << 24, &bytes, &err) == OK, "%s", err.text);
    if (strcmp(must, "error") == 0) {
        enum status s;
        table_doc_free(parse(file, str_c(&bytes), bytes.n, 1000, &s, &err));
        ck_assert_msg(s == E_PARSE || s == E_RANGE, "%s: not refused", file);
    } else if (strcmp(must, "read") == 0 && strcmp(kind, "votable") == 0 &&
               !strstr(file,
                       "gen__astropy_binary")) { /* their stream does not match their FIELDs */
        check_votable(file, e, &bytes);
    }
    check_pieces(file, &bytes);
    check_slow(file, &bytes);
    free(path);
    str_clear(&bytes);
    arena_clear(&arena);
}

START_TEST(the_corpus)
{
    struct str lines = {0};
    struct error err;
    char *path = mem_printf("%s/votable/expected.jsonl", corpus);
    size_t n = 0;
    ck_assert_msg(file_read(path, 1 << 26, &lines, &err) == OK, "%s", err.text);
    for (const char *s = str_c(&lines); *s; n++) {
        size_t length = strcspn(s, "\n");
        check_line(s, length);
        s += length + (s[length] == '\n');
    }
    ck_assert_uint_gt(n, 200);
    free(path);
    str_clear(&lines);
}
END_TEST

int main(void)
{
    corpus = getenv("VIGIE_CORPUS");
    if (!corpus) {
        fprintf(stderr, "check_votable_corpus: VIGIE_CORPUS is not set: the corpus is left out\n");
        return 0;
    }
    Suite *s = suite_create("votable corpus");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 300);
    tcase_add_test(c, the_corpus);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
