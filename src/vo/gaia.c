/* gaia.c - see gaia.h. A kept field is a VOTable whose name says what it holds:
 * gaia-RA-DEC-RADIUS-G-ASKED-ROWS.vot, degrees and magnitudes; complete down to G within the radius; ASKED
 * for is what was asked: where ROWS did not hold all of it, G is brighter.
 * Not: the motion (sky/place.h).
 */
#include "vigie/vo/gaia.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/log.h"
#include "vigie/base/mem.h"
#include "vigie/formats/tableio.h"
#include "vigie/io/keep.h"
#include "vigie/sky/frame.h"
#include "vigie/sky/place.h"
#include "vigie/vo/ask.h"
#include "vigie/vo/simple.h"

#define DEG (M_PI / 180)

enum { ROWS = 5000, ROWS_MOST = 100000, MIRROR_MS = 15000, KEPT_MOST = 200, KEPT_BYTES = 64 << 20 };

#define GAIA_COLUMNS "source_id, ra, dec, pmra, pmdec, parallax, phot_g_mean_mag, bp_rp, ruwe"
const struct gaia_mirror gaia_mirrors[] = {
    {"Gaia archive (ESA)", "https://gea.esac.esa.int/tap-server/tap", "gaiadr3.gaia_source",
     GAIA_COLUMNS, "phot_g_mean_mag", "ra", "dec"},
    {"Gaia (ARI)", "https://gaia.ari.uni-heidelberg.de/tap", "gaiadr3.gaia_source", GAIA_COLUMNS,
     "phot_g_mean_mag", "ra", "dec"},
    {"VizieR", "https://tapvizier.cds.unistra.fr/TAPVizieR/tap", "\"I/355/gaiadr3\"",
     "Source AS source_id, RA_ICRS AS ra, DE_ICRS AS \"dec\", pmRA AS pmra, pmDE AS pmdec, Plx AS "
     "parallax, Gmag AS phot_g_mean_mag, \"BP-RP\" AS bp_rp, RUWE AS ruwe",
     "Gmag", "RA_ICRS", "DE_ICRS"},
    {"GAVO", "https://dc.g-vo.org/tap", "gaia.dr3lite",
     "source_id, ra, dec, pmra, pmdec, parallax, phot_g_mean_mag, phot_bp_mean_mag - "
     "phot_rp_mean_mag AS bp_rp",
     "phot_g_mean_mag", "ra", "dec"},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL}};

void gaia_adql(struct str *adql, const struct gaia_mirror *m, double ra_deg, double dec_deg,
               double radius_deg, double max_mag, uint64_t max_rows)
{
    str_addf(adql,
             "SELECT TOP %llu %s FROM %s WHERE 1=CONTAINS(POINT('ICRS', %s, %s), CIRCLE('ICRS', "
             "%.6f, %.6f, %.6f)) AND %s < %.3f ORDER BY %s",
             (unsigned long long)max_rows, m->columns, m->table, m->ra, m->dec, ra_deg, dec_deg,
             radius_deg, m->g, max_mag, m->g);
}

/* ---- from an answer to the stars of the field ---- */

enum { ID, RA, DEC, PMRA, PMDEC, PLX, G, BP_RP, RUWE, READ };
static const char *const names[READ] = {
    "source_id", "ra", "dec", "pmra", "pmdec", "parallax", "phot_g_mean_mag", "bp_rp", "ruwe"};
static const struct table_field fields[] = {
    {.name = "source_id", .datatype = "long", .ucd = "meta.id;meta.main"},
    {.name = "ra",
     .datatype = "double",
     .unit = "deg",
     .ucd = "pos.eq.ra;meta.main",
     .description = "ICRS, at the epoch of the observation"},
    {.name = "dec",
     .datatype = "double",
     .unit = "deg",
     .ucd = "pos.eq.dec;meta.main",
     .description = "ICRS, at the epoch of the observation"},
    {.name = "pmra", .datatype = "double", .unit = "mas/yr", .ucd = "pos.pm;pos.eq.ra"},
    {.name = "pmdec", .datatype = "double", .unit = "mas/yr", .ucd = "pos.pm;pos.eq.dec"},
    {.name = "parallax", .datatype = "double", .unit = "mas", .ucd = "pos.parallax.trig"},
    {.name = "phot_g_mean_mag", .datatype = "double", .unit = "mag", .ucd = "phot.mag;em.opt"},
    {.name = "bp_rp", .datatype = "double", .unit = "mag", .ucd = "phot.color"},
    {.name = "ruwe", .datatype = "double", .ucd = "stat.error"},
    {.name = "separation", .datatype = "double", .unit = "arcsec", .ucd = "pos.angDistance"}};

/* One number of the answer into the new row; null stays null. */
static void copy_number(struct table *to, size_t at, double x)
{
    if (isnan(x))
        table_put_null(to, at);
    else
        table_put_double(to, at, x);
}

/* Whether the row belongs to the field; then it is put. */
static bool put_star(struct table *to, const struct table *from, size_t row, const int column[READ],
                     const struct gaia_wish *w)
{
    /* J2016.0 */
    static const struct jd_tdb catalogue = {2457389.0, 0};
    double x[READ], ra, dec;
    int64_t id;
    for (int i = RA; i < READ; i++)
        x[i] = column[i] < 0 ? (double)NAN : table_double(from, row, (size_t)column[i]);
    if (!isfinite(x[RA]) || !(fabs(x[DEC]) <= 90) || !(x[G] < w->max_mag))
        return false;
    const struct sky_star s = {.ra_rad = x[RA] * DEG,
                               .dec_rad = x[DEC] * DEG,
                               .pmra_cosdec_masyr = x[PMRA],
                               .pmdec_masyr = x[PMDEC],
                               .plx_mas = x[PLX],
                               .rv_kms = NAN};
    sky_star_move(&s, catalogue, w->epoch, &ra, &dec);
    double sep = sky_separation(ra, dec, w->ra_deg * DEG, w->dec_deg * DEG);
    if (sep > w->radius_deg * DEG)
        return false;
    if (table_int(from, row, (size_t)column[ID], &id))
        table_put_int(to, ID, id);
    table_put_double(to, RA, ra / DEG);
    table_put_double(to, DEC, dec / DEG);
    for (int i = PMRA; i < READ; i++)
        copy_number(to, (size_t)i, x[i]);
    table_put_double(to, READ, sep / DEG * 3600);
    return true;
}

enum status gaia_move(const struct table *answer, const struct gaia_wish *w, struct table **out,
                      struct error *err)
{
    int column[READ];
    uint64_t most = w->max_rows ? w->max_rows : ROWS;
    enum status st = OK;
    *out = NULL;
    for (int i = 0; i < READ; i++) {
        column[i] = table_find(answer, names[i]);
        if (column[i] < 0 && i != BP_RP && i != RUWE)
            return err_set(err, E_PARSE, "Gaia: the answer has no column %s", names[i]);
    }
    struct table *t = table_new(NULL);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        table_add(t, &fields[i]);
    for (size_t row = 0; row < answer->rows && t->rows < most && st == OK; row++)
        if (put_star(t, answer, row, column, w))
            st = table_row_end(t, err);
    if (st != OK)
        table_free(t);
    else
        *out = t;
    return st;
}

/* ---- fields that are kept ---- */

struct field {
    double ra, dec, radius, g, asked;
    unsigned long long rows;
};

static bool covers(const struct field *f, const struct gaia_wish *w)
{
    double sep = sky_separation(f->ra * DEG, f->dec * DEG, w->ra_deg * DEG, w->dec_deg * DEG) / DEG;
    bool all = f->g >= w->max_mag - 1e-3;
    bool same = f->asked >= w->max_mag - 1e-3 && f->rows >= (w->max_rows ? w->max_rows : ROWS);
    return sep + w->radius_deg <= f->radius + 1e-5 && (all || same);
}

/* The smallest kept field that covers the wish: its path, freed by the caller; NULL. */
static char *find_kept(const struct vo_access *a, const struct gaia_wish *w, bool *cut)
{
    char *folder = vo_place(a, "."), best[256] = "";
    DIR *d = folder ? opendir(folder) : NULL;
    double least = HUGE_VAL;
    for (struct dirent *e; d && (e = readdir(d));) {
        struct field f;
        int n = 0;
        bool named = sscanf(e->d_name, "gaia-%lf-%lf-%lf-%lf-%lf-%llu.vot%n", &f.ra, &f.dec,
                            &f.radius, &f.g, &f.asked, &f.rows, &n) == 6 &&
                     n > 0 && !e->d_name[n];
        if (named && covers(&f, w) && f.radius < least) {
            least = f.radius;
            *cut = f.g < w->max_mag - 1e-3;
            snprintf(best, sizeof best, "%s", e->d_name);
        }
    }
    if (d)
        closedir(d);
    free(folder);
    return *best ? vo_place(a, best) : NULL;
}

static void keep(const struct vo_access *a, const struct table *t, const struct field *f)
{
    char name[128];
    struct error err;
    struct str bytes = {0};
    bool done = false;
    struct table_writer *w = table_writer_new(NULL, t, TABLE_VOTABLE_BINARY2);
    while (!done && table_writer_step(w, 4096, &bytes, &done, &err) == OK)
        ;
    table_writer_free(w);
    snprintf(name, sizeof name, "gaia-%.5f-%.5f-%.5f-%.3f-%.3f-%llu.vot", f->ra, f->dec, f->radius,
             f->g, f->asked, f->rows);
    char *path = vo_place(a, name), *folder = vo_place(a, ".");
    if (path && done && keep_write(path, name, bytes.s, bytes.n, "", "", vo_now_ns(a), &err) != OK)
        log_put(LOG_WARN, "vo", "gaia", "the field is not kept: %s", err.text);
    if (folder)
        keep_prune(folder, "gaia", KEPT_MOST);
    free(path);
    free(folder);
    str_clear(&bytes);
}

/* ---- asking ---- */

struct gaia {
    const struct vo_access *access;
    const struct gaia_mirror *mirrors;
    struct gaia_wish wish;
    struct field asked;
    uint64_t rows, request, timer;
    size_t mirror;
    gaia_done_fn *done;
    void *arg;
    struct error why;
    bool over;
};

static void finish(struct gaia *g, struct gaia_result *r)
{
    g->over = true;
    g->done(g->arg, r);
    table_free(r->table);
}

static void fail(struct gaia *g, const struct error *why)
{
    struct gaia_result r = {.err = *why, .from = ""};
    finish(g, &r);
}

static void give(struct gaia *g, const struct table *t, const char *from, double age_s, bool cut)
{
    struct gaia_result r = {.from = from, .age_s = age_s};
    uint64_t most = g->wish.max_rows ? g->wish.max_rows : ROWS;
    if (gaia_move(t, &g->wish, &r.table, &r.err) == OK)
        r.err.status = OK, r.cut = cut || r.table->rows >= most;
    else
        r.table = NULL;
    finish(g, &r);
}

static void ask(struct gaia *g);

/* Complete down to the faintest star that came, if not all came. */
static bool keep_answer(struct gaia *g, const struct table *t)
{
    struct field f = g->asked;
    int column = table_find(t, names[G]);
    bool cut = t->rows >= g->rows && t->rows;
    if (cut && column >= 0)
        f.g = fmin(f.g, table_double(t, t->rows - 1, (size_t)column));
    if (!isnan(f.g) && column >= 0)
        keep(g->access, t, &f);
    return cut;
}

static void on_answer(void *arg, struct vo_answer *a)
{
    struct gaia *g = arg;
    g->request = 0;
    if (a->err.status == E_CANCELLED || g->over)
        return;
    if (a->err.status == OK && (!a->doc || a->doc->tables.n == 0))
        err_set(&a->err, E_PARSE, "%s: there is no table in the answer",
                g->mirrors[g->mirror].name);
    if (a->err.status == OK) {
        bool cut = keep_answer(g, a->doc->tables.at[0]);
        give(g, a->doc->tables.at[0], g->mirrors[g->mirror].name, 0, cut);
        return;
    }
    log_put(LOG_INFO, "vo", "gaia", "%s", a->err.text);
    g->why = a->err;
    g->mirror++;
    ask(g);
}

static void ask(struct gaia *g)
{
    const struct gaia_mirror *m = &g->mirrors[g->mirror];
    struct str url = {0}, form = {0}, adql = {0};
    struct error err;
    if (!m->name) {
        fail(g, &g->why);
        return;
    }
    gaia_adql(&adql, m, g->asked.ra, g->asked.dec, g->asked.radius, g->asked.g, g->rows);
    vo_tap_sync(&url, &form, m->url, str_c(&adql), g->rows);
    const struct vo_question q = {.name = m->name,
                                  .url = url.s,
                                  .body = form.s,
                                  .n_body = form.n,
                                  .total_ms = MIRROR_MS,
                                  .tries = 1,
                                  .done = on_answer,
                                  .arg = g};
    g->request = vo_ask(g->access->http, &q, &err);
    str_clear(&url);
    str_clear(&form);
    str_clear(&adql);
    if (!g->request)
        fail(g, &err);
}

/* The first step, in a turn of its own: a kept field, else the first mirror. */
static int64_t begin(void *arg)
{
    struct gaia *g = arg;
    struct table_doc *doc = NULL;
    struct error err;
    g->timer = 0;
    bool cut = false;
    char *path = find_kept(g->access, &g->wish, &cut);
    struct table_limits limits = {.bytes = KEPT_BYTES};
    if (path && table_read_file(path, &limits, &doc, &err) == OK && doc->tables.n) {
        double age = file_age_s(path);
        free(path);
        give(g, doc->tables.at[0], "kept", age > 0 ? age : 0.001, cut);
        table_doc_free(doc);
        return -1;
    }
    free(path);
    table_doc_free(doc);
    ask(g);
    return -1;
}

/* A star that moves fast may have been outside in 2016: a little more than the field is asked for. */
static double margin_deg(double radius_deg)
{
    return radius_deg * 0.1 + 1.0 / 60;
}

struct gaia *gaia_start(const struct vo_access *access, const struct gaia_mirror *mirrors,
                        const struct gaia_wish *wish, gaia_done_fn *done, void *arg,
                        struct error *err)
{
    if (!(wish->radius_deg > 0 && wish->radius_deg <= 5)) {
        err_set(err, E_RANGE, "Gaia: a radius of %g degrees; 0 to 5 can be asked",
                wish->radius_deg);
        return NULL;
    }
    if (!(fabs(wish->dec_deg) <= 90) || !isfinite(wish->ra_deg) || !isfinite(wish->max_mag)) {
        err_set(err, E_RANGE, "Gaia: no such place or magnitude");
        return NULL;
    }
    struct gaia *g = mem_zero(sizeof *g);
    g->access = access;
    g->mirrors = mirrors ? mirrors : gaia_mirrors;
    g->wish = *wish;
    g->rows = wish->max_rows ? wish->max_rows : ROWS;
    g->rows = g->rows > ROWS_MOST ? ROWS_MOST : g->rows;
    g->asked = (struct field){
        wish->ra_deg,  wish->dec_deg, wish->radius_deg + margin_deg(wish->radius_deg),
        wish->max_mag, wish->max_mag, g->rows};
    g->done = done;
    g->arg = arg;
    err_set(&g->why, E_NET, "Gaia: nobody to ask");
    g->timer = loop_timer(http_loop(access->http), 0, begin, g, "vo/gaia");
    return g;
}

void gaia_free(struct gaia *g)
{
    if (!g)
        return;
    uint64_t request = g->request;
    g->over = true;
    g->request = 0;
    loop_timer_del(http_loop(g->access->http), g->timer);
    if (request)
        http_cancel(g->access->http, request);
    free(g);
}
