/* import.c - scripts from outside: what one is, shown before it is taken in; from a file, or from the web, where
 * the observer is asked once it has come. Not: running them (trust.c says how far). See include/vigie/session/console.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "console.h"
#include "vigie/base/file.h"
#include "vigie/base/sha256.h"
#include "vigie/base/utf8.h"
#include "vigie/io/http.h"

/* struct incoming - the one that is fetched, or asked about. name: as a file; text: what was shown, and is kept. */
struct incoming {
    struct http *http;
    uint64_t request;
    char *name;
    struct str text;
};

static void forget(struct incoming *in)
{
    free(in->name);
    in->name = NULL;
    str_clear(&in->text);
}

void import_clear(struct console *c)
{
    struct incoming *in = c->incoming;
    if (!in)
        return;
    c->incoming = NULL; /* who is called now has nobody to tell */
    http_free(in->http);
    forget(in);
    free(in);
}

/* ---- shown ---- */

void script_notes(struct console *c, const char *from, const struct str *text,
                  const struct script_sheet *sheet)
{
    char sum[SHA256_TEXT];
    console_note(c, "%s: %s%s%s%s%s%s", from, sheet->has ? "" : "no header; ",
                 sheet->summary ? sheet->summary : "no summary", sheet->author ? ", by " : "",
                 sheet->author ? sheet->author : "", sheet->version ? ", version " : "",
                 sheet->version ? sheet->version : "");
    console_note(c, "sha256: %s", sha256_text(str_c(text), text->n, sum));
    console_note(c, "needs: %s", sheet->needs && *sheet->needs ? sheet->needs : "nothing");
    for (int i = 0; i < sheet->n_field; i++)
        console_note(c, "param: %s : %s = %s", sheet->field[i].name, sheet->field[i].type,
                     sheet->field[i].def ? sheet->field[i].def : "-");
}

void script_diff_notes(struct console *c, const struct str *diff)
{
    if (!diff->n)
        console_note(c, "no difference");
    for (const char *p = str_c(diff); *p;) {
        size_t n = strcspn(p, "\n");
        console_note(c, "%.*s", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

/* ---- taken in ---- */

static enum status keep(struct console *c, const char *base, const struct str *text,
                        struct error *err)
{
    char *folder = script_folder(c, "imported", err);
    if (!folder)
        return E_ABSENT;
    char *to = mem_printf("%s/%s", folder, base);
    enum status s = file_folder(folder, err);
    if (s == OK)
        s = file_replace(to, str_c(text), text->n, 0644, err);
    free(to);
    free(folder);
    if (s == OK)
        console_scripts_read(c);
    return s;
}

enum status console_import(struct console *c, const char *path, struct str *name, struct error *err)
{
    struct str text = {0};
    struct script_sheet sheet = {0};
    char *base = NULL;
    str_reset(name);
    enum status s = script_file_name(path, &base, err);
    if (s == OK)
        s = console_sheet(c, path, &text, &sheet, err);
    if (s == OK)
        s = c->ops->check_code(c->lua, base, str_c(&text), text.n, err);
    if (s == OK)
        s = keep(c, base, &text, err);
    if (s == OK)
        str_add(name, base);
    console_sheet_free(c, &sheet);
    str_clear(&text);
    free(base);
    return s;
}

/* ---- from the web ---- */

/* What came, if it is a script at all. */
static enum status look(struct console *c, const char *url, struct error *err)
{
    struct incoming *in = c->incoming;
    struct script_sheet sheet;
    struct str old = {0}, diff = {.max = 200000};
    if (memchr(str_c(&in->text), 0, in->text.n) || !utf8_valid(str_c(&in->text), in->text.n))
        return err_set(err, E_PARSE, "it is no text in UTF-8");
    enum status s = console_sheet_of(c, &in->text, &sheet, err);
    if (s == OK)
        s = c->ops->check_code(c->lua, in->name, str_c(&in->text), in->text.n, err);
    if (s != OK) {
        console_sheet_free(c, &sheet);
        return s;
    }
    char *from = mem_printf("%s from %.300s", in->name, url);
    script_notes(c, from, &in->text, &sheet);
    console_sheet_free(c, &sheet);
    free(from);
    console_scripts_read(c);
    const struct console_script *k = console_script_find(c, in->name);
    if (k && file_read(k->path, SCRIPT_MAX, &old, err) != OK)
        console_note(c, "%s: %s", k->path, err->text);
    console_note(c, k ? "against %s (%s):" : "%s is not there yet:", in->name, k ? k->from : "");
    text_diff(str_c(&old), str_c(&in->text), &diff);
    script_diff_notes(c, &diff);
    str_clear(&old);
    str_clear(&diff);
    return OK;
}

static void arrived(void *arg, const struct http_answer *a)
{
    struct console *c = arg;
    struct incoming *in = c->incoming;
    struct error err = a->err;
    if (!in)
        return;
    in->request = 0;
    if (err.status == OK) {
        str_addn(&in->text, str_c(&a->body), a->body.n);
        look(c, a->url, &err);
    }
    if (err.status != OK) {
        console_note(c, "%s was not taken: %s", in->name, err.text);
        session_say(c->session, "%s was not taken: %s", in->name, err.text);
        forget(in);
        return;
    }
    char *question = mem_printf(
        "Take %s into the library? At its run it asks for what it needs. yes or no", in->name);
    console_ask(c, 0, question);
    free(question);
}

/* The last part of the address, without what is asked of it. */
static char *name_in(const char *url, struct error *err)
{
    char *path = mem_strn(url, strcspn(url, "?#")), *name = NULL;
    if (script_file_name(path, &name, err) != OK)
        name = NULL;
    free(path);
    return name;
}

enum status console_import_url(struct console *c, const char *url, struct error *err)
{
    if (!c->ops)
        return err_set(err, E_ABSENT, "this session has no Lua");
    if (strncasecmp(url, "https://", 8) != 0)
        return err_set(err, E_REFUSED, "%.100s: a script comes over https: only", url);
    if (!c->incoming) {
        const struct http_options o = {.max_body = SCRIPT_MAX,
                                       .tries = 2,
                                       .total_ms = 120000,
                                       .public_only = true,
                                       .offline = session_offline(c->session)};
        c->incoming = mem_zero(sizeof *c->incoming);
        c->incoming->http = http_new(c->session->setup.loop, &o);
    }
    struct incoming *in = c->incoming;
    if (in->name)
        return err_set(err, E_BUSY, in->request ? "%s is still coming" : "%s: yes or no?",
                       in->name);
    in->name = name_in(url, err);
    if (!in->name)
        return err->status;
    const struct http_request r = {.url = url, .done = arrived, .arg = c};
    in->request = http_send(in->http, &r, err);
    if (!in->request)
        forget(in);
    return in->request ? OK : err->status;
}

bool import_answer(struct console *c, const char *text)
{
    struct incoming *in = c->incoming;
    struct error err;
    bool yes = str_eqi(text, "yes") || str_eqi(text, "y");
    if (!yes && !str_eqi(text, "no") && !str_eqi(text, "n")) {
        console_note(c, "%s: yes or no?", in->name);
        return false;
    }
    if (!yes)
        console_note(c, "%s was not taken", in->name);
    else if (keep(c, in->name, &in->text, &err) == OK)
        console_note(c, "%s is in the library", in->name);
    else
        console_note(c, "%s was not taken: %s", in->name, err.text);
    forget(in);
    return true;
}
