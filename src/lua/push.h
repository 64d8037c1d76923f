/* push.h - fields of a table on the top of the stack, as scripts see values of the program: unknown
 * is nil, angles and times are values of their own. Not: the values themselves (types.c).
 */
#ifndef VIGIE_SRC_LUA_PUSH_H
#define VIGIE_SRC_LUA_PUSH_H

#include "api.h"

/* set_x - field `key` of the table on the top. NAN, NULL and an instant that is no number set
 * nothing. set_text: text from outside as it is (print shows it harmless). */
void set_number(lua_State *L, const char *key, double x);
void set_int(lua_State *L, const char *key, int64_t i);
void set_bool(lua_State *L, const char *key, bool b);
void set_text(lua_State *L, const char *key, const char *text);
void set_angle(lua_State *L, const char *key, double rad);
void set_time(lua_State *L, const char *key, struct jd_utc t);
void set_duration(lua_State *L, const char *key, double s);
void set_place(lua_State *L, const char *key, double ra_rad, double dec_rad);

/* here - the session, or raises `gone` naming the function. site_or_raise - its site, or raises
 * what is missing. */
struct session *here(lua_State *L, const char *what);
const struct site *site_or_raise(lua_State *L, const char *what);

/* push_owned - n zeroed bytes as a userdata on the top, of which `gone` lets go at its end: what a binding
 * holds while it works is let go however it ends. push_type - the metatable of a value: its functions, the
 * methods of its rows; nothing is pushed. */
void *push_owned(lua_State *L, const char *type, size_t n, lua_CFunction gone);
void push_type(lua_State *L, const char *type, const luaL_Reg *fn, const struct lua_fn *rows);

/* push_bytes - n bytes from mem_alloc as a string on the top; they are freed, also when Lua has no memory for
 * them. */
void push_bytes(lua_State *L, char *bytes, size_t n);

/* push_str - a growable text as a userdata on the top: an error on the way frees it. */
struct str *push_str(lua_State *L);

/* set_list - the table on the top is a list of rows: its [0] is an error that says where lists begin. */
void set_list(lua_State *L);

/* opt_number, opt_bool - field of the {} arguments at index 1; NAN or false if it is not there. */
double opt_number(lua_State *L, const char *key);
bool opt_bool(lua_State *L, const char *key);

#endif
