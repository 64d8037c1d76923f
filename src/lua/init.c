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

static enum status init_run(struct lua_host *h, struct error *err)
{
    struct str text = {0};
    bool incomplete;
    char *path = file_place(PLACE_CONFIG, "init.lua", err);
    enum status s = path ? file_read(path, INIT_MAX, &text, err) : E_ABSENT;
    h->init =
        s == OK ? lua_host_start(h, "init.lua", str_c(&text), text.n, false, "*", &incomplete, err)
                : 0;
    if (h->init) {
        task_script(h, h->init, path);
        task_find(h, h->init)->keeps = true;
    }
    free(path);
    str_clear(&text);
    return s != OK ? s : h->init ? OK : err->status;
}

/* What it hooked goes: those tasks are the children that outlive it. */
enum status init_again(struct lua_host *h, struct error *err)
{
    if (!session_folder(h->session) || session_demo(h->session))
        return err_set(err, E_REFUSED, "a demonstration runs no init.lua");
    for (struct task *t = h->tasks; h->init && t; t = t->next)
        if (t->id == h->init || t->parent == h->init) {
            task_cancel(h, t, "init.lua is read again");
            command_task_over(h, t->id); /* its names are free before the new one asks for them */
        }
    return init_run(h, err);
}

void init_start(struct lua_host *h)
{
    struct error err;
    if (!session_folder(h->session))
        return; /* a session of a test, or of `vigie screen` */
    set_folder(h);
    if (session_demo(h->session))
        return;
    if (init_run(h, &err) != OK && err.status != E_ABSENT)
        log_put(LOG_TROUBLE, "lua", "init.lua", "%s", err.text);
}
