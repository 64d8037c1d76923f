/* saved.h - lines of the console as a script: what of a line stands in a file, and what the whole needs.
 */
#ifndef VIGIE_SRC_LUA_SAVED_H
#define VIGIE_SRC_LUA_SAVED_H

#include "host.h"

/* saved_line - adds a line of the console as a script can hold it. The console prints what an expression gives, and
 * each line has locals and a return of its own. valued: what follows reads its value as `_`.
 * saved_needs - adds the capabilities that a script's text needs, as its header says them: "sky", "vo"; nothing
 * for none. What a text makes while it runs (names in variables) cannot be seen.
 *   test  tests/lua/check_saved.c */
void saved_line(struct lua_host *h, const char *code, size_t n, bool valued, struct str *out);
void saved_needs(struct lua_host *h, const char *code, size_t n, struct str *out);

#endif
