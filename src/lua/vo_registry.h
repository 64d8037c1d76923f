/* vo_registry.h - what vo_registry.c (searching) and vo_record.c (what was found) share. */
#ifndef VIGIE_SRC_LUA_VO_REGISTRY_H
#define VIGIE_SRC_LUA_VO_REGISTRY_H

#include "vigie/vo/search.h"
#include "vo.h"

/* struct records - what a search gave; cut: there are more; age_s: of a kept answer, else 0. push_records - as
 * a value; takes the list. */
struct records {
    struct registry_list list;
    bool cut;
    double age_s;
};
void push_records(lua_State *L, struct records *r);

/* records_modes - what a resource can be asked by, divided by blanks; added. */
void records_modes(const struct registry_record *r, struct str *out);

#endif
