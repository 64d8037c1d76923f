/* fuzz_xml.c - any bytes to the strict XML reader, whole and in pieces: both tell the same or both
 * refuse. */
#include <stdint.h>
#include <string.h>

#include "vigie/base/str.h"
#include "vigie/formats/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status note_start(void *arg, const char *uri, const char *name,
                              const struct xml_attr *attr, size_t n, struct error *err)
{
    (void)err;
    str_addf(arg, "(%s:%s", uri, name);
    for (size_t i = 0; i < n; i++)
        str_addf(arg, "[%s:%s=%s]", attr[i].uri, attr[i].name, attr[i].value);
    return OK;
}

static enum status note_end(void *arg, const char *uri, const char *name, struct error *err)
{
    (void)uri, (void)name, (void)err;
    str_addc(arg, ')');
    return OK;
}

static enum status note_text(void *arg, const char *s, size_t n, struct error *err)
{
    (void)err;
    str_addn(arg, s, n);
    return OK;
}

static enum status read_in(const uint8_t *data, size_t size, size_t piece, struct str *out)
{
    static const struct xml_handler handler = {note_start, note_end, note_text};
    static const struct xml_limits limits = {.max_bytes = 1 << 20, .doctype_ignored = true};
    struct xml *x = xml_new(&limits, &handler, out);
    enum status s = OK;
    for (size_t i = 0; i < size && s == OK; i += piece)
        s = xml_feed(x, (const char *)data + i, size - i < piece ? size - i : piece, NULL);
    if (s == OK)
        s = xml_end(x, NULL);
    xml_free(x);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str whole = {0}, pieces = {0};
    enum status a = read_in(data, size, size ? size : 1, &whole),
                b = read_in(data, size, 37, &pieces);
    ensure((a == OK) == (b == OK));
    if (a == OK)
        ensure(whole.n == pieces.n && (!whole.n || memcmp(whole.s, pieces.s, whole.n) == 0));
    str_clear(&whole);
    str_clear(&pieces);
    return 0;
}
