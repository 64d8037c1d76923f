/* main.c - locale, then a door. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vigie/cli/cli.h"
#include "vigie/client/client.h"
#include "vigie/lua/lua.h"
#include "vigie/session/console.h"
#include "vigie/session/doors.h"
#include "vigie/ui/door.h"

static int attach(const struct doors *d)
{
    struct error err;
    char *store = d->process.demo ? NULL : session_store_path(d->process.store, &err);
    if (!store && !d->process.demo) {
        fprintf(stderr, "vigie: %s\n", err.text);
        return 1;
    }
    struct client_options o = {.store = store, .session = d->session, .plain = d->plain};
    int rc = client_run(&o);
    free(store);
    free(d->session);
    return rc;
}

int main(int argc, char **argv)
{
    static const struct script_ops script = {lua_run, lua_reference, client_send};
    struct doors d;
    setlocale(LC_CTYPE, ""); /* never LC_NUMERIC: 3,14 is no number in JSON, FITS, INDI */
    console_door(&lua_console);
    switch (doors_read(argc, argv, isatty(0) && isatty(1), &d)) {
    case DOOR_CLI: break;
    case DOOR_SESSION: return session_run(&d.process, &ui_viewer);
    case DOOR_CLIENT: return attach(&d);
    }
    return cli_run(argc, argv, &ui_screen, &script);
}
