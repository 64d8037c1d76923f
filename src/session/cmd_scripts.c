/* cmd_scripts.c - the commands about scripts: run, script, edit, save, import. Not: the library itself
 * (scripts.c, edit.c).
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/file.h"
#include "vigie/base/str.h"

static struct console *console_of(const struct command_call *c)
{
    return c->session->console;
}

static const char *no_lua(const struct command_call *c)
{
    return console_lua(console_of(c)) ? NULL : "this session has no Lua";
}

/* The path of a script named in the library, or the text itself when it is a path. */
static const char *path_of(struct console *c, const char *name, struct error *err)
{
    console_scripts_read(c);
    const struct console_script *s = console_script_find(c, name);
    if (s)
        return s->path;
    if (strchr(name, '/'))
        return name;
    const char *best = NULL;
    int least = 4;
    for (size_t i = 0; i < console_scripts(c); i++) {
        char *bare =
            mem_strn(console_script_at(c, i)->name, strlen(console_script_at(c, i)->name) - 4);
        int d = str_near(bare, name);
        free(bare);
        if (d < least) {
            least = d;
            best = console_script_at(c, i)->name;
        }
    }
    err_set(err, E_ABSENT, "no script %.60s%s%.60s%s; a path has a / in it", name,
            best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
    return NULL;
}

/* struct given - what stands behind a script's name: --name value pairs; preset: of --preset NAME, NULL. */
struct given {
    struct script_value value[SCRIPT_PARAMS];
    size_t n;
    const char *preset;
};

static void give(struct given *g, const char *name, const char *text)
{
    g->value[g->n++] = (struct script_value){name, text};
}

static bool has_field(const struct script_sheet *sheet, const char *name)
{
    for (int i = 0; i < sheet->n_field; i++)
        if (!strcmp(sheet->field[i].name, name))
            return true;
    return false;
}

static enum status values(const struct command_call *c, const struct script_sheet *sheet,
                          struct given *g, struct error *err)
{
    for (int i = 2; i < c->argc; i++) {
        char *eq = strchr(c->argv[i], '='), *name = c->argv[i] + 2;
        if (strncmp(c->argv[i], "--", 2) != 0 || g->n == SCRIPT_PARAMS)
            return err_set(err, E_PARSE, "\"%.60s\": parameters are --name value", c->argv[i]);
        if (eq)
            *eq = 0;
        else if (i + 1 >= c->argc)
            return err_set(err, E_PARSE, "%.60s needs a value", c->argv[i]);
        const char *text = eq ? eq + 1 : c->argv[++i];
        if (!strcmp(name, "preset") && !has_field(sheet, name))
            g->preset = text;
        else
            give(g, name, text);
    }
    return OK;
}

/* The values of the preset that were not given otherwise. */
static enum status take_preset(struct console *c, const char *path,
                               const struct script_sheet *sheet, struct given *g,
                               struct arena *room, struct error *err)
{
    size_t n = g->n;
    if (!console_preset_there(c, path, g->preset))
        return console_preset_none(c, path, g->preset, err);
    for (int i = 0; i < sheet->n_field && g->n < SCRIPT_PARAMS; i++) {
        const char *name = sheet->field[i].name;
        const char *text = console_preset(c, path, g->preset, name);
        bool there = !text;
        for (size_t k = 0; k < n && !there; k++)
            there = !strcmp(g->value[k].name, name);
        if (!there)
            give(g, name, arena_str(room, text));
    }
    return OK;
}

/* A script is a form: named alone, by somebody before a screen, one that takes parameters opens it. */
static enum status open_form(const struct command_call *c, const char *path, struct error *err)
{
    struct str say = {0};
    char *line = mem_printf("console-form \"%s\"", path);
    enum status s = commands_run(c->session, NULL, "tab console", BY_KEY, false, &say, err);
    if (s == OK)
        s = commands_run(c->session, "console", line, BY_KEY, false, &say, err);
    str_clear(&say);
    free(line);
    return s;
}

static bool before_a_screen(const struct command_call *c)
{
    return (c->by == BY_KEY || c->by == BY_PALETTE) &&
           commands_find(session_commands(c->session), "console", "console-form", NULL);
}

static enum status run_run(struct command_call *c, struct error *err)
{
    struct console *con = console_of(c);
    struct given g = {0};
    struct script_sheet sheet;
    struct str text = {0};
    struct arena room = {0};
    if (c->argc < 2)
        return err_set(err, E_PARSE, "which script? its name or its path");
    const char *path = path_of(con, c->argv[1], err);
    if (!path)
        return err->status;
    enum status s = console_sheet(con, path, &text, &sheet, err);
    if (s != OK) {
        str_clear(&text);
        return err_wrap(err, "%.60s", c->argv[1]);
    }
    bool form = c->argc == 2 && sheet.n_field && before_a_screen(c);
    if (form)
        s = open_form(c, path, err);
    else
        s = values(c, &sheet, &g, err);
    if (!form && s == OK && g.preset)
        s = take_preset(con, path, &sheet, &g, &room, err);
    if (!form && s == OK) {
        s = console_run(con, path, g.value, g.n, err) ? OK : err->status;
        if (s == OK)
            str_addf(c->say, "%s runs", c->argv[1]);
    }
    console_sheet_free(con, &sheet);
    str_clear(&text);
    arena_clear(&room);
    return s;
}

/* ---- script list, diff, show, import ---- */

static enum status list(struct console *c)
{
    console_scripts_read(c);
    for (size_t i = 0; i < console_scripts(c); i++) {
        const struct console_script *s = console_script_at(c, i);
        console_note(c, "%-20s %-9s %s", s->name, s->from, s->bad ? s->bad : s->summary);
    }
    if (!console_scripts(c))
        console_note(c, "no scripts; your own lie in ~/.config/vigie/scripts");
    return OK;
}

static enum status diff(struct console *c, const char *path, struct error *err)
{
    struct str text = {.max = 200000};
    console_scripts_read(c);
    enum status s = console_diff(c, path, &text, err);
    if (s == OK)
        script_diff_notes(c, &text);
    str_clear(&text);
    return s;
}

/* What a foreign script is, before it is taken in: its head, what it needs, what is different. */
static enum status show(struct console *c, const char *path, struct error *err)
{
    struct str text = {0};
    struct script_sheet sheet;
    enum status s = console_sheet(c, path, &text, &sheet, err);
    if (s == OK) {
        script_notes(c, path, &text, &sheet);
        console_sheet_free(c, &sheet);
        s = diff(c, path, err);
    }
    str_clear(&text);
    return s;
}

static enum status import(struct command_call *c, const char *path, struct error *err)
{
    struct str name = {0};
    enum status s = OK;
    if (strstr(path, "://")) {
        s = console_import_url(console_of(c), path, err);
        if (s == OK)
            str_addf(c->say, "%.200s is being fetched; the console asks before it is taken", path);
        return s;
    }
    if (!c->confirmed) {
        s = show(console_of(c), path, err);
        return s != OK
                   ? s
                   : err_set(err, E_CANCELLED,
                             "Take %.100s into the library? At its run it asks for what it needs.",
                             path);
    }
    s = console_import(console_of(c), path, &name, err);
    if (s == OK)
        str_addf(c->say, "%s is in the library", str_c(&name));
    str_clear(&name);
    return s;
}

static enum status save(struct command_call *c, const char *name, struct error *err)
{
    char *path = NULL;
    enum status s = console_save(console_of(c), name, &path, err);
    if (s == OK)
        str_addf(c->say, "%s holds the lines of this session (%s)", strrchr(path, '/') + 1, path);
    free(path);
    console_scripts_read(console_of(c));
    return s;
}

static enum status load(struct command_call *c, const char *name, struct error *err)
{
    const char *path = path_of(console_of(c), name, err);
    return path ? console_load(console_of(c), path, err) : err->status;
}

static enum status export(struct command_call *c, struct error *err) {
    if (c->argc < 4) return err_set(err, E_PARSE, "script export NAME FILE: to which file?");
    char *to = file_in_home(c->argv[3]);
    enum status s = console_export(console_of(c), c->argv[2], to, err);
    free(to);
    if (s == OK) str_addf(c->say, "%s is in %s", c->argv[2], c->argv[3]);
    return s;
}

static enum status run_script(struct command_call *c, struct error *err)
{
    struct console *con = console_of(c);
    const char *what = c->argc > 1 ? c->argv[1] : "list", *name = c->argc > 2 ? c->argv[2] : NULL;
    if (!strcmp(what, "list"))
        return list(con);
    if (!name)
        return err_set(err, E_PARSE, "script %.20s: which one?", what);
    if (!strcmp(what, "diff"))
        return diff(con, name, err);
    if (!strcmp(what, "show"))
        return show(con, name, err);
    if (!strcmp(what, "edit"))
        return console_edit(con, name, err);
    if (!strcmp(what, "save"))
        return save(c, name, err);
    if (!strcmp(what, "load"))
        return load(c, name, err);
    if (!strcmp(what, "export"))
        return export(c, err);
    if (!strcmp(what, "import"))
        return import(c, name, err);
    if (!strcmp(what, "run")) {
        struct command_call inner = *c;
        inner.argc--;
        inner.argv++;
        return run_run(&inner, err);
    }
    return err_set(err, E_PARSE,
                   "no script %.20s; list, or load run edit save show diff import export NAME",
                   what);
}

static enum status run_import(struct command_call *c, struct error *err)
{
    return c->argc < 2 ? err_set(err, E_PARSE, "which file, or which https: address?")
                       : import(c, c->argv[1], err);
}

static enum status run_edit(struct command_call *c, struct error *err)
{
    return c->argc < 2 ? err_set(err, E_PARSE, "which script? its name")
                       : console_edit(console_of(c), c->argv[1], err);
}

static enum status run_save(struct command_call *c, struct error *err)
{
    return c->argc < 2 ? err_set(err, E_PARSE, "under which name?") : save(c, c->argv[1], err);
}

const struct command session_commands_scripts[] = {
    {.name = "run",
     .args = "SCRIPT [--NAME VALUE...]",
     .help = "Run a Lua script of the library, or a file; named alone, one with parameters opens "
             "as a form",
     .flags = CMD_BEYOND,
     .disabled = no_lua,
     .run = run_run},
    {.name = "script",
     .args = "list|load|run|edit|save|show|diff|import|export [NAME]",
     .help =
         "Scripts: list them, run one, see what another's would change, take it in, give one away",
     .flags = CMD_ASKS_ITSELF | CMD_BEYOND,
     .disabled = no_lua,
     .run = run_script},
    {.name = "script-import",
     .args = "FILE|URL",
     .help = "Take a script from outside into the library; a URL is https:, and it asks",
     .flags = CMD_ASKS_ITSELF | CMD_BEYOND,
     .disabled = no_lua,
     .run = run_import},
    {.name = "edit",
     .args = "SCRIPT",
     .help = "Open a script in your editor; it is checked when you come back",
     .flags = CMD_BEYOND,
     .disabled = no_lua,
     .run = run_edit},
    {.name = "save",
     .args = "SCRIPT",
     .help = "Keep the lines entered in this session as a script",
     .flags = CMD_BEYOND,
     .disabled = no_lua,
     .run = run_save},
    {0}};
