/* votable_own.h - what the files of the VOTable reader share. */
#ifndef VIGIE_SRC_FORMATS_VOTABLE_OWN_H
#define VIGIE_SRC_FORMATS_VOTABLE_OWN_H

#include "vigie/base/str.h"
#include "vigie/formats/table.h"
#include "vigie/formats/votable.h"
#include "vigie/formats/xml.h"

enum votable_element {
    VOT_OTHER,
    VOT_VOTABLE,
    VOT_DEFINITIONS,
    VOT_RESOURCE,
    VOT_TABLE,
    VOT_FIELD,
    VOT_DESCRIPTION,
    VOT_META, /* PARAM, INFO, GROUP, LINK, COOSYS, TIMESYS, VALUES */
    VOT_DATA,
    VOT_TABLEDATA,
    VOT_TR,
    VOT_TD,
    VOT_BINARY,
    VOT_BINARY2,
    VOT_FITS,
    VOT_PARQUET,
    VOT_STREAM
};

/* An element that is open. node: it is kept as metadata. */
struct votable_open {
    enum votable_element element;
    struct table_node *node, **tail;
    uint32_t resource;
};

/* How a column lies in a row of BINARY. */
struct votable_wire {
    unsigned width; /* bytes of an element; 0: bits, eight in a byte */
    uint32_t count; /* elements of a cell; 0: a count stands before it */
    bool unicode;
};

/* struct votable_stream - the bytes behind base64, and the rows cut from them.
 *   at, pos, n   bytes that are not yet rows: pos .. n
 *   need         so many are needed before it is worth looking again
 *   quad, n_quad digits of base64 that do not make a byte yet; padded: an = was seen */
struct votable_stream {
    unsigned char *at;
    size_t pos, n, cap, need;
    uint32_t quad;
    unsigned n_quad;
    bool padded, binary2;
    struct votable_wire *wire;
};

struct votable {
    struct xml *xml;
    struct table_doc *doc;
    struct table_limits limits;
    struct votable_open open[256];
    int depth;
    enum votable_element in; /* the innermost element */
    bool slow, ended;
    size_t stride; /* the next piece for the XML library is at least so long */
    struct error failed;
    struct str text; /* of the innermost cell, description or node */
    struct table *table;
    struct table_node **table_tail, **doc_tail;
    uint32_t resource; /* number of the innermost RESOURCE */
    uint64_t declared; /* rows that the TABLE says it has, 0 if it does not */
    size_t column;     /* of the next TD */
    size_t n_nodes;
    bool in_field, elsewhere;
    struct table_field field;
    struct table_node **field_tail;
    enum votable_element data; /* BINARY, BINARY2, FITS */
    int extnum;
    struct votable_stream stream;
};

/* votable_cell, votable_row_end - a TD, a TR is closed. */
void votable_cell(struct votable *v, const char *s, size_t n);
enum status votable_row_end(struct votable *v, struct error *err) MUST_CHECK;

/* votable_stream_begin, _text, _end - of a STREAM: its text is base64. */
void votable_stream_begin(struct votable *v);
enum status votable_stream_text(struct votable *v, const char *s, size_t n,
                                struct error *err) MUST_CHECK;
enum status votable_stream_end(struct votable *v, struct error *err) MUST_CHECK;

/* votable_quick - reads as many of n bytes as are plain rows of a TABLEDATA, or base64 of a STREAM,
 * without the XML library: *used bytes, in which *lines lines end. Only when xml_idle. What it does
 * not know it leaves. */
enum status votable_quick(struct votable *v, const char *s, size_t n, size_t *used, int *lines,
                          struct error *err) MUST_CHECK;

#endif
