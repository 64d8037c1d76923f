/* voevent.h - a VOEvent packet, versions 1.1, 2.0 and 2.1, read whole and kept as it is written.
 * Not: a judgement of it (alerts room): numbers stay text here, dates too. Source: IVOA
 * Recommendation "Sky Event Reporting Metadata" 2.0 and 2.1. Elements are matched by local name
 * (real packets differ in namespaces), always under the right parent.
 */
#ifndef VIGIE_FORMATS_VOEVENT_H
#define VIGIE_FORMATS_VOEVENT_H

#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"

enum { VOEVENT_MAX_BYTES = 2 << 20 };

/* A text that is absent is NULL, one that is empty "". All texts have blanks at both ends removed
 * but for values of Params, which are as written. */

/* struct voevent_param - a Param of What, or of a Table. group: the name of its Group, else that
 * Group's type; NULL outside a Group. value: the attribute, else the Value child. */
struct voevent_param {
    const char *group, *name, *value, *unit, *ucd, *utype, *type, *description;
};

struct voevent_params {
    struct voevent_param *at;
    size_t n;
};

struct voevent_texts {
    const char **at;
    size_t n;
};

/* struct voevent_table - a Table of What: cell[row * n_fields + field]; a row's surplus cells are
 * dropped, missing ones NULL. */
struct voevent_table {
    const char *name, *type, *description;
    struct voevent_params params, fields; /* a Field has no value */
    const char **cell;
    size_t n_rows;
};

struct voevent_group {
    const char *name, *type, *description;
};

/* struct voevent_coords - one AstroCoords: coord_system its coord_system_id (else the id of the
 * AstroCoordSystem beside it); times as ISO 8601 text; an ISOTime's error in the unit of Time;
 * position: Position2D or Position3D, c[i] with name[i] and unit[i]; error2: Error2Radius, or the
 * larger of Error2's axes where both are numbers, with its own unit if one is given. */
struct voevent_coords {
    const char *coord_system, *iso_time, *time_error, *time_start, *time_stop, *time_unit;
    const char *position_name;
    bool position2d, position3d;
    const char *c[3], *name[3], *unit[3];
    const char *error2, *error2_unit;
};

struct voevent_coords_list {
    struct voevent_coords *at;
    size_t n;
};

/* struct voevent_inference - a guess at what it is: probability and relation as written. */
struct voevent_inference {
    const char *probability, *relation, *description;
    struct voevent_texts names, concepts;
};

struct voevent_citation {
    const char *cite, *ivorn;
};

struct voevent_reference {
    const char *uri, *type, *mimetype, *meaning, *name;
};

struct voevent {
    const char *uri, *version, *ivorn, *role; /* uri: the namespace, "" if none */
    const char *author_ivorn, *date;
    struct {
        const char *title, *short_name, *contact_name, *contact_email, *contact_phone;
        struct voevent_texts contributors;
    } author;
    struct voevent_params params; /* of What and its Groups, in document order */
    struct voevent_table *tables;
    size_t n_tables;
    struct voevent_group *groups;
    size_t n_groups;
    const char *observatory;              /* id of ObservatoryLocation */
    struct voevent_coords_list site;      /* AstroCoords of the observatory */
    struct voevent_coords_list coords;    /* AstroCoords of what was observed */
    const char *importance, *expires;     /* of Why */
    struct voevent_texts names, concepts; /* names: also those of its Inferences, in order */
    struct voevent_inference *inferences;
    size_t n_inferences;
    struct voevent_citation *citations;
    size_t n_citations;
    struct voevent_reference *references; /* of the whole packet, in document order */
    size_t n_references;
    const char *description;                                /* of the packet */
    struct voevent_texts who, what, where, why, how, cites; /* their Descriptions */
    struct arena arena;
};

/* voevent_read - read one packet. bytes: n of them, any encoding XML knows.
 *   out      filled; free with voevent_clear (also after a failure)
 *   err      E_PARSE as xml_feed says, or "the root is html, not VOEvent"; E_RANGE above
 *            VOEVENT_MAX_BYTES or 255 levels
 *   test     tests/formats/check_voevent.c */
enum status voevent_read(const void *bytes, size_t n, struct voevent *out,
                         struct error *err) MUST_CHECK;
void voevent_clear(struct voevent *v);

/* voevent_param - the first Param of that name without regard to case (group NULL: any), or NULL. */
const struct voevent_param *voevent_param(const struct voevent *v, const char *group,
                                          const char *name);

#endif
