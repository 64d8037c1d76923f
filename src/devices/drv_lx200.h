/* drv_lx200.h - the state of the LX200 driver, for its two files. Not: the dialects (lx200.h).
 */
#ifndef VIGIE_SRC_DEVICES_DRV_LX200_H
#define VIGIE_SRC_DEVICES_DRV_LX200_H

#include "driver.h"
#include "lx200.h"
#include "mount.h"

/* What an answer is an answer to. */
enum lx200_tag {
    T_PRODUCT,
    T_VERSION,
    T_LENGTH, /* :GR# while identifying: how many digits? */
    T_MODE,   /* ACK */
    T_WORD,   /* :GW# */
    T_PIER,
    T_DEC,
    T_RA,
    T_SIDEREAL,
    T_ZONE,
    T_LOCAL,
    T_DATE,
    T_LAT,
    T_LON,
    T_BARS,
    T_LETTERS,
    T_INFO,
    T_TARGET_RA,
    T_TARGET_DEC,
    T_GOTO,
    T_SYNC,
    T_CHECK_RA,
    T_CHECK_DEC,
    T_SIMPLE, /* of a request: 1 done, 0 refused, or no answer at all */
    T_NOTE,   /* has no answer, nothing follows */
    T_PARK,
    T_READY
};

struct lx200 {
    struct driver_host h;
    struct mount m;
    const struct lx200_dialect *d;
    char product[64], version[32], known_as[128];
    bool fixed; /* the dialect is the configuration's */
    bool again, low, asked_long, bars_known, no_bars, parking;
    bool altaz, tracking_told, words; /* words: it answers :GW# */
    int fault;                        /* last told */
    double ra_hours;                  /* read, its declination not yet */
    int64_t ra_ms, sidereal_ms;
    /* one request with several questions at a time */
    enum device_verb verb;
    uint64_t ticket;
    double to_ra, to_dec;
    int form; /* which way of writing :Sr is tried */
    double zone_h, local_h;
    bool has_zone, has_local;
    int left, tries; /* T_SIMPLE that are still due; silence while identifying */
    bool refused;
    struct {
        uint64_t ticket;
        int64_t until;
    } guide[2];
};

/* lx200_put - a question with its tag. lx200_ask_* - see drv_lx200_ask.c. */
void lx200_put(struct lx200 *l, enum xrank rank, enum lx200_tag tag, enum reply reply,
               bool (*ok)(const char *, size_t), int deadline_ms, const char *fmt, ...)
    PRINTF(7, 8);
void lx200_answer(void *self, const struct xreply *r, int tag);
void lx200_poll(void *self);
enum status lx200_ask(void *self, const struct device_request *r, uint64_t ticket,
                      struct error *err);
void lx200_asked_answer(struct lx200 *l, const struct xreply *r, enum lx200_tag tag);
void lx200_read_site(struct lx200 *l);
void lx200_stop(void *self);
size_t lx200_halt(void *self, struct xcmd c[HALT_MOST]);
void lx200_move_end(void *self, enum move_direction d);
void lx200_guide_tick(struct lx200 *l);
void lx200_asked_over(struct lx200 *l, enum status status, const char *text);

#endif
