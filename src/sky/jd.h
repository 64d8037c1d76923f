/* jd.h - the one rule of split dates inside the room: d1 a midnight, d2 in 0 .. 1. */
#ifndef VIGIE_SRC_SKY_JD_H
#define VIGIE_SRC_SKY_JD_H

#include <math.h>

/* jd_norm - bring a split to that rule; the sum is kept to the last bit that d2 can hold. */
static inline void jd_norm(double *d1, double *d2)
{
    double whole = floor(*d1 - 0.5) + 0.5;
    double part = (*d1 - whole) + *d2;
    double days = floor(part);
    *d1 = whole + days;
    *d2 = part - days;
}

#endif
