/* input.c - see input.h. A pure state machine: it never sees a file descriptor or a clock. */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "vigie/base/utf8.h"

enum { HOLD_MAX = 256, KEYS_MAX = 4096, DEF_MAX = 31, ANSWERS = 8, SEQUENCE_MS = 1000 };

struct definition {
    char bytes[DEF_MAX + 1];
    size_t n;
    struct key key;
};

struct input {
    int64_t escdelay_ms, since_ms;
    unsigned char hold[HOLD_MAX]; /* from the ESC, or of an unfinished character */
    size_t n_hold;
    bool pasting, skipping; /* skipping: inside an answer too long to keep */
    VEC(struct definition) defs;
    VEC(struct key) keys;
    size_t first;
    char answer[ANSWERS][HOLD_MAX + 1];
    int next_answer;
};

struct input *input_new(int64_t escdelay_ms)
{
    struct input *in = mem_zero(sizeof *in);
    in->escdelay_ms = escdelay_ms;
    return in;
}

void input_free(struct input *in)
{
    if (!in)
        return;
    VEC_FREE(in->defs);
    VEC_FREE(in->keys);
    free(in);
}

void input_define(struct input *in, const char *bytes, struct key key)
{
    struct definition d = {.n = strlen(bytes), .key = key};
    if (d.n < 2 || d.n > DEF_MAX || bytes[0] != '\033')
        return;
    memcpy(d.bytes, bytes, d.n);
    for (size_t i = 0; i < in->defs.n; i++)
        if (!strcmp(in->defs.at[i].bytes, d.bytes)) {
            in->defs.at[i] = d;
            return;
        }
    if (in->defs.n < 512)
        VEC_PUSH(in->defs, d);
}

static void push(struct input *in, uint32_t code, unsigned mods)
{
    if (in->keys.n - in->first >= KEYS_MAX)
        return;
    struct key k = {code, mods | (in->pasting ? MOD_PASTE : 0), 0, 0};
    VEC_PUSH(in->keys, k);
}

/* A character of one byte that is no part of a sequence. */
static void push_plain(struct input *in, uint32_t c, unsigned mods)
{
    switch (c) {
    case '\r':
    case '\n': push(in, K_ENTER, mods); return;
    case '\t': push(in, K_TAB, mods); return;
    case '\b':
    case 0x7F: push(in, K_BACKSPACE, mods); return;
    case 0x1B: push(in, K_ESC, mods); return;
    case 0: push(in, ' ', mods | MOD_CTRL); return;
    }
    if (c < 27)
        push(in, c + 'a' - 1, mods | MOD_CTRL);
    else if (c < ' ')
        push(in, c + '@', mods | MOD_CTRL);
    else
        push(in, c, mods);
}

/* ---- whole sequences ---- */

enum { MAX_PARAMS = 8 };
struct csi {
    int param[MAX_PARAMS], n;
    char private, middle, final;
};

static bool read_csi(const unsigned char *s, size_t n, struct csi *c)
{
    *c = (struct csi){0};
    size_t i = 2;
    if (i < n && s[i] >= '<' && s[i] <= '?')
        c->private = (char)s[i++];
    for (; i < n && ((s[i] >= '0' && s[i] <= '9') || s[i] == ';' || s[i] == ':'); i++) {
        if (s[i] == ';' || s[i] == ':') {
            c->n++;
        } else if (c->n < MAX_PARAMS && c->param[c->n] < 100000) {
            c->param[c->n] = c->param[c->n] * 10 + (s[i] - '0');
        }
    }
    c->n = c->n < MAX_PARAMS ? c->n + 1 : MAX_PARAMS;
    for (; i + 1 < n; i++)
        c->middle = (char)s[i];
    c->final = (char)s[n - 1];
    return i + 1 == n;
}

static unsigned modifiers(int param)
{
    int m = param > 1 ? param - 1 : 0;
    return (m & 1 ? MOD_SHIFT : 0U) | (m & 2 ? MOD_ALT : 0U) | (m & 4 ? MOD_CTRL : 0U);
}

static uint32_t tilde_key(int number)
{
    static const unsigned char f[] = {11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24};
    static const struct {
        int number;
        uint32_t code;
    } keys[] = {{1, K_HOME}, {2, K_INSERT}, {3, K_DELETE}, {4, K_END},
                {5, K_PGUP}, {6, K_PGDN},   {7, K_HOME},   {8, K_END}};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].number == number)
            return keys[i].code;
    for (unsigned i = 0; i < sizeof f; i++)
        if (f[i] == number)
            return K_F1 + i;
    return 0;
}

static uint32_t letter_key(char final)
{
    static const char letters[] = "ABCDHFPQRSM";
    static const uint32_t codes[] = {K_UP, K_DOWN,   K_RIGHT,  K_LEFT,   K_HOME, K_END,
                                     K_F1, K_F1 + 1, K_F1 + 2, K_F1 + 3, K_ENTER};
    const char *at = final ? strchr(letters, final) : NULL;
    return at ? codes[at - letters] : 0;
}

static void push_mouse(struct input *in, int button, int col, int row, bool release)
{
    uint32_t code = button == 0    ? K_PRESS
                    : button == 64 ? K_WHEEL_UP
                    : button == 65 ? K_WHEEL_DOWN
                                   : 0;
    if (!code || release || row < 1 || col < 1 || row > 1000 || col > 1000)
        return;
    size_t before = in->keys.n;
    push(in, code, 0);
    if (in->keys.n > before) {
        in->keys.at[before].row = row - 1;
        in->keys.at[before].col = col - 1;
    }
}

static void push_answer(struct input *in, size_t from, size_t n)
{
    char *answer = in->answer[in->next_answer];
    memcpy(answer, in->hold + from, n - from);
    answer[n - from] = 0;
    size_t before = in->keys.n;
    push(in, K_ANSWER, 0);
    if (in->keys.n > before) {
        in->keys.at[before].row = in->next_answer;
        in->keys.at[before].mods = 0;
    }
    in->next_answer = (in->next_answer + 1) % ANSWERS;
}

static void take_csi(struct input *in, size_t n)
{
    struct csi c;
    if (!read_csi(in->hold, n, &c))
        return;
    if (c.private == '<' && (c.final == 'M' || c.final == 'm') && c.n == 3) {
        push_mouse(in, c.param[0] & ~28, c.param[1], c.param[2], c.final == 'm');
        return;
    }
    if (c.private || c.middle) {
        push_answer(in, 1, n);
        return;
    }
    if (c.final == '~' && (c.param[0] == 200 || c.param[0] == 201)) {
        in->pasting = c.param[0] == 200;
        return;
    }
    if (c.final == 'I' || c.final == 'O') {
        push(in, c.final == 'I' ? K_FOCUS_IN : K_FOCUS_OUT, 0);
        return;
    }
    if (c.final == 'Z') {
        push(in, K_TAB, MOD_SHIFT);
        return;
    }
    if (c.final == 'R' && c.n == 2 && c.param[0] != 1) { /* a cursor position report, not F3 */
        push_answer(in, 1, n);
        return;
    }
    uint32_t code = c.final == '~' ? tilde_key(c.param[0]) : letter_key(c.final);
    if (code)
        push(in, code, modifiers(c.n > 1 ? c.param[1] : 0));
}

/* How many bytes the sequence at hold takes: 0 not whole yet. */
static size_t csi_length(const unsigned char *s, size_t n)
{
    if (n >= 3 && s[2] == 'M')
        return n >= 6 ? 6 : 0; /* X10 mouse: three bytes follow */
    if (n >= 3 && s[2] == '[')
        return n >= 4 ? 4 : 0; /* function keys of the Linux console */
    for (size_t i = 2; i < n; i++) {
        if (s[i] >= 0x40 && s[i] <= 0x7E)
            return i + 1;
        if (s[i] < 0x20 || s[i] > 0x7E)
            return i; /* broken off: what follows is no part of it */
    }
    return 0;
}

/* Text answers (OSC, DCS, APC, PM) end with BEL or ESC \. */
static size_t string_length(const unsigned char *s, size_t n)
{
    for (size_t i = 2; i < n; i++) {
        if (s[i] == 7)
            return i + 1;
        if (s[i] == 0x1B)
            return i + 1 >= n ? 0 : s[i + 1] == '\\' ? i + 2 : i;
    }
    return 0;
}

/* The longest definition that hold begins with; *more: a longer one may come. */
static const struct definition *defined(const struct input *in, bool *more)
{
    const struct definition *best = NULL;
    *more = false;
    for (size_t i = 0; i < in->defs.n; i++) {
        const struct definition *d = &in->defs.at[i];
        size_t both = d->n < in->n_hold ? d->n : in->n_hold;
        if (memcmp(d->bytes, in->hold, both))
            continue;
        if (d->n > in->n_hold)
            *more = true;
        else if (!best || d->n > best->n)
            best = d;
    }
    return best;
}

static void drop(struct input *in, size_t n)
{
    in->n_hold -= n;
    memmove(in->hold, in->hold + n, in->n_hold);
}

/* ESC and what follows. Returns bytes used, 0 to wait for more. */
static size_t take_escape(struct input *in, bool late)
{
    const unsigned char *s = in->hold;
    size_t n = in->n_hold;
    bool more;
    const struct definition *d = defined(in, &more);
    if (d && (!more || late) && !in->pasting) {
        push(in, d->key.code, d->key.mods);
        return d->n;
    }
    if (n < 2)
        return 0;
    switch (s[1]) {
    case '[': {
        size_t len = csi_length(s, n);
        if (len > 2 && len == 6 && s[2] == 'M') {
            int b = s[3] - 32;
            push_mouse(in, b & ~28, s[4] - 32, s[5] - 32, (b & 3) == 3 && b < 64);
        } else if (len == 4 && s[2] == '[') {
            if (s[3] >= 'A' && s[3] <= 'E')
                push(in, K_F1 + (uint32_t)(s[3] - 'A'), 0);
        } else if (len > 2 && s[len - 1] >= 0x40) {
            take_csi(in, len);
        }
        return len;
    }
    case 'O':
        if (n < 3)
            return 0;
        if (letter_key((char)s[2]))
            push(in, letter_key((char)s[2]), 0);
        return 3;
    case ']':
    case 'P':
    case '_':
    case '^': {
        size_t len = string_length(s, n);
        if (len)
            push_answer(in, 1, len - (s[len - 1] == 7 ? 1 : s[len - 1] == '\\' ? 2 : 0));
        return len;
    }
    }
    if (s[1] == 0x1B) {
        push(in, K_ESC, 0);
        return 1;
    }
    if (s[1] < 0x80) {
        push_plain(in, s[1], MOD_ALT);
        return 2;
    }
    push(in, K_ESC, 0);
    return 1;
}

static size_t utf8_need(unsigned char c)
{
    return c < 0x80                ? 1
           : c >= 0xC2 && c < 0xE0 ? 2
           : c >= 0xE0 && c < 0xF0 ? 3
           : c >= 0xF0 && c < 0xF5 ? 4
                                   : 1;
}

static size_t take_char(struct input *in, bool late)
{
    size_t need = utf8_need(in->hold[0]);
    for (size_t i = 1; i < in->n_hold && i < need; i++)
        if ((in->hold[i] & 0xC0) != 0x80)
            need = i; /* broken: let utf8_next say so */
    if (need > in->n_hold && !late)
        return 0;
    const char *s = (const char *)in->hold, *end = s + in->n_hold;
    uint32_t c = utf8_next(&s, end);
    if (c != 0xFFFD && (c < 0x80 || !utf8_harmful(c)))
        push_plain(in, c, 0);
    size_t used = (size_t)(s - (const char *)in->hold);
    return used ? used : 1;
}

/* Inside a text answer too long to keep: bytes used, 0 to wait for what follows an ESC. */
static size_t skip(struct input *in, bool late)
{
    if (in->hold[0] == 7) {
        in->skipping = false;
        return 1;
    }
    if (in->hold[0] != 0x1B)
        return 1;
    if (in->n_hold == 1 && !late)
        return 0;
    in->skipping = false;
    return in->n_hold > 1 && in->hold[1] == '\\' ? 2 : 1;
}

/* What stays unfinished: a lone ESC is that key (and ends a paste whose end was lost), ESC and one
 * byte an Alt key; the rest is dropped. */
static size_t give_up(struct input *in)
{
    bool text = in->n_hold > 2 && strchr("]P_^", in->hold[1]);
    if (in->n_hold == 1) {
        in->pasting = false;
        push(in, K_ESC, 0);
    } else if (in->n_hold == 2) {
        push_plain(in, in->hold[1], MOD_ALT);
    }
    in->skipping = text && in->n_hold == HOLD_MAX;
    return in->n_hold;
}

/* Keys from what is held, as far as it goes. late: what is unfinished will not be finished. */
static void decode(struct input *in, bool late)
{
    while (in->n_hold) {
        size_t used;
        if (in->skipping)
            used = skip(in, late);
        else if (in->hold[0] == 0x1B)
            used = take_escape(in, late);
        else
            used = take_char(in, late);
        if (!used && late)
            used = give_up(in);
        if (!used)
            return;
        drop(in, used);
    }
}

/* How long what is held may wait: a lone ESC is likely the key; nobody types ESC [ by hand. */
static int64_t patience(const struct input *in)
{
    return in->n_hold > 1 && strchr("[]P_^", in->hold[1]) ? SEQUENCE_MS : in->escdelay_ms;
}

void input_feed(struct input *in, const void *bytes, size_t n, int64_t now_ms)
{
    const unsigned char *s = bytes;
    if (in->n_hold && now_ms - in->since_ms >= patience(in))
        decode(in, true);
    if (in->skipping && now_ms - in->since_ms >= SEQUENCE_MS)
        in->skipping = false;
    while (n) {
        size_t room = HOLD_MAX - in->n_hold, k = n < room ? n : room;
        memcpy(in->hold + in->n_hold, s, k);
        in->n_hold += k;
        s += k;
        n -= k;
        in->since_ms = now_ms;
        decode(in, false);
        if (in->n_hold == HOLD_MAX)
            decode(in, true);
    }
}

bool input_next(struct input *in, int64_t now_ms, struct key *out)
{
    if (in->first == in->keys.n && in->n_hold && now_ms - in->since_ms >= patience(in))
        decode(in, true);
    if (in->first == in->keys.n) {
        in->first = in->keys.n = 0;
        return false;
    }
    *out = in->keys.at[in->first++];
    return true;
}

int64_t input_wait(const struct input *in, int64_t now_ms)
{
    if (!in->n_hold)
        return -1;
    int64_t left = in->since_ms + patience(in) - now_ms;
    return left > 0 ? left : 0;
}

const char *input_answer(const struct input *in, const struct key *key)
{
    return in->answer[key->row % ANSWERS];
}
