/* theme_file.c - the text of a theme file, and the columns that it leaves out. See theme.h.
 * Lines `word = truecolor | 256 | 16 | monochrome`; each column `COLOUR [on COLOUR] [attributes]`.
 * '#' begins a comment unless six hexadecimal digits follow.
 */
#include "theme.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"

/* A column as read: which parts were given. */
struct column {
    bool given, has_bg;
    struct paint paint;
};

struct reader {
    struct theme *theme;
    const char *where;
    int line;
    bool named, kinded;
    bool given[ROLE_N];
    struct column col[ROLE_N][DEPTH_N];
    struct error *err;
};

static const char *const names16[] = {"black", "red",     "green", "yellow",
                                      "blue",  "magenta", "cyan",  "white"};
/* The colours of the 16 as xterm has them, for the nearest. */
static const int32_t rgb16[16] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD,
                                  0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00,
                                  0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};

static enum status wrong(struct reader *r, const char *what, const char *text)
{
    return err_set(r->err, E_PARSE, "%s, line %d: %s \"%.40s\"", r->where, r->line, what, text);
}

static bool hex6(const char *s)
{
    for (int i = 0; i < 6; i++)
        if (!isxdigit((unsigned char)s[i]))
            return false;
    return !isalnum((unsigned char)s[6]);
}

static bool read_colour(enum depth depth, const char *w, int32_t *out)
{
    if (!strcmp(w, "default"))
        return *out = -1, true;
    if (depth == DEPTH_TRUE) {
        if (*w != '#' || !hex6(w + 1) || w[7])
            return false;
        *out = (int32_t)strtol(w + 1, NULL, 16);
        return true;
    }
    if (depth == DEPTH_256) {
        char *end;
        long n = strtol(w, &end, 10);
        *out = (int32_t)n;
        return isdigit((unsigned char)*w) && !*end && n >= 0 && n <= 255;
    }
    int bright = !strncmp(w, "bright-", 7) ? 8 : 0;
    for (int i = 0; i < 8; i++)
        if (!strcmp(w + (bright ? 7 : 0), names16[i]))
            return *out = i + bright, true;
    return false;
}

static int read_attr(const char *w)
{
    static const struct {
        const char *name;
        int bit;
    } attrs[] = {{"normal", 0},
                 {"bold", ATTR_BOLD},
                 {"dim", ATTR_DIM},
                 {"reverse", ATTR_REVERSE},
                 {"underline", ATTR_UNDERLINE}};
    for (unsigned i = 0; i < sizeof attrs / sizeof *attrs; i++)
        if (!strcmp(w, attrs[i].name))
            return attrs[i].bit;
    return -1;
}

/* One column: words separated by blanks. */
static enum status read_column(struct reader *r, enum depth depth, char *text, struct column *out)
{
    *out = (struct column){.paint = {-1, -1, 0}};
    bool fg = false, on = false;
    char *save = NULL;
    for (char *w = strtok_r(text, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
        int attr = read_attr(w);
        int32_t colour;
        if (attr >= 0) {
            out->paint.attr |= (uint8_t)attr;
        } else if (depth == DEPTH_MONO) {
            return wrong(r, "not an attribute (normal bold dim reverse underline):", w);
        } else if (!strcmp(w, "on") && fg && !on && !out->has_bg) {
            on = true;
            continue;
        } else if (!read_colour(depth, w, &colour)) {
            return wrong(r, "not a colour of this column:", w);
        } else if (on) {
            out->paint.bg = colour;
            out->has_bg = true;
            on = false;
        } else if (!fg) {
            out->paint.fg = colour;
            fg = true;
        } else {
            return wrong(r, "more than one colour; a background is written `on COLOUR`:", w);
        }
        out->given = true;
    }
    return on ? wrong(r, "no colour after", "on") : OK;
}

static enum status read_role(struct reader *r, int role, char *value)
{
    r->given[role] = true;
    for (int d = DEPTH_TRUE; d >= DEPTH_MONO; d--) {
        char *bar = value ? strchr(value, '|') : NULL;
        if (bar)
            *bar = 0;
        r->col[role][d].given = false;
        if (value) {
            enum status s = read_column(r, (enum depth)d, value, &r->col[role][d]);
            if (s != OK)
                return s;
        }
        value = bar ? bar + 1 : NULL;
        if (d == DEPTH_MONO && value)
            return wrong(r, "more than four columns:", value);
    }
    return OK;
}

static char *trim(char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    size_t n = strlen(s);
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
        s[--n] = 0;
    return s;
}

static enum status read_word(struct reader *r, const char *word, char *value)
{
    struct theme *t = r->theme;
    if (!strcmp(word, "name")) {
        if (!*value || strlen(value) >= sizeof t->name)
            return wrong(r, "no name, or a name above 31 bytes:", value);
        strcpy(t->name, value);
        r->named = true;
        return OK;
    }
    if (!strcmp(word, "kind")) {
        r->kinded = true;
        t->kind = !strcmp(value, "day")    ? THEME_DAY
                  : !strcmp(value, "dusk") ? THEME_DUSK
                                           : THEME_NIGHT;
        if (t->kind == THEME_NIGHT && strcmp(value, "night"))
            return wrong(r, "kind is day, dusk or night, not", value);
        return OK;
    }
    if (!strcmp(word, "cursor"))
        return read_colour(DEPTH_TRUE, value, &t->cursor) ? OK : wrong(r, "not a colour:", value);
    int role = role_find(word);
    if (role >= 0 && !*value)
        return wrong(r, "nothing is given (a colour is # and six digits) for", word);
    return role < 0 ? wrong(r, "no such role:", word) : read_role(r, role, value);
}

static enum status read_line(struct reader *r, char *line)
{
    for (char *p = line; *p; p++)
        if (*p == '#' && !hex6(p + 1)) {
            *p = 0;
            break;
        }
    line = trim(line);
    if (!*line)
        return OK;
    char *eq = strchr(line, '=');
    if (!eq)
        return wrong(r, "no `=` in", line);
    *eq = 0;
    return read_word(r, trim(line), trim(eq + 1));
}

/* ---- columns left out ---- */

static int luma(int32_t rgb)
{
    return rgb < 0 ? -1 : 3 * (rgb >> 16 & 255) + 6 * (rgb >> 8 & 255) + (rgb & 255);
}

static int32_t to_256(const struct theme *t, int32_t rgb)
{
    if (rgb < 0)
        return -1;
    if (t->kind != THEME_NIGHT)
        return theme_nearest256(rgb);
    int red = rgb >> 16 & 255;
    return red == 0    ? 16
           : red < 115 ? 52
           : red < 155 ? 88
           : red < 195 ? 124
           : red < 235 ? 160
                       : 196;
}

static int32_t to_16(const struct theme *t, int32_t rgb)
{
    if (rgb < 0)
        return -1;
    if (t->kind == THEME_NIGHT)
        return rgb ? 1 : 0;
    int best = 0, least = 1 << 30;
    for (int i = 0; i < 16; i++) {
        int dr = (rgb >> 16 & 255) - (rgb16[i] >> 16 & 255);
        int dg = (rgb >> 8 & 255) - (rgb16[i] >> 8 & 255), db = (rgb & 255) - (rgb16[i] & 255);
        int d = dr * dr + dg * dg + db * db;
        if (d < least)
            least = d, best = i;
    }
    return best;
}

static int32_t from_256(int32_t entry)
{
    return entry < 0 ? -1 : entry < 16 ? rgb16[entry] : theme_rgb256(entry);
}

/* The attribute that tells a role apart where there is no colour. */
static uint8_t mono_attr(const struct paint *p, const struct paint *text)
{
    if (p->bg != text->bg)
        return ATTR_REVERSE;
    int a = luma(p->fg), b = luma(text->fg), ground = luma(text->bg);
    if (a < 0 || b < 0 || a == b)
        return p->attr;
    bool nearer = ground < 0 ? a < b : abs(a - ground) < abs(b - ground);
    return nearer ? ATTR_DIM : ATTR_BOLD;
}

static void derive_role(struct reader *r, int role)
{
    struct theme *t = r->theme;
    struct column *c = r->col[role];
    struct paint *full = &t->paint[DEPTH_TRUE][role], *mid = &t->paint[DEPTH_256][role];
    struct paint *low = &t->paint[DEPTH_16][role], *mono = &t->paint[DEPTH_MONO][role];
    for (int d = DEPTH_16; d <= DEPTH_TRUE; d++)
        if (c[d].given) {
            t->paint[d][role] = c[d].paint;
            if (!c[d].has_bg && role != ROLE_TEXT)
                t->paint[d][role].bg = t->paint[d][ROLE_TEXT].bg;
        }
    if (!c[DEPTH_TRUE].given && c[DEPTH_256].given)
        *full = (struct paint){from_256(mid->fg), from_256(mid->bg), mid->attr};
    else if (!c[DEPTH_TRUE].given && c[DEPTH_16].given)
        *full = (struct paint){from_256(low->fg), from_256(low->bg), low->attr};
    else if (!c[DEPTH_TRUE].given)
        *full = (struct paint){t->paint[DEPTH_TRUE][ROLE_TEXT].fg,
                               t->paint[DEPTH_TRUE][ROLE_TEXT].bg, 0};
    if (!c[DEPTH_256].given)
        *mid = (struct paint){to_256(t, full->fg), to_256(t, full->bg), full->attr};
    if (!c[DEPTH_16].given) {
        *low = (struct paint){to_16(t, full->fg), to_16(t, full->bg), full->attr};
        if (t->kind == THEME_NIGHT)
            low->attr &= (uint8_t)~ATTR_BOLD;
    }
    uint8_t attr = c[DEPTH_MONO].given ? c[DEPTH_MONO].paint.attr
                                       : mono_attr(full, &t->paint[DEPTH_TRUE][ROLE_TEXT]);
    *mono = (struct paint){-1, -1, attr};
}

static void fill_in(struct reader *r)
{
    derive_role(r, ROLE_TEXT);
    for (int i = 0; i < ROLE_N; i++)
        if (i != ROLE_TEXT && r->given[i])
            derive_role(r, i);
    for (int i = 0; i < ROLE_N; i++) {
        int from = i;
        while (from != ROLE_TEXT && !r->given[from])
            from = (int)role_table[from].parent;
        for (int d = 0; d < DEPTH_N; d++)
            r->theme->paint[d][i] = r->theme->paint[d][from];
    }
}

enum status theme_parse(const char *text, size_t n, const char *where, struct theme *out,
                        struct error *err)
{
    struct reader *r = mem_zero(sizeof *r);
    *r = (struct reader){.theme = out, .where = where, .err = err};
    *out = (struct theme){.cursor = -1};
    char *copy = mem_strn(text, n);
    enum status s = OK;
    char *next = copy;
    for (char *line = copy; s == OK && line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        r->line++;
        s = read_line(r, line);
    }
    if (s == OK && (!r->named || !r->kinded || !r->given[ROLE_TEXT]))
        s = err_set(err, E_PARSE, "%s: a theme needs name, kind and text", where);
    if (s == OK) {
        fill_in(r);
        if (out->kind == THEME_NIGHT && theme_night_check(out, err) != OK)
            s = err_wrap(err, "%s", where);
    }
    free(copy);
    free(r);
    return s;
}
