/* home.c - see home.h. */
#include "home.h"

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

#include "vigie/base/file.h"

char root[64], home[80], program[100];
struct str out, said;
struct error err;

void home_setup(void)
{
    struct stat sb;
    struct str t = {0};
    const char *vigie = getenv("VIGIE");
    ck_assert_ptr_nonnull(vigie);
    snprintf(root, sizeof root, "/tmp/vigie-home-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    ck_assert_int_eq(chmod(root, 0755), 0);
    snprintf(home, sizeof home, "%s/home", root);
    ck_assert_int_eq(mkdir(home, 0755), 0);
    snprintf(program, sizeof program, "%s/vigie", root);
    ck_assert_int_eq(stat(vigie, &sb), 0);
    ck_assert_int_eq(file_read(vigie, (size_t)sb.st_size, &t, &err), OK);
    ck_assert_int_eq(file_replace(program, t.s, t.n, 0755, &err), OK);
    str_clear(&t);
}

void home_teardown(void)
{
    char cmd[200];
    umount2(home, MNT_DETACH);
    snprintf(cmd, sizeof cmd, "chmod -R u+rwx '%s'; rm -rf '%s'", root, root);
    ck_assert_int_eq(system(cmd), 0);
    str_clear(&out);
    str_clear(&said);
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

static pid_t start(int how, const char *const argv[], int to_out, int to_err)
{
    pid_t child = fork();
    if (child == 0) {
        become(how);
        dup2(to_out, 1);
        dup2(to_err, 2);
        execv(program, (char *const *)argv);
        _exit(98);
    }
    close(to_out);
    return child;
}

int home_run(int how, const char *const argv[])
{
    int o[2], e = open(root, O_TMPFILE | O_RDWR, 0600), status;
    ck_assert_int_eq(pipe(o), 0);
    pid_t child = start(how, argv, o[1], e);
    read_all(o[0], &out);
    waitpid(child, &status, 0);
    ck_assert_int_eq(lseek(e, 0, SEEK_SET), 0);
    read_all(e, &said);
    ck_assert_msg(WIFEXITED(status), "ended by signal %d: %s", WTERMSIG(status), str_c(&said));
    return WEXITSTATUS(status);
}

pid_t home_start(int how, const char *const argv[])
{
    int nowhere = open("/dev/null", O_WRONLY);
    return start(how, argv, nowhere, nowhere);
}

bool home_small_disk(const char *size)
{
    char text[40];
    snprintf(text, sizeof text, "size=%s", size);
    return getuid() == 0 && mount("none", home, "tmpfs", 0, text) == 0;
}

void says(const char *text)
{
    ck_assert_msg(strstr(str_c(&said), text) != NULL, "%s is not in: %s", text, str_c(&said));
}

int home_cases(const char *name, void (*add)(TCase *t))
{
    Suite *suite = suite_create(name);
    TCase *t = tcase_create(name);
    tcase_add_checked_fixture(t, home_setup, home_teardown);
    tcase_set_timeout(t, 120);
    add(t);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
