/* pretty.h - a value as a console shows it. */
#ifndef VIGIE_SRC_LUA_PRETTY_H
#define VIGIE_SRC_LUA_PRETTY_H

#include "host.h"

/* pretty_value - add the value at `index` to out (its bound holds), in lines of at most `width`
 * columns where that can be. The caller arms the hook. False: a __tostring failed, or took too long.
 *   test   tests/lua/check_console.c */
bool pretty_value(lua_State *L, int index, int width, struct str *out);

/* pretty_whole - the same without bounds on rows and depth but those of memory. */
bool pretty_whole(lua_State *L, int index, int width, struct str *out);

#endif
