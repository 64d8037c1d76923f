/* console.c - see include/vigie/session/console.h: scrollback, lines entered, tasks.
 * Not: history (past.c), scripts (scripts.c, presets.c).
 */
#include "console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct console_ops *the_door;

void console_door(const struct console_ops *ops)
{
    the_door = ops;
}

struct console *console_new(struct session *s)
{
    struct console *c = mem_zero(sizeof *c);
    c->session = s;
    c->ops = s->setup.one_shot ? NULL : the_door;
    past_open(c);
    if (c->ops)
        c->lua = c->ops->create(s, c);
    return c;
}

void console_free(struct console *c)
{
    if (!c)
        return;
    import_clear(c);
    if (c->ops)
        c->ops->destroy(c->lua);
    if (c->log)
        fclose(c->log);
    free(c->log_path);
    for (int i = 0; i < CONSOLES; i++) {
        scroll_clear(&c->side[i].scroll);
        free(c->side[i].traceback);
    }
    for (size_t i = 0; i < c->started.n; i++)
        free(c->started.at[i].name);
    VEC_FREE(c->started);
    for (size_t i = 0; i < c->entered.n; i++)
        free(c->entered.at[i].text);
    VEC_FREE(c->entered);
    for (size_t i = 0; i < c->question.n; i++)
        free(c->question.at[i].text);
    VEC_FREE(c->question);
    while (forms_forget(c, 0))
        continue;
    VEC_FREE(c->form);
    trust_clear(c);
    free(c->edited);
    free(c->suggested);
    past_clear(c);
    scripts_clear(c);
    presets_clear(c);
    free(c);
}

bool console_lua(const struct console *c)
{
    return c->ops != NULL;
}

void console_fit(struct console *c, int columns)
{
    c->columns = columns;
}

int console_columns(const struct console *c)
{
    enum { UNSEEN = 100, LEAST = 30 };
    return !c->columns ? UNSEEN : c->columns < LEAST ? LEAST : c->columns;
}

void console_changed(struct console *c)
{
    events_put(c->session->events, EV_CONSOLE, 0);
    loop_wake(c->session->setup.loop);
}

/* ---- the scrollback ---- */

/* Whose console a task belongs to: that of the line or script that began it, or began what began it. */
static int side_of(const struct console *c, uint64_t task)
{
    return task && c->ops ? c->ops->placed(c->lua, task) : c->shown;
}

static void write_log(struct console *c, int side, const struct kept *k)
{
    fprintf(c->log, "%s%s%s%s%s%s\n", side ? "2| " : "",
            k->kind == CONSOLE_INPUT  ? "> "
            : k->kind == CONSOLE_MORE ? "  "
                                      : "",
            k->tag ? "[" : "", k->tag ? k->tag : "", k->tag ? "] " : "", k->text);
    fflush(c->log); /* what was said before a crash is there */
}

/* A text of several lines. more: the kind of all but the first. */
static void put_lines(struct console *c, int side, enum console_kind kind, enum console_kind more,
                      const char *tag, const char *s, size_t n)
{
    const char *end = s + n;
    for (;;) {
        const char *nl = memchr(s, '\n', (size_t)(end - s));
        const struct kept *k =
            scroll_put(&c->side[side].scroll, kind, tag, s, (size_t)((nl ? nl : end) - s));
        if (c->log)
            write_log(c, side, k);
        kind = more;
        if (!nl || nl + 1 == end)
            break;
        s = nl + 1;
    }
    console_changed(c);
}

static const struct scroll *shown(const struct console *c)
{
    return &c->side[c->shown].scroll;
}

uint64_t console_first(const struct console *c)
{
    return shown(c)->first;
}

uint64_t console_end(const struct console *c)
{
    return scroll_end(shown(c));
}

struct console_line console_at(const struct console *c, uint64_t i)
{
    return scroll_at(shown(c), i);
}

void console_clear(struct console *c)
{
    scroll_clear(&c->side[c->shown].scroll);
    console_changed(c);
}

int console_shown(const struct console *c)
{
    return c->shown;
}

void console_show(struct console *c, int which)
{
    c->side[c->shown].seen = console_end(c);
    c->shown = which;
    console_changed(c);
}

uint64_t console_unseen(const struct console *c, int which)
{
    const struct side *o = &c->side[which];
    uint64_t from = o->seen > o->scroll.first ? o->seen : o->scroll.first;
    return which == c->shown ? 0 : scroll_end(&o->scroll) - from;
}

static void note(struct console *c, int side, const char *fmt, va_list ap) PRINTF(3, 0);
static void note(struct console *c, int side, const char *fmt, va_list ap)
{
    char text[4000];
    vsnprintf(text, sizeof text, fmt, ap);
    put_lines(c, side, CONSOLE_NOTE, CONSOLE_NOTE, NULL, text, strlen(text));
}

void console_note(struct console *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    note(c, c->shown, fmt, ap);
    va_end(ap);
}

/* What the console says of a task: where the task's lines are. */
static void note_of(struct console *c, int side, const char *fmt, ...) PRINTF(3, 4);
static void note_of(struct console *c, int side, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    note(c, side, fmt, ap);
    va_end(ap);
}

/* ---- what tasks say ---- */

struct started *console_started(struct console *c, uint64_t id)
{
    for (size_t i = 0; i < c->started.n; i++)
        if (c->started.at[i].id == id)
            return &c->started.at[i];
    return NULL;
}

/* What a task's output is tagged with: nothing for the line that has the prompt. */
static const char *tag_of(struct console *c, uint64_t task, char room[40])
{
    static struct console_task list[64];
    uint64_t foreground = c->side[side_of(c, task)].foreground;
    if (!task || task == foreground)
        return NULL;
    const struct started *s = console_started(c, task);
    if (s)
        return s->name;
    size_t n = console_tasks(c, list, sizeof list / sizeof *list);
    for (size_t i = 0; i < n && i < sizeof list / sizeof *list; i++)
        if (list[i].id == task && list[i].name)
            return list[i].parent == foreground && foreground ? NULL : list[i].name;
    snprintf(room, 40, "task %llu", (unsigned long long)task);
    return room;
}

/* The one that waits for what this task prints: it was sent from outside, or its parent was. */
static struct started *sent_by(struct console *c, uint64_t task)
{
    static struct console_task list[128];
    struct started *s = console_started(c, task);
    if (s || !c->n_sent)
        return s && s->sent ? s : NULL;
    size_t n = console_tasks(c, list, sizeof list / sizeof *list);
    for (size_t i = 0; i < n; i++)
        if (list[i].id == task)
            s = console_started(c, list[i].parent);
    return s && s->sent ? s : NULL;
}

/* Lines as they are, but for what could drive a terminal. */
static void tell_sender(const struct started *s, enum console_sent what, const char *text, size_t n)
{
    struct str out = {0};
    for (const char *p = text, *end = text + n, *nl; p <= end; p = nl + 1) {
        nl = memchr(p, '\n', (size_t)(end - p));
        nl = nl ? nl : end;
        char *line = scroll_text(p, (size_t)(nl - p), true);
        str_addf(&out, "%s\n", line);
        free(line);
        if (nl == end || nl + 1 == end)
            break;
    }
    s->sent(s->sent_arg, what, str_c(&out), out.n, 0);
    str_clear(&out);
}

void console_print(struct console *c, uint64_t task, const char *text, size_t n)
{
    char room[40];
    const struct started *sender = sent_by(c, task);
    if (sender) {
        tell_sender(sender, SENT_OUT, text, n);
        return;
    }
    put_lines(c, side_of(c, task), CONSOLE_OUT, CONSOLE_OUT, tag_of(c, task, room), text, n);
}

static void tell_problem(struct console *c, int side, const char *tag,
                         const struct console_problem *p)
{
    char **traceback = &c->side[side].traceback;
    bool said = p->where && !strncmp(p->message, p->where, strlen(p->where));
    char *first = mem_printf("%s: %s%s%s", p->kind, p->message, p->where && !said ? "   " : "",
                             p->where && !said ? p->where : "");
    put_lines(c, side, CONSOLE_ERROR, CONSOLE_ERROR, tag, first, strlen(first));
    free(first);
    free(*traceback);
    *traceback = mem_str(p->traceback ? p->traceback : "");
    char *hint = p->hint || **traceback
                     ? mem_printf("  %s%s%s%s", p->hint ? "hint: " : "", p->hint ? p->hint : "",
                                  p->hint && **traceback ? "   " : "",
                                  **traceback ? ":tb for the traceback" : "")
                     : NULL;
    if (hint)
        put_lines(c, side, CONSOLE_HINT, CONSOLE_HINT, tag, hint, strlen(hint));
    free(hint);
}

static void forget_questions(struct console *c, uint64_t task)
{
    size_t n = 0;
    for (size_t i = 0; i < c->question.n; i++)
        if (c->question.at[i].task == task)
            free(c->question.at[i].text);
        else
            c->question.at[n++] = c->question.at[i];
    c->question.n = n;
}

static void end_sent(struct console *c, struct started *s, enum console_state state,
                     const char *value, const struct console_problem *p)
{
    struct started was = *s;
    *s = c->started.at[--c->started.n];
    c->n_sent--;
    if (value && *value)
        tell_sender(&was, SENT_OUT, value, strlen(value));
    if (p) {
        bool said = p->where && !strncmp(p->message, p->where, strlen(p->where));
        char *text =
            mem_printf("%s: %s%s%s%s%s%s", p->kind, p->message, p->where && !said ? "   (" : "",
                       p->where && !said ? p->where : "", p->where && !said ? ")" : "",
                       p->hint ? "\n  hint: " : "", p->hint ? p->hint : "");
        tell_sender(&was, SENT_ERROR, text, strlen(text));
        free(text);
    } else if (state == CONSOLE_CANCELLED) {
        tell_sender(&was, SENT_ERROR, "cancelled", 9);
    }
    bool net = p && (!strcmp(p->kind, "network") || !strcmp(p->kind, "timeout"));
    was.sent(was.sent_arg, SENT_END, "", 0, state == CONSOLE_DONE ? 0 : net ? 3 : 1);
    free(was.name);
}

void console_done(struct console *c, uint64_t task, enum console_state state, const char *value,
                  const struct console_problem *problem)
{
    int side = side_of(c, task);
    char room[40], *tag = mem_str(tag_of(c, task, room));
    struct started *s = console_started(c, task);
    forget_questions(c, task);
    forms_forget(c, task);
    for (size_t i = c->entered.n; i-- > 0;)
        if (c->entered.at[i].task == task) {
            c->entered.at[i].task = 0;
            c->entered.at[i].failed = state != CONSOLE_DONE;
            break;
        }
    if (s && s->sent) {
        end_sent(c, s, state, value, problem);
        free(tag);
        console_changed(c);
        return;
    }
    if (value && *value)
        put_lines(c, side, CONSOLE_VALUE, CONSOLE_VALUE, tag, value, strlen(value));
    if (problem)
        tell_problem(c, side, tag, problem);
    else if (s && state == CONSOLE_CANCELLED)
        note_of(c, side, "-- %s: cancelled", s->name);
    else if (s && s->script && state == CONSOLE_DONE)
        note_of(c, side, "-- %s: done", s->name);
    if (s && s->timed)
        note_of(c, side, "-- %.3f s",
                (double)(loop_now_ms(c->session->setup.loop) - s->began_ms) / 1000);
    if (task == c->side[side].foreground)
        c->side[side].foreground = 0;
    if (s) {
        free(s->name);
        *s = c->started.at[--c->started.n];
    }
    free(tag);
    console_changed(c);
}

void console_told(struct console *c)
{
    console_changed(c);
}

static struct started *began(struct console *c, uint64_t id, const char *name, bool script)
{
    struct started s = {.id = id,
                        .name = mem_str(name),
                        .script = script,
                        .began_ms = loop_now_ms(c->session->setup.loop)};
    VEC_PUSH(c->started, s);
    c->ops->place(c->lua, id, c->shown);
    c->active = true;
    console_changed(c);
    return &c->started.at[c->started.n - 1];
}

/* ---- questions ---- */

void console_ask(struct console *c, uint64_t task, const char *question)
{
    char room[40];
    int side = side_of(c, task);
    struct question q = {task, side, mem_str(question)};
    VEC_PUSH(c->question, q);
    put_lines(c, side, CONSOLE_NOTE, CONSOLE_NOTE, tag_of(c, task, room), question,
              strlen(question));
    if (side == c->shown)
        session_say(c->session, "the console asks: %.200s", question);
    else
        session_say(c->session, "console %d asks: %.200s", side + 1, question);
}

/* The first that the shown console asks; its place, or n. */
static size_t asked(const struct console *c)
{
    size_t i = 0;
    while (i < c->question.n && c->question.at[i].side != c->shown)
        i++;
    return i;
}

const char *console_question(const struct console *c)
{
    size_t i = asked(c);
    return i < c->question.n ? c->question.at[i].text : NULL;
}

static void answer(struct console *c, const char *text)
{
    size_t i = asked(c);
    struct question q = c->question.at[i];
    if (!q.task && !import_answer(c, text)) {
        past_keep(c, text); /* it was meant as a line: Up brings it */
        return;
    }
    memmove(c->question.at + i, c->question.at + i + 1, (--c->question.n - i) * sizeof q);
    put_lines(c, q.side, CONSOLE_INPUT, CONSOLE_MORE, NULL, text, strlen(text));
    if (q.task)
        c->ops->answer(c->lua, q.task, text);
    free(q.text);
}

/* ---- what the observer enters ---- */

/* For console_save, which makes one script of them: more than a script may hold is of no use. */
static void keep_entered(struct console *c, uint64_t task, const char *text, size_t n)
{
    enum { ROOM = 1000 }; /* for its header */
    size_t gone = 0;
    struct entered kept = {.text = mem_str(text), .task = task};
    VEC_PUSH(c->entered, kept);
    for (c->n_entered += n + 1; c->n_entered > SCRIPT_MAX - ROOM; gone++) {
        c->n_entered -= strlen(c->entered.at[gone].text) + 1;
        free(c->entered.at[gone].text);
    }
    c->lost += gone;
    c->entered.n -= gone;
    memmove(c->entered.at, c->entered.at + gone, c->entered.n * sizeof *c->entered.at);
}

/* as: what is shown in the text's place, and the history is not to have it; NULL: the text itself. */
static enum console_entered enter(struct console *c, const char *text, const char *as)
{
    struct error err = {0};
    bool incomplete = false;
    char name[32];
    size_t n = strlen(text);
    snprintf(name, sizeof name, "line %llu", (unsigned long long)c->lines_entered + 1);
    uint64_t id = 0;
    if (c->ops)
        id = c->ops->line(c->lua, name, text, n, &incomplete, &err);
    else
        err_set(&err, E_ABSENT, "this session has no Lua");
    if (!id && incomplete)
        return CONSOLE_MORE_WANTED;
    c->lines_entered++;
    put_lines(c, c->shown, CONSOLE_INPUT, CONSOLE_MORE, NULL, as ? as : text, as ? strlen(as) : n);
    if (!as)
        past_keep(c, text);
    if (!id) {
        struct console_problem p = {.kind = "syntax", .message = err.text};
        tell_problem(c, c->shown, NULL, &p);
        return CONSOLE_WRONG;
    }
    began(c, id, name, false);
    keep_entered(c, id, text, n);
    c->side[c->shown].foreground = id;
    return CONSOLE_RUNS;
}

enum console_entered console_enter(struct console *c, const char *text)
{
    if (!console_question(c) || !c->ops)
        return enter(c, text, NULL);
    answer(c, text);
    return CONSOLE_RUNS;
}

enum console_entered console_enter_as(struct console *c, const char *text, const char *as)
{
    return console_question(c) ? CONSOLE_WRONG : enter(c, text, as);
}

enum console_entered console_timed(struct console *c, const char *text)
{
    enum console_entered e = console_question(c) ? CONSOLE_WRONG : console_enter(c, text);
    if (e == CONSOLE_RUNS)
        c->started.at[c->started.n - 1].timed = true;
    return e;
}

uint64_t console_send(struct console *c, const char *code, size_t n, console_sent_fn *fn, void *arg,
                      struct error *err)
{
    bool incomplete;
    char name[32];
    if (!c->ops) {
        err_set(err, E_ABSENT, "this session has no Lua");
        return 0;
    }
    snprintf(name, sizeof name, "send %llu", (unsigned long long)++c->sends);
    uint64_t id = c->ops->line(c->lua, name, code, n, &incomplete, err);
    if (!id)
        return 0;
    put_lines(c, c->shown, CONSOLE_INPUT, CONSOLE_MORE, name, code, n);
    struct started *s = began(c, id, name, false);
    s->sent = fn;
    s->sent_arg = arg;
    c->n_sent++;
    return id;
}

static void nobody(void *arg, enum console_sent what, const char *text, size_t n, int exit_status)
{
    (void)arg;
    (void)what;
    (void)text;
    (void)n;
    (void)exit_status;
}

void console_unsend(struct console *c, uint64_t task)
{
    struct started *s = console_started(c, task);
    if (!s || !s->sent)
        return;
    s->sent = nobody;
    console_cancel(c, task);
}

uint64_t console_foreground(const struct console *c)
{
    return c->side[c->shown].foreground;
}

bool console_runs_script(const struct console *c)
{
    uint64_t id = c->side[c->shown].foreground;
    for (size_t i = 0; i < c->started.n; i++)
        if (c->started.at[i].id == id)
            return c->started.at[i].script;
    return false;
}

void console_cancel(struct console *c, uint64_t task)
{
    if (c->ops)
        c->ops->cancel(c->lua, task, "the observer");
    c->session->keys_ms = 0; /* what ends is not to rest on its way: C-c is a key too */
    console_changed(c);
}

const char *console_traceback(const struct console *c)
{
    const char *text = c->side[c->shown].traceback;
    return text ? text : "";
}

size_t console_tasks(const struct console *c, struct console_task *out, size_t max)
{
    return c->ops ? c->ops->tasks(c->lua, out, max) : 0;
}

size_t console_complete(const struct console *c, const char *text, size_t at, console_word_fn *fn,
                        void *arg)
{
    return c->ops ? c->ops->complete(c->lua, text, at, fn, arg) : at;
}

bool console_help(const struct console *c, const char *text, size_t at, struct str *out)
{
    return c->ops && c->ops->help(c->lua, text, at, out);
}

bool console_step(struct console *c, int budget_ms)
{
    bool more = c->ops && c->ops->step(c->lua, budget_ms);
    if (!more && c->active) /* the last one waits now, or is over */
        console_changed(c);
    c->active = more;
    return more;
}

/* ---- scripts: what of them needs the door ---- */

void console_sheet_free(const struct console *c, struct script_sheet *sheet)
{
    if (c->ops)
        c->ops->sheet_free(sheet);
    *sheet = (struct script_sheet){0};
}

enum status console_check(const struct console *c, const struct script_field *field,
                          const char *text, struct error *err)
{
    return c->ops ? c->ops->check(c->lua, field, text, err)
                  : err_set(err, E_ABSENT, "this session has no Lua");
}

uint64_t console_run(struct console *c, const char *path, const struct script_value *value,
                     size_t n, struct error *err)
{
    struct str text = {0};
    struct script_sheet sheet;
    if (console_sheet(c, path, &text, &sheet, err) != OK)
        return 0;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    uint64_t id =
        c->ops->run(c->lua, path, str_c(&text), text.n, console_trust(c, path), value, n, err);
    if (id)
        began(c, id, name, true);
    if (id &&
        !c->side[c->shown].foreground) /* until a line is entered: what it prints bears no tag */
        c->side[c->shown].foreground = id;
    console_sheet_free(c, &sheet);
    str_clear(&text);
    return id;
}
