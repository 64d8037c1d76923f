/* input.h - bytes of a terminal -> keys. Not: bindings (keymap.h), a terminal (term.h).
 * Application and normal mode, xterm's modified keys, UTF-8, bracketed paste, mouse (SGR and X10),
 * focus, answers. Source: ECMA-48, section 5.4 (control sequences); xterm, ctlseqs; terminfo for
 * what a terminal sends besides.
 * An unfinished sequence is held until it is whole or its time is over; whatever is sent, at most
 * 256 bytes are held.
 */
#ifndef VIGIE_SRC_UI_INPUT_H
#define VIGIE_SRC_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key.h"
#include "vigie/base/mem.h"

struct input;

/* input_new - escdelay_ms: how long a lone ESC waits for what may follow (25 on the spot, 100 over
 * ssh); what can only be a sequence (ESC [) waits 1 s. input_free(NULL) is fine. */
struct input *input_new(int64_t escdelay_ms);
void input_free(struct input *in);

/* input_define - this terminal sends `bytes` (2 .. 31) for a key; a later definition wins. */
void input_define(struct input *in, const char *bytes, struct key key);

/* input_feed - n bytes that came at now_ms (any steady clock). Keys are then taken by input_next.
 * input_next - the next key, false if there is none (yet). At most 4096 keys wait; what is above is
 * dropped.
 * input_wait - ms until the held sequence must be given up, 0 if that time is over, -1 if nothing
 * is held; input_next with that time then gives what it was. test: tests/ui/check_input.c, fuzz:
 * tests/fuzz/fuzz_input.c */
void input_feed(struct input *in, const void *bytes, size_t n, int64_t now_ms);
bool input_next(struct input *in, int64_t now_ms, struct key *out);
int64_t input_wait(const struct input *in, int64_t now_ms);

/* input_answer - the terminal's answer that a K_ANSWER key stands for, without its ESC:
 * "[?2026;2$y",
 * "]12;rgb:...". Borrowed; the last 8 are kept. */
const char *input_answer(const struct input *in, const struct key *key);

#endif
