/* tableio.c - which format bytes are in, and their way to its reader.
 * Not: the formats; writing (tablewrite.c).
 */
#include "vigie/formats/tableio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tablefits.h"
#include "tabletext.h"
#include "vigie/formats/gzip.h"
#include "vigie/formats/votable.h"

enum { FIRST = 32, DOUBT_TIMES = 200, DOUBT_FROM = 1 << 28 };
#define UNPACKED_MAX (UINT64_C(1) << 36)
#define FITS_MAX     ((uint64_t)1 << 31)

struct table_reader {
    struct table_limits limits;
    char *name;
    struct gunzip *gunzip;
    struct votable *votable;
    struct tablecsv *csv;
    struct table_doc *doc; /* of CSV and FITS */
    struct str fits;
    struct str first;      /* bytes before the format is known */
    bool known, any, held; /* held: the first byte alone tells nothing */
    char first_byte;
    struct error failed;
};

struct table_reader *table_reader_new(const char *name, const struct table_limits *limits)
{
    struct table_reader *r = mem_zero(sizeof *r);
    r->limits = limits ? *limits : (struct table_limits){0};
    r->name = mem_str(name ? name : "");
    return r;
}

void table_reader_free(struct table_reader *r)
{
    if (!r)
        return;
    gunzip_free(r->gunzip);
    votable_free(r->votable);
    tablecsv_free(r->csv);
    table_doc_free(r->doc);
    str_clear(&r->fits);
    str_clear(&r->first);
    free(r->name);
    free(r);
}

static bool ends(const char *s, const char *ending)
{
    size_t n = strlen(s), k = strlen(ending);
    return n > k && str_eqi(s + n - k, ending);
}

static const struct {
    const char *ending;
    enum table_format format;
} endings[] = {{".vot", TABLE_VOTABLE}, {".xml", TABLE_VOTABLE}, {".votable", TABLE_VOTABLE},
               {".csv", TABLE_CSV},     {".tsv", TABLE_TSV},     {".tab", TABLE_TSV},
               {".ecsv", TABLE_ECSV},   {".fits", TABLE_FITS},   {".fit", TABLE_FITS},
               {".fts", TABLE_FITS},    {".json", TABLE_JSON},   {".jsonl", TABLE_JSON},
               {".ndjson", TABLE_JSON}};

bool table_format_of(const char *path, enum table_format *format)
{
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (ends(path, endings[i].ending)) {
            *format = endings[i].format;
            return true;
        }
    return false;
}

const char *table_format_name(enum table_format format)
{
    switch (format) {
    case TABLE_VOTABLE:
    case TABLE_VOTABLE_BINARY2: return "votable";
    case TABLE_CSV: return "csv";
    case TABLE_TSV: return "tsv";
    case TABLE_ECSV: return "ecsv";
    case TABLE_FITS: return "fits";
    case TABLE_JSON: return "json";
    }
    return "";
}

/* XML in UTF-8 or UTF-16, with or without a byte order mark. */
static bool looks_xml(const char *s, size_t n)
{
    static const char *const marks[] = {"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"};
    for (size_t i = 0; i < 3; i++)
        if (n >= strlen(marks[i]) && memcmp(s, marks[i], strlen(marks[i])) == 0) {
            s += strlen(marks[i]);
            n -= strlen(marks[i]);
            break;
        }
    while (n && (strchr(" \t\r\n", *s) || !*s)) {
        s++;
        n--;
    }
    return n && *s == '<';
}

/* Text that comes without a name: whether tabs or commas divide it. false: it is no such text. */
static bool looks_text(const char *s, size_t n, enum table_format *format)
{
    size_t comma = n, tab = n;
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)s[i];
        if ((b < ' ' && !strchr("\t\r\n", b)) || !b)
            return false;
        if (b == ',' && comma == n)
            comma = i;
        if (b == '\t' && tab == n)
            tab = i;
    }
    *format = tab < comma ? TABLE_TSV : TABLE_CSV;
    return n && *s != '{' && *s != '[';
}

static enum status choose(struct table_reader *r, const char *s, size_t n, struct error *err)
{
    char *name = mem_str(r->name);
    enum table_format format = TABLE_VOTABLE;
    if (ends(name, ".gz"))
        name[strlen(name) - 3] = '\0';
    bool ending = table_format_of(name, &format);
    if (strcmp(name, "-") == 0)
        ending = looks_text(s, n, &format);
    free(name);
    r->known = true;
    if (n >= 9 && memcmp(s, "SIMPLE  =", 9) == 0) {
        r->doc = table_doc_new(TABLE_FITS);
        return OK;
    }
    bool marked = n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0;
    if (n >= 10 && memcmp(s + (marked ? 3 : 0), "# %ECSV", 7) == 0) {
        r->doc = table_doc_new(TABLE_ECSV);
    } else if (looks_xml(s, n)) {
        r->votable = votable_new(&r->limits);
        return OK;
    } else if (n >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0)) {
        return err_set(err, E_PARSE, "text in UTF-16: only UTF-8 is read, save it as that");
    } else if (ending && (format == TABLE_CSV || format == TABLE_TSV) && n) {
        r->doc = table_doc_new(format);
    } else {
        return err_set(err, E_PARSE,
                       n ? "neither VOTable nor FITS, and its name does not end in "
                           ".csv or .tsv"
                         : "the file is empty");
    }
    r->csv = tablecsv_new(r->doc, &r->limits);
    return OK;
}

static enum status give(struct table_reader *r, const char *s, size_t n, struct error *err)
{
    if (r->votable)
        return votable_feed(r->votable, s, n, err);
    if (r->csv)
        return tablecsv_feed(r->csv, s, n, err);
    if (r->fits.n + n > FITS_MAX)
        return err_set(err, E_RANGE, "FITS: more than %llu bytes", (unsigned long long)FITS_MAX);
    str_addn(&r->fits, s, n);
    return OK;
}

/* Unpacked bytes: gathered until the format can be told. */
static enum status take(void *arg, const void *bytes, size_t n, struct error *err)
{
    struct table_reader *r = arg;
    if (r->known)
        return give(r, bytes, n, err);
    str_addn(&r->first, bytes, n);
    if (r->first.n < FIRST)
        return OK;
    enum status s = choose(r, r->first.s, r->first.n, err);
    if (s == OK)
        s = give(r, r->first.s, r->first.n, err);
    str_clear(&r->first);
    return s;
}

/* Whoever failed, the unpacking or the format: of the last table there is but a part. */
static enum status keep_failure(struct table_reader *r, enum status s, struct error *err)
{
    const struct table_doc *doc = s == OK ? NULL : table_reader_doc(r);
    if (doc && doc->tables.n)
        doc->tables.at[doc->tables.n - 1]->partial = true;
    if (s != OK && err)
        *err = r->failed;
    return s;
}

static enum status give_any(struct table_reader *r, const void *bytes, size_t n)
{
    return r->gunzip ? gunzip_feed(r->gunzip, bytes, n, &r->failed) : take(r, bytes, n, &r->failed);
}

/* Two bytes tell whether it is gzip'd. */
static enum status begin(struct table_reader *r, const char *s, size_t n)
{
    char two[2] = {r->held ? r->first_byte : s[0], r->held ? s[0] : n > 1 ? s[1] : '\0'};
    bool held = r->held;
    if (!held && n < 2) {
        r->held = true;
        r->first_byte = s[0];
        return OK;
    }
    r->any = true;
    r->held = false;
    if (gunzip_begins(two, sizeof two)) {
        r->gunzip = gunzip_new(UNPACKED_MAX, take, r);
        gunzip_doubt(r->gunzip, DOUBT_FROM, DOUBT_TIMES);
    }
    enum status st = held ? give_any(r, two, 1) : OK;
    return st == OK ? give_any(r, s, n) : st;
}

enum status table_reader_feed(struct table_reader *r, const void *bytes, size_t n,
                              struct error *err)
{
    if (r->failed.status != OK || n == 0)
        return keep_failure(r, r->failed.status, err);
    return keep_failure(r, r->any ? give_any(r, bytes, n) : begin(r, bytes, n), err);
}

enum status table_reader_end(struct table_reader *r, struct error *err)
{
    if (r->failed.status != OK)
        return keep_failure(r, r->failed.status, err);
    enum status s = r->held ? take(r, &r->first_byte, 1, &r->failed) : OK;
    if (s == OK && r->gunzip)
        s = gunzip_end(r->gunzip, &r->failed);
    if (s == OK && !r->known) {
        s = choose(r, str_c(&r->first), r->first.n, &r->failed);
        if (s == OK)
            s = give(r, str_c(&r->first), r->first.n, &r->failed);
    }
    if (s == OK && r->votable)
        s = votable_end(r->votable, &r->failed);
    else if (s == OK && r->csv)
        s = tablecsv_end(r->csv, &r->failed);
    else if (s == OK && r->doc)
        s = tablefits_read(r->doc, &r->limits, str_c(&r->fits), r->fits.n, &r->failed);
    return keep_failure(r, s, err);
}

const struct table_doc *table_reader_doc(const struct table_reader *r)
{
    return r->votable ? votable_doc(r->votable) : r->doc;
}

struct table_doc *table_reader_take(struct table_reader *r)
{
    struct table_doc *doc = r->doc;
    r->doc = NULL;
    return r->votable ? votable_take(r->votable) : doc;
}

/* What was read before a fault is worth keeping if there is a column. */
static struct table_doc *worth(struct table_doc *doc, bool failed, const char *why)
{
    bool some = false;
    for (size_t i = 0; doc && i < doc->tables.n; i++)
        some |= doc->tables.at[i]->n_columns > 0;
    if (failed && !some) {
        table_doc_free(doc);
        return NULL;
    }
    if (failed && !doc->fault)
        doc->fault = arena_str(&doc->arena, why);
    return doc;
}

enum status table_read_file(const char *path, const struct table_limits *limits,
                            struct table_doc **doc, struct error *err)
{
    enum { PIECE = 1 << 16 };
    struct error e = {OK, ""};
    struct stat st;
    bool in = strcmp(path, "-") == 0;
    FILE *f = in ? stdin : fopen(path, "rb");
    *doc = NULL;
    if (!f)
        return err_set(err, errno == ENOENT ? E_ABSENT : E_IO, "%s", strerror(errno));
    if (!in && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        fclose(f);
        return err_set(err, E_IO, "is a folder");
    }
    struct table_reader *r = table_reader_new(path, limits);
    char *piece = mem_alloc(PIECE);
    enum status s = OK;
    for (size_t n; s == OK && (n = fread(piece, 1, PIECE, f)) > 0;)
        s = table_reader_feed(r, piece, n, &e);
    if (s == OK && ferror(f))
        s = err_set(&e, E_IO, "%s", strerror(errno));
    if (s == OK)
        s = table_reader_end(r, &e);
    *doc = worth(table_reader_take(r), s != OK, e.text);
    if (s != OK && err)
        *err = e;
    table_reader_free(r);
    free(piece);
    if (!in)
        fclose(f);
    return s;
}
