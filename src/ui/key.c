/* key.c - see key.h. */
#include "key.h"

#include <string.h>

#include "vigie/base/utf8.h"

static const struct {
    const char *name;
    uint32_t code;
} names[] = {
    {"Enter", K_ENTER}, {"Esc", K_ESC},     {"Tab", K_TAB},          {"Space", ' '},
    {"lt", '<'},        {"Comma", ','},     {"BS", K_BACKSPACE},     {"Del", K_DELETE},
    {"Ins", K_INSERT},  {"Up", K_UP},       {"Down", K_DOWN},        {"Left", K_LEFT},
    {"Right", K_RIGHT}, {"Home", K_HOME},   {"End", K_END},          {"PgUp", K_PGUP},
    {"PgDn", K_PGDN},   {"F1", K_F1},       {"F2", K_F1 + 1},        {"F3", K_F1 + 2},
    {"F4", K_F1 + 3},   {"F5", K_F1 + 4},   {"F6", K_F1 + 5},        {"F7", K_F1 + 6},
    {"F8", K_F1 + 7},   {"F9", K_F1 + 8},   {"F10", K_F1 + 9},       {"F11", K_F1 + 10},
    {"F12", K_F1 + 11}, {"Press", K_PRESS}, {"WheelUp", K_WHEEL_UP}, {"WheelDown", K_WHEEL_DOWN},
};
enum { N_NAMES = sizeof names / sizeof *names };

/* The name between < and >, without its modifiers. */
static bool read_name(const char *s, size_t n, struct key *out)
{
    for (int i = 0; i < N_NAMES; i++)
        if (strlen(names[i].name) == n && !strncmp(names[i].name, s, n))
            return out->code = names[i].code, true;
    const char *p = s;
    uint32_t c = utf8_next(&p, s + n);
    if (p != s + n || c <= ' ' || c == 0xFFFD)
        return false;
    if ((out->mods & MOD_CTRL) && c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    out->code = c;
    return true;
}

static bool read_named(const char **s, struct key *out)
{
    const char *p = *s + 1, *end = strchr(p, '>');
    if (!end || end - p > 20)
        return false;
    while (end - p > 2 && p[1] == '-') {
        unsigned m = *p == 'C' ? MOD_CTRL : *p == 'A' ? MOD_ALT : *p == 'S' ? MOD_SHIFT : 0;
        if (!m)
            break;
        out->mods |= m;
        p += 2;
    }
    if (!read_name(p, (size_t)(end - p), out))
        return false;
    *s = end + 1;
    return true;
}

bool key_read(const char **s, struct key *out)
{
    while (**s == ' ' || **s == '\t')
        ++*s;
    *out = (struct key){0};
    if (!**s)
        return false;
    if (**s == '<')
        return read_named(s, out);
    out->code = utf8_next(s, *s + strlen(*s));
    return true;
}

void key_write(const struct key *k, struct str *out)
{
    const char *name = NULL;
    for (int i = 0; i < N_NAMES && !name; i++)
        if (names[i].code == k->code)
            name = names[i].name;
    char plain[5] = {0};
    if (!name && k->code < K_ENTER)
        utf8_put(plain, k->code);
    bool bare = !(k->mods & (MOD_CTRL | MOD_ALT | MOD_SHIFT));
    if (bare && !name) {
        str_add(out, plain);
        return;
    }
    str_addf(out, "<%s%s%s%s>", k->mods & MOD_CTRL ? "C-" : "", k->mods & MOD_ALT ? "A-" : "",
             k->mods & MOD_SHIFT ? "S-" : "", name ? name : plain);
}

bool key_same(const struct key *a, const struct key *b)
{
    unsigned mask = MOD_SHIFT | MOD_ALT | MOD_CTRL;
    return a->code == b->code && (a->mods & mask) == (b->mods & mask);
}
