/* tableops_own.h - what the operations on tables share. */
#ifndef VIGIE_SRC_FORMATS_TABLEOPS_OWN_H
#define VIGIE_SRC_FORMATS_TABLEOPS_OWN_H

#include "vigie/formats/tableops.h"

/* table_like - the table's own metadata. table_add_like - a column as `c` (another name unless NULL).
 * table_copy_cell - one cell from table to table, columns of the same type. */
void table_like(struct table *to, const struct table *from);
void table_add_like(struct table *to, const struct table_column *c, const char *name);
void table_copy_cell(struct table *to, size_t to_column, const struct table *from, size_t row,
                     size_t column);

/* table_separation_rad - angle between two directions given in degrees; stable when it is small. */
double table_separation_rad(double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg);

#endif
