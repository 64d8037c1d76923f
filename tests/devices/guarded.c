#include "guarded.h"

#include <unistd.h>

struct loop *loop;
struct clock_manual clock_;
struct rack *rack;
struct safety *guard;
struct site ohp;
struct error err;
bool synced;
static char said[300][400];
int n_said;
const struct rack_asker me = {.who = "test", .kind = ASKER_PERSON},
                        word = {.who = "test", .sun_allowed = true, .kind = ASKER_PERSON},
                        script = {.who = "Lua: night.lua"};

static bool is_synced(void *arg)
{
    (void)arg;
    return synced;
}

static void told(void *arg, uint64_t id, char level, const char *subject, bool over,
                 const char *text)
{
    (void)arg;
    (void)id;
    if (n_said < 300)
        snprintf(said[n_said++], sizeof said[0], "%c%s%s %s", level, subject, over ? "." : "",
                 text);
}

bool was_said(const char *part)
{
    for (int i = 0; i < n_said; i++)
        if (strstr(said[i], part))
            return true;
    return false;
}

void guarded_up(void)
{
    clock_manual_init(&clock_, NIGHT);
    clock_.mono = 1000000000000;
    loop = loop_new(&clock_.clock);
    struct rack_options o = {.loop = loop, .clock = &clock_.clock, .backends = fake_table};
    rack = rack_new(&o);
    synced = true;
    struct safety_options so = {
        .rack = rack, .loop = loop, .clock = &clock_.clock, .synced = is_synced, .event = told};
    guard = safety_new(&so);
    ck_assert_int_eq(site_set(&ohp, "OHP", 43.9317, 5.7133, 650, NULL), OK);
    safety_site(guard, &ohp);
    n_said = 0;
}

void guarded_down(void)
{
    safety_free(guard);
    rack_free(rack);
    loop_free(loop);
    fake_reset();
    site_clear(&ohp);
}

void turns(void)
{
    for (int i = 0; i < 4; i++) {
        usleep(500);
        loop_turn(loop, false);
    }
}

struct fake *device(const char *name, const char *line)
{
    ck_assert_msg(rack_add(rack, name, line, &err) == OK, "%s", err.text);
    struct device_request q = {.verb = ASK_CONNECT};
    ck_assert(rack_ask(rack, rack_named(rack, name)->id, &q, &me, NULL, NULL, &err) > 0);
    return fake_at(name);
}

struct fake *mount_at(double ra_deg, double dec_deg)
{
    struct fake *f = device("Mount", "mount lx200 pty:/x poll=600000");
    fake_mount(f, ra_deg * DEG, dec_deg * DEG);
    turns();
    safety_second(guard);
    return f;
}

struct fake *ready(const char *name, const char *line)
{
    struct fake *f = device(name, line);
    slot_identity(f->slot, ~0u, "%s", name);
    slot_link(f->slot, DEVICE_READY, NULL);
    slot_good(f->slot, 1);
    turns();
    return f;
}

void at(int64_t wall_ns)
{
    clock_.wall = wall_ns;
    safety_site(guard, &ohp);
}

void pass(struct fake *f, double seconds)
{
    clock_manual_step(&clock_, (int64_t)(seconds * 1e9));
    if (f)
        slot_good(f->slot, 10);
    turns();
    safety_second(guard);
}

enum status ask(struct device_request q, const struct rack_asker *who)
{
    err.text[0] = 0;
    return rack_ask(rack, rack_named(rack, "Mount")->id, &q, who, NULL, NULL, &err) ? OK
                                                                                    : err.status;
}

enum status slew(double ra_deg, double dec_deg, const struct rack_asker *who)
{
    return ask(
        (struct device_request){.verb = ASK_SLEW, .ra_rad = ra_deg * DEG, .dec_rad = dec_deg * DEG},
        who);
}

void refused(enum status st, const char *part)
{
    ck_assert_int_ne(st, OK);
    ck_assert_msg(strstr(err.text, part) != NULL, "\"%s\" has no \"%s\"", err.text, part);
}
