/* scripts.c - the library of scripts: the user's own, imported ones, those shipped; heads read
 * without running anything. Not: running them (console.c). See include/vigie/session/console.h.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/file.h"

enum { SCRIPTS = 500 };

static const char *const sources[] = {"own", "imported", "shipped"};

/* A demonstration keeps its own apart; a session without a folder has none but those shipped. */
char *script_folder(const struct console *c, const char *from, struct error *err)
{
    const char *folder = session_folder(c->session);
    if (!strcmp(from, "shipped"))
        return file_shipped("lua");
    if (session_demo(c->session)) {
        if (folder)
            return mem_printf("%s/scripts-%s", folder, from);
        err_set(err, E_ABSENT, "this demonstration has no folder to keep scripts in");
        return NULL;
    }
    if (!strcmp(from, "own"))
        return file_place(PLACE_CONFIG, "scripts", err);
    return file_place(PLACE_DATA, "scripts", err);
}

/* Whether a file lies in a folder of the library, whatever the path says. */
static bool lies_in(const struct console *c, const char *path, const char *from)
{
    char *folder = script_folder(c, from, NULL), *real = realpath(path, NULL);
    char *real_folder = folder ? realpath(folder, NULL) : NULL;
    size_t n = real_folder ? strlen(real_folder) : 0;
    bool in = n && real && !strncmp(real, real_folder, n) && real[n] == '/';
    free(real_folder);
    free(folder);
    free(real);
    return in;
}

enum script_trust console_trust(const struct console *c, const char *path)
{
    return lies_in(c, path, "imported")  ? TRUST_IMPORTED
           : lies_in(c, path, "shipped") ? TRUST_SHIPPED
                                         : TRUST_OWN;
}

static void forget(struct console_script *s)
{
    free(s->name);
    free(s->path);
    free(s->summary);
    free(s->needs);
    free(s->bad);
}

void scripts_clear(struct console *c)
{
    for (size_t i = 0; i < c->script.n; i++)
        forget(&c->script.at[i]);
    VEC_FREE(c->script);
}

enum status console_sheet_of(const struct console *c, const struct str *text,
                             struct script_sheet *sheet, struct error *err)
{
    *sheet = (struct script_sheet){0};
    return c->ops ? c->ops->sheet(str_c(text), text->n, sheet, err)
                  : err_set(err, E_ABSENT, "this session has no Lua");
}

enum status console_sheet(const struct console *c, const char *path, struct str *text,
                          struct script_sheet *sheet, struct error *err)
{
    *sheet = (struct script_sheet){0};
    if (!c->ops)
        return err_set(err, E_ABSENT, "this session has no Lua");
    enum status s = file_read(path, SCRIPT_MAX, text, err);
    if (s == OK && memchr(str_c(text), 0, text->n))
        s = err_set(err, E_PARSE, "%s: a zero byte: this is no text", path);
    if (s == OK)
        s = c->ops->sheet(str_c(text), text->n, sheet, err);
    return s;
}

static void add(struct console *c, const char *path, const char *name, const char *from)
{
    struct console_script s = {.name = mem_str(name), .path = mem_str(path), .from = from};
    struct script_sheet sheet;
    struct str text = {0};
    struct error err;
    if (console_sheet(c, path, &text, &sheet, &err) == OK) {
        s.summary = mem_str(sheet.summary ? sheet.summary : "");
        s.needs = mem_str(sheet.needs ? sheet.needs : "");
        console_sheet_free(c, &sheet);
    } else {
        s.summary = mem_str("");
        s.needs = mem_str("");
        s.bad = mem_str(err.text);
    }
    VEC_PUSH(c->script, s);
    str_clear(&text);
}

static bool known(const struct console *c, const char *name)
{
    for (size_t i = 0; i < c->script.n; i++)
        if (!strcmp(c->script.at[i].name, name))
            return true;
    return false;
}

static void read_folder(struct console *c, const char *from)
{
    struct error err;
    char *folder = script_folder(c, from, &err);
    DIR *d = folder ? opendir(folder) : NULL;
    for (struct dirent *e; d && (e = readdir(d)) && c->script.n < SCRIPTS;) {
        size_t n = strlen(e->d_name);
        if (n < 5 || strcmp(e->d_name + n - 4, ".lua") != 0 || e->d_name[0] == '.' ||
            known(c, e->d_name))
            continue;
        char *path = mem_printf("%s/%s", folder, e->d_name);
        add(c, path, e->d_name, from);
        free(path);
    }
    if (d)
        closedir(d);
    free(folder);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct console_script *)a)->name,
                  ((const struct console_script *)b)->name);
}

void console_scripts_read(struct console *c)
{
    scripts_clear(c);
    for (unsigned i = 0; i < sizeof sources / sizeof *sources; i++)
        read_folder(c, sources[i]);
    if (c->script.n)
        qsort(c->script.at, c->script.n, sizeof *c->script.at, by_name);
    events_put(c->session->events, EV_CONSOLE, 0);
}

size_t console_scripts(const struct console *c)
{
    return c->script.n;
}

const struct console_script *console_script_at(const struct console *c, size_t i)
{
    return i < c->script.n ? &c->script.at[i] : NULL;
}

const struct console_script *console_script_find(const struct console *c, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < c->script.n; i++) {
        const struct console_script *s = &c->script.at[i];
        if (!strcmp(s->name, name) || !strcmp(s->path, name) ||
            (!strncmp(s->name, name, n) && !strcmp(s->name + n, ".lua")))
            return s;
    }
    return NULL;
}

/* ---- names, differences ---- */

enum status script_file_name(const char *path, char **name, struct error *err)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t n = strlen(base);
    if (n < 5 || n > 80 || strcmp(base + n - 4, ".lua") != 0 || base[0] == '.')
        return err_set(err, E_RANGE, "%.80s: a script's file ends in .lua", base);
    for (const char *s = base; *s; s++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", *s))
            return err_set(err, E_RANGE, "%.80s: letters, digits, _ - . only in a script's name",
                           base);
    *name = mem_str(base);
    return OK;
}

/* A name of the library: the script in use against the one of that name behind it (own, imported, shipped). */
static enum status diff_named(const struct console *c, const struct console_script *k,
                              struct str *out, struct error *err)
{
    struct str new = {0}, old = {0};
    bool behind = false, there = false;
    enum status s = file_read(k->path, SCRIPT_MAX, &new, err);
    for (unsigned i = 0; i < sizeof sources / sizeof *sources && s == OK && !there; i++) {
        char *folder = behind ? script_folder(c, sources[i], NULL) : NULL;
        char *path = folder ? mem_printf("%s/%s", folder, k->name) : NULL;
        there = path && file_read(path, SCRIPT_MAX, &old, NULL) == OK;
        behind = behind || !strcmp(k->from, sources[i]);
        free(path);
        free(folder);
    }
    if (s == OK && !there)
        s = err_set(err, E_ABSENT,
                    "%.60s (%s) is the only one of its name; diff FILE compares a file with it",
                    k->name, k->from);
    if (s == OK)
        text_diff(str_c(&old), str_c(&new), out);
    str_clear(&new);
    str_clear(&old);
    return s;
}

enum status console_diff(const struct console *c, const char *path, struct str *out,
                         struct error *err)
{
    struct str new = {0}, old = {0};
    const char *slash = strrchr(path, '/');
    const struct console_script *known_one = console_script_find(c, slash ? slash + 1 : path);
    if (!slash && known_one)
        return diff_named(c, known_one, out, err);
    enum status s = file_read(path, SCRIPT_MAX, &new, err);
    if (s == OK && known_one && strcmp(known_one->path, path) != 0)
        s = file_read(known_one->path, SCRIPT_MAX, &old, err);
    if (s == OK)
        text_diff(str_c(&old), str_c(&new), out);
    str_clear(&new);
    str_clear(&old);
    return s;
}
