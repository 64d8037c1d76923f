/* check_loop.c - the loop: timers in order, descriptors, children, pool, folders, look-ups, and the record of slow turns. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/loop.h"
#include "vigie/base/mem.h"
#include "vigie/base/str.h"

static struct loop *l;
static struct str seen;

static void setup(void)
{
    l = loop_new(clock_system());
}

static void teardown(void)
{
    loop_free(l);
    str_clear(&seen);
}

static int64_t say(void *arg)
{
    str_add(&seen, arg);
    return -1;
}

static int64_t thrice(void *arg)
{
    (void)arg;
    str_add(&seen, "t");
    return seen.n < 3 ? 1 : -1;
}

START_TEST(timers_in_order)
{
    loop_timer(l, 30, say, "c", "test");
    loop_timer(l, 1, say, "a", "test");
    uint64_t never = loop_timer(l, 15, say, "x", "test");
    loop_timer(l, 20, say, "b", "test");
    loop_timer_del(l, never);
    loop_timer_del(l, never);
    loop_run(l); /* ends when nothing is left */
    ck_assert_str_eq(seen.s, "abc");
    str_reset(&seen);
    loop_timer(l, 0, thrice, NULL, "test");
    loop_run(l);
    ck_assert_str_eq(seen.s, "ttt");
}
END_TEST

static int pipe_fd[2];

static int64_t at_once(void *arg)
{
    int *n = arg;
    return ++*n < 100000 && !strchr(str_c(&seen), 'r') ? 0 : -1;
}

static void hear(void *arg, int fd, int events)
{
    char c;
    (void)arg, (void)events;
    ck_assert_int_eq((int)read(fd, &c, 1), 1);
    str_add(&seen, "r");
    loop_fd_del(l, fd);
}

/* A timer that is due again and again lets others through: a descriptor, and what is done each turn. */
START_TEST(a_timer_of_zero_starves_nobody)
{
    int n = 0, more = 0;
    ck_assert_int_eq(pipe(pipe_fd), 0);
    ck_assert_int_eq((int)write(pipe_fd[1], "x", 1), 1);
    loop_timer(l, 0, at_once, &n, "test");
    ck_assert_int_eq(loop_fd(l, pipe_fd[0], LOOP_READ, hear, NULL, "test"), OK);
    loop_run(l);
    ck_assert_str_eq(str_c(&seen), "r");
    ck_assert_int_lt(n, 10);
    close(pipe_fd[0]);
    close(pipe_fd[1]);
    uint64_t id = loop_timer(l, 0, at_once, &more, "test"); /* taken out before it is set */
    loop_timer_del(l, id);
    loop_run(l);
    ck_assert_int_eq(more, 0);
}
END_TEST

static void readable(void *arg, int fd, int events)
{
    (void)arg;
    char b[16];
    ck_assert(events & LOOP_READ);
    ssize_t n = read(fd, b, sizeof b);
    if (n > 0)
        str_addn(&seen, b, (size_t)n);
    else
        loop_fd_del(l, fd); /* its own, inside its callback */
}

static int64_t feed(void *arg)
{
    ck_assert_int_eq(write(pipe_fd[1], arg, strlen(arg)), (ssize_t)strlen(arg));
    close(pipe_fd[1]);
    return -1;
}

static int by_clock_n[2];
static int64_t every_hour(void *arg)
{
    by_clock_n[*(int *)arg]++;
    return *(int *)arg ? -1 : 3600000;
}

/* Timers by the clock of a test: nothing before its time, a whole night at once, each once a turn. */
START_TEST(timers_by_a_clock_of_ones_own)
{
    struct clock_manual m;
    int first = 0, second = 1;
    clock_manual_init(&m, 0);
    struct loop *own = loop_new(&m.clock);
    loop_by_clock(own);
    by_clock_n[0] = by_clock_n[1] = 0;
    loop_timer(own, 3600000, every_hour, &first, "test");
    uint64_t gone = loop_timer(own, 10, every_hour, &second, "test");
    loop_timer(own, 5000, every_hour, &second, "test");
    loop_timer_del(own, gone);
    clock_manual_step(&m, INT64_C(4999000000));
    loop_turn(own, true);
    ck_assert_int_eq(by_clock_n[1], 0);
    clock_manual_step(&m, INT64_C(1000000));
    loop_turn(own, true);
    loop_turn(own, true);
    ck_assert_int_eq(by_clock_n[1], 1);
    for (int i = 0; i < 12; i++) {
        clock_manual_step(&m, INT64_C(3600000000000));
        loop_turn(own, true);
    }
    ck_assert_int_eq(by_clock_n[0], 12);
    ck_assert_int_eq(by_clock_n[1], 1);
    loop_free(own);
}
END_TEST

START_TEST(descriptor)
{
    ck_assert_int_eq(pipe(pipe_fd), 0);
    ck_assert_int_eq(loop_fd(l, pipe_fd[0], LOOP_READ, readable, NULL, "test"), OK);
    loop_timer(l, 5, feed, "hello", "test");
    loop_run(l);
    ck_assert_str_eq(seen.s, "hello");
    close(pipe_fd[0]);
    ck_assert_int_ne(loop_fd(l, -1, LOOP_READ, readable, NULL, "test"), OK);
}
END_TEST

static void child_end(void *arg, int code, const char *out, size_t n)
{
    (void)arg;
    str_addf(&seen, "%d:%.*s", code, (int)n, out);
}

START_TEST(children)
{
    struct error e;
    char *cat[] = {"cat", NULL}, *fail[] = {"sh", "-c", "echo oops >&2; exit 3", NULL},
         *none[] = {"no-such-program-here", NULL};
    ck_assert(loop_spawn(l, cat, "to and fro", 10, 100, child_end, NULL, &e) > 0);
    loop_run(l);
    ck_assert_str_eq(seen.s, "0:to and fro");
    str_reset(&seen);
    ck_assert(loop_spawn(l, fail, NULL, 0, 100, child_end, NULL, &e) > 0);
    loop_run(l);
    ck_assert_str_eq(seen.s, "3:oops\n");
    str_reset(&seen);
    ck_assert_uint_eq(loop_spawn(l, none, NULL, 0, 100, child_end, NULL, &e), 0);
    ck_assert_ptr_nonnull(strstr(e.text, "no-such-program-here"));
    loop_run(l);
    ck_assert_uint_eq(seen.n, 0);
    char *flood[] = {"sh", "-c", "yes | head -c 100000", NULL};
    ck_assert(loop_spawn(l, flood, NULL, 0, 1000, child_end, NULL, &e) > 0);
    loop_run(l);
    ck_assert_uint_eq(seen.n, 1002); /* bounded: "0:" and 1000 bytes */
    str_reset(&seen);
    char *sleeper[] = {"sleep", "100", NULL};
    uint64_t id = loop_spawn(l, sleeper, NULL, 0, 10, child_end, NULL, &e);
    loop_kill(l, id, SIGTERM);
    loop_run(l);
    ck_assert_str_eq(seen.s, "-15:");
}
END_TEST

static void square(void *arg)
{
    *(int *)arg *= *(int *)arg;
}

static void squared(void *arg, bool cancelled)
{
    ck_assert(!cancelled);
    str_addf(&seen, "%d", *(int *)arg);
}

START_TEST(pool)
{
    int x = 12;
    ck_assert_int_eq(loop_work(l, square, squared, &x, "test"), OK);
    loop_run(l);
    ck_assert_str_eq(seen.s, "144");
}
END_TEST

static void changed(void *arg, const char *name)
{
    (void)arg;
    if (name && strcmp(name, "event.xml") == 0)
        loop_stop(l);
}

static int64_t drop_file(void *arg)
{
    char *p = mem_printf("%s/event.xml", (char *)arg);
    FILE *f = fopen(p, "w");
    ck_assert_ptr_nonnull(f);
    fclose(f);
    free(p);
    return -1;
}

START_TEST(folder)
{
    char dir[] = "/tmp/check-loop-XXXXXX";
    struct error e;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    uint64_t id = loop_watch(l, dir, changed, NULL, &e);
    ck_assert(id > 0);
    loop_timer(l, 1, drop_file, dir, "test");
    loop_run(l); /* comes back only through changed() */
    loop_watch_del(l, id);
    ck_assert_uint_eq(loop_watch(l, "/no/such/folder", changed, NULL, &e), 0);
    ck_assert_int_eq(e.status, E_ABSENT);
    char *cmd = mem_printf("rm -r %s", dir);
    ck_assert_int_eq(system(cmd), 0);
    free(cmd);
}
END_TEST

static void found(void *arg, const char *const *addr, size_t n, const char *why)
{
    (void)arg;
    str_addf(&seen, "%s%s", n ? addr[0] : "", why);
}

START_TEST(names)
{
    struct error e;
    ck_assert_int_eq(loop_resolve(l, "127.0.0.1", found, NULL, &e), OK);
    loop_run(l);
    ck_assert_str_eq(seen.s, "127.0.0.1");
}
END_TEST

static void on_usr1(void *arg, int signo)
{
    (void)arg;
    ck_assert_int_eq(signo, SIGUSR1);
    loop_stop(l);
}

static int64_t raise_it(void *arg)
{
    (void)arg;
    raise(SIGUSR1);
    return 1000;
}

START_TEST(signals)
{
    ck_assert_int_eq(loop_signal(l, SIGUSR1, on_usr1, NULL), OK);
    loop_timer(l, 1, raise_it, NULL, "test");
    loop_run(l);
}
END_TEST

static int64_t burn(void *arg)
{
    (void)arg;
    for (int64_t end = clock_thread_us() + 60000; clock_thread_us() < end;)
        ;
    return -1;
}

static int64_t doze(void *arg)
{
    (void)arg;
    usleep(60000); /* waiting is not slowness of ours: a busy machine must not lie */
    return -1;
}

START_TEST(slow_turns_are_recorded)
{
    loop_timer(l, 1, doze, NULL, "doze");
    loop_run(l);
    ck_assert_uint_eq(loop_slow(l).n, 0);
    loop_timer(l, 1, burn, NULL, "burn");
    loop_run(l);
    ck_assert_uint_eq(loop_slow(l).n, 1);
    ck_assert_str_eq(loop_slow(l).name, "burn");
    ck_assert_double_ge(loop_slow(l).worst_ms, 60);
}
END_TEST

static void count_turn(void *arg)
{
    if (++*(int *)arg < 5)
        loop_wake(l);
}

START_TEST(before_sleep_and_wake)
{
    int n = 0;
    loop_before_sleep(l, count_turn, &n);
    loop_timer(l, 1, say, "x", "test");
    loop_run(l);
    ck_assert_int_ge(n, 5);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("loop");
    TCase *c = tcase_create("loop");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 30);
    tcase_add_test(c, timers_in_order);
    tcase_add_test(c, timers_by_a_clock_of_ones_own);
    tcase_add_test(c, a_timer_of_zero_starves_nobody);
    tcase_add_test(c, descriptor);
    tcase_add_test(c, children);
    tcase_add_test(c, pool);
    tcase_add_test(c, folder);
    tcase_add_test(c, names);
    tcase_add_test(c, signals);
    tcase_add_test(c, slow_turns_are_recorded);
    tcase_add_test(c, before_sleep_and_wake);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
