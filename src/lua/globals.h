/* globals.h - names that a script reads and nobody sets: most are typing errors. Found before it runs.
 */
#ifndef VIGIE_SRC_LUA_GLOBALS_H
#define VIGIE_SRC_LUA_GLOBALS_H

#include "host.h"

/* globals_unknown - adds "name (line 3), other (line 7)" for each global that the text reads, that it
 * never sets and that a script's environment does not have; nothing if there is none, or if the text does
 * not compile.
 *   source   the form of precompiled chunks of Lua 5.4 (lua_dump); of another form nothing is said
 *   test     tests/lua/check_globals.c */
void globals_unknown(struct lua_host *h, const char *code, size_t n, struct str *out);

/* globals_words - every constant text of a script (fields and methods are among them) and then each global that it
 * reads, once. Words of a text that does not compile are not told. test: tests/lua/check_saved.c */
typedef void globals_word_fn(void *arg, const char *word, bool global);
void globals_words(struct lua_host *h, const char *code, size_t n, globals_word_fn *fn, void *arg);

#endif
