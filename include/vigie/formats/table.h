/* table.h - a table kept by column: typed values, nulls apart from NaN, and what is known about each
 * column. Rows are appended while they arrive. Not: reading and writing of formats (tableio.h,
 * votable.h); sorting, filters, statistics (tableops.h). Datatypes are those of VOTable 1.5 (IVOA
 * Recommendation 2025, section 2.1).
 */
#ifndef VIGIE_FORMATS_TABLE_H
#define VIGIE_FORMATS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

/* How the elements of a column are kept. TABLE_TEXT: UTF-8, of char and unicodeChar and of every
 * datatype that no standard knows. TABLE_C32, TABLE_C64: pairs (real, imaginary). */
enum table_type {
    TABLE_BOOL,
    TABLE_BIT,
    TABLE_U8,
    TABLE_I16,
    TABLE_I32,
    TABLE_I64,
    TABLE_F32,
    TABLE_F64,
    TABLE_C32,
    TABLE_C64,
    TABLE_TEXT
};

/* struct table_node - metadata kept as it was written, for a round trip: an element of VOTable
 * (PARAM, INFO, GROUP, LINK, COOSYS, TIMESYS, VALUES, a RESOURCE of type meta) with its attributes,
 * text and children. */
struct table_attr {
    const char *name, *value;
};
struct table_node {
    const char *name, *text;
    struct table_attr *attr;
    size_t n_attr;
    struct table_node *child, *next;
    uint32_t
        resource; /* of a top-level node: the number of the RESOURCE it stands in, 0: VOTABLE */
};

/* struct table_field - what is said about a column, as written; NULL: not said. null_text: the value
 * that stands for null. more: VALUES and LINK. */
struct table_field {
    const char *name, *id, *ref, *unit, *ucd, *utype, *xtype, *datatype, *arraysize, *width,
        *precision, *description, *null_text;
    struct table_node *more;
};

/* struct table_column - a column: field, and how it is kept.
 *   array   a cell holds a list of elements (of numbers or of texts), else one
 *   size    number of elements of a cell if the arraysize fixes it, else 0
 *   chars   characters of a text if the arraysize fixes them, else 0 */
struct table_data;
struct table_column {
    struct table_field field;
    enum table_type type;
    bool array;
    uint32_t size, chars;
    struct table_data *data;
};

/* struct table_limits - a zero field takes the default in brackets.
 *   rows    at most [UINT32_MAX]
 *   bytes   of the cells in memory [1 GiB]
 *   keep    of so many rows the cells are kept, the rest is only counted [all]; TABLE_KEEP_NONE: of
 *           none */
#define TABLE_KEEP_NONE UINT64_MAX
struct table_limits {
    uint64_t rows, bytes, keep;
};

/* struct table - columns of the same length. rows: whole rows kept; counted: rows seen, those not
 * kept too. partial: rows are missing at the end (a fault, a limit, an OVERFLOW). meta: what stands
 * inside the TABLE, in order. resource: number of the RESOURCE it stands in. like: the ID of the table
 * whose columns it has taken over (VOTable's ref), else NULL. */
struct table {
    const char *name, *id, *ucd, *utype, *description, *like;
    struct table_column *column;
    size_t n_columns;
    size_t rows;
    uint64_t counted;
    bool partial;
    struct table_node *meta;
    uint32_t resource;
    struct table_limits limits;
    uint64_t bytes; /* of the cells */
    bool too_big;   /* a column outgrew its offsets */
    struct arena arena;
};

/* table_new - an empty table. limits: copied, NULL for the defaults. table_free takes NULL.
 *   test  tests/formats/check_table.c */
struct table *table_new(const struct table_limits *limits);
void table_free(struct table *t);

/* table_add - a further column; field: its texts are copied, its nodes are not. The datatype and the
 * arraysize decide how it is kept: none or an unknown datatype is text. Rows that are there already
 * are null in it. Returns its index. */
size_t table_add(struct table *t, const struct table_field *field);

/* table_add_open - the same, but the cells of the rows that are there are put by the caller, each
 * once and in order, before anything else is done with the table. */
size_t table_add_open(struct table *t, const struct table_field *field);

/* table_find - the column of that name, or of that ID; -1 if there is none. First as written, then
 * without regard to ASCII case. table_find_ucd - the first whose UCD holds the word (`pos.eq.ra`)
 * and, if there are several, the one with `meta.main`; also the words of UCD1 (`POS_EQ_RA_MAIN`). */
int table_find(const struct table *t, const char *name);
int table_find_ucd(const struct table *t, const char *ucd, const char *ucd1);

/* ---- appending: every column of a row once, in any order; then table_row_end ---- */

/* table_put_null - null. table_put_text - what n bytes of text say, by the rules of TABLEDATA: an
 * empty text is null; a number that is none, or that the type cannot hold, is null; elements of an
 * array stand apart by white space; what exceeds a fixed arraysize is cut; a text ends at its first
 * zero byte; broken UTF-8 becomes U+FFFD.
 *   source  VOTable 1.5, section 6 */
void table_put_null(struct table *t, size_t column);
void table_put_text(struct table *t, size_t column, const char *s, size_t n);

/* table_put_string - a text, as it is, also an empty one. table_put_int, table_put_double - a number
 * into a column of numbers that are no array; one that the type cannot hold is null. */
void table_put_string(struct table *t, size_t column, const char *s, size_t n);
void table_put_int(struct table *t, size_t column, int64_t i);
void table_put_double(struct table *t, size_t column, double x);

/* table_put_room - room for the n elements of a cell in the type of the column (uint8_t for bool and
 * bit, int16_t, int32_t, int64_t, float, double; pairs for complex numbers); the caller fills all of
 * it before the next call. Not for text. table_put_null_element - element i of that cell is null. */
void *table_put_room(struct table *t, size_t column, uint32_t n);
void table_put_null_element(struct table *t, size_t column, uint32_t i);

/* table_put_texts - the next text of a cell that is an array of texts; first: it begins the cell. */
void table_put_texts(struct table *t, size_t column, bool first, const char *s, size_t n);

/* table_row_end - the row is whole; what was not put is null. err: E_RANGE at a limit: "more than
 * 1000 rows"; the row is dropped and the table is partial. table_row_drop - forget what was put
 * since the last row. table_keeps - whether the cells of the next row are kept; if not, a reader may
 * call table_row_end without putting anything. */
enum status table_row_end(struct table *t, struct error *err) MUST_CHECK;
void table_row_drop(struct table *t);
bool table_keeps(const struct table *t);

/* ---- reading; row < rows ---- */

/* table_null - the cell is null (NaN is not null). table_count - number of elements (1 if the column
 * is no array). table_null_at - whether element i is null. */
bool table_null(const struct table *t, size_t row, size_t column);
uint32_t table_count(const struct table *t, size_t row, size_t column);
bool table_null_at(const struct table *t, size_t row, size_t column, uint32_t i);

/* table_double - the number; NAN if null, an array, complex, or text. table_int - an integer, bool
 * (0, 1) or bit; false if null or none of these. table_at - the elements in the type of the column,
 * as table_put_room lays them; NULL for text. */
double table_double(const struct table *t, size_t row, size_t column);
bool table_int(const struct table *t, size_t row, size_t column, int64_t *i);
const void *table_at(const struct table *t, size_t row, size_t column);

/* table_text - a text (not ended by a zero byte), n bytes; NULL if null or no text. table_text_at -
 * text i of a cell. Borrowed until the table changes. */
const char *table_text(const struct table *t, size_t row, size_t column, size_t *n);
const char *table_text_at(const struct table *t, size_t row, size_t column, uint32_t i, size_t *n);

/* table_cell - add the cell as text: what `vigie table convert` writes to CSV. Null and NaN nothing;
 * T F, 1 0; floating point the shortest digits that read back the same in its own width; texts
 * without blanks at both ends; elements with one blank between, a NaN among others `nan`.
 * Returns whether anything was added.
 *   test  tests/formats/check_table.c */
bool table_cell(const struct table *t, size_t row, size_t column, struct str *out);

/* table_element - add element i as table_cell does. */
void table_element(const struct table *t, size_t row, size_t column, uint32_t i, struct str *out);

/* ---- metadata ---- */

/* table_node_new - a node in `arena`, texts copied. table_node_attr - the value of an attribute, or
 * NULL. table_node_copy - a deep copy (the node and its children, not its neighbours).
 * table_node_append - put at the end of a list. */
struct table_node *table_node_new(struct arena *arena, const char *name,
                                  const struct table_attr *attr, size_t n_attr);
const char *table_node_attr(const struct table_node *node, const char *name);
struct table_node *table_node_copy(struct arena *arena, const struct table_node *node);
void table_node_append(struct table_node **list, struct table_node *node);

/* ---- a document: tables and what stands around them ---- */

enum table_format {
    TABLE_VOTABLE,
    TABLE_VOTABLE_BINARY2,
    TABLE_CSV,
    TABLE_TSV,
    TABLE_ECSV,
    TABLE_FITS,
    TABLE_JSON
};
enum table_status { TABLE_STATUS_NONE, TABLE_STATUS_OK, TABLE_STATUS_OVERFLOW, TABLE_STATUS_ERROR };

/* struct table_doc - tables in document order. status, message: what the service said (VOTable's
 * INFO QUERY_STATUS, or the Error of a cone search). fault: why the reading ended early, NULL if it
 * did not. meta: what stands outside the TABLEs, each with the number of its RESOURCE; parent: of
 * each RESOURCE the one around it (parent[0] is VOTABLE itself). */
struct table_doc {
    enum table_format format;
    const char *version, *message, *fault;
    enum table_status status;
    VEC(struct table *) tables;
    struct table_node *meta;
    VEC(uint32_t) parent;
    struct arena arena;
};
struct table_doc *table_doc_new(enum table_format format);
void table_doc_free(struct table_doc *doc);

/* table_doc_take - table i, owned by the caller from now on (the document keeps NULL in its place).
 * table_doc_concerns - whether a node of doc->meta says something about table t: it stands in a
 * RESOURCE around it, or is a coordinate or time system. */
struct table *table_doc_take(struct table_doc *doc, size_t i);
bool table_doc_concerns(const struct table_doc *doc, const struct table_node *node,
                        const struct table *t);

/* table_status_name - "OK", "OVERFLOW", "ERROR"; NULL for none. */
const char *table_status_name(enum table_status status);

#endif
