/* console.h - what the files of the console share: the struct behind include/vigie/session/console.h.
 * Not: for other rooms.
 */
#ifndef VIGIE_SRC_SESSION_CONSOLE_H
#define VIGIE_SRC_SESSION_CONSOLE_H

#include <stdio.h>

#include "own.h"
#include "vigie/session/console.h"

/* struct kept - a line of the scrollback; tag: NULL none. */
struct kept {
    char *text, *tag;
    enum console_kind kind;
};

/* struct scroll - the lines kept of one console: line[head] on, the number of the oldest in `first`. */
struct scroll {
    VEC(struct kept) line;
    size_t head, bytes;
    uint64_t first;
};

/* struct side - what each of the consoles has of its own. seen: the end of its lines when it was shown last. */
struct side {
    struct scroll scroll;
    uint64_t foreground, seen;
    char *traceback;
};

/* struct started - a task that the console began: a line, or a script (name). */
struct started {
    uint64_t id;
    char *name;
    bool script, timed;
    int64_t began_ms;
    console_sent_fn *sent; /* who waits for its output, or NULL */
    void *sent_arg;
};

/* struct entered - a text that ran; task: it still runs, else 0. */
struct entered {
    char *text;
    uint64_t task;
    bool failed;
};

/* struct question - asked by a task, not answered yet. struct asked_form - the same of several values at once. */
struct question {
    uint64_t task; /* 0: import.c asks */
    int side;      /* the console that asks */
    char *text;
};
struct asked_form {
    uint64_t task;
    char *header, *name;
    int side;
    bool at_once;
};

struct console {
    struct session *session;
    const struct console_ops *ops; /* NULL: there is no Lua */
    void *lua;
    struct side side[CONSOLES];
    int columns; /* as it was drawn last, 0: never */
    int shown;   /* of them: the one that is seen, and gets what is entered */
    uint64_t lines_entered, sends;
    size_t n_sent; /* sent from outside and not over */
    bool active;   /* Lua had something to do in the last turn */
    VEC(struct started) started;
    VEC(char *) past; /* oldest first */
    char *past_path;  /* NULL: not kept in a file */
    VEC(struct console_script) script;
    VEC(struct entered)
    entered;                /* lines of this session that ran; together they fit into a script */
    size_t n_entered, lost; /* bytes of them; how many of the oldest were dropped for that */
    VEC(struct question) question;
    VEC(struct asked_form) form;
    VEC(char *) grant; /* "SHA256 CAPABILITY" */
    bool grants_read;
    FILE *log; /* the lines go there too, or NULL */
    char *log_path;
    char *suggested;                 /* a line for the prompt, or NULL */
    char *edited;                    /* path of the script in the editor */
    char *preset_name, *preset_text; /* the file read last, and its text */
    struct incoming *incoming; /* a script from the web (import.c); NULL: none was asked for */
};

/* console_enter_as - run a text that was not typed: `as` is shown in its place, the history does not get
 * it, and no question takes it for its answer (CONSOLE_WRONG while one waits). */
enum console_entered console_enter_as(struct console *c, const char *text, const char *as);

/* console.c. console_started - what is known of a task that the console began, NULL none. console_changed - there
 * is something new to be seen. */
struct started *console_started(struct console *c, uint64_t id);
void console_changed(struct console *c);

/* scroll.c. scroll_text - n bytes as a line fit for a screen (see struct console_line; tabs: they stay), the caller
 * frees. scroll_put - one more line, the oldest go where there are too many; borrowed until the next.
 * scroll_end - number behind the newest; scroll_at - line i. scroll_clear - none are left, nothing is allocated. */
char *scroll_text(const char *s, size_t n, bool tabs);
const struct kept *scroll_put(struct scroll *r, enum console_kind kind, const char *tag,
                              const char *s, size_t n);
uint64_t scroll_end(const struct scroll *r);
struct console_line scroll_at(const struct scroll *r, uint64_t i);
void scroll_clear(struct scroll *r);

/* asked.c: forget the form that a task asked for (0: the first one); true if there was one. */
bool forms_forget(struct console *c, uint64_t task);

/* past.c: the history. past_open reads the file; past_keep adds one; past_clear frees. */
void past_open(struct console *c);
void past_keep(struct console *c, const char *text);
void past_clear(struct console *c);

/* scripts.c, presets.c */
void scripts_clear(struct console *c);
char *script_folder(const struct console *c, const char *from, struct error *err);
enum status script_file_name(const char *path, char **name, struct error *err);
void presets_clear(struct console *c);
void trust_clear(struct console *c);

/* import.c. script_notes - says what a script is: from, summary, sha256, what it needs, parameters;
 * script_diff_notes - the lines of a text_diff. import_answer - to whether it is to be taken; false: it is neither yes
 * nor no. import_clear - nothing comes any more. */
void script_notes(struct console *c, const char *from, const struct str *text,
                  const struct script_sheet *sheet);
void script_diff_notes(struct console *c, const struct str *diff);
bool import_answer(struct console *c, const char *text);
void import_clear(struct console *c);

/* text_diff - the lines in which two texts differ, unified ("-old", "+new", 2 lines around, "@@" with
 * the line numbers between groups); "" when equal. test: tests/session/check_console.c */
void text_diff(const char *a, const char *b, struct str *out);

#endif
