/* config.c - a line `device.NAME = [KIND] DRIVER ADDRESS ["TARGET"] [KEY=VALUE...]` read into words. See backend.h.
 * Not: whether the address can be reached, or what the driver makes of its options.
 */
#include <string.h>

#include "driver.h"
#include "rack_own.h"
#include "vigie/base/utf8.h"

enum { WORDS_MAX = 40, LINE_MAX = 1000, NAME_MAX_BYTES = 40 };

static const char form[] =
    "device.NAME = KIND DRIVER ADDRESS, such as `mount lx200 serial:/dev/ttyUSB0?9600`";

static enum status name_check(const char *name, struct error *err)
{
    size_t n = strlen(name);
    if (n < 1 || n > NAME_MAX_BYTES)
        return err_set(err, E_RANGE, "a device's name has 1 to %d bytes", NAME_MAX_BYTES);
    for (const char *p = name; p < name + n;) {
        uint32_t c = utf8_next(&p, name + n);
        if (c == 0xFFFD || utf8_harmful(c) || c == '=' || c == '#' || c == '"')
            return err_set(err, E_RANGE,
                           "device %.40s: its name holds no = # \" and no control character", name);
    }
    return OK;
}

/* Words parted by blanks; "..." holds one with blanks. A quote may begin inside a word (key="a b"). */
static enum status cut(struct arena *memory, const char *line, char **word, bool *quoted, size_t *n,
                       struct error *err)
{
    char *p = arena_str(memory, line), *to = p;
    *n = 0;
    for (;;) {
        while (*p == ' ' || *p == '\t')
            p++;
        if (!*p)
            return OK;
        if (*n == WORDS_MAX)
            return err_set(err, E_RANGE, "more than %d words", WORDS_MAX);
        quoted[*n] = *p == '"';
        word[(*n)++] = to;
        for (bool in = false; *p && (in || (*p != ' ' && *p != '\t')); p++) {
            if (*p == '"')
                in = !in;
            else
                *to++ = *p;
            if (!p[1] && in)
                return err_set(err, E_PARSE, "a quote is not closed");
        }
        if (*p)
            p++;
        *to++ = 0;
    }
}

static bool kind_of(const char *word, enum device_kind *kind)
{
    for (int k = DEVICE_MOUNT; k <= DEVICE_OTHER; k++)
        if (str_eqi(word, device_kind_name((enum device_kind)k))) {
            *kind = (enum device_kind)k;
            return true;
        }
    return false;
}

static void options(struct config *c, char **word, const bool *quoted, size_t n)
{
    const char **key = arena_alloc(&c->memory, n * sizeof *key + 1);
    const char **value = arena_alloc(&c->memory, n * sizeof *value + 1);
    for (size_t i = 0; i < n; i++) {
        char *eq = quoted[i] ? NULL : strchr(word[i], '=');
        if (!eq) {
            c->c.target = word[i];
            continue;
        }
        *eq = 0;
        key[c->c.n] = word[i];
        value[c->c.n++] = eq + 1;
    }
    c->c.key = key;
    c->c.value = value;
}

static enum status read_words(struct config *c, const char *name, const char *line,
                              struct error *err)
{
    char *word[WORDS_MAX];
    bool quoted[WORDS_MAX];
    size_t n, at = 0, bare = 0;
    enum status st = name_check(name, err);
    if (st != OK)
        return st;
    if (strlen(line) > LINE_MAX)
        return err_set(err, E_RANGE, "a line has at most %d bytes", LINE_MAX);
    st = cut(&c->memory, line, word, quoted, &n, err);
    if (st != OK)
        return st;
    bool has_kind = n > 0 && kind_of(word[0], &c->c.kind);
    if (has_kind)
        at = 1;
    const struct driver_ops *native = n > at ? driver_find(word[at]) : NULL;
    bool hand = native && native->wireless && (n == at + 1 || strchr(word[at + 1], '='));
    if (n < at + (hand ? 1 : 2))
        return err_set(err, E_PARSE, "%s", form);
    c->c.name = arena_str(&c->memory, name);
    c->c.driver = word[at++];
    c->c.address = hand ? "hand" : word[at++]; /* what has no wire needs no address */
    c->c.target = "";
    c->c.hub = !has_kind;
    if (c->c.hub && strcmp(c->c.driver, "indi") != 0 && strcmp(c->c.driver, "alpaca") != 0)
        return err_set(
            err, E_PARSE,
            "\"%.30s\" is no kind of device (mount camera focuser wheel dome weather gps "
            "switch other); %s",
            word[0], form);
    if (!has_kind)
        c->c.kind = DEVICE_OTHER;
    for (size_t i = at; i < n; i++)
        bare += quoted[i] || !strchr(word[i], '=');
    if (bare > 1)
        return err_set(err, E_PARSE, "two words behind the address; one with blanks is \"quoted\"");
    options(c, word + at, quoted + at, n - at);
    return OK;
}

enum status config_read(struct config *c, const char *name, const char *line, struct error *err)
{
    memset(c, 0, sizeof *c);
    enum status st = read_words(c, name, line, err);
    if (st != OK) {
        err_wrap(err, "device.%.40s", name);
        config_clear(c);
    }
    return st;
}

void config_clear(struct config *c)
{
    arena_clear(&c->memory);
    memset(c, 0, sizeof *c);
}

const char *device_config_value(const struct device_config *c, const char *key,
                                const char *otherwise)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->key[i], key) == 0)
            return c->value[i];
    return otherwise;
}

enum status rack_line_check(const char *name, const char *line, struct error *err)
{
    struct config c;
    enum status st = config_read(&c, name, line, err);
    if (st == OK)
        config_clear(&c);
    return st;
}
