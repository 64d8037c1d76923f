/* check_guardian.c - a program that moves something and is killed, stopped or stuck: its guardian writes the stop. The device is
 * simulated in this process, the program is a child; what is waited for is what comes over the wire, not a time.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/devices/rack_own.h"
#include "vigie/devices/safety.h"
#include "vigie/devices/sim.h"
#include "vigie/io/guardian.h"

static const double DEG = M_PI / 180;

/* --- the program ---------------------------------------------------------------------------------- */

struct program {
    struct loop *loop;
    struct rack *rack;
    struct safety *safety;
    int say, go;
    uint64_t id;
    struct device_request ask;
    bool asked;
};

static void PRINTF(2, 3) say(struct program *p, const char *fmt, ...)
{
    char line[500];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line - 1, fmt, ap);
    va_end(ap);
    line[n] = '\n';
    if (write(p->say, line, (size_t)n + 1) < 0)
        _exit(3);
}

static void told(void *arg, const struct rack_event *ev)
{
    if (ev->kind == RACK_SAY)
        say(arg, "said %c %s", ev->level, ev->text);
}

static void guarded(void *arg, uint64_t id, char level, const char *subject, bool over,
                    const char *text)
{
    (void)id;
    if (!over)
        say(arg, "guard %c %s: %s", level, subject, text);
}

static void on_done(void *arg, uint64_t ticket, enum status status, const char *text)
{
    (void)ticket;
    say(arg, "done %d %s", (int)status, text);
}

static int64_t begin(void *arg)
{
    struct program *p = arg;
    struct rack_asker me = {.who = "test", .kind = ASKER_PERSON};
    struct error e;
    const struct device_info *d = rack_find(p->rack, p->id);
    if (d->link != DEVICE_READY || d->stale)
        return 20;
    if (!rack_ask(p->rack, p->id, &p->ask, &me, on_done, p, &e)) {
        say(p, "refused %s", e.text);
        return -1;
    }
    /* now only: its gate wants a site and a night sky, which are no matter here */
    struct safety_options o = {
        .rack = p->rack, .loop = p->loop, .clock = clock_system(), .event = guarded, .arg = p};
    p->safety = safety_new(&o);
    say(p, "guardian %d %d", (int)guardian_pid(p->rack->guardian),
        guardian_armed(p->rack->guardian, p->id));
    return -1;
}

/* 'h': hang until the next byte comes. 'q': an orderly end. */
static void on_go(void *arg, int fd, int events)
{
    struct program *p = arg;
    char c = 0;
    (void)events;
    if (read(fd, &c, 1) == 1 && c == 'h') {
        struct pollfd stuck = {.fd = fd, .events = POLLIN};
        if (poll(&stuck, 1, -1) == 1 && read(fd, &c, 1) == 1)
            say(p, "goes on, held %d", safety_held(p->safety) != 0);
        return;
    }
    loop_stop(p->loop);
}

static void program(const char *line, const struct device_request *q, int say_fd, int go_fd)
{
    struct program p = {.say = say_fd, .go = go_fd, .ask = *q};
    struct rack_asker me = {.who = "test"};
    struct device_request connect = {.verb = ASK_CONNECT};
    struct error e;
    p.loop = loop_new(clock_system());
    struct rack_options o = {
        .loop = p.loop, .clock = clock_system(), .watched = true, .event = told, .arg = &p};
    p.rack = rack_new(&o);
    if (rack_add(p.rack, "Thing", line, &e) != OK)
        say(&p, "refused %s", e.text);
    p.id = rack_at(p.rack, 0)->id;
    if (!rack_ask(p.rack, p.id, &connect, &me, NULL, NULL, &e))
        say(&p, "refused %s", e.text);
    loop_timer(p.loop, 20, begin, &p, "test");
    if (loop_fd(p.loop, p.go, LOOP_READ, on_go, &p, "test") != OK)
        _exit(4);
    loop_run(p.loop);
    safety_free(p.safety);
    rack_free(p.rack);
    loop_free(p.loop);
    _exit(0);
}

/* --- the world around it --------------------------------------------------------------------------- */

static struct loop *loop;
static struct sim *sim;
static pid_t pid, guardian;
static int go;
static struct str heard_of; /* what the program said */
static const char *want;
static size_t want_n, want_from;

static void on_say(void *arg, int fd, int events)
{
    char part[1000];
    (void)arg;
    (void)events;
    ssize_t n = read(fd, part, sizeof part);
    if (n > 0)
        str_addn(&heard_of, part, (size_t)n);
    else
        loop_fd_del(loop, fd);
}

static int64_t wake(void *arg)
{
    (void)arg;
    return 20;
}

/* The test's own time limit ends what never comes. */
static void until(bool (*fn)(void))
{
    while (!fn())
        loop_turn(loop, true);
}

static bool was_said(void)
{
    ck_assert_msg(!strstr(str_c(&heard_of), "refused"), "%s", str_c(&heard_of));
    return strstr(str_c(&heard_of), want) != NULL;
}

static void until_said(const char *text)
{
    want = text;
    until(was_said);
}

static bool has(const char *bytes, size_t n, size_t from)
{
    const struct str *t = sim_heard(sim);
    return t->n > from && memmem(t->s + from, t->n - from, bytes, n) != NULL;
}

static bool was_heard(void)
{
    return has(want, want_n, want_from);
}

static void until_heard(const char *bytes, size_t n, size_t from)
{
    want = bytes;
    want_n = n;
    want_from = from;
    until(was_heard);
}

static bool moves(void)
{
    double ra, dec;
    return sim_pointing(sim, &ra, &dec);
}

static bool stands(void)
{
    return !moves();
}

/* The program has ended: its guardian too, by itself, or in order and waited for by the program. */
static bool program_over(void)
{
    return waitpid(pid, NULL, WNOHANG) == pid;
}

static bool guardian_over(void)
{
    int st = 0;
    pid_t got = waitpid(guardian, &st, WNOHANG);
    if (got < 0)
        ck_assert_msg(kill(guardian, 0) != 0 && errno == ESRCH, "the guardian is left behind");
    if (got == guardian)
        ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == 0, "it ended by %x", (unsigned)st);
    return got != 0;
}

/* A program that has begun to move a simulated device. */
static void up(const char *device, const char *kind, const char *options,
               const struct device_request *q)
{
    struct error err;
    int out[2], in[2];
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* a guardian that is left is ours */
    loop = loop_new(clock_system());
    loop_timer(loop, 20, wake, NULL, "test");
    struct sim_options so = {.loop = loop,
                             .clock = clock_system(),
                             .device = device,
                             .tcp_port = strcmp(options, "tcp") == 0 ? 0 : -1,
                             .lat_rad = 43.9317 * DEG,
                             .lon_rad = 5.7133 * DEG,
                             .ra_rad = 30 * DEG,
                             .dec_rad = 62 * DEG,
                             .slew_deg_s = 1};
    sim = sim_new(&so, &err);
    ck_assert_msg(sim != NULL, "%s", err.text);
    ck_assert_int_eq(pipe(out), 0);
    ck_assert_int_eq(pipe(in), 0);
    char line[300];
    snprintf(line, sizeof line, "%s %s %s", kind, sim_driver(device), sim_address(sim));
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        close(out[0]);
        close(in[1]);
        program(line, q, out[1], in[0]);
    }
    close(out[1]);
    close(in[0]);
    go = in[1];
    str_reset(&heard_of);
    ck_assert_int_eq(loop_fd(loop, out[0], LOOP_READ, on_say, NULL, "test"), OK);
    until_said("guardian ");
    int armed = 0, g = 0;
    ck_assert_int_eq(sscanf(strstr(str_c(&heard_of), "guardian "), "guardian %d %d", &g, &armed),
                     2);
    ck_assert_int_eq(armed, 1);
    guardian = g;
}

static void down(void)
{
    until(program_over);
    until(guardian_over);
    close(go);
    sim_free(sim);
    loop_free(loop);
    str_clear(&heard_of);
}

static const struct device_request slew = {.verb = ASK_SLEW, .ra_rad = 2.6, .dec_rad = 1.25};

/* The stops by the protocols' documents; the part of each that ends every motion. */
static const struct row {
    const char *device, *kind, *options, *stop;
    size_t n;
    struct device_request q;
} row[] = {
    {"onstep", "mount", "", ":Q#", 3, {.verb = ASK_SLEW, .ra_rad = 2.6, .dec_rad = 1.25}},
    {"onstep", "mount", "tcp", ":Q#", 3, {.verb = ASK_SLEW, .ra_rad = 2.6, .dec_rad = 1.25}},
    {"nexstar", "mount", "", "M", 1, {.verb = ASK_SLEW, .ra_rad = 2.6, .dec_rad = 1.25}},
    {"nexstar",
     "mount",
     "",
     "P\2\20\44\0\0\0\0",
     8, /* jog: rate 0 of the first axis too */
     {.verb = ASK_MOVE, .direction = MOVE_EAST, .n = 9, .move_ms = 60000}},
    {"ioptron", "mount", "", ":Q#", 3, {.verb = ASK_SLEW, .ra_rad = 2.6, .dec_rad = 1.25}},
    {"onstep",
     "mount",
     "",
     ":Qe#",
     4,
     {.verb = ASK_MOVE, .direction = MOVE_EAST, .n = 4, .move_ms = 60000}},
};

START_TEST(killed_while_it_moves)
{
    const struct row *w = &row[_i];
    up(w->device, w->kind, w->options, &w->q);
    until(moves);
    size_t had = sim_heard(sim)->n;
    kill(pid, SIGKILL);
    until_heard(w->stop, w->n, had);
    until(stands);
    down();
}
END_TEST

START_TEST(killed_while_a_focuser_runs)
{
    struct device_request q = {.verb = ASK_FOCUS_TO, .n = 60000};
    up("moonlite", "focuser", "", &q);
    until_heard(":FG#", 4, 0);
    size_t had = sim_heard(sim)->n;
    kill(pid, SIGKILL);
    until_heard(":FQ#", 4, had);
    down();
}
END_TEST

START_TEST(crashed_while_it_moves)
{
    up("onstep", "mount", "", &slew);
    until(moves);
    size_t had = sim_heard(sim)->n;
    kill(pid, SIGABRT);
    until_heard(":Q#", 3, had);
    until(stands);
    down();
}
END_TEST

/* The signals that end a group of processes end no guardian. */
START_TEST(deaf_to_the_signals_of_its_group)
{
    up("onstep", "mount", "", &slew);
    until(moves);
    static const int signo[] = {SIGINT, SIGHUP, SIGTERM, SIGQUIT};
    for (size_t i = 0; i < sizeof signo / sizeof *signo; i++)
        kill(guardian, signo[i]);
    ck_assert(getsid(guardian) == guardian && getpgid(guardian) == guardian);
    size_t had = sim_heard(sim)->n;
    kill(pid, SIGKILL);
    until_heard(":Q#", 3, had);
    down();
}
END_TEST

START_TEST(stopped_as_a_process)
{
    up("onstep", "mount", "", &slew);
    until(moves);
    size_t had = sim_heard(sim)->n;
    kill(pid, SIGSTOP);
    until_heard(":Q#", 3, had);
    until(stands);
    kill(pid, SIGCONT);
    until_said("the guardian stopped Thing at ");
    ck_assert(write(go, "q", 1) == 1);
    down();
}
END_TEST

/* It comes back, says what happened, stops once more by itself, and holds its scripts. */
START_TEST(stuck_in_its_loop)
{
    up("onstep", "mount", "", &slew);
    until(moves);
    size_t had = sim_heard(sim)->n;
    ck_assert(write(go, "h", 1) == 1);
    until_heard(":Q#", 3, had);
    until(stands);
    had = sim_heard(sim)->n;
    ck_assert_ptr_null(strstr(str_c(&heard_of), "the guardian stopped"));
    ck_assert(write(go, "!", 1) == 1);
    until_said("guard ! guardian: the guardian stopped Thing at ");
    until_said(" UTC: the program did not answer for 3 s");
    until_heard(":Q#", 3, had); /* its own */
    ck_assert(write(go, "hx", 2) == 2);
    until_said("goes on, held 1");
    ck_assert(write(go, "q", 1) == 1);
    down();
}
END_TEST

/* A slew that ends, a program that ends: nothing is written, nobody is left. */
START_TEST(a_slew_that_ends_is_nobodys_business)
{
    struct device_request q = {.verb = ASK_SLEW, .ra_rad = 31 * DEG, .dec_rad = 61 * DEG};
    up("onstep", "mount", "", &q);
    until_said("done 0");
    ck_assert(write(go, "q", 1) == 1);
    until(program_over);
    until(guardian_over); /* whatever it would have written, it has */
    int64_t end = loop_now_ms(loop) + 100;
    while (loop_now_ms(loop) < end)
        loop_turn(loop, true);
    ck_assert(!has(":Q#", 3, 0));
    sim_free(sim);
    loop_free(loop);
    str_clear(&heard_of);
    close(go);
}
END_TEST

/* Killed a second after it arrived: what stands is not stopped. */
START_TEST(killed_at_rest)
{
    struct device_request q = {.verb = ASK_SLEW, .ra_rad = 31 * DEG, .dec_rad = 61 * DEG};
    up("onstep", "mount", "", &q);
    until_said("done 0");
    int64_t end = loop_now_ms(loop) + 2000; /* it looks twice a second */
    while (loop_now_ms(loop) < end)
        loop_turn(loop, true);
    kill(pid, SIGKILL);
    until(program_over);
    until(guardian_over);
    ck_assert(!has(":Q#", 3, 0));
    sim_free(sim);
    loop_free(loop);
    str_clear(&heard_of);
    close(go);
}
END_TEST

/* A guardian that is killed is missed, and another takes its place. */
START_TEST(a_guardian_that_is_killed)
{
    up("onstep", "mount", "", &slew);
    until(moves);
    kill(guardian, SIGKILL);
    until_said("another is begun");
    size_t had = sim_heard(sim)->n;
    kill(pid, SIGKILL);
    until_heard(":Q#", 3, had);
    waitpid(pid, NULL, 0);
    pid_t got;
    int st;
    while ((got = waitpid(-1, &st, 0)) > 0) /* the second one, ours now */
        ck_assert(WIFEXITED(st));
    sim_free(sim);
    loop_free(loop);
    str_clear(&heard_of);
    close(go);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guardian");
    TCase *t = tcase_create("guardian");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, killed_while_it_moves, 0, sizeof row / sizeof *row);
    tcase_add_test(t, killed_while_a_focuser_runs);
    tcase_add_test(t, crashed_while_it_moves);
    tcase_add_test(t, deaf_to_the_signals_of_its_group);
    tcase_add_test(t, stopped_as_a_process);
    tcase_add_test(t, stuck_in_its_loop);
    tcase_add_test(t, a_slew_that_ends_is_nobodys_business);
    tcase_add_test(t, killed_at_rest);
    tcase_add_test(t, a_guardian_that_is_killed);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
