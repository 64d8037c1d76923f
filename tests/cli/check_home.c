/* check_home.c - `vigie transits` with the live catalogue in homes of every kind: new, none,
 * read-only, on a full disk. A small server in the test plays ExoClock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../io/server.h"
#include "home.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"

static char copy[120], conf[100];
static char *good, *page;

enum { OFFLINE = 64 };

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

static void prepare(void)
{
    snprintf(copy, sizeof copy, "%s/.cache/vigie/exoclock.json", home);
    snprintf(conf, sizeof conf, "%s/config", root);
    good = planets(0);
    page = mem_str("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n<html><body>Down</body></html>");
}

static void tidy(void)
{
    free(good);
    free(page);
}

static void configure(const struct server *s, const char *more)
{
    char *text = mem_printf("transits.url = %s\n%s", server_url(s, "/p"), more);
    ck_assert_int_eq(file_replace(conf, text, strlen(text), 0644, &err), OK);
    free(text);
}

/* Runs `vigie transits --all`; its exit status. */
static int run(int how)
{
    const char *argv[] = {program, "transits", "--config",
                          conf,    "--site",   "40,-3,600",
                          "--all", "--json",   how & OFFLINE ? "--offline" : NULL,
                          NULL};
    return home_run(how, argv);
}

static void has_planets(void)
{
    ck_assert_msg(strstr(str_c(&out), "\"Test-1b\"") != NULL, "%s", str_c(&said));
}

START_TEST(new_home)
{
    prepare();
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
    tidy();
}
END_TEST

START_TEST(no_home)
{
    prepare();
    struct server *s = server_start(&(struct server_step){.answer = good}, 1);
    configure(s, "");
    ck_assert_int_eq(run(NO_HOME), 0);
    has_planets();
    says("fetched, but not kept");
    says("HOME");
    server_stop(s);
    tidy();
}
END_TEST

START_TEST(read_only_home)
{
    prepare();
    struct server *s = server_start(&(struct server_step){.answer = good}, 1);
    configure(s, "");
    ck_assert_int_eq(chmod(home, 0555), 0);
    ck_assert_int_eq(run(UNPRIVILEGED), 0);
    has_planets();
    says("fetched, but not kept");
    says("Permission denied");
    server_stop(s);
    tidy();
}
END_TEST

START_TEST(full_disk)
{
    prepare();
    char *large = planets(900000);
    struct server *s = server_start((struct server_step[]){{.answer = good}, {.answer = large}}, 2);
    bool mounted = home_small_disk("64k");
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
    tidy();
}
END_TEST

START_TEST(service_in_trouble)
{
    prepare();
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
    tidy();
}
END_TEST

static void add(TCase *t)
{
    tcase_add_test(t, new_home);
    tcase_add_test(t, no_home);
    tcase_add_test(t, read_only_home);
    tcase_add_test(t, full_disk);
    tcase_add_test(t, service_in_trouble);
}

int main(void)
{
    return home_cases("home", add);
}
