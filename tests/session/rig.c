/* rig.c - see rig.h.
 */
#include "rig.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/session/options.h"

struct loop *loop;
struct session *s;
struct clock_shifted clock_;
char folder[40];
struct str say;
struct error err;

static void turn(void *arg)
{
    (void)arg;
    session_turn(s);
}

void setup(void)
{
    strcpy(folder, "/tmp/devicesXXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    clock_shifted_init(&clock_, 1795468447000000000); /* 2026-11-23 21:14:07 UTC */
    loop = loop_new(&clock_.clock);
    struct session_setup o = {.loop = loop,
                              .clock = &clock_.clock,
                              .conf = conf_new(session_options),
                              .log_folder = folder,
                              .offline = true,
                              .demo = true,
                              .devices = DEMO_SIMULATED};
    ck_assert_msg(session_new(&o, &s, &err) == OK, "%s", err.text);
    loop_before_sleep(loop, turn, NULL);
}

void teardown(void)
{
    session_free(s);
    loop_free(loop);
    str_clear(&say);
    char *clean = mem_printf("rm -r %s", folder);
    ck_assert_int_eq(system(clean), 0);
    free(clean);
}

bool until(bool (*fn)(void), int seconds)
{
    for (int64_t end = loop_now_ms(loop) + seconds * 1000; loop_now_ms(loop) < end;) {
        if (fn())
            return true;
        loop_turn(loop, true);
    }
    return fn();
}

bool all_ready(void)
{
    struct rack *r = session_rack(s);
    for (size_t i = 0; i < rack_n(r); i++)
        if (rack_at(r, i)->link != DEVICE_READY || rack_at(r, i)->stale)
            return false;
    return rack_n(r) > 2;
}

enum status run(const char *line, bool confirmed)
{
    err.text[0] = 0;
    return commands_run(s, NULL, line, BY_KEY, confirmed, &say, &err);
}

enum status of_lua(const char *line)
{
    err.text[0] = 0;
    return commands_run(s, NULL, line, BY_LUA, true, &say, &err);
}
