/* check_globals.c - names that a script reads and nobody sets, with the lines a reader counts. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/lua/globals.h"

static const char *unknown(const char *code)
{
    static struct str out;
    struct loop *l = loop_new(clock_system());
    struct lua_host *h = lua_host_new(l, NULL, 64 << 20, NULL, NULL);
    str_reset(&out);
    globals_unknown(h, code, strlen(code), &out);
    lua_host_free(h);
    loop_free(l);
    return str_c(&out);
}

static void finds(const char *code, const char *want)
{
    const char *found = unknown(code); /* once: the macro looks twice */
    ck_assert_str_eq(found, want);
}

START_TEST(names_and_lines)
{
    finds("print(1 + 1, math.pi, p.x, _G, sky.altaz, ('x'):upper())", "");
    finds("print(\n  pritn,\n  x)\n", "pritn (line 2), x (line 3)");
    finds("x = 1\nlocal function f()\n  return x + y\nend\n", "y (line 3)");
    finds("function later() return helper() end\nfunction helper() end", "");
    finds("local z = 3\nreturn function() return z end", "");
    finds("aa = bb\nbb = cc\ncc = cc", "");
    finds("lost:method()\nlost.field = 1", "lost (line 1)");
    finds("x = = 3", "");
    finds("", "");
}
END_TEST

/* More constants than a byte counts, more lines than the table of deltas holds. */
START_TEST(long_scripts)
{
    struct str code = {0};
    for (int i = 0; i < 300; i++)
        str_addf(&code, "v%d = %d\n", i, i * 1000);
    str_add(&code, "\n");
    for (int i = 0; i < 500; i++)
        str_addc(&code, '\n');
    str_add(&code, "return v7 + w7\n");
    finds(str_c(&code), "w7 (line 802)");
    str_clear(&code);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("globals");
    TCase *c = tcase_create("globals");
    tcase_add_test(c, names_and_lines);
    tcase_add_test(c, long_scripts);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
