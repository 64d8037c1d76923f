/* loop_more.c - work in the pool, children with their pipes, names to addresses.
 * Not: a shell: argv goes to execvp as it is. Source of the behaviour: libuv 1.44 documentation.
 */
#include "loop_own.h"

#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"

struct work {
    uv_work_t req;
    loop_work_fn *work;
    loop_done_fn *done;
    void *arg;
    const char *name;
};

static void work_run(uv_work_t *r)
{
    struct work *w = r->data;
    w->work(w->arg);
}

static void work_done(uv_work_t *r, int status)
{
    struct work *w = r->data;
    struct loop *l = r->loop->data;
    int64_t t = loop_begin();
    if (w->done)
        w->done(w->arg, status != 0);
    loop_end(l, t, w->name);
    free(w);
}

enum status loop_work(struct loop *l, loop_work_fn *work, loop_done_fn *done, void *arg,
                      const char *name)
{
    struct work *w = mem_zero(sizeof *w);
    *w = (struct work){.work = work, .done = done, .arg = arg, .name = name};
    w->req.data = w;
    l->uv.data = l;
    if (uv_queue_work(&l->uv, &w->req, work_run, work_done) != 0) {
        free(w);
        return E_IO;
    }
    return OK;
}

struct child {
    struct child *next;
    struct loop *loop;
    uint64_t id;
    uv_process_t process;
    uv_pipe_t in, out, errs;
    uv_write_t write;
    char *input;
    struct str got;
    loop_child_fn *fn;
    void *arg;
    int open;    /* handles not yet closed */
    int streams; /* outputs not yet ended */
    bool exited;
    int code;
    char buf[8192];
};

static void child_unlink(struct child *c)
{
    struct child **p = &c->loop->children;
    while (*p && *p != c)
        p = &(*p)->next;
    if (*p)
        *p = c->next;
}

static void child_closed(uv_handle_t *h)
{
    struct child *c = h->data;
    if (--c->open > 0)
        return;
    child_unlink(c);
    if (c->fn) {
        int64_t t = loop_begin();
        c->fn(c->arg, c->code, str_c(&c->got), c->got.n);
        loop_end(c->loop, t, "child");
    }
    str_clear(&c->got);
    free(c->input);
    free(c);
}

static void child_close(struct child *c, void *h)
{
    (void)c;
    if (!uv_is_closing(h))
        uv_close(h, child_closed);
}

/* Its end is told when it has exited and both outputs have ended: only then is all it said there.
 */
static void child_maybe_over(struct child *c)
{
    if (!c->exited || c->streams > 0)
        return;
    child_close(c, &c->in);
    child_close(c, &c->process);
}

static void child_exit(uv_process_t *p, int64_t status, int sig)
{
    struct child *c = p->data;
    c->exited = true;
    c->code = sig ? -sig : (int)status;
    child_maybe_over(c);
}

static void child_alloc(uv_handle_t *h, size_t want, uv_buf_t *b)
{
    (void)want;
    struct child *c = h->data;
    *b = uv_buf_init(c->buf, sizeof c->buf);
}

static void child_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct child *c = s->data;
    if (n > 0) {
        str_addn(&c->got, b->base, (size_t)n);
        return;
    }
    if (n < 0) {
        child_close(c, s);
        c->streams--;
        child_maybe_over(c);
    }
}

static void child_written(uv_write_t *w, int status)
{
    (void)status; /* a child that does not read its input says so by its exit code */
    child_close(w->data, &((struct child *)w->data)->in);
}

uint64_t loop_spawn(struct loop *l, char *const argv[], const void *input, size_t n, size_t max_out,
                    loop_child_fn *fn, void *arg, struct error *err)
{
    struct child *c = mem_zero(sizeof *c);
    c->loop = l;
    c->fn = fn;
    c->arg = arg;
    c->id = ++l->next_id;
    c->got.max = max_out;
    c->open = 4;
    c->streams = 2;
    c->process.data = c->in.data = c->out.data = c->errs.data = c->write.data = c;
    ensure(uv_pipe_init(&l->uv, &c->in, 0) == 0 && uv_pipe_init(&l->uv, &c->out, 0) == 0 &&
           uv_pipe_init(&l->uv, &c->errs, 0) == 0);
    uv_stdio_container_t io[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&c->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->errs}};
    uv_process_options_t o = {.exit_cb = child_exit,
                              .file = argv[0],
                              .args = (char **)argv,
                              .stdio_count = 3,
                              .stdio = io};
    c->next = l->children;
    l->children = c;
    int rc = uv_spawn(&l->uv, &c->process, &o);
    if (rc != 0) {
        err_set(err, rc == UV_ENOENT ? E_ABSENT : E_IO, "cannot run %s: %s", argv[0],
                uv_strerror(rc));
        c->fn = NULL;
        child_close(c, &c->in);
        child_close(c, &c->out);
        child_close(c, &c->errs);
        child_close(c, &c->process);
        return 0;
    }
    uv_read_start((uv_stream_t *)&c->out, child_alloc, child_read);
    uv_read_start((uv_stream_t *)&c->errs, child_alloc, child_read);
    c->input = mem_dup(input, n);
    uv_buf_t b = uv_buf_init(c->input, (unsigned)n);
    if (n == 0 || uv_write(&c->write, (uv_stream_t *)&c->in, &b, 1, child_written) != 0)
        child_close(c, &c->in);
    return c->id;
}

void loop_kill(struct loop *l, uint64_t id, int signo)
{
    for (struct child *c = l->children; c; c = c->next)
        if (c->id == id && !c->exited)
            uv_process_kill(&c->process, signo);
}

void loop_children_free(struct loop *l)
{
    for (struct child *c = l->children; c; c = c->next) {
        c->fn = NULL;
        child_close(c, &c->in);
        child_close(c, &c->out);
        child_close(c, &c->errs);
        child_close(c, &c->process);
    }
}

struct resolve {
    uv_getaddrinfo_t req;
    struct loop *loop;
    loop_addr_fn *fn;
    void *arg;
};

static void resolved(uv_getaddrinfo_t *r, int status, struct addrinfo *res)
{
    struct resolve *q = r->data;
    char text[16][INET6_ADDRSTRLEN];
    const char *list[16];
    size_t n = 0;
    for (struct addrinfo *a = res; status == 0 && a && n < 16; a = a->ai_next) {
        int rc =
            a->ai_family == AF_INET
                ? uv_ip4_name((struct sockaddr_in *)(void *)a->ai_addr, text[n], sizeof text[n])
                : uv_ip6_name((struct sockaddr_in6 *)(void *)a->ai_addr, text[n], sizeof text[n]);
        if (rc == 0) {
            list[n] = text[n];
            n++;
        }
    }
    uv_freeaddrinfo(res);
    int64_t t = loop_begin();
    q->fn(q->arg, list, n, status == 0 ? "" : uv_strerror(status));
    loop_end(q->loop, t, "resolve");
    free(q);
}

enum status loop_resolve(struct loop *l, const char *host, loop_addr_fn *fn, void *arg,
                         struct error *err)
{
    struct resolve *q = mem_zero(sizeof *q);
    q->loop = l;
    q->fn = fn;
    q->arg = arg;
    q->req.data = q;
    struct addrinfo hint = {.ai_socktype = SOCK_STREAM};
    int rc = uv_getaddrinfo(&l->uv, &q->req, resolved, host, NULL, &hint);
    if (rc != 0) {
        free(q);
        return err_set(err, E_NET, "cannot look up %s: %s", host, uv_strerror(rc));
    }
    return OK;
}
