/* console_seat.c - see console_seat.h. */
#include "console_seat.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/lua/lua.h"
#include "vigie/session/options.h"

struct loop *loop;
struct session *s;
struct ui *ui;
struct console_view *v;
char folder[40];

void setup(void)
{
    struct error err;
    setlocale(LC_CTYPE, "C.UTF-8");
    strcpy(folder, "/tmp/consoleXXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("XDG_DATA_HOME", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    console_door(&lua_console);
    loop = loop_new(clock_system());
    struct session_setup setup = {.loop = loop,
                                  .clock = clock_system(),
                                  .conf = conf_new(session_options),
                                  .offline = true,
                                  .log_folder = folder,
                                  .demo = true};
    ck_assert_msg(session_new(&setup, &s, &err) == OK, "%s", err.text);
    ui = ui_new(s);
    ui->set = GLYPHS_ASCII;
    ui_size(ui, 24, 80);
    for (int i = 0; i < ui->n_tabs; i++)
        if (!strcmp(ui->tab[i].ops->name, "console"))
            ui_go(ui, i);
    v = ui_tab(ui)->view;
}

void teardown(void)
{
    ui_free(ui);
    session_free(s);
    loop_free(loop);
    char *command = mem_printf("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

void turns(int ms)
{
    int64_t end = loop_now_ms(loop) + ms;
    do {
        session_turn(s);
        loop_turn(loop, false);
    } while (loop_now_ms(loop) < end);
    ui_event(ui,
             &(struct event){EV_CONSOLE, 0}); /* a session hands them to the door of its viewer */
    ui_event(ui, &(struct event){EV_VO, 0});
}

/* Until nothing that was typed runs any more; not for ever. */
void settle(void)
{
    for (int i = 0; i < 500; i++) {
        turns(5);
        if (!console_foreground(v->console))
            break;
    }
    turns(5);
}

void press(const char *keys)
{
    struct key k;
    while (key_read(&keys, &k))
        ui_key(ui, &k);
    ck_assert_str_eq(keys, "");
}

void type(const char *text, unsigned mods)
{
    for (; *text; text++) {
        struct key k = {*text == '\n' ? K_ENTER : (uint32_t)*text, mods, 0, 0};
        ui_key(ui, &k);
    }
}

void enter(const char *text)
{
    type(text, 0);
    press("<Enter>");
    settle();
}

const char *screen(void)
{
    static struct str text;
    str_reset(&text);
    ui_draw(ui);
    canvas_text(ui->canvas, &text);
    return str_c(&text);
}
