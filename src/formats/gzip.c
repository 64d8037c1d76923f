/* gzip.c - unpacking of gzip'd bytes in pieces. Source: RFC 1952. Not: packing. */
#include "vigie/formats/gzip.h"

#include <stdlib.h>
#include <zlib.h>

#include "vigie/base/mem.h"

enum { PIECE = 1 << 16 };

struct gunzip {
    z_stream z;
    gunzip_sink *sink;
    void *arg;
    uint64_t max, in, out, doubt_from;
    unsigned doubt_times; /* 0: no doubts */
    bool done, some;      /* a member has ended; bytes came */
    unsigned char piece[PIECE];
};

static struct gunzip *new_of(int window, uint64_t max, gunzip_sink *sink, void *arg)
{
    struct gunzip *g = mem_zero(sizeof *g);
    g->sink = sink;
    g->arg = arg;
    g->max = max;
    ensure(inflateInit2(&g->z, window) == Z_OK);
    return g;
}

struct gunzip *gunzip_new(uint64_t max, gunzip_sink *sink, void *arg)
{
    return new_of(15 + 16, max, sink, arg); /* 16: a gzip header, no other */
}

struct gunzip *gunzip_zlib_new(uint64_t max, gunzip_sink *sink, void *arg)
{
    return new_of(15, max, sink, arg);
}

void gunzip_free(struct gunzip *g)
{
    if (!g)
        return;
    inflateEnd(&g->z);
    free(g);
}

void gunzip_doubt(struct gunzip *g, uint64_t from, unsigned times)
{
    g->doubt_from = from;
    g->doubt_times = times;
}

static enum status give(struct gunzip *g, size_t n, struct error *err)
{
    g->out += n;
    if (g->doubt_times && g->out > g->doubt_from && g->out / g->doubt_times > g->in)
        return err_set(err, E_RANGE, "gzip: unpacks to more than %u times its size: no table does",
                       g->doubt_times);
    if (g->out > g->max)
        return err_set(err, E_RANGE, "gzip: more than %llu bytes unpacked",
                       (unsigned long long)g->max);
    return n ? g->sink(g->arg, g->piece, n, err) : OK;
}

enum status gunzip_feed(struct gunzip *g, const void *bytes, size_t n, struct error *err)
{
    enum { MOST = 1 << 30 };
    const unsigned char *p = bytes;
    while (n) {
        size_t part = n < MOST ? n : MOST;
        g->in += part;
        g->z.next_in = (unsigned char *)(uintptr_t)p; /* zlib does not write there */
        g->z.avail_in = (uInt)part;
        while (g->z.avail_in) {
            if (g->done) {
                if (g->z.next_in[0] == 0) { /* zeros that fill a block behind the last member */
                    g->z.next_in++;
                    g->z.avail_in--;
                    continue;
                }
                inflateReset(&g->z);
                g->done = false;
            }
            g->some = true;
            g->z.next_out = g->piece;
            g->z.avail_out = PIECE;
            int r = inflate(&g->z, Z_NO_FLUSH);
            if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
                return err_set(err, E_PARSE, "gzip: %s", g->z.msg ? g->z.msg : "broken bytes");
            g->done = r == Z_STREAM_END;
            enum status s = give(g, PIECE - g->z.avail_out, err);
            if (s != OK)
                return s;
        }
        p += part;
        n -= part;
    }
    return OK;
}

enum status gunzip_end(struct gunzip *g, struct error *err)
{
    if (g->some && !g->done)
        return err_set(err, E_PARSE, "gzip: cut off after %llu bytes", (unsigned long long)g->out);
    return OK;
}

bool gunzip_begins(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    return n >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}
