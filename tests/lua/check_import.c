/* check_import.c - scripts taken from the web into the library: over TLS from openssl's own server, shown, asked
 * about, kept or not; and everything that is refused. Sums are sha256sum's.
 */
#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/session/console.h"
#include "../io/outside.h"
#include "../io/server.h"
#include "vigie/base/file.h"
#include "vigie/lua/lua.h"
#include "vigie/session/options.h"

static struct loop *loop;
static struct session *s;
static struct console *c;
static char folder[40];
static pid_t child;
static int port;

static void run(const char *fmt, ...) PRINTF(1, 2);
static void run(const char *fmt, ...)
{
    char text[1000];
    va_list ap;
    va_start(ap, fmt);
    ck_assert_int_lt(vsnprintf(text, sizeof text, fmt, ap), (int)sizeof text);
    va_end(ap);
    ck_assert_msg(system(text) == 0, "%s", text);
}

/* An answer of the server: its file is sent as it is. */
static void serve(const char *name, const char *head, const char *body, size_t n)
{
    struct str t = {0};
    struct error err;
    char *path = mem_printf("%s/%s", folder, name);
    str_addf(&t, "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", head, n);
    str_addn(&t, body, n);
    ck_assert_int_eq(file_replace(path, str_c(&t), t.n, 0600, &err), OK);
    str_clear(&t);
    free(path);
}

static bool listens(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool up = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return up;
}

static void start_server(void)
{
    static const struct server_step nothing = {.answer = ""};
    struct server *free_port = server_start(&nothing, 1); /* and no proxies */
    port = server_port(free_port);
    server_stop(free_port);
    run("cd %s && openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 "
        "-subj /CN=test -addext subjectAltName=IP:" PUBLIC " 2>log",
        folder);
    child = fork();
    if (child == 0) {
        char text[20];
        snprintf(text, sizeof text, "%d", port);
        if (chdir(folder) != 0)
            _exit(99);
        execlp("openssl", "openssl", "s_server", "-quiet", "-accept", text, "-key", "key", "-cert",
               "cert", "-HTTP", (char *)NULL);
        _exit(99);
    }
    for (int i = 0; i < 200 && !listens(); i++)
        usleep(50000);
}

static void setup(void)
{
    struct error err;
    strcpy(folder, "/tmp/importXXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    start_server();
    char *cert = mem_printf("%s/cert", folder), *config = mem_printf("%s/config", folder);
    setenv("SSL_CERT_FILE", cert, 1);
    setenv("XDG_CONFIG_HOME", config, 1);
    free(config);
    free(cert);
    unsetenv("VIGIE_REPLAY");
    setenv("XDG_DATA_HOME", folder, 1);
    console_door(&lua_console);
    loop = loop_new(clock_system());
    struct session_setup o = {.loop = loop,
                              .clock = clock_system(),
                              .conf = conf_new(session_options),
                              .offline = true,
                              .log_folder = folder};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
    c = session_console(s);
    s->setup.offline = false; /* nothing but what is asked for here reaches the network */
}

static void teardown(void)
{
    session_free(s);
    loop_free(loop);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    unsetenv("SSL_CERT_FILE");
    run("rm -rf %s", folder);
}

static const char *lines(uint64_t from)
{
    static struct str all;
    str_reset(&all);
    for (uint64_t i = from; i < console_end(c); i++)
        str_addf(&all, "%s\n", console_at(c, i).text);
    return str_c(&all);
}

/* Asks for a file of the server, waits for the question or the refusal; what the console said. */
static const char *fetch_from(const char *host, const char *name)
{
    struct error err;
    uint64_t from = console_end(c);
    char *url = mem_printf("https://%s:%d/%s", host, port, name);
    ck_assert_msg(console_import_url(c, url, &err) == OK, "%s", err.text);
    free(url);
    for (int i = 0; i < 3000 && !console_question(c) && !strstr(lines(from), "was not taken");
         i++) {
        session_turn(s);
        loop_turn(loop, false);
        usleep(2000);
    }
    return lines(from);
}

static const char *fetch(const char *name)
{
    return fetch_from(PUBLIC, name);
}

static bool there(const char *name)
{
    char *path = mem_printf("%s/vigie/scripts/%s", folder, name);
    bool is = access(path, F_OK) == 0;
    free(path);
    return is;
}

static const char script[] = "--[[ vigie-script\nname = \"Flat\"\nsummary = \"Sky flats\"\n"
                             "author = \"A. Observer\"\nneeds = { \"sky\", \"camera\" }\n"
                             "param n : int = 5\n]]\nprint(p.n)\n";

START_TEST(it_is_shown_and_asked_about)
{
    static const char newer[] = "--[[ vigie-script\nname = \"Flat\"\nsummary = \"Sky flats\"\n"
                                "author = \"A. Observer\"\nneeds = { \"sky\", \"mount\" }\n"
                                "param n : int = 5\n]]\nprint(p.n)\n";
    serve("flat.lua", "200 OK", script, sizeof script - 1);
    const char *said = fetch("flat.lua");
    char *want =
        mem_printf("flat.lua from https://" PUBLIC ":%d/flat.lua: Sky flats, by A. Observer\n"
                   "sha256: SUM\nneeds: sky camera\nparam: n : int = 5\n"
                   "flat.lua is not there yet:\n@@ 1 1\n+--[[ vigie-script\n",
                   port);
    struct str sum = {0};
    run("tail -n +5 %s/flat.lua | sha256sum | cut -d' ' -f1 | tr -d '\\n' >%s/sum", folder, folder);
    char *path = mem_printf("%s/sum", folder);
    struct error err;
    ck_assert_int_eq(file_read(path, 100, &sum, &err), OK);
    char *at = strstr(want, "SUM");
    char *full = mem_printf("%.*s%s%s", (int)(at - want), want, str_c(&sum), at + 3);
    ck_assert_msg(!strncmp(said, full, strlen(full)), "%s\nand not\n%s", said, full);
    ck_assert(strstr(said, "\n+print(p.n)\nTake flat.lua into the library?") != NULL);
    free(full);
    free(want);
    free(path);
    str_clear(&sum);

    ck_assert(!there("flat.lua"));
    uint64_t from = console_end(c);
    console_enter(c, "6*7"); /* neither yes nor no: it goes on waiting */
    ck_assert_str_eq(lines(from), "flat.lua: yes or no?\n");
    ck_assert_ptr_nonnull(console_question(c));
    ck_assert_str_eq(console_past(c, 0), "6*7");
    console_enter(c, "no");
    ck_assert_ptr_null(console_question(c));
    ck_assert(!there("flat.lua"));

    fetch("flat.lua");
    serve("flat.lua", "200 OK", newer, sizeof newer - 1); /* what was shown is what is kept */
    console_enter(c, "yes");
    ck_assert(there("flat.lua"));
    const struct console_script *k = console_script_find(c, "flat");
    ck_assert_str_eq(k->from, "imported");
    ck_assert_str_eq(k->needs, "sky camera");
    ck_assert_int_eq(console_trust(c, k->path), TRUST_IMPORTED);

    said = fetch("flat.lua");
    ck_assert_msg(strstr(said, "against flat.lua (imported):\n") != NULL, "%s", said);
    ck_assert_msg(
        strstr(said, "\n-needs = { \"sky\", \"camera\" }\n+needs = { \"sky\", \"mount\" }\n") !=
            NULL,
        "%s", said);
    ck_assert(strstr(said, "+print") == NULL);
    console_enter(c, "y");
    ck_assert_str_eq(console_script_find(c, "flat")->needs, "sky mount");
}
END_TEST

START_TEST(what_is_no_script_is_not_taken)
{
    static char big[SCRIPT_MAX + 2];
    memset(big, '-', sizeof big - 1);
    serve("wrong.lua", "200 OK", "x = = 1\n", 8);
    serve("bytes.lua", "200 OK", "--\xff\xfe\n", 5);
    serve("zero.lua", "200 OK", "x\0y", 3);
    serve("head.lua", "200 OK", "--[[ vigie-script\nparam : x\n]]\n", 31);
    serve("big.lua", "200 OK", big, sizeof big - 1);
    serve("none.lua", "404 Not Found", "no", 2);
    static const struct {
        const char *name, *why;
    } row[] = {{"wrong.lua", "unexpected symbol"}, {"bytes.lua", "no text in UTF-8"},
               {"zero.lua", "no text in UTF-8"},   {"head.lua", "line 2"},
               {"big.lua", "larger than 1 MB"},    {"none.lua", "404"}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const char *said = fetch(row[i].name);
        ck_assert_msg(strstr(said, "was not taken: ") && strstr(said, row[i].why), "%s: %s",
                      row[i].name, said);
        ck_assert_ptr_null(console_question(c));
        ck_assert(!there(row[i].name));
    }
}
END_TEST

START_TEST(addresses_that_are_refused)
{
    static const struct {
        const char *url;
        enum status status;
    } row[] = {
        {"http://" PUBLIC "/flat.lua", E_REFUSED},   {"ftp://" PUBLIC "/flat.lua", E_REFUSED},
        {"file:///etc/passwd.lua", E_REFUSED},       {"https://" PUBLIC "/", E_RANGE},
        {"https://" PUBLIC "/flat.py", E_RANGE},     {"https://" PUBLIC "/..%2fx.lua", E_RANGE},
        {"https://" PUBLIC "/?x=flat.lua", E_RANGE}, {"https://" PUBLIC "/.flat.lua", E_RANGE}};
    struct error err;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        ck_assert_msg(console_import_url(c, row[i].url, &err) == row[i].status, "%s: %s",
                      row[i].url, err.text);
    serve("flat.lua", "200 OK", script, sizeof script - 1);
    static const char *const inside[] = {"127.0.0.1",   "localhost", "10.1.2.3",
                                         "192.168.0.1", "[::1]",     "169.254.169.254"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        const char *said = fetch_from(inside[i], "flat.lua");
        ck_assert_msg(strstr(said, "lies in the local network") != NULL, "%s: %s", inside[i], said);
    }
    char *head = mem_printf("302 Found\r\nLocation: https://127.0.0.1:%d/flat.lua", port);
    serve("moved.lua", head, "", 0);
    ck_assert(strstr(fetch("moved.lua"), "lies in the local network") != NULL);
    free(head);
    serve("plain.lua", "302 Found\r\nLocation: http://" PUBLIC "/flat.lua", "", 0);
    ck_assert(strstr(fetch("plain.lua"), "redirects") != NULL);
    ck_assert_ptr_null(console_question(c));
}
END_TEST

START_TEST(nobody_vouches_for_it)
{
    unsetenv("SSL_CERT_FILE");
    serve("flat.lua", "200 OK", script, sizeof script - 1);
    const char *said = fetch("flat.lua");
    ck_assert_msg(strstr(said, "its certificate cannot be verified") != NULL, "%s", said);
    ck_assert(!there("flat.lua"));
}
END_TEST

START_TEST(one_at_a_time_and_none_offline)
{
    struct error err;
    serve("flat.lua", "200 OK", script, sizeof script - 1);
    fetch("flat.lua");
    ck_assert_int_eq(console_import_url(c, "https://" PUBLIC "/other.lua", &err), E_BUSY);
    ck_assert_str_eq(err.text, "flat.lua: yes or no?");
    /* the session ends while it waits for the answer: nothing is left */
    session_free(s);
    struct session_setup o = {.loop = loop,
                              .clock = clock_system(),
                              .conf = conf_new(session_options),
                              .offline = true,
                              .log_folder = folder};
    ck_assert_int_eq(session_new(&o, &s, &err), OK);
    c = session_console(s);
    ck_assert_int_eq(console_import_url(c, "https://" PUBLIC "/flat.lua", &err), E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "offline"));
    ck_assert_int_eq(console_import_url(c, "https://" PUBLIC "/flat.lua", &err), E_REFUSED);
}
END_TEST

int main(void)
{
    if (system("openssl version >/dev/null 2>&1") != 0) {
        fprintf(stderr, "check_import: no openssl command, scripts from the web are not tested\n");
        return EXIT_SUCCESS;
    }
    Suite *suite = suite_create("import");
    TCase *tc = tcase_create("import");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, it_is_shown_and_asked_about);
    tcase_add_test(tc, what_is_no_script_is_not_taken);
    tcase_add_test(tc, addresses_that_are_refused);
    tcase_add_test(tc, nobody_vouches_for_it);
    tcase_add_test(tc, one_at_a_time_and_none_offline);
    suite_add_tcase(suite, tc);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
