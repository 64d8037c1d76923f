/* console.h - the console of the session: what was typed and answered, the history, the library of
 * scripts; and the door through which Lua does the work. It lives as long as the session: a viewer
 * that goes and comes back finds it as it was. Not: Lua itself (main.c hands its door in), nor a
 * line being typed (the view).
 */
#ifndef VIGIE_SESSION_CONSOLE_H
#define VIGIE_SESSION_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

struct session;
struct console;

/* How many consoles there are; they share variables and history. */
enum { CONSOLES = 2 };

enum { SCRIPT_PARAMS = 40, SCRIPT_MAX = 1000000 };

/* --- the door: what Lua does for the console --------------------------------------------------- */

enum console_state {
    CONSOLE_READY,
    CONSOLE_WAITING,
    CONSOLE_DONE,
    CONSOLE_FAILED,
    CONSOLE_CANCELLED
};

/* struct console_task - a row of the task list; waits, note: NULL or "". progress: 0 .. 1, NAN when
 * none was told. Texts are borrowed until the next turn. */
struct console_task {
    uint64_t id, parent;
    const char *name, *waits, *note;
    enum console_state state;
    double cpu_s, age_s, progress;
};

/* struct console_problem - why a task failed; where ("plan.lua:23"), hint, traceback may be NULL.
 * Borrowed for the call. */
struct console_problem {
    const char *kind, *message, *where, *hint, *traceback;
};

/* struct script_field - a parameter of a script as its header says it. NULL: not said. type: one of
 * string int number boolean angle coord time duration filename dir choice target device table
 * secret. of: choices of a choice, divided by ','. */
struct script_field {
    const char *name, *type, *def, *label, *min, *max, *of, *pattern, *step;
    bool optional;
};

/* struct script_sheet - the head of a script, read without running it. has: it has one. Texts are
 * owned by `own`, which sheet_free of the door frees. */
struct script_sheet {
    bool has;
    const char *name, *summary, *author, *version, *needs;
    struct script_field field[SCRIPT_PARAMS];
    int n_field;
    void *own;
};

/* Whose script it is. OWN: the user's, written or named by a path; without a header it may do all.
 * SHIPPED: what its header says. IMPORTED: the same, and the observer is asked for each capability. */
enum script_trust { TRUST_OWN, TRUST_SHIPPED, TRUST_IMPORTED };

/* struct script_value - a parameter given: its name and text. */
struct script_value {
    const char *name, *text;
};

/* console_word_fn - one completion: the whole word that may stand where `from` .. cursor is, and one
 * line of help ("" none). */
typedef void console_word_fn(void *arg, const char *word, const char *help);

/* struct console_ops - all are called in the loop's thread. What a task prints and how it ends comes
 * back through console_print and console_done, never inside a call of these.
 *   create      one interpreter for the session; told once, at its start
 *   step        run what is ready for about budget_ms; true: there is more
 *   line        a console line (n bytes): compile, make it a task. Returns its id; 0 with err, and
 *               *incomplete when it ends too early (the rest is awaited)
 *   run         a script's text with parameters as a task; path: where it lies (its last part is its name in messages,
 *               its folder that of the modules it may require)
 *   cancel      end a task: its on_exit functions run; 0: all
 *   tasks       those that are not over, oldest first; returns how many there are
 *   complete    words for the text up to `at`; returns where the word begins that they replace
 *   help        help of the function the cursor stands in: first line its call, then sentences;
 *               false: none
 *   sheet       the head of a script; err with the line when it is wrong
 *   check       whether a text can stand for a parameter, with the sentence why not
 *   check_code  whether a script's text compiles
 *   answer      to a question that was asked through console_ask; NULL: none will come
 *   unknown     names of globals that a text reads and nobody sets, with their lines, divided by ", "
 *   again       run init.lua anew; E_ABSENT: there is none
 *   place       a task that line or run gave belongs to a console (0 ..); what it starts belongs there too
 *   placed      where a task belongs; 0 for one that nobody placed
 *   as_script   adds a console line as a script can hold it; valued: the next one reads its value as _
 *   needs       adds the capabilities that a text needs, as its header says them: "sky", "vo" */
struct console_ops {
    void *(*create)(struct session *session, struct console *console);
    void (*destroy)(void *lua);
    bool (*step)(void *lua, int budget_ms);
    uint64_t (*line)(void *lua, const char *name, const char *code, size_t n, bool *incomplete,
                     struct error *err);
    uint64_t (*run)(void *lua, const char *path, const char *code, size_t n,
                    enum script_trust trust, const struct script_value *value, size_t n_value,
                    struct error *err);
    void (*cancel)(void *lua, uint64_t task, const char *why);
    size_t (*tasks)(void *lua, struct console_task *out, size_t max);
    size_t (*complete)(void *lua, const char *text, size_t at, console_word_fn *fn, void *arg);
    bool (*help)(void *lua, const char *text, size_t at, struct str *out);
    enum status (*sheet)(const char *text, size_t n, struct script_sheet *out, struct error *err);
    void (*sheet_free)(struct script_sheet *sheet);
    enum status (*check)(void *lua, const struct script_field *field, const char *text,
                         struct error *err);
    enum status (*check_code)(void *lua, const char *name, const char *code, size_t n,
                              struct error *err);
    void (*answer)(void *lua, uint64_t task, const char *text);
    void (*unknown)(void *lua, const char *code, size_t n, struct str *out);
    enum status (*again)(void *lua, struct error *err);
    void (*place)(void *lua, uint64_t task, int which);
    int (*placed)(void *lua, uint64_t task);
    void (*as_script)(void *lua, const char *code, size_t n, bool valued, struct str *out);
    void (*needs)(void *lua, const char *code, size_t n, struct str *out);
};

/* console_door - main.c's: the Lua that sessions made from now on use; NULL (the start): none. */
void console_door(const struct console_ops *ops);

/* --- told by Lua ------------------------------------------------------------------------------- */

/* console_print - a task printed a text; several lines are several lines of the scrollback.
 * console_done - a task is over. value: what a console line gave, may be NULL; problem: of a failed
 * one, else NULL.
 * console_told - progress or state of some task changed (the list is to be drawn anew). */
void console_print(struct console *c, uint64_t task, const char *text, size_t n);
void console_done(struct console *c, uint64_t task, enum console_state state, const char *value,
                  const struct console_problem *problem);
void console_told(struct console *c);

/* console_ask - a task asks and waits: the question is shown, the next line that is entered answers it
 * (several: one after the other). console_question - the one that waits for an answer, NULL none. */
void console_ask(struct console *c, uint64_t task, const char *question);
const char *console_question(const struct console *c);

/* console_ask_form - a task asks for values and waits; header: what it asks for, as a script's header (n bytes).
 * struct console_form - one that waits. at_once: who typed the line or started the script waits for it; others are
 * opened when the observer wants. console_form - the first, false: none. console_form_answer - lines name=value;
 * NULL: closed. */
struct console_form {
    uint64_t task;
    const char *header, *name; /* name: of the task */
    size_t n;
    bool at_once;
};
void console_ask_form(struct console *c, uint64_t task, const char *header, size_t n);
bool console_form(const struct console *c, struct console_form *out);
void console_form_answer(struct console *c, uint64_t task, const char *text);

/* console_suggest - a line that may be wanted next: an empty prompt gets it, Up brings it later.
 * console_suggested - the one that no prompt has got yet, NULL none; console_suggest_over - it has. */
void console_suggest(struct console *c, const char *line);
const char *console_suggested(const struct console *c);
void console_suggest_over(struct console *c);

/* console_granted - whether the observer has granted a capability to the script of this text before;
 * console_grant - he does now. Kept by the text's SHA-256 in ~/.local/share/vigie/grants, so that a changed
 * script asks again. script_always_asks - those that are asked for at every run: what moves or switches. */
bool console_granted(struct console *c, const char *code, size_t n, const char *capability);
void console_grant(struct console *c, const char *code, size_t n, const char *capability);
bool script_always_asks(const char *capability);

/* --- the console ------------------------------------------------------------------------------- */

/* session_console - the session's; never NULL. console_lua - whether there is a Lua behind it. */
struct console *session_console(const struct session *s);
bool console_lua(const struct console *c);

/* console_fit - the console is drawn so many columns wide; what is printed from now on is made for that.
 * console_columns - the width, 100 as long as nothing is drawn. test: tests/ui/check_console.c */
void console_fit(struct console *c, int columns);
int console_columns(const struct console *c);

/* Two consoles: each has its scrollback, its foreground task, its questions and its last failure. All functions
 * here are about the one that is shown, but for what tasks say, which goes to theirs.
 * console_shown - which, 0 .. CONSOLES - 1; console_show - another one. console_unseen - lines that came to one since
 * it was shown last; 0 for the one that is. test: tests/session/check_console.c, tests/ui/check_consoles.c */
int console_shown(const struct console *c);
void console_show(struct console *c, int which);
uint64_t console_unseen(const struct console *c, int which);

/* What a line of the scrollback is. INPUT: typed; MORE: its further lines; OUT: printed; VALUE: what
 * a line gave; ERROR and HINT: of a failure; NOTE: said by the console. */
enum console_kind {
    CONSOLE_INPUT,
    CONSOLE_MORE,
    CONSOLE_OUT,
    CONSOLE_VALUE,
    CONSOLE_ERROR,
    CONSOLE_HINT,
    CONSOLE_NOTE
};

/* struct console_line - text: valid UTF-8 without control characters (tab is blanks, others ^X).
 * tag: the task that printed it while another had the prompt ("" none). */
struct console_line {
    enum console_kind kind;
    const char *tag, *text;
};

/* The scrollback: at most CONSOLE_BYTES; the oldest go. console_first: number of the oldest line
 * kept; console_end: of the line behind the newest. console_at - line i, first <= i < end; borrowed
 * until the next turn. console_clear - empties it. test: tests/session/check_console.c */
enum { CONSOLE_BYTES = 50 * 1024 * 1024, CONSOLE_LINES = 400000, CONSOLE_TEXT = 16000 };
uint64_t console_first(const struct console *c);
uint64_t console_end(const struct console *c);
struct console_line console_at(const struct console *c, uint64_t i);
void console_clear(struct console *c);
void console_note(struct console *c, const char *fmt, ...) PRINTF(2, 3);

/* console_enter - a line (or several) was entered: shown, kept in the history, run.
 *   returns  CONSOLE_MORE_WANTED: it ends too early; nothing was run, shown or kept */
enum console_entered { CONSOLE_RUNS, CONSOLE_MORE_WANTED, CONSOLE_WRONG };
enum console_entered console_enter(struct console *c, const char *text);

/* console_foreground - the task of the line entered last, or of the script run since then if nothing else did; 0
 * when it is over. What it prints bears no tag. console_runs_script - it is a script.
 * console_cancel - end it (or another one, by id). console_traceback - of the last failure, "" none.
 * console_tasks, console_complete, console_help: the door's, harmless without one. */
uint64_t console_foreground(const struct console *c);
bool console_runs_script(const struct console *c);

/* console_send - Lua from outside (`vigie send`) as a task that shares the console's variables. fn is told,
 * never inside this call: OUT, whole lines that it printed; ERROR, sentences; END, once, with an exit status (0
 * done, 1 failed, 3 network). Returns its id, 0 with err when it does not compile. console_unsend -
 * nobody waits for it any more: it is cancelled, fn is not called again. */
enum console_sent { SENT_OUT, SENT_ERROR, SENT_END };
typedef void console_sent_fn(void *arg, enum console_sent what, const char *text, size_t n,
                             int exit_status);
uint64_t console_send(struct console *c, const char *code, size_t n, console_sent_fn *fn, void *arg,
                      struct error *err);
void console_unsend(struct console *c, uint64_t task);
void console_cancel(struct console *c, uint64_t task);
const char *console_traceback(const struct console *c);
size_t console_tasks(const struct console *c, struct console_task *out, size_t max);
size_t console_complete(const struct console *c, const char *text, size_t at, console_word_fn *fn,
                        void *arg);
bool console_help(const struct console *c, const char *text, size_t at, struct str *out);

/* The history: entered texts, newest last, in ~/.local/share/vigie/history (0600) unless the session
 * is a demonstration; one that holds the word `secret` is not kept. console_past - the i-th before
 * the newest (0: the newest), NULL beyond. */
enum { CONSOLE_HISTORY = 2000 };
const char *console_past(const struct console *c, size_t i);

/* console_step - one turn of Lua; true: there is more to do. Called by session_turn. */
bool console_step(struct console *c, int budget_ms);
struct console *console_new(struct session *s);
void console_free(struct console *c);

/* --- scripts ----------------------------------------------------------------------------------- */

/* struct console_script - a script of the library. from: "shipped", "own" or "imported". summary:
 * of its header, "" none; bad: why its header cannot be read, NULL. Borrowed until the next
 * console_scripts_read. */
struct console_script {
    char *name, *path, *summary, *needs, *bad;
    const char *from;
};

/* console_scripts_read - look at the folders again: the user's own (~/.config/vigie/scripts), those
 * imported (~/.local/share/vigie/scripts), those shipped; of one name the first of these is used.
 * console_scripts - how many; console_script_at - the i-th, by name.
 * console_script_find - by name ("plan" or "plan.lua") or path; E_ABSENT with the nearest name. */
void console_scripts_read(struct console *c);
size_t console_scripts(const struct console *c);
const struct console_script *console_script_at(const struct console *c, size_t i);
const struct console_script *console_script_find(const struct console *c, const char *name);

/* console_trust - how far a script file is trusted: by the folder it really lies in, whatever the path. */
enum script_trust console_trust(const struct console *c, const char *path);

/* console_sheet - text and head of a script file; the caller frees with console_sheet_free. console_sheet_of - the
 * head of a text.
 * console_check - the door's check of one field.
 * console_run - run a script with values; its task's id, 0 with err. */
enum status console_sheet(const struct console *c, const char *path, struct str *text,
                          struct script_sheet *sheet, struct error *err) MUST_CHECK;
enum status console_sheet_of(const struct console *c, const struct str *text,
                             struct script_sheet *sheet, struct error *err) MUST_CHECK;
void console_sheet_free(const struct console *c, struct script_sheet *sheet);
enum status console_check(const struct console *c, const struct script_field *field,
                          const char *text, struct error *err) MUST_CHECK;
uint64_t console_run(struct console *c, const char *path, const struct script_value *value,
                     size_t n, struct error *err);

/* Presets: values of a script's form, kept per script in ~/.local/share/vigie/presets (a demonstration keeps
 * its own apart); secrets are left out by who saves. The set "" is that of the last run.
 * console_presets - name of the i-th set, by the order they were made, NULL behind the last.
 * console_preset_there - whether there is such a set; console_preset - text of a parameter in it, NULL none.
 * These texts are valid until the next call of any of these functions.
 * console_preset_save - make or replace one (name without blanks, brackets, quotes, =).
 * console_preset_delete - E_ABSENT: there is none; console_preset_none is that sentence, with the names
 * there are.
 *   test  tests/session/check_console.c */
enum { PRESET_NAME = 40 };
const char *console_presets(struct console *c, const char *script, size_t i);
bool console_preset_there(struct console *c, const char *script, const char *preset);
const char *console_preset(struct console *c, const char *script, const char *preset,
                           const char *param);
enum status console_preset_save(struct console *c, const char *script, const char *preset,
                                const struct script_value *value, size_t n,
                                struct error *err) MUST_CHECK;
enum status console_preset_delete(struct console *c, const char *script, const char *preset,
                                  struct error *err) MUST_CHECK;
enum status console_preset_none(struct console *c, const char *script, const char *preset,
                                struct error *err);

/* console_import - take a script from outside into the library: it is copied to the imported ones,
 * which have only what they ask for. console_import_url - the same from the web: it is fetched over https: (its
 * certificate verified, no address of this machine or the networks around it, SCRIPT_MAX bytes), then the console shows
 * what it is and what it changes, and asks; what was shown is what is kept. err: E_REFUSED another scheme or offline,
 * E_BUSY one is under way, E_RANGE its name is none of a script. test: tests/lua/check_import.c. console_diff - lines that differ from the script of that name
 * there is, as a unified text ("" equal); against nothing: all lines are new. path without a folder, of a name in
 * the library: the one in use against that behind it (own before imported before shipped). test:
 * tests/term/scripts.sh */
enum status console_import(struct console *c, const char *path, struct str *name,
                           struct error *err) MUST_CHECK;
enum status console_import_url(struct console *c, const char *url, struct error *err) MUST_CHECK;
enum status console_diff(const struct console *c, const char *path, struct str *out,
                         struct error *err) MUST_CHECK;

/* console_edit - the user's editor on a script of his own: of that name, else an imported one where it lies (it
 * stays imported: its text is another, so it asks anew), else a copy of the one shipped, else a new one. When it has ended, the text is checked: whether it compiles, its header,
 * names that nobody knows; the console says so.
 * console_load - run a file in the console's own environment: its functions are there at the prompt.
 * console_save - the lines entered in this session as a script of the user's own, with what they need in its
 * header; those that failed or were cancelled as comments; *path says where, the caller frees. console_export - a script of the library to a file that does not exist yet. */
enum status console_edit(struct console *c, const char *name, struct error *err) MUST_CHECK;
enum status console_load(struct console *c, const char *path, struct error *err) MUST_CHECK;
enum status console_save(struct console *c, const char *name, char **path,
                         struct error *err) MUST_CHECK;
enum status console_export(struct console *c, const char *name, const char *path,
                           struct error *err) MUST_CHECK;

/* console_log - from now on every line of the console is also written to a file (0600, new: one that is
 * there is refused); NULL ends it. console_logs - to which, NULL none.
 * console_again - run init.lua anew: its hooks and commands end, then it runs.
 *   test   tests/cli/check_hooks.sh, tests/term/console.sh */
enum status console_log(struct console *c, const char *path, struct error *err) MUST_CHECK;
const char *console_logs(const struct console *c);
enum status console_again(struct console *c, struct error *err) MUST_CHECK;

/* console_timed - enter a line; how long it took is said when it is over. */
enum console_entered console_timed(struct console *c, const char *text);

#endif
