/* check_skymap.c - sky maps and MOCs written byte by byte: areas, the densest cell, what is up tonight,
 * the best fields; what is refused. Sums are by hand. The real maps are compared by the comparator of
 * the corpus. */
#include <check.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/alerts/skymap.h"
#include "vigie/sky/healpix.h"

#define DEG      (3.14159265358979323846 / 180)
#define SKY_DEG2 (4 * 3.14159265358979323846 / DEG / DEG)

static struct str fits;

static void card(const char *fmt, ...) PRINTF(1, 2);
static void card(const char *fmt, ...)
{
    char text[81];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    str_addf(&fits, "%-80.80s", n < 80 ? text : "");
}

static void fill(char with)
{
    while (fits.n % 2880)
        str_addc(&fits, with);
}

/* The header of a table; cards: further ones, divided by bars. */
static void begin(int row_bytes, int rows, int columns, const char *cards)
{
    str_reset(&fits);
    card("SIMPLE  =                    T");
    card("BITPIX  =                    8");
    card("NAXIS   =                    0");
    card("END");
    fill(' ');
    card("XTENSION= 'BINTABLE'");
    card("BITPIX  =                    8");
    card("NAXIS   =                    2");
    card("NAXIS1  = %20d", row_bytes);
    card("NAXIS2  = %20d", rows);
    card("PCOUNT  =                    0");
    card("GCOUNT  =                    1");
    card("TFIELDS = %20d", columns);
    for (const char *p = cards; *p; p += strcspn(p, "|"), p += *p == '|')
        card("%.*s", (int)strcspn(p, "|"), p);
    card("END");
    fill(' ');
}

static void put64(uint64_t x)
{
    for (int i = 56; i >= 0; i -= 8)
        str_addc(&fits, (char)(x >> i));
}

static void put_double(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, 8);
    put64(bits);
}

#define MULTI                                                                                      \
    "TTYPE1  = 'UNIQ'|TFORM1  = 'K'|TTYPE2  = 'PROBDENSITY'|TFORM2  = 'D'|ORDERING= 'NUNIQ'"

static uint64_t uniq_at(int order, double ra_deg, double dec_deg)
{
    return ((uint64_t)4 << 2 * order) + healpix_nest(order, ra_deg * DEG, dec_deg * DEG);
}

/* 62 % in one cell of order 5 near the pole, 30 % in one far south, 8 % in one of order 3. */
static void three_cells(const char *cards)
{
    begin(16, 3, 2, cards);
    put64(uniq_at(5, 40, 85));
    put_double(0.62 / healpix_area_sr(5));
    put64(uniq_at(5, 40, -80));
    put_double(0.3 / healpix_area_sr(5));
    put64(uniq_at(3, 200, -75));
    put_double(0.08 / healpix_area_sr(3));
    fill('\0');
}

static struct alert_judge *judge_of(void)
{
    struct site site;
    struct jd_utc now;
    struct alert_judge *j;
    struct alert_limits limits = {30 * DEG, -12 * DEG, {1 * DEG, 1 * DEG}};
    ck_assert_int_eq(site_set(&site, "OHP", 43.9317, 5.7133, 650, NULL), OK);
    ck_assert_int_eq(utc_parse("2026-11-23T21:14:07Z", NULL, &now, NULL), OK);
    ck_assert_int_eq(alert_judge_new(&site, &limits, now, &j, NULL), OK);
    return j;
}

START_TEST(a_multi_order_map)
{
    struct skymap m;
    struct error err;
    three_cells(MULTI "|COORDSYS= 'C'");
    ck_assert_msg(skymap_read(fits.s, fits.n, &m, &err) == OK, "%s", err.text);
    ck_assert_str_eq(m.ordering, "NUNIQ");
    ck_assert_int_eq(m.order_max, 5);
    ck_assert_double_eq_tol(m.total, 1, 1e-12);
    ck_assert_double_eq_tol(m.area50_deg2, SKY_DEG2 / 12 / 1024, 1e-9);
    ck_assert_double_eq_tol(m.area90_deg2, 2 * SKY_DEG2 / 12 / 1024, 1e-9);
    ck_assert_uint_eq(healpix_nest(5, m.peak_ra_rad, m.peak_dec_rad),
                      healpix_nest(5, 40 * DEG, 85 * DEG));
    struct alert_judge *j = judge_of();
    /* at latitude 44 what lies at declination 85 never sets, and what lies below -46 never rises */
    ck_assert_double_eq_tol(skymap_up(&m, j), 0.62, 1e-9);
    const double fov[2] = {4 * DEG, 4 * DEG};
    struct skymap_field field[5];
    size_t n = skymap_fields(&m, j, fov, field, 5);
    ck_assert_uint_ge(n, 1);
    ck_assert_double_gt(field[0].probability, 0.5); /* the cell is 1.8 deg wide */
    ck_assert_double_le(field[0].probability, 0.62 + 1e-9);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_double_gt(field[i].dec_rad, 80 * DEG);
        ck_assert(alert_time_known(field[i].from) && alert_time_known(field[i].until));
        sum += field[i].probability;
    }
    ck_assert_double_eq_tol(sum, 0.62, 1e-9); /* none is counted twice */
    alert_judge_free(j);
    skymap_clear(&m);
}
END_TEST

START_TEST(flat_maps)
{
    struct skymap m;
    struct error err;
    for (int ring = 0; ring < 2; ring++) {
        begin(8, 48, 1,
              ring ? "TTYPE1  = 'PROB'|TFORM1  = 'D'|NSIDE   = 2|ORDERING= 'RING'"
                   : "TTYPE1  = 'PROB'|TFORM1  = 'D'|NSIDE   = 2|ORDERING= 'NESTED'");
        for (int i = 0; i < 48; i++)
            put_double(i == 20 ? 0.75 : i == 21 ? 0.25 : 0);
        fill('\0');
        ck_assert_msg(skymap_read(fits.s, fits.n, &m, &err) == OK, "%s", err.text);
        ck_assert_int_eq(m.order_max, 1);
        ck_assert_double_eq_tol(m.area50_deg2, SKY_DEG2 / 48, 1e-9);
        ck_assert_double_eq_tol(m.area90_deg2, 2 * SKY_DEG2 / 48, 1e-9);
        uint64_t want = ring ? healpix_nest_of_ring(1, 20) : 20;
        ck_assert_uint_eq(healpix_nest(1, m.peak_ra_rad, m.peak_dec_rad), want);
        skymap_clear(&m);
    }
}
END_TEST

START_TEST(regions)
{
    struct skymap m;
    struct error err;
    begin(8, 2, 1, "TTYPE1  = 'UNIQ'|TFORM1  = '1K'|ORDERING= 'NUNIQ'|MOCVERS = '2.0'");
    put64(4);  /* a twelfth of the sky */
    put64(63); /* and a 48th */
    fill('\0');
    ck_assert_msg(skymap_read(fits.s, fits.n, &m, &err) == OK, "%s", err.text);
    ck_assert(m.region);
    ck_assert_double_eq_tol(m.area_deg2, SKY_DEG2 * (1 / 12.0 + 1 / 48.0), 1e-9);
    ck_assert(isnan(m.total) && isnan(m.area50_deg2) && isnan(m.peak_ra_rad));
    skymap_clear(&m);
    begin(8, 2, 1, "TTYPE1  = 'RANGE'|TFORM1  = '1K'|ORDERING= 'RANGE'|MOCDIM  = 'SPACE'");
    put64((uint64_t)1 << 56); /* of the 3 * 2^58 cells of a quarter of a base cell on */
    put64(((uint64_t)1 << 58) + 1);
    fill('\0');
    ck_assert_msg(skymap_read(fits.s, fits.n, &m, &err) == OK, "%s", err.text);
    ck_assert_double_eq_tol(m.area_deg2, SKY_DEG2 / 16, 1e-9);
    ck_assert_int_eq(m.order_max, 29);
    skymap_clear(&m);
}
END_TEST

static void refused(enum status want, const char *says)
{
    struct skymap m;
    struct error err = {0};
    enum status s = skymap_read(fits.s, fits.n, &m, &err);
    skymap_clear(&m);
    ck_assert_msg(s == want && strstr(err.text, says), "%d, \"%s\", not \"%s\"", (int)s, err.text,
                  says);
}

START_TEST(refusals)
{
    three_cells(MULTI "|MOCDIM  = 'TIME'");
    refused(E_REFUSED, "a MOC of TIME");
    three_cells(MULTI "|COORDSYS= 'G'");
    refused(E_REFUSED, "not ICRS");
    three_cells("TTYPE1  = 'UNIQ'|TFORM1  = 'K'|TTYPE2  = 'PROBDENSITY'|TFORM2  = 'D'");
    refused(E_PARSE, "ORDERING");
    begin(8, 2, 1, "TTYPE1  = 'PROB'|TFORM1  = 'D'|NSIDE   = 3|ORDERING= 'RING'");
    put_double(1), put_double(1);
    fill('\0');
    refused(E_PARSE, "no power of two");
    begin(8, 2, 1, "TTYPE1  = 'PROB'|TFORM1  = 'D'|NSIDE   = 1|ORDERING= 'RING'");
    put_double(1), put_double(1);
    fill('\0');
    refused(E_PARSE, "NSIDE has 12");
    begin(16, 1, 2, MULTI);
    put64(2);
    put_double(1);
    fill('\0');
    refused(E_PARSE, "numbers no cell");
    begin(8, 2, 1, "TTYPE1  = 'RANGE'|TFORM1  = '1K'|ORDERING= 'RANGE'|MOCVERS = '2.0'");
    put64(9), put64(UINT64_MAX / 2);
    fill('\0');
    refused(E_PARSE, "no range");
    str_reset(&fits);
    str_add(&fits, "<html>");
    refused(E_PARSE, "no FITS file");
    str_reset(&fits);
    refused(E_PARSE, "no FITS file");
}
END_TEST

static void add_base64(struct str *out, const struct str *in)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    ck_assert_uint_eq(in->n % 3, 0); /* blocks of 2880 bytes */
    for (size_t i = 0; i < in->n; i += 3) {
        const unsigned char *b = (const unsigned char *)in->s + i;
        unsigned x = (unsigned)b[0] << 16 | (unsigned)b[1] << 8 | b[2];
        for (int k = 18; k >= 0; k -= 6)
            str_addc(out, digit[x >> k & 63]);
    }
}

/* The areas of the map that a packet carries are parameters of the alert. */
START_TEST(a_map_inside_a_packet)
{
    struct str json = {0};
    struct alert_batch b;
    struct error err;
    char want[24];
    three_cells(MULTI);
    str_add(&json,
            "{\"alert_type\":\"INITIAL\",\"superevent_id\":\"S261123ab\",\"event\":{\"time\":"
            "\"2026-11-23T20:00:00Z\",\"skymap\":\"");
    size_t head = json.n;
    add_base64(&json, &fits);
    str_add(&json, "\"}}");
    ck_assert_msg(alert_decode(json.s, json.n, &b, &err) == OK, "%s", err.text);
    snprintf(want, sizeof want, "%.5g", SKY_DEG2 / 12 / 1024);
    ck_assert_str_eq(alert_param_value(b.alerts.at[0], "event.skymap", "area50"), want);
    snprintf(want, sizeof want, "%.5g", 2 * SKY_DEG2 / 12 / 1024);
    ck_assert_str_eq(alert_param_value(b.alerts.at[0], "event.skymap", "area90"), want);
    alert_batch_clear(&b);
    for (size_t k = 0; k < 4; k++) { /* broken, in any place of a group: the alert stands without */
        char was = json.s[head + 4000 + k];
        json.s[head + 4000 + k] = '*';
        ck_assert_int_eq(alert_decode(json.s, json.n, &b, &err), OK);
        ck_assert_ptr_null(alert_param_value(b.alerts.at[0], "event.skymap", "area50"));
        json.s[head + 4000 + k] = was;
        alert_batch_clear(&b);
    }
    str_clear(&json);
}
END_TEST

static void teardown(void)
{
    str_clear(&fits);
}

int main(void)
{
    Suite *s = suite_create("skymap");
    TCase *t = tcase_create("skymap");
    tcase_add_checked_fixture(t, NULL, teardown);
    tcase_add_test(t, a_multi_order_map);
    tcase_add_test(t, flat_maps);
    tcase_add_test(t, regions);
    tcase_add_test(t, refusals);
    tcase_add_test(t, a_map_inside_a_packet);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
