/* check_keymap.c - the notation of keys, bindings of tables and of the keys file, prefixes. */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ui/keymap.h"

static struct keymap *m;
static struct error err;

static void setup(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    m = keymap_new();
}

static void teardown(void)
{
    keymap_free(m);
}

static const char *command_of(const char *scope, const char *keys)
{
    struct key k[8];
    int n = 0;
    while (n < 8 && key_read(&keys, &k[n]))
        n++;
    bool prefix;
    const struct binding *b = keymap_match(m, scope, k, n, &prefix);
    return b ? b->command : prefix ? "(prefix)" : "(none)";
}

START_TEST(notation_reads_and_writes)
{
    static const char *const same[] = {"a",     "G",    "<Enter>", "<C-d>",    "<S-Tab>",  "<F12>",
                                       "<A-x>", "<lt>", "<Space>", "<C-PgDn>", "\xC3\xA9", "<BS>"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *s = same[i];
        struct key k;
        ck_assert(key_read(&s, &k));
        ck_assert(!*s);
        struct str out = {0};
        key_write(&k, &out);
        ck_assert_str_eq(str_c(&out), same[i]);
        str_clear(&out);
    }
    static const char *const bad[] = {"<Nope>", "<>",  "<C-",
                                      "<Q-x>",  "< >", "<aVeryLongNameOfAKeyIndeed>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *s = bad[i];
        struct key k;
        ck_assert_msg(!key_read(&s, &k), "%s", bad[i]);
        ck_assert(*s);
    }
}
END_TEST

START_TEST(tables_bind_alternatives_and_sequences)
{
    ck_assert_int_eq(keymap_add(m, NULL, "j <Down>", "down", &err), OK);
    ck_assert_int_eq(keymap_add(m, NULL, "gg <Home>", "top", &err), OK);
    ck_assert_int_eq(keymap_add(m, "alerts", "t", "alert-to-target", &err), OK);
    ck_assert_int_eq(keymap_add(m, NULL, NULL, "without", &err), OK);
    ck_assert_str_eq(command_of("log", "j"), "down");
    ck_assert_str_eq(command_of("log", "<Down>"), "down");
    ck_assert_str_eq(command_of("log", "g"), "(prefix)");
    ck_assert_str_eq(command_of("log", "g g"), "top");
    ck_assert_str_eq(command_of("log", "gx"), "(none)");
    ck_assert_str_eq(command_of("alerts", "t"), "alert-to-target");
    ck_assert_str_eq(command_of("log", "t"), "(none)");
    struct str s = {0};
    keymap_keys_of(m, "log", "top", &s);
    ck_assert_str_eq(str_c(&s), "g g  <Home>");
    str_clear(&s);
}
END_TEST

START_TEST(a_scope_hides_what_holds_everywhere)
{
    ck_assert_int_eq(keymap_add(m, NULL, "o", "sort", &err), OK);
    ck_assert_int_eq(keymap_add(m, NULL, "zn", "night", &err), OK);
    ck_assert_int_eq(keymap_add(m, "log", "o", "room", &err), OK);
    ck_assert_int_eq(keymap_add(m, "log", "zz", "own", &err), OK);
    ck_assert_str_eq(command_of("log", "o"), "room");
    ck_assert_str_eq(command_of("alerts", "o"), "sort");
    ck_assert_str_eq(command_of("log", "zn"), "night"); /* prefixes of both scopes live together */
    ck_assert_str_eq(command_of("log", "zz"), "own");
    struct str s = {0};
    keymap_keys_of(m, "log", "sort", &s);
    ck_assert_str_eq(str_c(&s), "");
    str_clear(&s);
}
END_TEST

START_TEST(tables_that_clash_are_refused)
{
    ck_assert_int_eq(keymap_add(m, NULL, "g", "go", &err), OK);
    ck_assert_int_eq(keymap_add(m, NULL, "gg", "top", &err), E_REFUSED);
    ck_assert_msg(strstr(err.text, "go") && strstr(err.text, "top"), "%s", err.text);
    ck_assert_int_eq(keymap_add(m, NULL, "<Bogus> x", "x", &err), E_PARSE);
    ck_assert_str_eq(command_of("all", "x"), "x"); /* the good alternative stays */
}
END_TEST

START_TEST(guests_give_way)
{
    ck_assert_int_eq(keymap_add(m, NULL, "q", "back", &err), OK);
    ck_assert_int_eq(keymap_add(m, NULL, "gg", "top", &err), OK);
    ck_assert_int_eq(keymap_add(m, "log", "w", "log-export", &err), OK);
    ck_assert_int_eq(keymap_add_guest(m, NULL, "q", "mine", &err), E_REFUSED);
    ck_assert_str_eq(err.text, "mine: \"q\" is taken by back");
    ck_assert_int_eq(keymap_add_guest(m, "log", "q", "mine", &err), E_REFUSED);
    ck_assert_int_eq(keymap_add_guest(m, "log", "g", "mine", &err), E_REFUSED);
    ck_assert_int_eq(keymap_add_guest(m, "log", "w", "mine", &err), E_REFUSED);
    ck_assert_str_eq(command_of("log", "q"), "back");
    ck_assert_int_eq(keymap_add_guest(m, "log", "W", "mine", &err), OK);
    ck_assert_str_eq(command_of("log", "W"), "mine");
    ck_assert_int_eq(keymap_add_guest(m, "log", "W", "another", &err), E_REFUSED);
}
END_TEST

static struct str told;
static void tell(void *arg, int line, const char *why)
{
    (void)arg;
    str_addf(&told, "%d: %s\n", line, why);
}

START_TEST(the_keys_file)
{
    ck_assert_int_eq(keymap_add(m, NULL, "o", "sort", &err), OK);
    ck_assert_int_eq(keymap_add(m, "alerts", "t", "alert-to-target", &err), OK);
    static const char text[] = "# mine\n"
                               "bind alerts t alert-to-target high\n"
                               "bind all g t tab-next   # both ways of writing\n"
                               "bind all gT tab-prev\n"
                               "unbind all o\n"
                               "bind all <C-x> set transits.min-alt 30\n"
                               "\n"
                               "bind all g sort\n"
                               "bind all <Bogus> sort\n"
                               "bind all x\n"
                               "nonsense\n";
    str_reset(&told);
    ck_assert_int_eq(keymap_load(m, text, sizeof text - 1, tell, NULL), 4);
    ck_assert_str_eq(command_of("all", "gt"), "tab-next");
    ck_assert_str_eq(command_of("all", "gT"), "tab-prev");
    ck_assert_str_eq(command_of("all", "o"), "(none)");
    struct key t = {'t', 0, 0, 0}, x = {'x', MOD_CTRL, 0, 0};
    bool prefix;
    ck_assert_str_eq(keymap_match(m, "alerts", &t, 1, &prefix)->args, "high");
    ck_assert_str_eq(keymap_match(m, "alerts", &x, 1, &prefix)->args, "transits.min-alt 30");
    ck_assert_msg(strstr(str_c(&told), "8: \"g \" clashes with line 3 (tab-next)") != NULL, "%s",
                  str_c(&told));
    ck_assert_msg(strstr(str_c(&told), "9: no such key") != NULL, "%s", str_c(&told));
    ck_assert_msg(strstr(str_c(&told), "10: no command") != NULL, "%s", str_c(&told));
    ck_assert_msg(strstr(str_c(&told), "11: not `bind") != NULL, "%s", str_c(&told));
    str_clear(&told);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("keymap");
    TCase *t = tcase_create("keymap");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, notation_reads_and_writes);
    tcase_add_test(t, tables_bind_alternatives_and_sequences);
    tcase_add_test(t, a_scope_hides_what_holds_everywhere);
    tcase_add_test(t, tables_that_clash_are_refused);
    tcase_add_test(t, guests_give_way);
    tcase_add_test(t, the_keys_file);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
