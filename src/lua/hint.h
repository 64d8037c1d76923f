/* hint.h - what to write instead, for errors that people meet who come from Python or from stock Lua.
 */
#ifndef VIGIE_SRC_LUA_HINT_H
#define VIGIE_SRC_LUA_HINT_H

/* hint_for - a hint for a message of the compiler or of the interpreter; NULL if there is none. code: the text that
 * did not compile, NULL if it ran. Static text.
 *   test   tests/lua/check_escape.c */
const char *hint_for(const char *message, const char *code);

#endif
