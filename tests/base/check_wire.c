/* check_wire.c - frames in any pieces, lengths that lie, hellos of another version, the socket's
 * folder. The bytes of a frame are written down here by hand.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vigie/base/wire.h"

START_TEST(frame_is_type_length_bytes)
{
    struct str out = {0};
    wire_put(&out, WIRE_KEYS, "jk", 2);
    ck_assert_uint_eq(out.n, 7);
    ck_assert_mem_eq(out.s, "K\2\0\0\0jk", 7);
    str_clear(&out);
}
END_TEST

START_TEST(frames_come_whole_from_any_pieces)
{
    struct str out = {0};
    char *big = malloc(150000);
    memset(big, 'x', 150000);
    wire_put(&out, WIRE_PING, NULL, 0);
    wire_put_screen(&out, big, 150000);
    wire_put_size(&out, 24, 80);
    for (size_t step = 1; step < 70000; step = step * 3 + 1) {
        struct wire_in in = {0};
        struct wire_frame f;
        size_t screen = 0, n = 0;
        int rows = 0, cols = 0;
        for (size_t at = 0; at < out.n; at += step) {
            wire_feed(&in, out.s + at, out.n - at < step ? out.n - at : step);
            while (wire_next(&in, &f) == 1) {
                n++;
                if (f.type == WIRE_SCREEN)
                    screen += f.n;
                if (f.type == WIRE_SIZE)
                    ck_assert_int_eq(wire_get_size(&f, &rows, &cols), OK);
            }
        }
        ck_assert_uint_eq(screen, 150000);
        ck_assert_uint_eq(n, 5); /* 65536 + 65536 + 18928, a ping, a size */
        ck_assert_int_eq(rows, 24);
        ck_assert_int_eq(cols, 80);
        wire_clear(&in);
    }
    free(big);
    str_clear(&out);
}
END_TEST

START_TEST(length_above_the_bound_is_refused_at_once)
{
    struct wire_in in = {0};
    struct wire_frame f;
    wire_feed(&in, "K\1\0\1\0", 5); /* 65537 */
    ck_assert_int_eq(wire_next(&in, &f), -1);
    wire_clear(&in);
}
END_TEST

START_TEST(hello_there_and_back)
{
    struct wire_hello h = {.version = WIRE_VERSION, .rows = 40, .cols = 120, .plain = true}, g;
    strcpy(h.env[0], "tmux-256color");
    strcpy(h.env[5], "UTF-8");
    struct str out = {0};
    struct wire_in in = {0};
    struct wire_frame f;
    wire_put_hello(&out, &h);
    wire_feed(&in, out.s, out.n);
    ck_assert_int_eq(wire_next(&in, &f), 1);
    ck_assert_int_eq(wire_get_hello(&f, &g), OK);
    ck_assert_int_eq(g.rows, 40);
    ck_assert_int_eq(g.cols, 120);
    ck_assert(g.plain);
    ck_assert_str_eq(g.env[0], "tmux-256color");
    ck_assert_str_eq(g.env[1], "");
    ck_assert_str_eq(g.env[5], "UTF-8");
    wire_clear(&in);
    str_clear(&out);
}
END_TEST

START_TEST(hello_of_another_version_says_which)
{
    struct wire_hello g;
    struct wire_frame f = {WIRE_HELLO, (const unsigned char *)"\x07\1\0\0", 4};
    ck_assert_int_eq(wire_get_hello(&f, &g), E_REFUSED);
    ck_assert_uint_eq(g.version, 263);
}
END_TEST

START_TEST(hello_that_is_broken)
{
    struct wire_hello g;
    struct wire_frame f = {WIRE_HELLO, (const unsigned char *)"\2\0\0\0\x18\0\x50\0\0xterm", 14};
    for (size_t n = 0; n < 9; n++) {
        f.n = n;
        ck_assert_int_eq(wire_get_hello(&f, &g), E_PARSE);
    }
    f.n = 14; /* the text is not ended */
    ck_assert_int_eq(wire_get_hello(&f, &g), E_PARSE);
    unsigned char longer[9 + 300] = {WIRE_VERSION, 0, 0, 0, 24, 0, 80, 0, 0};
    memset(longer + 9, 'x', 299);
    f = (struct wire_frame){WIRE_HELLO, longer, sizeof longer};
    ck_assert_int_eq(wire_get_hello(&f, &g), E_PARSE);
}
END_TEST

START_TEST(send_carries_code)
{
    struct str out = {0};
    struct wire_in in = {0};
    struct wire_frame f;
    uint32_t version;
    const char *code;
    size_t n;
    wire_put_send(&out, "print(1)", 8);
    wire_feed(&in, out.s, out.n);
    ck_assert_int_eq(wire_next(&in, &f), 1);
    ck_assert_int_eq(wire_get_send(&f, &version, &code, &n), OK);
    ck_assert_uint_eq(n, 8);
    ck_assert_mem_eq(code, "print(1)", 8);
    f = (struct wire_frame){WIRE_SEND, (const unsigned char *)"\7\0\0\0x", 5};
    ck_assert_int_eq(wire_get_send(&f, &version, &code, &n), E_REFUSED);
    ck_assert_uint_eq(version, 7);
    f.n = 3;
    ck_assert_int_eq(wire_get_send(&f, &version, &code, &n), E_PARSE);
    wire_clear(&in);
    str_clear(&out);
}
END_TEST

START_TEST(welcome_and_bye)
{
    struct str out = {0};
    struct wire_in in = {0};
    struct wire_frame f;
    uint32_t version, pid;
    char log[1024];
    wire_put_welcome(&out, 4711, "/var/log/x");
    wire_put_bye(&out, 3, "over");
    wire_feed(&in, out.s, out.n);
    ck_assert_int_eq(wire_next(&in, &f), 1);
    ck_assert_int_eq(wire_get_welcome(&f, &version, &pid, log), OK);
    ck_assert_uint_eq(version, WIRE_VERSION);
    ck_assert_uint_eq(pid, 4711);
    ck_assert_str_eq(log, "/var/log/x");
    ck_assert_int_eq(wire_next(&in, &f), 1);
    ck_assert_int_eq(f.type, WIRE_BYE);
    ck_assert_uint_eq(f.n, 5);
    ck_assert_mem_eq(f.bytes, "\3over", 5);
    wire_clear(&in);
    str_clear(&out);
}
END_TEST

START_TEST(size_is_brought_into_its_range)
{
    int rows, cols;
    struct wire_frame f = {WIRE_SIZE, (const unsigned char *)"\0\0\xff\xff", 4};
    ck_assert_int_eq(wire_get_size(&f, &rows, &cols), OK);
    ck_assert_int_eq(rows, 1);
    ck_assert_int_eq(cols, 1000);
}
END_TEST

START_TEST(socket_lies_in_a_folder_of_ones_own)
{
    char dir[] = "/tmp/wireXXXXXX";
    struct error err;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    setenv("XDG_RUNTIME_DIR", dir, 1);
    char *a = wire_socket("/tmp/one.db", &err), *b = wire_socket("/tmp/other.db", &err),
         *d = wire_socket(NULL, &err), *again = wire_socket("/tmp/../tmp/one.db", &err);
    ck_assert_ptr_nonnull(a);
    ck_assert_str_ne(a, b);
    ck_assert_str_ne(a, d);
    ck_assert_str_eq(a, again);
    ck_assert_ptr_nonnull(strstr(a, dir));
    char folder[64];
    snprintf(folder, sizeof folder, "%s/vigie", dir);
    struct stat st;
    ck_assert_int_eq(stat(folder, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0700);
    chmod(folder, 0755);
    ck_assert_ptr_null(wire_socket(NULL, &err));
    ck_assert_int_eq(err.status, E_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "chmod 700"));
    rmdir(folder);
    ck_assert_int_eq(symlink("/", folder), 0); /* a link is no folder of one's own */
    ck_assert_ptr_null(wire_socket(NULL, &err));
    ck_assert_int_eq(err.status, E_REFUSED);
    unlink(folder);
    rmdir(dir);
    free(a);
    free(b);
    free(d);
    free(again);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wire");
    TCase *t = tcase_create("wire");
    tcase_add_test(t, frame_is_type_length_bytes);
    tcase_add_test(t, frames_come_whole_from_any_pieces);
    tcase_add_test(t, length_above_the_bound_is_refused_at_once);
    tcase_add_test(t, hello_there_and_back);
    tcase_add_test(t, hello_of_another_version_says_which);
    tcase_add_test(t, hello_that_is_broken);
    tcase_add_test(t, send_carries_code);
    tcase_add_test(t, welcome_and_bye);
    tcase_add_test(t, size_is_brought_into_its_range);
    tcase_add_test(t, socket_lies_in_a_folder_of_ones_own);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
