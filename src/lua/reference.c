/* reference.c - the binding tables as text: for people, and as a stub for editors (LuaCATS, read by
 * lua-language-server). Not: any of their words.
 */
#include <string.h>

#include "api.h"

static void reference_rows(FILE *f, const char *owner, const char *joint, const struct lua_fn *row)
{
    for (; row && row->name; row++) {
        fprintf(f, "%s%s%s%s -> %s\n    %s\n", owner, joint, row->name, row->args ? row->args : "",
                row->gives, row->help);
        if (row->example)
            fprintf(f, "    > %s\n", row->example);
    }
}

void api_reference(FILE *f)
{
    for (size_t i = 0; lua_modules[i]; i++) {
        const struct lua_module *m = lua_modules[i];
        if (m->name[0])
            fprintf(f, "\n%s - %s%s%s%s\n\n", m->name, m->help, m->needs ? " (needs \"" : "",
                    m->needs ? m->needs : "", m->needs ? "\")" : "");
        else
            fprintf(f, "\n%s\n\n", m->help);
        reference_rows(f, m->name, m->name[0] ? "." : "", m->fns);
    }
    for (size_t i = 0; lua_types[i]; i++) {
        fprintf(f, "\n%s - %s\n\n", lua_types[i]->name, lua_types[i]->help);
        reference_rows(f, lua_types[i]->name, ":", lua_types[i]->rows);
    }
}

/* The checker's name of a type; unions of ours are written with |. */
static const char *cats(const char *type)
{
    static const struct {
        const char *ours, *theirs;
    } name[] = {{"int", "integer"},
                {"function", "function"},
                {"angle", "angle|number|string"},
                {"duration", "duration|number|string"},
                {"time", "time|number|string"},
                {"coord", "coord|string|table"},
                {"nothing", "nil"}};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
        if (strcmp(type, name[i].ours) == 0)
            return name[i].theirs;
    return type;
}

/* What a function gives, as one word the checker knows. */
static const char *cats_result(const char *gives)
{
    static const char *const plain[] = {"string", "number",   "boolean", "angle", "coord",
                                        "time",   "duration", "task",    "tbl",   NULL};
    for (size_t i = 0; plain[i]; i++)
        if (strcmp(plain[i], gives) == 0)
            return gives;
    return strcmp(gives, "nothing") == 0 ? "nil" : strcmp(gives, "int") == 0 ? "integer" : "any";
}

static void stub_function(FILE *f, const char *owner, const char *joint, const struct lua_fn *row)
{
    struct api_sig s;
    api_signature(row->args, &s);
    fprintf(f, "--- %s\n", row->help);
    if (s.named) {
        fputs("---@param args {", f);
        for (int i = 0; i < s.n; i++)
            fprintf(f, "%s%s%s: %s", i ? ", " : "", s.arg[i].name, s.arg[i].optional ? "?" : "",
                    cats(s.arg[i].type));
        fputs("}\n", f);
    }
    for (int i = 0; !s.named && i < s.n; i++)
        fprintf(f, "---@param %s%s %s\n", s.arg[i].name, s.arg[i].optional ? "?" : "",
                cats(s.arg[i].type));
    fprintf(f, "---@return %s %s\nfunction %s%s%s(", cats_result(row->gives),
            strcmp(row->gives, cats_result(row->gives)) ? row->gives : "", owner, joint, row->name);
    if (s.named)
        fputs("args", f);
    for (int i = 0; !s.named && i < s.n; i++)
        fprintf(f, "%s%s", i ? ", " : "", s.arg[i].name);
    if (s.any_more && !s.named)
        fprintf(f, "%s...", s.n ? ", " : "");
    fputs(") end\n\n", f);
}

/* A module that bears the name of a global function, as coord: the function is there already. */
static bool is_function(const char *name)
{
    for (size_t i = 0; lua_modules[i]; i++)
        for (const struct lua_fn *row = lua_modules[i]->fns; row && row->name; row++)
            if (!lua_modules[i]->name[0] && strcmp(row->name, name) == 0)
                return true;
    return false;
}

void api_stub(FILE *f)
{
    fputs("---@meta\n-- what scripts of vigie can call; made by `vigie run --stub`\n\n", f);
    for (size_t i = 0; lua_types[i]; i++) {
        const struct lua_type *t = lua_types[i];
        fprintf(f, "---@class %s %s\n", t->name, t->help);
        for (const struct lua_fn *row = t->rows; row->name; row++)
            if (!row->args)
                fprintf(f, "---@field %s %s %s\n", row->name, cats_result(row->gives), row->help);
        fprintf(f, "local %s_ = {}\n\n", t->name);
        char owner[40];
        snprintf(owner, sizeof owner, "%s_", t->name);
        for (const struct lua_fn *row = t->rows; row->name; row++)
            if (row->args)
                stub_function(f, owner, ":", row);
    }
    for (size_t i = 0; lua_modules[i]; i++) {
        const struct lua_module *m = lua_modules[i];
        if (m->name[0] && !is_function(m->name))
            fprintf(f, "--- %s\n%s = {}\n\n", m->help, m->name);
        for (const struct lua_fn *row = m->fns; row && row->name; row++)
            stub_function(f, m->name, m->name[0] ? "." : "", row);
    }
}
