/* cmd_camera.c - the commands of the camera: exposures, sequences, cooling. Nothing here moves.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "devicedesk.h"
#include "vigie/session/camdesk.h"

static const char *no_camera(const struct command_call *c)
{
    const struct rack *r = session_rack(c->session);
    const struct device_info *d = r ? rack_first(r, DEVICE_CAMERA) : NULL;
    return !d                        ? "there is no camera"
           : d->link == DEVICE_READY ? NULL
                                     : "the camera is not connected";
}

static bool kind_of(const char *word, enum frame_kind *kind)
{
    static const char *const name[] = {"light", "dark", "flat", "bias"};
    for (int i = 0; i < 4; i++)
        if (strcmp(word, name[i]) == 0) {
            *kind = (enum frame_kind)i;
            return true;
        }
    return false;
}

/* X,Y,W,H in unbinned pixels. */
static bool part_of_chip(const char *text, struct sequence_plan *p)
{
    int *const to[] = {&p->x, &p->y, &p->w, &p->h};
    char one[12];
    for (int i = 0; i < 4; i++) {
        size_t n = strcspn(text, ",");
        double x;
        if (n == 0 || n >= sizeof one || (text[n] == ',') != (i < 3))
            return false;
        memcpy(one, text, n);
        one[n] = 0;
        if (!str_num(one, &x) || x != floor(x) || x < (i < 2 ? 0 : 1) || x > 1e6)
            return false;
        *to[i] = (int)x;
        text += n + 1;
    }
    return true;
}

/* expose SECONDS [NUMBER] [dark|flat|bias] [bin=2] [roi=X,Y,W,H|full] [gain=100] [object=NAME] [filter=NAME] */
static enum status run_expose(struct command_call *c, struct error *err)
{
    struct sequence_plan plan = {.n = 1, .gain = (double)NAN};
    struct rack_asker who = {.who = session_who(c->by), .kind = session_asker(c->by)};
    double x;
    if (c->argc < 2 || !str_num(c->argv[1], &plan.seconds))
        return err_set(err, E_PARSE,
                       "expose SECONDS [NUMBER] [dark|flat|bias] [bin=2] [roi=X,Y,W,H] [gain=100] "
                       "[object=NAME]");
    for (int i = 2; i < c->argc; i++) {
        const char *w = c->argv[i];
        if (kind_of(w, &plan.kind))
            continue;
        if (strncmp(w, "bin=", 4) == 0 && str_num(w + 4, &x) && x >= 1 && x <= 64)
            plan.bin = (int)x;
        else if (strcmp(w, "roi=full") == 0)
            plan.w = -1;
        else if (strncmp(w, "roi=", 4) == 0 && part_of_chip(w + 4, &plan))
            continue;
        else if (strncmp(w, "gain=", 5) == 0 && str_num(w + 5, &x))
            plan.gain = x;
        else if (strncmp(w, "object=", 7) == 0)
            plan.object = w + 7;
        else if (strncmp(w, "filter=", 7) == 0)
            plan.filter = w + 7;
        else if (str_num(w, &x) && x >= 1 && x <= 100000)
            plan.n = (int)x;
        else
            return err_set(err, E_PARSE,
                           "expose: \"%.30s\" is neither a number nor one of dark flat "
                           "bias bin= roi= gain= object= filter=",
                           w);
    }
    enum status st = session_expose(c->session, &plan, &who, NULL, NULL, err);
    if (st == OK)
        str_addf(c->say, "exposing %d x %g s", plan.n, plan.seconds);
    return st;
}

/* bin N, roi X,Y,W,H or full, gain X or own: for the exposures to come. */
static enum status run_setting(struct command_call *c, struct error *err)
{
    const char *what = c->argv[0], *w = c->rest;
    struct camera_settings set = *session_camera_settings(c->session);
    struct sequence_plan p = {0};
    double x = 0;
    bool number = str_num(w, &x);
    if (strcmp(what, "bin") == 0) {
        if (!number || x != floor(x) || x < 1 || x > 64)
            return err_set(err, E_PARSE, "bin 1 .. 64");
        set.bin = (int)x;
    } else if (strcmp(what, "gain") == 0) {
        if (!number && strcmp(w, "own") != 0)
            return err_set(err, E_PARSE, "gain X, or own: as the camera stands");
        set.gain = number ? x : (double)NAN;
    } else {
        if (strcmp(w, "full") != 0 && !part_of_chip(w, &p))
            return err_set(err, E_PARSE, "roi X,Y,W,H in unbinned pixels, or full");
        set.x = p.x;
        set.y = p.y;
        set.w = p.w;
        set.h = p.h;
    }
    enum status st = session_camera_set(c->session, &set, err);
    if (st == OK)
        str_addf(c->say, "%s %s for the exposures to come", what, w);
    return st;
}

static enum status run_abort(struct command_call *c, struct error *err)
{
    struct rack_asker who = {.who = session_who(c->by), .kind = session_asker(c->by)};
    bool was;
    enum status st = session_expose_end(c->session, &who, &was, err);
    if (st == OK)
        str_add(c->say, was ? "the sequence is ended" : "the exposure is ended");
    return st;
}

static enum status run_cool(struct command_call *c, struct error *err)
{
    const struct device_info *d = rack_first(session_rack(c->session), DEVICE_CAMERA);
    struct rack_asker who = {.who = session_who(c->by), .kind = session_asker(c->by)};
    struct device_request q = {.verb = ASK_COOL, .on = true};
    if (strcmp(c->rest, "off") == 0)
        q.on = false;
    else if (!str_num(c->rest, &q.x) || q.x < -80 || q.x > 40)
        return err_set(err, E_PARSE, "cool -80 .. 40 (degrees C), or off");
    if (!rack_ask(session_rack(c->session), d->id, &q, &who, NULL, NULL, err))
        return err->status;
    str_addf(c->say, q.on ? "%s: cooling to %.1f C" : "%s: cooler off", d->name, q.x);
    return OK;
}

const struct command session_commands_camera[] = {
    {.name = "expose",
     .args = "SECONDS [NUMBER] [dark|flat|bias] [bin=N] [roi=X,Y,W,H|full] [gain=X] [object=NAME] "
             "[filter=NAME]",
     .help = "Take an image, or a sequence of them, into FITS files",
     .disabled = no_camera,
     .run = run_expose},
    {.name = "bin",
     .args = "N",
     .help = "Bin the exposures to come N x N",
     .disabled = no_camera,
     .run = run_setting},
    {.name = "roi",
     .args = "X,Y,W,H|full",
     .help = "Take only a part of the chip in the exposures to come, unbinned pixels",
     .disabled = no_camera,
     .run = run_setting},
    {.name = "gain",
     .args = "X|own",
     .help = "Gain of the exposures to come",
     .disabled = no_camera,
     .run = run_setting},
    {.name = "abort",
     .help = "End the exposure and the sequence",
     .flags = CMD_ASKS,
     .disabled = no_camera,
     .run = run_abort},
    {.name = "cool",
     .args = "DEGREES|off",
     .help = "Cool the camera",
     .disabled = no_camera,
     .run = run_cool},
    {0}};
