/* vo_tap.h - what vo_tap.c (queries) and vo_job.c (jobs) share. */
#ifndef VIGIE_SRC_LUA_VO_TAP_H
#define VIGIE_SRC_LUA_VO_TAP_H

#include "vigie/vo/simple.h"
#include "vo.h"

/* struct tap_uploads - tables that go with a query; own: those of views, made for it. tap_uploads - of the
 * table {name = tbl} at index (nil: none), as a userdata on the top. */
enum { TAP_UPLOADS = 8 };
struct tap_uploads {
    struct proto_upload at[TAP_UPLOADS];
    struct table *own[TAP_UPLOADS];
    size_t n;
    struct arena arena;
};
struct tap_uploads *tap_uploads(lua_State *L, int index);

/* tap_query - the query of index 2 with the options of index 3; pushes its uploads, which must stay while it
 * is used. */
struct proto_query tap_query(lua_State *L, const char *url);

int tap_async(lua_State *L);
int tap_submit(lua_State *L);
int tap_job(lua_State *L);
void tap_open_jobs(lua_State *L);

#endif
