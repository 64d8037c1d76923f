/* indi_image.c - images of an INDI camera: as BLOBs (plain, packed by zlib, compressed by tiles) or as a file that the
 * driver wrote itself on this machine. Unpacking is done in the pool.
 * Seen in indiserver 1.9.9: of a .fits.fz `len` is the true size while a whole megabyte is sent; of a tiny one less came
 * than `len` says, which is a broken image.
 */
#include "indi_own.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/fitsimage.h"
#include "vigie/formats/gzip.h"

/* struct unpacking - one image on its way through the pool. The unit is found again by its serial: it may be gone. */
struct unpacking {
    struct indi_server *server;
    uint64_t serial;
    struct str in, out;
    bool zlib, tiles;
    uint8_t *fits;
    size_t n_fits;
    enum status status;
    struct error err;
};

static bool ends(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static void fail(struct indi_unit *u, enum status status, const char *why)
{
    struct indi_ask *a = indi_ask_find(u, ASK_EXPOSE);
    slot_bad(u->slot, "%s", why);
    if (a)
        indi_ask_end(u, a, status, why);
}

/* The exposure has its image; the driver may still have to say that it is over. */
static void finish(struct indi_unit *u)
{
    struct indi_ask *a = indi_ask_find(u, ASK_EXPOSE);
    if (a && a->at >= a->step.n)
        indi_ask_end(u, a, OK, NULL);
    else if (a)
        a->image = false;
}

static void give(struct indi_unit *u, struct device_frame *f)
{
    const struct indi_device *d = indi_unit_device(u);
    double width = indi_get(d, "CCD_FRAME", "WIDTH"), height = indi_get(d, "CCD_FRAME", "HEIGHT");
    double bin = indi_get(d, "CCD_BINNING", "HOR_BIN");
    f->bin = bin >= 1 && bin <= 64 ? (int)bin : 1;
    f->width = width > 0 && width < 1e6 ? (int)width / f->bin : -1;
    f->height = height > 0 && height < 1e6 ? (int)height / f->bin : -1;
    f->exposure_s = u->exposure_s;
    f->begin_ns = u->begin_ms ? u->begin_ns : -1;
    f->end_ns = u->begin_ms ? u->begin_ns + (int64_t)(u->exposure_s * 1e9) : -1;
    f->kind = u->frame_kind;
    f->temp_degc = indi_get(d, "CCD_TEMPERATURE", "CCD_TEMPERATURE_VALUE");
    f->gain = indi_get(d, "CCD_GAIN", "GAIN");
    f->offset = indi_get(d, "CCD_OFFSET", "OFFSET");
    slot_frame_take(u->slot, f);
    finish(u);
}

static void give_fits(struct indi_unit *u, uint8_t *fits, size_t n)
{
    if (n < 2880 || memcmp(fits, "SIMPLE  =", 9) != 0) {
        free(fits);
        fail(u, E_DEVICE, "the image that came is no FITS file");
        return;
    }
    struct device_frame *f = mem_zero(sizeof *f);
    f->fits = fits;
    f->n_fits = n;
    give(u, f);
}

static enum status keep(void *arg, const void *bytes, size_t n, struct error *err)
{
    (void)err;
    str_addn(arg, bytes, n);
    return OK;
}

static void unpack(void *arg)
{
    struct unpacking *w = arg;
    const struct str *from = &w->in;
    if (w->zlib) {
        struct gunzip *g = gunzip_zlib_new(INDI_IMAGE_MAX, keep, &w->out);
        w->status = gunzip_feed(g, str_c(from), from->n, &w->err);
        if (w->status == OK)
            w->status = gunzip_end(g, &w->err);
        gunzip_free(g);
        from = &w->out;
    }
    if (w->status == OK && w->tiles)
        w->status = fitsimage_unpack((const uint8_t *)str_c(from), from->n, INDI_IMAGE_MAX,
                                     &w->fits, &w->n_fits, &w->err);
    else if (w->status == OK) {
        w->n_fits = w->out.n;
        w->fits = (uint8_t *)str_take(&w->out);
    }
}

static void unpacked(void *arg, bool cancelled)
{
    struct unpacking *w = arg;
    struct indi_unit *u = NULL;
    for (size_t i = 0; i < w->server->unit.n; i++)
        if (w->server->unit.at[i]->serial == w->serial)
            u = w->server->unit.at[i];
    if (u && !cancelled && w->status == OK) {
        give_fits(u, w->fits, w->n_fits);
        w->fits = NULL;
    } else if (u && !cancelled) {
        fail(u, E_DEVICE, w->err.text);
    }
    indi_server_work_done(w->server);
    str_clear(&w->in);
    str_clear(&w->out);
    free(w->fits);
    free(w);
}

/* The bytes as sent, cut to what they are said to be; NULL: they are fewer, or broken. */
static const char *whole(struct indi_item *item, bool packed)
{
    double said = isfinite(item->len) ? item->len : packed ? (double)NAN : item->size;
    if (item->broken)
        return "the image came broken (base64)";
    if (isfinite(said) && said >= 0 && (double)item->blob.n < said)
        return "the image came cut off: fewer bytes than its driver says";
    if (isfinite(said) && said > 0 && (double)item->blob.n > said)
        item->blob.n = (size_t)said;
    return NULL;
}

void indi_image_blob(struct indi_unit *u, struct indi_item *item)
{
    struct indi_ask *a = indi_ask_find(u, ASK_EXPOSE);
    const char *format = item->format;
    bool zlib = ends(format, ".z"), tiles = ends(format, ".fz");
    bool fits = strncmp(format, ".fit", 4) == 0 || strncmp(format, ".fts", 4) == 0;
    char text[200];
    if (strncmp(format, ".stream", 7) == 0)
        return;
    if (!a || !a->image) {
        slot_say(u->slot, ' ', "an image came that was not asked for here; it was passed over");
        return;
    }
    const char *wrong = whole(item, zlib || tiles);
    if (!fits) {
        snprintf(text, sizeof text,
                 "the image came as \"%.30s\", not as FITS: set CCD_TRANSFER_FORMAT to FITS",
                 format);
        wrong = text;
    }
    if (wrong) {
        fail(u, E_DEVICE, wrong);
        return;
    }
    if (!zlib && !tiles) {
        size_t n = item->blob.n;
        give_fits(u, (uint8_t *)str_take(&item->blob), n);
        return;
    }
    struct unpacking *w = mem_zero(sizeof *w);
    w->server = u->server;
    w->serial = u->serial;
    w->in = item->blob;
    item->blob = (struct str){0};
    w->zlib = zlib;
    w->tiles = tiles;
    u->server->work++;
    if (loop_work(u->server->loop, unpack, unpacked, w, "devices/indi image") != OK)
        unpacked(w, true);
}

void indi_image_file(struct indi_unit *u, const char *path)
{
    struct device_frame *f = mem_zero(sizeof *f);
    f->path = mem_str(path);
    give(u, f);
}
