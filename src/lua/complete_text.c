/* complete_text.c - words inside quotes, by what the text is for: columns of a tbl, files of the work folder,
 * services of the Virtual Observatory, scripts, options, commands, words of help. Not: what stands outside
 * of quotes (complete.c).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complete_own.h"
#include "tbl.h"
#include "vigie/session/console.h"
#include "vigie/session/session.h"
#include "vigie/session/vodesk.h"

/* struct use - what a text is for. object: the path before the last dot or colon of what is called, or before
 * [ ]; call: the last name; key: of a {} argument, "" none; arg: its position, from 0. */
struct use {
    const char *object;
    size_t n_object;
    char whole[64], call[32], key[32];
    int arg;
    bool index;
};

static void take(char *out, size_t size, const char *s, size_t n)
{
    snprintf(out, size, "%.*s", (int)(n < size ? n : 0), s);
}

static size_t back(const char *s, size_t i)
{
    while (i && (s[i - 1] == ' ' || s[i - 1] == '\n'))
        i--;
    return i;
}

/* The call that ends before `end`. */
static void called(struct use *u, const char *s, size_t end)
{
    end = back(s, end);
    size_t from = complete_path(s, end), last = end;
    while (last > from && in_name(s[last - 1]))
        last--;
    take(u->whole, sizeof u->whole, s + from, end - from);
    take(u->call, sizeof u->call, s + last, end - last);
    u->object = s + from;
    u->n_object = last > from ? last - 1 - from : 0;
}

static struct use use_of(const char *s, const struct place *p)
{
    struct use u = {.object = s};
    size_t before = back(s, p->text - 1); /* behind what stands before the quote */
    char last = before ? s[before - 1] : 0;
    size_t open = p->n ? p->open[p->n - 1] : 0;
    if (last == '[') {
        size_t end = back(s, before - 1), from = complete_path(s, end);
        u.object = s + from;
        u.n_object = end - from;
        u.index = true;
    } else if (in_name(last)) { /* f"text" */
        called(&u, s, before);
    } else if (p->n && strchr("({", s[open]) && strchr("({,=", last)) {
        u.arg = p->comma[p->n - 1];
        if (last == '=') {
            size_t end = back(s, before - 1), from = end;
            while (from && in_name(s[from - 1]))
                from--;
            take(u.key, sizeof u.key, s + from, end - from);
        }
        size_t end = back(s, open);
        if (s[open] == '{' && end && s[end - 1] == '(')
            open = end - 1;
        else if (s[open] == '{' && end && s[end - 1] == ',' && p->n > 1)
            open = p->open[p->n - 2];
        called(&u, s, open);
    }
    return u;
}

static bool one_of(const char *word, const char *list)
{
    size_t n = strlen(word);
    for (const char *p = list; n && (p = strstr(p, word)); p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
            return true;
    return false;
}

/* ---- files ---- */

/* Links are not followed: where they lead is asked when the file is opened. */
static void tell_folder(struct teller *t, int fd)
{
    DIR *d = fdopendir(fd);
    struct stat st;
    if (!d)
        close(fd);
    for (struct dirent *e; d && (e = readdir(d));) {
        bool plain = e->d_name[0] != '.';
        for (const char *c = e->d_name; *c && plain; c++)
            plain = (unsigned char)*c >= ' ' && !strchr("\"'\\\177", *c);
        if (!plain || strncmp(e->d_name, t->prefix, t->n) ||
            fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        char *name = mem_printf("%s%s", e->d_name, S_ISDIR(st.st_mode) ? "/" : "");
        char *help = S_ISDIR(st.st_mode) ? mem_str("folder")
                                         : mem_printf("%.1f kB", (double)st.st_size / 1000);
        tell(t, name, help);
        free(name);
        free(help);
    }
    if (d)
        closedir(d);
}

static size_t tell_files(lua_State *L, struct teller *t, const char *s, size_t from, size_t at)
{
    const char *root = HOST(L)->folder;
    size_t slash = at;
    while (slash > from && s[slash - 1] != '/')
        slash--;
    t->prefix = s + slash;
    t->n = at - slash;
    char *path = mem_strn(s + from, slash - from);
    bool inside = root && path[0] != '/';
    for (const char *c = path; *c && inside; c += strcspn(c, "/"), c += *c == '/')
        inside = strncmp(c, "../", 3) != 0;
    int fd = inside ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0 && *path) {
        int in = openat(fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        close(fd);
        fd = in;
    }
    if (fd >= 0)
        tell_folder(t, fd);
    free(path);
    return slash;
}

/* ---- services ---- */

/* By its URL, or in its place by its name. */
static void tell_service(struct teller *t, const char *url, const char *name)
{
    char typed[80];
    snprintf(typed, sizeof typed, "%.*s", (int)t->n, t->prefix);
    if (t->n && t->n < sizeof typed && strncmp(url, typed, t->n) != 0 && str_hasi(name, typed))
        t->fn(t->arg, url, name);
    else
        tell(t, url, name);
}

static void tell_services(lua_State *L, struct teller *t, const char *call)
{
    const struct session *s = api_session(L);
    const char *name, *url;
    for (size_t i = 0; strcmp(call, "scs") == 0 && session_vo_known(i, &name, &url); i++)
        tell_service(t, url, name);
    const struct vo_desk *d = s && !session_one_shot(s) ? session_vo(s) : NULL;
    for (size_t i = 0; d && i < d->query.n; i++)
        for (size_t k = 0; k < d->query.at[i]->wish.target.n; k++) {
            const struct vo_target *w = &d->query.at[i]->wish.target.at[k];
            bool fits = *w->protocol ? strcmp(w->protocol, call) == 0
                                     : d->query.at[i]->wish.kind == VO_CONE && !strcmp(call, "scs");
            if (fits)
                tell_service(t, w->url, w->name);
        }
}

/* ---- names of the program ---- */

static void tell_help(struct teller *t)
{
    char name[80];
    for (size_t i = 0; lua_modules[i]; i++) {
        if (*lua_modules[i]->name)
            tell(t, lua_modules[i]->name, lua_modules[i]->help);
        for (const struct lua_fn *f = lua_modules[i]->fns; f->name; f++) {
            snprintf(name, sizeof name, "%s%s%s", lua_modules[i]->name,
                     *lua_modules[i]->name ? "." : "", f->name);
            tell(t, name, f->help);
        }
    }
    for (size_t i = 0; lua_types[i]; i++)
        tell(t, lua_types[i]->name, lua_types[i]->help);
}

static void tell_script(lua_State *L, struct teller *t)
{
    struct session *s = api_session(L);
    struct console *c = s ? session_console(s) : NULL;
    for (size_t i = 0; c && i < console_scripts(c); i++) {
        const struct console_script *k = console_script_at(c, i);
        char *bare = mem_strn(k->name, strlen(k->name) - 4);
        tell(t, bare, k->summary);
        free(bare);
    }
}

static void tell_option(void *arg, const char *name, const char *value,
                        const struct conf_option *row, bool given)
{
    (void)value, (void)given;
    tell(arg, name, row ? row->help : "");
}

static void tell_command(void *arg, const struct command *row, void *owner)
{
    (void)owner;
    if (!(row->flags & CMD_HIDDEN))
        tell(arg, row->name, row->help);
}

static bool tell_session(lua_State *L, const struct use *u, struct teller *t)
{
    static const struct {
        const char *call, *words;
    } on[] = {{"session.on", "dusk dawn attach end"},
              {"transits.on", "ingress mid egress"},
              {"alerts.on", "new"}};
    struct session *s = api_session(L);
    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        if (!strcmp(u->whole, on[i].call) && u->arg == 0) {
            tell_words(t, on[i].words, "");
            return true;
        }
    if (one_of(u->whole, "help examples"))
        tell_help(t);
    else if (!strcmp(u->whole, "cmd") && s)
        commands_each(session_commands(s), NULL, tell_command, t);
    else if (one_of(u->whole, "session.get session.set") && u->arg == 0 && s)
        conf_each(session_conf(s), tell_option, t);
    else if (!strncmp(u->whole, "script.", 7) && u->arg == 0)
        tell_script(L, t);
    else
        return false;
    return true;
}

/* ---- what it is for ---- */

static bool tell_of_object(lua_State *L, int env, const struct use *u, struct teller *t)
{
    bool done = false;
    if (!u->n_object || !complete_resolve(L, env, u->object, u->n_object))
        return false;
    if (u->index || one_of(u->call, "column getcolumn sort select"))
        done = tell_columns(L, t, false) || (u->index && tell_resources(L, t));
    else if (!strcmp(u->call, "get_service") && u->arg == 0) {
        tell_modes(L, t);
        done = true;
    }
    lua_pop(L, 1);
    return done;
}

static bool tell_vo(lua_State *L, const struct use *u, struct teller *t)
{
    if (!strncmp(u->whole, "vo.", 3) && one_of(u->call, "scs sia sia2 ssa tap datalink"))
        tell_services(L, t, u->call);
    else if (!strcmp(u->key, "servicetype"))
        tell_words(t, "conesearch sia sia2 ssa tap datalink", "");
    else if (!strcmp(u->key, "waveband"))
        tell_words(t, "radio millimeter infrared optical uv euv x-ray gamma-ray", "");
    else if (!strcmp(u->key, "uat"))
        tell_concepts(L, t);
    else
        return false;
    return true;
}

/* An expression over columns: the name that is being written. */
static bool is_condition(lua_State *L, int env, const struct use *u)
{
    if (strcmp(u->call, "where") != 0 || !u->n_object ||
        !complete_resolve(L, env, u->object, u->n_object))
        return false;
    bool is = luaL_testudata(L, -1, t_tbl) != NULL;
    lua_pop(L, 1);
    return is;
}

size_t complete_text(lua_State *L, int env, const char *text, size_t at, const struct place *p,
                     struct teller *t)
{
    struct use u = use_of(text, p);
    size_t start = p->text;
    if (is_condition(L, env, &u)) {
        start = at;
        while (start > p->text && in_name(text[start - 1]))
            start--;
        t->prefix = text + start;
        t->n = at - start;
        complete_resolve(L, env, u.object, u.n_object);
        tell_columns(L, t, true);
        return start;
    }
    t->prefix = text + start;
    t->n = at - start;
    if (tell_of_object(L, env, &u, t) || tell_vo(L, &u, t) || tell_session(L, &u, t))
        return start;
    return tell_files(L, t, text, start, at);
}
