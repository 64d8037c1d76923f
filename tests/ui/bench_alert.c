/* bench_alert.c - from a file in the spool folder to its name among the bytes for the terminal:
 * folder watched, packet decoded, stored, committed, judged, listed, drawn. Prints; asserts nothing.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/session/options.h"
#include "vigie/session/session.h"
#include "vigie/session/viewer.h"
#include "vigie/ui/door.h"

enum { ROUNDS = 20, PATIENCE_MS = 10000 };

static struct session *s;
static void *ui;
static struct str screen;
static char spool[80];

static void on_event(void *arg, const struct event *ev)
{
    ui_viewer.event(arg, ev);
}

static void turn(void *arg)
{
    (void)arg;
    session_turn(s);
    if (ui_viewer.dirty(ui))
        ui_viewer.draw(ui, false, &screen);
}

static int64_t tick(void *arg)
{
    (void)arg;
    return 20;
}

static double one(struct loop *loop, int k)
{
    char name[8] = ""; /* no letter like the last one's: what is drawn alike is not sent again */
    for (int i = 0; i < 6; i++)
        name[i] = (char)('A' + (k + 5 * i) % 26);
    char *path = mem_printf("%s/%d.json", spool, k);
    char *text = mem_printf("{\"trigger_id\":\"b%d\",\"source_name\":\"%s\",\"type\":\"ot\","
                            "\"ra\":35,\"dec\":60,\"time\":\"2026-11-23T20:%02d:00\"}",
                            k, name, k); /* the latest stands first */
    ui_viewer.keys(ui, "gg", 2);         /* to the top, where it will stand */
    turn(NULL);
    str_reset(&screen);
    int64_t begin = CLOCK_MS(clock_system());
    if (file_replace(path, text, strlen(text), 0644, NULL) != OK)
        return -1;
    while (!strstr(str_c(&screen), name) && CLOCK_MS(clock_system()) - begin < PATIENCE_MS)
        loop_turn(loop, true);
    free(path);
    free(text);
    return (double)(CLOCK_MS(clock_system()) - begin);
}

int main(void)
{
    char folder[] = "/tmp/bench_alert.XXXXXX";
    struct error err = {0};
    struct clock_shifted clock;
    double sum = 0, worst = 0;
    setlocale(LC_CTYPE, "C.UTF-8");
    if (!mkdtemp(folder))
        return 1;
    snprintf(spool, sizeof spool, "%s/spool", folder);
    char *store = mem_printf("%s/vigie.db", folder);
    clock_shifted_init(&clock, 1795468447LL * 1000000000); /* 2026-11-23T21:14:07Z */
    struct loop *loop = loop_new(&clock.clock);
    struct conf *conf = conf_new(session_options);
    if (conf_set(conf, "alerts.spool", spool, &err) != OK ||
        conf_set(conf, "alerts.colibri", "no", &err) != OK)
        return 1;
    struct session_setup with = {.loop = loop,
                                 .clock = &clock.clock,
                                 .conf = conf,
                                 .store_path = store,
                                 .site = "43.9317,5.7133,650",
                                 .watch = true};
    if (session_new(&with, &s, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    ui = ui_viewer.create(s);
    events_on(session_events(s), on_event, ui);
    struct viewer_env env = {"xterm-256color", "", "", "", "", "UTF-8", 40, 120};
    if (ui_viewer.attach(ui, &env, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    loop_before_sleep(loop, turn, NULL);
    loop_timer(loop, 0, tick, NULL, "bench");
    for (int k = -2; k < ROUNDS; k++) { /* two to get warm */
        double ms = one(loop, k + 2);
        sum += k < 0 ? 0 : ms;
        worst = k >= 0 && ms > worst ? ms : worst;
    }
    printf("alerts: from a file in the spool to the screen %.0f ms, worst of %d %.0f ms\n",
           sum / ROUNDS, ROUNDS, worst);
    loop_before_sleep(loop, NULL, NULL);
    ui_viewer.detach(ui);
    ui_viewer.destroy(ui);
    session_free(s);
    loop_free(loop);
    str_clear(&screen);
    char *rm = mem_printf("rm -rf %s", folder);
    int rc = system(rm);
    free(rm);
    free(store);
    return rc;
}
