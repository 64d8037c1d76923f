/* presets.c - values of a script's form, kept in a file a script in the folder presets beside the history:
 * lines `name = value` of the last run, then a section `[NAME]` for each set kept under a name. Not: secrets.
 * See include/vigie/session/console.h.
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/file.h"

enum { PRESET_MAX = 64 * 1024, PRESET_SETS = 100 };

void presets_clear(struct console *c)
{
    free(c->preset_name);
    free(c->preset_text);
    c->preset_name = c->preset_text = NULL;
}

static const char *base_of(const char *script)
{
    const char *slash = strrchr(script, '/');
    return slash ? slash + 1 : script;
}

/* A demonstration keeps its own apart; one without a folder has those of the script looked at last in
 * memory: NULL with err OK. */
static char *preset_path(const struct console *c, const char *script, struct error *err)
{
    const char *folder = session_folder(c->session);
    *err = (struct error){0};
    if (session_demo(c->session))
        return folder ? mem_printf("%s/presets/%s.conf", folder, base_of(script)) : NULL;
    char *name = mem_printf("presets/%s.conf", base_of(script));
    char *path = file_place(PLACE_DATA, name, err);
    free(name);
    return path;
}

/* The file of a script, read once. */
static void load(struct console *c, const char *script)
{
    struct error err;
    struct str text = {0};
    if (c->preset_name && !strcmp(c->preset_name, base_of(script)))
        return;
    presets_clear(c);
    c->preset_name = mem_str(base_of(script));
    char *path = preset_path(c, script, &err);
    if (path && file_read(path, PRESET_MAX, &text, &err) == OK)
        c->preset_text = str_take(&text);
    str_clear(&text);
    free(path);
}

static bool head_of(const char *line, size_t n, const char *preset)
{
    size_t k = preset ? strlen(preset) : 0;
    return n > 2 && line[0] == '[' && line[n - 1] == ']' &&
           (!preset || (n == k + 2 && !strncmp(line + 1, preset, k)));
}

/* Where the lines of a set begin (behind its head) and end; false: there is none. "": the last run. */
static bool section(const char *text, const char *preset, const char **from, const char **to)
{
    bool in = !*preset;
    *from = *to = text;
    for (const char *s = text; *s;) {
        size_t n = strcspn(s, "\n");
        const char *next = s + n + (s[n] == '\n');
        if (head_of(s, n, NULL)) {
            if (in) {
                *to = s;
                return true;
            }
            in = head_of(s, n, preset);
            *from = next;
        }
        s = *to = next;
    }
    return in;
}

const char *console_presets(struct console *c, const char *script, size_t i)
{
    static char name[PRESET_NAME + 1];
    load(c, script);
    for (const char *s = c->preset_text ? c->preset_text : ""; *s;) {
        size_t n = strcspn(s, "\n");
        if (head_of(s, n, NULL) && n - 2 <= PRESET_NAME && i-- == 0) {
            memcpy(name, s + 1, n - 2);
            name[n - 2] = 0;
            return name;
        }
        s += n + (s[n] == '\n');
    }
    return NULL;
}

bool console_preset_there(struct console *c, const char *script, const char *preset)
{
    const char *from, *to;
    load(c, script);
    return section(c->preset_text ? c->preset_text : "", preset, &from, &to);
}

/* Ends the value's line in place: the line is looked for anew at each call, so the text is a copy. */
const char *console_preset(struct console *c, const char *script, const char *preset,
                           const char *param)
{
    static char value[1024];
    const char *from, *to;
    load(c, script);
    size_t n = strlen(param);
    if (!c->preset_text || !section(c->preset_text, preset, &from, &to))
        return NULL;
    for (const char *s = from; s < to;) {
        size_t len = strcspn(s, "\n");
        if (len >= n + 3 && !strncmp(s, param, n) && !strncmp(s + n, " = ", 3) &&
            len - n - 3 < sizeof value) {
            memcpy(value, s + n + 3, len - n - 3);
            value[len - n - 3] = 0;
            return value;
        }
        s += len + (s[len] == '\n');
    }
    return NULL;
}

static enum status good_name(const char *preset, struct error *err)
{
    size_t n = strlen(preset);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)preset[i] <= ' ' || strchr("[]=\"\\\177", preset[i]))
            return err_set(
                err, E_RANGE,
                "\"%.40s\": a preset's name has no blanks, brackets, quotes or =", preset);
    return n <= PRESET_NAME
               ? OK
               : err_set(err, E_RANGE, "a preset's name has %d letters at most", PRESET_NAME);
}

/* The file anew: all sets but one, and that one as `lines` (NULL: no more). */
static enum status rewrite(struct console *c, const char *script, const char *preset,
                           const char *lines, struct error *err)
{
    struct str text = {0};
    const char *from, *to, *old = c->preset_text ? c->preset_text : "";
    bool there = section(old, preset, &from, &to);
    if (!*preset) {
        str_add(&text, lines ? lines : "");
        str_add(&text, to);
    } else {
        const char *end = old + strlen(old);
        const char *cut = there ? from - strlen(preset) - 3 : end;
        str_addn(&text, old, (size_t)(cut - old));
        if (text.n && text.s[text.n - 1] != '\n')
            str_addc(&text, '\n');
        if (lines)
            str_addf(&text, "[%s]\n%s", preset, lines);
        str_add(&text, there ? to : "");
    }
    enum status s = text.n > PRESET_MAX
                        ? err_set(err, E_RANGE, "the presets of %.60s are more than %d kB",
                                  base_of(script), PRESET_MAX / 1024)
                        : OK;
    struct error gone = {0};
    char *path = s == OK ? preset_path(c, script, &gone) : NULL;
    if (gone.status != OK)
        s = err_set(err, gone.status, "%s", gone.text);
    if (path)
        s = file_replace(path, str_c(&text), text.n, 0600, err);
    free(path);
    if (s == OK) {
        free(c->preset_text);
        c->preset_text = mem_str(str_c(&text));
    }
    str_clear(&text);
    return s;
}

enum status console_preset_save(struct console *c, const char *script, const char *preset,
                                const struct script_value *value, size_t n, struct error *err)
{
    struct str text = {0};
    enum status s = good_name(preset, err);
    load(c, script);
    if (s == OK && *preset && !console_preset_there(c, script, preset) &&
        console_presets(c, script, PRESET_SETS - 1))
        s = err_set(err, E_RANGE, "%.60s has %d presets already; delete one", base_of(script),
                    PRESET_SETS);
    for (size_t i = 0; i < n; i++)
        if (value[i].text && !strchr(value[i].text, '\n'))
            str_addf(&text, "%s = %s\n", value[i].name, value[i].text);
    if (s == OK)
        s = rewrite(c, script, preset, str_c(&text), err);
    str_clear(&text);
    return s;
}

enum status console_preset_delete(struct console *c, const char *script, const char *preset,
                                  struct error *err)
{
    return *preset && console_preset_there(c, script, preset)
               ? rewrite(c, script, preset, NULL, err)
               : console_preset_none(c, script, preset, err);
}

enum status console_preset_none(struct console *c, const char *script, const char *preset,
                                struct error *err)
{
    struct str names = {0};
    for (size_t i = 0; console_presets(c, script, i); i++)
        str_addf(&names, "%s%s", i ? ", " : "", console_presets(c, script, i));
    err_set(err, E_ABSENT, "%.60s has no preset %.40s; it has %.120s", base_of(script), preset,
            names.n ? names.s : "none");
    str_clear(&names);
    return E_ABSENT;
}
