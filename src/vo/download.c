/* download.c - see download.h. The bytes go to PATH.part; PATH.part.from says whose they are: the URL, then
 * what the service calls this version of it (ETag or date). A later part is asked for on condition that it
 * is still that version (If-Range), and appended only if the service says that it begins where ours ends.
 */
#include "vigie/vo/download.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"

enum { TRIES = 8, PAUSE_MS = 1000, TOLD_MS = 100, FROM_MAX = 16384, DAY_MS = 86400000 };
static const uint64_t size_max = UINT64_C(4000000000);

struct download {
    struct http *http;
    char *name, *url, *path, *part, *from;
    bool in_folder;                    /* the service names the file */
    uint64_t most, got, total, before; /* before: when this try began */
    int tries, left, resumed;
    download_progress_fn *progress;
    download_done_fn *done;
    void *arg;
    FILE *file;
    struct str version, type, disposition;
    uint64_t request, timer;
    int64_t told_ms;
    bool over;
};

/* ---- names ---- */

static bool plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("._-+", c);
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static void add_plain(struct str *out, const char *s, size_t n)
{
    size_t from = out->n;
    for (size_t i = 0; i < n && out->n - from < 100; i++) {
        char c = s[i];
        if (c == '%' && i + 2 < n && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
            c = (char)(hex(s[i + 1]) * 16 + hex(s[i + 2]));
            i += 2;
        }
        if (c == '/' || c == '\\') { /* never another folder */
            out->n = from;
            continue;
        }
        if (!c || !plain(c))
            c = '_';
        if (c != '.' || out->n > from) /* no hidden file */
            str_addc(out, c);
    }
    if (out->s)
        out->s[out->n] = '\0';
}

/* The value of filename= in Content-Disposition. */
static bool disposed(struct str *out, const char *disposition)
{
    const char *p = disposition;
    for (; p && *p; p++)
        if (strncasecmp(p, "filename=", 9) == 0)
            break;
    if (!p || !*p)
        return false;
    p += 9;
    bool quoted = *p == '"';
    p += quoted;
    add_plain(out, p, strcspn(p, quoted ? "\"" : "; "));
    return out->n > 0;
}

static const char *ending(const char *type)
{
    static const struct {
        const char *type, *ending;
    } known[] = {
        {"image/fits", ".fits"}, {"application/fits", ".fits"},         {"image/jpeg", ".jpg"},
        {"image/png", ".png"},   {"application/x-votable+xml", ".vot"}, {"text/xml", ".xml"},
        {"text/csv", ".csv"},    {"application/pdf", ".pdf"},           {"text/html", ".html"},
        {"text/plain", ".txt"}};
    for (size_t i = 0; type && i < sizeof known / sizeof known[0]; i++)
        if (strncasecmp(type, known[i].type, strlen(known[i].type)) == 0)
            return known[i].ending;
    return "";
}

void download_name(struct str *out, const char *disposition, const char *url, const char *type)
{
    size_t from = out->n;
    struct str name = {0};
    if (!disposed(&name, disposition)) {
        const char *p = strstr(url, "://");
        p = p ? p + 3 : url;
        p += strcspn(p, "/?#");
        str_reset(&name);
        add_plain(&name, p, strcspn(p, "?#"));
    }
    if (name.n == 0)
        str_add(&name, "dataset");
    str_add(out, name.s);
    if (!strchr(out->s + from, '.'))
        str_add(out, ending(type));
    str_clear(&name);
}

/* A name that is not there yet: x.fits, x-2.fits, x-3.fits ... */
static char *free_path(const char *folder, const char *name)
{
    char *path = mem_printf("%s%s", folder, name);
    const char *dot = strchr(name, '.');
    int stem = (int)(dot ? (size_t)(dot - name) : strlen(name));
    for (int k = 2; access(path, F_OK) == 0 && k < 10000; k++) {
        free(path);
        path = mem_printf("%s%.*s-%d%s", folder, stem, name, k, dot ? dot : "");
    }
    return path;
}

/* ---- the end ---- */

static void finish(struct download *d, const struct error *err)
{
    struct download_result r = {
        .path = d->path, .type = str_c(&d->type), .bytes = d->got, .resumed = d->resumed};
    if (err)
        r.err = *err;
    struct stat st;
    bool nothing = err && d->file && fstat(fileno(d->file), &st) == 0 && st.st_size == 0;
    d->over = true;
    if (d->file)
        fclose(d->file);
    d->file = NULL;
    if (nothing) { /* there is nothing to take up */
        unlink(d->part);
        unlink(d->from);
    }
    d->done(d->arg, &r); /* may free */
}

static void whole(struct download *d)
{
    struct error err;
    bool bad = fflush(d->file) != 0 || fsync(fileno(d->file)) != 0;
    if (d->in_folder) {
        struct str name = {0};
        char *folder = mem_strn(d->path, (size_t)(strrchr(d->path, '/') - d->path) + 1);
        download_name(&name, d->disposition.n ? d->disposition.s : NULL, d->url, str_c(&d->type));
        free(d->path);
        d->path = free_path(folder, str_c(&name));
        free(folder);
        str_clear(&name);
    }
    if (bad || rename(d->part, d->path) != 0) {
        err_errno(&err, "%s", d->path);
        finish(d, &err);
        return;
    }
    unlink(d->from);
    finish(d, NULL);
}

/* ---- one try ---- */

static enum status note_version(struct download *d, const struct http_answer *a)
{
    str_reset(&d->version);
    if (!http_header(a, "ETag", &d->version) || strncmp(str_c(&d->version), "W/", 2) == 0) {
        str_reset(&d->version); /* a weak one does not stand for the same bytes */
        http_header(a, "Last-Modified", &d->version);
    }
    char *line = mem_printf("%s\n%s\n", d->url, str_c(&d->version));
    enum status s = file_replace(d->from, line, strlen(line), 0644, NULL);
    free(line);
    return s;
}

/* Where the part begins that comes, and the size of the whole: "bytes 100-199/200". */
static bool read_range(const struct http_answer *a, uint64_t *first, uint64_t *total)
{
    struct str s = {0};
    bool good = http_header(a, "Content-Range", &s) &&
                sscanf(str_c(&s), "bytes %" SCNu64 "-%*u/%" SCNu64, first, total) == 2;
    str_clear(&s);
    return good;
}

static uint64_t length_of(const struct http_answer *a)
{
    struct str s = {0};
    uint64_t n = 0;
    if (http_header(a, "Content-Length", &s))
        n = strtoull(str_c(&s), NULL, 10);
    str_clear(&s);
    return n;
}

/* Of an error of these two http.h says whose it is. */
static enum status on_head(void *arg, const struct http_answer *a, struct error *err)
{
    struct download *d = arg;
    uint64_t first = 0, total = 0;
    str_reset(&d->type);
    str_reset(&d->disposition);
    http_header(a, "Content-Type", &d->type);
    http_header(a, "Content-Disposition", &d->disposition);
    if (a->code == 206) {
        if (!read_range(a, &first, &total) || first != d->got || (d->total && d->total != total))
            return err_set(err, E_PARSE, "sent another part than was asked for");
        d->resumed++;
    } else { /* all of it, from its beginning */
        d->got = 0;
        if (fseek(d->file, 0, SEEK_SET) != 0 || ftruncate(fileno(d->file), 0) != 0)
            return err_errno(err, "%s", d->part);
        total = length_of(a);
        if (note_version(d, a) != OK)
            return err_set(err, E_IO, "%s cannot be written", d->from);
    }
    d->total = total;
    if (total > d->most)
        return err_set(err, E_RANGE, "the dataset has %.1f MB, more than the %.1f MB allowed",
                       (double)total / 1e6, (double)d->most / 1e6);
    return OK;
}

static enum status on_piece(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct download *d = arg;
    if (d->got + n > d->most)
        return err_set(err, E_RANGE, "the dataset is larger than the %.1f MB allowed",
                       (double)d->most / 1e6);
    if (fwrite(bytes, 1, n, d->file) != n)
        return err_errno(err, "%s", d->part);
    d->got += n;
    int64_t now = loop_now_ms(http_loop(d->http));
    if (d->progress && now - d->told_ms >= TOLD_MS) {
        d->told_ms = now;
        d->progress(d->arg, d->got, d->total);
    }
    return OK;
}

static void ask(struct download *d);

static int64_t on_pause(void *arg)
{
    struct download *d = arg;
    d->timer = 0;
    ask(d);
    return -1;
}

static void again(struct download *d)
{
    d->timer = loop_timer(http_loop(d->http), PAUSE_MS, on_pause, d, "vo/download");
}

/* The rest that was asked for is none: what lies there is whole, or is of another version. */
static void no_rest(struct download *d, const struct http_answer *a)
{
    struct str s = {0};
    uint64_t total = 0;
    bool same = http_header(a, "Content-Range", &s) &&
                sscanf(str_c(&s), "bytes */%" SCNu64, &total) == 1 && total == d->got;
    str_clear(&s);
    if (same) {
        whole(d);
        return;
    }
    d->got = d->total = 0;
    str_reset(&d->version);
    again(d);
}

static void on_done(void *arg, const struct http_answer *a)
{
    struct download *d = arg;
    d->request = 0;
    if (d->over)
        return;
    bool broke = a->err.status == E_NET || a->err.status == E_TIMEOUT;
    if (a->err.status == OK && d->total && d->got < d->total) { /* it closed without a word */
        broke = true;
    } else if (a->err.status == OK) {
        whole(d);
        return;
    }
    if (d->got > d->before) /* it came further: patience begins anew */
        d->left = d->tries;
    if (a->code == 416 && d->left-- > 0) {
        no_rest(d, a);
    } else if (broke && d->got && (!a->code || a->code < 400 || a->code >= 500) && d->left-- > 0) {
        again(d);
    } else {
        struct error err = a->err;
        if (err.status == OK)
            err_set(&err, E_NET, "%s: ends after %.1f of %.1f MB", d->name, (double)d->got / 1e6,
                    (double)d->total / 1e6);
        finish(d, &err);
    }
}

static void ask(struct download *d)
{
    struct error err;
    char range[60];
    struct http_header header[3] = {{"Accept-Encoding", "identity"}};
    size_t n = 1;
    snprintf(range, sizeof range, "bytes=%" PRIu64 "-", d->got);
    if (d->got) {
        header[n++] = (struct http_header){"Range", range};
        if (d->version.n)
            header[n++] = (struct http_header){"If-Range", d->version.s};
    }
    d->before = d->got;
    const struct http_request r = {.url = d->url,
                                   .name = d->name,
                                   .headers = header,
                                   .n_headers = n,
                                   .head = on_head,
                                   .piece = on_piece,
                                   .done = on_done,
                                   .arg = d,
                                   .total_ms = DAY_MS,
                                   .max_body = (size_t)d->most};
    d->request = http_send(d->http, &r, &err);
    if (!d->request)
        finish(d, &err);
}

/* ---- begin ---- */

/* What an earlier try has left, if it is of the same address and a version that can be named. */
static void take_up(struct download *d)
{
    struct str s = {0};
    struct stat st;
    size_t n = strlen(d->url);
    if (file_read(d->from, FROM_MAX, &s, NULL) == OK && strncmp(str_c(&s), d->url, n) == 0 &&
        s.s[n] == '\n' && s.s[n + 1] != '\n' && fstat(fileno(d->file), &st) == 0 &&
        st.st_size > 0 && fseek(d->file, 0, SEEK_END) == 0) {
        d->got = (uint64_t)st.st_size;
        str_addn(&d->version, s.s + n + 1, strcspn(s.s + n + 1, "\n"));
    }
    str_clear(&s);
}

static enum status open_part(struct download *d, struct error *err)
{
    char *slash = strrchr(d->path, '/'),
         *folder = slash ? mem_strn(d->path, (size_t)(slash - d->path)) : NULL;
    enum status s = folder && *folder ? file_folder(folder, err) : OK;
    free(folder);
    if (s != OK)
        return s;
    d->file = fopen(d->part, "r+b");
    if (!d->file)
        d->file = fopen(d->part, "w+b");
    if (!d->file)
        return err_errno(err, "%s", d->part);
    take_up(d);
    return OK;
}

static int64_t begin(void *arg)
{
    struct download *d = arg;
    d->timer = 0;
    ask(d);
    return -1;
}

static void drop(struct download *d)
{
    if (d->file)
        fclose(d->file);
    str_clear(&d->version);
    str_clear(&d->type);
    str_clear(&d->disposition);
    free(d->name);
    free(d->url);
    free(d->path);
    free(d->part);
    free(d->from);
    free(d);
}

struct download *download_start(const struct download_setup *setup, struct error *err)
{
    struct download *d = mem_zero(sizeof *d);
    struct str name = {0};
    size_t n = setup->path ? strlen(setup->path) : 0;
    const char *host = strstr(setup->url, "://");
    host = host ? host + 3 : setup->url;
    d->http = setup->http;
    d->url = mem_str(setup->url);
    d->name = setup->name ? mem_str(setup->name) : mem_strn(host, strcspn(host, "/?#"));
    d->most = setup->max_bytes ? setup->max_bytes : size_max;
    d->tries = d->left = setup->tries ? setup->tries : TRIES;
    d->progress = setup->progress;
    d->done = setup->done;
    d->arg = setup->arg;
    d->in_folder = n == 0 || setup->path[n - 1] == '/';
    if (d->in_folder)
        download_name(&name, NULL, d->url, NULL);
    d->path = mem_printf("%s%s", n ? setup->path : "./", str_c(&name));
    if (!d->in_folder) {
        free(d->path);
        d->path = mem_str(setup->path);
    }
    d->part = mem_printf("%s.part", d->path);
    d->from = mem_printf("%s.from", d->part);
    str_clear(&name);
    if (open_part(d, err) != OK) {
        drop(d);
        return NULL;
    }
    d->timer = loop_timer(http_loop(d->http), 0, begin, d, "vo/download");
    return d;
}

void download_cancel(struct download *d)
{
    struct error err;
    if (d->over)
        return;
    uint64_t id = d->request;
    d->over = true;
    loop_timer_del(http_loop(d->http), d->timer);
    d->timer = 0;
    if (id)
        http_cancel(d->http, id);
    err_set(&err, E_CANCELLED, "%s: cancelled after %.1f MB", d->name, (double)d->got / 1e6);
    finish(d, &err);
}

void download_free(struct download *d)
{
    if (!d)
        return;
    uint64_t id = d->request;
    d->over = true;
    loop_timer_del(http_loop(d->http), d->timer);
    if (id)
        http_cancel(d->http, id);
    drop(d);
}
