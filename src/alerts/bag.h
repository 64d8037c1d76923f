/* bag.h - how an event's parameters are gathered. Not: for other rooms (event.h reads them). */
#ifndef VIGIE_SRC_ALERTS_BAG_H
#define VIGIE_SRC_ALERTS_BAG_H

#include "vigie/alerts/event.h"

/* alert_bag_take - the parameters of one more alert: they come before those that were there, and
 * replace those of the same group and name. A bag holds at most 256 kB; what is beyond is left out
 * (the packet itself is kept whole). */
void alert_bag_take(struct alert_bag *b, const struct alert *a);

#endif
