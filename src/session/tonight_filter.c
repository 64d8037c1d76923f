/* tonight_filter.c - the words of the transits' filter. Not: what they mean for a transit (list.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/base/str.h"
#include "vigie/session/tonight.h"

struct reading {
    struct transit_filter *filter;
    struct transit_limits *limits;
    double *own_mm;
};

typedef enum status word_fn(struct reading *r, const char *value, struct error *err);

static enum status number(const char *word, const char *value, double lo, double hi, double *x,
                          struct error *err)
{
    if (!str_num(value, x) || !(*x >= lo && *x <= hi))
        return err_set(err, E_RANGE, "%s: \"%.20s\" is no number in %g .. %g", word, value, lo, hi);
    return OK;
}

static enum status word_depth(struct reading *r, const char *value, struct error *err)
{
    return number("depth", value, 0, 1000, &r->filter->min_depth_mmag, err);
}

static enum status word_mag(struct reading *r, const char *value, struct error *err)
{
    r->filter->has_max_mag = true;
    return number("mag", value, -30, 40, &r->filter->max_mag, err);
}

static enum status word_alt(struct reading *r, const char *value, struct error *err)
{
    double deg = 0;
    enum status s = number("alt", value, 0, 90, &deg, err);
    if (s == OK)
        r->limits->min_alt_rad = deg * acos(-1) / 180;
    return s;
}

static enum status word_sun(struct reading *r, const char *value, struct error *err)
{
    double deg = 0;
    enum status s = number("sun", value, -90, 90, &deg, err);
    if (s == OK)
        r->limits->max_sun_alt_rad = deg * acos(-1) / 180;
    return s;
}

static enum status word_baseline(struct reading *r, const char *value, struct error *err)
{
    double minutes = 0;
    enum status s = number("baseline", value, 0, 1440, &minutes, err);
    if (s == OK)
        r->limits->baseline_d = minutes / 1440;
    return s;
}

static enum status word_aperture(struct reading *r, const char *value, struct error *err)
{
    if (strcmp(value, "off") == 0) {
        r->filter->aperture_mm = (double)NAN;
        return OK;
    }
    enum status s = number("aperture", value, 10, 20000, &r->filter->aperture_mm, err);
    if (s == OK)
        *r->own_mm = r->filter->aperture_mm;
    return s;
}

static unsigned class_bits(const char *name)
{
    enum transit_class c;
    if (!transit_class_read(name, &c))
        return 0; /* a whole transit with both baselines is a whole transit */
    return c == TRANSIT_FULL ? 1u << c | 1u << TRANSIT_FULL_BASELINE : 1u << c;
}

static unsigned priority_bits(const char *name)
{
    static const char *const word[] = {"none", "low", "medium", "high", "alert"};
    for (int p = PRIORITY_NONE; p <= PRIORITY_ALERT; p++)
        if (str_eqi(name, word[p]))
            return 1u << p;
    return 0;
}

static enum status bits(const char *word, const char *value, unsigned (*of)(const char *),
                        unsigned *out, struct error *err)
{
    char *copy = mem_str(value), *save = NULL;
    enum status s = OK;
    unsigned sum = 0;
    for (char *w = strtok_r(copy, ",", &save); w && s == OK; w = strtok_r(NULL, ",", &save)) {
        unsigned b = of(w);
        sum |= b;
        if (!b)
            s = err_set(err, E_RANGE, "%s: no \"%.20s\"", word, w);
    }
    if (s == OK && !sum)
        s = err_set(err, E_PARSE, "%s= what?", word);
    *out = sum;
    free(copy);
    return s;
}

static enum status word_class(struct reading *r, const char *value, struct error *err)
{
    return bits("class", value, class_bits, &r->filter->classes, err);
}

static enum status word_priority(struct reading *r, const char *value, struct error *err)
{
    return bits("priority", value, priority_bits, &r->filter->priorities, err);
}

static const struct {
    const char *name, *signs; /* with which it may stand */
    word_fn *read;
} words[] = {
    {"depth", ">=", word_depth},      {"mag", "<=", word_mag},    {"V", "<=", word_mag},
    {"alt", ">=", word_alt},          {"sun", "<=", word_sun},    {"baseline", "=", word_baseline},
    {"aperture", "=", word_aperture}, {"class", "=", word_class}, {"priority", "=", word_priority}};

static enum status read_word(struct reading *r, const char *word, struct error *err)
{
    if (strcmp(word, "all") == 0) {
        r->filter->all = true;
        return OK;
    }
    size_t n = strcspn(word, "<>=");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].name) != n || strncmp(words[i].name, word, n) != 0)
            continue;
        size_t sign = strspn(word + n, words[i].signs);
        if (sign == 0 || strchr("<>=", word[n + sign]) != NULL)
            return err_set(err, E_PARSE, "\"%.30s\": write %s%c...", word, words[i].name,
                           words[i].signs[0]);
        return words[i].read(r, word + n + sign, err);
    }
    return err_set(err, E_PARSE,
                   "\"%.30s\" is no word of the filter: depth>5 mag<13 alt>30 sun<-12 aperture=300 "
                   "baseline=60 class=full priority=high all",
                   word);
}

enum status tonight_filter_read(const char *text, struct transit_filter *filter,
                                struct transit_limits *limits, double *own_mm, struct error *err)
{
    struct reading r = {filter, limits, own_mm};
    char *copy = mem_str(text), *save = NULL;
    enum status s = OK;
    for (char *w = strtok_r(copy, " \t", &save); w && s == OK; w = strtok_r(NULL, " \t", &save))
        s = read_word(&r, w, err);
    free(copy);
    return s;
}
