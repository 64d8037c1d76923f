/* check_file.c - whole files, replaced in one step, also when the disk is full; the program's folders. */
#include <check.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"

static char dir[] = "/tmp/check-file-XXXXXX";

static char *in_dir(const char *name)
{
    return mem_printf("%s/%s", dir, name);
}

START_TEST(replace_and_read)
{
    char *p = in_dir("a/b/planets.json");
    struct error e;
    struct str t = {0};
    ck_assert_int_eq(file_read(p, 100, &t, &e), E_ABSENT);
    ck_assert_ptr_nonnull(strstr(e.text, "planets.json"));
    ck_assert_int_eq(file_replace(p, "one", 3, 0600, &e), OK);
    ck_assert_int_eq(file_replace(p, "second", 6, 0640, &e), OK);
    ck_assert_int_eq(file_read(p, 100, &t, &e), OK);
    ck_assert_str_eq(t.s, "second");
    struct stat st;
    ck_assert_int_eq(stat(p, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0640);
    ck_assert_int_eq(file_read(p, 5, &t, &e), E_RANGE);
    ck_assert_uint_eq(t.n, 0);
    ck_assert_int_eq(file_read(dir, 5, &t, &e), E_IO);
    ck_assert(file_age_s(p) >= 0 && file_age_s(p) < 60);
    ck_assert_double_eq(file_age_s("/no/such/file"), -1);
    str_clear(&t);
    free(p);
}
END_TEST

/* A limit on the size of files stands for a full disk: the write fails in the middle. */
START_TEST(full_disk_keeps_the_old)
{
    char *p = in_dir("kept");
    struct error e;
    struct str t = {0};
    ck_assert_int_eq(file_replace(p, "old", 3, 0600, &e), OK);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit was, small = {1000, 1000};
    getrlimit(RLIMIT_FSIZE, &was);
    small.rlim_max = was.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    char *big = mem_zero(100000);
    enum status s = file_replace(p, big, 100000, 0600, &e);
    setrlimit(RLIMIT_FSIZE, &was);
    ck_assert_int_eq(s, E_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "cannot write"));
    ck_assert_int_eq(file_read(p, 100, &t, &e), OK);
    ck_assert_str_eq(t.s, "old");
    glob_t g;
    char *pattern = in_dir("kept.*");
    ck_assert_int_eq(glob(pattern, 0, NULL, &g), GLOB_NOMATCH); /* nothing half-written is left */
    free(pattern);
    free(big);
    free(p);
    str_clear(&t);
}
END_TEST

START_TEST(a_file_in_the_way_is_a_sentence)
{
    char *p = in_dir("plain"), *under = in_dir("plain/config");
    struct error e;
    ck_assert_int_eq(file_replace(p, "", 0, 0600, &e), OK);
    ck_assert_int_ne(file_replace(under, "x", 1, 0600, &e), OK);
    ck_assert_ptr_nonnull(strstr(e.text, "plain"));
    free(p);
    free(under);
}
END_TEST

START_TEST(places_follow_xdg)
{
    struct error e;
    setenv("HOME", "/home/dome", 1);
    unsetenv("XDG_CONFIG_HOME");
    char *p = file_place(PLACE_CONFIG, "config", &e);
    ck_assert_str_eq(p, "/home/dome/.config/vigie/config");
    free(p);
    setenv("XDG_CACHE_HOME", "/fast", 1);
    p = file_place(PLACE_CACHE, "x", &e);
    ck_assert_str_eq(p, "/fast/vigie/x");
    free(p);
    setenv("XDG_CACHE_HOME", "relative", 1); /* the specification: relative paths are ignored */
    p = file_place(PLACE_CACHE, "x", &e);
    ck_assert_str_eq(p, "/home/dome/.cache/vigie/x");
    free(p);
    unsetenv("HOME");
    unsetenv("XDG_DATA_HOME");
    ck_assert_ptr_null(file_place(PLACE_DATA, "x", &e));
    ck_assert_int_eq(e.status, E_ABSENT);
    ck_assert_ptr_nonnull(strstr(e.text, "HOME"));
}
END_TEST

/* This test runs inside a build tree: what is shipped is the source's. */
START_TEST(paths_as_the_user_writes_them)
{
    static const char *const cases[][2] = {
        {"~/a/b.vot", "/home/x/a/b.vot"},
        {"b.vot", "/home/x/b.vot"},
        {"/tmp/b.vot", "/tmp/b.vot"},
        {"~other/b", "/home/x/~other/b"},
    };
    setenv("HOME", "/home/x", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *p = file_in_home(cases[i][0]);
        ck_assert_str_eq(p, cases[i][1]);
        free(p);
    }
    unsetenv("HOME");
    char *p = file_in_home("b.vot");
    ck_assert_str_eq(p, "b.vot");
    free(p);
}
END_TEST

START_TEST(shipped_from_the_build_tree)
{
    char *path = file_shipped("lua"), *plan = mem_printf("%s/plan.lua", path);
    char *other = file_shipped("no such folder");
    ck_assert_msg(access(plan, R_OK) == 0, "no %s", plan);
    ck_assert_str_eq(other, VIGIE_DATADIR "/no such folder");
    free(path);
    free(plan);
    free(other);
}
END_TEST

int main(void)
{
    if (!mkdtemp(dir))
        return 1;
    Suite *s = suite_create("file");
    TCase *c = tcase_create("file");
    tcase_add_test(c, replace_and_read);
    tcase_add_test(c, full_disk_keeps_the_old);
    tcase_add_test(c, a_file_in_the_way_is_a_sentence);
    tcase_add_test(c, places_follow_xdg);
    tcase_add_test(c, paths_as_the_user_writes_them);
    tcase_add_test(c, shipped_from_the_build_tree);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    char *cmd = mem_printf("rm -rf %s", dir);
    int rc = system(cmd);
    free(cmd);
    return failed != 0 || rc != 0;
}
