/* access.c - see access.h. */
#include "vigie/vo/access.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"

char *vo_place(const struct vo_access *a, const char *name)
{
    if (a->folder)
        return mem_printf("%s/%s", a->folder, name);
    char *within = mem_printf("vo/%s", name);
    char *path = file_place(PLACE_CACHE, within, NULL);
    free(within);
    return path;
}

void vo_access_conf(struct vo_access *a, struct vo_own *own, const struct conf *conf)
{
    static const char *const option[VO_OWN] = {"vo.registry", "vo.vocabulary", "vo.sesame",
                                               "vo.simbad"};
    const char **to[VO_OWN] = {&a->registries, &a->vocabulary, &a->sesame, &a->simbad};
    for (int i = 0; i < VO_OWN; i++) {
        const char *now = conf_text(conf, option[i]);
        if (!own->text[i] || strcmp(own->text[i], now) != 0) {
            free(own->text[i]);
            own->text[i] = mem_str(now);
        }
        *to[i] = own->text[i];
    }
}

void vo_own_clear(struct vo_own *own)
{
    for (int i = 0; i < VO_OWN; i++)
        free(own->text[i]);
    *own = (struct vo_own){0};
}

int64_t vo_now_ns(const struct vo_access *a)
{
    const struct clock *c = a->clock ? a->clock : clock_system();
    return CLOCK_WALL(c);
}

char *vo_word(const char *words, size_t i)
{
    static const char blank[] = " \t\r\n";
    for (const char *p = words; p; p += strcspn(p, blank)) {
        p += strspn(p, blank);
        if (!*p)
            return NULL;
        if (i-- == 0)
            return mem_strn(p, strcspn(p, blank));
    }
    return NULL;
}

const char *vo_age_text(double age_s, char out[VO_AGE_TEXT])
{
    if (isnan(age_s))
        snprintf(out, VO_AGE_TEXT, "of unknown age");
    else if (age_s < 0)
        snprintf(out, VO_AGE_TEXT, "dated in the future");
    else if (age_s < 3600)
        snprintf(out, VO_AGE_TEXT, "%.0f min", floor(age_s / 60));
    else if (age_s < 48 * 3600.0)
        snprintf(out, VO_AGE_TEXT, "%.0f h", floor(age_s / 3600));
    else
        snprintf(out, VO_AGE_TEXT, "%.0f d", floor(age_s / 86400));
    return out;
}
