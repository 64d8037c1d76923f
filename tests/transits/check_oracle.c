/* check_oracle.c - records of `transits --json` against tables made with astropy (VIGIE_CORPUS):
 * 80 planets, 6 sites, 5 spans of days; and 60 instants on leap seconds and elsewhere. Tolerances:
 * those of the tables' own description, the strict grade for times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planets.h"
#include "vigie/base/file.h"
#include "vigie/base/str.h"
#include "vigie/formats/json.h"
#include "vigie/transits/record.h"

static const char *corpus(void)
{
    const char *dir = getenv("VIGIE_CORPUS");
    if (!dir)
        fputs("check_oracle: VIGIE_CORPUS is not set: the comparison with astropy's tables is left "
              "out\n",
              stderr);
    return dir;
}

static const struct json *load(struct arena *arena, const char *dir, const char *name)
{
    struct str text = {0};
    struct error err = {0};
    const struct json *v = NULL;
    char *path = mem_printf("%s/oracle/transits/%s", dir, name);
    ck_assert_msg(file_read(path, 1 << 26, &text, &err) == OK, "%s", err.text);
    ck_assert_msg(json_parse(arena, text.s, text.n, NULL, &v, &err) == OK, "%s", err.text);
    str_clear(&text);
    free(path);
    return v;
}

static double num(const struct json *v, const char *path)
{
    return json_number(json_path(v, path));
}

static struct site site_of(const struct json *s)
{
    return site_made(num(s, "lat_deg"), num(s, "lon_east_deg"), num(s, "height_m"));
}

static void near(const struct json *got, const char *a, const struct json *want, const char *b,
                 double tol)
{
    double g = num(got, a), w = num(want, b);
    if (json_path(want, b)->type == JSON_NULL)
        ck_assert_msg(json_path(got, a)->type == JSON_NULL, "%s is not null", a);
    else
        ck_assert_msg(fabs(g - w) <= tol, "%s %s: %.9g, not %.9g",
                      json_text(json_get(got, "planet")), a, g, w);
}

static void near_utc(const struct json *got, const struct json *want, const char *path)
{
    struct jd_utc g = utc_made(json_text(json_path(got, path))),
                  w = utc_made(json_text(json_path(want, path)));
    ck_assert_msg(fabs(utc_diff_s(g, w)) < 0.005, "%s: %s", path, json_text(json_path(got, path)));
}

static void one_contact(const struct json *got, const struct json *want, const char *name)
{
    static const char *const pairs[][2] = {
        {"alt_deg", "alt"},           {"sun_alt_deg", "sun_alt"},   {"moon_alt_deg", "moon_alt"},
        {"moon_sep_deg", "moon_sep"}, {"moon_illum", "moon_illum"}, {"airmass", "airmass_ky"}};
    double tol[] = {0.01, 0.02, 0.05, 0.05, 0.005, 0};
    char path[40];
    snprintf(path, sizeof path, "%s.utc", name);
    near_utc(got, want, path);
    const struct json *g = json_get(got, name), *w = json_get(want, name);
    double alt = num(w, "alt");
    tol[5] = num(w, "airmass_ky") * (alt > 10 ? 0.005 : 0.05);
    for (int i = 0; i < 6; i++)
        if (i < 5 || fabs(alt) > 0.02)
            near(g, pairs[i][0], w, pairs[i][1], tol[i]);
    double az = (num(g, "az_deg") - num(w, "az")) * DEG,
           ha = (num(g, "ha_h") - num(w, "ha_h")) * 15 * DEG;
    ck_assert(fabs(sin(az)) * cos(alt * DEG) < 0.01 * DEG && cos(az) > 0);
    ck_assert(fabs(sin(ha)) < 0.06 * DEG && cos(ha) > 0);
}

static void one_record(const struct json *got, const struct json *want)
{
    const char *g = json_text(json_get(got, "mid_bjd_tdb")),
               *w = json_text(json_get(want, "mid_bjd_tdb"));
    ck_assert_msg(strcmp(g, w) == 0 || fabs(atof(g + 4) - atof(w + 4)) < 1.5e-8, "%s %s", g, w);
    near(got, "light_time_s", want, "roemer_s", 0.005);
    near(got, "sigma_mid_min", want, "sigma_mid_min",
         fmax(1e-3, 1e-3 * num(want, "sigma_mid_min")));
    one_contact(got, want, "ingress");
    one_contact(got, want, "mid");
    one_contact(got, want, "egress");
    near(got, "transit_fraction", want, "transit_fraction", 0.005);
    near(got, "window_fraction", want, "window_fraction", 0.005);
}

static const struct json *record_of(struct arena *arena, const struct transit_list *l, size_t i)
{
    struct str t = {0};
    struct json_writer w;
    const struct json *v = NULL;
    struct error err = {0};
    json_write(&w, &t);
    transit_json(&w, l->almanac, &l->at[i]);
    ck_assert_msg(json_parse(arena, t.s, t.n, NULL, &v, &err) == OK, "%s", err.text);
    str_clear(&t);
    return v;
}

/* One span of one site; returns how many transits were compared. */
static size_t one_span(const struct catalogue *c, const struct json *all, const struct json *span)
{
    struct arena arena = {0};
    struct site s = site_of(json_get(all, "site"));
    const struct json *names = json_get(all, "planets"), *events = json_get(all, "transits");
    const struct planet **only = mem_zero(names->n * sizeof(struct planet *));
    size_t n = 0, compared = 0;
    for (const struct json *v = names->first; v; v = v->next) {
        only[n] = catalogue_find(c, json_text(v));
        ck_assert_ptr_nonnull(only[n++]);
    }
    const char *start = json_text(json_get(span, "start"));
    struct transit_request r = request_made(c->planet, c->n, &s, start, start);
    r.to = utc_add_s(utc_day_add(r.from, (int)num(span, "days")),
                     utc_diff_s(r.from, utc_day_add(r.from, 0)));
    r.limits.min_alt_rad = num(all, "meta.constraint.min_alt_deg") * DEG;
    r.limits.max_sun_alt_rad = num(all, "meta.constraint.max_sun_alt_deg") * DEG;
    r.limits.baseline_d = num(all, "meta.constraint.baseline_min") / 1440;
    r.filter.only = only;
    r.filter.n_only = n;
    struct transit_list *l = list_made(&r);
    for (const struct json *v = events->first; v; v = v->next) {
        if (strcmp(json_text(json_get(v, "window")), start) != 0)
            continue;
        ck_assert_uint_lt(compared, l->n);
        const struct transit_event *e = &l->at[compared];
        ck_assert_str_eq(e->planet->name, json_text(json_get(v, "planet")));
        ck_assert_int_eq(e->epoch, json_get(v, "epoch")->i);
        one_record(record_of(&arena, l, compared++), v);
    }
    ck_assert_uint_eq(compared, l->n);
    transit_list_free(l);
    free(only);
    arena_clear(&arena);
    return compared;
}

START_TEST(six_sites)
{
    static const char *const sites[] = {"la-silla",    "mauna-kea",     "ohp",
                                        "pic-du-midi", "siding-spring", "sodankyla"};
    const char *dir = corpus();
    if (!dir)
        return;
    struct catalogue *c = NULL;
    char *path = mem_printf("%s/exoclock/planets.json", dir), name[64];
    ck_assert_int_eq(catalogue_read(path, 0, &c, NULL), OK);
    size_t n = 0;
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        struct arena arena = {0};
        snprintf(name, sizeof name, "transits-%s.json", sites[i]);
        const struct json *all = load(&arena, dir, name);
        for (const struct json *w = json_get(all, "windows")->first; w; w = w->next)
            n += one_span(c, all, w);
        arena_clear(&arena);
    }
    ck_assert_uint_ge(n, 3000);
    catalogue_free(c);
    free(path);
}
END_TEST

static double sexa(const char *s)
{
    double a, b, c, sign = s[0] == '-' ? -1 : 1;
    ck_assert_int_eq(sscanf(s, "%lf:%lf:%lf", &a, &b, &c), 3);
    return sign * (fabs(a) + b / 60 + c / 3600);
}

static struct site site_named(const struct json *all, const char *key)
{
    for (const struct json *s = json_get(all, "sites")->first; s; s = s->next)
        if (strcmp(json_text(json_get(s, "key")), key) == 0)
            return site_of(s);
    ck_abort_msg("no site %s", key);
}

/* A planet whose T0 is the vector's BJD_TDB transits at the vector's UTC; and T0 in HJD_UTC (made
 * from the vector's heliocentric light time) says the same instant. */
static void one_vector(const struct json *all, const struct json *v)
{
    struct site s = site_named(all, json_text(json_get(v, "site")));
    double ra = sexa(json_text(json_get(v, "ra"))), dec = sexa(json_text(json_get(v, "dec")));
    struct jd_utc at = utc_made(json_text(json_get(v, "utc")));
    double frac = atof(json_text(json_get(v, "bjd_tdb_frac")));
    double hjd = at.d2 + num(v, "roemer_helio_topo_s") / 86400;
    struct planet p[2] = {planet_made("bjd", ra, dec, num(v, "bjd_tdb_int"), frac, 1000, 0, 2),
                          planet_made("hjd", ra, dec, at.d1 - 0.5, hjd + 0.5, 1000, 0, 2)};
    p[1].ephemeris.system = TIME_HJD_UTC;
    struct transit_request r = request_made(p, 2, &s, "2000-01-01", "2000-01-02");
    r.from = utc_day_add(at, -1);
    r.to = utc_day_add(at, 2);
    struct transit_list *l = list_made(&r);
    ck_assert_uint_eq(l->n, 2);
    for (size_t i = 0; i < 2; i++) {
        bool exact = strcmp(l->at[i].planet->name, "bjd") == 0;
        double d = utc_diff_s(l->at[i].contact[TRANSIT_MID].utc, at);
        ck_assert_msg(fabs(d) < (exact ? 0.005 : 0.05), "%s %s: %.4f s",
                      json_text(json_get(v, "utc")), l->at[i].planet->name, d);
        ck_assert(!exact || fabs(l->at[i].light_time_s - num(v, "roemer_bary_topo_s")) < 0.001);
    }
    transit_list_free(l);
}

START_TEST(sixty_instants)
{
    const char *dir = corpus();
    if (!dir)
        return;
    struct arena arena = {0};
    const struct json *all = load(&arena, dir, "timescale.json");
    size_t n = 0;
    for (const struct json *v = json_get(all, "vectors")->first; v; v = v->next, n++)
        one_vector(all, v);
    ck_assert_uint_ge(n, 60);
    arena_clear(&arena);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oracle");
    TCase *t = tcase_create("oracle");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, six_sites);
    tcase_add_test(t, sixty_instants);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
