/* vo_prompt.c - what is written in the last line of the VO tab: a filter, the name of a file, the radius
 * of a match; and what the row under the cursor leads to. Not: forms (vo_form.c).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/vo/datalink.h"
#include "vo_own.h"

void vo_prompt_open(struct vo_view *v, enum vo_prompt what, const char *text)
{
    v->prompt = what;
    v->replace = false;
    line_set(&v->line, text);
}

void vo_filter_set(struct vo_view *v, const char *filter)
{
    struct vo_service *s = vo_service(v);
    if (s)
        session_vo_arrange(v->session, v->model->query, s, s->shown.column, s->shown.falling,
                           filter);
}

static void finish_save(struct vo_view *v)
{
    struct error err;
    const char *path = v->line.text;
    char *line = mem_printf("vo-save \"%s\"%s", path, v->binary ? " binary" : "");
    struct str say = {0};
    enum status st = commands_run(v->session, "vo", line, BY_KEY, v->replace, &say, &err);
    if (st == E_CANCELLED) {
        session_say(v->session, "%.60s is there already: Enter again replaces it", path);
        v->replace = true;
    } else {
        v->prompt = VO_PROMPT_NONE;
        if (st != OK)
            session_say(v->session, "%s", err.text);
    }
    str_clear(&say);
    free(line);
}

/* What the row leads to: its URL, and its type; links: it is a list of links. */
bool vo_row_access(const struct vo_view *v, struct str *url, struct str *type, bool *links)
{
    const struct vo_service *s = vo_service(v);
    const struct vo_protocol *p = s && s->protocol ? s->protocol : vo_protocol_find("obscore");
    struct proto_columns c;
    size_t row;
    *links = false;
    if (!s || !vo_grid_row(v, &row))
        return false;
    proto_read_columns(p, s->table, &c);
    if (c.column[PROTO_URL] < 0)
        proto_read_columns(vo_protocol_find("obscore"), s->table, &c);
    proto_role_text(s->table, &c, row, PROTO_FORMAT, type);
    *links = datalink_of_row(s->doc, s->table, &c, row, url);
    return *links || proto_role_text(s->table, &c, row, PROTO_URL, url);
}

static void finish_load(struct vo_view *v)
{
    struct str url = {0}, type = {0};
    struct error err;
    char *path = file_in_home(v->line.text);
    if (access(path, F_OK) == 0 && !v->replace) {
        session_say(v->session, "%.60s is there already: Enter again replaces it", path);
        v->replace = true;
    } else {
        v->prompt = VO_PROMPT_NONE;
        bool links;
        if (vo_row_access(v, &url, &type, &links) &&
            session_vo_fetch(v->session, v->line.text, str_c(&url), path, false, &err) != OK)
            session_say(v->session, "%s", err.text);
    }
    str_clear(&url);
    str_clear(&type);
    free(path);
}

static void finish_match(struct vo_view *v)
{
    const struct vo_query *q = session_vo_query(v->session, v->match_query);
    const struct vo_service *b = vo_service(v);
    struct error err = {E_ABSENT, "the first of the two results is gone"};
    double deg;
    uint64_t id;
    v->prompt = VO_PROMPT_NONE;
    bool good = q && v->match_service < q->service.n && b;
    v->match_query = 0;
    if (good && !vo_size_read(v->line.text, &deg))
        session_say(v->session, "\"%.20s\" is no angle", v->line.text);
    else if (!good ||
             session_vo_match(v->session, q->service.at[v->match_service], b, deg, &id, &err) != OK)
        session_say(v->session, "%s", err.text);
    else
        vo_show(v, id);
}

static void prompt_done(struct vo_view *v)
{
    switch (v->prompt) {
    case VO_PROMPT_FILTER:
        vo_filter_set(v, v->line.text);
        if (vo_service(v) && vo_service(v)->shown.bad.status != OK)
            session_say(v->session, "%s", vo_service(v)->shown.bad.text);
        v->prompt = VO_PROMPT_NONE;
        break;
    case VO_PROMPT_SAVE: finish_save(v); break;
    case VO_PROMPT_LOAD: finish_load(v); break;
    case VO_PROMPT_MATCH: finish_match(v); break;
    case VO_PROMPT_NONE: break;
    }
}

bool vo_prompt_key(struct vo_view *v, const struct key *k)
{
    bool pasted = k->mods & MOD_PASTE;
    bool away =
        !pasted && ((k->code == K_ESC && !k->mods) || (k->code == 'c' && k->mods == MOD_CTRL));
    if (away) {
        if (v->prompt == VO_PROMPT_FILTER)
            vo_filter_set(v, v->filter_before);
        v->prompt = VO_PROMPT_NONE;
    } else if (k->code == K_ENTER && !pasted) {
        prompt_done(v);
    } else if (k->code == K_TAB && v->prompt == VO_PROMPT_SAVE) {
        v->binary = !v->binary;
    } else if (line_key(&v->line, k)) {
        v->replace = false;
        if (v->prompt == VO_PROMPT_FILTER)
            vo_filter_set(v, v->line.text);
    }
    return true;
}
