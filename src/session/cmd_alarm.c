/* cmd_alarm.c - the commands that act on alarms. Without a number: the newest that is not yet
 * acknowledged.
 */
#include <math.h>
#include <string.h>

#include "own.h"

static uint64_t newest_open(const struct session *s)
{
    for (size_t i = alarms_n(s); i-- > 0;) {
        const struct alarm *a = alarms_at(s, i);
        if (!a->acknowledged && !a->ended)
            return a->id;
    }
    return 0;
}

static const char *none_open(const struct command_call *c)
{
    return newest_open(c->session) ? NULL : "no alarm waits to be acknowledged";
}

/* The alarm that argument k names. */
static enum status which(const struct command_call *c, int k, uint64_t *id, struct error *err)
{
    double x;
    *id = newest_open(c->session);
    if (c->argc <= k)
        return OK;
    if (!str_num(c->argv[k], &x) || x < 1 || x > 1e15 || x != floor(x))
        return err_set(err, E_PARSE, "\"%.20s\" is no number of an alarm", c->argv[k]);
    *id = (uint64_t)x;
    return OK;
}

static enum status run_ack(struct command_call *c, struct error *err)
{
    uint64_t id;
    if (c->argc > 1 && strcmp(c->argv[1], "all") == 0) {
        size_t n = 0;
        for (; (id = newest_open(c->session)) != 0; n++)
            if (alarms_ack(c->session, id, err) != OK)
                return err->status;
        str_addf(c->say, "%zu alarm%s acknowledged", n, n == 1 ? "" : "s");
        return OK;
    }
    enum status s = which(c, 1, &id, err);
    if (s == OK)
        s = alarms_ack(c->session, id, err);
    if (s == OK)
        str_addf(c->say, "alarm %llu acknowledged", (unsigned long long)id);
    return s;
}

static enum status run_snooze(struct command_call *c, struct error *err)
{
    uint64_t id;
    double minutes = 10;
    if (c->argc > 1 && !str_num(c->argv[1], &minutes))
        return err_set(err, E_PARSE, "\"%.20s\" is no number of minutes", c->argv[1]);
    enum status s = which(c, 2, &id, err);
    if (s == OK)
        s = alarms_snooze(c->session, id, minutes, err);
    if (s == OK)
        str_addf(c->say, "alarm %llu rings again in %g min", (unsigned long long)id, minutes);
    return s;
}

static enum status run_test(struct command_call *c, struct error *err)
{
    enum alarm_level level = ALARM_ALARM;
    if (c->argc > 1) {
        for (level = ALARM_NOTICE; level < ALARM_ALARM; level++)
            if (strcmp(c->argv[1], alarm_level_name(level)) == 0)
                break;
        if (strcmp(c->argv[1], alarm_level_name(level)) != 0)
            return err_set(err, E_RANGE, "alarm-test notice, warning or alarm");
    }
    for (size_t i = 0; i < alarms_n(c->session); i++) { /* one that stands would not ring again */
        const struct alarm *al = alarms_at(c->session, i);
        if (!al->ended && strcmp(al->room, "user") == 0 && strcmp(al->subject, "test") == 0 &&
            alarms_end(c->session, al->id, err) != OK)
            return err->status;
    }
    uint64_t id = alarms_raise(c->session, level, "user", "test", "this is a test");
    str_addf(c->say, "%s %llu raised", alarm_level_name(level), (unsigned long long)id);
    return OK;
}

static enum status run_end(struct command_call *c, struct error *err)
{
    uint64_t id;
    enum status s = which(c, 1, &id, err);
    if (s == OK)
        s = alarms_end(c->session, id, err);
    if (s == OK)
        str_addf(c->say, "alarm %llu over", (unsigned long long)id);
    return s;
}

const struct command session_commands_alarm[] = {
    {.name = "alarm-ack",
     .args = "[NUMBER|all]",
     .keys = "a",
     .help = "Acknowledge the newest alarm, or the one named",
     .disabled = none_open,
     .run = run_ack},
    {.name = "alarm-snooze",
     .args = "[MINUTES [NUMBER]]",
     .help = "Put an alarm off, by 10 minutes if not said otherwise",
     .disabled = none_open,
     .run = run_snooze},
    {.name = "alarm-end", .args = "NUMBER", .help = "Take an alarm off the list", .run = run_end},
    {.name = "alarm-test",
     .args = "[notice|warning|alarm]",
     .help = "Raise an alarm to see and hear it",
     .run = run_test},
    {0}};
