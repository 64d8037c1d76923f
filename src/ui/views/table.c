/* table.c - the tabs that are built. To add one: a file here, a row. A tab keeps its number whether
 * its neighbours are built or not.
 */
#include "views.h"

const struct view_ops *const view_table[] = {&view_alerts,  &view_transits, &view_vo, &view_devices,
                                             &view_console, &view_log,      NULL};
