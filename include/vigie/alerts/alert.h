/* alert.h - one alert as a broker sent it, whatever its format: the record that everything in this
 * room works on. Not: the event that several alerts tell of (chain.h), not the store of them.
 */
#ifndef VIGIE_ALERTS_ALERT_H
#define VIGIE_ALERTS_ALERT_H

#include <stdbool.h>
#include <stddef.h>

#include "vigie/base/err.h"
#include "vigie/base/mem.h"
#include "vigie/formats/json.h"
#include "vigie/sky/scale.h"

enum alert_format { ALERT_VOEVENT, ALERT_ASTROCOLIBRI, ALERT_GCN, ALERT_IGWN };
enum { ALERT_FORMATS = ALERT_IGWN + 1 };

/* enum alert_kind - coarse class, from who sent it (packets name no class). */
enum alert_kind {
    ALERT_GW,
    ALERT_NU,
    ALERT_MULTI,
    ALERT_OPTICAL,
    ALERT_FRB,
    ALERT_HIGHENERGY,
    ALERT_OTHER
};
enum { ALERT_KINDS = ALERT_OTHER + 1 };

/* enum alert_standing - SKY: something happened in the sky (role observation or prediction, or one
 * that the standard does not know); TEST: a test, mock or injection whatever its role says; UTILITY:
 * about an instrument. Only SKY ever rings. */
enum alert_standing { ALERT_SKY, ALERT_TEST, ALERT_UTILITY };

/* struct alert_param - one of the packet's own parameters. group: its Group, or the path of the
 * JSON object it lies in; NULL at the top. value, unit: NULL where absent, "" where empty. */
struct alert_param {
    const char *group, *name, *value, *unit;
};

struct alert_citation {
    const char *kind, *id; /* "followup", "supersedes", "retraction"; the ivorn cited */
};

/* struct alert - texts are NULL, numbers NAN, instants not numbers where unknown. Texts are as they
 * were sent: clean them (utf8_clean) before they reach a terminal.
 *   id           ivorn; superevent id; trigger id; GCN id, the first of a list
 *   stream       ivorn before the first '#'
 *   role         as written, "observation" when absent
 *   name         what people call it
 *   type         "grb", "ot", "gw", "nu", "frb"... lower case: Astro-COLIBRI's own, else from the kind
 *   facility     observatory or mission, with the instrument: "Swift XRT"
 *   packet       what kind of message: "BAT_GRB_Pos", "Initial", "update"
 *   time         when it happened; issued: when it was announced (packet date, update time)
 *   expires      after this a follow-up is too late
 *   ra_rad, dec_rad  ICRS (FK5 is taken as ICRS: 0.03" at most); both NAN or neither
 *   error_rad    radius (of an ellipse the larger axis), NAN without a position
 *   mag, band    apparent magnitude and its filter
 *   far_hz       false alarms per second
 *   importance   0 .. 1, the sender's own
 *   distance_mpc luminosity distance
 *   key          what chains updates together; keys: every key it is known by (key is the first)
 *   retraction   it takes back what was announced before
 *   raw, n_raw   its own bytes, where it is one of several in the input; NULL: all of the input */
struct alert {
    enum alert_format format;
    enum alert_kind kind;
    enum alert_standing standing;
    bool retraction;
    const char *raw;
    size_t n_raw;
    const char *id, *stream, *role, *name, *type, *facility, *packet, *classification, *description;
    struct jd_utc time, issued, expires;
    double ra_rad, dec_rad, error_rad;
    double mag, redshift, far_hz, importance, distance_mpc;
    const char *band;
    const char *key;
    struct {
        const char **at;
        size_t n;
    } keys;
    struct {
        struct alert_citation *at;
        size_t n;
    } citations;
    struct {
        struct alert_param *at;
        size_t n;
    } params;
    struct {
        const char **at;
        size_t n;
    } references;
    struct arena arena;
};

/* struct alert_batch - what one file or answer holds: alerts in its order, and a sentence for each
 * item that was refused ("trigger NOPE: event not found"). */
struct alert_batch {
    VEC(struct alert *) alerts;
    VEC(char *) refused;
};

enum { ALERT_MAX_BYTES = 64 << 20, ALERT_MAX_EVENTS = 100000 };

/* alert_decode - read a packet or an answer; which format it is, is told from the content.
 *   bytes    n of them, at most ALERT_MAX_BYTES
 *   out      alerts (owned; alert_batch_clear, or taken out one by one); may be empty with OK (an
 *            answer without events)
 *   err      E_PARSE, E_RANGE: not readable as any format, with the reason; E_ABSENT: it is
 *            readable and no alert (a heartbeat, a circular, a request); E_REFUSED: the service's
 *            own error answer, with its message; E_BUSY: the same, too many calls
 *   test     tests/alerts/check_decode.c, the alert corpus */
enum status alert_decode(const void *bytes, size_t n, struct alert_batch *out,
                         struct error *err) MUST_CHECK;
void alert_batch_clear(struct alert_batch *b);
void alert_free(struct alert *a);

/* alert_json - write the record of `alerts show` (a whole object).
 *   file      path as it was given, NULL: the key is left out
 *   received  when it came, not a number: null */
void alert_json(struct json_writer *w, const struct alert *a, const char *file,
                struct jd_utc received);

/* alert_format_name - "voevent", "astrocolibri", "gcn", "igwn". alert_kind_name - "GW", "NU"...
 * alert_standing_name - "sky", "test", "utility". Static. alert_kind_of - from the name without
 * regard to case, false if unknown. */
const char *alert_format_name(enum alert_format f);
const char *alert_kind_name(enum alert_kind k);
const char *alert_standing_name(enum alert_standing s);
bool alert_kind_of(const char *name, enum alert_kind *k);

/* alert_param - the first parameter of that name without regard to case (group NULL: any); NULL if
 * there is none. alert_param_value - its value, NULL too if it has none. */
const struct alert_param *alert_param(const struct alert *a, const char *group, const char *name);
const char *alert_param_value(const struct alert *a, const char *group, const char *name);

/* alert_time_known - whether an instant is a number. */
bool alert_time_known(struct jd_utc t);

#endif
