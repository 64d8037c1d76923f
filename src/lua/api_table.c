/* api_table.c - the modules and types that scripts see. To add one: a file api_<room>.c, a row here.
 * Not: their functions.
 */
#include "api.h"

extern const struct lua_module lua_module_types, lua_module_base, lua_module_log,
    lua_module_session, lua_module_sky;
extern const struct lua_type lua_type_angle, lua_type_coord, lua_type_time, lua_type_duration;

const struct lua_module *const lua_modules[] = {&lua_module_types, &lua_module_base,
                                                &lua_module_log,   &lua_module_session,
                                                &lua_module_sky,   NULL};

const struct lua_type *const lua_types[] = {&lua_type_angle, &lua_type_coord, &lua_type_time,
                                            &lua_type_duration, NULL};
