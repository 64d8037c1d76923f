/* wire.h - what session and client say to each other: framed, bounded messages; where the socket
 * lies. Not: the sockets themselves (session/server.c, client/client.c).
 * A frame: one byte type, four bytes length (little endian), then the bytes.
 */
#ifndef VIGIE_BASE_WIRE_H
#define VIGIE_BASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

enum { WIRE_VERSION = 2, WIRE_HEAD = 5, WIRE_MAX = 65536 };

/* client -> session
 *   HELLO    version, then struct wire_hello: the first message
 *   KEYS     bytes of the terminal (plain: of standard input)
 *   SIZE     rows, columns
 *   REDRAW   the screen is not to be relied on: a whole frame, please
 *   END      standard input is over (plain)
 *   SEND     version, then Lua: `vigie send`; instead of HELLO, nothing follows
 *   EDITED   the editor has ended: its exit status (one byte)
 * session -> client
 *   HELLO    version, pid, path of its log
 *   RESTORE  what gives the terminal back; replaces the one before
 *   SCREEN   bytes for the terminal
 *   SUSPEND  stop yourself (C-z)
 *   COPY     text for tmux's paste buffer, run by the client: tmux drops a program's own OSC 52
 *   EDIT     path of a file: the client runs the user's editor on it, on its terminal
 *   ERROR    bytes for standard error (SEND; SCREEN frames are its standard output)
 *   BYE      exit status (one byte), then a sentence for the user; the last message
 * both
 *   PING, PONG  are you there; I am */
enum wire_type {
    WIRE_HELLO = 'H',
    WIRE_KEYS = 'K',
    WIRE_SIZE = 'Z',
    WIRE_REDRAW = 'D',
    WIRE_END = 'E',
    WIRE_SEND = 'L',
    WIRE_EDITED = 'F',
    WIRE_RESTORE = 'R',
    WIRE_SCREEN = 'S',
    WIRE_SUSPEND = 'Y',
    WIRE_COPY = 'C',
    WIRE_EDIT = 'V',
    WIRE_ERROR = 'X',
    WIRE_BYE = 'B',
    WIRE_PING = 'P',
    WIRE_PONG = 'O'
};

/* wire_put - append a frame; n at most WIRE_MAX. wire_put_bytes - any n, as several frames of the
 * type. wire_put_screen - the same as SCREEN frames. */
void wire_put(struct str *out, enum wire_type type, const void *bytes, size_t n);
void wire_put_bytes(struct str *out, enum wire_type type, const void *bytes, size_t n);
void wire_put_screen(struct str *out, const void *bytes, size_t n);

/* struct wire_in - bytes that arrived and are not yet whole frames; zeroed: none. */
struct wire_in {
    struct str got;
    size_t at;
};
struct wire_frame {
    int type; /* of enum wire_type, or one that is not known here */
    const unsigned char *bytes;
    size_t n;
};

/* wire_feed - bytes came in. wire_next - the next whole frame.
 *   returns  1: f is it, valid until the next feed; 0: none whole; -1: a length above WIRE_MAX: the
 *            peer does not speak this language
 *   test     tests/base/check_wire.c */
void wire_feed(struct wire_in *in, const void *bytes, size_t n);
int wire_next(struct wire_in *in, struct wire_frame *f);
void wire_clear(struct wire_in *in);

/* struct wire_hello - the client's terminal. Texts: at most 255 bytes are sent. */
enum { WIRE_ENV_N = 6 };
extern const char *const wire_env[WIRE_ENV_N]; /* TERM COLORTERM NO_COLOR SSH_CONNECTION TMUX
                                                  CHARSET, the last one no variable */
struct wire_hello {
    uint32_t version;
    int rows, cols;
    bool plain;
    char env[WIRE_ENV_N][256];
};
void wire_put_hello(struct str *out, const struct wire_hello *h);

/* wire_get_hello - read one. E_PARSE: too short; of another version only `version` is read and the
 * answer is E_REFUSED. */
enum status wire_get_hello(const struct wire_frame *f, struct wire_hello *h) MUST_CHECK;

/* wire_put_welcome, wire_get_welcome - the session's HELLO. log: at least 1024 bytes. */
void wire_put_welcome(struct str *out, uint32_t pid, const char *log);
enum status wire_get_welcome(const struct wire_frame *f, uint32_t *version, uint32_t *pid,
                             char log[1024]) MUST_CHECK;

/* wire_put_send, wire_get_send - Lua to be run, at most WIRE_SEND_MAX bytes. E_REFUSED: another
 * version (*version says which); code is borrowed from the frame, it has no zero byte at its end. */
enum { WIRE_SEND_MAX = WIRE_MAX - 4 };
void wire_put_send(struct str *out, const char *code, size_t n);
enum status wire_get_send(const struct wire_frame *f, uint32_t *version, const char **code,
                          size_t *n) MUST_CHECK;

/* wire_put_size, wire_get_size - rows and columns, 1 .. 1000 each (others are brought there). */
void wire_put_size(struct str *out, int rows, int cols);
enum status wire_get_size(const struct wire_frame *f, int *rows, int *cols) MUST_CHECK;

/* wire_put_bye - the last word. The sentence is cut at 1 kB. */
void wire_put_bye(struct str *out, int exit_status, const char *sentence);

/* wire_socket - path of the session's socket: in $XDG_RUNTIME_DIR/vigie, or /tmp/vigie-UID, which
 * is made (0700) and must belong to this user alone.
 *   store    path of the store, which names the socket; NULL: that of --demo
 *   returns  the path, the caller frees; NULL with err: E_REFUSED, the folder is another's or open
 *            to others; E_RANGE, the path is too long for a socket */
char *wire_socket(const char *store, struct error *err) MUST_CHECK;

/* wire_peer_uid - who is at the other end of a local socket (SO_PEERCRED); -1: cannot be told. */
long wire_peer_uid(int fd);

#endif
