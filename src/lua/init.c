/* init.c - the user's init.lua, run when a session begins: hooks, commands, computed options; and the
 * folder in which a session's scripts keep files. Not: the options themselves (the option file).
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/session/session.h"

enum { INIT_MAX = 1000000 };

static void set_folder(struct lua_host *h)
{
    struct error err;
    char *path = session_demo(h->session)
                     ? mem_printf("%s/work", session_folder(h->session)) /* goes with the demo */
                     : file_place(PLACE_DATA, "work", &err);
    lua_host_folder(h, path);
    free(path);
}

void init_start(struct lua_host *h)
{
    struct error err;
    struct str text = {0};
    bool incomplete;
    if (!session_folder(h->session))
        return; /* a session of a test, or of `vigie screen` */
    set_folder(h);
    if (session_demo(h->session))
        return;
    char *path = file_place(PLACE_CONFIG, "init.lua", &err);
    enum status s = path ? file_read(path, INIT_MAX, &text, &err) : E_ABSENT;
    free(path);
    if (s == E_ABSENT)
        return;
    uint64_t id =
        s == OK ? lua_host_start(h, "init.lua", str_c(&text), text.n, false, "*", &incomplete, &err)
                : 0;
    str_clear(&text);
    if (id)
        task_find(h, id)->keeps = true;
    else
        log_put(LOG_TROUBLE, "lua", "init.lua", "%s", err.text);
}
