/* edit.c - scripts of the user's own written, edited in his editor, loaded into the console, given away.
 * Not: the editor (the client runs it), the library's list (scripts.c). See include/vigie/session/console.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "vigie/base/file.h"

static const char template[] =
    "--[[ vigie-script\n"
    "name    = \"%.*s\"\n"
    "summary = \"What it does, in a sentence\"\n"
    "version = \"1.0\"\n"
    "api     = 1\n"
    "needs   = { \"sky\" }\n"
    "param depth : number = 5 \"Least depth, mmag\" min=0 max=100\n"
    "]]\n"
    "printf(\"depth %%g, the night begins %%s\", p.depth, sky.night().dusk)\n";

/* The file of a script of the user's own; its folder is made. */
static char *own_path(struct console *c, const char *name, struct error *err)
{
    size_t n = strlen(name);
    char *file =
        n > 4 && !strcmp(name + n - 4, ".lua") ? mem_str(name) : mem_printf("%s.lua", name);
    char *base = NULL, *path = NULL, *folder = NULL;
    if (strchr(file, '/'))
        err_set(err, E_RANGE, "%.80s: a script's name has no / in it", name);
    else if (script_file_name(file, &base, err) == OK && (folder = script_folder(c, "own", err)) &&
             file_folder(folder, err) == OK)
        path = mem_printf("%s/%s", folder, base);
    free(folder);
    free(base);
    free(file);
    return path;
}

/* ---- check ---- */

static void check(struct console *c, const char *path)
{
    struct str text = {0}, unknown = {0};
    struct script_sheet sheet;
    struct error err;
    const char *name = strrchr(path, '/') + 1;
    enum status s = console_sheet(c, path, &text, &sheet, &err);
    if (s == OK)
        s = c->ops->check_code(c->lua, name, str_c(&text), text.n, &err);
    if (s == OK)
        c->ops->unknown(c->lua, str_c(&text), text.n, &unknown);
    if (s != OK)
        console_note(c, "%s is not in order: %s   (:edit %s opens it again)", name, err.text, name);
    else if (unknown.n)
        console_note(c, "%s: names that nobody knows: %s", name, unknown.s);
    else
        console_note(c, "%s is in order%s", name,
                     sheet.has ? "" : "; it has no header, so it may do all");
    console_sheet_free(c, &sheet);
    str_clear(&text);
    str_clear(&unknown);
    console_scripts_read(c);
}

static void edited(void *arg, int exit_status)
{
    struct console *c = arg;
    if (exit_status < 0)
        console_note(c, "the terminal went while the editor ran");
    else if (exit_status > 0)
        console_note(c, "the editor ended with status %d; is $VISUAL or $EDITOR right?",
                     exit_status);
    char *path = c->edited;
    c->edited = NULL;
    if (access(path, R_OK) == 0)
        check(c, path);
    free(path);
}

/* What is there to begin with: a script of the library, or a new one. */
static enum status begin_file(struct console *c, const char *path, struct error *err)
{
    const char *name = strrchr(path, '/') + 1;
    struct str text = {0};
    console_scripts_read(c);
    const struct console_script *s = console_script_find(c, name);
    enum status st = OK;
    if (s)
        st = file_read(s->path, SCRIPT_MAX, &text, err);
    else
        str_addf(&text, template, (int)strlen(name) - 4, name);
    if (st == OK)
        st = file_replace(path, str_c(&text), text.n, 0644, err);
    if (st == OK)
        console_note(c, s ? "%s is now a copy of your own" : "%s is new", name);
    str_clear(&text);
    return st;
}

/* What came from outside stays what it is, whoever has changed a line of it: a copy of one's own would be trusted
 * with all the rest of it, unread. */
static char *imported_path(struct console *c, const char *name)
{
    console_scripts_read(c);
    const struct console_script *s = console_script_find(c, name);
    if (!s || strcmp(s->from, "imported") != 0)
        return NULL;
    console_note(c,
                 "%s is from outside and stays so: changed, it asks again for what it needs. To "
                 "make it your own: "
                 ":script export %s ~/.config/vigie/scripts/%s",
                 s->name, s->name, s->name);
    return mem_str(s->path);
}

enum status console_edit(struct console *c, const char *name, struct error *err)
{
    if (!c->ops)
        return err_set(err, E_ABSENT, "this session has no Lua");
    if (c->edited)
        return err_set(err, E_BUSY, "an editor runs already");
    char *path = imported_path(c, name);
    if (!path)
        path = own_path(c, name, err);
    if (!path)
        return err->status;
    enum status s = access(path, F_OK) == 0 ? OK : begin_file(c, path, err);
    if (s == OK)
        s = session_edit(c->session, path, edited, c, err);
    if (s == OK)
        c->edited = path;
    else
        free(path);
    return s;
}

/* ---- log, load, save, export ---- */

enum status console_log(struct console *c, const char *path, struct error *err)
{
    FILE *f = NULL;
    if (path) {
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0 && errno == EEXIST)
            return err_set(err, E_REFUSED, "%.200s is there already", path);
        f = fd < 0 ? NULL : fdopen(fd, "w");
        if (!f)
            return err_errno(err, "cannot write %.200s", path);
    }
    if (c->log)
        fclose(c->log);
    free(c->log_path);
    c->log = f;
    c->log_path = path ? mem_str(path) : NULL;
    return OK;
}

const char *console_logs(const struct console *c)
{
    return c->log_path;
}

enum status console_again(struct console *c, struct error *err)
{
    return c->ops ? c->ops->again(c->lua, err) : err_set(err, E_ABSENT, "this session has no Lua");
}

enum status console_load(struct console *c, const char *path, struct error *err)
{
    struct str text = {0}, as = {0};
    if (console_trust(c, path) == TRUST_IMPORTED)
        return err_set(err, E_REFUSED,
                       "%s is from outside: loaded into the console it could do all that you can. "
                       ":run it, it asks",
                       strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    if (console_question(c))
        return err_set(err, E_BUSY, "a script asks for an answer; give it first, then load");
    enum status s = file_read(path, SCRIPT_MAX, &text, err);
    if (s == OK) {
        str_addf(&as, ":script load %s", path);
        if (console_enter_as(c, str_c(&text), str_c(&as)) != CONSOLE_RUNS)
            s = err_set(err, E_PARSE, "%s: it does not compile", path);
    }
    str_clear(&text);
    str_clear(&as);
    return s;
}

/* A line that failed, or was cancelled: it is there to be read. */
static void as_comment(const char *text, struct str *out)
{
    str_add(out, "-- it failed:\n");
    while (*text) {
        size_t n = strcspn(text, "\n");
        str_addf(out, "-- %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* Whether a line reads the value of the one before. */
static bool reads_last(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:";
    for (const char *p = text; (p = strchr(p, '_')); p++)
        if ((p == text || !strchr(letters, p[-1])) &&
            (!p[1] || !strchr(letters, p[1]) || p[1] == '.' || p[1] == ':'))
            return true;
    return false;
}

static void entered_as_script(struct console *c, struct str *body)
{
    if (c->lost)
        str_addf(body, "-- %zu earlier lines are left out: a script holds 1 MB\n", c->lost);
    for (size_t i = 0; i < c->entered.n; i++) {
        const struct entered *e = &c->entered.at[i];
        bool valued = i + 1 < c->entered.n && reads_last(e[1].text);
        if (e->failed)
            as_comment(e->text, body);
        else
            c->ops->as_script(c->lua, e->text, strlen(e->text), valued, body);
    }
}

enum status console_save(struct console *c, const char *name, char **path, struct error *err)
{
    struct str text = {0}, body = {0}, needs = {0};
    if (!c->entered.n)
        return err_set(err, E_ABSENT, "nothing was entered in this session");
    *path = own_path(c, name, err);
    if (!*path)
        return err->status;
    enum status s = OK;
    if (access(*path, F_OK) == 0)
        s = err_set(err, E_REFUSED, "%s is there already; another name, or :edit it", *path);
    entered_as_script(c, &body);
    c->ops->needs(c->lua, str_c(&body), body.n, &needs);
    str_addf(&text,
             "--[[ vigie-script\nname    = \"%s\"\nsummary = \"Lines of a session\"\napi     = 1\n",
             name);
    if (needs.n)
        str_addf(&text, "needs   = { %s }\n", str_c(&needs));
    str_addf(&text, "]]\n%s", str_c(&body));
    if (s == OK)
        s = file_replace(*path, str_c(&text), text.n, 0644, err);
    str_clear(&text);
    str_clear(&body);
    str_clear(&needs);
    if (s != OK) {
        free(*path);
        *path = NULL;
    }
    return s;
}

enum status console_export(struct console *c, const char *name, const char *path, struct error *err)
{
    struct str text = {0};
    console_scripts_read(c);
    const struct console_script *s = console_script_find(c, name);
    if (!s)
        return err_set(err, E_ABSENT, "no script %.60s in the library", name);
    if (access(path, F_OK) == 0)
        return err_set(err, E_REFUSED, "%.200s is there already", path);
    enum status st = file_read(s->path, SCRIPT_MAX, &text, err);
    if (st == OK)
        st = file_replace(path, str_c(&text), text.n, 0644, err);
    str_clear(&text);
    return st;
}
