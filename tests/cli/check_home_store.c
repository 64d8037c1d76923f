/* check_home_store.c - `vigie alerts` with stores of every kind: new, of the future, damaged, not to
 * be written, on a full disk, killed in the middle of an import.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "home.h"
#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/store/store.h"

static char store[140], packets[100];

/* A VOEvent packet of our own, as IVOA VOEvent 2.0 asks for; `fill` bytes of description. */
static void write_packet(int k, size_t fill)
{
    char path[140];
    char *text = mem_zero(fill + 1);
    memset(text, 'x', fill);
    char *xml = mem_printf(
        "<?xml version=\"1.0\"?><voe:VOEvent xmlns:voe=\"http://www.ivoa.net/xml/VOEvent/v2.0\" "
        "version=\"2.0\" role=\"observation\" ivorn=\"ivo://test.example/stream#%d\">"
        "<Who><AuthorIVORN>ivo://test.example</AuthorIVORN><Date>2026-11-22T20:00:00</Date></Who>"
        "<WhereWhen><ObsDataLocation><ObservatoryLocation/><ObservationLocation><AstroCoordSystem "
        "id=\"UTC-ICRS-GEO\"/><AstroCoords coord_system_id=\"UTC-ICRS-GEO\"><Time "
        "unit=\"s\"><TimeInstant><ISOTime>2026-11-22T19:00:00</ISOTime></TimeInstant></Time>"
        "<Position2D unit=\"deg\"><Name1>RA</Name1><Name2>Dec</Name2><Value2><C1>%d</C1><C2>40</C2>"
        "</Value2><Error2Radius>0.1</Error2Radius></Position2D></AstroCoords></ObservationLocation>"
        "</ObsDataLocation></WhereWhen><Description>%s</Description></voe:VOEvent>",
        k, k % 360, text);
    snprintf(path, sizeof path, "%s/%05d.xml", packets, k);
    ck_assert_int_eq(file_replace(path, xml, strlen(xml), 0644, &err), OK);
    ck_assert_int_eq(chmod(packets, 0755), 0);
    free(xml);
    free(text);
}

static void prepare(int n, size_t fill)
{
    snprintf(store, sizeof store, "%s/.local/share/vigie/vigie.db", home);
    snprintf(packets, sizeof packets, "%s/packets", root);
    for (int i = 0; i < n; i++)
        write_packet(i, fill);
}

static int import(int how)
{
    const char *argv[] = {program, "alerts", "import", packets, NULL};
    return home_run(how, argv);
}

/* How many events `vigie alerts list` has; -1 if it fails. */
static int listed(int how)
{
    const char *argv[] = {program,     "alerts", "list",
                          "--json",    "--all",  "--site",
                          "40,-3,600", "--at",   "2026-11-22T22:00:00Z",
                          NULL};
    int n = 0;
    if (home_run(how, argv) != 0)
        return -1;
    for (const char *p = str_c(&out); (p = strchr(p, '\n')); p++)
        n++;
    return n;
}

static void same_bytes(const char *path, const struct str *before)
{
    struct str now = {0};
    ck_assert_int_eq(file_read(path, 100000000, &now, &err), OK);
    ck_assert_uint_eq(now.n, before->n);
    ck_assert_mem_eq(now.s, before->s, now.n);
    str_clear(&now);
}

START_TEST(new_store)
{
    prepare(5, 0);
    ck_assert_msg(import(PLAIN) == 0, "%s", str_c(&said));
    ck_assert_msg(listed(PLAIN) == 5, "%s", str_c(&said));
    ck_assert_int_eq(import(PLAIN), 0); /* the same again: no more events */
    ck_assert_int_eq(listed(PLAIN), 5);
}
END_TEST

START_TEST(no_home)
{
    prepare(1, 0);
    ck_assert_int_eq(import(NO_HOME), 1);
    says("HOME");
}
END_TEST

START_TEST(future_store)
{
    struct store *st;
    struct str before = {0};
    prepare(1, 0);
    ck_assert_int_eq(import(PLAIN), 0);
    ck_assert_int_eq(store_open(store, NULL, &st, &err), OK);
    ck_assert_int_eq(
        store_exec(st,
                   _i ? "PRAGMA user_version = 99" : "UPDATE vigie_rooms SET version = version + 1",
                   &err),
        OK);
    store_close(st);
    ck_assert_int_eq(file_read(store, 100000000, &before, &err), OK);
    ck_assert_int_eq(import(PLAIN), 1);
    says("newer vigie");
    says(store);
    ck_assert_int_eq(listed(PLAIN), -1);
    says("--store FILE");
    same_bytes(store, &before);
    str_clear(&before);
}
END_TEST

START_TEST(damaged_store)
{
    prepare(1, 0);
    ck_assert_int_eq(import(PLAIN), 0);
    ck_assert_int_eq(
        file_replace(store, "not a database, but some text of some length", 44, 0600, &err), OK);
    ck_assert_int_eq(import(PLAIN), 1);
    says("damaged or no store");
    says("move it away");
}
END_TEST

START_TEST(closed_home)
{
    prepare(1, 0);
    ck_assert_int_eq(chmod(home, 0555), 0);
    ck_assert_int_eq(import(UNPRIVILEGED), 1);
    says("Permission denied");
}
END_TEST

START_TEST(full_disk)
{
    prepare(20, 100);
    bool mounted = home_small_disk("2m");
    ck_assert_int_eq(import(PLAIN), 0);
    for (int i = 20; i < 100; i++)
        write_packet(i, 60000);
    if (!mounted) {
        struct rlimit r = {600000, 600000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &r);
    }
    ck_assert_int_ne(import(PLAIN), 0);
    says(mounted ? "full" : "File too large");
    says(store);
    int n = listed(PLAIN); /* what was there before is there, whole */
    ck_assert_msg(n >= 20, "%d: %s", n, str_c(&said));
}
END_TEST

START_TEST(killed_while_importing)
{
    prepare(1500, 300);
    int before = 0;
    for (int round = 0; round < 6; round++) {
        const char *argv[] = {program, "alerts", "import", packets, NULL};
        pid_t child = home_start(PLAIN, argv);
        usleep(60000 + 90000 * (useconds_t)round);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        int n = listed(PLAIN);
        ck_assert_msg(n >= before && n <= 1500, "%d after %d: %s", n, before, str_c(&said));
        before = n;
    }
    ck_assert_int_eq(import(PLAIN), 0);
    ck_assert_int_eq(listed(PLAIN), 1500);
}
END_TEST

static void add(TCase *t)
{
    tcase_add_test(t, new_store);
    tcase_add_test(t, no_home);
    tcase_add_loop_test(t, future_store, 0, 2);
    tcase_add_test(t, damaged_store);
    tcase_add_test(t, closed_home);
    tcase_add_test(t, full_disk);
    tcase_add_test(t, killed_while_importing);
}

int main(void)
{
    return home_cases("home_store", add);
}
