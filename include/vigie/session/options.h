/* options.h - the option table of the program: file, :set, completion, help and manual come from
 * it. Not: the mechanism (base/conf.h).
 */
#ifndef VIGIE_SESSION_OPTIONS_H
#define VIGIE_SESSION_OPTIONS_H

#include "vigie/base/conf.h"

extern const struct conf_option session_options[]; /* ended by a row with a NULL name */

#endif
