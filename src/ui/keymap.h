/* keymap.h - which keys run which command, for each scope; prefixes.
 * Not: the commands (session/command.h), keys as bytes (input.h).
 * Bindings come from the command tables (their `keys`), then from the user's keys file, lines
 * `bind SCOPE KEYS COMMAND [ARGUMENTS]` (arguments that end in `...`: the user writes the rest) and `unbind SCOPE KEYS`; `#` begins a comment at the start
 * of a line or behind a blank. SCOPE is a tab's name, or `all`.
 */
#ifndef VIGIE_SRC_UI_KEYMAP_H
#define VIGIE_SRC_UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "key.h"
#include "vigie/base/err.h"
#include "vigie/base/str.h"

enum { KEYMAP_SEQUENCE = 4 }; /* keys of the longest binding */

/* struct binding - scope "all" or a tab's name; line: of the keys file, 0 for a command table's. */
struct binding {
    const char *scope, *command, *args;
    struct key key[KEYMAP_SEQUENCE];
    int n_keys, line;
};

struct keymap;

struct keymap *keymap_new(void);
void keymap_free(struct keymap *m);

/* keymap_add - the alternatives of a command's `keys` ("j <Down>", "gg <Home>"); "" or NULL: none.
 * err   E_PARSE for a key that does not exist; E_REFUSED if another command of the scope has the
 *       same keys, or keys that begin with them or that they begin with: the first binding stays */
enum status keymap_add(struct keymap *m, const char *scope, const char *keys, const char *command,
                       struct error *err) MUST_CHECK;

/* keymap_add_guest - the same for a command that is not the program's: it gets no keys that anything of its
 * scope or of everywhere has, or that shadow those. */
enum status keymap_add_guest(struct keymap *m, const char *scope, const char *keys,
                             const char *command, struct error *err) MUST_CHECK;

/* keymap_bind - one sequence that the program binds itself, to a command with arguments; keys that a
 * table has taken are left to it. Keys that do not exist are a bug. */
void keymap_bind(struct keymap *m, const char *scope, const char *keys, const char *command,
                 const char *args);

/* keymap_load - the text of a keys file. A line of it takes the place of a table's binding with the
 * same keys; two lines of the file that clash, and lines that are wrong, are told to `bad` (may be
 * NULL) with both line numbers; they do not stop the others. Returns the number of bad lines.
 * test: tests/ui/check_keymap.c, fuzz: tests/fuzz/fuzz_keys.c */
typedef void keymap_bad_fn(void *arg, int line, const char *why);
int keymap_load(struct keymap *m, const char *text, size_t n, keymap_bad_fn *bad, void *arg);

/* keymap_match - what the keys typed so far mean in a scope (its own bindings first, then `all`).
 *   returns  the binding if they are one; NULL otherwise, and *prefix says whether one begins so */
const struct binding *keymap_match(const struct keymap *m, const char *scope,
                                   const struct key *keys, int n, bool *prefix);

/* keymap_at - the i-th binding, NULL behind the last. keymap_keys_of - the keys of a command in a
 * scope as shown to the user ("g g", "t"; alternatives separated by two blanks; "" if none). */
const struct binding *keymap_at(const struct keymap *m, size_t i);
void keymap_keys_of(const struct keymap *m, const char *scope, const char *command,
                    struct str *out);

/* keymap_show - keys in the notation ("g g"), added to out. */
void keymap_show(const struct key *keys, int n, struct str *out);

/* keymap_applies - whether a binding's scope counts in `scope`, and is not hidden there by another.
 */
bool keymap_applies(const struct keymap *m, const struct binding *b, const char *scope);

#endif
