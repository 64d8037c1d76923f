/* wire.c - see wire.h. Local sockets: unix(7). */
#include "vigie/base/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"

const char *const wire_env[WIRE_ENV_N] = {"TERM",           "COLORTERM", "NO_COLOR",
                                          "SSH_CONNECTION", "TMUX",      "CHARSET"};

static void put_number(struct str *out, uint32_t x, int bytes)
{
    for (int i = 0; i < bytes; i++)
        str_addc(out, (char)(unsigned char)(x >> (8 * i)));
}

static uint32_t get_number(const unsigned char *p, int bytes)
{
    uint32_t x = 0;
    for (int i = 0; i < bytes; i++)
        x |= (uint32_t)p[i] << (8 * i);
    return x;
}

void wire_put(struct str *out, enum wire_type type, const void *bytes, size_t n)
{
    ensure(n <= WIRE_MAX);
    str_addc(out, (char)type);
    put_number(out, (uint32_t)n, 4);
    str_addn(out, bytes, n);
}

void wire_put_bytes(struct str *out, enum wire_type type, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        size_t part = n < WIRE_MAX ? n : WIRE_MAX;
        wire_put(out, type, p, part);
        p += part;
        n -= part;
    }
}

void wire_put_screen(struct str *out, const void *bytes, size_t n)
{
    wire_put_bytes(out, WIRE_SCREEN, bytes, n);
}

void wire_feed(struct wire_in *in, const void *bytes, size_t n)
{
    if (in->at > 0) { /* frames already read make room */
        size_t left = in->got.n - in->at;
        memmove(in->got.s, in->got.s + in->at, left);
        in->got.n = left;
        in->at = 0;
    }
    str_addn(&in->got, bytes, n);
}

int wire_next(struct wire_in *in, struct wire_frame *f)
{
    size_t have = in->got.n - in->at;
    if (have < WIRE_HEAD)
        return 0;
    const unsigned char *p = (const unsigned char *)in->got.s + in->at;
    uint32_t n = get_number(p + 1, 4);
    if (n > WIRE_MAX)
        return -1;
    if (have < WIRE_HEAD + n)
        return 0;
    *f = (struct wire_frame){p[0], p + WIRE_HEAD, n};
    in->at += WIRE_HEAD + n;
    return 1;
}

void wire_clear(struct wire_in *in)
{
    str_clear(&in->got);
    in->at = 0;
}

void wire_put_hello(struct str *out, const struct wire_hello *h)
{
    struct str b = {0};
    put_number(&b, h->version, 4);
    put_number(&b, (uint32_t)h->rows, 2);
    put_number(&b, (uint32_t)h->cols, 2);
    put_number(&b, h->plain, 1);
    for (int i = 0; i < WIRE_ENV_N; i++)
        str_addn(&b, h->env[i], strnlen(h->env[i], sizeof h->env[i] - 1) + 1);
    wire_put(out, WIRE_HELLO, b.s, b.n);
    str_clear(&b);
}

static int within(uint32_t x)
{
    return x < 1 ? 1 : x > 1000 ? 1000 : (int)x;
}

enum status wire_get_hello(const struct wire_frame *f, struct wire_hello *h)
{
    memset(h, 0, sizeof *h);
    if (f->type != WIRE_HELLO || f->n < 4)
        return E_PARSE;
    h->version = get_number(f->bytes, 4);
    if (h->version != WIRE_VERSION)
        return E_REFUSED;
    if (f->n < 9)
        return E_PARSE;
    h->rows = within(get_number(f->bytes + 4, 2));
    h->cols = within(get_number(f->bytes + 6, 2));
    h->plain = f->bytes[8] != 0;
    size_t at = 9;
    for (int i = 0; i < WIRE_ENV_N && at < f->n; i++) {
        size_t len = strnlen((const char *)f->bytes + at, f->n - at);
        if (at + len == f->n || len >= sizeof h->env[i])
            return E_PARSE; /* each is ended by a zero byte */
        memcpy(h->env[i], f->bytes + at, len + 1);
        at += len + 1;
    }
    return OK;
}

void wire_put_welcome(struct str *out, uint32_t pid, const char *log)
{
    struct str b = {0};
    put_number(&b, WIRE_VERSION, 4);
    put_number(&b, pid, 4);
    str_addn(&b, log, strnlen(log, 1023));
    wire_put(out, WIRE_HELLO, b.s, b.n);
    str_clear(&b);
}

enum status wire_get_welcome(const struct wire_frame *f, uint32_t *version, uint32_t *pid,
                             char log[1024])
{
    if (f->type != WIRE_HELLO || f->n < 8 || f->n - 8 >= 1024)
        return E_PARSE;
    *version = get_number(f->bytes, 4);
    *pid = get_number(f->bytes + 4, 4);
    memcpy(log, f->bytes + 8, f->n - 8);
    log[f->n - 8] = 0;
    return OK;
}

void wire_put_send(struct str *out, const char *code, size_t n)
{
    struct str b = {0};
    put_number(&b, WIRE_VERSION, 4);
    str_addn(&b, code, n);
    wire_put(out, WIRE_SEND, b.s, b.n);
    str_clear(&b);
}

enum status wire_get_send(const struct wire_frame *f, uint32_t *version, const char **code,
                          size_t *n)
{
    if (f->type != WIRE_SEND || f->n < 4)
        return E_PARSE;
    *version = get_number(f->bytes, 4);
    *code = (const char *)f->bytes + 4;
    *n = f->n - 4;
    return *version == WIRE_VERSION ? OK : E_REFUSED;
}

void wire_put_size(struct str *out, int rows, int cols)
{
    struct str b = {0};
    put_number(&b, (uint32_t)rows, 2);
    put_number(&b, (uint32_t)cols, 2);
    wire_put(out, WIRE_SIZE, b.s, b.n);
    str_clear(&b);
}

enum status wire_get_size(const struct wire_frame *f, int *rows, int *cols)
{
    if (f->type != WIRE_SIZE || f->n != 4)
        return E_PARSE;
    *rows = within(get_number(f->bytes, 2));
    *cols = within(get_number(f->bytes + 2, 2));
    return OK;
}

void wire_put_bye(struct str *out, int exit_status, const char *sentence)
{
    struct str b = {0};
    put_number(&b, (uint32_t)exit_status, 1);
    str_addn(&b, sentence, strnlen(sentence, 1024));
    wire_put(out, WIRE_BYE, b.s, b.n);
    str_clear(&b);
}

/* The socket's name says which store it serves: the last part of its path for people, a hash (FNV-1a)
 * of the whole for the program. */
static char *socket_name(const char *store)
{
    if (!store)
        return mem_str("demo.sock");
    char *real = realpath(store, NULL);
    if (!real && strrchr(store, '/')) { /* not made yet: its folder tells */
        char *folder = mem_strn(store, (size_t)(strrchr(store, '/') - store) + 1);
        char *f = realpath(folder, NULL);
        if (f)
            real = mem_printf("%s%s", f, strrchr(store, '/'));
        free(f);
        free(folder);
    }
    const char *path = real ? real : store;
    uint32_t h = 2166136261u;
    for (const char *c = path; *c; c++)
        h = (h ^ (unsigned char)*c) * 16777619u;
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    char *name = mem_printf("%.20s-%08x.sock", base, h);
    free(real);
    return name;
}

static enum status own_folder(const char *path, struct error *err)
{
    enum status s = file_folder(path, err);
    if (s != OK)
        return s;
    struct stat st;
    if (lstat(path, &st) != 0)
        return err_errno(err, "%s", path);
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return err_set(err, E_REFUSED,
                       "%s belongs to another user or is no folder: no session is reached through "
                       "it; remove it, or set XDG_RUNTIME_DIR",
                       path);
    if (st.st_mode & 077)
        return err_set(err, E_REFUSED, "%s is open to other users: chmod 700 it", path);
    return OK;
}

char *wire_socket(const char *store, struct error *err)
{
    char *folder = file_place(PLACE_RUNTIME, "", err);
    if (!folder)
        return NULL;
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/')
        folder[--n] = 0;
    if (own_folder(folder, err) != OK) {
        free(folder);
        return NULL;
    }
    char *name = socket_name(store), *path = mem_printf("%s/%s", folder, name);
    free(name);
    free(folder);
    struct sockaddr_un a;
    if (strlen(path) >= sizeof a.sun_path) {
        err_set(err, E_RANGE, "%s: too long for a socket; set XDG_RUNTIME_DIR to a shorter path",
                path);
        free(path);
        return NULL;
    }
    return path;
}

long wire_peer_uid(int fd)
{
    struct ucred u;
    socklen_t n = sizeof u;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &n) != 0)
        return -1;
    return (long)u.uid;
}
