/* theme.h - which colours and attributes a role has, for each depth of colour, and the rules of the
 * night. Not: a terminal (term.h). File format: interface design, section 5.
 */
#ifndef VIGIE_SRC_UI_THEME_H
#define VIGIE_SRC_UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "role.h"
#include "vigie/base/err.h"
#include "vigie/base/mem.h"

/* The columns of a theme, from poor to rich. 8 colours use the column of 16, folded. */
enum depth { DEPTH_MONO, DEPTH_16, DEPTH_256, DEPTH_TRUE, DEPTH_N };

enum theme_kind { THEME_DAY, THEME_DUSK, THEME_NIGHT };

/* struct paint - fg, bg: -1 the terminal's own; DEPTH_TRUE 0xRRGGBB; DEPTH_256 0..255; DEPTH_16
 * 0..15; DEPTH_MONO always -1. attr: ATTR_ bits. */
struct paint {
    int32_t fg, bg;
    uint8_t attr;
};

struct theme {
    char name[32];
    enum theme_kind kind;
    int32_t cursor; /* 0xRRGGBB, -1: the terminal's own */
    struct paint paint[DEPTH_N][ROLE_N];
};

/* theme_parse - a theme from the text of its file.
 *   text, n  the file; where: its name, for the error's sentence
 *   err      E_PARSE "night.theme, line 4: ...": an unknown role or colour, a name that is missing,
 *            or a night theme that breaks a rule of the night (theme_night_check); *out is then
 *            not to be used
 *   test     tests/ui/check_theme.c */
enum status theme_parse(const char *text, size_t n, const char *where, struct theme *out,
                        struct error *err) MUST_CHECK;

/* theme_night_check - the rules of a night theme: every true colour and the cursor have green and
 * blue 0; of the 256 only 16, 52, 88, 124, 160, 196; of the 16 only black and red, without bold;
 * the background is never the terminal's own. err   E_RANGE naming role and column */
enum status theme_night_check(const struct theme *theme, struct error *err) MUST_CHECK;

/* theme_load - a theme by name: from the folder of the user's themes, then from the installed ones,
 * then from those built in. A file that is wrong is an error, not passed over.
 *   err   E_ABSENT "no theme named x; there are day, dusk, ..." */
enum status theme_load(const char *name, struct theme *out, struct error *err) MUST_CHECK;

/* theme_names - the names of all themes that theme_load finds, sorted; free each and the vector. */
typedef VEC(char *) theme_name_list;
void theme_names(theme_name_list *out);

/* theme_for_sun - the name that `auto` stands for: day above 0, dusk above -12 deg, else night;
 * dusk when sun_alt_rad is NAN. */
const char *theme_for_sun(double sun_alt_rad);

/* theme_step - a night theme made brighter or darker by whole steps of the reds 52 88 124 160 196;
 * no colour leaves that range, and none becomes that of its own background. Other kinds stay as
 * they are. The column of 16 cannot be stepped. */
enum { THEME_STEP_MIN = -4, THEME_STEP_MAX = 4 };
void theme_step(struct theme *theme, int steps);

/* theme_rgb256 - the fixed colour of an entry 16..255 of the 256 (0xRRGGBB). theme_nearest256 - the
 * nearest of them; source: xterm, 256colres.h (cube levels 0 95 135 175 215 255, greys 8 + 10 i) */
int32_t theme_rgb256(int entry);
int theme_nearest256(int32_t rgb);

/* The themes compiled in (themes/ of the source tree), ended by a NULL name. */
struct theme_builtin {
    const char *name, *text;
};
extern const struct theme_builtin theme_builtins[];

#endif
