/* planets.h - the planets a one-shot command works with. Not: the session's (it asks in its loop). */
#ifndef VIGIE_SRC_CLI_PLANETS_H
#define VIGIE_SRC_CLI_PLANETS_H

#include "cli.h"

#include "vigie/transits/catalogue.h"

/* cli_planets - the file of --catalogue; with --demo the built-in sample; else ExoClock's catalogue
 * (the stored copy, renewed if it is too old and the network may be used) and the observer's own
 * targets (option transits.own). What is not as it should be, but does no harm, is said on err.
 *   c      owned by the caller, catalogue_free; NULL on failure
 *   err    no catalogue at all: what to do
 *   test   tests/cli/check_home.c */
enum status cli_planets(struct cli *cli, struct catalogue **c, struct error *err) MUST_CHECK;

#endif
