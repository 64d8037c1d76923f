/* check_healpix.c - cells of HEALPix. Reference numbers: the examples in the documentation of healpy
 * (pix2ang, ang2pix, nest2ring, ring2nest) and the MOC recommendation. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "vigie/sky/healpix.h"

#define PI 3.14159265358979323846

START_TEST(numbers_of_healpy)
{
    /* hp.ang2pix(16, pi/4, pi/4) = 427; its other examples are corners of four cells */
    ck_assert_uint_eq(healpix_nest(4, PI / 4, PI / 4), healpix_nest_of_ring(4, 427));
    ck_assert_uint_eq(healpix_nest_of_ring(4, 1504), 1130); /* hp.ring2nest(16, 1504) */
    /* hp.pix2ang(16, [1440, 427, 1520, 0, 3068]) */
    static const struct {
        uint64_t ring;
        double theta, phi;
    } back[] = {{1440, 1.52911759, 0},
                {427, 0.78550497, 0.78539816},
                {1520, 1.57079633, 1.61988371},
                {0, 0.05103658, 0.78539816},
                {3068, 3.09055608, 0.78539816}};
    for (size_t i = 0; i < sizeof back / sizeof *back; i++) {
        double ra, dec;
        healpix_centre(4, healpix_nest_of_ring(4, back[i].ring), &ra, &dec);
        ck_assert_double_eq_tol(dec, PI / 2 - back[i].theta, 6e-9);
        ck_assert_double_eq_tol(ra, back[i].phi, 6e-9);
    }
}
END_TEST

START_TEST(every_cell_holds_its_centre)
{
    for (int order = 0; order <= 5; order++) {
        uint64_t n = healpix_cells(order);
        char *seen = calloc(n, 1);
        for (uint64_t i = 0; i < n; i++) {
            double ra, dec;
            healpix_centre(order, i, &ra, &dec);
            ck_assert(ra >= 0 && ra < 2 * PI && fabs(dec) < PI / 2);
            ck_assert_uint_eq(healpix_nest(order, ra, dec), i);
            seen[healpix_nest_of_ring(order, i)]++;
        }
        for (uint64_t i = 0; i < n; i++)
            ck_assert_int_eq(seen[i], 1); /* both numberings name the same cells */
        free(seen);
    }
    for (int order = 6; order <= HEALPIX_MAX_ORDER; order++)
        for (uint64_t k = 0; k < 1000; k++) {
            uint64_t i = k * 0x9e3779b97f4a7c15u % healpix_cells(order);
            double ra, dec;
            healpix_centre(order, i, &ra, &dec);
            if (order < 26) /* below, a double no longer tells a cell from the next */
                ck_assert_uint_eq(healpix_nest(order, ra, dec), i);
            ck_assert_uint_lt(healpix_nest(order, ra, dec), healpix_cells(order));
        }
}
END_TEST

START_TEST(equal_areas)
{
    /* random places fall into the 48 cells of order 1 alike */
    int count[48] = {0};
    srand(7);
    for (int i = 0; i < 480000; i++) {
        double z = 2.0 * rand() / RAND_MAX - 1, ra = 2 * PI * rand() / RAND_MAX;
        count[healpix_nest(1, ra, asin(z))]++;
    }
    for (int i = 0; i < 48; i++)
        ck_assert_int_lt(abs(count[i] - 10000), 500); /* five sigma */
    ck_assert_double_eq_tol(healpix_area_sr(0), 4 * PI / 12, 1e-15);
    ck_assert_uint_eq(healpix_nest(3, -0.1, 0.2), healpix_nest(3, 2 * PI - 0.1, 0.2));
}
END_TEST

START_TEST(uniq)
{
    uint64_t nest;
    ck_assert_int_eq(healpix_uniq_order(4, &nest), 0);
    ck_assert_uint_eq(nest, 0);
    ck_assert_int_eq(healpix_uniq_order(15, &nest), 0);
    ck_assert_uint_eq(nest, 11);
    ck_assert_int_eq(healpix_uniq_order(16, &nest), 1);
    ck_assert_int_eq(healpix_uniq_order(63, &nest), 1);
    ck_assert_uint_eq(nest, 47);
    ck_assert_int_eq(healpix_uniq_order(0, &nest), -1);
    ck_assert_int_eq(healpix_uniq_order(3, &nest), -1);
    ck_assert_int_eq(healpix_uniq_order(UINT64_MAX, &nest), -1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("healpix");
    TCase *t = tcase_create("healpix");
    tcase_add_test(t, numbers_of_healpy);
    tcase_add_test(t, every_cell_holds_its_centre);
    tcase_add_test(t, equal_areas);
    tcase_add_test(t, uniq);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
