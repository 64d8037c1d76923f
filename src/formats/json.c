/* json.c - the push reader, over yajl. Not: the tree (json_tree.c), the writer (json_write.c).
 * RFC 8259. What yajl leaves out is done here: bounds, overlong UTF-8 and halves of surrogate pairs,
 * the words NaN and Infinity, byte offsets over all pieces, sentences.
 */
#include "vigie/formats/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "vigie/base/utf8.h"

enum { DEPTH = 64, NODES = 200000 };
static const size_t bytes_default = (size_t)64 << 20, bytes_most = (size_t)1 << 30;

/* Where the filter for NaN and Infinity stands: outside of strings, in one, behind a backslash. */
enum place_in { OUTSIDE, IN_STRING, ESCAPED };

struct json_reader {
    const struct json_events *events;
    void *arg;
    struct json_limits lim;
    yajl_handle yajl;
    uint64_t fed; /* bytes before the piece in work */
    size_t depth;
    int bom; /* bytes of a byte order mark seen at the start; 3: over */
    bool started;
    enum place_in place;
    char word[10]; /* the beginning of NaN, Infinity, -Infinity, held back */
    size_t word_n;
    const char *instead; /* the number that the next null stands for */
    struct str scratch;
    struct error stop; /* what a callback said */
    bool failed;
    struct error err;
};

static enum status fail(struct json_reader *r, struct error *err)
{
    r->failed = true;
    if (err)
        *err = r->err;
    return r->err.status;
}

void json_reader_stop(struct json_reader *r, enum status status, const char *why)
{
    err_set(&r->stop, status, "%s", why);
}

uint64_t json_reader_at(const struct json_reader *r)
{
    return r->fed;
}

/* ---- yajl's callbacks ---- */

static int deeper(struct json_reader *r)
{
    if (++r->depth <= r->lim.depth)
        return 1;
    err_set(&r->stop, E_RANGE, "nested deeper than %zu", r->lim.depth);
    return 0;
}

static int on_start_object(void *arg)
{
    struct json_reader *r = arg;
    return deeper(r) && (!r->events->start_object || r->events->start_object(r->arg));
}

static int on_end_object(void *arg)
{
    struct json_reader *r = arg;
    r->depth--;
    return !r->events->end_object || r->events->end_object(r->arg);
}

static int on_start_array(void *arg)
{
    struct json_reader *r = arg;
    return deeper(r) && (!r->events->start_array || r->events->start_array(r->arg));
}

static int on_end_array(void *arg)
{
    struct json_reader *r = arg;
    r->depth--;
    return !r->events->end_array || r->events->end_array(r->arg);
}

/* yajl passes overlong sequences and lone surrogates (written \udc00): each becomes U+FFFD. */
static const char *mended(struct json_reader *r, const unsigned char *s, size_t *n)
{
    const char *text = *n ? (const char *)s : "";
    if (utf8_valid(text, *n))
        return text;
    const char *p = text, *end = text + *n;
    str_reset(&r->scratch);
    while (p < end) {
        char c[4];
        if (!*p) {
            str_addc(&r->scratch, *p++);
            continue;
        }
        if (end - p >= 3 && *p == '\xED' && p[1] >= '\xA0') /* one surrogate, three bytes */
            p += 2;
        str_addn(&r->scratch, c, utf8_put(c, utf8_next(&p, end)));
    }
    *n = r->scratch.n;
    return r->scratch.s;
}

static int on_key(void *arg, const unsigned char *s, size_t n)
{
    struct json_reader *r = arg;
    if (!r->events->key)
        return 1;
    const char *text = mended(r, s, &n);
    return r->events->key(r->arg, text, n);
}

static int on_string(void *arg, const unsigned char *s, size_t n)
{
    struct json_reader *r = arg;
    if (!r->events->string)
        return 1;
    const char *text = mended(r, s, &n);
    return r->events->string(r->arg, text, n);
}

static int on_number(void *arg, const char *s, size_t n)
{
    struct json_reader *r = arg;
    return !r->events->number || r->events->number(r->arg, s, n);
}

static int on_boolean(void *arg, int b)
{
    struct json_reader *r = arg;
    return !r->events->boolean || r->events->boolean(r->arg, b != 0);
}

static int on_null(void *arg)
{
    struct json_reader *r = arg;
    if (r->instead)
        return on_number(r, r->instead, strlen(r->instead));
    return !r->events->null || r->events->null(r->arg);
}

static const yajl_callbacks callbacks = {
    on_null,         on_boolean, NULL,          NULL,           on_number,   on_string,
    on_start_object, on_key,     on_end_object, on_start_array, on_end_array};

/* ---- making and feeding ---- */

struct json_reader *json_reader_new(const struct json_events *events, void *arg,
                                    const struct json_limits *limits)
{
    struct json_reader *r = mem_zero(sizeof *r);
    r->events = events;
    r->arg = arg;
    if (limits)
        r->lim = *limits;
    if (!r->lim.depth)
        r->lim.depth = DEPTH;
    if (!r->lim.nodes)
        r->lim.nodes = NODES;
    if (!r->lim.bytes)
        r->lim.bytes = bytes_default;
    if (r->lim.bytes > bytes_most)
        r->lim.bytes = bytes_most;
    r->yajl = yajl_alloc(&callbacks, NULL, r);
    ensure(r->yajl != NULL);
    yajl_config(r->yajl, yajl_dont_validate_strings, 0);
    yajl_config(r->yajl, yajl_allow_multiple_values, r->lim.many ? 1 : 0);
    return r;
}

void json_reader_free(struct json_reader *r)
{
    if (!r)
        return;
    yajl_free(r->yajl);
    str_clear(&r->scratch);
    free(r);
}

/* yajl's text without its line end and its words for "parse error" in front. */
static enum status say_error(struct json_reader *r, uint64_t at, const unsigned char *s, size_t n)
{
    unsigned char *said = yajl_get_error(r->yajl, 0, s, n);
    char text[128];
    const char *from = said ? (const char *)said : "not JSON";
    const char *colon = strstr(from, "error: ");
    snprintf(text, sizeof text, "%s", colon ? colon + 7 : from);
    text[strcspn(text, "\n")] = 0;
    if (said)
        yajl_free_error(r->yajl, said);
    if (strstr(text, "premature EOF"))
        return at ? err_set(&r->err, E_PARSE, "cut off after byte %llu", (unsigned long long)at)
                  : err_set(&r->err, E_PARSE, "empty: no JSON in it");
    return err_set(&r->err, E_PARSE, "byte %llu: no JSON here (%s)", (unsigned long long)at, text);
}

static enum status take_status(struct json_reader *r, yajl_status y, const unsigned char *s,
                               size_t n)
{
    uint64_t at = r->fed + (s ? yajl_get_bytes_consumed(r->yajl) : 0);
    switch (y) {
    case yajl_status_ok: return OK;
    case yajl_status_client_canceled:
        if (r->stop.status == OK)
            return err_set(&r->err, E_CANCELLED, "stopped by its reader at byte %llu",
                           (unsigned long long)at);
        if (r->stop.status == E_RANGE || r->stop.status == E_PARSE)
            return err_set(&r->err, r->stop.status, "byte %llu: %.200s", (unsigned long long)at,
                           r->stop.text);
        r->err = r->stop;
        return r->err.status;
    case yajl_status_error: return say_error(r, at, s, n);
    }
    return err_set(&r->err, E_BUG, "JSON: unknown state");
}

static enum status give(struct json_reader *r, const char *s, size_t n)
{
    if (!n)
        return OK;
    yajl_status y = yajl_parse(r->yajl, (const unsigned char *)s, n);
    enum status st = take_status(r, y, (const unsigned char *)s, n);
    r->fed += n;
    return st;
}

/* ---- the words NaN, Infinity, -Infinity ---- */

static const struct {
    const char *word, *number;
} nonfinite[] = {{"NaN", "nan"}, {"Infinity", "inf"}, {"-Infinity", "-inf"}};

/* 1: the held bytes begin one of the words; 2: they are one; 0: neither. */
static int word_state(const struct json_reader *r, size_t *which)
{
    for (size_t i = 0; i < sizeof nonfinite / sizeof nonfinite[0]; i++)
        if (r->word_n <= strlen(nonfinite[i].word) &&
            memcmp(r->word, nonfinite[i].word, r->word_n) == 0) {
            *which = i;
            return r->word_n == strlen(nonfinite[i].word) ? 2 : 1;
        }
    return 0;
}

static enum status give_word(struct json_reader *r, size_t which)
{
    r->instead = nonfinite[which].number;
    uint64_t fed = r->fed;
    enum status st = give(r, "null", 4);
    r->fed = fed + r->word_n;
    r->instead = NULL;
    r->word_n = 0;
    return st;
}

static enum status give_held(struct json_reader *r)
{
    size_t n = r->word_n;
    r->word_n = 0;
    return give(r, r->word, n);
}

/* The end of what can go to yajl as it is: the next byte that may begin one of the words. */
static size_t plain_until(struct json_reader *r, const char *s, size_t i, size_t n)
{
    for (; i < n; i++) {
        char c = s[i];
        if (r->place == ESCAPED)
            r->place = IN_STRING;
        else if (r->place == IN_STRING)
            r->place = c == '\\' ? ESCAPED : c == '"' ? OUTSIDE : IN_STRING;
        else if (c == '"')
            r->place = IN_STRING;
        else if (c == 'N' || c == 'I' || (c == '-' && (i + 1 == n || s[i + 1] == 'I')))
            break;
    }
    return i;
}

static enum status give_filtered(struct json_reader *r, const char *s, size_t n)
{
    enum status st = OK;
    size_t which = 0;
    for (size_t i = 0; st == OK && i < n;) {
        if (r->word_n) {
            r->word[r->word_n++] = s[i];
            int state = word_state(r, &which);
            if (state == 0) {
                r->word_n--; /* this byte goes the usual way */
                st = give_held(r);
                continue;
            }
            i++;
            if (state == 2)
                st = give_word(r, which);
            continue;
        }
        size_t end = plain_until(r, s, i, n);
        st = give(r, s + i, end - i);
        i = end;
        if (i < n)
            r->word[r->word_n++] = s[i++];
    }
    return st;
}

/* A byte order mark is passed over (RFC 8259 section 8.1 allows it); a page begins with '<'. */
static enum status start(struct json_reader *r, const char **s, size_t *n)
{
    static const char mark[] = "\xEF\xBB\xBF";
    while (*n && r->bom < 3 && **s == mark[r->bom]) {
        r->bom++;
        r->fed++;
        ++*s;
        --*n;
    }
    if (!*n)
        return OK;
    if (r->bom == 1 || r->bom == 2)
        return err_set(&r->err, E_PARSE, "byte 0: no JSON here");
    r->bom = 3;
    for (size_t i = 0; i < *n; i++)
        if (!strchr(" \t\r\n", (*s)[i]) || !(*s)[i]) {
            r->started = true;
            if ((*s)[i] == '<')
                return err_set(&r->err, E_PARSE, "this is an HTML or XML page, not JSON");
            break;
        }
    return OK;
}

enum status json_feed(struct json_reader *r, const void *bytes, size_t n, struct error *err)
{
    const char *s = bytes;
    if (r->failed)
        return fail(r, err);
    if (n > r->lim.bytes - (size_t)r->fed) {
        err_set(&r->err, E_RANGE, "larger than %zu bytes", r->lim.bytes);
        return fail(r, err);
    }
    if (!r->started && start(r, &s, &n) != OK)
        return fail(r, err);
    enum status st = r->lim.nonfinite ? give_filtered(r, s, n) : give(r, s, n);
    return st == OK ? OK : fail(r, err);
}

enum status json_finish(struct json_reader *r, struct error *err)
{
    if (r->failed)
        return fail(r, err);
    enum status st = give_held(r);
    if (st == OK && !r->started)
        st = err_set(&r->err, E_PARSE, "empty: no JSON in it");
    if (st == OK)
        st = take_status(r, yajl_complete_parse(r->yajl), NULL, 0);
    return st == OK ? OK : fail(r, err);
}
