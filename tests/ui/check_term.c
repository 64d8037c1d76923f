/* check_term.c - a canvas on a terminal: whatever is drawn, the terminal in memory (vt.h) shows it;
 * bytes, colours, restoring. Byte budgets: interface design, section 7.
 */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/term.h"
#include "vt.h"

static struct viewer_env env_of(const char *term)
{
    return (struct viewer_env){.term = term,
                               .colorterm = "",
                               .no_color = "",
                               .ssh_connection = "",
                               .tmux = "",
                               .charset = "UTF-8",
                               .rows = 24,
                               .cols = 80};
}

static struct terminal *open_term(struct viewer_env env, const char *theme)
{
    struct error err = {0};
    struct str note = {0};
    struct terminal *t = term_open(&env, &note, &err);
    ck_assert_msg(t != NULL, "%s", err.text);
    struct theme th;
    ck_assert_msg(theme_load(theme, &th, &err) == OK, "%s", err.text);
    term_set_theme(t, &th);
    str_clear(&note);
    return t;
}

static void same(const struct canvas *c, const struct vt *v, const char *what)
{
    for (int r = 0; r < c->rows; r++)
        for (int k = 0; k < c->cols; k++) {
            uint32_t want = canvas_cell(c, r, k)->ch, got = v->at[r * v->cols + k].ch;
            ck_assert_msg(want == got, "%s: row %d col %d: U+%04X, not U+%04X", what, r, k, got,
                          want);
        }
    ck_assert_msg(v->unknown == 0, "%s: unknown sequence %s", what, v->last_unknown + 1);
}

/* What a user would see: the background of text, also where nothing is. */
static void scribble(struct canvas *c, unsigned *seed, int n)
{
    static const char *const words[] = {"WASP-12 b",
                                        "#####",
                                        "\xE6\x98\x9F\xE6\x98\x9F",
                                        "23:32",
                                        "-",
                                        "    ",
                                        "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80",
                                        "e\xCC\x81t",
                                        "!"};
    for (int i = 0; i < n; i++) {
        *seed = *seed * 1103515245U + 12345U;
        unsigned x = *seed >> 8;
        canvas_put(c, (int)(x % 24), (int)(x / 24 % 84) - 2, (enum role)(x / 2016 % ROLE_N),
                   words[x / 7 % 9]);
    }
}

static const char *const terminals[] = {
    "xterm-256color", "tmux-256color", "screen-256color", "screen", "linux", "vt100", "xterm"};

START_TEST(the_terminal_shows_the_canvas)
{
    const char *name = terminals[_i];
    struct terminal *t = open_term(env_of(name), "night");
    struct vt *v = vt_new(24, 80);
    v->bce =
        strcmp(name, "xterm-256color") == 0 || !strcmp(name, "linux") || !strcmp(name, "xterm");
    struct canvas *c = canvas_new(24, 80, strcmp(name, "vt100") ? GLYPHS_UTF8 : GLYPHS_ASCII);
    unsigned seed = 7;
    for (int frame = 0; frame < 40; frame++) {
        if (frame % 10 == 9)
            canvas_clear(c);
        scribble(c, &seed, frame == 0 ? 200 : 12);
        struct str out = {0};
        term_frame(t, c, &out);
        vt_feed(v, str_c(&out), out.n);
        same(c, v, name);
        str_reset(&out);
        term_frame(t, c, &out);
        ck_assert_msg(out.n == 0, "an unchanged frame wrote %zu bytes", out.n);
        str_clear(&out);
    }
    struct str last = {0};
    term_close(t, &last);
    vt_feed(v, str_c(&last), last.n);
    ck_assert(!v->alternate);
    ck_assert(!v->cursor_hidden);
    ck_assert_str_eq(v->cursor_colour, "");
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(v->palette[i], -1);
    str_clear(&last);
    canvas_free(c);
    vt_free(v);
}
END_TEST

static bool night_colour(const struct vt *v, int32_t c)
{
    static const int ok[] = {16, 52, 88, 124, 160, 196};
    if (VT_RGB(c))
        return (c & 0xFFFF) == 0;
    if (c >= 0 && c < 16 && v->palette[c] >= 0)
        return (v->palette[c] & 0xFFFF) == 0;
    if (c == 0 || c == 1)
        return true;
    for (int i = 0; i < 6; i++)
        if (ok[i] == c)
            return true;
    return false;
}

/* Every depth: 256, true colour, 16 with and without a palette of its own. */
START_TEST(night_is_red_at_every_depth)
{
    static const struct {
        const char *term, *colorterm, *option;
    } cases[] = {{"xterm-256color", "", "auto"}, {"xterm-256color", "truecolor", "auto"},
                 {"xterm-256color", "", "16"},   {"linux", "", "auto"},
                 {"screen", "", "auto"},         {"tmux-256color", "truecolor", "auto"}};
    struct viewer_env env = env_of(cases[_i].term);
    env.colorterm = cases[_i].colorterm;
    struct terminal *t = open_term(env, "night");
    term_set_colours(t, cases[_i].option);
    struct vt *v = vt_new(24, 80);
    v->bce = !strcmp(cases[_i].term, "xterm-256color") || !strcmp(cases[_i].term, "linux");
    struct canvas *c = canvas_new(24, 80, GLYPHS_ASCII);
    unsigned seed = 3;
    for (int frame = 0; frame < 10; frame++) {
        scribble(c, &seed, 60);
        struct str out = {0};
        term_frame(t, c, &out);
        vt_feed(v, str_c(&out), out.n);
        for (int i = 0; i < 24 * 80; i++) {
            ck_assert_msg(night_colour(v, v->at[i].fg) || v->at[i].ch == ' ', "fg %d", v->at[i].fg);
            ck_assert_msg(night_colour(v, v->at[i].bg), "bg %d of '%c'", v->at[i].bg,
                          (int)v->at[i].ch);
            ck_assert(!v->at[i].bold || v->at[i].fg > 15);
        }
        str_clear(&out);
    }
    if (_i < 2 || _i == 5)
        ck_assert_str_eq(v->cursor_colour, "#870000");
    term_close(t, NULL);
    canvas_free(c);
    vt_free(v);
}
END_TEST

static void same_colours(const struct canvas *c, const struct vt *v, const struct theme *th,
                         enum depth depth)
{
    for (int i = 0; i < 24 * 80; i++) {
        const struct cell *x = &c->at[i];
        const struct paint *p = &th->paint[depth][x->role];
        int32_t rgb = depth == DEPTH_TRUE ? 0x1000000 : 0;
        ck_assert_msg(v->at[i].bg == (p->bg | rgb), "%s: bg %x at %d,%d", role_table[x->role].name,
                      v->at[i].bg, i / 80, i % 80);
        if (x->ch == ' ' || x->width == 0)
            continue;
        ck_assert_msg(v->at[i].fg == (p->fg | rgb), "%s: fg %x", role_table[x->role].name,
                      v->at[i].fg);
        ck_assert_int_eq(v->at[i].bold, (p->attr & ATTR_BOLD) != 0);
    }
}

/* Though no colour is said twice and the reset at the end of a frame is left out, each cell has its
 * own, also frames later. */
START_TEST(colours_are_those_of_the_theme)
{
    static const struct {
        const char *theme, *colorterm;
        enum depth depth;
    } cases[] = {{"night", "", DEPTH_256},
                 {"night", "truecolor", DEPTH_TRUE},
                 {"day", "", DEPTH_256},
                 {"day", "24bit", DEPTH_TRUE},
                 {"dusk", "", DEPTH_256}};
    struct viewer_env env = env_of("xterm-256color");
    env.colorterm = cases[_i].colorterm;
    struct terminal *t = open_term(env, cases[_i].theme);
    struct theme th;
    struct error err;
    ck_assert(theme_load(cases[_i].theme, &th, &err) == OK);
    struct vt *v = vt_new(24, 80);
    struct canvas *c = canvas_new(24, 80, GLYPHS_UTF8);
    unsigned seed = 11;
    for (int f = 0; f < 60; f++) {
        struct str out = {0};
        scribble(c, &seed, f % 3 ? 1 : 9);
        if (f % 20 == 19)
            term_redraw(t);
        term_frame(t, c, &out);
        vt_feed(v, str_c(&out), out.n);
        same_colours(c, v, &th, cases[_i].depth);
        str_clear(&out);
    }
    term_close(t, NULL);
    canvas_free(c);
    vt_free(v);
}
END_TEST

START_TEST(depth_is_what_the_terminal_can)
{
    ck_assert_int_eq(term_depth(256, true, "", false, "auto"), DEPTH_256);
    ck_assert_int_eq(term_depth(256, true, "truecolor", false, "auto"), DEPTH_TRUE);
    ck_assert_int_eq(term_depth(256, false, "truecolor", false, "auto"), DEPTH_256);
    ck_assert_int_eq(term_depth(8, true, "truecolor", false, "auto"), DEPTH_16);
    ck_assert_int_eq(term_depth(0, false, "truecolor", false, "truecolor"), DEPTH_MONO);
    ck_assert_int_eq(term_depth(256, true, "truecolor", true, "auto"), DEPTH_MONO);
    ck_assert_int_eq(term_depth(256, true, "truecolor", true, "256"), DEPTH_256);
    ck_assert_int_eq(term_depth(256, true, "", false, "truecolor"), DEPTH_TRUE);
    ck_assert_int_eq(term_depth(256, true, "truecolor", false, "mono"), DEPTH_MONO);
}
END_TEST

START_TEST(an_unknown_terminal_gets_a_plain_one)
{
    struct error err;
    static const char *const names[] = {"no-such-terminal", "xterm-kitty", "../../etc/passwd", "",
                                        "x\033[31m"};
    for (size_t i = 0; i < 5; i++) {
        struct viewer_env env = env_of(names[i]);
        struct str note = {0};
        struct terminal *t = term_open(&env, &note, &err);
        ck_assert_msg(t != NULL, "%s", err.text);
        if (*names[i] && i != 1)
            ck_assert_msg(strstr(str_c(&note), "not known") != NULL, "%s", str_c(&note));
        ck_assert(!strchr(str_c(&note), '\033'));
        term_close(t, NULL);
        str_clear(&note);
    }
    struct viewer_env dumb = env_of("dumb");
    struct str note = {0};
    ck_assert_ptr_null(term_open(&dumb, &note, &err));
    ck_assert_int_eq(err.status, E_REFUSED);
    ck_assert_msg(strstr(err.text, "--plain") != NULL, "%s", err.text);
    str_clear(&note);
}
END_TEST

/* Only after the terminal said that it has it; never asked inside tmux or of a vt100. */
START_TEST(synchronised_updates_only_where_known)
{
    struct canvas *c = canvas_new(24, 80, GLYPHS_ASCII);
    for (int i = 0; i < 3; i++) {
        struct viewer_env env = env_of(i == 1 ? "vt100" : "xterm-256color");
        env.tmux = i == 2 ? "/tmp/tmux-0/default,1,0" : "";
        struct terminal *t = open_term(env, "mono");
        struct str out = {0};
        canvas_put(c, 0, 0, ROLE_TEXT, "one");
        term_frame(t, c, &out);
        ck_assert(!strstr(str_c(&out), "\033[?2026h"));
        ck_assert_int_eq(strstr(str_c(&out), "\033[?2026$p") != NULL, i == 0);
        str_reset(&out);
        term_answered(t, i == 0 ? "[?2026;2$y" : "[?2026;0$y");
        canvas_put(c, 0, 0, ROLE_TEXT, "two");
        term_frame(t, c, &out);
        ck_assert_int_eq(strstr(str_c(&out), "\033[?2026h") != NULL, i == 0);
        ck_assert_int_eq(strstr(str_c(&out), "\033[?2026l") != NULL, i == 0);
        str_clear(&out);
        term_close(t, NULL);
    }
    canvas_free(c);
}
END_TEST

START_TEST(title_bell_copy)
{
    struct terminal *t = open_term(env_of("xterm-256color"), "day");
    struct vt *v = vt_new(24, 80);
    struct str out = {0};
    term_title(t, "vigie 3! OHP\033\007", &out);
    term_title(t, "vigie 3! OHP\033\007", &out);
    term_bell(t, &out);
    ck_assert(term_copy(t, "02:22:28.8 +42:21:00", 20, &out));
    vt_feed(v, str_c(&out), out.n);
    ck_assert_str_eq(v->title, "vigie 3! OHP\xEF\xBF\xBD\xEF\xBF\xBD");
    ck_assert_str_eq(v->copied, "MDI6MjI6MjguOCArNDI6MjE6MDA="); /* RFC 4648, section 4 */
    ck_assert_int_eq(v->bells, 1);
    ck_assert_int_eq(v->unknown, 0);
    char big[TERM_COPY_MAX + 1];
    memset(big, 'x', sizeof big);
    ck_assert(!term_copy(t, big, sizeof big, &out));
    str_clear(&out);
    term_close(t, NULL);
    t = open_term(env_of("vt100"), "mono");
    term_title(t, "vigie", &out);
    ck_assert_int_eq((int)out.n, 0);
    ck_assert(!term_copy(t, "x", 1, &out));
    term_close(t, NULL);
    vt_free(v);
}
END_TEST

START_TEST(restore_gives_everything_back)
{
    struct terminal *t = open_term(env_of("xterm-256color"), "night");
    term_set_mouse(t, true);
    const char *r = term_restore(t);
    static const char *const parts[] = {"\033[?1049l", "\033[?25h",    "\033[?1000l", "\033[?1006l",
                                        "\033[?2004l", "\033]112\007", "\033[?1l"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(strstr(r, parts[i]) != NULL, "%s is missing", parts[i] + 1);
    term_close(t, NULL);
}
END_TEST

START_TEST(resize_draws_whole_frames)
{
    struct terminal *t = open_term(env_of("xterm-256color"), "dusk");
    static const int sizes[][2] = {{24, 80}, {40, 120},  {10, 40}, {1, 1},
                                   {2, 3},   {100, 300}, {24, 80}};
    unsigned seed = 1;
    for (size_t i = 0; i < 7; i++) {
        int rows = sizes[i][0], cols = sizes[i][1];
        term_resize(t, rows, cols);
        struct canvas *c = canvas_new(rows, cols, GLYPHS_UTF8);
        scribble(c, &seed, 100);
        struct vt *v = vt_new(rows, cols);
        struct str out = {0};
        term_frame(t, c, &out);
        vt_feed(v, str_c(&out), out.n);
        same(c, v, "resize");
        str_clear(&out);
        vt_free(v);
        canvas_free(c);
    }
    term_close(t, NULL);
}
END_TEST

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    Suite *s = suite_create("term");
    TCase *t = tcase_create("term");
    tcase_set_timeout(t, 30);
    tcase_add_loop_test(t, the_terminal_shows_the_canvas, 0, sizeof terminals / sizeof *terminals);
    tcase_add_loop_test(t, night_is_red_at_every_depth, 0, 6);
    tcase_add_loop_test(t, colours_are_those_of_the_theme, 0, 5);
    tcase_add_test(t, depth_is_what_the_terminal_can);
    tcase_add_test(t, an_unknown_terminal_gets_a_plain_one);
    tcase_add_test(t, synchronised_updates_only_where_known);
    tcase_add_test(t, title_bell_copy);
    tcase_add_test(t, restore_gives_everything_back);
    tcase_add_test(t, resize_draws_whole_frames);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
