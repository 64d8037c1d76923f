/* asked.c - what tasks ask of the observer: forms that wait to be filled in, a line suggested to the prompt. Not:
 * single questions (console.c). See include/vigie/session/console.h.
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"

void console_ask_form(struct console *c, uint64_t task, const char *header, size_t n)
{
    const struct started *s = console_started(c, task);
    int side = c->ops->placed(c->lua, task);
    bool at_once = task == c->side[side].foreground || (s && s->script);
    struct asked_form f = {.task = task,
                           .side = side,
                           .header = mem_strn(header, n),
                           .name = mem_str(s ? s->name : "a task"),
                           .at_once = at_once};
    VEC_PUSH(c->form, f);
    console_note(c, "%s asks for values%s", f.name,
                 at_once ? ": a form" : "; f opens the form (Esc first), or :console-values");
    session_say(c->session, "the console asks: %s wants values", f.name);
    console_changed(c);
}

bool console_form(const struct console *c, struct console_form *out)
{
    if (!c->form.n)
        return false;
    const struct asked_form *f = &c->form.at[0];
    *out = (struct console_form){f->task, f->header, f->name, strlen(f->header),
                                 f->at_once && f->side == c->shown};
    return true;
}

bool forms_forget(struct console *c, uint64_t task)
{
    for (size_t i = 0; i < c->form.n; i++)
        if (c->form.at[i].task == task || !task) {
            free(c->form.at[i].header);
            free(c->form.at[i].name);
            memmove(c->form.at + i, c->form.at + i + 1, (--c->form.n - i) * sizeof *c->form.at);
            return true;
        }
    return false;
}

void console_form_answer(struct console *c, uint64_t task, const char *text)
{
    if (forms_forget(c, task))
        c->ops->answer(c->lua, task, text);
    console_changed(c);
}

void console_suggest(struct console *c, const char *line)
{
    past_keep(c, line);
    free(c->suggested);
    c->suggested = mem_str(line);
    console_changed(c);
}

const char *console_suggested(const struct console *c)
{
    return c->suggested;
}

void console_suggest_over(struct console *c)
{
    free(c->suggested);
    c->suggested = NULL;
}
