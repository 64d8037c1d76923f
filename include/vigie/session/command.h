/* command.h - the one table of all that can be done: a row is a command; keys, palette, help, hint
 * bar, Lua and manual read the same rows. Not: key decoding, nor what a view draws.
 */
#ifndef VIGIE_SESSION_COMMAND_H
#define VIGIE_SESSION_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

struct session;

/* CMD_NEEDS_ROW        acts on the row under the cursor; its `disabled` says when there is none
 * CMD_MOVES_HARDWARE   always asks, is never bound to a single letter, is logged with who asked
 * CMD_ASKS             asks first, for another reason (it ends or throws away something)
 * CMD_ASKS_ITSELF      the same, but `run` makes the question: called unconfirmed, it shows what there
 *                      is to see and answers E_CANCELLED with the question
 * CMD_HIDDEN           not in palette and help (for tests and support)
 * CMD_BEYOND           reaches what no header of a script can ask for (Lua with all rights, files anywhere, the
 *                      answer to a question): of scripts only the user's own may run it
 * CMD_GUEST            added by a script: its keys give way to all that the program has */
enum {
    CMD_NEEDS_ROW = 1,
    CMD_MOVES_HARDWARE = 2,
    CMD_ASKS = 4,
    CMD_HIDDEN = 8,
    CMD_ASKS_ITSELF = 16,
    CMD_BEYOND = 32,
    CMD_GUEST = 64
};

/* Who asked. BY_SCRIPT: Lua that has only what its header asks for; BY_LUA: all other. */
enum command_by { BY_KEY, BY_PALETTE, BY_LINE, BY_LUA, BY_SCRIPT };
static inline bool by_lua(enum command_by by)
{
    return by == BY_LUA || by == BY_SCRIPT;
}

/* struct command_call - what `run` and `disabled` get.
 *   owner      what was given with the table to commands_add: the view, the ui, the session
 *   argv       argc words; argv[0] is the command's name; borrowed for the call
 *   rest       the text behind the name, blanks at both ends removed, quotes as typed; never NULL
 *   confirmed  the question was answered with yes
 *   say        what `run` wants shown, one line, no newline at the end; empty: nothing */
struct command_call {
    struct session *session;
    void *owner;
    int argc;
    char **argv;
    const char *rest;
    enum command_by by;
    bool confirmed;
    struct str *say;
};

/* command_run_fn - does it. Fails with a sentence fit to be shown.
 * command_disabled_fn - why it cannot be done now, in words ("the mount is parked"), borrowed until
 * the next call; NULL: it can. Only session and owner of the call are set. */
typedef enum status command_run_fn(struct command_call *call, struct error *err);
typedef const char *command_disabled_fn(const struct command_call *call);

/* command_preview_fn - while the line is being written: what it would do, in a few words added to say
 * (rest: what stands behind the name so far). False: it is wrong, and say tells why. At most a few
 * ms; called at each drawing of the prompt. */
typedef bool command_preview_fn(struct session *s, const char *rest, struct str *say);

/* struct command - a row; a table of them is ended by a row without a name.
 *   name      "alert-to-target"
 *   scope     view in which it works ("alerts"), NULL: everywhere
 *   keys      as in the keys file, alternatives divided by blanks ("t", "gg <Home>"), NULL: none
 *   args      what stands behind the name, for help: "[priority]", NULL: none
 *   help      one sentence without full stop
 *   disabled  may be NULL: always possible
 *   preview   may be NULL */
struct command {
    const char *name, *scope, *keys, *args, *help;
    unsigned flags;
    command_disabled_fn *disabled;
    command_run_fn *run;
    command_preview_fn *preview;
};

/* commands_new - an empty registry. commands_free frees it, not the tables. */
struct commands *commands_new(void);
void commands_free(struct commands *c);

/* commands_add - add a table; it and owner are borrowed until commands_remove(owner). A name twice
 * in one scope is a bug. */
void commands_add(struct commands *c, const struct command *table, void *owner);
void commands_remove(struct commands *c, const void *owner);

/* commands_changes - another number whenever tables came or went: who keeps keys of them looks anew.
 *   test   tests/term/scripts.sh */
uint64_t commands_changes(const struct commands *c);

/* commands_find - the row of a name: one of `scope` (may be NULL) before one of everywhere.
 *   owner    may be NULL; gets the row's owner
 *   returns  NULL if there is none, or only in another scope */
const struct command *commands_find(const struct commands *c, const char *scope, const char *name,
                                    void **owner);

/* commands_each - all rows that work in `scope` (NULL: those of everywhere; "*": all), in the order
 * of the tables. */
typedef void commands_each_fn(void *arg, const struct command *row, void *owner);
void commands_each(const struct commands *c, const char *scope, commands_each_fn *fn, void *arg);

/* commands_disabled - why a row cannot be run now, NULL: it can. */
const char *commands_disabled(struct session *s, const struct command *row, void *owner);

/* commands_run - run a line: "set transits.min-alt 30". Words are divided by blanks; "..." holds a
 * word with blanks, \" and \\ inside it.
 *   scope      the view in which it is asked, NULL: none
 *   confirmed  false: a row that asks is not run; the answer is E_CANCELLED and the text is the
 *              question
 *   say        gets what is to be shown (emptied first)
 *   err        E_ABSENT no such command (with the nearest), E_REFUSED with the reason of `disabled`,
 *              E_CANCELLED the question, E_PARSE an open quote, else what `run` answers
 *   test       tests/session/check_core.c */
enum status commands_run(struct session *s, const char *scope, const char *line, enum command_by by,
                         bool confirmed, struct str *say, struct error *err) MUST_CHECK;

#endif
