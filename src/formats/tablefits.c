/* tablefits.c - FITS tables (binary and ASCII) to a table, by cfitsio, from memory.
 * Source: FITS Standard 4.0, section 7. Not: writing (tablefitsout.c), images.
 */
#include "tablefits.h"

#include <fitsio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"

enum { CELL_MAX = 1 << 24, COLUMNS_MAX = 999, BLOCK = 2880 };

/* struct fits_in - a file that is being read. Column i of the table is column i + 1 of the file. */
struct fits_column {
    int type; /* of cfitsio, negative: variable length */
    LONGLONG repeat, width;
};
struct fits_in {
    fitsfile *f;
    void *memory;
    size_t size;
    LONGLONG rows, row_bytes;
    int columns;
    struct fits_column *column;
    VEC(LONGLONG) ints;
    VEC(double) reals;
    VEC(char) flags;
};

static enum status fail(int status, struct error *err)
{
    char text[FLEN_STATUS] = "";
    fits_get_errstatus(status, text);
    fits_clear_errmsg();
    return err_set(err, E_PARSE, "FITS: %s", text);
}

size_t tablefits_padded(size_t n)
{
    return (n + BLOCK - 1) / BLOCK * BLOCK;
}

static enum status open_memory(struct fits_in *in, const void *bytes, size_t n, struct error *err)
{
    int status = 0;
    *in = (struct fits_in){0};
    in->memory = (void *)(uintptr_t)bytes; /* opened for reading only */
    in->size = tablefits_padded(n);
    if (n < BLOCK)
        return err_set(err, E_PARSE, "FITS: cut off after %zu bytes", n);
    fits_open_memfile(&in->f, "table.fits", READONLY, &in->memory, &in->size, 0, NULL, &status);
    return status ? fail(status, err) : OK;
}

static void close_memory(struct fits_in *in)
{
    int status = 0;
    if (in->f)
        fits_close_file(in->f, &status);
    fits_clear_errmsg();
    free(in->column);
    VEC_FREE(in->ints);
    VEC_FREE(in->reals);
    VEC_FREE(in->flags);
}

/* Sizes of the table the file stands at, checked against the bytes that are there: nothing later is
 * larger than the file says and than it is. */
static enum status measure(struct fits_in *in, struct error *err)
{
    int status = 0;
    LONGLONG head, data, end;
    free(in->column);
    in->column = NULL;
    fits_get_num_rowsll(in->f, &in->rows, &status);
    fits_get_num_cols(in->f, &in->columns, &status);
    fits_read_key(in->f, TLONGLONG, "NAXIS1", &in->row_bytes, NULL, &status);
    fits_get_hduaddrll(in->f, &head, &data, &end, &status);
    if (status)
        return fail(status, err);
    if (in->columns > COLUMNS_MAX || in->rows < 0 || in->row_bytes < 0 ||
        (in->row_bytes && in->rows > ((LONGLONG)in->size - data) / in->row_bytes))
        return err_set(err, E_PARSE, "FITS: %lld rows of %lld bytes are not in the file",
                       (long long)in->rows, (long long)in->row_bytes);
    if (in->row_bytes == 0)
        in->rows = 0;
    in->column = mem_zero(((size_t)in->columns + 1) * sizeof *in->column);
    for (int i = 0; i < in->columns; i++) {
        struct fits_column *c = &in->column[i];
        LONGLONG width;
        fits_get_coltypell(in->f, i + 1, &c->type, &c->repeat, &width, &status);
        c->width = width;
        if (c->type > 0 && (c->repeat < 0 || c->repeat > CELL_MAX ||
                            (c->type != TBIT && c->repeat > in->row_bytes)))
            return err_set(err, E_PARSE, "FITS: column %d says it has %lld elements", i + 1,
                           (long long)c->repeat);
    }
    return status ? fail(status, err) : OK;
}

/* ---- cells ---- */

static void put_ints(struct table *t, size_t column, const LONGLONG *x, const char *null,
                     uint32_t n)
{
    static const struct {
        int64_t lo, hi;
    } range[] = {[TABLE_BOOL] = {0, 1},
                 [TABLE_BIT] = {0, 1},
                 [TABLE_U8] = {0, UINT8_MAX},
                 [TABLE_I16] = {INT16_MIN, INT16_MAX},
                 [TABLE_I32] = {INT32_MIN, INT32_MAX},
                 [TABLE_I64] = {INT64_MIN, INT64_MAX}};
    enum table_type type = t->column[column].type;
    unsigned char *to = table_put_room(t, column, n);
    for (uint32_t i = 0; i < n; i++) {
        bool bad = null[i] || x[i] < range[type].lo || x[i] > range[type].hi;
        int64_t v = bad ? 0 : x[i];
        if (type == TABLE_I64)
            memcpy(to + 8 * i, &v, 8);
        else if (type == TABLE_I32)
            memcpy(to + 4 * i, &(int32_t){(int32_t)v}, 4);
        else if (type == TABLE_I16)
            memcpy(to + 2 * i, &(int16_t){(int16_t)v}, 2);
        else
            to[i] = (unsigned char)v;
        if (bad)
            table_put_null_element(t, column, i);
    }
}

static void put_reals(struct table *t, size_t column, const double *x, uint32_t n)
{
    enum table_type type = t->column[column].type;
    bool single = type == TABLE_F32 || type == TABLE_C32;
    uint32_t parts = type == TABLE_C32 || type == TABLE_C64 ? 2 : 1;
    unsigned char *to = table_put_room(t, column, n);
    for (uint32_t i = 0; i < n * parts; i++)
        if (single)
            memcpy(to + 4 * (size_t)i, &(float){(float)x[i]}, 4);
        else
            memcpy(to + 8 * (size_t)i, &x[i], 8);
}

/* The standard allows ASCII alone: any other byte is U+FFFD. */
static void ascii_only(struct str *out, const char *s)
{
    str_reset(out);
    for (; *s; s++)
        if ((unsigned char)*s < 0x80)
            str_addc(out, *s);
        else
            str_add(out, "\xef\xbf\xbd");
}

/* The texts of one cell: one, or a list of them `width` characters long each. */
static int read_texts(struct fits_in *in, struct table *t, size_t column, LONGLONG row,
                      LONGLONG repeat, LONGLONG width)
{
    int status = 0, any;
    bool list = t->column[column].array;
    LONGLONG many = list && width > 0 ? repeat / width : 1;
    struct str clean = {0};
    char *text = mem_alloc((size_t)(repeat > 64 ? repeat : 64) + 1);
    if (repeat == 0 || many == 0)
        table_put_null(t, column);
    for (LONGLONG i = 0; i < many && repeat > 0 && !status; i++) {
        text[0] = '\0';
        fits_read_col_str(in->f, (int)column + 1, row, i + 1, 1, "", &text, &any, &status);
        ascii_only(&clean, text);
        if (list)
            table_put_texts(t, column, i == 0, str_c(&clean), clean.n);
        else
            table_put_string(t, column, str_c(&clean), clean.n);
    }
    str_clear(&clean);
    free(text);
    return status;
}

static int read_numbers(struct fits_in *in, struct table *t, size_t column, int type, LONGLONG row,
                        LONGLONG n)
{
    int status = 0, any, number = (int)column + 1;
    enum table_type to = t->column[column].type;
    bool pair = to == TABLE_C32 || to == TABLE_C64;
    VEC_RESERVE(in->reals, 2 * (size_t)n + 1);
    VEC_RESERVE(in->ints, (size_t)n + 1);
    VEC_RESERVE(in->flags, 2 * (size_t)n + 1);
    memset(in->flags.at, 0, 2 * (size_t)n + 1);
    if (n == 0) {
        table_put_null(t, column);
    } else if (to == TABLE_F32 || to == TABLE_F64 || pair) {
        fits_read_col(in->f, pair ? TDBLCOMPLEX : TDOUBLE, number, row, 1, n, NULL, in->reals.at,
                      &any, &status);
        if (!status)
            put_reals(t, column, in->reals.at, (uint32_t)n);
    } else {
        if (type == TBIT || type == TLOGICAL) {
            char *raw = in->flags.at + n;
            if (type == TBIT)
                fits_read_col_bit(in->f, number, row, 1, n, raw, &status);
            else
                fits_read_colnull(in->f, TLOGICAL, number, row, 1, n, raw, in->flags.at, &any,
                                  &status);
            for (LONGLONG i = 0; i < n; i++)
                in->ints.at[i] = raw[i] != 0;
        } else {
            fits_read_colnull(in->f, TLONGLONG, number, row, 1, n, in->ints.at, in->flags.at, &any,
                              &status);
        }
        if (!status)
            put_ints(t, column, in->ints.at, in->flags.at, (uint32_t)n);
    }
    return status;
}

static int read_cell(struct fits_in *in, struct table *t, size_t column, LONGLONG row)
{
    const struct fits_column *c = &in->column[column];
    LONGLONG repeat = c->repeat, offset;
    int status = 0, type = abs(c->type);
    if (c->type < 0) {
        fits_read_descriptll(in->f, (int)column + 1, row, &repeat, &offset, &status);
        if (!status && (repeat < 0 || repeat > CELL_MAX || repeat > (LONGLONG)in->size * 8))
            return BAD_DIMEN;
    }
    if (status)
        return status;
    if (!t->column[column].array && t->column[column].type != TABLE_TEXT && repeat > 1)
        repeat = 1;
    if (t->column[column].type == TABLE_TEXT)
        return read_texts(in, t, column, row, repeat, c->width);
    return read_numbers(in, t, column, type, row, repeat);
}

static enum status read_rows(struct fits_in *in, struct table *t, struct error *err)
{
    size_t columns = (size_t)in->columns < t->n_columns ? (size_t)in->columns : t->n_columns;
    for (LONGLONG row = 1; row <= in->rows; row++) {
        for (size_t i = 0; i < columns && table_keeps(t); i++) {
            int status = read_cell(in, t, i, row);
            if (status) {
                table_row_drop(t);
                t->partial = true;
                return fail(status, err);
            }
        }
        enum status s = table_row_end(t, err);
        if (s != OK)
            return s;
    }
    return OK;
}

static bool at_table(fitsfile *f)
{
    int type = 0, status = 0;
    fits_get_hdu_type(f, &type, &status);
    return !status && (type == BINARY_TBL || type == ASCII_TBL);
}

enum status tablefits_into(struct table *t, const void *bytes, size_t n, int extnum,
                           struct error *err)
{
    struct fits_in in;
    enum status s = open_memory(&in, bytes, n, err);
    int status = 0, type;
    if (s == OK) {
        fits_movabs_hdu(in.f, extnum > 0 && extnum < 1000 ? extnum + 1 : 2, &type, &status);
        s = status           ? fail(status, err)
            : at_table(in.f) ? measure(&in, err)
                             : err_set(err, E_PARSE, "FITS: the extension is no table");
    }
    if (s == OK)
        s = read_rows(&in, t, err);
    close_memory(&in);
    return s;
}

/* ---- a file of its own ---- */

static const char *keyword(struct fits_in *in, struct arena *a, const char *name, int number)
{
    char key[FLEN_KEYWORD], *value = NULL;
    int status = 0;
    if (number)
        snprintf(key, sizeof key, "%s%d", name, number);
    else
        snprintf(key, sizeof key, "%s", name);
    fits_read_key_longstr(in->f, key, &value, NULL, &status);
    fits_clear_errmsg();
    const char *kept = NULL;
    if (!status && value) {
        struct str clean = {0};
        size_t n = strlen(value);
        while (n && value[n - 1] == ' ')
            value[--n] = '\0';
        ascii_only(&clean, value);
        if (clean.n)
            kept = arena_str(a, str_c(&clean));
        str_clear(&clean);
    }
    if (value)
        fits_free_memory(value, &(int){0});
    return kept;
}

/* The VOTable datatype that holds what a column holds after scaling. */
static const char *datatype_of(int type)
{
    switch (type) {
    case TBIT: return "bit";
    case TLOGICAL: return "boolean";
    case TBYTE: return "unsignedByte";
    case TSBYTE:
    case TSHORT: return "short";
    case TUSHORT:
    case TLONG:
    case TINT: return "int";
    case TUINT:
    case TULONG:
    case TLONGLONG: return "long";
    case TULONGLONG:
    case TDOUBLE: return "double";
    case TFLOAT: return "float";
    case TCOMPLEX: return "floatComplex";
    case TDBLCOMPLEX: return "doubleComplex";
    default: return "char";
    }
}

static const char *arraysize_of(struct arena *a, const struct fits_column *c, bool text)
{
    char s[64];
    if (c->type < 0)
        return "*";
    if (text && c->width > 0 && c->width < c->repeat)
        snprintf(s, sizeof s, "%lldx%lld", (long long)c->width, (long long)(c->repeat / c->width));
    else if (text || c->repeat != 1)
        snprintf(s, sizeof s, "%lld", (long long)c->repeat);
    else
        return NULL;
    return arena_str(a, s);
}

static void add_columns(struct fits_in *in, struct table *t)
{
    for (int i = 0; i < in->columns; i++) {
        int status = 0, type = 0;
        LONGLONG repeat, width;
        fits_get_eqcoltypell(in->f, i + 1, &type, &repeat, &width, &status);
        const char *datatype = datatype_of(abs(type));
        struct table_field f = {.name = keyword(in, &t->arena, "TTYPE", i + 1),
                                .unit = keyword(in, &t->arena, "TUNIT", i + 1),
                                .ucd = keyword(in, &t->arena, "TUCD", i + 1),
                                .utype = keyword(in, &t->arena, "TUTYP", i + 1),
                                .description = keyword(in, &t->arena, "TCOMM", i + 1),
                                .datatype = datatype};
        if (!keyword(in, &t->arena, "TZERO", i + 1)) /* TNULL is of the unscaled integers */
            f.null_text = keyword(in, &t->arena, "TNULL", i + 1);
        f.arraysize = arraysize_of(&t->arena, &in->column[i], strcmp(datatype, "char") == 0);
        table_add(t, &f);
    }
}

enum status tablefits_read(struct table_doc *doc, const struct table_limits *limits,
                           const void *bytes, size_t n, struct error *err)
{
    struct fits_in in;
    enum status s = open_memory(&in, bytes, n, err);
    int hdus = 0, status = 0, type;
    if (s == OK)
        fits_get_num_hdus(in.f, &hdus, &status);
    for (int i = 1; s == OK && !status && i <= hdus && i < 1000; i++) {
        fits_movabs_hdu(in.f, i, &type, &status);
        if (status || !at_table(in.f))
            continue;
        struct table *t = table_new(limits);
        VEC_PUSH(doc->tables, t);
        s = measure(&in, err);
        if (s != OK)
            break;
        t->name = keyword(&in, &t->arena, "EXTNAME", 0);
        add_columns(&in, t);
        s = read_rows(&in, t, err);
    }
    if (s == OK && status)
        s = fail(status, err);
    close_memory(&in);
    if (s == OK && doc->tables.n == 0)
        s = err_set(err, E_PARSE, "FITS: there is no table in the file");
    return s;
}
