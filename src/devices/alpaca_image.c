/* alpaca_image.c - images of an Alpaca camera: imagebytes (binary) and imagearray (JSON), both column by column, turned
 * into rows; what does not fit into 16 bits, or has colours, becomes a FITS file as wide as it needs. Source: "ASCOM Alpaca API Reference", section 8 (ImageBytes).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alpaca_own.h"
#include "vigie/base/utf8.h"

enum { HEAD = 44, IMAGE_PIXELS = 200 << 20, BLOCK = 2880, PLANES_MOST = 16 };

static int64_t little(const uint8_t *p, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;)
        x = x << 8 | p[i];
    return (int64_t)x;
}

/* ---- numbers, column by column, to an image ---- */

/* struct columns_of - value(arg, i) is the i-th number as it came: planes of a pixel, pixels of a column, columns.
 * narrow: all are known to fit into 16 bits; single: they have 24 bits at most. */
struct columns_of {
    int64_t width, height, planes;
    bool narrow, single;
    double (*value)(const void *arg, int64_t i);
    const void *arg;
};

static bool whole_between(double x, double least, double most)
{
    return x >= least && x <= most && trunc(x) == x;
}

/* BITPIX that holds them all, 0: sixteen bits without a sign do. */
static int bits_of(const struct columns_of *c)
{
    bool small = true, integer = true;
    int64_t n = c->width * c->height * c->planes;
    for (int64_t i = 0; i < n && !c->narrow && integer; i++) {
        double x = c->value(c->arg, i);
        small = small && whole_between(x, 0, 65535);
        integer = whole_between(x, INT32_MIN, INT32_MAX);
    }
    if (!integer)
        return c->single ? -32 : -64;
    return small && c->planes == 1 ? 0 : 32;
}

static void card(char *head, int n, const char *name, int64_t value)
{
    char text[81];
    int k = snprintf(text, sizeof text, "%-8s= %20lld", name, (long long)value);
    memcpy(head + (ptrdiff_t)n * 80, text, (size_t)k);
}

/* Big-endian, whatever this machine is. */
static void put_big(uint8_t *p, int bits, double x)
{
    uint64_t word;
    uint32_t half;
    float f = (float)x;
    if (bits == -64) {
        memcpy(&word, &x, sizeof word);
    } else if (bits == -32) {
        memcpy(&half, &f, sizeof half);
        word = half;
    } else {
        word = (uint32_t)(int32_t)x;
    }
    for (int i = abs(bits) / 8; i-- > 0; word >>= 8)
        p[i] = (uint8_t)word;
}

static void wide(const struct columns_of *c, int bits, struct alpaca_image *image)
{
    const int64_t size = abs(bits) / 8, plane = c->width * c->height;
    const int64_t data = plane * c->planes * size, padded = (data + BLOCK - 1) / BLOCK * BLOCK;
    image->n_fits = (size_t)(BLOCK + padded);
    image->fits = mem_zero(image->n_fits);
    char *head = (char *)image->fits;
    memset(head, ' ', BLOCK);
    memcpy(head, "SIMPLE  =                    T", 30);
    card(head, 1, "BITPIX", bits);
    card(head, 2, "NAXIS", c->planes > 1 ? 3 : 2);
    card(head, 3, "NAXIS1", c->width);
    card(head, 4, "NAXIS2", c->height);
    if (c->planes > 1)
        card(head, 5, "NAXIS3", c->planes);
    memcpy(head + (c->planes > 1 ? 6 : 5) * 80, "END", 3);
    uint8_t *out = image->fits + BLOCK;
    int64_t i = 0;
    for (int64_t x = 0; x < c->width; x++)
        for (int64_t y = 0; y < c->height; y++)
            for (int64_t k = 0; k < c->planes; k++, i++)
                put_big(out + (k * plane + y * c->width + x) * size, bits, c->value(c->arg, i));
}

static void to_image(const struct columns_of *c, struct alpaca_image *image)
{
    const int bits = bits_of(c);
    image->width = (int)c->width;
    image->height = (int)c->height;
    if (bits) {
        wide(c, bits, image);
        return;
    }
    image->pixel = mem_alloc((size_t)(c->width * c->height) * sizeof *image->pixel);
    int64_t i = 0;
    for (int64_t x = 0; x < c->width; x++)
        for (int64_t y = 0; y < c->height; y++, i++)
            image->pixel[y * c->width + x] = (uint16_t)c->value(c->arg, i);
}

void alpaca_image_clear(struct alpaca_image *image)
{
    free(image->pixel);
    free(image->fits);
    *image = (struct alpaca_image){0};
}

/* ---- imagebytes ---- */

/* struct elements - the numbers behind a header. */
struct elements {
    const uint8_t *p;
    int64_t type;
    int size;
};

enum { SINGLE = 4, BYTES = 6, UINT16 = 8 };

static int element_bytes(int64_t type)
{
    static const int bytes[] = {0, 2, 4, 8, 4, 8, 1, 8, 2, 4};
    return type >= 1 && type <= 9 ? bytes[type] : 0;
}

static double element(const uint8_t *p, int64_t type)
{
    float single;
    double real;
    switch (type) {
    case 1: return (int16_t)little(p, 2);
    case 2: return (int32_t)little(p, 4);
    case 3: memcpy(&real, p, sizeof real); return real;
    case 4: memcpy(&single, p, sizeof single); return (double)single;
    case 5: return (double)(uint64_t)little(p, 8);
    case 6: return p[0];
    case 7: return (double)little(p, 8);
    case 8: return (double)little(p, 2);
    default: return (double)little(p, 4);
    }
}

static double element_at(const void *arg, int64_t i)
{
    const struct elements *e = arg;
    return element(e->p + i * e->size, e->type);
}

static enum status refusal(const uint8_t *bytes, size_t n, int64_t start, int64_t number,
                           struct error *err)
{
    struct str words = {.max = 200};
    if (start >= HEAD && (uint64_t)start < n)
        utf8_clean(&words, (const char *)bytes + start,
                   n - (size_t)start < 200 ? n - (size_t)start : 200);
    err_set(err, E_DEVICE, "the camera gives no image: %s (error 0x%llX)", str_c(&words),
            (unsigned long long)number);
    str_clear(&words);
    return E_DEVICE;
}

enum status alpaca_image_bytes(const uint8_t *bytes, size_t n, size_t max_pixels,
                               struct alpaca_image *image, struct error *err)
{
    int64_t h[11];
    *image = (struct alpaca_image){0};
    if (n < HEAD)
        return err_set(err, E_PARSE, "imagebytes: %zu bytes are no image", n);
    for (int i = 0; i < 11; i++)
        h[i] = (int32_t)little(bytes + i * 4, 4);
    if (h[0] != 1)
        return err_set(err, E_PARSE, "imagebytes: version %lld is not known", (long long)h[0]);
    if (h[1] != 0)
        return refusal(bytes, n, h[4], h[1], err);
    int64_t start = h[4], type = h[6], rank = h[7], width = h[8], height = h[9];
    int64_t planes = rank == 3 ? h[10] : 1;
    const int size = element_bytes(type);
    if (!size || (rank != 2 && rank != 3) || width < 1 || height < 1 || planes < 1 ||
        planes > PLANES_MOST || start < HEAD || width > 1 << 20 || height > 1 << 20)
        return err_set(err, E_PARSE, "imagebytes: type %lld, %lld x %lld x %lld is no image",
                       (long long)type, (long long)width, (long long)height, (long long)planes);
    if ((uint64_t)(width * height) > max_pixels)
        return err_set(err, E_RANGE, "imagebytes: %lld x %lld is larger than the limit",
                       (long long)width, (long long)height);
    if ((uint64_t)start > n || (uint64_t)(width * height * planes * size) > n - (uint64_t)start)
        return err_set(err, E_PARSE, "imagebytes: cut off after %zu bytes", n);
    struct elements e = {bytes + start, type, size};
    to_image(&(struct columns_of){.width = width,
                                  .height = height,
                                  .planes = planes,
                                  .narrow = (type == BYTES || type == UINT16) && planes == 1,
                                  .single = type == SINGLE,
                                  .value = element_at,
                                  .arg = &e},
             image);
    return OK;
}

/* ---- imagearray ---- */

/* struct columns - numbers in the order they come, where the first column ended. As long as all fit they are kept in 16 bits. */
struct columns {
    VEC(uint16_t) value;
    VEC(double) large;
    bool is_large;
    size_t height, here;        /* height 0: the first column is not over */
    size_t planes, planes_here; /* planes 0: the first pixel is not over */
    size_t max;
    int depth, rank; /* of the arrays; depth 1 is Value itself */
    bool in_value, uneven;
    char key[24];
    double number;
    char *message;
};

static bool on_key(void *arg, const char *s, size_t n)
{
    struct columns *c = arg;
    if (c->depth == 0) {
        n = n < sizeof c->key - 1 ? n : sizeof c->key - 1;
        memcpy(c->key, s, n);
        c->key[n] = '\0';
    }
    return true;
}

static bool on_open(void *arg)
{
    struct columns *c = arg;
    if (c->depth == 0 && strcmp(c->key, "Value") != 0)
        return true;
    c->depth++;
    if (c->depth > 3)
        return false;
    if (c->depth > c->rank)
        c->rank = c->depth;
    if (c->depth == 3)
        c->planes_here = 0;
    return true;
}

static bool on_close(void *arg)
{
    struct columns *c = arg;
    if (c->depth == 0)
        return true;
    if (c->depth == 3) {
        if (c->planes == 0)
            c->planes = c->planes_here;
        c->uneven |= c->planes_here != c->planes;
        c->here++;
    }
    if (c->depth == 2) {
        if (c->height == 0)
            c->height = c->here;
        c->uneven |= c->here != c->height;
        c->here = 0;
    }
    c->depth--;
    return true;
}

static bool on_number(void *arg, const char *digits, size_t n)
{
    struct columns *c = arg;
    if (c->depth == 0) {
        if (strcmp(c->key, "ErrorNumber") == 0)
            c->number = json_double(digits, n);
        return true;
    }
    if (c->depth < 2)
        return false;
    if ((c->is_large ? c->large.n : c->value.n) >= c->max * (c->depth == 3 ? PLANES_MOST : 1))
        return false;
    double x = json_double(digits, n);
    if (!c->is_large && !whole_between(x, 0, 65535)) {
        c->is_large = true;
        for (size_t i = 0; i < c->value.n; i++)
            VEC_PUSH(c->large, (double)c->value.at[i]);
        VEC_FREE(c->value);
    }
    if (c->is_large)
        VEC_PUSH(c->large, x);
    else
        VEC_PUSH(c->value, (uint16_t)x);
    if (c->depth == 3)
        c->planes_here++;
    else
        c->here++;
    return true;
}

static double column_value(const void *arg, int64_t i)
{
    const struct columns *c = arg;
    return c->is_large ? c->large.at[i] : c->value.at[i];
}

static bool on_string(void *arg, const char *s, size_t n)
{
    struct columns *c = arg;
    struct str clean = {.max = 200};
    if (c->depth == 0 && strcmp(c->key, "ErrorMessage") == 0) {
        utf8_clean(&clean, s, n < 200 ? n : 200);
        free(c->message);
        c->message = mem_str(str_c(&clean));
        str_clear(&clean);
    }
    return c->depth == 0;
}

enum status alpaca_image_json(const char *bytes, size_t n, size_t max_pixels,
                              struct alpaca_image *image, struct error *err)
{
    static const struct json_events events = {.key = on_key,
                                              .start_array = on_open,
                                              .end_array = on_close,
                                              .number = on_number,
                                              .string = on_string};
    struct json_limits limits = {.depth = 8, .bytes = 1 << 30};
    struct columns c = {.max = max_pixels};
    struct json_reader *r = json_reader_new(&events, &c, &limits);
    *image = (struct alpaca_image){0};
    enum status s = json_feed(r, bytes, n, err);
    if (s == OK)
        s = json_finish(r, err);
    json_reader_free(r);
    const size_t planes = c.planes ? c.planes : 1, count = c.is_large ? c.large.n : c.value.n;
    const size_t width = c.height ? count / c.height / planes : 0;
    if (s == E_CANCELLED)
        s = err_set(err, count >= c.max ? E_RANGE : E_PARSE,
                    count >= c.max ? "imagearray: larger than the limit"
                                   : "imagearray: it is no image");
    else if (s == OK && c.number != 0)
        s = err_set(err, E_DEVICE, "the camera gives no image: %s (error 0x%X)",
                    c.message ? c.message : "", (unsigned)c.number);
    else if (s == OK &&
             (c.rank < 2 || c.uneven || width == 0 || width > 1 << 20 || c.height > 1 << 20 ||
              planes > PLANES_MOST || width * c.height * planes != count))
        s = err_set(err, E_PARSE, "imagearray: its columns make no image");
    if (s == OK)
        to_image(&(struct columns_of){.width = (int64_t)width,
                                      .height = (int64_t)c.height,
                                      .planes = (int64_t)planes,
                                      .narrow = !c.is_large && planes == 1,
                                      .value = column_value,
                                      .arg = &c},
                 image);
    VEC_FREE(c.large);
    VEC_FREE(c.value);
    free(c.message);
    return s;
}

/* ---- fetched ---- */

/* struct alpaca_work - an image that is unpacked in the pool; unit NULL: nobody waits for it any more. */
struct alpaca_work {
    struct alpaca_unit *unit;
    struct str body;
    bool binary;
    struct alpaca_image image;
    enum status status;
    struct error err;
};

static void unpack(void *arg)
{
    struct alpaca_work *w = arg;
    w->status =
        w->binary ? alpaca_image_bytes((const uint8_t *)str_c(&w->body), w->body.n, IMAGE_PIXELS,
                                       &w->image, &w->err)
                  : alpaca_image_json(str_c(&w->body), w->body.n, IMAGE_PIXELS, &w->image, &w->err);
}

static void end_exposure(struct alpaca_unit *u, enum status status, const char *why)
{
    struct alpaca_ask *a = alpaca_ask_find(u, ASK_EXPOSE);
    u->fetching = false;
    if (a)
        alpaca_ask_end(u, a, status, why);
}

static void hand_over(struct alpaca_unit *u, struct alpaca_image *image)
{
    struct device_frame *f = mem_zero(sizeof *f);
    double bin = alpaca_number(u, "binx");
    *f = (struct device_frame){.width = image->width,
                               .height = image->height,
                               .bin = bin >= 1 && bin < 100 ? (int)bin : 1,
                               .pixel = image->pixel,
                               .fits = image->fits,
                               .n_fits = image->n_fits,
                               .exposure_s = u->exposure_s,
                               .begin_ns = u->begin_ns,
                               .end_ns = u->begin_ns + (int64_t)(u->exposure_s * 1e9),
                               .kind = u->frame_kind,
                               .temp_degc = alpaca_number(u, "ccdtemperature"),
                               .gain = alpaca_number(u, "gain"),
                               .offset = alpaca_number(u, "offset")};
    *image = (struct alpaca_image){0};
    slot_frame_take(u->slot, f);
}

static void unpacked(void *arg, bool cancelled)
{
    struct alpaca_work *w = arg;
    struct alpaca_unit *u = w->unit;
    if (u) {
        u->work = NULL;
        if (w->status == OK && !cancelled)
            hand_over(u, &w->image);
        end_exposure(u, cancelled ? E_CANCELLED : w->status, w->status == OK ? NULL : w->err.text);
    }
    alpaca_image_clear(&w->image);
    str_clear(&w->body);
    free(w);
}

static void on_image(void *arg, const struct http_answer *a)
{
    struct alpaca_unit *u = arg;
    u->image_id = 0;
    if (a->err.status == E_CANCELLED)
        return;
    if (a->err.status != OK) {
        slot_bad(u->slot, "image: %s", a->err.text);
        end_exposure(u, a->err.status, a->err.text);
        return;
    }
    struct alpaca_work *w = mem_zero(sizeof *w);
    w->unit = u;
    w->binary = strcmp(a->type, "application/imagebytes") == 0;
    str_addn(&w->body, str_c(&a->body), a->body.n);
    u->work = w;
    if (loop_work(u->loop, unpack, unpacked, w, "devices/alpaca image") != OK)
        unpacked(w, true);
}

void alpaca_image_fetch(struct alpaca_unit *u)
{
    static const struct http_header accept = {"Accept",
                                              "application/imagebytes, application/json;q=0.5"};
    struct str url = {0};
    struct error err = {.text = ""};
    if (u->fetching)
        return;
    u->fetching = true;
    alpaca_url(u, "imagearray", &url);
    struct http_request q = {.url = str_c(&url),
                             .name = u->device_name,
                             .headers = &accept,
                             .n_headers = 1,
                             .done = on_image,
                             .arg = u,
                             .tries = 1,
                             .silence_ms = 30000,
                             .total_ms = 300000,
                             .max_body = (size_t)1 << 30};
    u->image_id = http_send(u->http, &q, &err);
    str_clear(&url);
    if (!u->image_id)
        end_exposure(u, err.status, err.text);
}

void alpaca_image_drop(struct alpaca_unit *u)
{
    if (u->image_id)
        http_cancel(u->http, u->image_id);
    u->image_id = 0;
    if (u->work)
        u->work->unit = NULL;
    u->work = NULL;
    u->fetching = false;
}
