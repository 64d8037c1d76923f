/* trust.c - what the observer has granted to imported scripts: lines "SHA256 CAPABILITY" in a file beside the
 * history. Not: asking (Lua does, before the script begins). See include/vigie/session/console.h.
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/sha256.h"

enum { GRANTS_MAX = 1 << 20 };

bool script_always_asks(const char *capability)
{
    static const char *const list[] = {"mount", "camera", "dome", "power"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!strcmp(list[i], capability))
            return true;
    return false;
}

void trust_clear(struct console *c)
{
    for (size_t i = 0; i < c->grant.n; i++)
        free(c->grant.at[i]);
    VEC_FREE(c->grant);
}

static char *grants_path(const struct console *c)
{
    struct error err;
    return c->past_path ? file_place(PLACE_DATA, "grants", &err)
                        : NULL; /* kept where the history is */
}

static void load(struct console *c)
{
    struct str text = {0};
    struct error err;
    if (c->grants_read)
        return;
    c->grants_read = true;
    char *path = grants_path(c);
    if (path && file_read(path, GRANTS_MAX, &text, &err) == OK)
        for (const char *p = str_c(&text); *p;) {
            size_t n = strcspn(p, "\n");
            char *line = mem_strn(p, n);
            VEC_PUSH(c->grant, line);
            p += n + (p[n] == '\n');
        }
    str_clear(&text);
    free(path);
}

static char *row_of(const char *code, size_t n, const char *capability)
{
    char sum[SHA256_TEXT];
    return mem_printf("%s %s", sha256_text(code, n, sum), capability);
}

bool console_granted(struct console *c, const char *code, size_t n, const char *capability)
{
    bool found = false;
    load(c);
    char *row = row_of(code, n, capability);
    for (size_t i = 0; i < c->grant.n && !found; i++)
        found = !strcmp(c->grant.at[i], row);
    free(row);
    return found && !script_always_asks(capability);
}

void console_grant(struct console *c, const char *code, size_t n, const char *capability)
{
    struct str text = {0};
    struct error err;
    if (script_always_asks(capability) || console_granted(c, code, n, capability))
        return;
    char *row = row_of(code, n, capability), *path = grants_path(c);
    VEC_PUSH(c->grant, row);
    for (size_t i = 0; i < c->grant.n; i++)
        str_addf(&text, "%s\n", c->grant.at[i]);
    if (path && file_replace(path, str_c(&text), text.n, 0600, &err) != OK)
        log_put(LOG_WARN, "lua", "grants", "%s", err.text);
    str_clear(&text);
    free(path);
}
