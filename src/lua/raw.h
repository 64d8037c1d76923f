/* raw.h - what only the prelude may call: each adds its functions to the table on the top of L.
 * Not: bindings (api.h).
 */
#ifndef VIGIE_SRC_LUA_RAW_H
#define VIGIE_SRC_LUA_RAW_H

#include "host.h"

void raw_alerts(lua_State *L);
void raw_alarms(lua_State *L);
void raw_commands(lua_State *L);
void raw_scripts(lua_State *L);
void raw_forms(lua_State *L);
void api_raw(lua_State *L); /* all of them */

#endif
