/* views.h - the tabs by name, for views/table.c. */
#ifndef VIGIE_SRC_UI_VIEWS_VIEWS_H
#define VIGIE_SRC_UI_VIEWS_VIEWS_H

#include "../view.h"

extern const struct view_ops view_alerts, view_transits, view_vo, view_devices, view_console,
    view_log;

#endif
