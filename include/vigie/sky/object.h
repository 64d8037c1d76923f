/* object.h - a thing in the sky that an observer may point at.
 * Not: its source, notes or plan (the rooms that keep lists add them).
 */
#ifndef VIGIE_SKY_OBJECT_H
#define VIGIE_SKY_OBJECT_H

/* struct sky_star - ICRS place at epoch J2000.0 and how it moves. Unknown motion, parallax and
 * velocity are NAN or 0: both mean none. */
struct sky_star {
    double ra_rad, dec_rad;
    double pmra_cosdec_masyr, pmdec_masyr; /* proper motion; in right ascension times cos dec */
    double plx_mas, rv_kms;
};

/* struct object - a name (UTF-8, fit for a terminal), a place, magnitudes (NAN: unknown). */
struct object {
    char name[64];
    struct sky_star place;
    double mag_v, mag_r;
};

#endif
