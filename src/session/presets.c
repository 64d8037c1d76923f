/* presets.c - values of a script's form, kept in a file a script: lines `name = value`, in the
 * folder presets beside the history. Not: secrets. See include/vigie/session/console.h.
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/file.h"

enum { PRESET_MAX = 64 * 1024 };

void presets_clear(struct console *c)
{
    free(c->preset_name);
    free(c->preset_text);
    c->preset_name = c->preset_text = NULL;
}

static char *preset_path(const char *script, struct error *err)
{
    const char *slash = strrchr(script, '/');
    char *name = mem_printf("presets/%s.conf", slash ? slash + 1 : script);
    char *path = file_place(PLACE_DATA, name, err);
    free(name);
    return path;
}

/* The file of a script, read once. */
static void load(struct console *c, const char *script)
{
    struct error err;
    struct str text = {0};
    if (c->preset_name && !strcmp(c->preset_name, script))
        return;
    presets_clear(c);
    c->preset_name = mem_str(script);
    char *path = c->past_path ? preset_path(script, &err) : NULL;
    if (path && file_read(path, PRESET_MAX, &text, &err) == OK)
        c->preset_text = str_take(&text);
    str_clear(&text);
    free(path);
}

/* Ends the value's line in place: the line is looked for anew at each call, so the text is a copy. */
const char *console_preset(struct console *c, const char *script, const char *param)
{
    static char value[1024];
    load(c, script);
    size_t n = strlen(param);
    for (const char *s = c->preset_text ? c->preset_text : ""; *s;) {
        size_t len = strcspn(s, "\n");
        if (!strncmp(s, param, n) && !strncmp(s + n, " = ", 3) && len - n - 3 < sizeof value) {
            memcpy(value, s + n + 3, len - n - 3);
            value[len - n - 3] = 0;
            return value;
        }
        s += len + (s[len] == '\n');
    }
    return NULL;
}

enum status console_preset_save(struct console *c, const char *script,
                                const struct script_value *value, size_t n, struct error *err)
{
    struct str text = {0};
    for (size_t i = 0; i < n; i++)
        if (value[i].text && !strchr(value[i].text, '\n'))
            str_addf(&text, "%s = %s\n", value[i].name, value[i].text);
    enum status s = OK;
    char *path = c->past_path ? preset_path(script, err) : NULL;
    if (c->past_path && !path)
        s = E_ABSENT;
    if (path)
        s = file_replace(path, str_c(&text), text.n, 0600, err);
    free(path);
    presets_clear(c);
    c->preset_name = mem_str(script);
    c->preset_text = mem_str(str_c(&text));
    str_clear(&text);
    return s;
}
