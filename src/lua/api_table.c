/* api_table.c - the modules and types that scripts see. To add one: a file api_<room>.c, a row here.
 * Not: their functions.
 */
#include "api.h"
#include "raw.h"

extern const struct lua_module lua_module_types, lua_module_base, lua_module_tasks,
    lua_module_commands, lua_module_log, lua_module_session, lua_module_sky, lua_module_transits,
    lua_module_alerts, lua_module_alarms, lua_module_files, lua_module_ui, lua_module_script,
    lua_module_tbl, lua_module_show, lua_module_vo, lua_module_registry, lua_module_coord,
    lua_module_resolver, lua_module_simbad, lua_module_vizier, lua_module_gaia, lua_module_mount,
    lua_module_camera, lua_module_focuser, lua_module_wheel, lua_module_dome, lua_module_weather,
    lua_module_power, lua_module_require;
extern const struct lua_type lua_type_angle, lua_type_coord, lua_type_time, lua_type_duration,
    lua_type_task, lua_type_tbl, lua_type_row, lua_type_vector, lua_type_service, lua_type_tap,
    lua_type_job, lua_type_records, lua_type_record;

const struct lua_module *const lua_modules[] = {&lua_module_types,
                                                &lua_module_base,
                                                &lua_module_tasks,
                                                &lua_module_commands,
                                                &lua_module_log,
                                                &lua_module_session,
                                                &lua_module_sky,
                                                &lua_module_transits,
                                                &lua_module_alerts,
                                                &lua_module_alarms,
                                                &lua_module_files,
                                                &lua_module_ui,
                                                &lua_module_script,
                                                &lua_module_tbl,
                                                &lua_module_show,
                                                &lua_module_vo,
                                                &lua_module_registry,
                                                &lua_module_coord,
                                                &lua_module_resolver,
                                                &lua_module_simbad,
                                                &lua_module_vizier,
                                                &lua_module_gaia,
                                                &lua_module_mount,
                                                &lua_module_camera,
                                                &lua_module_focuser,
                                                &lua_module_wheel,
                                                &lua_module_dome,
                                                &lua_module_weather,
                                                &lua_module_power,
                                                &lua_module_require,
                                                NULL};

const struct lua_type *const lua_types[] = {&lua_type_angle,   &lua_type_coord,
                                            &lua_type_time,    &lua_type_duration,
                                            &lua_type_task,    &lua_type_tbl,
                                            &lua_type_row,     &lua_type_vector,
                                            &lua_type_service, &lua_type_tap,
                                            &lua_type_job,     &lua_type_records,
                                            &lua_type_record,  NULL};

void api_raw(lua_State *L)
{
    raw_alerts(L);
    raw_alarms(L);
    raw_commands(L);
    raw_scripts(L);
    raw_forms(L);
}
