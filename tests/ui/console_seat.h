/* console_seat.h - a session with Lua and the Console tab before it, keys pressed and the screen read: what the
 * tests of that tab share. Not: a test.
 */
#ifndef VIGIE_TESTS_UI_CONSOLE_SEAT_H
#define VIGIE_TESTS_UI_CONSOLE_SEAT_H

#include "../../src/ui/ui.h"
#include "../../src/ui/views/console_own.h"

extern struct loop *loop;
extern struct session *s;
extern struct ui *ui;
extern struct console_view *v;
extern char folder[40]; /* of the session */

/* setup, teardown - a fixture. turns - let the loop turn for so long. settle - until nothing that was typed runs.
 * press - keys as in the keys file. type - characters, '\n' as Enter. enter - a line, and settle. screen - what is
 * seen, static. */
void setup(void);
void teardown(void);
void turns(int ms);
void settle(void);
void press(const char *keys);
void type(const char *text, unsigned mods);
void enter(const char *text);
const char *screen(void);

#define SHOWS(text)                                                                                \
    ck_assert_msg(strstr(screen(), text) != NULL, "no \"%s\" in\n%s", text, screen())
#define HIDES(text) ck_assert_msg(!strstr(screen(), text), "\"%s\" in\n%s", text, screen())
#define LINE()      editor_text(&v->prompt->edit)

#endif
