/* vo_get.c - `vigie vo get` and `vigie vo header`: a dataset into a file; the headers of a FITS file, also
 * of one that lies on a server. Not: the download itself (vo/download.h).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/formats/fitsheader.h"
#include "vigie/vo/download.h"
#include "vo_ask.h"

/* A hundred blocks of FITS: the headers stand at its beginning. */
enum { HEADERS_MAX = 100 * 2880 };

struct getting {
    struct vo_cli *v;
    bool line; /* a progress line stands on the terminal */
    struct error err;
};

static void on_progress(void *arg, uint64_t got, uint64_t total)
{
    struct getting *g = arg;
    FILE *err = g->v->cli->err;
    if (!isatty(fileno(err)))
        return;
    g->line = true;
    if (total)
        fprintf(err, "\r%.1f of %.1f MB, %d %%   ", (double)got / 1e6, (double)total / 1e6,
                (int)(100.0 * (double)got / (double)total));
    else
        fprintf(err, "\r%.1f MB   ", (double)got / 1e6);
    fflush(err);
}

static void on_done(void *arg, const struct download_result *r)
{
    struct getting *g = arg;
    struct cli *cli = g->v->cli;
    if (g->line)
        fputc('\n', cli->err);
    g->err = r->err;
    if (r->err.status == OK)
        fprintf(cli->out, "%s\n", r->path);
    if (r->err.status == OK)
        cli_say(cli, "%s: %llu bytes%s", r->path, (unsigned long long)r->bytes,
                r->resumed ? ", taken up where it broke" : "");
    else if (r->bytes)
        cli_say(cli, "%s.part: %llu bytes, to be taken up by the same command", r->path,
                (unsigned long long)r->bytes);
    g->v->over = true;
}

int vo_get(struct cli *cli)
{
    struct vo_cli v;
    struct getting g = {.v = &v, .err = {OK, ""}};
    if (cli->argc != 2 && cli->argc != 3)
        return cli_usage(cli);
    vo_cli_open(&v, cli);
    const struct download_setup setup = {
        .http = v.access.http,
        .url = cli->argv[1],
        .path = cli->argc == 3 ? cli->argv[2] : cli_arg(cli, "--save"),
        .max_bytes = (uint64_t)(conf_number(cli->conf, "vo.max-download") * 1e6),
        .progress = on_progress,
        .done = on_done,
        .arg = &g};
    struct download *d = download_start(&setup, &g.err);
    if (d && !vo_cli_wait(&v))
        download_cancel(d);
    download_free(d);
    int rc = g.err.status == OK ? CLI_OK : cli_fail(cli, &g.err);
    vo_cli_close(&v);
    return rc;
}

/* ---- headers ---- */

struct reading {
    struct str bytes;
    struct error err;
    bool enough;
};

static enum status on_piece(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct reading *r = arg;
    size_t room = HEADERS_MAX - r->bytes.n;
    str_addn(&r->bytes, bytes, n < room ? n : room);
    r->enough = r->bytes.n == HEADERS_MAX; /* a server that sends all of it, unasked */
    return r->enough ? err_set(err, E_CANCELLED, "enough") : OK;
}

static void on_end(void *arg, const struct http_answer *a)
{
    struct reading *r = arg;
    r->err = a->err;
}

static void read_url(struct vo_cli *v, const char *url, struct reading *r)
{
    char range[40];
    const struct http_header header[] = {{"Accept-Encoding", "identity"}, {"Range", range}};
    snprintf(range, sizeof range, "bytes=0-%d", HEADERS_MAX - 1);
    const struct http_request q = {.url = url,
                                   .headers = header,
                                   .n_headers = 2,
                                   .piece = on_piece,
                                   .done = on_end,
                                   .arg = r,
                                   .tries = 1};
    uint64_t id = http_send(v->access.http, &q, &r->err);
    if (id)
        http_wait(v->access.http, id);
    if (r->enough)
        r->err.status = OK;
}

static void read_beginning(const char *path, struct reading *r)
{
    FILE *f = fopen(path, "rb");
    char block[2880];
    size_t n;
    if (!f) {
        err_errno(&r->err, "%s", path);
        return;
    }
    while (r->bytes.n < HEADERS_MAX && (n = fread(block, 1, sizeof block, f)) > 0)
        str_addn(&r->bytes, block, n);
    if (ferror(f))
        err_errno(&r->err, "%s", path);
    fclose(f);
}

int vo_header(struct cli *cli)
{
    struct vo_cli v;
    struct reading r = {.err = {OK, ""}};
    struct str out = {0};
    size_t headers = 0;
    if (cli->argc != 2)
        return cli_usage(cli);
    const char *what = cli->argv[1];
    if (strncmp(what, "http://", 7) == 0 || strncmp(what, "https://", 8) == 0) {
        vo_cli_open(&v, cli);
        read_url(&v, what, &r);
        vo_cli_close(&v);
    } else {
        read_beginning(what, &r);
    }
    if (r.err.status == OK &&
        fits_header_lines(str_c(&r.bytes), r.bytes.n, &out, &headers, &r.err) == OK) {
        r.err.status = OK;
        fputs(str_c(&out), cli->out);
    }
    str_clear(&r.bytes);
    str_clear(&out);
    return headers ? CLI_OK : cli_fail(cli, &r.err);
}
