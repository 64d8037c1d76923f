/* words.c - names of kinds, links and requests; frames let go. See device.h.
 */
#include <stdlib.h>

#include "vigie/devices/device.h"

const char *device_kind_name(enum device_kind k)
{
    static const char *const name[] = {"mount",   "camera", "focuser", "wheel", "dome",
                                       "weather", "gps",    "switch",  "other"};
    return name[k];
}

const char *device_link_name(enum device_link l)
{
    static const char *const name[] = {"off",   "connecting", "identifying",
                                       "ready", "lost",       "failed"};
    return name[l];
}

const char *device_verb_name(enum device_verb v)
{
    static const char *const name[] = {
        "connect",  "disconnect", "stop",      "slew",       "sync",     "park",     "unpark",
        "home",     "track",      "rate",      "move",       "move-end", "guide",    "set-site",
        "set-time", "expose",     "abort",     "cool",       "focus-to", "focus-by", "filter",
        "dome-az",  "shutter",    "dome-park", "dome-slave", "switch",   "property"};
    return name[v];
}

void device_frame_free(struct device_frame *f)
{
    if (!f)
        return;
    free(f->pixel);
    free(f->fits);
    free(f->path);
    free(f);
}
