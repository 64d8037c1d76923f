/* vtp.c - see vtp.h. A frame is four bytes of length, the highest first, and so many bytes of XML. */
#include "vtp.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/formats/xml.h"

static void put_escaped(struct str *out, const char *s)
{
    for (; s && *s; s++)
        switch (*s) {
        case '<': str_add(out, "&lt;"); break;
        case '>': str_add(out, "&gt;"); break;
        case '&': str_add(out, "&amp;"); break;
        default: str_addc(out, *s);
        }
}

static void say(struct vtp *v, const char *role, const char *origin, const char *now_utc)
{
    struct str x = {0};
    str_addf(
        &x,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<trn:Transport role=\"%s\" version=\"1.0\""
        " xmlns:trn=\"http://www.telescope-networks.org/xml/Transport/v1.1\"><Origin>",
        role);
    put_escaped(&x, origin);
    str_add(&x, "</Origin><Response>");
    put_escaped(&x, v->ivorn);
    str_addf(&x, "</Response><TimeStamp>%s</TimeStamp></trn:Transport>", now_utc);
    unsigned char head[4] = {(unsigned char)(x.n >> 24), (unsigned char)(x.n >> 16),
                             (unsigned char)(x.n >> 8), (unsigned char)x.n};
    str_addn(&v->out, head, 4);
    str_addn(&v->out, x.s, x.n);
    str_clear(&x);
}

static void on_transport(struct vtp *v, const struct xml_node *root, const char *now_utc)
{
    const char *role = xml_value(root, "role"), *origin = xml_text(xml_child(root, "Origin", NULL));
    if (!role || !origin)
        return;
    if (strcmp(role, "iamalive") == 0) {
        v->n_alive++;
        say(v, "iamalive", origin, now_utc);
    } else if (strcmp(role, "authenticate") == 0) {
        say(v, "authenticate", origin, now_utc);
    }
}

static void on_frame(struct vtp *v, const char *s, size_t n, const char *now_utc)
{
    static const struct xml_limits limits = {.max_bytes = VTP_FRAME_MAX, .max_depth = 255};
    struct xml_tree *t = xml_tree_new(&limits);
    bool whole = xml_feed(t->xml, s, n, NULL) == OK && xml_end(t->xml, NULL) == OK;
    if (whole && strcmp(t->root->name, "Transport") == 0) {
        on_transport(v, t->root, now_utc);
    } else if (v->packet(v->arg, s, n) && whole) {
        const char *ivorn = xml_value(t->root, "ivorn");
        if (ivorn)
            say(v, "ack", ivorn, now_utc);
    }
    xml_tree_free(t);
}

enum status vtp_feed(struct vtp *v, const char *bytes, size_t n, const char *now_utc,
                     struct error *err)
{
    size_t at = 0;
    str_addn(&v->in, bytes, n);
    while (v->in.n - at >= 4) {
        const unsigned char *h = (const unsigned char *)v->in.s + at;
        size_t want = (size_t)h[0] << 24 | (size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3];
        if (want > VTP_FRAME_MAX)
            return err_set(err, E_RANGE, "a message of %zu bytes is announced; 1 MB is the most",
                           want);
        if (v->in.n - at - 4 < want)
            break;
        on_frame(v, v->in.s + at + 4, want, now_utc);
        at += 4 + want;
    }
    struct str rest = {0};
    str_addn(&rest, str_c(&v->in) + at, v->in.n - at);
    str_clear(&v->in);
    v->in = rest;
    return OK;
}

void vtp_clear(struct vtp *v)
{
    str_clear(&v->in);
    str_clear(&v->out);
}
