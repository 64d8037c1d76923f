/* alpaca_image.c - images of an Alpaca camera: imagebytes (binary) and imagearray (JSON), both column by column, turned
 * into rows. Source: "ASCOM Alpaca API Reference", section 8 (ImageBytes).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alpaca_own.h"
#include "vigie/base/utf8.h"

enum { HEAD = 44, IMAGE_PIXELS = 200 << 20 };

static uint16_t cut_off(double x)
{
    return x >= 65535 ? 65535 : x > 0 ? (uint16_t)lround(x) : 0;
}

static int64_t little(const uint8_t *p, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;)
        x = x << 8 | p[i];
    return (int64_t)x;
}

/* ---- imagebytes ---- */

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
    if (!size || (rank != 2 && rank != 3) || width < 1 || height < 1 || planes < 1 || planes > 16 ||
        start < HEAD || width > 1 << 20 || height > 1 << 20)
        return err_set(err, E_PARSE, "imagebytes: type %lld, %lld x %lld x %lld is no image",
                       (long long)type, (long long)width, (long long)height, (long long)planes);
    if ((uint64_t)(width * height) > max_pixels)
        return err_set(err, E_RANGE, "imagebytes: %lld x %lld is larger than the limit",
                       (long long)width, (long long)height);
    if ((uint64_t)start > n || (uint64_t)(width * height * planes * size) > n - (uint64_t)start)
        return err_set(err, E_PARSE, "imagebytes: cut off after %zu bytes", n);
    image->width = (int)width;
    image->height = (int)height;
    image->pixel = mem_alloc((size_t)(width * height) * sizeof *image->pixel);
    const uint8_t *p = bytes + start;
    for (int64_t x = 0; x < width; x++)
        for (int64_t y = 0; y < height; y++, p += planes * size)
            image->pixel[y * width + x] = cut_off(element(p, type));
    return OK;
}

/* ---- imagearray ---- */

/* struct columns - numbers in the order they come, where the first column ended. */
struct columns {
    VEC(uint16_t) value;
    size_t height, here, planes; /* height 0: the first column is not over */
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
    c->planes = 0;
    return true;
}

static bool on_close(void *arg)
{
    struct columns *c = arg;
    if (c->depth == 0)
        return true;
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
    if (c->depth < 2 || (c->depth == 3 && c->planes++ > 0))
        return c->depth >= 2; /* of a colour image the first plane */
    if (c->value.n >= c->max)
        return false;
    VEC_PUSH(c->value, cut_off(json_double(digits, n)));
    c->here++;
    return true;
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
    size_t width = c.height ? c.value.n / c.height : 0;
    if (s == E_CANCELLED)
        s = err_set(err, c.value.n >= c.max ? E_RANGE : E_PARSE,
                    c.value.n >= c.max ? "imagearray: larger than the limit"
                                       : "imagearray: it is no image");
    else if (s == OK && c.number != 0)
        s = err_set(err, E_DEVICE, "the camera gives no image: %s (error 0x%X)",
                    c.message ? c.message : "", (unsigned)c.number);
    else if (s == OK &&
             (c.rank < 2 || c.uneven || width == 0 || width > 1 << 20 || c.height > 1 << 20))
        s = err_set(err, E_PARSE, "imagearray: its columns make no image");
    if (s == OK) {
        image->width = (int)width;
        image->height = (int)c.height;
        image->pixel = mem_alloc(c.value.n * sizeof *image->pixel);
        for (size_t x = 0; x < width; x++)
            for (size_t y = 0; y < c.height; y++)
                image->pixel[y * width + x] = c.value.at[x * c.height + y];
    }
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
                               .exposure_s = u->exposure_s,
                               .begin_ns = u->begin_ns,
                               .end_ns = u->begin_ns + (int64_t)(u->exposure_s * 1e9),
                               .kind = u->frame_kind,
                               .temp_degc = alpaca_number(u, "ccdtemperature"),
                               .gain = alpaca_number(u, "gain"),
                               .offset = alpaca_number(u, "offset")};
    image->pixel = NULL;
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
    free(w->image.pixel);
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
