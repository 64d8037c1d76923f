/* command.c - see command.h: tables registered, a line taken apart, a row found and run. */
#include "vigie/session/command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/session/session.h"

enum { MAX_LINE = 4096, MAX_WORDS = 64 };

struct entry {
    const struct command *row;
    void *owner;
};

struct commands {
    VEC(struct entry) at;
    uint64_t changes;
};

struct commands *commands_new(void)
{
    return mem_zero(sizeof(struct commands));
}

void commands_free(struct commands *c)
{
    if (!c)
        return;
    VEC_FREE(c->at);
    free(c);
}

static bool same_scope(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

uint64_t commands_changes(const struct commands *c)
{
    return c->changes;
}

void commands_add(struct commands *c, const struct command *table, void *owner)
{
    c->changes++;
    for (const struct command *row = table; row->name; row++) {
        for (size_t i = 0; i < c->at.n; i++)
            ensure(strcmp(c->at.at[i].row->name, row->name) != 0 ||
                   !same_scope(c->at.at[i].row->scope, row->scope));
        struct entry e = {row, owner};
        VEC_PUSH(c->at, e);
    }
}

void commands_remove(struct commands *c, const void *owner)
{
    size_t keep = 0;
    c->changes++;
    for (size_t i = 0; i < c->at.n; i++)
        if (c->at.at[i].owner != owner)
            c->at.at[keep++] = c->at.at[i];
    c->at.n = keep;
}

const struct command *commands_find(const struct commands *c, const char *scope, const char *name,
                                    void **owner)
{
    const struct entry *found = NULL;
    for (size_t i = 0; i < c->at.n; i++) {
        const struct entry *e = &c->at.at[i];
        if (strcmp(e->row->name, name) != 0)
            continue;
        if (e->row->scope && (!scope || strcmp(scope, e->row->scope) != 0))
            continue;
        if (!found || e->row->scope)
            found = e;
    }
    if (found && owner)
        *owner = found->owner;
    return found ? found->row : NULL;
}

void commands_each(const struct commands *c, const char *scope, commands_each_fn *fn, void *arg)
{
    bool all = scope && strcmp(scope, "*") == 0;
    for (size_t i = 0; i < c->at.n; i++) {
        const struct entry *e = &c->at.at[i];
        if (all || !e->row->scope || (scope && strcmp(scope, e->row->scope) == 0))
            fn(arg, e->row, e->owner);
    }
}

const char *commands_disabled(struct session *s, const struct command *row, void *owner)
{
    struct command_call call = {.session = s, .owner = owner, .rest = ""};
    return row->disabled ? row->disabled(&call) : NULL;
}

/* One word, taken out of *p in place; quotes removed. False: an open quote. */
static bool take_word(char **p, char **word)
{
    char *in = *p, *out = in;
    *word = in;
    bool quoted = false;
    for (; *in && (quoted || !isspace((unsigned char)*in)); in++) {
        if (*in == '"')
            quoted = !quoted;
        else if (quoted && *in == '\\' && (in[1] == '"' || in[1] == '\\'))
            *out++ = *++in;
        else
            *out++ = *in;
    }
    if (quoted)
        return false;
    *p = *in ? in + 1 : in;
    *out = 0;
    return true;
}

static enum status take_apart(char *line, char **argv, int *argc, struct error *err)
{
    *argc = 0;
    for (char *p = line;;) {
        while (isspace((unsigned char)*p))
            p++;
        if (!*p)
            return OK;
        if (*argc == MAX_WORDS)
            return err_set(err, E_RANGE, "more than %d words in one line", MAX_WORDS);
        if (!take_word(&p, &argv[(*argc)++]))
            return err_set(err, E_PARSE, "an open \" in the line");
    }
}

struct nearest {
    const char *name, *best, *scope;
    int least;
};

static void is_nearer(void *arg, const struct command *row, void *owner)
{
    (void)owner;
    struct nearest *n = arg;
    if (strcmp(row->name, n->name) == 0)
        n->scope = row->scope;
    int d = str_near(row->name, n->name);
    if (d < n->least && !(row->flags & CMD_HIDDEN)) {
        n->least = d;
        n->best = row->name;
    }
}

static enum status no_command(const struct commands *c, const char *name, struct error *err)
{
    struct nearest n = {.name = name, .least = 4};
    commands_each(c, "*", is_nearer, &n);
    if (n.scope)
        return err_set(err, E_ABSENT, "%s works in the %s tab only", name, n.scope);
    return err_set(err, E_ABSENT, "no command %.40s%s%s%s", name, n.best ? "; did you mean " : "",
                   n.best ? n.best : "", n.best ? "?" : "");
}

static const char *by_whom(enum command_by by)
{
    switch (by) {
    case BY_KEY: return "key";
    case BY_PALETTE: return "palette";
    case BY_LINE: return "command line";
    case BY_LUA:
    case BY_SCRIPT: return "Lua";
    }
    return "";
}

static enum status run_row(const struct command *row, struct command_call *call, struct error *err)
{
    if ((row->flags & CMD_BEYOND) && call->by == BY_SCRIPT)
        return err_set(err, E_REFUSED,
                       "%s: only you and your own scripts without a header may run it", row->name);
    const char *why = commands_disabled(call->session, row, call->owner);
    if (why)
        return err_set(err, E_REFUSED, "%s: not now: %s", row->name, why);
    bool itself = row->flags & CMD_ASKS_ITSELF;
    if ((row->flags & (CMD_ASKS | CMD_MOVES_HARDWARE)) && !itself && !call->confirmed)
        return err_set(err, E_CANCELLED, "%s?", row->help);
    if ((row->flags & CMD_MOVES_HARDWARE) && call->confirmed)
        log_put(LOG_INFO, "user", row->name, "asked by %s%s%s", by_whom(call->by),
                call->rest[0] ? ": " : "", call->rest);
    struct error e;
    enum status st = row->run(call, &e);
    if (st == OK)
        return OK;
    return err_set(err, st, "%s", e.text);
}

enum status commands_run(struct session *s, const char *scope, const char *line, enum command_by by,
                         bool confirmed, struct str *say, struct error *err)
{
    char *argv[MAX_WORDS + 1] = {0};
    struct command_call call = {
        .session = s, .by = by, .confirmed = confirmed, .argv = argv, .say = say};
    str_reset(say);
    while (isspace((unsigned char)*line))
        line++;
    if (strlen(line) > MAX_LINE)
        return err_set(err, E_RANGE, "a line of more than %d bytes", MAX_LINE);
    char *copy = mem_str(line), *rest = mem_str(line + strcspn(line, " \t"));
    char *from = rest;
    while (isspace((unsigned char)*from))
        from++;
    for (size_t n = strlen(from); n > 0 && isspace((unsigned char)from[n - 1]); n--)
        from[n - 1] = 0;
    call.rest = from;
    enum status st = take_apart(copy, argv, &call.argc, err);
    if (st == OK && call.argc > 0) {
        const struct command *row = commands_find(session_commands(s), scope, argv[0], &call.owner);
        st = row ? run_row(row, &call, err) : no_command(session_commands(s), argv[0], err);
    }
    free(copy);
    free(rest);
    return st;
}
