/* alert_samples.c - packets for the demo, in the layouts that brokers use. Written for it: no such
 * events, positions and numbers are invented, and each name and text says so.
 */
#include <stdlib.h>
#include <string.h>

#include "alertbook.h"
#include "vigie/base/log.h"

#define PACKET(role, id)                                                                           \
    "<voe:VOEvent xmlns:voe=\"http://www.ivoa.net/xml/VOEvent/v2.0\" version=\"2.0\" "             \
    "role=\"" role "\" ivorn=\"ivo://sample.invalid/" id "\">"
#define WHO(minutes) "<Who><Date>@" minutes "@</Date></Who>"
#define WHERE(minutes, ra, dec, error)                                                             \
    "<WhereWhen><ObsDataLocation><ObservationLocation>"                                            \
    "<AstroCoordSystem id=\"UTC-ICRS-GEO\"/><AstroCoords coord_system_id=\"UTC-ICRS-GEO\">"        \
    "<Time><TimeInstant><ISOTime>@" minutes "@</ISOTime></TimeInstant></Time>"                     \
    "<Position2D unit=\"deg\"><Name1>RA</Name1><Name2>Dec</Name2>"                                 \
    "<Value2><C1>" ra "</C1><C2>" dec "</C2></Value2><Error2Radius>" error                         \
    "</Error2Radius></Position2D></AstroCoords></ObservationLocation></ObsDataLocation>"           \
    "</WhereWhen>"
#define SAID(text) "<Description>Sample of the demo: " text "</Description>"
#define END        "</voe:VOEvent>"
#define COLIBRI(id, name, type, class, mag, minutes, ra, dec, seen)                                \
    "{\"trigger_id\":\"" id "\",\"source_name\":\"" name "\",\"type\":\"" type                     \
    "\",\"classification\":\"" class "\",\"transient_flux\":" mag                                  \
                                     ",\"transient_flux_units\":\"mag\",\"time\":\"@" minutes      \
                                     "@\",\"ra\":" ra ",\"dec\":" dec                              \
                                     ",\"err\":0.0003,\"observatory\":\"Sample "                   \
                                     "survey\",\"comment\":\"Sample of the demo: " seen            \
                                     "\",\"filter\":\"g\",\"host\":\"invented\"}"

/* @-190@ becomes the instant 190 minutes before now. */
static const char *const packets[] = {
    COLIBRI("sample-1", "Sample SN A", "ot_sn", "SN Ia", "16.8", "-192", "35.62", "42.35",
            "a young supernova at the edge of a galaxy"),
    COLIBRI("sample-2", "Sample SN B", "ot_sn", "SN II", "17.6", "-1562", "339.25", "34.42",
            "a supernova past its peak"),
    COLIBRI("sample-3", "Sample CV C", "ot_cv", "CV", "15.9", "-4085", "83.60", "22.02",
            "a dwarf nova in outburst"),
    COLIBRI("sample-4", "Sample SN D", "ot_sn", "SN Ia", "17.9", "-6193", "114.24", "65.60",
            "a supernova that never sets in Europe"),
    PACKET("observation", "nasa.gsfc.gcn/SAMPLE#BAT_GRB_Pos_900001-1")
        WHO("-41") "<What><Param name=\"TrigID\" value=\"900001\"/>"
                   "<Param name=\"Rate_Signif\" value=\"9.4\" unit=\"sigma\"/>"
                   "<Group name=\"Solution_Status\"><Param name=\"StarTrack_Lost_Lock\" "
                   "value=\"false\"/>"
                   "</Group></What>" WHERE("-41", "24.21", "15.83",
                                           "0.05") "<Why importance=\"0.9\"><Name>Sample GRB "
                                                   "E</Name>" SAID("the burst, with a coarse "
                                                                   "position") "</Why>" END,
    PACKET("observation", "nasa.gsfc.gcn/SAMPLE#XRT_Pos_900001-2")
        WHO("-38") "<What><Param name=\"TrigID\" value=\"900001\"/>"
                   "<Param name=\"XRT_Flux\" value=\"2.1e-10\" unit=\"erg/cm2/s\"/></What>" WHERE(
                       "-41", "24.20", "15.80", "0.0011") "<Why importance=\"0.9\"><Name>Sample "
                                                          "GRB E</Name>" SAID("the afterglow in "
                                                                              "X-rays") "</"
                                                                                        "Why>" END,
    "{\"$schema\":\"https://gcn.nasa.gov/schema/v4.1.0/gcn/notices/icecube/"
    "gold_bronze_track_alerts.schema.json\",\"mission\":\"IceCube\",\"id\":[\"900002\"],"
    "\"event_name\":[\"Sample nu F\"],\"alert_datetime\":\"@-300@Z\",\"trigger_time\":\"@-301@Z\","
    "\"alert_tense\":\"current\",\"alert_type\":\"initial\",\"ra\":187.2,\"dec\":12.4,"
    "\"ra_dec_error\":0.6,\"far\":1.9e-8,"
    "\"additional_info\":\"Sample of the demo: a track of a neutrino\"}",
    PACKET("observation", "gwnet/SAMPLE#G-1")
        WHO("-1805") "<What><Param name=\"FAR\" value=\"3.2e-9\" unit=\"Hz\"/>"
                     "<Param name=\"AlertType\" value=\"Preliminary\"/>"
                     "<Group name=\"Classification\"><Param name=\"BNS\" value=\"0.92\"/>"
                     "<Param name=\"Terrestrial\" value=\"0.08\"/></Group></What>"
                     "<Why><Name>Sample GW G</Name>" SAID(
                         "two neutron stars merge; no position") "</Why>" END,
    PACKET("observation", "nasa.gsfc.gcn/SAMPLE#Sample_Trigger_900003-1")
        WHO("-520") "<What><Param name=\"TrigID\" value=\"900003\"/></What>" WHERE(
            "-521", "201.7", "-43.0",
            "3.2") "<Why importance=\"0.4\"><Name>Sample GRB H</Name>" SAID("a burst that is taken "
                                                                            "back") "</Why>" END,
    PACKET("observation", "nasa.gsfc.gcn/SAMPLE#Sample_Trigger_900003-2")
        WHO("-500") "<What><Param name=\"TrigID\" value=\"900003\"/></What>"
                    "<Citations><EventIVORN cite=\"retraction\">"
                    "ivo://sample.invalid/nasa.gsfc.gcn/SAMPLE#Sample_Trigger_900003-1</"
                    "EventIVORN></Citations>"
                    "<Why><Name>Sample GRB H</Name>" SAID(
                        "it was a particle, not a burst") "</Why>" END,
    PACKET("test", "nasa.gsfc.gcn/SAMPLE#Sample_Test_900004")
        WHO("-15") "<What><Param name=\"TrigID\" value=\"900004\"/></What>" WHERE(
            "-15", "10.0", "41.0",
            "0.1") "<Why><Name>Sample test J</Name>" SAID("a test packet, kept apart") "</Why>" END,
};

static void fill_in(const char *text, int64_t now_ns, struct str *out)
{
    for (const char *at; (at = strchr(text, '@')); text = strchr(at + 1, '@') + 1) {
        char when[UTC_TEXT];
        int64_t minutes = strtol(at + 1, NULL, 10);
        utc_format(utc_of_wall(now_ns + minutes * 60000000000LL), 0, when);
        when[strlen(when) - 1] = 0; /* its Z */
        str_addn(out, text, (size_t)(at - text));
        str_add(out, when);
    }
    str_add(out, text);
}

void alert_samples(struct session *s)
{
    int64_t now_ns = session_now_ns(s);
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        struct str text = {0};
        struct alert_taken t;
        struct error err = {0};
        fill_in(packets[i], now_ns, &text);
        if (alert_book_take(s->alerts, str_c(&text), text.n, "demo", "sample packet",
                            now_ns / 1000000, &t, &err) != OK ||
            t.refused)
            log_put(LOG_TROUBLE, "alerts", "samples", "packet %zu: %s%s", i, err.text, t.reason);
        str_clear(&text);
    }
}
