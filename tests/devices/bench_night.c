/* bench_night.c - a night of 12 hours by a clock that is set by hand: three native devices asked for their values every second,
 * each answering as its protocol has it. That no second is lost or asked twice, that no memory stays behind, and
 * what it costs of one processor.
 */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"

enum { HOURS = 12, STEP_MS = 20 };

struct device {
    const char *driver;
    size_t (*question)(const char *s, size_t n); /* length of the first whole one, 0 none */
    const char *counted;                         /* asked once a poll */
    struct {
        const char *asked, *answer;
        size_t n;
    } row[16];
    struct desk desk;
    long polls;
};

static size_t to_hash(const char *s, size_t n)
{
    const char *end = memchr(s, '#', n);
    return end ? (size_t)(end - s) + 1 : 0;
}

static size_t one_byte(const char *s, size_t n)
{
    (void)s;
    return n ? 1 : 0;
}

#define ROW(asked, answer)                                                                         \
    {                                                                                              \
        asked, answer, sizeof(answer) - 1                                                          \
    }
static struct device device[] = {
    {.driver = "lx200",
     .question = to_hash,
     .counted = ":GR#",
     .row = {ROW(":GVP#", "On-Step#"), ROW(":GVN#", "4.24s#"), ROW(":GR#", "05:34:31#"),
             ROW(":GD#", "+22*00:52#"), ROW(":GU#", "NpEW260#"), ROW(":GS#", "01:48:24#"),
             ROW(":Gt#", "+43*56#"), ROW(":Gg#", "-005*43#"), ROW(":GG#", "+00#"),
             ROW(":GL#", "21:14:08#"), ROW(":GC#", "11/23/26#")}},
    {.driver = "nexstar",
     .question = one_byte,
     .counted = "e",
     .row = {ROW("V", "\x04\x15#"), ROW("m", "\x14#"), ROW("J", "\x01#"), ROW("t", "\x02#"),
             ROW("w", "\x2B\x37\x36\0\x05\x2A\x30\0#"), ROW("h", "\x15\x0E\x08\x0B\x17\x1A\0\0#"),
             ROW("e", "3B7A0A00,F05B0500#"), ROW("L", "0#")}},
    {.driver = "moonlite",
     .question = to_hash,
     .counted = ":GP#",
     .row = {ROW(":GV#", "10#"), ROW(":GT#", "0019#"), ROW(":GP#", "03E8#"), ROW(":GI#", "00#")}}};
enum { DEVICES = sizeof device / sizeof device[0] };

static void answer_all(struct device *d)
{
    struct str *s = &d->desk.slot.sent;
    for (size_t n; s->n && (n = d->question(s->s, s->n)) > 0;) {
        char asked[64];
        snprintf(asked, sizeof asked, "%.*s", (int)n, s->s);
        memmove(s->s, s->s + n, s->n - n);
        s->n -= n;
        d->polls += d->desk.ready && strcmp(asked, d->counted) == 0;
        for (size_t i = 0; i < 16 && d->row[i].asked; i++)
            if (strcmp(d->row[i].asked, asked) == 0)
                desk_feed(&d->desk, d->row[i].answer, d->row[i].n);
    }
    str_reset(&d->desk.slot.said);
}

static void pass(int ms)
{
    for (int t = 0; t < ms; t += STEP_MS)
        for (int i = 0; i < DEVICES; i++) {
            desk_pass(&device[i].desk, STEP_MS, true);
            answer_all(&device[i]);
        }
}

int main(void)
{
    struct error err;
    int bad = 0;
    for (int i = 0; i < DEVICES; i++) {
        char none[1] = "";
        if (!desk_open(&device[i].desk, device[i].driver, none, &err)) {
            fprintf(stderr, "bench_night: %s\n", err.text);
            return 1;
        }
        desk_start(&device[i].desk, false);
        answer_all(&device[i]);
    }
    pass(60000);
    struct mallinfo2 before = mallinfo2();
    uint64_t errors[DEVICES];
    for (int i = 0; i < DEVICES; i++) {
        device[i].polls = 0;
        errors[i] = device[i].desk.slot.bad;
    }
    int64_t cpu = clock_thread_us();
    for (int h = 0; h < HOURS; h++)
        pass(3600000);
    cpu = clock_thread_us() - cpu;
    struct mallinfo2 after = mallinfo2();
    for (int i = 0; i < DEVICES; i++) {
        long want = HOURS * 3600L;
        bool fits = labs(device[i].polls - want) <= 1 && device[i].desk.slot.bad == errors[i];
        printf("%s: %ld polls in %d h (%ld s), %llu bad answers%s\n", device[i].driver,
               device[i].polls, HOURS, want,
               (unsigned long long)(device[i].desk.slot.bad - errors[i]), fits ? "" : "  WRONG");
        bad |= !fits;
        desk_close(&device[i].desk);
    }
    long grown = (long)after.uordblks - (long)before.uordblks;
    printf("memory %+ld bytes; %.1f s of CPU for %d h: %.4f %% of one processor\n", grown,
           (double)cpu / 1e6, HOURS, (double)cpu / 1e6 / (HOURS * 3600.0) * 100);
    return bad || grown > 4096;
}
