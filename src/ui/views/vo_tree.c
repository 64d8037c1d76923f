/* vo_tree.c - the thesaurus as a tree: a concept between its wider and its narrower ones; Enter goes to
 * the one under the cursor, `a` takes it into the form. Not: the thesaurus (vo/uat.h).
 */
#include <string.h>

#include "vo_own.h"

static void fill(struct vo_view *v, uint32_t term)
{
    const struct uat *u = session_vo_uat(v->session);
    const struct uat_term *t = uat_term(u, term);
    struct vo_model *m = v->model;
    m->thesaurus = session_vo(v->session)->thesaurus;
    m->term.n = m->side.n = 0;
    for (size_t i = 0; i < t->wider.n; i++) {
        VEC_PUSH(m->term, t->wider.at[i]);
        VEC_PUSH(m->side, -1);
    }
    VEC_PUSH(m->term, term);
    VEC_PUSH(m->side, 0);
    for (size_t i = 0; i < t->narrower.n; i++) {
        VEC_PUSH(m->term, t->narrower.at[i]);
        VEC_PUSH(m->side, 1);
    }
    list_renew(v->tree);
    list_seek(v->tree, t->wider.n + 1);
}

void vo_tree_open(struct vo_view *v, const char *term)
{
    const struct uat *u = session_vo_uat(v->session);
    uint32_t near;
    int at = uat_find(u, term);
    if (at < 0 && *term && uat_near(u, term, &near, 1) == 1)
        at = (int)near;
    if (at < 0) { /* the tops: what has nothing wider */
        struct vo_model *m = v->model;
        m->thesaurus = session_vo(v->session)->thesaurus;
        m->term.n = m->side.n = 0;
        for (uint32_t i = 0; i < uat_count(u); i++)
            if (!uat_term(u, i)->wider.n) {
                VEC_PUSH(m->term, i);
                VEC_PUSH(m->side, 1);
            }
        list_renew(v->tree);
    } else {
        fill(v, (uint32_t)at);
    }
    v->page = VO_PAGE_TREE;
}

void vo_tree_go(struct vo_view *v)
{
    size_t row;
    if (list_row(v->tree, &row))
        fill(v, v->model->term.at[row]);
}

void vo_tree_draw(const struct vo_view *v, struct canvas *c)
{
    canvas_rule(c, 0,
                session_vo_uat_whole(v->session) ? "thesaurus" : "thesaurus (its built-in core)");
    struct canvas list = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    list_draw(v->tree, &list);
}
