/* api_command.c - commands: those of the program run by scripts, those of scripts in the program's
 * palette, help and keys. Not: the registry (session/command.h).
 */
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "raw.h"
#include "vigie/session/session.h"

enum { MAX_COMMANDS = 200, MAX_CALLS = 20 };

/* struct lua_command - one that a script added; it lives as long as the task that waits for it. */
struct lua_command {
    struct lua_host *host;
    uint64_t id, task;
    struct command row[2];
    struct arena arena;
    struct {
        int argc;
        char **argv, *rest;
    } call[MAX_CALLS];
    int n_call;
};

static void forget_call(struct lua_command *c)
{
    for (int i = 0; i < c->call[0].argc; i++)
        free(c->call[0].argv[i]);
    free(c->call[0].argv);
    free(c->call[0].rest);
    memmove(c->call, c->call + 1, sizeof c->call[0] * (size_t)--c->n_call);
}

static void forget(struct lua_command *c)
{
    commands_remove(session_commands(c->host->session), c);
    while (c->n_call)
        forget_call(c);
    arena_clear(&c->arena);
    free(c);
}

void command_task_over(struct lua_host *h, uint64_t task)
{
    for (size_t i = h->commands.n; i-- > 0;)
        if (h->commands.at[i]->task == task) {
            forget(h->commands.at[i]);
            h->commands.at[i] = h->commands.at[--h->commands.n];
        }
}

/* Somebody gave the command: its task finds the call. */
static enum status on_run(struct command_call *call, struct error *err)
{
    struct lua_command *c = call->owner;
    if (c->n_call == MAX_CALLS)
        return err_set(err, E_BUSY, "%s: its script has not begun the last %d calls yet",
                       c->row[0].name, MAX_CALLS);
    char **argv = mem_zero(sizeof *argv * (size_t)(call->argc + 1));
    for (int i = 1; i < call->argc; i++)
        argv[i - 1] = mem_str(call->argv[i]);
    c->call[c->n_call].argc = call->argc - 1;
    c->call[c->n_call].argv = argv;
    c->call[c->n_call++].rest = mem_str(call->rest);
    task_wake_on(c->host, WANT_COMMAND);
    return OK;
}

struct twin {
    const char *name, *scope;
    bool there;
};

static void is_twin(void *arg, const struct command *row, void *owner)
{
    struct twin *t = arg;
    (void)owner;
    bool same = row->scope == t->scope || (row->scope && t->scope && !strcmp(row->scope, t->scope));
    t->there = t->there || (same && strcmp(row->name, t->name) == 0);
}

static const char *field_text(lua_State *L, struct arena *a, const char *key)
{
    char *s = NULL;
    if (opt_field(L, 1, key)) {
        s = arena_str(a, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return s;
}

static bool name_ok(const char *s)
{
    return s[0] >= 'a' && s[0] <= 'z' && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] &&
           strlen(s) < 40;
}

/* command_add{name, scope, keys, args, help}: its id. Nothing owned is left behind by an error. */
static int raw_add(lua_State *L)
{
    struct lua_host *h = HOST(L);
    struct session *s = here(L, "command");
    lua_getfield(L, 1, "name");
    struct twin twin = {.name = lua_tostring(L, -1)};
    if (opt_field(L, 1, "scope"))
        twin.scope = lua_tostring(L, -1);
    if (!name_ok(twin.name))
        return problem_raise(L, "argument",
                             "command: name: \"%.40s\": small letters, digits and -, such as "
                             "\"focus-log\"",
                             twin.name);
    commands_each(session_commands(s), "*", is_twin, &twin);
    if (twin.there)
        return problem_raise(L, "argument", "command: there is a command %.40s already", twin.name);
    const char *keys = opt_field(L, 1, "keys") ? lua_tostring(L, -1) : "";
    if (keys[0] == 'F' && keys[1] >= '1' && keys[1] <= '9')
        return problem_raise(L, "argument",
                             "command: keys: \"%.8s\" would be F and then %c: a function key is "
                             "written <F%.2s>",
                             keys, keys[1], keys + 1);
    if (h->commands.n >= MAX_COMMANDS)
        return problem_raise(L, "limit", "command: %d commands of scripts are there already",
                             MAX_COMMANDS);
    struct lua_command *c = mem_zero(sizeof *c);
    c->host = h;
    c->id = ++h->next_id;
    c->row[0] = (struct command){.name = field_text(L, &c->arena, "name"),
                                 .scope = field_text(L, &c->arena, "scope"),
                                 .keys = field_text(L, &c->arena, "keys"),
                                 .args = field_text(L, &c->arena, "args"),
                                 .help = field_text(L, &c->arena, "help"),
                                 .flags = CMD_GUEST,
                                 .run = on_run};
    VEC_PUSH(h->commands, c);
    commands_add(session_commands(s), c->row, c);
    lua_pushinteger(L, (lua_Integer)c->id);
    return 1;
}

static struct lua_command *find(lua_State *L)
{
    struct lua_host *h = HOST(L);
    for (size_t i = 0; i < h->commands.n; i++)
        if (h->commands.at[i]->id == (uint64_t)lua_tointeger(L, 1))
            return h->commands.at[i];
    return NULL;
}

/* command_bind(id, task): it goes with the task. */
static int raw_bind(lua_State *L)
{
    struct lua_command *c = find(L);
    if (c)
        c->task = *(uint64_t *)luaL_checkudata(L, 2, t_task);
    return 0;
}

/* command_next(id): {args, rest} of the next call, or nil. */
static int raw_next(lua_State *L)
{
    struct lua_command *c = find(L);
    if (!c || !c->n_call)
        return 0;
    lua_createtable(L, 0, 2);
    lua_createtable(L, c->call[0].argc, 0);
    for (int i = 0; i < c->call[0].argc; i++) {
        lua_pushstring(L, c->call[0].argv[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "args");
    set_text(L, "rest", c->call[0].rest);
    forget_call(c);
    return 1;
}

void raw_commands(lua_State *L)
{
    static const luaL_Reg lib[] = {{"command_add", raw_add},
                                   {"command_bind", raw_bind},
                                   {"command_next", raw_next},
                                   {NULL, NULL}};
    luaL_setfuncs(L, lib, 0);
}

/* ---- cmd ---- */

/* A script must have said that it needs the mount. */
bool command_moves(struct session *s, const char *line)
{
    line += strspn(line, " \t\r\n\v\f");
    char *name = mem_strn(line, strcspn(line, " \t\r\n\v\f")), *out = name;
    for (const char *in = name; *in; in++) /* a name may be quoted, wholly or in part */
        if (*in != '"')
            *out++ = *in;
    *out = 0;
    const struct command *row = commands_find(session_commands(s), NULL, name, NULL);
    bool does = row && ((row->flags & CMD_MOVES_HARDWARE) || strcmp(name, "device-property") == 0);
    free(name);
    return does;
}

static int base_cmd(lua_State *L)
{
    struct session *s = here(L, "cmd");
    struct error err;
    bool yes = false;
    if (lua_istable(L, 2)) {
        lua_getfield(L, 2, "yes");
        yes = lua_toboolean(L, -1);
    }
    const char *line = lua_tostring(L, 1);
    if (command_moves(s, line))
        api_need(L, "mount", "cmd");
    struct str *say = push_str(L);
    enum command_by by = api_has(L, "*") ? BY_LUA : BY_SCRIPT;
    enum status st = commands_run(s, NULL, lua_tostring(L, 1), by, yes, say, &err);
    if (st == E_CANCELLED && !yes)
        return problem_raise(L, "permission", "cmd: %s It asks; {yes = true} answers", err.text);
    if (st != OK)
        return problem_raise_error(L, &err);
    lua_pushlstring(L, str_c(say), say->n);
    return 1;
}

static const struct lua_fn rows[] = {
    {"cmd", base_cmd, "(line: string, [o: {yes: boolean}])", "string",
     "Runs a line as typed behind `:` and gives what it says; yes answers its question.",
     "print(cmd\"note seeing 2.1\")"},
    {"command", api_in_lua,
     "{name: string, help: string, run: function, [scope: string], [keys: string], [args: string]}",
     "task",
     "Adds a command: it is in the palette, in the help and on its keys like those of the program. "
     "run(args, rest) is called with the words behind its name.",
     "local h = command{name = \"hello\", help = \"Says hello\", run = function(args) "
     "print(args[1]) "
     "end} h:off()"},
    {0}};

const struct lua_module lua_module_commands = {"", "session", "commands", rows, NULL};
