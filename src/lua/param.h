/* param.h - the parameters of a script: from texts to the table p.
 * Not: the header itself (header.h).
 */
#ifndef VIGIE_SRC_LUA_PARAM_H
#define VIGIE_SRC_LUA_PARAM_H

#include "header.h"
#include "host.h"

/* struct param_text - a parameter as it was given: name and text. */
struct param_text {
    const char *name, *text;
};

/* param_check - whether a text can stand for a parameter: "min_depth: 200 is above 100".
 *   test   tests/lua/check_header.c */
enum status param_check(lua_State *L, const struct script_param *q, const char *text,
                        struct error *err) MUST_CHECK;

/* params_push - the read-only table p on the top of L: given values, else defaults; unknown or missing names are errors.
 * Where a place is due the name of an object is one too: it stays a text until it is looked up (params_objects).
 *   err   E_RANGE, E_PARSE, E_ABSENT with a sentence naming the parameter; nothing is pushed */
enum status params_push(lua_State *L, const struct script_header *h, const struct param_text *given,
                        size_t n, struct error *err) MUST_CHECK;

/* params_objects - of the parameters at index p: pushes {parameter = name of an object} and the table of values in which
 * the prelude's `placed` puts their places; false: no name among them, nothing is pushed.
 *   test   tests/lua/grb.sh */
bool params_objects(lua_State *L, int p);

#endif
