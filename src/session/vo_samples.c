/* vo_samples.c - what the VO tab shows in the demo, which asks nobody: an answer of a registry and a
 * cone search, made up for it. Not: real stars.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/formats/tableio.h"
#include "vodesk.h"

static const char registry[] =
    "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><TABLE name=\"registry\">"
    "<FIELD name=\"ivoid\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"res_title\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"short_name\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"res_description\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"waveband\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"access_url\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"standard_id\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"intf_type\" datatype=\"char\" arraysize=\"*\"/>"
    "<FIELD name=\"intf_role\" datatype=\"char\" arraysize=\"*\"/>"
    "<DATA><TABLEDATA>%s</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

static const struct {
    const char *id, *title, *text, *band;
} records[] = {{"ivo://demo.vigie/bursts", "Sample of gamma-ray bursts",
                "Positions and durations of bursts, made up for the demo.", "gamma-ray"},
               {"ivo://demo.vigie/afterglows", "Sample of afterglows",
                "Optical magnitudes of afterglows, made up for the demo.", "optical"},
               {"ivo://demo.vigie/stars", "Sample of field stars",
                "Stars around the fields of the demo's alerts, made up.", "optical#infrared"}};

/* Stars around NGC 891: id, offsets in arcseconds, G, BP-RP, parallax. */
static const struct {
    long long id;
    double dx, dy, mag, colour, parallax;
} stars[] = {{334719684410, 2.5, 6.6, 10.214, 0.842, 3.1120},
             {334719680114, -28.7, -33.9, 11.907, 1.203, 1.0441},
             {334719615690, -102.0, 45.6, 12.330, 0.655, 2.2087},
             {334717451026, 129.6, -69.2, 12.871, 0.911, 0.9012},
             {334719959287, -72.9, 150.1, 13.402, 1.554, 4.7719},
             {334783404991, 18.6, -66.4, 14.321, 1.376, 0.5145},
             {334766038719, -102.8, -134.7, 14.729, 1.158, NAN},
             {334755892455, 59.0, -176.6, 14.987, 1.715, 2.7113},
             {334702133487, 73.0, -220.3, 15.342, 1.328, 1.6461},
             {334737919688, -11.7, 109.8, 15.696, 1.500, 4.6213},
             {334781195501, -23.8, 218.8, 16.026, NAN, 0.8527},
             {334736306290, 198.4, -32.9, 16.305, 0.921, 2.6348},
             {334780785697, -63.8, 42.1, 16.627, 1.766, 3.4735},
             {334704036964, 151.8, 246.7, 16.974, 0.728, 4.3311}};

static struct table_doc *read_table(const char *text)
{
    struct table_reader *r = table_reader_new("demo.vot", NULL);
    struct error err;
    struct table_doc *doc = NULL;
    if (table_reader_feed(r, text, strlen(text), &err) == OK && table_reader_end(r, &err) == OK)
        doc = table_reader_take(r);
    table_reader_free(r);
    return doc;
}

static void answer(struct vo_asked *a, const char *text, int ms)
{
    a->pub.bytes = strlen(text);
    a->pub.code = 200;
    a->pub.state = VO_DONE;
    a->pub.began_ms = -ms;
    vodesk_took(a, read_table(text));
}

static struct vo_query *sample(struct vodesk *d, const struct vo_wish *w, int64_t minutes_ago)
{
    struct vo_query *q = vodesk_add(d, w, 0);
    q->made_ns -= minutes_ago * 60 * 1000000000LL;
    d->pub.past.at[0].made_ns = q->made_ns;
    return q;
}

static void sample_registry(struct vodesk *d)
{
    struct vo_wish w = {.kind = VO_REGISTRY};
    struct str rows = {0};
    vo_wish_set(&w, VO_UAT, "gamma-ray-bursts");
    vo_wish_set(&w, VO_TYPE, "scs");
    struct vo_query *q = sample(d, &w, 21);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct vo_find find = {(uint32_t)i, 0};
        str_addf(&rows,
                 "<TR><TD>%s</TD><TD>%s</TD><TD>sample</TD><TD>%s</TD><TD>%s</TD><TD>"
                 "http://demo.invalid/%s/scs?</TD><TD>ivo://ivoa.net/std/conesearch</TD><TD>"
                 "vs:paramhttp</TD><TD>std</TD></TR>",
                 records[i].id, records[i].title, records[i].text, records[i].band,
                 records[i].id + 17);
        VEC_PUSH(q->find, find);
    }
    char *text = mem_printf(registry, str_c(&rows));
    struct vo_asked *a = vodesk_service(q, d, "registry", "http://demo.invalid/tap", "");
    answer(a, text, 640);
    if (!a->pub.table || registry_read(a->pub.table, &q->records, NULL) != OK)
        q->find.n = 0;
    struct str adql = {0};
    if (vodesk_constraints(d, &w, VO_QUERY, &adql, NULL) == OK)
        q->adql = str_take(&adql);
    str_clear(&adql);
    vo_past_note(d, q);
    free(text);
    str_clear(&rows);
    vo_wish_clear(&w);
}

static void put_value(struct str *out, double x, int decimals)
{
    if (isfinite(x))
        str_addf(out, "<TD>%.*f</TD>", decimals, x);
    else
        str_add(out, "<TD/>");
}

static void star_table(struct str *out, double ra_deg, double dec_deg)
{
    str_add(
        out,
        "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><COOSYS ID=\"s\" system=\"ICRS\"/>"
        "<TABLE name=\"stars\">"
        "<FIELD name=\"source_id\" datatype=\"long\" ucd=\"meta.id;meta.main\"><DESCRIPTION>"
        "Number of the star in this sample</DESCRIPTION></FIELD>"
        "<FIELD name=\"ra\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.ra;meta.main\" "
        "ref=\"s\" precision=\"6\"><DESCRIPTION>Right ascension</DESCRIPTION></FIELD>"
        "<FIELD name=\"dec\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.dec;meta.main\" "
        "ref=\"s\" precision=\"6\"><DESCRIPTION>Declination</DESCRIPTION></FIELD>"
        "<FIELD name=\"G\" datatype=\"float\" unit=\"mag\" ucd=\"phot.mag;em.opt\"><DESCRIPTION>"
        "Magnitude in G</DESCRIPTION></FIELD>"
        "<FIELD name=\"BP-RP\" datatype=\"float\" unit=\"mag\" ucd=\"phot.color\"/>"
        "<FIELD name=\"plx\" datatype=\"float\" unit=\"mas\" ucd=\"pos.parallax\"/>"
        "<DATA><TABLEDATA>");
    for (size_t i = 0; i < sizeof stars / sizeof *stars; i++) {
        double cosine = cos(dec_deg * acos(-1) / 180);
        str_addf(out, "<TR><TD>%lld</TD><TD>%.6f</TD><TD>%.6f</TD><TD>%.3f</TD>", stars[i].id,
                 ra_deg + stars[i].dx / 3600 / cosine, dec_deg + stars[i].dy / 3600, stars[i].mag);
        put_value(out, stars[i].colour, 3);
        put_value(out, stars[i].parallax, 4);
        str_add(out, "</TR>");
    }
    str_add(out, "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>");
}

void vo_samples(struct vodesk *d)
{
    struct vo_wish w = {.kind = VO_CONE};
    struct str text = {0};
    sample_registry(d);
    vo_wish_set(&w, VO_PLACE, "NGC 891 = 02:22:33.4 +42:20:57");
    vo_wish_set(&w, VO_RADIUS, "5'");
    vo_wish_set(&w, VO_ROWS, "2000");
    vo_wish_target(&w, "Sample of field stars", "http://demo.invalid/stars/scs?",
                   "ivo://demo.vigie/stars", "scs");
    vo_wish_target(&w, "Sample of gamma-ray bursts", "http://demo.invalid/bursts/scs?",
                   "ivo://demo.vigie/bursts", "scs");
    struct vo_query *q = sample(d, &w, 2);
    if (!vo_place_read(vo_wish_get(&w, VO_PLACE), &q->ra_deg, &q->dec_deg))
        q->ra_deg = q->dec_deg = 0;
    q->radius_deg = 5 / 60.0;
    struct vo_asked *a =
        vodesk_service(q, d, w.target.at[0].name, w.target.at[0].url, w.target.at[0].ivoid);
    star_table(&text, q->ra_deg, q->dec_deg);
    answer(a, str_c(&text), 410);
    free(a->pub.url);
    a->pub.url = mem_printf("http://demo.invalid/stars/scs?RA=%.6f&DEC=%.6f&SR=%.6f", q->ra_deg,
                            q->dec_deg, q->radius_deg);
    a = vodesk_service(q, d, w.target.at[1].name, w.target.at[1].url, w.target.at[1].ivoid);
    a->pub.state = VO_FAILED;
    a->pub.began_ms = -30000;
    err_set(&a->pub.err, E_TIMEOUT, "Sample of gamma-ray bursts: no answer in 30 s (a sample)");
    vo_past_note(d, q);
    str_clear(&text);
    vo_wish_clear(&w);
}
