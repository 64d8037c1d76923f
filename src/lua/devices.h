/* devices.h - what the bindings of the devices share: a request that a task waits for.
 * Not: what may move: the same guard as under every key (devices/safety.h).
 */
#ifndef VIGIE_SRC_LUA_DEVICES_H
#define VIGIE_SRC_LUA_DEVICES_H

#include "push.h"
#include "vigie/session/devicedesk.h"
#include "vigie/session/session.h"

/* device_of - the device of a kind; raises `device` when there is none. device_info_of - the same, NULL when there is
 * none. device_asker - who asks: the running script; text: at least 80 bytes. */
const struct device_info *device_of(lua_State *L, enum device_kind kind);
const struct device_info *device_info_of(lua_State *L, enum device_kind kind);
struct rack_asker device_asker(lua_State *L, char text[80]);

/* device_raise - raises what was refused (`safety`), not done in time (`timeout`), cut off from a device that the
 * network leads to (`network`), or failed (`device`). d: which it is, or NULL. */
int device_raise(lua_State *L, const struct device_info *d, enum status st, const char *text);

/* device_ask - asks and lets the task wait for the end, at most timeout_s; then nothing is returned to the script. A task
 * that is cancelled while a mount moves for it stops the mount. */
int device_ask(lua_State *L, enum device_kind kind, const struct device_request *q,
               double timeout_s);

/* device_connect - connects and waits until it is ready. device_fields - on a module's table: a function for its fields. */
int device_connect(lua_State *L, enum device_kind kind);
void device_fields(lua_State *L, lua_CFunction index);

#endif
