/* check_home.c - `vigie transits` with the live catalogue in homes of every kind: new, none,
 * read-only, on a full disk. A small server in the test plays ExoClock.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

static char root[64], home[80], copy[120], conf[100], program[100];
static struct str out, said;
static char *good, *page;
static struct error err;

/* Two planets in ExoClock's layout, and as many more as it takes to fill `bytes`. */
static char *planets(size_t bytes)
{
    struct str t = {0};
    for (int i = 0; i < 2 || t.n < bytes; i++)
        str_addf(&t,
                 "%s\"Test-%db\": {\"name\": \"Test-%db\", \"priority\": \"low\", \"star\": "
                 "\"Test-%d\", \"ra_j2000\": \"06:30:32.79\", \"dec_j2000\": \"+29:40:20.2\", "
                 "\"ephem_mid_time\": 2459554.20747, \"ephem_mid_time_format\": \"BJD_TDB\", "
                 "\"ephem_period\": 1.0914194, \"duration_hours\": 2.98, \"depth_r_mmag\": 15.7, "
                 "\"v_mag\": 11.6, \"r_mag\": 11.3, \"min_telescope_inches\": 6.0}",
                 i ? ", " : "{", i, i, i);
    str_addc(&t, '}');
    char *a =
        mem_printf("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: %zu\r\n\r\n%s", t.n, t.s);
    str_clear(&t);
    return a;
}

static void setup(void)
{
    struct stat sb;
    struct str t = {0};
    const char *vigie = getenv("VIGIE");
    ck_assert_ptr_nonnull(vigie);
    snprintf(root, sizeof root, "/tmp/vigie-home-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    ck_assert_int_eq(chmod(root, 0755), 0);
    snprintf(home, sizeof home, "%s/home", root);
    snprintf(copy, sizeof copy, "%s/.cache/vigie/exoclock.json", home);
    snprintf(conf, sizeof conf, "%s/config", root);
    ck_assert_int_eq(mkdir(home, 0755), 0);
    /* a copy of the program that a user without privileges may run */
    snprintf(program, sizeof program, "%s/vigie", root);
    ck_assert_int_eq(stat(vigie, &sb), 0);
    ck_assert_int_eq(file_read(vigie, (size_t)sb.st_size, &t, &err), OK);
    ck_assert_int_eq(file_replace(program, t.s, t.n, 0755, &err), OK);
    str_clear(&t);
    good = planets(0);
    page = mem_str("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n<html><body>Down</body></html>");
}

static void teardown(void)
{
    char cmd[200];
    umount2(home, MNT_DETACH);
    snprintf(cmd, sizeof cmd, "chmod -R u+rwx '%s'; rm -rf '%s'", root, root);
    ck_assert_int_eq(system(cmd), 0);
    str_clear(&out);
    str_clear(&said);
    free(good);
    free(page);
}

static void configure(const struct server *s, const char *more)
{
    char *text = mem_printf("transits.url = %s\n%s", server_url(s, "/p"), more);
    ck_assert_int_eq(file_replace(conf, text, strlen(text), 0644, &err), OK);
    free(text);
}

static void read_all(int fd, struct str *t)
{
    char buf[4096];
    ssize_t n;
    str_reset(t);
    while ((n = read(fd, buf, sizeof buf)) > 0)
        str_addn(t, buf, (size_t)n);
    close(fd);
}

enum how { PLAIN, NO_HOME = 1, UNPRIVILEGED = 2, SMALL_FILES = 4, OFFLINE = 8 };

static void become(int how)
{
    static const char *const xdg[] = {"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                                      "XDG_STATE_HOME", "VIGIE_RECORD",    "VIGIE_REPLAY"};
    for (size_t i = 0; i < sizeof xdg / sizeof *xdg; i++)
        unsetenv(xdg[i]);
    setenv("HOME", home, 1);
    if (how & NO_HOME)
        unsetenv("HOME");
    if ((how & UNPRIVILEGED) && getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(99);
    if (how & SMALL_FILES) {
        struct rlimit r = {8000, 8000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &r);
    }
}

/* Runs `vigie transits --all`; its exit status; what it printed is in out and said. */
static int run(int how)
{
    int o[2], e = open(root, O_TMPFILE | O_RDWR, 0600);
    ck_assert_int_eq(pipe(o), 0);
    pid_t child = fork();
    if (child == 0) {
        become(how);
        dup2(o[1], 1);
        dup2(e, 2);
        execl(program, program, "transits", "--config", conf, "--site", "40,-3,600", "--all",
              "--json", how & OFFLINE ? "--offline" : (char *)NULL, (char *)NULL);
        _exit(98);
    }
    int status;
    close(o[1]);
    read_all(o[0], &out);
    waitpid(child, &status, 0);
    ck_assert_int_eq(lseek(e, 0, SEEK_SET), 0);
    read_all(e, &said);
    ck_assert_msg(WIFEXITED(status), "ended by signal %d: %s", WTERMSIG(status), str_c(&said));
    return WEXITSTATUS(status);
}

static void has_planets(void)
{
    ck_assert_msg(strstr(str_c(&out), "\"Test-1b\"") != NULL, "%s", str_c(&said));
}

static void says(const char *text)
{
    ck_assert_msg(strstr(str_c(&said), text) != NULL, "%s is not in: %s", text, str_c(&said));
}

START_TEST(new_home)
{
    struct stat sb;
    struct server *s = server_start(&(struct server_step){.answer = good}, 1);
    configure(s, "");
    ck_assert_int_eq(run(PLAIN), 0);
    has_planets();
    ck_assert_int_eq(stat(copy, &sb), 0);
    ck_assert_int_eq(run(PLAIN), 0); /* the copy is young: nobody is asked */
    has_planets();
    ck_assert_int_eq(server_count(s), 1);
    server_stop(s);
    ck_assert_int_eq(run(OFFLINE), 0);
    has_planets();
}
END_TEST

START_TEST(no_home)
{
    struct server *s = server_start(&(struct server_step){.answer = good}, 1);
    configure(s, "");
    ck_assert_int_eq(run(NO_HOME), 0);
    has_planets();
    says("fetched, but not kept");
    says("HOME");
    server_stop(s);
}
END_TEST

START_TEST(read_only_home)
{
    struct server *s = server_start(&(struct server_step){.answer = good}, 1);
    configure(s, "");
    ck_assert_int_eq(chmod(home, 0555), 0);
    ck_assert_int_eq(run(UNPRIVILEGED), 0);
    has_planets();
    says("fetched, but not kept");
    says("Permission denied");
    server_stop(s);
}
END_TEST

START_TEST(full_disk)
{
    char *large = planets(900000);
    struct server *s = server_start((struct server_step[]){{.answer = good}, {.answer = large}}, 2);
    bool mounted = getuid() == 0 && mount("none", home, "tmpfs", 0, "size=64k") == 0;
    configure(s, "transits.max-age = 0\n");
    ck_assert_int_eq(run(PLAIN), 0);
    has_planets();
    ck_assert_int_eq(run(mounted ? PLAIN : SMALL_FILES), 0);
    ck_assert_ptr_nonnull(strstr(out.s, "\"Test-500b\"")); /* what came is used */
    says("fetched, but not kept");
    says(mounted ? "No space left on device" : "File too large");
    ck_assert_int_eq(run(OFFLINE), 0); /* and the old copy is whole */
    has_planets();
    ck_assert_ptr_null(strstr(out.s, "\"Test-500b\""));
    server_stop(s);
    free(large);
}
END_TEST

START_TEST(service_in_trouble)
{
    struct server *s = server_start(
        (struct server_step[]){{.answer = page}, {.answer = good}, {.answer = page}}, 3);
    configure(s, "transits.max-age = 0\n");
    ck_assert_int_eq(run(PLAIN), 3);
    ck_assert_uint_eq(out.n, 0);
    says("--demo");
    ck_assert_int_eq(run(PLAIN), 0);
    has_planets();
    ck_assert_int_eq(run(PLAIN), 0);
    has_planets();
    says("using the copy of");
    server_stop(s);
    ck_assert_int_eq(run(PLAIN), 0); /* nobody there any more */
    has_planets();
    says("Connection refused");
    says("using the copy of");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("home");
    TCase *t = tcase_create("home");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, new_home);
    tcase_add_test(t, no_home);
    tcase_add_test(t, read_only_home);
    tcase_add_test(t, full_disk);
    tcase_add_test(t, service_in_trouble);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
