/* xml.c - libxml2's push SAX2 reader made strict and quiet: no network, no DTD, no entities, sizes
 * and depth bounded, every error a sentence. Not: the tree (xmltree.c).
 */
#include "vigie/formats/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

#include "doctype.h"
#include "vigie/base/str.h"
#include "vigie/base/utf8.h"

enum { DEPTH_DEFAULT = 255 };

struct xml {
    struct xml_limits limits;
    struct xml_handler on;
    void *arg;
    xmlParserCtxtPtr ctxt;
    struct error err; /* status OK while all is well */
    size_t seen;
    int depth;
    bool rooted, looking; /* looking: for a DOCTYPE to leave out; what came waits in head */
    struct str head;
    struct str value; /* attribute values of one element, one after the other */
    VEC(struct xml_attr) attr;
};

/* Stops the reader and keeps the first reason. */
static void stop(struct xml *x)
{
    if (x->ctxt)
        xmlStopParser(x->ctxt);
}

static void refuse(struct xml *x, enum status status, const char *why)
{
    if (x->err.status != OK)
        return;
    err_set(&x->err, status, "line %d: %s", xml_line(x), why);
    stop(x);
}

/* libxml2's own sentence, without its line end, fit to be shown. */
static void on_error(void *arg, xmlErrorPtr e)
{
    struct xml *x = arg;
    struct str said = {0}, clean = {0};
    if (!e || e->level < XML_ERR_ERROR || e->code == XML_WAR_NS_URI || x->err.status != OK)
        return;
    str_add(&said, e->code == XML_ERR_DOCUMENT_EMPTY ? "it does not begin as XML does"
                   : e->message                      ? e->message
                                                     : "not well formed");
    while (said.n && (said.s[said.n - 1] == '\n' || said.s[said.n - 1] == ' '))
        said.s[--said.n] = '\0';
    utf8_clean(&clean, str_c(&said), said.n);
    err_set(&x->err, E_PARSE, "line %d: %.180s", e->line, str_c(&clean));
    str_clear(&said);
    str_clear(&clean);
    stop(x);
}

/* Attribute values come with "&" as "&#38;" (and nothing else) because entities are never put in
 * place by libxml2. */
static void add_value(struct str *out, const char *s, const char *end)
{
    static const char amp[] = "&#38;";
    while (s < end) {
        const char *p = memchr(s, '&', (size_t)(end - s));
        if (!p) {
            str_addn(out, s, (size_t)(end - s));
            return;
        }
        str_addn(out, s, (size_t)(p - s) + 1);
        s = p + 1;
        if ((size_t)(end - p) >= sizeof amp - 1 && memcmp(p, amp, sizeof amp - 1) == 0)
            s = p + sizeof amp - 1;
    }
}

/* The values of one element lie one after the other in x->value, each ended by a zero byte; the
 * pointers are set once it has its final place. */
static void gather_attrs(struct xml *x, int n, const xmlChar **a)
{
    str_reset(&x->value);
    x->attr.n = 0;
    for (int i = 0; i < n; i++, a += 5) {
        VEC_PUSH(x->attr,
                 ((struct xml_attr){(const char *)a[0], a[2] ? (const char *)a[2] : "", NULL}));
        add_value(&x->value, (const char *)a[3], (const char *)a[4]);
        str_addn(&x->value, "", 1);
    }
    const char *v = str_c(&x->value);
    for (size_t i = 0; i < x->attr.n; i++, v += strlen(v) + 1)
        x->attr.at[i].value = v;
}

static void on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_ns, const xmlChar **ns, int n, int n_default, const xmlChar **a)
{
    struct xml *x = arg;
    (void)prefix, (void)n_ns, (void)ns, (void)n_default;
    if (x->err.status != OK)
        return;
    x->rooted = true;
    x->depth++;
    if (x->depth <= 0) /* the root that a stream has not */
        return;
    if (x->depth > x->limits.max_depth) {
        refuse(x, E_RANGE, "elements nested too deep");
        return;
    }
    gather_attrs(x, n, a);
    if (x->on.start(x->arg, uri ? (const char *)uri : "", (const char *)name, x->attr.at, x->attr.n,
                    &x->err) != OK)
        stop(x);
}

static void on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml *x = arg;
    (void)prefix;
    if (x->err.status != OK)
        return;
    if (--x->depth < 0) {
        refuse(x, E_PARSE, "an end without its beginning");
        return;
    }
    if (x->on.end(x->arg, uri ? (const char *)uri : "", (const char *)name, &x->err) != OK)
        stop(x);
    if (x->limits.stream && x->depth == 0)
        x->seen = 0;
}

static void on_text(void *arg, const xmlChar *s, int n)
{
    struct xml *x = arg;
    if (x->err.status != OK || !x->on.text || n <= 0 || x->depth <= 0)
        return;
    if (x->on.text(x->arg, (const char *)s, (size_t)n, &x->err) != OK)
        stop(x);
}

static void on_doctype(void *arg, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
    (void)name, (void)id, (void)system;
    refuse(arg, E_PARSE, "a DOCTYPE is not accepted");
}

/* libxml2 takes the "-->" in "<!-->" and "<!--->" for the end of a comment when no later one has come
 * yet, as HTML does: refused, so that the answer does not hang on how the bytes are cut. */
static void on_comment(void *arg, const xmlChar *text)
{
    if (text && text[text[0] == '-'] == '>')
        refuse(arg, E_PARSE, "a comment that begins with \">\" or \"->\"");
}

static void on_reference(void *arg, const xmlChar *name)
{
    (void)name;
    refuse(arg, E_PARSE, "an entity that XML does not define");
}

static xmlEntityPtr no_entity(void *arg, const xmlChar *name)
{
    (void)arg, (void)name;
    return NULL;
}

/* What libxml2 says outside a reader (a wrong encoding) would go to stderr; the reader's own error
 * says it too. */
static void quiet(void *arg, const char *fmt, ...)
{
    (void)arg, (void)fmt;
}

static void quiet_too(void *arg, xmlErrorPtr e)
{
    (void)arg, (void)e;
}

/* Bytes that are wrong in a converted encoding halt libxml2 without any error told. */
static void parse(struct xml *x, const char *bytes, int n, int last)
{
    int rc = xmlParseChunk(x->ctxt, bytes, n, last);
    if (!x->ctxt->wellFormed)
        refuse(x, E_PARSE, "not well formed");
    else if (x->ctxt->disableSAX || rc == XML_ERR_INVALID_ENCODING)
        refuse(x, E_PARSE, "bytes that its encoding does not know");
}

struct xml *xml_new(const struct xml_limits *limits, const struct xml_handler *handler, void *arg)
{
    struct xml *x = mem_zero(sizeof *x);
    xmlSAXHandler sax = {0};
    ensure(limits->max_bytes > 0 && handler->start && handler->end);
    xmlSetGenericErrorFunc(NULL, quiet);
    xmlSetStructuredErrorFunc(NULL, quiet_too);
    x->limits = *limits;
    if (x->limits.max_depth <= 0)
        x->limits.max_depth = DEPTH_DEFAULT;
    x->looking = limits->doctype_ignored && !limits->stream;
    x->on = *handler;
    x->arg = arg;
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start;
    sax.endElementNs = on_end;
    sax.characters = on_text;
    sax.ignorableWhitespace = on_text;
    sax.cdataBlock = on_text;
    sax.comment = on_comment;
    sax.internalSubset = on_doctype;
    sax.getEntity = no_entity;
    sax.getParameterEntity = no_entity;
    sax.reference = on_reference;
    sax.serror = on_error;
    x->ctxt = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    ensure(x->ctxt);
    xmlCtxtUseOptions(x->ctxt, XML_PARSE_NONET);
    if (x->limits.stream) { /* libxml2 wants one root: it gets one that nobody is told of */
        static const char root[] = "<stream>";
        x->depth = -1;
        parse(x, root, sizeof root - 1, 0);
        x->rooted = false;
    }
    return x;
}

void xml_free(struct xml *x)
{
    if (!x)
        return;
    if (x->ctxt->myDoc)
        xmlFreeDoc(x->ctxt->myDoc);
    xmlFreeParserCtxt(x->ctxt);
    str_clear(&x->value);
    str_clear(&x->head);
    VEC_FREE(x->attr);
    free(x);
}

static enum status answer(const struct xml *x, struct error *err)
{
    if (x->err.status != OK && err)
        *err = x->err;
    return x->err.status;
}

/* What waited goes to libxml2; of a DOCTYPE only its line ends, so that lines keep their numbers. */
static void let_go(struct xml *x, size_t begin, size_t end)
{
    const struct str *h = &x->head;
    x->looking = false;
    if (begin)
        parse(x, h->s, (int)begin, 0);
    if (end > begin)
        parse(x, " ", 1, 0);
    for (size_t i = begin; i < end && x->err.status == OK; i++)
        if (h->s[i] == '\n')
            parse(x, "\n", 1, 0);
    if (h->n > end && x->err.status == OK)
        parse(x, h->s + end, (int)(h->n - end), 0);
    str_clear(&x->head);
}

/* The first bytes of a document wait until it is known where its DOCTYPE ends. Returns how many of
 * the n it took. */
static size_t look_for_doctype(struct xml *x, const char *bytes, size_t n)
{
    struct doctype d;
    size_t k = n < DOCTYPE_LOOK - x->head.n ? n : DOCTYPE_LOOK - x->head.n;
    str_addn(&x->head, bytes, k);
    switch (doctype_find(x->head.s, x->head.n, &d)) {
    case DOCTYPE_MORE:
        if (x->head.n == DOCTYPE_LOOK)
            let_go(x, 0, 0);
        break;
    case DOCTYPE_NONE: let_go(x, 0, 0); break;
    case DOCTYPE_HERE: let_go(x, d.begin, d.end); break;
    case DOCTYPE_BAD: refuse(x, E_PARSE, d.why); break;
    }
    return k;
}

enum status xml_feed(struct xml *x, const char *bytes, size_t n, struct error *err)
{
    enum { PIECE = 1 << 20 };
    if (!x->limits.stream && n > x->limits.max_bytes - x->seen)
        refuse(x, E_RANGE, "larger than the limit");
    for (size_t done = 0; done < n && x->err.status == OK;) {
        size_t k = n - done < PIECE ? n - done : PIECE;
        bool looks = x->looking;
        if (looks)
            k = look_for_doctype(x, bytes + done, k);
        x->seen += k;
        if (!looks)
            parse(x, bytes + done, (int)k, 0);
        done += k;
        if (x->seen > x->limits.max_bytes) /* of a stream: of one element */
            refuse(x, E_RANGE, "larger than the limit");
    }
    return answer(x, err);
}

enum status xml_end(struct xml *x, struct error *err)
{
    bool sound = x->err.status == OK;
    if (x->limits.stream) {
        if (sound && x->depth != 0)
            refuse(x, E_PARSE, "it ends inside an element");
        return answer(x, err);
    }
    if (sound && x->seen == 0)
        refuse(x, E_PARSE, "the document is empty");
    if (sound && x->looking)
        let_go(x, 0, 0);
    if (x->err.status == OK)
        parse(x, NULL, 0, 1);
    if (x->err.status == E_PARSE && sound &&
        x->depth != 0) { /* libxml2 has stranger words for it */
        x->err.status = OK;
        refuse(x, E_PARSE, "the document ends too early");
    }
    if (x->err.status == OK && (x->depth != 0 || !x->rooted))
        refuse(x, E_PARSE, "the document ends too early");
    return answer(x, err);
}

int xml_line(const struct xml *x)
{
    return x->ctxt && x->ctxt->input ? x->ctxt->input->line : 1;
}

bool xml_idle(const struct xml *x)
{
    const xmlParserInput *in = x->ctxt->input;
    return x->err.status == OK && x->ctxt->instate == XML_PARSER_CONTENT && x->ctxt->inputNr == 1 &&
           in->buf && !in->buf->encoder && in->cur == in->end;
}

void xml_skip(struct xml *x, size_t n, int lines)
{
    ensure(xml_idle(x));
    x->seen += n;
    x->ctxt->input->line += lines;
    if (x->seen > x->limits.max_bytes)
        refuse(x, E_RANGE, "larger than the limit");
}
