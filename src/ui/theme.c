/* theme.c - see theme.h: rules of the night, derived columns, steps, where themes are found.
 * Not: the file's syntax (theme_file.c).
 */
#include "theme.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/str.h"

enum { THEME_MAX_BYTES = 64 * 1024 };

static const int night_entries[] = {16, 52, 88, 124, 160, 196};
enum { N_NIGHT = sizeof night_entries / sizeof *night_entries };

static bool night_256(int32_t entry)
{
    for (int i = 0; i < N_NIGHT; i++)
        if (night_entries[i] == entry)
            return true;
    return false;
}

static bool pure_red(int32_t rgb)
{
    return rgb >= 0 && (rgb & 0xFFFF) == 0;
}

static enum status night_role(const struct theme *t, int r, struct error *err)
{
    const struct paint *full = &t->paint[DEPTH_TRUE][r], *mid = &t->paint[DEPTH_256][r];
    const struct paint *low = &t->paint[DEPTH_16][r];
    const char *role = role_table[r].name;
    if (!pure_red(full->fg) || !pure_red(full->bg))
        return err_set(err, E_RANGE,
                       "%s: a night theme may hold no green, no blue and no colour of the "
                       "terminal's own (truecolor column)",
                       role);
    if (!night_256(mid->fg) || !night_256(mid->bg))
        return err_set(err, E_RANGE,
                       "%s: a night theme may use only 16 52 88 124 160 196 (256 column)", role);
    if (low->fg < 0 || low->fg > 1 || low->bg < 0 || low->bg > 1)
        return err_set(err, E_RANGE, "%s: a night theme may use only red and black (16 column)",
                       role);
    if (low->attr & ATTR_BOLD)
        return err_set(err, E_RANGE,
                       "%s: no bold in the 16 column of a night theme: terminals show it bright",
                       role);
    return OK;
}

enum status theme_night_check(const struct theme *theme, struct error *err)
{
    for (int r = 0; r < ROLE_N; r++) {
        enum status s = night_role(theme, r, err);
        if (s != OK)
            return s;
    }
    if (!pure_red(theme->cursor))
        return err_set(err, E_RANGE, "cursor: a night theme needs one without green and blue");
    return OK;
}

int32_t theme_rgb256(int entry)
{
    static const int level[] = {0, 95, 135, 175, 215, 255};
    if (entry >= 232) {
        int g = 8 + 10 * (entry - 232);
        return g << 16 | g << 8 | g;
    }
    int k = entry - 16;
    return level[k / 36] << 16 | level[k / 6 % 6] << 8 | level[k % 6];
}

static int distance(int32_t a, int32_t b)
{
    int r = (a >> 16 & 255) - (b >> 16 & 255), g = (a >> 8 & 255) - (b >> 8 & 255);
    int u = (a & 255) - (b & 255);
    return 2 * r * r + 4 * g * g + 3 * u * u;
}

int theme_nearest256(int32_t rgb)
{
    int best = 16;
    for (int i = 17; i < 256; i++)
        if (distance(rgb, theme_rgb256(i)) < distance(rgb, theme_rgb256(best)))
            best = i;
    return best;
}

const char *theme_for_sun(double sun_alt_rad)
{
    const double rad = 3.14159265358979323846 / 180;
    if (isnan(sun_alt_rad))
        return "dusk";
    return sun_alt_rad > 0 ? "day" : sun_alt_rad > -12 * rad ? "dusk" : "night";
}

/* One red level moved by whole steps; black stays black. */
static int step_level(int level, int steps)
{
    if (level == 0)
        return 0;
    int moved = level + steps * 0x28;
    return moved < 0x5F ? 0x5F : moved > 0xFF ? 0xFF : moved;
}

static int32_t step_256(int32_t entry, int steps)
{
    for (int i = 1; i < N_NIGHT; i++)
        if (night_entries[i] == entry) {
            int k = i + steps;
            return night_entries[k < 1 ? 1 : k >= N_NIGHT ? N_NIGHT - 1 : k];
        }
    return entry;
}

/* Two colours that differed stay different: the background gives way, to black if need be. */
static void keep_apart(const struct paint *old, struct paint *now, int32_t black, int32_t light)
{
    if (now->fg != now->bg || old->fg == old->bg)
        return;
    now->bg = black;
    if (now->fg == black)
        now->fg = light;
}

void theme_step(struct theme *theme, int steps)
{
    if (theme->kind != THEME_NIGHT)
        return;
    for (int r = 0; r < ROLE_N; r++) {
        struct paint *p = &theme->paint[DEPTH_TRUE][r], old = *p;
        p->fg = step_level(p->fg >> 16, steps) << 16;
        p->bg = step_level(p->bg >> 16, steps) << 16;
        keep_apart(&old, p, 0, 0x5F0000);
        p = &theme->paint[DEPTH_256][r];
        old = *p;
        p->fg = step_256(p->fg, steps);
        p->bg = step_256(p->bg, steps);
        keep_apart(&old, p, 16, 52);
    }
}

/* ---- where themes are ---- */

static bool plain_name(const char *name)
{
    return *name && strlen(name) < sizeof((struct theme *)0)->name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
               strlen(name);
}

/* The folders that may hold themes, the user's first; free both. */
static void folders(char *out[2])
{
    out[0] = file_place(PLACE_CONFIG, "themes", NULL);
    out[1] = file_shipped("themes");
}

static void add_name(theme_name_list *out, const char *name, size_t n)
{
    for (size_t i = 0; i < out->n; i++)
        if (strlen(out->at[i]) == n && !memcmp(out->at[i], name, n))
            return;
    VEC_PUSH(*out, mem_strn(name, n));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void theme_names(theme_name_list *out)
{
    char *folder[2];
    folders(folder);
    for (const struct theme_builtin *b = theme_builtins; b->name; b++)
        add_name(out, b->name, strlen(b->name));
    for (int i = 0; i < 2; i++) {
        DIR *d = folder[i] ? opendir(folder[i]) : NULL;
        for (struct dirent *e; d && out->n < 256 && (e = readdir(d));) {
            char *dot = strrchr(e->d_name, '.');
            if (dot && !strcmp(dot, ".theme")) {
                *dot = 0;
                if (plain_name(e->d_name))
                    add_name(out, e->d_name, strlen(e->d_name));
            }
        }
        if (d)
            closedir(d);
        free(folder[i]);
    }
    qsort(out->at, out->n, sizeof *out->at, by_name);
}

static enum status absent(const char *name, struct error *err)
{
    theme_name_list all = {0};
    struct str text = {.max = 180};
    theme_names(&all);
    for (size_t i = 0; i < all.n; i++) {
        str_addf(&text, "%s%s", i ? ", " : "", all.at[i]);
        free(all.at[i]);
    }
    VEC_FREE(all);
    enum status s =
        err_set(err, E_ABSENT, "no theme named %.40s; there are %s", name, str_c(&text));
    str_clear(&text);
    return s;
}

static enum status from_file(const char *folder, const char *name, struct theme *out,
                             struct error *err)
{
    if (!folder)
        return E_ABSENT;
    char *path = mem_printf("%s/%s.theme", folder, name);
    struct str text = {0};
    enum status s = file_read(path, THEME_MAX_BYTES, &text, err);
    if (s == OK)
        s = theme_parse(str_c(&text), text.n, path, out, err);
    str_clear(&text);
    free(path);
    return s;
}

enum status theme_load(const char *name, struct theme *out, struct error *err)
{
    if (!plain_name(name))
        return absent(name, err);
    char *folder[2];
    folders(folder);
    enum status s = from_file(folder[0], name, out, err);
    if (s == E_ABSENT)
        s = from_file(folder[1], name, out, err);
    free(folder[0]);
    free(folder[1]);
    if (s != E_ABSENT)
        return s;
    for (const struct theme_builtin *b = theme_builtins; b->name; b++)
        if (!strcmp(b->name, name))
            return theme_parse(b->text, strlen(b->text), name, out, err);
    return absent(name, err);
}
