/* uat_core.h - the built-in terms, as rows: name, label, names of wider terms divided by blanks; ended by a
 * row of NULLs. Private to the room. */
#ifndef VIGIE_SRC_VO_UAT_CORE_H
#define VIGIE_SRC_VO_UAT_CORE_H

struct uat_core_row {
    const char *name, *label, *wider;
};
extern const struct uat_core_row uat_core_rows[];

#endif
