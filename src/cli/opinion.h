/* opinion.h - the NASA Exoplanet Archive's ephemerides of a few planets, asked once, beside ours.
 * Not: its query and its answer (transits/nasa.h, fetch.h).
 */
#ifndef VIGIE_SRC_CLI_OPINION_H
#define VIGIE_SRC_CLI_OPINION_H

#include "cli.h"

#include "vigie/formats/json.h"
#include "vigie/transits/list.h"

enum { OPINION_MAX = 10 };

/* struct opinions - one answer a planet. answered: it answered; there: it has an ephemeris of use,
 * which is that of `other`, from `reference`. */
struct opinions {
    size_t n;
    struct opinion {
        const struct planet *planet; /* borrowed */
        bool answered, there, unsure;
        struct planet other;
        char *reference;
    } at[OPINION_MAX];
};

/* opinions_ask - ask for these planets (the first OPINION_MAX) and wait. What fails is said on err.
 * Returns CLI_OK, or CLI_NET if an answer is missing. Free with opinions_clear. */
int opinions_ask(struct cli *cli, const struct planet *const *planet, size_t n, struct opinions *o);
void opinions_clear(struct opinions *o);

/* opinion_json - the key "second_opinion" of an event's record: null, or an object. opinion_print -
 * the same as a line for people. */
void opinion_json(const struct opinions *o, const struct transit_event *e, struct json_writer *w);
void opinion_print(const struct opinions *o, const struct transit_event *e, FILE *out);

#endif
