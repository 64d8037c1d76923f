/* check_uat.c - the built-in core of the thesaurus: its terms hang together up to the top concepts of the UAT, those an observer
 * asks for first are there with what stands around them; with VIGIE_PEERS each is as the IVOA publishes it.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/vo/uat.h"

enum { FEW_HUNDRED = 400 };

static struct uat *core;

static void begin(void)
{
    core = uat_core();
}

static void end(void)
{
    uat_free(core);
}

/* Names of the terms one step away, in their order, divided by blanks. */
static void names(const struct uat *u, uint32_t i, bool wider, struct str *out)
{
    const struct uat_term *t = uat_term(u, i);
    str_reset(out);
    for (size_t k = 0; k < (wider ? t->wider.n : t->narrower.n); k++)
        str_addf(out, "%s%s", k ? " " : "",
                 uat_term(u, wider ? t->wider.at[k] : t->narrower.at[k])->name);
}

/* From the UAT in the IVOA's form. */
static const struct {
    const char *name, *label, *wider, *narrower;
} wanted[] = {
    {"gamma-ray-bursts", "Gamma-ray bursts", "burst-astrophysics gamma-ray-sources", ""},
    {"transient-sources", "Transient sources", "high-energy-astrophysics",
     "gamma-ray-transient-sources radio-transient-sources ultraviolet-transient-sources "
     "x-ray-transient-sources"},
    {"exoplanets", "Exoplanets", "exoplanet-astronomy",
     "carbon-planets chthonian-planets cold-neptunes extrasolar-gaseous-planets "
     "extrasolar-ice-giants extrasolar-rocky-planets free-floating-planets habitable-planets "
     "hot-jupiters hot-neptunes mini-neptunes ocean-planets pulsar-planets super-earths "
     "trojan-planets"},
    {"transits", "Transits", "syzygy", ""},
    {"transit-photometry", "Transit photometry", "exoplanet-detection-methods photometry", ""},
    {"supernovae", "Supernovae", "stellar-remnants stellar-types",
     "core-collapse-supernovae hypernovae type-ia-supernovae"},
    {"novae", "Novae", "cataclysmic-variable-stars stellar-remnants stellar-types",
     "classical-novae dq-herculis-stars dwarf-novae fast-novae recurrent-novae slow-novae "
     "symbiotic-novae x-ray-novae"},
    {"variable-stars", "Variable stars", "stellar-types",
     "extrinsic-variable-stars intrinsic-variable-stars peculiar-variable-stars "
     "periodic-variable-stars"},
    {"eclipsing-binary-stars", "Eclipsing binary stars", "binary-stars extrinsic-variable-stars",
     "algol-variable-stars beta-lyrae-stars upsilon-sagittarii-stars w-ursae-majoris-variable-"
     "stars"},
    {"spectrometers", "Spectrometers", "astronomical-instrumentation", NULL},
};

START_TEST(what_is_asked_for)
{
    struct str s = {0};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        int k = uat_find(core, wanted[i].name);
        ck_assert_msg(k >= 0, "%s", wanted[i].name);
        ck_assert_int_eq(uat_find(core, wanted[i].label), k);
        names(core, (uint32_t)k, true, &s);
        ck_assert_str_eq(str_c(&s), wanted[i].wider);
        names(core, (uint32_t)k, false, &s);
        if (wanted[i].narrower)
            ck_assert_str_eq(str_c(&s), wanted[i].narrower);
    }
    str_clear(&s);
}
END_TEST

START_TEST(one_tree)
{
    static const char *const top[] = {"astrophysical-processes",
                                      "cosmology",
                                      "exoplanet-astronomy",
                                      "galactic-and-extragalactic-astronomy",
                                      "heliophysics",
                                      "high-energy-astrophysics",
                                      "interdisciplinary-astronomy",
                                      "interstellar-medium",
                                      "observational-astronomy",
                                      "solar-system-astronomy",
                                      "stellar-astronomy"};
    size_t tops = 0, n = uat_count(core);
    ck_assert_uint_gt(n, FEW_HUNDRED);
    for (uint32_t i = 0; i < n; i++) {
        const struct uat_term *t = uat_term(core, i);
        bool known = false;
        ck_assert_msg(i == 0 || strcmp(uat_term(core, i - 1)->name, t->name) < 0, "%s", t->name);
        for (size_t k = 0; k < sizeof top / sizeof top[0] && t->wider.n == 0; k++)
            known |= strcmp(t->name, top[k]) == 0;
        ck_assert_msg(t->wider.n || known, "%s stands under nothing", t->name);
        tops += t->wider.n == 0;
    }
    ck_assert_uint_eq(tops, sizeof top / sizeof top[0]);
}
END_TEST

/* Those of the names in `text` that the core has. */
static void in_core(const char *text, struct str *out)
{
    char *copy = mem_str(text), *rest = copy;
    str_reset(out);
    for (char *w; (w = strtok_r(rest, " ", &rest));)
        if (uat_find(core, w) >= 0)
            str_addf(out, "%s%s", out->n ? " " : "", w);
    free(copy);
}

START_TEST(as_published)
{
    const char *peers = getenv("VIGIE_PEERS");
    if (!peers) {
        printf(
            "check_uat: VIGIE_PEERS is not set: the comparison with the whole UAT is left out\n");
        return;
    }
    struct str json = {0}, s = {0}, want = {0};
    struct error err;
    struct uat *whole;
    char *path = mem_printf("%s/vo-server/data/uat.desise", peers);
    ck_assert_msg(file_read(path, 8 << 20, &json, &err) == OK, "%s", err.text);
    ck_assert_msg(uat_new(json.s, json.n, &whole, &err) == OK, "%s", err.text);
    for (uint32_t i = 0; i < uat_count(core); i++) {
        const struct uat_term *t = uat_term(core, i);
        int k = uat_find(whole, t->name);
        ck_assert_msg(k >= 0, "%s is no term of the UAT", t->name);
        ck_assert_str_eq(t->label, uat_term(whole, (uint32_t)k)->label);
        for (int wider = 0; wider < 2; wider++) {
            names(whole, (uint32_t)k, wider, &s);
            in_core(str_c(&s), &want);
            names(core, i, wider, &s);
            ck_assert_msg(strcmp(str_c(&s), str_c(&want)) == 0, "%s: %s, not %s", t->name,
                          str_c(&s), str_c(&want));
        }
    }
    uat_free(whole);
    str_clear(&json);
    str_clear(&s);
    str_clear(&want);
    free(path);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("uat");
    TCase *c = tcase_create("core");
    tcase_add_checked_fixture(c, begin, end);
    tcase_add_test(c, what_is_asked_for);
    tcase_add_test(c, one_tree);
    tcase_add_test(c, as_published);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad ? 1 : 0;
}
