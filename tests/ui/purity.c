/* purity.c - the night theme on the way out: every view, help, palette, question and prefix, at each
 * step of brightness, on terminals of each depth; each colour that leaves has green and blue 0.
 */
#include <check.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/session/options.h"
#include "vigie/session/session.h"
#include "vigie/ui/door.h"
#include "vt.h"

static const struct {
    const char *term, *colorterm, *charset;
    bool bce;
} terminals[] = {
    {"xterm-256color", "", "UTF-8", true}, {"xterm-256color", "truecolor", "UTF-8", true},
    {"tmux-256color", "", "UTF-8", false}, {"screen-256color", "", "ASCII", false},
    {"screen", "", "UTF-8", false},        {"xterm", "", "UTF-8", true},
    {"linux", "", "UTF-8", true}};

/* The cube's pure reds; black and red of the 16 unless the console's own palette was set. */
static bool red(const struct vt *v, int32_t c)
{
    if (VT_RGB(c))
        return (c & 0xFFFF) == 0;
    if (c >= 0 && c < 16 && v->palette[c] >= 0)
        return (v->palette[c] & 0xFFFF) == 0;
    return c == 0 || c == 1 || c == 16 || c == 52 || c == 88 || c == 124 || c == 160 || c == 196;
}

static void look(const struct vt *v, const char *what)
{
    for (int i = 0; i < v->rows * v->cols; i++) {
        const struct vt_cell *x = &v->at[i];
        ck_assert_msg(red(v, x->bg), "%s: background %d at row %d", what, x->bg, i / v->cols);
        ck_assert_msg(x->ch == ' ' || red(v, x->fg), "%s: '%c' has %d", what, (int)x->ch, x->fg);
        ck_assert_msg(!x->bold || x->fg >= 16, "%s: bold among the 16", what);
    }
    ck_assert_msg(v->unknown == 0, "%s: %s", what, v->last_unknown + 1);
    ck_assert(!*v->cursor_colour ||
              (strlen(v->cursor_colour) == 7 && !strcmp(v->cursor_colour + 3, "0000")));
}

START_TEST(only_red_leaves)
{
    static const char *const presses[] = {
        "",     "gt", "?",      "q",       ":s", "\033[B", "\003", "/a",
        "\003", "z",  "z",      ":quit\r", "n",  "q",      "n",    ":alarm-test alarm\r",
        "gT",   "\t", "\t",     "\r",      " ",  "3",      "\r",   "v",
        "\t",   "\t", "\033[C", "\003",    "H",  "\r",     "i",    "\t",
        "\003"};
    struct clock_manual hand;
    struct session *s;
    struct error err;
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    clock_manual_init(&hand, 1795468447LL * 1000000000);
    struct loop *loop = loop_new(&hand.clock);
    struct conf *conf = conf_new(session_options);
    ck_assert(conf_set(conf, "theme", "night", &err) == OK);
    struct session_setup with = {
        .loop = loop, .clock = &hand.clock, .conf = conf, .offline = true, .demo = true};
    ck_assert_msg(session_new(&with, &s, &err) == OK, "%s", err.text);
    while (session_turn(s) || jobs_n(session_jobs(s)))
        ;
    void *ui = ui_viewer.create(s);
    struct viewer_env env = {
        terminals[_i].term, terminals[_i].colorterm, "", "", "", terminals[_i].charset, 30, 100};
    ck_assert_msg(ui_viewer.attach(ui, &env, &err) == OK, "%s", err.text);
    struct vt *v = vt_new(30, 100);
    v->bce = terminals[_i].bce;
    for (int step = -4; step <= 4; step += 4) {
        char text[8];
        struct event option = {EV_OPTION, 0};
        snprintf(text, sizeof text, "%d", step);
        if (session_set(s, "theme.night-step", text, &err) != OK)
            ck_assert_int_ne(err.status, E_RANGE);
        ui_viewer.event(ui, &option);
        for (size_t i = 0; i < sizeof presses / sizeof *presses; i++) {
            struct str out = {0};
            ui_viewer.keys(ui, presses[i], strlen(presses[i]));
            clock_manual_step(&hand, 500 * 1000000);
            session_turn(s);
            ui_viewer.draw(ui, i == 0, &out);
            vt_feed(v, str_c(&out), out.n);
            look(v, presses[i]);
            str_clear(&out);
        }
    }
    ui_viewer.detach(ui);
    ui_viewer.destroy(ui);
    session_free(s);
    loop_free(loop);
    vt_free(v);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("purity");
    TCase *t = tcase_create("purity");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, only_red_leaves, 0, sizeof terminals / sizeof *terminals);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
