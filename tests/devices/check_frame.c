/* check_frame.c - images made here, of which everything is known: Gaussians (their HFD is 2 sqrt(2 ln 2) sigma), noise of
 * known deviation, hot pixels, saturated stars, slopes.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/mem.h"
#include "vigie/devices/frame.h"

enum { W = 640, H = 480 };
static double image[H][W];
static uint16_t pixel[H * W];
static uint64_t seed = 88172645463325252;

static double uniform(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return ((double)(seed >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void) /* Box & Muller 1958 */
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static void sky(double level, double noise)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            image[y][x] = level + noise * normal();
}

/* A star as a detector sees it: the Gaussian over each pixel. */
static void star(double cx, double cy, double sigma, double flux)
{
    int reach = (int)(8 * sigma) + 3;
    for (int y = (int)cy - reach; y <= (int)cy + reach; y++)
        for (int x = (int)cx - reach; x <= (int)cx + reach; x++) {
            double s = sigma * sqrt(2.0);
            if (x < 0 || y < 0 || x >= W || y >= H)
                continue;
            image[y][x] += flux / 4 * (erf((x + 0.5 - cx) / s) - erf((x - 0.5 - cx) / s)) *
                           (erf((y + 0.5 - cy) / s) - erf((y - 0.5 - cy) / s));
        }
}

static struct frame_check look(int saturation)
{
    struct frame_check c;
    for (int i = 0; i < W * H; i++) {
        double v = round(image[i / W][i % W]);
        pixel[i] = (uint16_t)(v < 0 ? 0 : v > 65535 ? 65535 : v);
    }
    frame_check(pixel, W, H, saturation, &c);
    return c;
}

static double fwhm(double sigma)
{
    return 2 * sqrt(2 * log(2)) * sigma;
}

START_TEST(levels)
{
    sky(1000, 10);
    image[3][4] = 17;
    image[5][6] = 60000;
    struct frame_check c = look(60000);
    ck_assert_int_eq(c.min, 17);
    ck_assert_int_eq(c.max, 60000);
    ck_assert_uint_eq(c.n_saturated, 1);
    ck_assert_double_eq_tol(c.median, 1000, 0.5);
    ck_assert_double_eq_tol(c.background, 1000, 0.5);
    /* the deviation of a normal distribution cut at 3 sigma is 0.9866 sigma; rounding adds 1/12 */
    ck_assert_double_eq_tol(c.noise, sqrt(0.9866 * 0.9866 * 100 + 1 / 12.0), 0.15);
    ck_assert_int_eq(c.n_found, 0);
    ck_assert(isnan(c.hfd_px));
}
END_TEST

START_TEST(one_width)
{
    static const double sigma[] = {1.2, 2, 3.5, 6};
    for (size_t k = 0; k < sizeof sigma / sizeof sigma[0]; k++) {
        sky(1000, 8);
        for (int i = 0; i < 30; i++) /* off the pixels' grid */
            star(60 + i % 6 * 100 + 0.37 * i, 60 + i / 6 * 80 + 0.21 * i, sigma[k],
                 40000 * sigma[k] * sigma[k]);
        struct frame_check c = look(0);
        /* a pixel's own width counts: sigma^2 + 1/12 */
        double want = fwhm(sqrt(sigma[k] * sigma[k] + 1 / 12.0));
        ck_assert_int_eq(c.n_found, 30);
        ck_assert_int_eq(c.n_star, FRAME_STARS);
        ck_assert_msg(fabs(c.hfd_px - want) < 0.02 * want, "sigma %g: %g, not %g", sigma[k],
                      c.hfd_px, want);
        ck_assert_uint_eq(c.n_saturated, 0);
        ck_assert_double_eq_tol(c.background, 1000, 1);
    }
}
END_TEST

START_TEST(place_and_light)
{
    sky(500, 5);
    star(200.3, 150.7, 2, 100000);
    star(400.5, 300.25, 2, 50000);
    struct frame_check c = look(0);
    ck_assert_int_eq(c.n_star, 2);
    ck_assert_double_eq_tol(c.star[0].x, 200.3, 0.03);
    ck_assert_double_eq_tol(c.star[0].y, 150.7, 0.03);
    ck_assert_double_eq_tol(c.star[0].flux, 100000, 1000);
    ck_assert_double_eq_tol(c.star[1].flux, 50000, 1000);
}
END_TEST

START_TEST(hot_pixels_and_saturated_stars)
{
    sky(1000, 10);
    for (int i = 0; i < 200; i++) /* not on an edge */
        image[10 + i * 2][20 + i * 3] = 20000;
    star(300.2, 100.4, 2, 60000);
    star(100, 400, 3, 1e7); /* saturated */
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            image[y][x] = fmin(image[y][x], 50000);
    struct frame_check c = look(50000);
    ck_assert(c.n_saturated > 50);
    ck_assert_int_eq(c.n_found, 2);
    ck_assert_int_eq(c.n_star, 1);
    ck_assert_double_eq_tol(c.hfd_px, fwhm(sqrt(4 + 1 / 12.0)), 0.15);
}
END_TEST

START_TEST(slope)
{
    sky(1000, 10);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            image[y][x] += x * 0.5;
    for (int i = 0; i < 6; i++)
        star(60.4 + i * 100, 200.3, 2.5, 400000);
    struct frame_check c = look(0);
    ck_assert_int_eq(c.n_star, 6);
    ck_assert_double_eq_tol(c.hfd_px, fwhm(sqrt(6.25 + 1 / 12.0)), 0.12);
}
END_TEST

START_TEST(strange_images)
{
    struct frame_check c;
    static uint16_t flat[100 * 100], one = 7;
    frame_check(flat, 100, 100, 0, &c); /* nothing at all */
    ck_assert(c.min == 0 && c.max == 0 && c.median == 0 && c.noise == 0 && c.n_found == 0);
    memset(flat, 0xff, sizeof flat); /* everything saturated */
    frame_check(flat, 100, 100, 0, &c);
    ck_assert(c.n_saturated == 10000 && c.n_star == 0 && c.background == 65535);
    frame_check(&one, 1, 1, 0, &c);
    ck_assert(c.median == 7 && c.n_found == 0);
    for (int i = 0; i < 10000; i++) /* noise over all levels */
        flat[i] = (uint16_t)(uniform() * 65536);
    frame_check(flat, 100, 100, 0, &c);
    frame_check(flat, 10000, 1, 0, &c);
    frame_check(flat, 1, 10000, 0, &c);
    frame_check(flat, 0, 0, 0, &c);
    ck_assert(isnan(c.median));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("frame");
    TCase *t = tcase_create("frame");
    tcase_add_test(t, levels);
    tcase_add_test(t, one_width);
    tcase_add_test(t, place_and_light);
    tcase_add_test(t, hot_pixels_and_saturated_stars);
    tcase_add_test(t, slope);
    tcase_add_test(t, strange_images);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
