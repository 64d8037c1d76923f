/* sim_sky.c - the sky in a simulated frame: the bright stars at their places (Yale Bright Star Catalogue, V to 0.01), projected
 * on the tangent plane by way of ERFA's apparent places, a field of faint ones that belong to no catalogue, bias and noise.
 * Not: photometry.
 */
#include <math.h>
#include <stdlib.h>

#include "sim_own.h"
#include "vigie/sky/frame.h"

static const double DEG = M_PI / 180;

/* ICRS, degrees; V. */
static const struct {
    double ra, dec, mag;
} star[] = {{101.287, -16.716, -1.46}, {95.988, -52.696, -0.74}, {213.915, 19.182, -0.05},
            {279.235, 38.784, 0.03},   {79.172, 45.998, 0.08},   {78.634, -8.202, 0.13},
            {114.825, 5.225, 0.34},    {24.429, -57.237, 0.46},  {88.793, 7.407, 0.50},
            {210.956, -60.373, 0.61},  {297.696, 8.868, 0.76},   {68.980, 16.509, 0.86},
            {247.352, -26.432, 0.96},  {201.298, -11.161, 0.97}, {116.329, 28.026, 1.14},
            {344.413, -29.622, 1.16},  {310.358, 45.280, 1.25},  {152.093, 11.967, 1.40},
            {104.656, -28.972, 1.50},  {113.650, 31.888, 1.58},  {263.402, -37.104, 1.62},
            {81.283, 6.350, 1.64},     {81.573, 28.608, 1.65},   {84.053, -1.202, 1.69},
            {165.932, 61.751, 1.79},   {51.081, 49.861, 1.79},   {107.098, -26.393, 1.83},
            {206.885, 49.313, 1.86},   {89.882, 44.947, 1.90},   {99.428, 16.399, 1.93},
            {37.955, 89.264, 1.98},    {95.675, -17.956, 1.98},  {141.897, -8.659, 1.99},
            {31.793, 23.462, 2.00},    {10.897, -17.987, 2.02},  {2.097, 29.090, 2.06},
            {17.433, 35.621, 2.06},    {30.975, 42.330, 2.10},   {47.042, 40.956, 2.12},
            {177.265, 14.572, 2.14},   {10.127, 56.537, 2.23},   {269.152, 51.489, 2.23},
            {305.557, 40.257, 2.23},   {2.295, 59.150, 2.27},    {200.981, 54.925, 2.27},
            {165.460, 56.382, 2.37},   {346.190, 15.205, 2.49},  {345.944, 28.083, 2.42},
            {319.645, 62.585, 2.44},   {14.177, 60.717, 2.47},   {56.871, 24.105, 2.87},
            {83.822, -5.391, 2.77},    {28.660, 20.808, 2.64},   {292.680, 27.960, 3.08},
            {284.736, 32.690, 3.24},   {282.520, 33.363, 3.45}};

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static double uniform(unsigned *seed)
{
    return next(seed) / 16777216.0;
}

static double normal(unsigned *seed)
{
    double s = -2; /* near enough: four of variance 1/12 each */
    for (int i = 0; i < 4; i++)
        s += uniform(seed);
    return s * 1.7320508;
}

struct frame_at {
    double *light;
    int w, h;
    double arcsec, ra, dec, seconds;
};

/* The first row is the northernmost, east is left, the place is the middle of the frame; a star's light falls on a Gaussian of 1.3 pixels. */
static void put_star(const struct frame_at *f, double ra, double dec, double mag)
{
    double c = sin(f->dec) * sin(dec) + cos(f->dec) * cos(dec) * cos(ra - f->ra);
    if (c < 0.2)
        return;
    double xi = cos(dec) * sin(ra - f->ra) / c;
    double eta = (cos(f->dec) * sin(dec) - sin(f->dec) * cos(dec) * cos(ra - f->ra)) / c;
    double scale = 180 * 3600 / M_PI / f->arcsec;
    double x = (f->w - 1) / 2.0 - xi * scale, y = (f->h - 1) / 2.0 - eta * scale;
    double flux = 4e5 * f->seconds * pow(10, -0.4 * mag), s2 = 2 * 1.3 * 1.3;
    for (int j = (int)y - 6; j <= (int)y + 6; j++)
        for (int i = (int)x - 6; i <= (int)x + 6; i++)
            if (i >= 0 && i < f->w && j >= 0 && j < f->h)
                f->light[j * f->w + i] +=
                    flux / (M_PI * s2) * exp(-((i - x) * (i - x) + (j - y) * (j - y)) / s2);
}

/* Faint ones, the same at each look: some in every field of a degree. */
static void put_faint(const struct frame_at *f)
{
    double radius = f->arcsec * hypot(f->w, f->h) / 2 / 3600;
    int from = (int)floor(f->dec / DEG - radius), to = (int)ceil(f->dec / DEG + radius);
    for (int d = from < -90 ? -90 : from; d < to && d < 90; d++) {
        double width = cos((d + 0.5) * DEG);
        int cells = (int)(360 * width) + 1;
        for (int k = 0; k < cells; k++) {
            unsigned seed = (unsigned)(d + 100) * 7919u + (unsigned)k * 104729u;
            for (int i = 0; i < 2; i++) {
                double ra = (k + uniform(&seed)) / cells * 2 * M_PI;
                double dec = (d + uniform(&seed)) * DEG;
                double mag = 10 - 3.5 * pow(uniform(&seed), 3);
                if (sky_separation(ra, dec, f->ra, f->dec) < (radius + 1) * DEG)
                    put_star(f, ra, dec, mag);
            }
        }
    }
}

void sim_stars(uint16_t *pixel, int w, int h, double arcsec, double ra_rad, double dec_rad,
               double seconds, bool light, unsigned seed)
{
    struct frame_at f = {.w = w, .h = h, .arcsec = arcsec, .seconds = seconds};
    size_t n = (size_t)w * (size_t)h;
    f.light = calloc(n, sizeof *f.light);
    ensure(f.light != NULL);
    f.ra = ra_rad;
    f.dec = dec_rad;
    struct jd_tt tt = {2461368.5, 0}; /* precession since is arc seconds; a pixel is a minute */
    if (light) {
        for (size_t i = 0; i < sizeof star / sizeof star[0]; i++) {
            double ra, dec;
            frame_of_icrs(FRAME_APPARENT, tt, star[i].ra * DEG, star[i].dec * DEG, &ra, &dec);
            put_star(&f, ra, dec, star[i].mag);
        }
        put_faint(&f);
    }
    double sky = light ? 40 * seconds : 0, dark = 3 * seconds;
    for (size_t i = 0; i < n; i++) {
        double e = f.light[i] + sky + dark;
        double v = 1000 + e + normal(&seed) * sqrt(e + 144);
        pixel[i] = (uint16_t)(v < 0 ? 0 : v > 65535 ? 65535 : v);
    }
    free(f.light);
}
