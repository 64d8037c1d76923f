/* term.c - see term.h. newterm writes into a memfd, which is emptied into the caller's text after
 * each frame, so curses never touches a terminal and never waits for one. True colour: curses is
 * given entries 16.. of the 256, one for each colour of the theme, and what it writes for them
 * (38;5;N) is rewritten (38;2;R;G;B); so any terminal description with 256 colours will do.
 */
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"

/* Last: its macros have names such as `lines`. */
#include <curses.h>
#include <term.h>

enum { PALETTE_MAX = 200 };

struct terminal {
    SCREEN *screen;
    FILE *out, *in;
    char *colorterm, *shown_title, *pending;
    bool no_color, tmux, utf8;
    bool whole, fresh, cursor_seen, mouse, sync_known, default_ok, coloured_cursor, own_palette;
    int rows, cols, colours;
    long fg, bg; /* entries that the terminal has now, -1 unknown */
    bool plain;  /* it has no attribute but these */
    enum depth depth;
    struct theme theme;
    int32_t palette[PALETTE_MAX]; /* true colours in use, entry 16 + i (or i on a console) */
    int n_palette;
    struct canvas *last; /* what curses was given */
    struct str restore;
};

/* ---- capabilities ---- */

static const char *cap(const char *name)
{
    char *s = tigetstr((char *)(size_t)name);
    return s && s != (char *)-1 ? s : NULL;
}

/* A capability as bytes: the padding `$<5>` of old terminals left out. */
static void add_cap(struct str *out, const char *s)
{
    while (s && *s) {
        const char *pad = strstr(s, "$<"), *end = pad ? strchr(pad, '>') : NULL;
        if (!end) {
            str_add(out, s);
            return;
        }
        str_addn(out, s, (size_t)(pad - s));
        s = end + 1;
    }
}

static bool plain_term_name(const char *s)
{
    size_t n = strlen(s);
    return n && n < 64 &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._") == n;
}

/* Make `name` the description that cap() reads; false if there is none. */
static bool known_term(const char *name, FILE *out)
{
    int answer = 0;
    if (cur_term)
        del_curterm(cur_term);
    return plain_term_name(name) && setupterm((char *)(size_t)name, fileno(out), &answer) == OK;
}

/* A description that should do for a TERM that terminfo does not have. */
static const char *stand_in(const char *name, FILE *out)
{
    static const char *const like_xterm[] = {"xterm",   "kitty", "foot",    "alacritty", "wezterm",
                                             "ghostty", "iterm", "contour", "vte",       "konsole"};
    for (unsigned i = 0; i < sizeof like_xterm / sizeof *like_xterm; i++)
        if (str_hasi(name, like_xterm[i]) && known_term("xterm-256color", out))
            return "xterm-256color";
    if ((str_hasi(name, "tmux") || str_hasi(name, "screen")) && known_term("screen", out))
        return "screen";
    return known_term("vt100", out) ? "vt100" : "ansi";
}

enum depth term_depth(int colours, bool indexed, const char *colorterm, bool no_color,
                      const char *option)
{
    enum depth can = colours >= 256 && indexed ? DEPTH_TRUE
                     : colours >= 256          ? DEPTH_256
                     : colours >= 8            ? DEPTH_16
                                               : DEPTH_MONO;
    enum depth wish = DEPTH_256;
    if (!strcmp(option, "mono"))
        wish = DEPTH_MONO;
    else if (!strcmp(option, "8") || !strcmp(option, "16"))
        wish = DEPTH_16;
    else if (!strcmp(option, "truecolor"))
        wish = DEPTH_TRUE;
    else if (strcmp(option, "256")) { /* auto */
        if (no_color)
            return DEPTH_MONO;
        if (colorterm && (!strcmp(colorterm, "truecolor") || !strcmp(colorterm, "24bit")))
            wish = DEPTH_TRUE;
    }
    return wish < can ? wish : can;
}

static bool indexed_colours(void)
{
    const char *s = cap("setaf");
    char *got = s && tigetnum((char *)(size_t) "colors") >= 256 ? tparm(s, 99) : NULL;
    return got && !strcmp(got, "\033[38;5;99m");
}

/* ---- open, close ---- */

static void drain(struct terminal *t, struct str *out)
{
    fflush(t->out);
    int fd = fileno(t->out);
    off_t n = lseek(fd, 0, SEEK_CUR);
    char buf[8192];
    for (off_t at = 0; out && at < n;) {
        ssize_t k = pread(fd, buf, sizeof buf, at);
        if (k <= 0)
            break;
        str_addn(out, buf, (size_t)k);
        at += k;
    }
    rewind(t->out);
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        ensure(!"a memfd can be emptied");
}

/* All that may be switched on in this terminal, whether it was or not: the client asks once. */
static void make_restore(struct terminal *t)
{
    struct str *r = &t->restore;
    str_reset(r);
    if (cap("csr") && strstr(cap("csr"), "%dr"))
        str_add(r, "\033[r"); /* the scrolling region, whatever the size is by then */
    if (cap("kmous"))
        str_add(r, "\033[?1006l\033[?1000l");
    if (cap("BD") && cap("BE"))
        add_cap(r, cap("BD"));
    if (t->colours <= 16 && can_change_color())
        add_cap(r, cap("oc"));
    add_cap(r, cap("op"));
    add_cap(r, cap("sgr0"));
    add_cap(r, cap("rmkx"));
    if (cap("Cs"))
        add_cap(r, cap("Cr"));
    add_cap(r, cap("cnorm"));
    add_cap(r, cap("rmcup") ? cap("rmcup") : cap("clear"));
    str_add(r, "\r");
}

static void start_screen(struct terminal *t)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    idlok(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    curs_set(0);
    t->colours = has_colors() ? tigetnum((char *)(size_t) "colors") : 0;
    if (t->colours >= 8) {
        start_color();
        t->default_ok = use_default_colors() == OK;
    }
}

static SCREEN *make_screen(struct terminal *t, const char *name, struct str *note,
                           struct error *err)
{
    const char *use = name;
    if (!known_term(name, t->out)) {
        use = stand_in(name, t->out);
        str_addf(note,
                 "TERM=%.40s is not known on this machine; drawing as for %s. "
                 "Installing its terminfo (package ncurses-term) helps.",
                 plain_term_name(name) ? name : "?", use);
    } else if (str_hasi(name, "direct") && known_term("xterm-256color", t->out)) {
        use = "xterm-256color";
    } else {
        known_term(name, t->out);
    }
    if (!cap("cup") || !cap("clear")) {
        err_set(err, E_REFUSED, "TERM=%.40s cannot place its cursor; vigie --plain works on it",
                name);
        return NULL;
    }
    del_curterm(cur_term);
    SCREEN *s = newterm((char *)(size_t)use, t->out, t->in);
    if (!s)
        err_set(err, E_REFUSED, "TERM=%.40s cannot be used; vigie --plain works on it", name);
    return s;
}

static bool is_utf8(const char *charset)
{
    return str_eqi(charset, "UTF-8") || str_eqi(charset, "UTF8");
}

struct terminal *term_open(const struct viewer_env *env, struct str *note, struct error *err)
{
    struct terminal *t = mem_zero(sizeof *t);
    int fd = memfd_create("vigie-screen", MFD_CLOEXEC);
    t->out = fd >= 0 ? fdopen(fd, "w+") : NULL;
    t->in = fopen("/dev/null", "re");
    if (!t->out || !t->in) {
        err_errno(err, "the screen's memory file");
        term_close(t, NULL);
        return NULL;
    }
    setenv("NCURSES_NO_PADDING", "1", 1); /* it would sleep for terminals of 1978 */
    unsetenv("LINES"); /* of whoever started the session; the client tells the size */
    unsetenv("COLUMNS");
    t->screen = make_screen(t, *env->term ? env->term : "vt100", note, err);
    if (!t->screen) {
        term_close(t, NULL);
        return NULL;
    }
    t->colorterm = mem_str(env->colorterm);
    t->no_color = *env->no_color;
    t->tmux = *env->tmux;
    t->utf8 = is_utf8(env->charset);
    start_screen(t);
    struct str first = {0};
    drain(t, &first);
    if (cap("BE") && cap("BD"))
        add_cap(&first, cap("BE"));
    if (!cap("Sync") && !t->tmux && tigetflag((char *)(size_t) "XT") > 0 && cap("u9"))
        str_add(&first,
                "\033[?2026$p"); /* the frame behind it clears what a deaf terminal prints */
    t->pending = str_take(&first);
    t->fresh = true;
    make_restore(t);
    term_set_colours(t, "auto");
    term_resize(t, env->rows, env->cols);
    return t;
}

void term_close(struct terminal *t, struct str *out)
{
    if (!t)
        return;
    if (t->screen) {
        set_term(t->screen);
        if (out)
            str_addn(out, str_c(&t->restore), t->restore.n);
        endwin();
        delscreen(t->screen);
    }
    if (t->out)
        fclose(t->out);
    if (t->in)
        fclose(t->in);
    canvas_free(t->last);
    free(t->colorterm);
    free(t->shown_title);
    free(t->pending);
    str_clear(&t->restore);
    free(t);
}

/* ---- colours ---- */

/* The entry for a true colour. */
static int palette_entry(struct terminal *t, int32_t rgb, int base)
{
    for (int i = 0; i < t->n_palette; i++)
        if (t->palette[i] == rgb)
            return base + i;
    if (t->n_palette == PALETTE_MAX)
        return base;
    t->palette[t->n_palette] = rgb;
    return base + t->n_palette++;
}

/* Whether a console's own palette can be set to the theme's colours: a night theme has few. */
static bool can_own_palette(const struct terminal *t)
{
    int32_t seen[8];
    int n = 0;
    if (t->depth != DEPTH_16 || t->colours > 16 || t->theme.kind != THEME_NIGHT ||
        !can_change_color() || !cap("oc"))
        return false;
    for (int r = 0; r < 2 * ROLE_N; r++) {
        const struct paint *p = &t->theme.paint[DEPTH_TRUE][r / 2];
        int32_t c = r % 2 ? p->bg : p->fg;
        int i = 0;
        while (i < n && seen[i] != c)
            i++;
        if (i == n && n == 8)
            return false;
        if (i == n)
            seen[n++] = c;
    }
    return true;
}

/* A colour of the 16 where there are 8. */
static int fold(const struct terminal *t, int32_t colour)
{
    return t->colours < 16 && colour >= 8 ? colour - 8 : colour;
}

/* What curses is told for a role: fg and bg, and attributes. */
static struct paint entry_of(struct terminal *t, enum role role)
{
    struct paint p = t->theme.paint[t->depth][role];
    if (t->own_palette) {
        struct paint full = t->theme.paint[DEPTH_TRUE][role];
        p.fg = palette_entry(t, full.fg, 0);
        p.bg = palette_entry(t, full.bg, 0);
        return p;
    }
    if (t->depth == DEPTH_TRUE) {
        p.fg = p.fg < 0 ? -1 : palette_entry(t, p.fg, 16);
        p.bg = p.bg < 0 ? -1 : palette_entry(t, p.bg, 16);
    } else if (t->depth == DEPTH_16) {
        int fg = fold(t, p.fg), bg = fold(t, p.bg);
        if (fg == bg && p.fg != p.bg)
            fg = bg == 0 || bg == 4 ? 7 : 0;
        p.fg = fg;
        p.bg = bg;
    }
    if (!t->default_ok) {
        p.fg = p.fg < 0 ? COLOR_WHITE : p.fg;
        p.bg = p.bg < 0 ? COLOR_BLACK : p.bg;
    }
    return p;
}

static attr_t curses_attr(unsigned attr)
{
    return (attr & ATTR_BOLD ? A_BOLD : 0U) | (attr & ATTR_DIM ? A_DIM : 0U) |
           (attr & ATTR_REVERSE ? A_REVERSE : 0U) | (attr & ATTR_UNDERLINE ? A_UNDERLINE : 0U);
}

/* The pair of a role is its number + 1; without colour all are pair 0. */
static short pair_of(const struct terminal *t, int role)
{
    return t->depth == DEPTH_MONO ? 0 : (short)(role + 1);
}

static void add_pending(struct terminal *t, const struct str *more)
{
    char *both = mem_printf("%s%s", t->pending ? t->pending : "", str_c(more));
    free(t->pending);
    t->pending = both;
}

static void colour_cursor(struct terminal *t)
{
    struct str s = {0};
    bool night = t->theme.cursor >= 0 && t->depth != DEPTH_MONO;
    const char *set = cap("Cs"), *reset = cap("Cr");
    if (set && reset && (night || t->coloured_cursor)) {
        char name[16];
        snprintf(name, sizeof name, "#%06x", (unsigned)(t->theme.cursor & 0xFFFFFF));
        add_cap(&s, night ? tparm(set, name) : reset);
        t->coloured_cursor = night;
        add_pending(t, &s);
    }
    str_clear(&s);
}

static void set_palette(struct terminal *t)
{
    for (int i = 0; i < t->n_palette && i < 8; i++) {
        int32_t c = t->palette[i];
        init_color((short)i, (short)((c >> 16 & 255) * 1000 / 255),
                   (short)((c >> 8 & 255) * 1000 / 255), (short)((c & 255) * 1000 / 255));
    }
}

static void apply_theme(struct terminal *t)
{
    if (!*t->theme.name)
        return;
    struct str s = {0};
    bool had = t->own_palette;
    t->n_palette = 0;
    t->own_palette = can_own_palette(t);
    if (had && !t->own_palette) {
        add_cap(&s, cap("oc"));
        add_pending(t, &s);
    }
    str_clear(&s);
    cchar_t ground;
    struct paint text = t->theme.paint[t->depth][ROLE_TEXT];
    if (t->depth != DEPTH_MONO)
        for (int r = 0; r < ROLE_N; r++) {
            struct paint p = entry_of(t, (enum role)r);
            init_extended_pair(r + 1, p.fg, p.bg);
        }
    if (t->own_palette)
        set_palette(t);
    setcchar(&ground, L" ", curses_attr(text.attr & ATTR_REVERSE), pair_of(t, ROLE_TEXT), NULL);
    bkgrndset(&ground);
    colour_cursor(t);
    t->whole = true;
}

void term_set_colours(struct terminal *t, const char *option)
{
    set_term(t->screen);
    enum depth old = t->depth;
    t->depth = term_depth(t->colours, indexed_colours(), t->colorterm, t->no_color, option);
    if (t->depth != old || !t->last)
        apply_theme(t);
}

void term_set_theme(struct terminal *t, const struct theme *theme)
{
    set_term(t->screen);
    t->theme = *theme;
    apply_theme(t);
}

void term_set_mouse(struct terminal *t, bool on)
{
    set_term(t->screen);
    if (on == t->mouse || !cap("kmous"))
        return;
    struct str s = {0};
    str_add(&s, on ? "\033[?1000h\033[?1006h" : "\033[?1006l\033[?1000l");
    add_pending(t, &s);
    str_clear(&s);
    t->mouse = on;
}

enum glyph_set term_glyphs(const struct terminal *t)
{
    return t->utf8 ? GLYPHS_UTF8 : GLYPHS_ASCII;
}

/* ---- keys and answers ---- */

void term_keys(const struct terminal *t, struct input *in)
{
    static const struct {
        const char *name;
        uint32_t code;
        unsigned mods;
    } keys[] = {
        {"kcuu1", K_UP, 0},           {"kcud1", K_DOWN, 0},         {"kcub1", K_LEFT, 0},
        {"kcuf1", K_RIGHT, 0},        {"khome", K_HOME, 0},         {"kend", K_END, 0},
        {"kpp", K_PGUP, 0},           {"knp", K_PGDN, 0},           {"kdch1", K_DELETE, 0},
        {"kich1", K_INSERT, 0},       {"kcbt", K_TAB, MOD_SHIFT},   {"kf1", K_F1, 0},
        {"kf2", K_F1 + 1, 0},         {"kf3", K_F1 + 2, 0},         {"kf4", K_F1 + 3, 0},
        {"kf5", K_F1 + 4, 0},         {"kf6", K_F1 + 5, 0},         {"kf7", K_F1 + 6, 0},
        {"kf8", K_F1 + 7, 0},         {"kf9", K_F1 + 8, 0},         {"kf10", K_F1 + 9, 0},
        {"kf11", K_F1 + 10, 0},       {"kf12", K_F1 + 11, 0},       {"kent", K_ENTER, 0},
        {"kDC", K_DELETE, MOD_SHIFT}, {"kHOM", K_HOME, MOD_SHIFT},  {"kEND", K_END, MOD_SHIFT},
        {"kLFT", K_LEFT, MOD_SHIFT},  {"kRIT", K_RIGHT, MOD_SHIFT}, {"kri", K_UP, MOD_SHIFT},
        {"kind", K_DOWN, MOD_SHIFT},  {"kNXT", K_PGDN, MOD_SHIFT},  {"kPRV", K_PGUP, MOD_SHIFT}};
    set_term(t->screen);
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        if (cap(keys[i].name))
            input_define(in, cap(keys[i].name), (struct key){keys[i].code, keys[i].mods, 0, 0});
}

void term_answered(struct terminal *t, const char *answer)
{
    int state;
    char end;
    if (sscanf(answer, "[?2026;%d$%c", &state, &end) == 2 && end == 'y')
        t->sync_known = state == 1 || state == 2;
}

/* ---- frames ---- */

void term_resize(struct terminal *t, int rows, int cols)
{
    set_term(t->screen);
    t->rows = rows < 1 ? 1 : rows > 1000 ? 1000 : rows;
    t->cols = cols < 1 ? 1 : cols > 1000 ? 1000 : cols;
    resizeterm(t->rows, t->cols);
    canvas_free(t->last);
    t->last = canvas_new(t->rows, t->cols, GLYPHS_UTF8);
    t->whole = true;
}

/* The terminal may be out of the full screen (after C-z): it is entered anew. */
void term_redraw(struct terminal *t)
{
    set_term(t->screen);
    t->whole = true;
    if (t->fresh)
        return;
    struct str s = {0};
    endwin();
    drain(t, NULL); /* the client gave the terminal back; curses enters it again with the frame */
    if (cap("BE") && cap("BD"))
        add_cap(&s, cap("BE"));
    if (t->mouse)
        str_add(&s, "\033[?1000h\033[?1006h");
    add_pending(t, &s);
    str_clear(&s);
    t->coloured_cursor = false;
    colour_cursor(t);
}

static unsigned attr_of(const struct terminal *t, const struct cell *x, unsigned role)
{
    unsigned attr = t->theme.paint[t->depth][role].attr | x->attr;
    if (t->theme.kind == THEME_NIGHT && t->depth == DEPTH_16)
        attr &= (unsigned)~ATTR_BOLD;
    return attr;
}

/* Whether a blank would look the same in this cell's role as in the text's. */
static bool plain_ground(const struct terminal *t, const struct cell *x)
{
    const struct paint *own = &t->theme.paint[t->depth][x->role];
    const struct paint *text = &t->theme.paint[t->depth][ROLE_TEXT];
    return own->bg == text->bg && !(attr_of(t, x, x->role) & (ATTR_REVERSE | ATTR_UNDERLINE));
}

static bool plain_blank(const struct terminal *t, const struct cell *x)
{
    return x->ch == ' ' && !x->mark[0] && plain_ground(t, x);
}

/* Colours cost bytes at each change, and a blank shows none: a gap takes those of what stands before
 * it, else behind it; but for the last one of a row, which can be erased to its end. */
static int gap_role(const struct terminal *t, const struct canvas *c, int row, int col, int before)
{
    int end = col;
    while (end < c->cols && plain_blank(t, canvas_cell(c, row, end)))
        end++;
    if (end == c->cols)
        return ROLE_TEXT;
    const struct cell *behind = canvas_cell(c, row, end);
    return before >= 0 ? before : plain_ground(t, behind) ? behind->role : ROLE_TEXT;
}

/* A row of cells as curses has them: one element a character. */
static int row_of_cells(struct terminal *t, const struct canvas *c, int row, cchar_t *out)
{
    int n = 0, before = -1, gap = -1;
    for (int col = 0; col < c->cols; col++) {
        const struct cell *x = canvas_cell(c, row, col);
        if (x->width == 0)
            continue;
        wchar_t text[CELL_MARKS + 2] = {(wchar_t)x->ch};
        for (int i = 0; i < CELL_MARKS; i++)
            text[i + 1] = (wchar_t)x->mark[i];
        bool blank = plain_blank(t, x);
        if (blank && gap < 0)
            gap = gap_role(t, c, row, col, before);
        int role = blank ? gap : x->role;
        gap = blank ? gap : -1;
        before = plain_ground(t, x) ? role : -1;
        setcchar(&out[n++], text, curses_attr(attr_of(t, x, (unsigned)role)), pair_of(t, role),
                 NULL);
    }
    return n;
}

static void give_rows(struct terminal *t, const struct canvas *c)
{
    cchar_t *cells = mem_alloc((size_t)t->cols * sizeof *cells);
    for (int row = 0; row < t->rows; row++) {
        struct cell *old = &t->last->at[(ptrdiff_t)row * t->cols];
        const struct cell *now = canvas_cell(c, row, 0);
        size_t bytes = (size_t)t->cols * sizeof *now;
        if (!t->whole && !memcmp(old, now, bytes))
            continue;
        int n = row_of_cells(t, c, row, cells);
        mvadd_wchnstr(row, 0, cells, n);
        memcpy(old, now, bytes);
    }
    free(cells);
}

/* The colour sequence at s (behind ESC [): its length with the final m, 0 if it is none. */
static size_t colour_at(const char *s, const char *end, char *which, long *entry)
{
    if (end - s < 6 || (s[0] != '3' && s[0] != '4') || strncmp(s + 1, "8;5;", 4))
        return 0;
    char *stop;
    *which = s[0];
    *entry = strtol(s + 5, &stop, 10);
    return stop > s + 5 && stop < end && *stop == 'm' ? (size_t)(stop + 1 - s) : 0;
}

static void add_colour(const struct terminal *t, char which, long entry, struct str *out)
{
    int32_t rgb = entry >= 16 && entry - 16 < t->n_palette ? t->palette[entry - 16] : 0;
    if (t->depth == DEPTH_TRUE)
        str_addf(out, "\033[%c8;2;%d;%d;%dm", which, rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
    else
        str_addf(out, "\033[%c8;5;%ldm", which, entry);
}

/* Curses resets all attributes at the end of a frame. When only colours were set that is left out:
 * the next frame says its own, and often they are the same. Returns where the frame ends. */
static const char *without_reset(const char *s, const char *end)
{
    const char *op = cap("op"), *sgr0 = cap("sgr0");
    size_t n_op = op ? strlen(op) : 0, n_sgr0 = sgr0 ? strlen(sgr0) : 0, n = n_op + n_sgr0;
    if (!n_op || !n_sgr0 || (size_t)(end - s) <= n || memcmp(end - n, op, n_op) ||
        memcmp(end - n_sgr0, sgr0, n_sgr0))
        return end;
    return end - n;
}

/* What curses wrote: true colours in place of entries, and no colour said that is there already.
 * What is not `38;5;N` or `48;5;N` alone (a reset, the 16, bold) makes both unknown. */
static void add_bytes(struct terminal *t, const struct str *made, struct str *out)
{
    const char *s = str_c(made), *end = s + made->n, *last = without_reset(s, end);
    bool only_colours = t->plain;
    while (s < end) {
        const char *esc = memchr(s, '\033', (size_t)(end - s));
        if (esc && esc == last && only_colours && t->fg >= 0 && t->bg >= 0) {
            str_addn(out, s, (size_t)(esc - s));
            break;
        }
        if (!esc || esc + 1 >= end || esc[1] != '[') {
            const char *stop = !esc ? end : esc + 1;
            str_addn(out, s, (size_t)(stop - s));
            s = stop;
            continue;
        }
        str_addn(out, s, (size_t)(esc - s));
        char which;
        long entry;
        size_t n = colour_at(esc + 2, end, &which, &entry);
        if (n) {
            long *have = which == '3' ? &t->fg : &t->bg;
            if (*have != entry)
                add_colour(t, which, entry, out);
            *have = entry;
            s = esc + 2 + n;
            continue;
        }
        s = esc + 2;
        while (s < end && (unsigned char)*s < 0x40)
            s++;
        if (s < end && *s == 'm') {
            t->fg = t->bg = -1;
            if (strncmp(esc + 2, "39;49m", 6))
                only_colours = s == esc + 2; /* ESC [ m: all is off again */
        }
        s += s < end;
        str_addn(out, esc, (size_t)(s - esc));
    }
    t->plain = only_colours;
}

static void add_sync(const struct terminal *t, bool begin, struct str *out)
{
    const char *sync = cap("Sync");
    if (sync)
        add_cap(out, tparm(sync, begin ? 1 : 2));
    else if (t->sync_known)
        str_add(out, begin ? "\033[?2026h" : "\033[?2026l");
}

void term_frame(struct terminal *t, const struct canvas *c, struct str *out)
{
    ensure(c->rows == t->rows && c->cols == t->cols);
    set_term(t->screen);
    if (t->pending)
        str_add(out, t->pending);
    free(t->pending);
    t->pending = NULL;
    if (t->whole) {
        clearok(stdscr, TRUE);
        t->fg = t->bg = -1;
        t->plain = false;
    }
    give_rows(t, c);
    t->whole = t->fresh = false;
    bool seen = c->cursor->row >= 0;
    if (seen != t->cursor_seen)
        curs_set(seen ? 1 : 0);
    t->cursor_seen = seen;
    if (seen)
        move(c->cursor->row, c->cursor->col);
    leaveok(stdscr, !seen);
    refresh();
    struct str made = {0};
    drain(t, &made);
    if (made.n) {
        add_sync(t, true, out);
        add_bytes(t, &made, out);
        add_sync(t, false, out);
    }
    str_clear(&made);
}

/* ---- besides the screen ---- */

void term_title(struct terminal *t, const char *title, struct str *out)
{
    set_term(t->screen);
    const char *begin = cap("tsl"), *end = cap("fsl");
    if (tigetflag((char *)(size_t) "XT") > 0) {
        begin = "\033]2;";
        end = "\007";
    }
    if (!begin || !end || (t->shown_title && !strcmp(title, t->shown_title)))
        return;
    free(t->shown_title);
    t->shown_title = mem_str(title);
    struct str clean = {.max = 200};
    utf8_clean(&clean, title, strlen(title));
    str_addf(out, "%s%s%s", begin, str_c(&clean), end);
    str_clear(&clean);
}

void term_bell(struct terminal *t, struct str *out)
{
    set_term(t->screen);
    add_cap(out, cap("bel"));
}

void term_notify(const char *osc, const char *text, struct str *out)
{
    struct str clean = {.max = 400};
    utf8_clean(&clean, text, strlen(text));
    for (char *p = clean.s; p && *p; p++) /* 777 divides its fields so */
        if (*p == ';')
            *p = ',';
    str_addf(out, !strcmp(osc, "777") ? "\033]777;notify;vigie;%s\007" : "\033]9;%s\007",
             str_c(&clean));
    str_clear(&clean);
}

bool term_can_copy(const struct terminal *t)
{
    set_term(t->screen);
    return cap("Ms") != NULL;
}

static void base64(const char *text, size_t n, struct str *out)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)s[i] << 16 | (i + 1 < n ? (unsigned)s[i + 1] << 8 : 0U) |
                     (i + 2 < n ? s[i + 2] : 0U);
        str_addc(out, digit[v >> 18]);
        str_addc(out, digit[v >> 12 & 63]);
        str_addc(out, i + 1 < n ? digit[v >> 6 & 63] : '=');
        str_addc(out, i + 2 < n ? digit[v & 63] : '=');
    }
}

bool term_copy(struct terminal *t, const char *text, size_t n, struct str *out)
{
    if (!term_can_copy(t) || n == 0 || n > TERM_COPY_MAX)
        return false;
    struct str code = {0};
    base64(text, n, &code);
    str_addf(out, "\033]52;c;%s\007", str_c(&code));
    str_clear(&code);
    return true;
}

const char *term_restore(const struct terminal *t)
{
    return str_c(&t->restore);
}
