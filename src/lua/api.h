/* api.h - the binding tables: a row says a function's name, what it needs, its arguments with types, its help and an example that a test runs.
 * Registration, checks at run time, completion, help, manual and editor stub are made from the rows.
 * Not: science or network: a binding checks its arguments, calls a room, wraps the answer.
 */
#ifndef VIGIE_SRC_LUA_API_H
#define VIGIE_SRC_LUA_API_H

#include <stdio.h>

#include "host.h"

/* struct lua_fn - a row.
 *   name      within its module: "altaz"
 *   fn        gets its arguments checked: positions as written, or the one table of a {} signature
 *   args      "(c: coord, [t: time])" by position, or "{pos: coord, radius: angle, [timeout: duration]}" by name. Types: any string number int
 *             boolean angle coord time duration table function task; what stands in [ ] may be left
 *             out; one argument may be a table with known keys, all optional: "[o: {min_alt: angle}]".
 *             "..." ends a list of any length.
 *   gives     what it returns, for help: "table {alt, az}"
 *   help      sentences; the first one is the summary
 *   example   runs as it is in a session of --demo; the test of the examples runs each */
struct lua_fn {
    const char *name;
    lua_CFunction fn;
    const char *args, *gives, *help, *example;
};

/* struct lua_module - a table of functions under one name; needs: the capability a script must declare, NULL for none. "" as name: globals. */
struct lua_module {
    const char *name, *needs, *help;
    const struct lua_fn *fns; /* ended by a NULL name */
    void (*extra)(
        lua_State *
            L); /* adds fields to the module's table on the top (constants, live values), or NULL */
};
extern const struct lua_module *const lua_modules[]; /* ended by NULL; api_table.c */

/* struct lua_type - what a value has: rows with args are methods, rows without are fields (gives says
 * their type). */
struct lua_type {
    const char *name, *help;
    const struct lua_fn *rows;
};
extern const struct lua_type *const lua_types[]; /* ended by NULL; api_table.c */

/* struct api_sig - a signature, read. api_signature - read one; a wrong one is a bug. */
enum { API_ARGS = 24, API_NAME = 24 };
struct api_arg {
    char name[API_NAME], type[API_NAME]; /* of a table with known keys the type is "options" */
    bool optional;
};
struct api_sig {
    bool named, any_more;
    int n, n_key;
    struct api_arg arg[API_ARGS], key[API_ARGS]; /* key: of the one argument that is options */
};
void api_signature(const char *args, struct api_sig *s);

/* api_methods - a table of the rows' methods on the top of L; each is checked as a function is.
 * api_near - the row's name nearest to a text, NULL if none is near. */
void api_methods(lua_State *L, const char *type, const struct lua_fn *rows);
const char *api_near(const struct lua_fn *rows, const char *name);

/* api_member - __index of a value: the method at index 2 of the one at index 1, or raises with the
 * nearest name. api_in_lua - a row's function that is written in Lua: that of the prelude with the
 * row's full name. */
int api_member(lua_State *L, const struct lua_type *type);
int api_in_lua(lua_State *L);

/* api_reference, api_stub - all rows, for people and for editors (reference.c). */
void api_reference(FILE *out);
void api_stub(FILE *out);

/* api_open - put the modules into the environment on the top of L. grants: capabilities separated by blanks, "*" for all. A function whose
 * capability is missing is there and raises `permission` with the line to add. */
void api_open(lua_State *L, const char *grants);
bool api_granted(const char *grants, const char *what); /* what: NULL is granted */

/* api_has, api_need - whether the running script has a capability; raises `permission` naming the line to
 * add and the function. For functions of a module that needs it only for some. */
bool api_has(lua_State *L, const char *what);
void api_need(lua_State *L, const char *what, const char *function);

/* api_session - the session the bindings work on; NULL in a process without one. */
struct session;
struct session *api_session(lua_State *L);

/* command_moves - whether a line of the command line moves something, or goes around who moves it. */
bool command_moves(struct session *s, const char *line);

/* Types (types.c). push_x: a new value. arg_x: the argument as value: a userdata of the type, or the texts and numbers it is read from; raises
 * `argument` naming `what`. A bare number is degrees or seconds. */
void types_open(lua_State *L); /* metatables; the constructors are rows of the module "" */
#include "vigie/sky/object.h"
#include "vigie/sky/scale.h"
extern const char t_angle[], t_coord[], t_time[], t_duration[]; /* names of their metatables */
void *push_value(lua_State *L, const char *type, const void *v, size_t n);
void push_angle(lua_State *L, double rad);
void push_coord(lua_State *L, const struct sky_star *star);
void push_time(lua_State *L, struct jd_utc utc);
void push_duration(lua_State *L, double s);
double arg_angle(lua_State *L, int index, const char *what);
struct sky_star arg_coord(lua_State *L, int index, const char *what);
struct jd_utc arg_time(lua_State *L, int index, const char *what);
double arg_duration(lua_State *L, int index, const char *what);
/* coord_is_name - whether a text that is no position can be the name of an object: it has a letter that is no unit.
 *   test   tests/lua/grb.sh */
bool coord_is_name(const char *text);
bool is_type(lua_State *L, int index, const char *type);

/* opt_field - push field `name` of the table at index; false (and nothing pushed) if it is nil. */
bool opt_field(lua_State *L, int index, const char *name);

#endif
