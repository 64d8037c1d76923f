/* camdesk.c - see camdesk.h. An image is written, looked at and saved in the pool: its memory belongs to the job.
 */
#include "vigie/session/camdesk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicedesk.h"
#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/formats/fitsimage.h"
#include "vigie/sky/frame.h"

#define DEG (3.14159265358979323846 / 180)

enum { SECONDS_MAX = 86400, N_MAX = 100000 };
static const size_t PIXELS_MAX = 400u << 20, FILE_MAX = 2u << 30;

struct picture { /* an image on its way to the disk; all by value */
    struct session *session;
    struct device_frame *frame;
    struct fitsimage_about about;
    char *object, *filter, *site, *telescope, *camera, *observer, *folder;
    uint64_t keep;
    int saturation;
    char *path;
    struct frame_check check;
    bool checked;
    struct error err;
};

struct camdesk {
    struct session *session;
    struct camera_settings set;
    struct sequence_plan plan;
    char *object, *filter, *who;
    enum asker_kind asker;
    bool sun_allowed;
    uint64_t camera, ticket;
    bool running, turning; /* turning: the filter wheel, before the first exposure */
    struct picture *saving;
    int done;
    int64_t begin_ns;
    double ra_rad, dec_rad; /* where it pointed when the exposure began; NAN */
    session_expose_fn *fn;
    void *arg;
    char *path, *trouble, *shutter;
    struct frame_check check;
    bool checked;
    int64_t room;
};

struct camdesk *camdesk_new(struct session *s)
{
    struct camdesk *c = mem_zero(sizeof *c);
    c->session = s;
    c->path = mem_str("");
    c->trouble = mem_str("");
    c->shutter = mem_str("");
    c->room = -1;
    c->set.gain = (double)NAN;
    return c;
}

static void picture_free(struct picture *p)
{
    char *text[] = {p->object, p->filter,   p->site,   p->telescope,
                    p->camera, p->observer, p->folder, p->path};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        free(text[i]);
    device_frame_free(p->frame);
    free(p);
}

/* A picture that is in the pool ends by itself: it then finds that nobody waits. */
void camdesk_free(struct camdesk *c)
{
    if (!c)
        return;
    if (c->saving)
        c->saving->session = NULL;
    free(c->object);
    free(c->filter);
    free(c->who);
    free(c->path);
    free(c->trouble);
    free(c->shutter);
    free(c);
}

/* --- in the pool -------------------------------------------------------------------------------------- */

static enum status look_at_file(struct picture *p, const uint8_t *bytes, size_t n)
{
    struct fitsimage image;
    enum status st = fitsimage_read(bytes, n, PIXELS_MAX, &image, &p->err);
    if (st != OK)
        return st;
    frame_check(image.pixel, image.width, image.height, p->saturation, &p->check);
    p->checked = true;
    fitsimage_free(&image);
    return OK;
}

static enum status of_path(struct picture *p)
{
    struct str file = {0};
    enum status st = file_read(p->frame->path, FILE_MAX, &file, &p->err);
    if (st == OK)
        st = look_at_file(p, (const uint8_t *)file.s, file.n);
    if (st == OK)
        p->path = mem_str(p->frame->path);
    str_clear(&file);
    return st;
}

static void work(void *arg)
{
    struct picture *p = arg;
    struct device_frame *f = p->frame;
    uint8_t *bytes = NULL;
    size_t n = 0;
    p->err.status = OK;
    if (f->path) {
        p->err.status = of_path(p);
        return;
    }
    enum status st;
    if (f->pixel) {
        frame_check(f->pixel, f->width, f->height, p->saturation, &p->check);
        p->checked = true;
        st = fitsimage_write(&p->about, f->pixel, f->width, f->height, &bytes, &n, &p->err);
    } else {
        st = look_at_file(p, f->fits, f->n_fits);
        if (st == OK)
            st = fitsimage_complete(&p->about, f->fits, f->n_fits, &bytes, &n, &p->err);
    }
    if (st == OK)
        st = fitsimage_save(&p->about, p->folder, bytes, n, p->keep, &p->path, &p->err);
    p->err.status = st;
    free(bytes);
}

/* --- the sequence -------------------------------------------------------------------------------------- */

static void ended(struct camdesk *c, enum status st, const char *why)
{
    session_expose_fn *fn = c->fn;
    bool was = c->running;
    c->running = false;
    c->ticket = 0;
    c->fn = NULL;
    free(c->trouble);
    c->trouble = mem_str(st == OK ? "" : why);
    events_put(c->session->events, EV_DEVICES, c->camera);
    if (st != OK && was) {
        log_put(LOG_TROUBLE, "devices", "camera", "exposure %d of %d: %s", c->done + 1, c->plan.n,
                why);
        session_say(c->session, "exposure %d of %d: %s", c->done + 1, c->plan.n, why);
        if (fn)
            fn(c->arg, st, why, "", NULL, true);
    }
}

static void next(struct camdesk *c);

static void saved(void *arg, bool cancelled)
{
    struct picture *p = arg;
    struct camdesk *c = p->session ? p->session->devices->cam : NULL;
    if (!c || cancelled) {
        picture_free(p);
        return;
    }
    c->saving = NULL;
    if (p->err.status != OK) {
        ended(c, p->err.status, p->err.text);
        picture_free(p);
        return;
    }
    free(c->path);
    c->path = mem_str(p->path);
    c->check = p->check;
    c->checked = p->checked;
    c->done++;
    c->room = fitsimage_room(p->folder);
    const struct frame_check *k = &p->check;
    char hfd[40] = "";
    if (!isnan(k->hfd_px))
        snprintf(hfd, sizeof hfd, ", HFD %.1f px", k->hfd_px);
    log_put(LOG_INFO, "devices", p->camera,
            "frame %d of %d: %s; min %d median %.0f max %d, %llu saturated, %d stars%s", c->done,
            c->plan.n, p->path, k->min, k->median, k->max, (unsigned long long)k->n_saturated,
            k->n_found, hfd);
    session_say(c->session, "frame %d of %d: median %.0f, max %d%s", c->done, c->plan.n, k->median,
                k->max, hfd);
    bool last = c->done >= c->plan.n || !c->running;
    session_expose_fn *fn = c->fn;
    void *fn_arg = c->arg;
    if (last)
        ended(c, OK, "");
    if (fn)
        fn(fn_arg, OK, "", p->path, &p->check, last);
    if (!last)
        next(c);
    picture_free(p);
}

static char *folder_of(struct session *s, struct error *err)
{
    const char *set = conf_text(s->conf, "camera.folder");
    char evening[11];
    const struct site *site = session_site(s, NULL);
    night_evening(session_now_ns(s), site ? site->lon_rad : 0, evening);
    if (set[0])
        return mem_printf("%s/%s", set, evening);
    if (s->setup.demo && session_folder(s))
        return mem_printf("%s/frames/%s", session_folder(s), evening);
    if (s->setup.demo) {
        err_set(err, E_REFUSED, "this demo keeps no files");
        return NULL;
    }
    char *data = file_place(PLACE_DATA, "frames", err);
    char *folder = data ? mem_printf("%s/%s", data, evening) : NULL;
    free(data);
    return folder;
}

static void about_place(struct camdesk *c, struct fitsimage_about *a)
{
    struct session *s = c->session;
    const struct site *site = session_site(s, NULL);
    a->ra_rad = c->ra_rad;
    a->dec_rad = c->dec_rad;
    if (!site)
        return;
    a->lat_rad = site->lat_rad;
    a->lon_rad = site->lon_rad;
    a->height_m = site->height_m;
    if (isnan(c->ra_rad))
        return;
    struct safety_sky sky;
    double ra, dec, ha;
    int64_t middle = c->begin_ns + (int64_t)(c->plan.seconds * 5e8);
    safety_sky_at(site, utc_of_wall(middle), &sky);
    session_app_of_icrs(s, c->ra_rad, c->dec_rad, &ra, &dec);
    safety_altaz(site, sky.lst_rad, ra, dec, &a->alt_rad, &a->az_rad, &ha);
    a->airmass = sky_airmass(a->alt_rad);
}

static const char *wheel_now(const struct session *s)
{
    const struct device_info *w = rack_first(session_rack(s), DEVICE_WHEEL);
    if (!w || w->link != DEVICE_READY || w->stale || w->v.wheel.slot < 1 ||
        w->v.wheel.slot > WHEEL_SLOTS)
        return "";
    return w->v.wheel.name[w->v.wheel.slot - 1];
}

static struct picture *picture_of(struct camdesk *c, struct device_frame *f,
                                  const struct device_info *d)
{
    static const char *const kind[] = {"Light Frame", "Dark Frame", "Flat Field", "Bias Frame"};
    struct session *s = c->session;
    struct picture *p = mem_zero(sizeof *p);
    const struct camera_values *v = &d->v.camera;
    const struct device_info *mount = session_mount(s);
    fitsimage_unknown(&p->about);
    p->session = s;
    p->frame = f;
    p->object = mem_str(c->object ? c->object : session_aim(s));
    p->filter = mem_str(c->filter ? c->filter : wheel_now(s));
    p->site = mem_str(session_site_name(s));
    p->telescope = mem_str(mount ? mount->name : "");
    p->camera = mem_str(d->name);
    p->observer = mem_str(conf_text(s->conf, "observer"));
    p->keep = (uint64_t)(conf_number(s->conf, "camera.keep-free") * 1e6);
    p->saturation = v->max_adu;
    struct fitsimage_about *a = &p->about;
    a->begin_ns = f->begin_ns > 0 ? f->begin_ns : c->begin_ns;
    a->exposure_s = f->exposure_s > 0 ? f->exposure_s : c->plan.seconds;
    about_place(c, a);
    a->pixel_um = v->pixel_um;
    a->focal_mm = conf_number(s->conf, "camera.focal");
    a->aperture_mm = conf_number(s->conf, "aperture");
    a->rotation_rad = conf_number(s->conf, "camera.rotation") * DEG;
    a->temp_degc = f->temp_degc;
    a->set_degc = v->cooling ? v->set_degc : (double)NAN;
    a->gain = f->gain;
    a->offset = f->offset;
    a->bin = f->bin > 0 ? f->bin : v->bin;
    a->x0 = c->plan.w > 0 ? c->plan.x : v->x;
    a->y0 = c->plan.w > 0 ? c->plan.y : v->y;
    a->chip_w = v->width;
    a->chip_h = v->height;
    a->kind = kind[f->kind];
    a->instrument = p->camera;
    a->telescope = p->telescope;
    a->object = p->object;
    a->filter = p->filter;
    a->observer = p->observer;
    a->site = p->site;
    a->program = "vigie";
    return p;
}

void camdesk_frame(struct camdesk *c, uint64_t id)
{
    struct session *s = c->session;
    struct device_frame *f = rack_frame_take(session_rack(s), id);
    const struct device_info *d = rack_find(session_rack(s), id);
    struct error e;
    if (!f || !d)
        return;
    if (c->saving || (c->running && id != c->camera)) {
        log_put(LOG_TROUBLE, "devices", d->name, "an image nobody waited for was dropped");
        device_frame_free(f);
        return;
    }
    struct picture *p = picture_of(c, f, d);
    p->folder = folder_of(s, &e);
    if (!p->folder || loop_work(s->setup.loop, work, saved, p, "session/frame") != OK) {
        picture_free(p);
        ended(c, E_IO, "the image could not be kept");
        return;
    }
    c->camera = id;
    c->saving = p;
    events_put(s->events, EV_DEVICES, id);
}

static void exposed(void *arg, uint64_t ticket, enum status status, const char *text)
{
    struct camdesk *c = arg;
    const struct device_info *d = rack_find(session_rack(c->session), c->camera);
    if (!c->running || ticket != c->ticket)
        return;
    c->ticket = 0;
    if (status != OK) {
        ended(c, status, text[0] ? text : status_name(status));
        return;
    }
    if (d && (d->can & CAN_FRAME))
        return; /* its image is on the way */
    free(c->shutter);
    c->shutter = mem_str(text);
    c->done++;
    bool last = c->done >= c->plan.n;
    session_expose_fn *fn = c->fn;
    void *fn_arg = c->arg;
    if (last)
        ended(c, OK, "");
    if (fn)
        fn(fn_arg, OK, text, "", NULL, last);
    if (!last)
        next(c);
}

static enum status ask(struct camdesk *c, struct error *err)
{
    struct session *s = c->session;
    struct device_request q = {.verb = ASK_EXPOSE,
                               .exposure = {.seconds = c->plan.seconds,
                                            .kind = c->plan.kind,
                                            .bin = c->plan.bin,
                                            .x = c->plan.x,
                                            .y = c->plan.y,
                                            .w = c->plan.w,
                                            .h = c->plan.h,
                                            .gain = c->plan.gain,
                                            .offset = (double)NAN}};
    struct rack_asker who = {.who = c->who, .kind = c->asker};
    c->ra_rad = c->dec_rad = (double)NAN;
    if (session_pointing(s, &c->ra_rad, &c->dec_rad) == false)
        c->ra_rad = c->dec_rad = (double)NAN;
    c->begin_ns = session_now_ns(s);
    c->ticket = rack_ask(session_rack(s), c->camera, &q, &who, exposed, c, err);
    return c->ticket ? OK : err->status;
}

static void next(struct camdesk *c)
{
    struct error e;
    if (ask(c, &e) != OK)
        ended(c, e.status, e.text);
    events_put(c->session->events, EV_DEVICES, c->camera);
}

/* The wheel has turned: the first exposure. */
static void turned(void *arg, uint64_t ticket, enum status status, const char *text)
{
    struct camdesk *c = arg;
    if (!c->running || ticket != c->ticket)
        return;
    c->turning = false;
    c->ticket = 0;
    if (status == OK)
        next(c);
    else
        ended(c, status, text[0] ? text : status_name(status));
}

/* The place of a filter in the wheel; 0: nothing is to be turned. */
static enum status place_of(const struct device_info *w, const char *filter, int *place,
                            struct error *err)
{
    struct str names = {0};
    *place = 0;
    if (!filter || !filter[0] || !w || w->link != DEVICE_READY)
        return OK;
    for (int i = 0; i < WHEEL_SLOTS && i < w->v.wheel.slots; i++) {
        const char *name = w->v.wheel.name[i];
        if (str_eqi(name, filter)) {
            *place = w->v.wheel.slot == i + 1 && !w->v.wheel.moving ? 0 : i + 1;
            str_clear(&names);
            return OK;
        }
        if (name[0])
            str_addf(&names, "%s%s", names.n ? ", " : "", name);
    }
    enum status st = OK;
    if (names.n)
        st = err_set(err, E_ABSENT, "%s has no filter \"%.30s\"; it has %s", w->name, filter,
                     str_c(&names));
    str_clear(&names);
    return st;
}

static enum status first(struct camdesk *c, struct error *err)
{
    struct rack *r = session_rack(c->session);
    const struct device_info *w = rack_first(r, DEVICE_WHEEL);
    struct rack_asker who = {.who = c->who, .kind = c->asker};
    struct device_request q = {.verb = ASK_FILTER};
    enum status st = place_of(w, c->filter, &q.n, err);
    if (st != OK || !q.n)
        return st == OK ? ask(c, err) : st;
    c->ticket = rack_ask(r, w->id, &q, &who, turned, c, err);
    c->turning = c->ticket != 0;
    return c->ticket ? OK : err->status;
}

const struct camera_settings *session_camera_settings(const struct session *s)
{
    return &s->devices->cam->set;
}

enum status session_camera_set(struct session *s, const struct camera_settings *set,
                               struct error *err)
{
    const struct device_info *d = s->devices ? rack_first(session_rack(s), DEVICE_CAMERA) : NULL;
    if (!d)
        return err_set(err, E_ABSENT, "there is no camera");
    const struct camera_values *v = &d->v.camera;
    if (set->bin > 1 && v->max_bin > 0 && set->bin > v->max_bin)
        return err_set(err, E_RANGE, "%s bins 1 to %d", d->name, v->max_bin);
    if (set->w > 0 && v->width > 0 && (set->x + set->w > v->width || set->y + set->h > v->height))
        return err_set(err, E_RANGE, "that part reaches beyond the chip of %s, %d x %d", d->name,
                       v->width, v->height);
    s->devices->cam->set = *set;
    events_put(s->events, EV_DEVICES, d->id);
    return OK;
}

/* What the plan leaves open is as the settings say. */
static void settle(const struct camera_settings *set, struct sequence_plan *p)
{
    if (p->bin <= 0)
        p->bin = set->bin;
    if (isnan(p->gain))
        p->gain = set->gain;
    if (p->w == 0) {
        p->x = set->x;
        p->y = set->y;
        p->w = set->w;
        p->h = set->h;
    }
    if (p->w < 0)
        p->x = p->y = p->w = p->h = 0;
}

static enum status room_for(struct camdesk *c, const struct device_info *d,
                            const struct sequence_plan *plan, struct error *err)
{
    const struct camera_values *v = &d->v.camera;
    double part = v->width > 0 ? (double)v->width * v->height : 0;
    char *folder = folder_of(c->session, err);
    if (!folder)
        return err->status;
    c->room = fitsimage_room(folder);
    free(folder);
    if (v->width <= 0 || c->room < 0)
        return OK;
    double bin = plan->bin > 0 ? plan->bin : v->bin > 0 ? v->bin : 1;
    if (plan->w > 0)
        part = (double)plan->w * plan->h;
    double want = plan->n * (2 * part / bin / bin + 5760) +
                  conf_number(c->session->conf, "camera.keep-free") * 1e6;
    if (want > (double)c->room)
        return err_set(err, E_RANGE,
                       "%d images need %.0f MB, with what is to stay free; there are %.0f MB",
                       plan->n, want / 1e6, (double)c->room / 1e6);
    return OK;
}

enum status session_expose(struct session *s, const struct sequence_plan *plan,
                           const struct rack_asker *who, session_expose_fn *done, void *arg,
                           struct error *err)
{
    struct camdesk *c = s->devices ? s->devices->cam : NULL;
    const struct device_info *d = c ? rack_first(session_rack(s), DEVICE_CAMERA) : NULL;
    if (!d)
        return err_set(err, E_ABSENT, "there is no camera");
    if (!(plan->seconds >= 0 && plan->seconds <= SECONDS_MAX))
        return err_set(err, E_RANGE, "an exposure lasts 0 to %d s", SECONDS_MAX);
    if (plan->n < 1 || plan->n > N_MAX)
        return err_set(err, E_RANGE, "a sequence has 1 to %d exposures", N_MAX);
    if (c->running || c->saving)
        return err_set(err, E_BUSY, "a sequence runs: %d of %d are done; `abort` ends it", c->done,
                       c->plan.n);
    struct sequence_plan all = *plan;
    settle(&c->set, &all);
    enum status st = d->can & CAN_FRAME ? room_for(c, d, &all, err) : OK;
    if (st != OK)
        return st;
    free(c->object);
    free(c->filter);
    free(c->who);
    c->plan = all;
    c->object = mem_str(plan->object);
    c->filter = mem_str(plan->filter);
    c->who = mem_str(who && who->who ? who->who : "");
    c->asker = who ? who->kind : ASKER_SCRIPT;
    c->camera = d->id;
    c->done = 0;
    st = first(c, err);
    if (st != OK)
        return st;
    c->running = true;
    c->fn = done;
    c->arg = arg;
    free(c->trouble);
    c->trouble = mem_str("");
    events_put(s->events, EV_DEVICES, d->id);
    return OK;
}

enum status session_expose_end(struct session *s, const struct rack_asker *who, bool *was,
                               struct error *err)
{
    struct camdesk *c = s->devices->cam;
    struct device_request q = {.verb = ASK_ABORT};
    const struct device_info *d = rack_first(session_rack(s), DEVICE_CAMERA);
    *was = c->running;
    if (!d)
        return err_set(err, E_ABSENT, "there is no camera");
    bool exposing = d->v.camera.phase != CAMERA_IDLE || c->ticket;
    if (c->turning)
        exposing = c->turning = false;
    if (c->running)
        ended(c, E_CANCELLED, "ended by the observer");
    if (exposing && !rack_ask(session_rack(s), d->id, &q, who, NULL, NULL, err))
        return err->status;
    return OK;
}

struct sequence_state session_sequence(const struct session *s)
{
    const struct camdesk *c = s->devices ? s->devices->cam : NULL;
    if (!c)
        return (struct sequence_state){.path = "", .trouble = "", .shutter = "", .room_bytes = -1};
    return (struct sequence_state){.running = c->running,
                                   .turning = c->turning,
                                   .saving = c->saving != NULL,
                                   .checked = c->checked,
                                   .camera = c->camera,
                                   .n = c->plan.n,
                                   .done = c->done,
                                   .seconds = c->plan.seconds,
                                   .path = c->path,
                                   .trouble = c->trouble,
                                   .shutter = c->shutter,
                                   .check = c->check,
                                   .room_bytes = c->room};
}
