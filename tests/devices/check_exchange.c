/* check_exchange.c - questions and answers on a wire that is a text, and the texts of the LX200 family. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/devices/lx200.h"
#include "desk.h"

static struct slot slot;
static struct exchange *x;
static struct str told;
static int silent;

static void on_write(void *arg, const void *bytes, size_t n)
{
    (void)arg;
    str_addn(&slot.sent, bytes, n);
}

static void on_silent(void *arg, const char *why)
{
    (void)arg;
    (void)why;
    silent++;
}

static void done(void *self, const struct xreply *r, int tag)
{
    (void)self;
    str_addf(&told, "%d:%s:%s ", tag, r->status == OK ? "ok" : status_name(r->status), r->s);
}

static void setup(void)
{
    memset(&slot, 0, sizeof slot);
    clock_manual_init(&slot.clock, 0);
    struct exchange_way way = {
        .slot = &slot, .mark = ':', .blanks = true, .write = on_write, .silent = on_silent};
    way.sync = (struct xcmd){.reply = REPLY_HASH, .ok = lx200_ok_ra, .deadline_ms = 500};
    xcmd_text(&way.sync, ":GR#");
    x = exchange_new(&way);
    silent = 0;
}

static void teardown(void)
{
    exchange_free(x);
    str_clear(&told);
    str_clear(&slot.sent);
    str_clear(&slot.said);
}

static void put(enum xrank rank, int tag, enum reply reply, const char *text,
                bool (*ok)(const char *, size_t))
{
    struct xcmd c = {.reply = reply, .deadline_ms = 1000, .tag = tag, .done = done, .ok = ok};
    xcmd_text(&c, "%s", text);
    ck_assert_int_eq(exchange_put(x, rank, &c), OK);
}

static void feed(const char *s)
{
    exchange_feed(x, s, strlen(s));
}

static void pass(int ms)
{
    for (int i = 0; i < ms; i += 10) {
        clock_manual_step(&slot.clock, 10000000);
        (void)exchange_tick(x);
    }
}

static void sent(const char *s)
{
    ck_assert_str_eq(str_c(&slot.sent), s);
    str_reset(&slot.sent);
}

START_TEST(order)
{
    put(X_POLL, 1, REPLY_HASH, ":GR#", lx200_ok_ra);
    put(X_POLL, 2, REPLY_HASH, ":GD#", lx200_ok_dec);
    put(X_USER, 3, REPLY_CHAR, ":Sr05:00:00#", lx200_ok_digit);
    (void)exchange_tick(x);
    sent(":Sr05:00:00#"); /* one under way, the observer's first */
    feed("1");
    sent(":GR#");
    put(X_USER, 4, REPLY_CHAR, ":Sd+20*00#", lx200_ok_digit);
    struct xcmd stop = {.reply = REPLY_NONE, .done = done, .tag = 9};
    xcmd_text(&stop, ":Q#");
    exchange_stop(x, &stop, 1);
    sent(":Q#"); /* at once; what waited is gone */
    ck_assert_str_eq(str_c(&told), "3:ok:1 4:cancelled: 2:cancelled: 9:ok: ");
    str_reset(&told);
    feed("05:34:31#"); /* the answer that was due still belongs to its question */
    ck_assert_str_eq(str_c(&told), "1:ok:05:34:31 ");
    sent("");
}
END_TEST

START_TEST(late)
{
    put(X_POLL, 1, REPLY_HASH, ":GR#", lx200_ok_ra);
    put(X_POLL, 2, REPLY_HASH, ":GD#", lx200_ok_dec);
    (void)exchange_tick(x);
    sent(":GR#");
    pass(1000);
    ck_assert_str_eq(str_c(&told), "1:timeout: ");
    ck_assert_uint_eq(slot.bad, 1);
    feed("05:34:31#"); /* too late: swallowed, and silence is waited for anew */
    pass(290);
    sent("");
    pass(20);
    sent(":GR#"); /* the question of known shape */
    feed("05:34:31#");
    sent(":GD#");
    feed("+22*00:52#");
    ck_assert_str_eq(str_c(&told), "1:timeout: 2:ok:+22*00:52 ");
    ck_assert_int_eq(silent, 0);
}
END_TEST

START_TEST(gone)
{
    put(X_POLL, 1, REPLY_HASH, ":GR#", lx200_ok_ra);
    put(X_POLL, 2, REPLY_HASH, ":GD#", lx200_ok_dec);
    (void)exchange_tick(x);
    pass(1900);
    ck_assert_int_eq(silent, 1);
    sent(":GR#:GR#");
    pass(5000);
    sent("");
    struct xcmd stop = {.reply = REPLY_NONE};
    xcmd_text(&stop, ":Q#");
    exchange_stop(x, &stop, 1);
    sent(":Q#"); /* all the same */
}
END_TEST

START_TEST(shapes)
{
    put(X_USER, 1, REPLY_HASH, ":GR#", lx200_ok_ra);
    (void)exchange_tick(x);
    feed(":GR"); /* echoed, in pieces, with ends of lines */
    feed("#\r\n 05:3");
    feed("4:31#");
    ck_assert_str_eq(str_c(&told), "1:ok:05:34:31 ");
    str_reset(&told);
    feed("stray#"); /* unasked */
    ck_assert_uint_eq(slot.bad, 1);
    put(X_USER, 2, REPLY_HASH, ":GR#", lx200_ok_ra);
    (void)exchange_tick(x);
    feed("+22*00:52#");
    ck_assert_str_eq(str_c(&told), "2:parse: ");
    ck_assert_uint_eq(slot.bad, 2);
    /* the length of an answer is bounded */
    pass(400);
    feed("05:34:31#");
    put(X_USER, 3, REPLY_HASH, ":GR#", lx200_ok_ra);
    (void)exchange_tick(x);
    char *many = malloc(40000);
    memset(many, '5', 39999);
    many[39999] = 0;
    feed(many);
    free(many);
    ck_assert_uint_eq(slot.bad, 3);
}
END_TEST

START_TEST(texts)
{
    static const struct {
        const char *text;
        double hours;
        bool low;
    } ra[] = {{"05:34:31", 5 + 34 / 60.0 + 31 / 3600.0, false},
              {"05:34.5", 5 + 34.5 / 60, true},
              {"23:59:60", 0, false},
              {"24:00:00", 0, false},
              {"05:34:31.25", 5 + 34 / 60.0 + 31.25 / 3600, false}};
    static const char *const no_ra[] = {"",          "5:34:31",  "05:34:31#",
                                        "+05:34:31", "25:00:00", "05:61:00",
                                        "05-34-31",  "05:34:3",  "nan"};
    static const struct {
        const char *text;
        double deg;
        bool low;
    } dec[] = {{"-00*30", -0.5, true},
               {"+22*00:52", 22 + 52 / 3600.0, false},
               {"+22\xDF"
                "00'52",
                22 + 52 / 3600.0, false},
               {"-22:00:52", -(22 + 52 / 3600.0), false},
               {"+22\xB0"
                "00",
                22, true},
               {"-89*59:60", -90, false}};
    static const char *const no_dec[] = {"",         "22*00:52", "+2*00", "+22*00:52x",
                                         "05:34:31", "+",        "+22*"};
    double v;
    bool low;
    for (size_t i = 0; i < sizeof ra / sizeof *ra; i++) {
        ck_assert_msg(lx200_hours(ra[i].text, strlen(ra[i].text), &v, &low), "%s", ra[i].text);
        ck_assert(low == ra[i].low);
        ck_assert_double_le(fabs(remainder(v - ra[i].hours, 24)), 1e-9);
    }
    for (size_t i = 0; i < sizeof no_ra / sizeof *no_ra; i++)
        ck_assert_msg(!lx200_hours(no_ra[i], strlen(no_ra[i]), &v, &low), "\"%s\" was taken",
                      no_ra[i]);
    for (size_t i = 0; i < sizeof dec / sizeof *dec; i++) {
        ck_assert_msg(lx200_degrees(dec[i].text, strlen(dec[i].text), true, &v, &low), "%s",
                      dec[i].text);
        ck_assert(low == dec[i].low);
        ck_assert_double_eq_tol(v, dec[i].deg, 1e-9);
    }
    for (size_t i = 0; i < sizeof no_dec / sizeof *no_dec; i++)
        ck_assert_msg(!lx200_degrees(no_dec[i], strlen(no_dec[i]), true, &v, &low),
                      "\"%s\" was taken", no_dec[i]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exchange");
    TCase *c = tcase_create("exchange");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, order);
    tcase_add_test(c, late);
    tcase_add_test(c, gone);
    tcase_add_test(c, shapes);
    tcase_add_test(c, texts);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
