/* cmd_sky.c - `vigie sky FUNCTION`: a filter, one JSON object a line in, one out, in order.
 * Here: the lines, and how members are read and written. The functions are in sky_fn_*.c.
 */
#include <math.h>
#include <string.h>

#include "cmds.h"
#include "sky_fn.h"
#include "where.h"

enum { MAX_LINE = 1 << 20 };

static const double DEG = 0x1.1df46a2529d39p-6; /* pi / 180 */

/* ---- members ---- */

static enum status number_in(struct sky_call *c, const struct json *v, const char *key, double lo,
                             double hi, double *x)
{
    if (v->type != JSON_NUMBER || !isfinite(v->x))
        return err_set(c->err, E_PARSE, "%s is no number", key);
    if (!(v->x >= lo && v->x <= hi))
        return err_set(c->err, E_RANGE, "%s: %g is not in %g .. %g", key, v->x, lo, hi);
    *x = v->x;
    return OK;
}

enum status take_number(struct sky_call *c, const struct json *from, const char *key, double lo,
                        double hi, double *x)
{
    const struct json *v = json_get(from ? from : c->in, key);
    if (!v)
        return err_set(c->err, E_ABSENT, "%s is missing", key);
    return number_in(c, v, key, lo, hi, x);
}

enum status take_optional(struct sky_call *c, const struct json *from, const char *key, double lo,
                          double hi, double def, double *x)
{
    const struct json *v = json_get(from ? from : c->in, key);
    *x = def;
    if (!v || v->type == JSON_NULL)
        return OK;
    return number_in(c, v, key, lo, hi, x);
}

enum status take_angle(struct sky_call *c, const struct json *from, const char *key, bool lat,
                       double *rad)
{
    double limit = lat ? 90 : 360;
    enum status status = take_number(c, from, key, -limit, limit, rad);
    *rad *= DEG;
    return status;
}

enum status take_utc(struct sky_call *c, const char *key, struct jd_utc *utc)
{
    const struct json *v = json_get(c->in, key);
    if (!v)
        return err_set(c->err, E_ABSENT, "%s is missing", key);
    const char *text = json_text(v);
    if (!text || strlen(text) != v->n)
        return err_set(c->err, E_PARSE, "%s is no text", key);
    enum status status = utc_parse(text, c->clock, utc, c->err);
    return status == OK ? OK : err_wrap(c->err, "%s", key);
}

enum status take_site(struct sky_call *c, struct site *site)
{
    double lat, lon, height;
    const struct json *v = json_get(c->in, "site");
    if (!v && c->site) {
        *site = *c->site;
        site->horizon = NULL; /* not ours to free, and no function here looks at it */
        return OK;
    }
    if (!v)
        return err_set(c->err, E_ABSENT, "site is missing");
    if (v->type != JSON_OBJECT)
        return err_set(c->err, E_PARSE, "site is no object");
    enum status status = take_number(c, v, "lat_deg", -90, 90, &lat);
    if (status == OK)
        status = take_number(c, v, "lon_deg", -360, 360, &lon);
    if (status == OK)
        status = take_number(c, v, "height_m", -1000, 20000, &height);
    if (status != OK)
        return err_wrap(c->err, "site");
    return site_set(site, json_text(json_get(v, "name")), lat, lon, height, c->err);
}

enum status take_star(struct sky_call *c, const struct json *from, struct sky_star *s)
{
    const struct {
        const char *key;
        double limit, *x;
    } more[] = {{"pm_ra_cosdec_mas_yr", 1e6, &s->pmra_cosdec_masyr},
                {"pm_dec_mas_yr", 1e6, &s->pmdec_masyr},
                {"parallax_mas", 1e4, &s->plx_mas},
                {"rv_km_s", 1e5, &s->rv_kms}};
    enum status status = take_angle(c, from, "ra_deg", false, &s->ra_rad);
    if (status == OK)
        status = take_angle(c, from, "dec_deg", true, &s->dec_rad);
    for (size_t i = 0; status == OK && i < sizeof more / sizeof *more; i++)
        status = take_optional(c, from, more[i].key, -more[i].limit, more[i].limit, 0, more[i].x);
    return status;
}

enum status take_dut1(struct sky_call *c, double *dut1_s)
{
    return take_optional(c, NULL, "dut1_s", -10, 10, 0, dut1_s);
}

void put_number(struct sky_call *c, const char *key, double x, int decimals)
{
    json_key(c->w, key);
    json_fixed(c->w, x, decimals);
}

void put_deg(struct sky_call *c, const char *key, double rad, int decimals)
{
    put_number(c, key, rad / DEG, decimals);
}

void put_lon(struct sky_call *c, const char *key, double rad, int decimals)
{
    double deg = rad / DEG;
    deg -= 360 * floor(deg / 360);
    if (deg >= 360 - 0.5 * pow(10, -decimals))
        deg = 0;
    put_number(c, key, deg, decimals);
}

void put_object(struct sky_call *c, const char *key)
{
    json_key(c->w, key);
    json_object(c->w);
}

void put_utc(struct sky_call *c, const char *key, struct jd_utc utc)
{
    char text[UTC_TEXT];
    json_key(c->w, key);
    json_string(c->w, utc_format(utc, 3, text));
}

/* ---- lines ---- */

static const struct {
    const char *name;
    sky_fn *fn;
} functions[] = {{"altaz", sky_altaz},         {"frames", sky_frames},
                 {"sunmoon", sky_sunmoon},     {"rise_transit_set", sky_rising},
                 {"separation", sky_separate}, {"constellation", sky_name_constellation},
                 {"time", sky_time},           {"sexagesimal", sky_sexagesimal}};

/* one_line - the rest of standard input up to a newline, which is not kept. false at the end. A
 * line above the bound is read to its end and marked. */
static bool one_line(FILE *f, struct str *line)
{
    int ch = getc(f);
    str_reset(line);
    line->over = false;
    if (ch == EOF)
        return false;
    for (; ch != EOF && ch != '\n'; ch = getc(f))
        str_addc(line, (char)ch);
    return true;
}

/* mend_lx200 - the LX200's degree mark is the byte 0xDF, which is no UTF-8: alone or as Python's
 * surrogate (ED B3 9F, \udcdf) it becomes U+00DF, which reads the same. */
static void mend_lx200(struct str *line)
{
    struct str out = {0};
    const char *s = str_c(line), *end = s + line->n;
    while (s < end) {
        size_t left = (size_t)(end - s), n = 1;
        bool mark = false;
        if ((unsigned char)*s == 0xDF && (left < 2 || ((unsigned char)s[1] & 0xC0) != 0x80))
            mark = true;
        else if (left >= 3 && memcmp(s, "\xED\xB3\x9F", 3) == 0)
            mark = true, n = 3;
        else if (left >= 6 && strncasecmp(s, "\\udcdf", 6) == 0)
            mark = true, n = 6;
        if (mark)
            str_add(&out, "\xC3\x9F");
        else
            str_addc(&out, *s);
        s += n;
    }
    str_reset(line);
    str_addn(line, str_c(&out), out.n);
    str_clear(&out);
}

static enum status answer(struct sky_call *c, sky_fn *fn, struct arena *arena,
                          const struct str *line, struct str *out)
{
    struct json_writer w;
    if (line->over)
        return err_set(c->err, E_RANGE, "a line of more than %d bytes", MAX_LINE);
    enum status status = json_parse(arena, str_c(line), line->n, NULL, &c->in, c->err);
    if (status != OK)
        return status;
    if (c->in->type != JSON_OBJECT)
        return err_set(c->err, E_PARSE, "no JSON object");
    json_write(&w, out);
    json_object(&w);
    c->w = &w;
    status = fn(c);
    if (status == OK)
        json_end(&w);
    return status;
}

static void refuse(struct str *out, const struct error *err)
{
    struct json_writer w;
    str_reset(out);
    json_write(&w, out);
    json_object(&w);
    json_key(&w, "error");
    json_string(&w, err->text);
    json_end(&w);
}

static int filter(struct cli *cli, sky_fn *fn, const struct site *site, const struct clock *clock)
{
    struct str line = {.max = MAX_LINE}, out = {0};
    int rc = CLI_OK;
    for (long n = 1; one_line(stdin, &line); n++) {
        struct error err = {0};
        struct arena arena = {0};
        struct sky_call c = {.site = site, .clock = clock, .err = &err};
        if (fn == sky_sexagesimal)
            mend_lx200(&line);
        str_reset(&out);
        if (answer(&c, fn, &arena, &line, &out) != OK) {
            refuse(&out, &err);
            cli_say(cli, "line %ld: %s", n, err.text);
            rc = CLI_NO;
        }
        str_addc(&out, '\n');
        fwrite(str_c(&out), 1, out.n, cli->out);
        fflush(cli->out); /* somebody may wait for this answer before the next question */
        arena_clear(&arena);
    }
    str_clear(&line);
    str_clear(&out);
    return rc;
}

static int run(struct cli *cli)
{
    struct site site = {0};
    struct cli_clock clock;
    sky_fn *fn = NULL;
    if (cli->argc != 1)
        return cli_usage(cli);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, cli->argv[0]) == 0)
            fn = functions[i].fn;
    if (!fn) {
        cli_say(cli, "no function %.40s; `vigie help sky` lists them", cli->argv[0]);
        return CLI_USAGE;
    }
    bool given = cli_arg(cli, "--site") != NULL;
    int rc = given ? cli_site(cli, &site) : CLI_OK;
    if (rc == CLI_OK)
        rc = cli_clock(cli, &clock);
    if (rc == CLI_OK)
        rc = filter(cli, fn, given ? &site : NULL, clock.clock);
    site_clear(&site);
    return rc;
}

const struct cli_command cmd_sky = {
    "sky",
    "FUNCTION",
    "positions, times and angles: a filter of JSON lines",
    NULL,
    "One JSON object a line on standard input, one a line on standard output, in order; a line "
    "that\n"
    "is refused answers {\"error\": \"reason\"} in its place. Angles in degrees, times in UTC.\n"
    "\n"
    "  altaz             star to apparent place, azimuth, altitude, air mass\n"
    "  frames            ICRS to mean, true, apparent, galactic, ecliptic\n"
    "  sunmoon           Sun and Moon\n"
    "  rise_transit_set  first rise, meridian passage and set in a window\n"
    "  separation        great circle and position angle of two directions\n"
    "  constellation     IAU constellation\n"
    "  time              UTC to TT, TDB, light time, BJD_TDB, HJD_UTC\n"
    "  sexagesimal       angles from and to text\n"
    "\n"
    "A line without \"site\" takes that of --site; \"utc\": \"now\" is the clock (--at sets it).\n",
    run};
