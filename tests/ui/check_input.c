/* check_input.c - bytes of terminals to keys: both arrow modes, held sequences, pastes, answers,
 * broken and hostile ones. The byte sequences are those of xterm (ctlseqs), the Linux console
 * (console_codes(4)) and rxvt.
 */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/input.h"

static struct input *in;

static void setup(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    in = input_new(25);
}

static void teardown(void)
{
    input_free(in);
}

/* All keys as text; a key of a paste has ' in front. */
static const char *keys_at(int64_t now)
{
    static struct str s;
    struct key k;
    str_reset(&s);
    while (input_next(in, now, &k)) {
        if (s.n)
            str_addc(&s, ' ');
        if (k.mods & MOD_PASTE)
            str_addc(&s, '\'');
        if (k.code == K_ANSWER)
            str_addf(&s, "answer(%s)", input_answer(in, &k));
        else if (k.code == K_FOCUS_IN || k.code == K_FOCUS_OUT)
            str_add(&s, k.code == K_FOCUS_IN ? "focus" : "blur");
        else
            key_write(&k, &s);
        if (k.code == K_PRESS || k.code == K_WHEEL_UP || k.code == K_WHEEL_DOWN)
            str_addf(&s, "@%d,%d", k.row, k.col);
    }
    return str_c(&s);
}

static const struct {
    const char *bytes, *keys;
} whole[] = {
    {"ab\xC3\xA9\xE2\x82\xAC", "a b \xC3\xA9 \xE2\x82\xAC"},
    {"\r\n\t\x7F\b ", "<Enter> <Enter> <Tab> <BS> <BS> <Space>"},
    {"\x04\x03", "<C-d> <C-c>"},
    {"\033[A\033OA\033[B\033OB\033[C\033[D", "<Up> <Up> <Down> <Down> <Right> <Left>"},
    {"\033[H\033[F\033OH\033[1~\033[4~\033[7~\033[8~",
     "<Home> <End> <Home> <Home> <End> <Home> <End>"},
    {"\033[5~\033[6~\033[3~\033[2~", "<PgUp> <PgDn> <Del> <Ins>"},
    {"\033OP\033[11~\033[[A\033[15~\033[24~", "<F1> <F1> <F1> <F5> <F12>"},
    {"\033[1;5A\033[1;2B\033[3;5~\033[Z", "<C-Up> <S-Down> <C-Del> <S-Tab>"},
    {"\033x\033\r", "<A-x> <A-Enter>"},
    {"\033[<0;12;5M\033[<0;12;5m\033[<64;1;1M\033[<65;80;24M",
     "<Press>@4,11 <WheelUp>@0,0 <WheelDown>@23,79"},
    {"\033[M !!\033[M#!!", "<Press>@0,0"},
    {"\033[I\033[O", "focus blur"},
    {"\033[200~q\033[A!\r\033[201~q", "'q '<Up> '! '<Enter> q"},
    {"\033[?62;4;22cx", "answer([?62;4;22c) x"},
    {"\033[?2026;2$y\033]11;rgb:0000/0000/0000\007\033]12;x\033\\z",
     "answer([?2026;2$y) answer(]11;rgb:0000/0000/0000) answer(]12;x) z"},
    {"\033P1+r\033\\a", "answer(P1+r) a"},
    {"\xC2\x9B"
     "A",
     "A"},                     /* a C1 control is no key */
    {"\xFFk\xE2\x82k", "k k"}, /* broken bytes are dropped */
    {"<", "<lt>"},
    {"\033[99999999999999999999;1Ax", "x"},
};

START_TEST(whole_sequences)
{
    input_feed(in, whole[_i].bytes, strlen(whole[_i].bytes), 0);
    const char *got = keys_at(0);
    if (_i == (int)(sizeof whole / sizeof *whole) - 1)
        ck_assert_msg(!strcmp(got + strlen(got) - 1, "x"), "%s", got);
    else
        ck_assert_str_eq(got, whole[_i].keys);
    ck_assert_int_eq(input_wait(in, 0), -1);
}
END_TEST

/* The same, one byte at a time, 10 ms apart. */
START_TEST(byte_by_byte)
{
    struct str all = {0};
    for (size_t i = 0; whole[_i].bytes[i]; i++) {
        input_feed(in, whole[_i].bytes + i, 1, (int64_t)i * 10);
        const char *k = keys_at((int64_t)i * 10);
        if (*k)
            str_addf(&all, "%s%s", all.n ? " " : "", k);
    }
    if (_i < (int)(sizeof whole / sizeof *whole) - 1)
        ck_assert_str_eq(str_c(&all), whole[_i].keys);
    str_clear(&all);
}
END_TEST

START_TEST(a_lone_escape_waits_its_time)
{
    input_feed(in, "\033", 1, 1000);
    ck_assert_str_eq(keys_at(1024), "");
    ck_assert_int_eq(input_wait(in, 1010), 15);
    ck_assert_str_eq(keys_at(1025), "<Esc>");
    ck_assert_int_eq(input_wait(in, 1025), -1);
    input_feed(in, "\033", 1, 2000);
    input_feed(in, "j", 1, 2100); /* too late to be Alt-j */
    ck_assert_str_eq(keys_at(2100), "<Esc> j");
    input_feed(in, "\033\033", 2, 3000);
    ck_assert_str_eq(keys_at(3100), "<Esc> <Esc>");
}
END_TEST

START_TEST(a_sequence_cut_by_a_slow_line)
{
    input_feed(in, "\033[", 2, 0);
    ck_assert_str_eq(keys_at(300), "");
    input_feed(in, "A", 1, 400);
    ck_assert_str_eq(keys_at(400), "<Up>");
    input_feed(in, "\033[1;", 4, 1000);
    ck_assert_str_eq(keys_at(2000), ""); /* given up: no key, and nothing held */
    ck_assert_int_eq(input_wait(in, 2000), -1);
    input_feed(in, "\xE2\x82", 2, 3000);
    ck_assert_str_eq(keys_at(3000), "");
    ck_assert_str_eq(keys_at(3100), "");
    input_feed(in, "k", 1, 3100);
    ck_assert_str_eq(keys_at(3100), "k");
}
END_TEST

START_TEST(definitions_of_terminfo)
{
    input_define(in, "\033[a", (struct key){K_UP, MOD_SHIFT, 0, 0}); /* rxvt */
    input_define(in, "\033Oa", (struct key){K_UP, MOD_CTRL, 0, 0});
    input_feed(in, "\033[a\033Oa", 6, 0);
    ck_assert_str_eq(keys_at(0), "<S-Up> <C-Up>");
}
END_TEST

/* A paste whose end is lost must not take the keyboard away: Esc ends it. */
START_TEST(an_endless_paste_is_left_by_escape)
{
    input_feed(in, "\033[200~text", 10, 0);
    ck_assert_str_eq(keys_at(0), "'t 'e 'x 't");
    input_feed(in, "\033", 1, 100);
    ck_assert_str_eq(keys_at(200), "<Esc>");
    input_feed(in, "q", 1, 300);
    ck_assert_str_eq(keys_at(300), "q");
}
END_TEST

START_TEST(an_endless_answer_is_bounded)
{
    char big[100000];
    memset(big, 'x', sizeof big);
    memcpy(big, "\033]52;", 5);
    input_feed(in, big, sizeof big, 0);
    ck_assert_str_eq(keys_at(0), "");
    input_feed(in, "\007j", 2, 10);
    ck_assert_str_eq(keys_at(10), "j");
    input_feed(in, big, sizeof big, 20); /* never ended: over after a second of silence */
    ck_assert_str_eq(keys_at(20), "");
    input_feed(in, "k", 1, 1100);
    ck_assert_str_eq(keys_at(1100), "k");
}
END_TEST

START_TEST(keys_that_nobody_takes_are_bounded)
{
    for (int i = 0; i < 100; i++)
        input_feed(
            in,
            "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj"
            "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj",
            132, 0);
    int n = 0;
    for (struct key k; input_next(in, 0, &k);)
        n++;
    ck_assert_int_eq(n, 4096);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("input");
    TCase *t = tcase_create("input");
    tcase_add_checked_fixture(t, setup, teardown);
    int n = sizeof whole / sizeof *whole;
    tcase_add_loop_test(t, whole_sequences, 0, n);
    tcase_add_loop_test(t, byte_by_byte, 0, n);
    tcase_add_test(t, a_lone_escape_waits_its_time);
    tcase_add_test(t, a_sequence_cut_by_a_slow_line);
    tcase_add_test(t, definitions_of_terminfo);
    tcase_add_test(t, an_endless_paste_is_left_by_escape);
    tcase_add_test(t, an_endless_answer_is_bounded);
    tcase_add_test(t, keys_that_nobody_takes_are_bounded);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
