/* prelude.h - see prelude.c. */
#ifndef VIGIE_SRC_LUA_PRELUDE_H
#define VIGIE_SRC_LUA_PRELUDE_H

extern const char lua_prelude[];

#endif
