/* console_own.h - what the files of the Console tab share. Not: for other tabs.
 */
#ifndef VIGIE_SRC_UI_VIEWS_CONSOLE_OWN_H
#define VIGIE_SRC_UI_VIEWS_CONSOLE_OWN_H

#include "../editor.h"
#include "../line.h"
#include "views.h"
#include "vigie/base/mem.h"
#include "vigie/session/console.h"

/* Who gets the keys. */
enum focus { FOCUS_PROMPT, FOCUS_OUTPUT, FOCUS_TASKS, FOCUS_SCRIPTS, FOCUS_FORM };

enum { CONSOLE_SIDE = 37, TASK_ROWS = 128, WORD_ROWS = 8 };

/* struct word - a completion that may stand here. */
struct word {
    char *text, *help;
};

/* struct prompt - the line being typed in one of the consoles and what helps with it. */
struct prompt {
    struct editor edit;
    size_t past_at; /* of the history: 0 the line itself, 1 the newest */
    char *typed;    /* what the history replaced */
    bool searching;
    bool pasting; /* Enter makes a new line: for terminals that do not mark what is pasted */
    struct line pattern;
    size_t found; /* of the search: entry + 1, 0 none */
    VEC(struct word) word;
    size_t word_from; /* where the words begin that they replace */
    bool listed;      /* a second Tab shows them, further ones the next */
    size_t word_top;  /* the first that is shown */
    struct str help;
    uint64_t bottom; /* of what is read of the output, UINT64_MAX: it follows */
};

/* struct task_row - a copy of a task: what is shown between two turns. */
struct task_row {
    uint64_t id;
    char *name, *state, *note;
    double cpu_s, age_s, progress;
};

/* What of a form is seen: its fields, what the script is, its presets, a name to keep one under, the question
 * before one is deleted. */
enum form_page { FORM_FIELDS, FORM_SUMMARY, FORM_PRESETS, FORM_NAME, FORM_DELETE };

/* struct form - parameters being filled in: of a script (path), or what a running task asks for. */
struct form {
    char *path, *name; /* path NULL: a task asks */
    uint64_t task;
    struct str text;
    struct script_sheet sheet;
    struct line value[SCRIPT_PARAMS];
    char *wrong[SCRIPT_PARAMS]; /* why a value cannot stand, NULL */
    int at;
    char *failed; /* why it did not run, or the preset was not kept */
    enum form_page page;
    int preset, summary_top; /* preset: row under the cursor; 0, 1: those that are always there */
    struct line preset_name;
};

struct rows {
    VEC(struct task_row) task;
    const struct console *console;
};

struct console_view {
    struct session *session;
    struct console *console;
    enum focus focus;
    struct prompt each[CONSOLES], *prompt; /* prompt: of the console that is shown */
    struct rows *rows;
    struct list *tasks, *scripts;
    struct form *form; /* NULL: none is open */
    int *page;         /* rows of the output as last drawn */
};

/* console_prompt.c. prompt_key: true if the key was for the prompt. prompt_suggested - a line that was suggested
 * to an empty one. */
bool prompt_key(struct console_view *v, const struct key *k);
void prompt_clear(struct prompt *p);
void prompt_suggested(struct console_view *v);

/* console_form.c. form_open: err says why it cannot. form_key: true if it was for the form. form_draw.
 * form_check - field i anew. form_asked - the form that a task asks for opens, if who sits there waits for it or
 * wants it; one whose task is over closes. form_hints - the keys of what is seen. */
enum status form_open(struct console_view *v, const char *path, struct error *err) MUST_CHECK;
void form_close(struct console_view *v);
bool form_key(struct console_view *v, const struct key *k);
void form_draw(const struct console_view *v, struct canvas *c);
void form_check(struct console_view *v, int i);
void form_asked(struct console_view *v, bool wanted);
const char *form_hints(const struct console_view *v);

/* console_preset.c - the pages of a form beside its fields: presets, what the script is. preset_fill - the
 * fields from a set of values: "" the last run, NULL the defaults. */
void preset_fill(struct console_view *v, const char *preset);
bool preset_key(struct console_view *v, const struct key *k);
void preset_draw(const struct console_view *v, struct canvas *c, int top);
bool summary_key(struct console_view *v, const struct key *k);
void summary_draw(const struct console_view *v, struct canvas *c);

/* console_draw.c */
void console_draw(const void *view, const struct session *session, struct canvas *c);

/* console_scroll - move the output by lines, up < 0. */
void console_scroll(struct console_view *v, int lines);

#endif
