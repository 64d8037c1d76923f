/* src_spool.c - a folder that is watched: any script of any broker may drop files there. What was
 * taken in lies in its folder `done` afterwards.
 * Not: a mailbox; names beginning with a dot or ending in .part or .tmp are still being written.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "source.h"
#include "vigie/base/file.h"

enum { FILE_MAX = 16 << 20, SLICE_MS = 20, GRACE_S = 2, AGAIN_MS = 300, LOOK_MS = 5000 };

struct spool {
    struct alert_source *source;
    char *folder, *done;
    uint64_t watch, timer, look;
    VEC(char *) waiting; /* names to read, in order */
    size_t next;
    bool again; /* some were not whole yet */
};

static void read_soon(struct spool *p, int64_t after_ms);

static bool is_ready_name(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && !(n > 5 && strcmp(name + n - 5, ".part") == 0) &&
           !(n > 4 && strcmp(name + n - 4, ".tmp") == 0);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void forget_names(struct spool *p)
{
    for (size_t i = 0; i < p->waiting.n; i++)
        free(p->waiting.at[i]);
    p->waiting.n = p->next = 0;
}

/* Lists the folder; false: it cannot be read. */
static bool gather(struct spool *p)
{
    DIR *d = opendir(p->folder);
    struct error err;
    forget_names(p);
    p->again = false;
    if (!d) {
        err_errno(&err, "%s", p->folder);
        source_trouble(p->source, source_now_ms(p->source) + LOOK_MS, "%s", err.text);
        return false;
    }
    for (struct dirent *e; (e = readdir(d));)
        if (is_ready_name(e->d_name))
            VEC_PUSH(p->waiting, mem_str(e->d_name));
    closedir(d);
    if (p->waiting.n)
        qsort(p->waiting.at, p->waiting.n, sizeof *p->waiting.at, by_name);
    return true;
}

/* A file that cannot be read as a packet may still be in the writing: it is young. */
static bool is_young(const struct stat *st)
{
    time_t now = time(NULL);
    return st->st_mtime <= now + 1 && now - st->st_mtime < GRACE_S;
}

static bool is_whole(const struct str *bytes)
{
    struct alert_batch batch;
    bool ok = alert_decode(str_c(bytes), bytes->n, &batch, NULL) == OK;
    alert_batch_clear(&batch);
    return ok;
}

/* Reads one file into the book; the store is committed before the file goes. False: the store
 * failed, all stays as it is. */
static bool take_file(struct spool *p, const char *name)
{
    char *path = mem_printf("%s/%s", p->folder, name), *to = mem_printf("%s/%s", p->done, name);
    struct str bytes = {0};
    struct stat st;
    struct error err;
    struct alert_taken taken;
    bool fine = true;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        goto out;
    enum status s = file_read(path, FILE_MAX, &bytes, &err);
    if (is_young(&st) && (s != OK || !is_whole(&bytes))) {
        p->again = true;
        goto out;
    }
    if (s != OK && s != E_RANGE) {
        source_trouble(p->source, source_now_ms(p->source) + LOOK_MS, "%s", err.text);
        p->again = true;
        goto out;
    }
    if (s == E_RANGE) /* kept as a file; the book holds why */
        str_addf(&bytes, "%s", err.text);
    fine = source_take(p->source, str_c(&bytes), bytes.n, name, &taken);
    if (fine && store_commit(alert_book_store(p->source->with->book), &err) != OK) {
        source_trouble(p->source, 0, "%s", err.text);
        fine = false;
    }
    if (fine && rename(path, to) != 0) {
        err_errno(&err, "%s cannot be moved away", path);
        source_trouble(p->source, source_now_ms(p->source) + LOOK_MS, "%s", err.text);
        fine = false;
    }
out:
    str_clear(&bytes);
    free(path);
    free(to);
    return fine;
}

static void all_read(struct spool *p)
{
    forget_names(p);
    source_answered(p->source);
    source_waiting(p->source, 0, "watches %s", p->folder);
    if (p->again)
        read_soon(p, AGAIN_MS);
}

static int64_t read_some(void *arg)
{
    struct spool *p = arg;
    int64_t used = clock_thread_us();
    p->timer = 0;
    if (p->next == 0 && !gather(p))
        return -1;
    while (p->next < p->waiting.n && clock_thread_us() - used < SLICE_MS * 1000)
        if (!take_file(p, p->waiting.at[p->next++])) {
            forget_names(p);
            return -1; /* the next look tries again */
        }
    if (p->next < p->waiting.n)
        read_soon(p, 0);
    else
        all_read(p);
    return -1;
}

static void read_soon(struct spool *p, int64_t after_ms)
{
    if (!p->timer)
        p->timer = loop_timer(p->source->with->loop, after_ms, read_some, p, "alerts/spool");
}

static void on_change(void *arg, const char *name)
{
    if (!name || is_ready_name(name))
        read_soon(arg, 5);
}

/* A folder on a network disk tells nothing of its changes: look now and then. */
static int64_t look(void *arg)
{
    struct spool *p = arg;
    read_soon(p, 0);
    return LOOK_MS;
}

static void stop(void *state)
{
    struct spool *p = state;
    struct loop *l = p->source->with->loop;
    if (p->watch)
        loop_watch_del(l, p->watch);
    if (p->timer)
        loop_timer_del(l, p->timer);
    if (p->look)
        loop_timer_del(l, p->look);
    forget_names(p);
    VEC_FREE(p->waiting);
    free(p->folder);
    free(p->done);
    free(p);
}

static void *start(struct alert_source *s)
{
    struct spool *p = mem_zero(sizeof *p);
    const char *folder = conf_text(s->with->conf, "alerts.spool");
    struct error err;
    p->source = s;
    if (strcmp(folder, "no") == 0) {
        source_off(s, "not wanted (alerts.spool)");
        stop(p);
        return NULL;
    }
    p->folder = *folder ? mem_str(folder) : file_place(PLACE_DATA, "spool", &err);
    p->done = p->folder ? mem_printf("%s/done", p->folder) : NULL;
    if (!p->folder || file_folder(p->done, &err) != OK) {
        source_off(s, "%s", err.text);
        stop(p);
        return NULL;
    }
    p->watch = loop_watch(s->with->loop, p->folder, on_change, p, &err);
    p->look = loop_timer(s->with->loop, 0, look, p, "alerts/spool");
    source_waiting(s, 0, "watches %s", p->folder);
    return p;
}

static void poke(void *state)
{
    read_soon(state, 0);
}

const struct source_row source_spool = {"spool", "Spool", start, stop, poke};
