/* past.c - what was entered in the console, kept in a file: an entry a line, "\n" for a line end
 * inside it, "\\" for a backslash. Not: the scrollback. See include/vigie/session/console.h.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"

enum { FILE_MAX = 4 << 20, ENTRY_MAX = 64 * 1024 };

static void push(struct console *c, char *entry_take)
{
    if (c->past.n && !strcmp(c->past.at[c->past.n - 1], entry_take)) {
        free(entry_take);
        return;
    }
    if (c->past.n == CONSOLE_HISTORY) {
        free(c->past.at[0]);
        memmove(c->past.at, c->past.at + 1, (c->past.n - 1) * sizeof *c->past.at);
        c->past.n--;
    }
    VEC_PUSH(c->past, entry_take);
}

static void written(const char *text, struct str *out)
{
    for (; *text; text++) {
        if (*text == '\n')
            str_add(out, "\\n");
        else if (*text == '\\')
            str_add(out, "\\\\");
        else
            str_addc(out, *text);
    }
    str_addc(out, '\n');
}

static char *read_entry(const char *s, size_t n)
{
    struct str t = {.max = ENTRY_MAX};
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' && i + 1 < n)
            str_addc(&t, s[++i] == 'n' ? '\n' : s[i]);
        else
            str_addc(&t, s[i]);
    }
    str_add(&t, "");
    return str_take(&t);
}

/* The file grows at its end; when it holds twice what is kept it is written anew. */
static void shorten(struct console *c)
{
    struct str t = {0};
    struct error err;
    for (size_t i = 0; i < c->past.n; i++)
        written(c->past.at[i], &t);
    if (file_replace(c->past_path, str_c(&t), t.n, 0600, &err) != OK)
        log_put(LOG_TROUBLE, "console", "history", "%s", err.text);
    str_clear(&t);
}

void past_open(struct console *c)
{
    struct str t = {0};
    struct error err;
    size_t n = 0;
    if (session_demo(c->session) || !c->session->setup.store_path)
        return;
    c->past_path = file_place(PLACE_DATA, "history", &err);
    if (!c->past_path)
        return;
    enum status s = file_read(c->past_path, FILE_MAX, &t, &err);
    for (const char *p = str_c(&t); s == OK && *p; n++) {
        size_t len = strcspn(p, "\n");
        push(c, read_entry(p, len));
        p += len + (p[len] == '\n');
    }
    if (s != OK && s != E_ABSENT)
        log_put(LOG_TROUBLE, "console", "history", "%s", err.text);
    if (n > 2 * CONSOLE_HISTORY || s == E_RANGE)
        shorten(c);
    str_clear(&t);
}

static enum status append(const char *path, const struct str *t, struct error *err)
{
    char *folder = mem_strn(path, (size_t)(strrchr(path, '/') - path));
    enum status s = file_folder(folder, err);
    free(folder);
    if (s != OK)
        return s;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, "%s", path);
    s = write(fd, t->s, t->n) == (ssize_t)t->n ? OK : err_errno(err, "%s", path);
    close(fd);
    return s;
}

void past_keep(struct console *c, const char *text)
{
    struct str t = {0};
    struct error err;
    if (!text[strspn(text, " \t\n")] || str_hasi(text, "secret") || strlen(text) > ENTRY_MAX)
        return;
    if (c->past.n && !strcmp(c->past.at[c->past.n - 1], text))
        return;
    push(c, mem_str(text));
    if (!c->past_path)
        return;
    written(text, &t);
    if (append(c->past_path, &t, &err) != OK)
        log_put(LOG_TROUBLE, "console", "history", "%s", err.text);
    str_clear(&t);
}

void past_clear(struct console *c)
{
    for (size_t i = 0; i < c->past.n; i++)
        free(c->past.at[i]);
    VEC_FREE(c->past);
    free(c->past_path);
}

const char *console_past(const struct console *c, size_t i)
{
    return i < c->past.n ? c->past.at[c->past.n - 1 - i] : NULL;
}
