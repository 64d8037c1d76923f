/* options.h - the option table of the program: file, :set, completion, help and manual come from
 * it. Not: the mechanism (base/conf.h).
 */
#ifndef VIGIE_SESSION_OPTIONS_H
#define VIGIE_SESSION_OPTIONS_H

#include <stdbool.h>

#include "vigie/base/conf.h"

extern const struct conf_option session_options[]; /* ended by a row with a NULL name */

/* option_open - whether a script that has only what its header asks for may set this option: none that
 * limits what is fetched or asked; of texts only those that name no file, address, command or site.
 *   test  tests/lua/check_escape.c */
bool option_open(const char *name);

#endif
