/* files.h - files of the work folder: what lies outside is never opened, whatever the path says.
 * Not: the binding (api_files.c). Source: openat2(2), RESOLVE_BENEATH.
 */
#ifndef VIGIE_SRC_LUA_FILES_H
#define VIGIE_SRC_LUA_FILES_H

#include "api.h"

/* files_open - open the path that is text at `index`, inside the work folder: no "..", no absolute
 * path, no link that leaves it; a regular file only, unless flags hold O_DIRECTORY. Raises io or
 * permission naming `what`; with absent_ok it returns -1 for a file that is not there. The caller
 * closes. test: the examples of the module files, tests/lua/check_examples.c */
int files_open(lua_State *L, int index, const char *what, int flags, bool absent_ok);

/* files_beneath - the same for another folder than the work folder: reading only; -1 with errno, EXDEV or
 * ELOOP for what leads out of it. */
int files_beneath(const char *folder, const char *path);

/* files_look - a descriptor (O_PATH) of whatever the path names, -1 if there is nothing. */
int files_look(lua_State *L, int index, const char *what);

/* files_split - the folder (opened, O_PATH) and last part of the path at index; base is borrowed from
 * the text. The caller closes the folder. */
int files_split(lua_State *L, int index, const char *what, const char **base);

/* A file being written: beside its place, put there whole by commit. files_out pushes a userdata that
 * closes and removes it if it is not committed; all three raise io. */
struct files_out;
struct files_out *files_out(lua_State *L, int index, const char *what);
void files_put(lua_State *L, struct files_out *o, const void *bytes, size_t n);
void files_commit(lua_State *L, struct files_out *o, bool overwrite);

#endif
