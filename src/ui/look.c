/* look.c - how the interface looks, by the options and the Sun: theme, glyphs, colours, mouse.
 * See ui.h.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui.h"
#include "vigie/base/conf.h"

/* The theme to use, as one text: its name and the step of a night theme. */
static const char *wanted_theme(const struct ui *ui, char out[32])
{
    const struct conf *conf = session_conf(ui->session);
    const char *name = conf_text(conf, "theme");
    if (!*name || !strcmp(name, "auto"))
        name = theme_for_sun(session_sky(ui->session).sun_alt_rad);
    snprintf(out, 32, "%.27s %+.0f", name, conf_number(conf, "theme.night-step"));
    return name;
}

bool ui_theme(struct ui *ui)
{
    char wanted[32];
    const char *name = wanted_theme(ui, wanted);
    if (!strcmp(wanted, ui->wanted))
        return false;
    bool first = !*ui->wanted;
    if (!first && ui->mode != MODE_NORMAL)
        return false; /* not under the user's hand: when the prompt is closed */
    struct theme t;
    struct error err;
    strcpy(ui->wanted, wanted);
    if (theme_load(name, &t, &err) != OK) {
        session_say(ui->session, "%s", err.text);
        if (!first || theme_load("night", &t, &err) != OK)
            return false;
    }
    theme_step(&t, (int)conf_number(session_conf(ui->session), "theme.night-step"));
    ui->theme = t;
    if (ui->term)
        term_set_theme(ui->term, &ui->theme);
    ui->dirty = true;
    return true;
}

void ui_options(struct ui *ui)
{
    const struct conf *conf = session_conf(ui->session);
    const char *glyphs = conf_text(conf, "glyphs");
    enum glyph_set set = !strcmp(glyphs, "ascii")  ? GLYPHS_ASCII
                         : !strcmp(glyphs, "utf8") ? GLYPHS_UTF8
                         : ui->term                ? term_glyphs(ui->term)
                                                   : ui->set;
    if (set != ui->set && ui->canvas) {
        ui->set = set;
        ui_size(ui, ui->canvas->rows, ui->canvas->cols);
    }
    ui->set = set;
    if (ui->term) {
        term_set_colours(ui->term, conf_text(conf, "colours"));
        term_set_mouse(ui->term, conf_bool(conf, "mouse"));
    }
    ui_theme(ui);
    ui->dirty = true;
}
