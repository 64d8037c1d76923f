/* complete.h - words for what is being typed in the console. */
#ifndef VIGIE_SRC_LUA_COMPLETE_H
#define VIGIE_SRC_LUA_COMPLETE_H

#include "host.h"
#include "vigie/session/console.h"

/* complete_words - see struct console_ops, complete. env: registry reference of the environment.
 * complete_help - see struct console_ops, help. Both read tables raw: nothing of a script's runs.
 *   test   tests/ui/check_console.c */
size_t complete_words(lua_State *L, int env, const char *text, size_t at, console_word_fn *fn,
                      void *arg);
bool complete_help(lua_State *L, int env, const char *text, size_t at, struct str *out);

#endif
