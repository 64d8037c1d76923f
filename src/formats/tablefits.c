/* tablefits.c - FITS tables (binary and ASCII) in memory to a table. Written without cfitsio because
 * such files come out of VOTables from anywhere, and it trusts what they say of their own sizes.
 * Source: FITS Standard 4.0, sections 7.2 and 7.3. Not: writing (tablefitsout.c), images, compressed
 * tables.
 */
#include "tablefits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fitshead.h"
#include "tablenum.h"

enum { CELL_MAX = 1 << 24, COLUMNS_MAX = 999 };

/* struct fits_column - a TFORM taken apart. letter: of the elements; pointer: P or Q if they lie in
 * the heap. at: of the cell in its row. chars: of one text (A). whole: raw + zero is an integer. */
struct fits_column {
    char letter, pointer;
    int64_t repeat, chars;
    size_t at, bytes;
    bool has_null, whole;
    int64_t null, zero_int;
    double scale, zero;
    const char *null_text; /* of an ASCII table */
    int decimals;          /* of an ASCII table: digits behind a point that is not written */
};

struct fits_in {
    const unsigned char *bytes;
    size_t size;
    struct fits_unit unit;
    bool ascii;
    int64_t rows, row_bytes;
    int columns;
    struct fits_column *column;
    struct str text;
};

/* ---- the shape of the table ---- */

static unsigned letter_bytes(char letter)
{
    switch (letter) {
    case 'L':
    case 'B':
    case 'A': return 1;
    case 'I': return 2;
    case 'J':
    case 'E': return 4;
    case 'K':
    case 'D':
    case 'C':
    case 'P': return 8;
    case 'M':
    case 'Q': return 16;
    default: return 0; /* X: bits */
    }
}

static bool known_letter(char c)
{
    return c && strchr("LXBIJKAEDCMPQ", c);
}

static size_t bytes_of(char letter, int64_t n)
{
    return letter == 'X' ? (size_t)(n + 7) / 8 : (size_t)n * letter_bytes(letter);
}

/* "12A", "3E", "20A10", "1PE(77)" */
static bool take_form(const char *s, struct fits_column *c)
{
    char *end;
    c->repeat = *s >= '0' && *s <= '9' ? strtol(s, &end, 10) : 1;
    if (*s >= '0' && *s <= '9')
        s = end;
    if (!known_letter(*s) || c->repeat < 0 || c->repeat > CELL_MAX)
        return false;
    c->letter = *s++;
    c->bytes = bytes_of(c->letter, c->repeat);
    if (c->letter == 'P' || c->letter == 'Q') {
        c->pointer = c->letter;
        c->letter = *s;
        return known_letter(*s) && *s != 'P' && *s != 'Q' && c->repeat <= 1;
    }
    c->chars = c->letter == 'A' ? c->repeat : 0;
    if (c->letter == 'A' && *s >= '1' && *s <= '9') {
        long chars = strtol(s, NULL, 10);
        c->chars = chars > 0 && chars < c->repeat ? chars : c->repeat;
    }
    return true;
}

static void take_scaling(const struct fits_unit *u, int number, struct fits_column *c)
{
    const double most = 9e18;
    c->scale = fits_real(u, "TSCAL", number, 1);
    c->zero = fits_real(u, "TZERO", number, 0);
    c->whole = c->scale == 1 && c->zero == floor(c->zero) && fabs(c->zero) < most;
    c->zero_int = c->whole ? (int64_t)c->zero : 0;
    c->null_text = fits_text(u, "TNULL", number);
    c->has_null = c->null_text && num_int(c->null_text, strlen(c->null_text), &c->null);
}

/* A11, I6, F8.3, E15.7, D25.17 of an ASCII table. */
static bool take_ascii_form(const struct fits_unit *u, const char *s, int number,
                            struct fits_column *c)
{
    int64_t from = fits_int(u, "TBCOL", number, 0);
    long width = strtol(*s ? s + 1 : s, NULL, 10);
    if (!*s || !strchr("AIFED", *s) || width <= 0 || width > CELL_MAX || from < 1 ||
        from > CELL_MAX)
        return false;
    const char *point = strchr(s, '.');
    c->decimals = point && strchr("FED", *s) ? (int)strtol(point + 1, NULL, 10) : 0;
    if (c->decimals < 0 || c->decimals > 300)
        return false;
    c->letter = *s;
    c->repeat = c->chars = width;
    c->bytes = (size_t)width;
    c->at = (size_t)from - 1;
    return true;
}

static enum status measure(struct fits_in *in, struct error *err)
{
    const struct fits_unit *u = &in->unit;
    size_t at = 0;
    in->rows = fits_int(u, "NAXIS", 2, 0);
    in->row_bytes = fits_int(u, "NAXIS", 1, 0);
    int64_t columns = fits_int(u, "TFIELDS", 0, 0);
    if (columns < 0 || columns > COLUMNS_MAX || in->row_bytes < 0 || in->rows < 0)
        return err_set(err, E_PARSE, "FITS: the sizes of the table make no sense");
    in->columns = (int)columns;
    free(in->column);
    in->column = mem_zero(((size_t)columns + 1) * sizeof *in->column);
    for (int i = 0; i < in->columns; i++) {
        struct fits_column *c = &in->column[i];
        const char *form = fits_text(u, "TFORM", i + 1);
        bool good = form && (in->ascii ? take_ascii_form(u, form, i + 1, c) : take_form(form, c));
        if (!in->ascii && good) {
            c->at = at;
            at += c->bytes;
        }
        if (!good || c->at + c->bytes > (size_t)in->row_bytes)
            return err_set(err, E_PARSE, "FITS: TFORM%d \"%.20s\" makes no sense here", i + 1,
                           form ? form : "");
        take_scaling(u, i + 1, c);
    }
    return OK;
}

/* ---- cells ---- */

/* An element: an integer, a real, or null. */
struct element {
    bool null, whole;
    int64_t i;
    double x;
};

static uint64_t big(const unsigned char *p, unsigned n)
{
    uint64_t u = 0;
    while (n--)
        u = u << 8 | *p++;
    return u;
}

static double big_real(const unsigned char *p, unsigned n)
{
    double x;
    float f;
    uint64_t u = big(p, n);
    uint32_t v = (uint32_t)u;
    if (n == 8) {
        memcpy(&x, &u, sizeof x);
        return x;
    }
    memcpy(&f, &v, sizeof f);
    return (double)f;
}

/* Reals as they are, minus zero too, unless the header scales them. */
static struct element scaled_real(const struct fits_column *c, double x)
{
    bool plain = c->scale == 1 && c->zero == 0;
    return (struct element){false, false, 0, plain ? x : x * c->scale + c->zero};
}

static struct element scaled(const struct fits_column *c, int64_t raw)
{
    struct element e = {c->has_null && raw == c->null, c->whole, raw, 0};
    if (c->letter == 'K' && c->scale == 1 && c->zero == 9223372036854775808.0) { /* unsigned */
        e.whole = true;
        e.null |= raw >= 0; /* 2^63 and above */
        e.i = raw < 0 ? raw - INT64_MIN : 0;
    } else if (c->whole && __builtin_add_overflow(raw, c->zero_int, &e.i)) {
        e.null = true;
    }
    e.x = e.whole ? (double)e.i : (double)raw * c->scale + c->zero;
    return e;
}

/* Element k of a cell at p (of a complex number its parts count one by one). */
static struct element element_at(const struct fits_column *c, const unsigned char *p, size_t k)
{
    struct element e = {false, true, 0, 0};
    switch (c->letter) {
    case 'L':
        e.null = p[k] != 'T' && p[k] != 'F';
        e.i = p[k] == 'T';
        break;
    case 'X': e.i = p[k / 8] >> (7 - k % 8) & 1; break;
    case 'B': return scaled(c, p[k]);
    case 'I': return scaled(c, (int16_t)big(p + 2 * k, 2));
    case 'J': return scaled(c, (int32_t)big(p + 4 * k, 4));
    case 'K': return scaled(c, (int64_t)big(p + 8 * k, 8));
    case 'E':
    case 'C': return scaled_real(c, big_real(p + 4 * k, 4));
    case 'D':
    case 'M': return scaled_real(c, big_real(p + 8 * k, 8));
    default: e.null = true; break;
    }
    e.x = (double)e.i;
    return e;
}

/* Into the type of the column; false: the type cannot hold it. */
static bool store(enum table_type type, const struct element *e, unsigned char *to)
{
    static const struct {
        int64_t lo, hi;
    } range[] = {[TABLE_BOOL] = {0, 1},
                 [TABLE_BIT] = {0, 1},
                 [TABLE_U8] = {0, UINT8_MAX},
                 [TABLE_I16] = {INT16_MIN, INT16_MAX},
                 [TABLE_I32] = {INT32_MIN, INT32_MAX},
                 [TABLE_I64] = {INT64_MIN, INT64_MAX}};
    if (type == TABLE_F64 || type == TABLE_C64) {
        memcpy(to, &e->x, 8);
        return !e->null;
    }
    if (type == TABLE_F32 || type == TABLE_C32) {
        float f = fabs(e->x) > 3.5e38 && isfinite(e->x) ? NAN : (float)e->x;
        memcpy(to, &f, 4);
        return !e->null;
    }
    int64_t i = e->whole ? e->i : 0;
    bool whole = e->whole;
    if (!whole && e->x == floor(e->x) && fabs(e->x) < 9e18) {
        i = (int64_t)e->x;
        whole = true;
    }
    bool good = whole && !e->null && i >= range[type].lo && i <= range[type].hi;
    if (!good)
        i = 0;
    if (type == TABLE_I64)
        memcpy(to, &i, 8);
    else if (type == TABLE_I32)
        memcpy(to, &(int32_t){(int32_t)i}, 4);
    else if (type == TABLE_I16)
        memcpy(to, &(int16_t){(int16_t)i}, 2);
    else
        *to = (unsigned char)i;
    return good;
}

static void put_numbers(struct table *t, size_t column, const struct fits_column *c,
                        const unsigned char *p, int64_t n)
{
    static const unsigned width[] = {
        [TABLE_BOOL] = 1, [TABLE_BIT] = 1, [TABLE_U8] = 1,  [TABLE_I16] = 2,
        [TABLE_I32] = 4,  [TABLE_I64] = 8, [TABLE_F32] = 4, [TABLE_F64] = 8,
        [TABLE_C32] = 4,  [TABLE_C64] = 8, [TABLE_TEXT] = 1};
    enum table_type type = t->column[column].type;
    bool pair = type == TABLE_C32 || type == TABLE_C64,
         from_pair = c->letter == 'C' || c->letter == 'M';
    if (n == 0 || pair != from_pair || c->letter == 'A') {
        table_put_null(t, column);
        return;
    }
    if (!t->column[column].array)
        n = 1;
    unsigned char *to = table_put_room(t, column, (uint32_t)n);
    size_t parts = pair ? 2 : 1;
    for (size_t k = 0; k < (size_t)n * parts; k++) {
        struct element e = element_at(c, p, k);
        if (!store(type, &e, to + k * width[type]))
            table_put_null_element(t, column, (uint32_t)(k / parts));
    }
}

/* The standard allows ASCII alone: any other byte is U+FFFD. A text ends at a zero byte; blanks at its
 * end do not count. */
static void take_ascii(struct str *out, const unsigned char *p, size_t n)
{
    str_reset(out);
    for (size_t i = 0; i < n && p[i]; i++)
        if (p[i] < 0x80)
            str_addc(out, (char)p[i]);
        else
            str_add(out, "\xef\xbf\xbd");
    while (out->n && out->s[out->n - 1] == ' ')
        out->s[--out->n] = '\0';
}

static void put_texts(struct fits_in *in, struct table *t, size_t column,
                      const struct fits_column *c, const unsigned char *p, int64_t n)
{
    bool list = t->column[column].array;
    uint32_t declared = t->column[column].chars; /* by TDIM, or by the FIELD of a VOTable */
    int64_t chars = list && declared ? declared : list && c->chars > 0 ? c->chars : n, at = 0;
    if (n == 0 || c->letter != 'A') {
        table_put_null(t, column);
        return;
    }
    if (!list) {
        take_ascii(&in->text, p, (size_t)n);
        table_put_string(t, column, str_c(&in->text), in->text.n);
    }
    for (; list && at < n; at += chars) {
        take_ascii(&in->text, p + at, (size_t)(n - at < chars ? n - at : chars));
        table_put_texts(t, column, at == 0, str_c(&in->text), in->text.n);
    }
}

/* A field of an ASCII table: text, or a number as text. */
static void put_ascii(struct fits_in *in, struct table *t, size_t column,
                      const struct fits_column *c, const unsigned char *p)
{
    take_ascii(&in->text, p, c->bytes);
    if (c->letter == 'A') {
        table_put_string(t, column, str_c(&in->text), in->text.n);
        return;
    }
    size_t from = 0;
    while (from < in->text.n && in->text.s[from] == ' ')
        from++;
    for (size_t i = from; i < in->text.n; i++)
        if (in->text.s[i] == 'D' || in->text.s[i] == 'd')
            in->text.s[i] = 'E';
    const char *s = str_c(&in->text) + from;
    double x;
    bool implied = c->decimals && !strchr(s, '.') && num_double(s, strlen(s), &x) && isfinite(x);
    if (c->null_text && strcmp(s, c->null_text) == 0)
        table_put_null(t, column);
    else if (implied)
        table_put_double(t, column, x / pow(10, c->decimals) * c->scale + c->zero);
    else if ((c->scale != 1 || c->zero != 0) && num_double(s, strlen(s), &x))
        table_put_double(t, column, x * c->scale + c->zero);
    else
        table_put_text(t, column, s, strlen(s));
}

/* Where the elements of a cell lie and how many they are: in the row, or in the heap behind it. */
static bool find_cell(const struct fits_in *in, const struct fits_column *c,
                      const unsigned char **p, int64_t *n)
{
    const unsigned char *data = in->bytes + in->unit.at;
    unsigned half = c->pointer == 'Q' ? 8 : 4;
    *n = c->repeat;
    if (!c->pointer)
        return true;
    if (c->repeat == 0) {
        *n = 0;
        return true;
    }
    uint64_t count = big(*p, half), offset = big(*p + half, half);
    uint64_t heap = (uint64_t)fits_int(&in->unit, "THEAP", 0, in->rows * in->row_bytes);
    if (count > CELL_MAX || heap > in->unit.size || offset > in->unit.size - heap ||
        bytes_of(c->letter, (int64_t)count) > in->unit.size - heap - offset)
        return false;
    *p = data + heap + offset;
    *n = (int64_t)count;
    return true;
}

static bool put_row(struct fits_in *in, struct table *t, const unsigned char *row, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        const struct fits_column *c = &in->column[i];
        const unsigned char *p = row + c->at;
        int64_t n;
        if (in->ascii) {
            put_ascii(in, t, i, c, p);
            continue;
        }
        if (!find_cell(in, c, &p, &n))
            return false;
        if (t->column[i].type == TABLE_TEXT)
            put_texts(in, t, i, c, p, n);
        else
            put_numbers(t, i, c, p, n);
    }
    return true;
}

static enum status read_rows(struct fits_in *in, struct table *t, struct error *err)
{
    size_t columns = (size_t)in->columns < t->n_columns ? (size_t)in->columns : t->n_columns;
    size_t row_bytes = (size_t)in->row_bytes, there = row_bytes ? in->unit.size / row_bytes : 0;
    for (int64_t row = 0; row < in->rows; row++) {
        bool cut = (uint64_t)row >= there;
        if (cut || (table_keeps(t) &&
                    !put_row(in, t, in->bytes + in->unit.at + (size_t)row * row_bytes, columns))) {
            table_row_drop(t);
            t->partial = true;
            return err_set(err, E_PARSE, "FITS: row %lld %s", (long long)row + 1,
                           cut ? "is not in the file" : "points out of the file");
        }
        enum status s = table_row_end(t, err);
        if (s != OK)
            return s;
    }
    return OK;
}

/* ---- files ---- */

static bool is_table(struct fits_in *in)
{
    const char *kind = fits_text(&in->unit, "XTENSION", 0);
    in->ascii = kind && strcmp(kind, "TABLE") == 0;
    return kind && (in->ascii || strcmp(kind, "BINTABLE") == 0 || strcmp(kind, "A3DTABLE") == 0);
}

static enum status first_unit(struct fits_in *in, const void *bytes, size_t n, struct error *err)
{
    *in = (struct fits_in){.bytes = bytes, .size = n};
    if (n < 9 || memcmp(bytes, "SIMPLE  =", 9) != 0)
        return err_set(err, E_PARSE, "no FITS file: it does not begin with SIMPLE");
    return fits_unit_read(&in->unit, in->bytes, n, 0, err);
}

/* The next header; false at the end of the file (what is no header there is passed over). */
static bool next_unit(struct fits_in *in)
{
    size_t from = in->unit.next;
    fits_unit_clear(&in->unit);
    if (from >= in->size || in->size - from < 8 || memcmp(in->bytes + from, "XTENSION", 8) != 0)
        return false;
    return fits_unit_read(&in->unit, in->bytes, in->size, from, NULL) == OK;
}

static void clear(struct fits_in *in)
{
    fits_unit_clear(&in->unit);
    free(in->column);
    str_clear(&in->text);
}

enum status tablefits_into(struct table *t, const void *bytes, size_t n, int extnum,
                           struct error *err)
{
    struct fits_in in;
    enum status s = first_unit(&in, bytes, n, err);
    bool found = false;
    for (int i = 1; s == OK && !found && next_unit(&in); i++)
        found = extnum > 0 ? i == extnum : is_table(&in);
    if (s == OK)
        s = found && is_table(&in) ? measure(&in, err)
                                   : err_set(err, E_PARSE, "FITS: there is no table in the file");
    if (s == OK)
        s = read_rows(&in, t, err);
    clear(&in);
    return s;
}

/* The VOTable datatype that holds what a column holds after scaling. */
static const char *datatype_of(const struct fits_column *c, bool ascii)
{
    if (ascii)
        return c->letter == 'A'                     ? "char"
               : c->letter != 'I' || !c->whole      ? "double"
               : c->repeat < 10 && c->zero_int == 0 ? "int"
                                                    : "long";
    bool plain = c->scale == 1 && c->zero == 0;
    switch (c->letter) {
    case 'L': return "boolean";
    case 'X': return "bit";
    case 'B': return plain ? "unsignedByte" : c->whole ? "short" : "double";
    case 'I': return plain ? "short" : c->whole ? "int" : "double";
    case 'J': return plain ? "int" : c->whole ? "long" : "double";
    case 'K': return c->whole || c->zero == 9223372036854775808.0 ? "long" : "double";
    case 'E': return plain ? "float" : "double";
    case 'D': return "double";
    case 'C': return "floatComplex";
    case 'M': return "doubleComplex";
    default: return "char";
    }
}

/* TDIM "(2,3)" as "2x3", if the cell has so many elements. */
static const char *take_dim(struct arena *a, const char *dim, const struct fits_column *c)
{
    struct str s = {0};
    int64_t all = 1;
    const char *p = dim && *dim == '(' ? dim + 1 : "";
    bool good = false;
    for (char *end; *p; p = end + 1) {
        long n = strtol(p, &end, 10);
        good = false;
        if (end == p || n <= 0 || n > CELL_MAX || (all *= n) > CELL_MAX)
            break;
        str_addf(&s, "%s%ld", s.n ? "x" : "", n);
        while (*end == ' ')
            end++;
        good = *end == ')';
        if (*end != ',')
            break;
    }
    const char *out = good && all == c->repeat ? arena_str(a, str_c(&s)) : NULL;
    str_clear(&s);
    return out;
}

static const char *arraysize_of(struct arena *a, const struct fits_column *c, bool ascii,
                                const char *dim)
{
    char s[64];
    if (c->pointer)
        return "*";
    if (ascii && c->letter != 'A')
        return NULL;
    const char *shape = take_dim(a, ascii ? NULL : dim, c);
    if (shape)
        return shape;
    if (c->letter == 'A' && c->chars > 0 && c->chars < c->repeat)
        snprintf(s, sizeof s, "%lldx%lld", (long long)c->chars, (long long)(c->repeat / c->chars));
    else if (c->letter == 'A' || c->repeat != 1)
        snprintf(s, sizeof s, "%lld", (long long)c->repeat);
    else
        return NULL;
    return arena_str(a, s);
}

static const char *said(struct fits_in *in, struct table *t, const char *key, int number)
{
    const char *s = fits_text(&in->unit, key, number);
    return s && *s ? arena_str(&t->arena, s) : NULL;
}

static void add_columns(struct fits_in *in, struct table *t)
{
    t->name = said(in, t, "EXTNAME", 0);
    for (int i = 0; i < in->columns; i++) {
        const struct fits_column *c = &in->column[i];
        struct table_field f = {.name = said(in, t, "TTYPE", i + 1),
                                .unit = said(in, t, "TUNIT", i + 1),
                                .ucd = said(in, t, "TUCD", i + 1),
                                .utype = said(in, t, "TUTYP", i + 1),
                                .description = said(in, t, "TCOMM", i + 1),
                                .datatype = datatype_of(c, in->ascii),
                                .arraysize = arraysize_of(&t->arena, c, in->ascii,
                                                          fits_text(&in->unit, "TDIM", i + 1))};
        if (c->has_null && c->zero == 0 && !in->ascii) /* TNULL is of the unscaled integers */
            f.null_text = said(in, t, "TNULL", i + 1);
        table_add(t, &f);
    }
}

enum status tablefits_read(struct table_doc *doc, const struct table_limits *limits,
                           const void *bytes, size_t n, struct error *err)
{
    enum { TABLES_MAX = 1000 };
    struct fits_in in;
    enum status s = first_unit(&in, bytes, n, err);
    while (s == OK && doc->tables.n < TABLES_MAX && next_unit(&in)) {
        if (!is_table(&in))
            continue;
        struct table *t = table_new(limits);
        VEC_PUSH(doc->tables, t);
        s = measure(&in, err);
        if (s == OK) {
            add_columns(&in, t);
            s = read_rows(&in, t, err);
        }
    }
    clear(&in);
    if (s == OK && doc->tables.n == 0)
        s = err_set(err, E_PARSE, "FITS: there is no table in the file");
    return s;
}
