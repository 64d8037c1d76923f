/* api_table.c - the modules that scripts see. To add one: a file api_<room>.c, a row here.
 * Not: their functions.
 */
#include "api.h"

extern const struct lua_module lua_module_types, lua_module_base, lua_module_log,
    lua_module_session, lua_module_sky;

const struct lua_module *const lua_modules[] = {&lua_module_types, &lua_module_base,
                                                &lua_module_log,   &lua_module_session,
                                                &lua_module_sky,   NULL};
