/* file.c - see file.h. The XDG folders are those of the XDG Base Directory Specification 0.8.
 * Not: locking.
 */
#include "vigie/base/file.h"

#include <errno.h>
#include <stdbool.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vigie/base/mem.h"

enum status file_read(const char *path, size_t max, struct str *out, struct error *err)
{
    str_reset(out);
    bool in = strcmp(path, "-") == 0;
    FILE *f = in ? stdin : fopen(path, "rb");
    if (!f)
        return err_errno(err, "%s", path);
    struct stat st;
    if (!in && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        fclose(f);
        return err_set(err, E_IO, "%s: is a folder, not a file", path);
    }
    char buf[65536];
    size_t n;
    enum status s = OK;
    while (s == OK && (n = fread(buf, 1, sizeof buf, f)) > 0) {
        if (out->n + n > max)
            s = err_set(err, E_RANGE, "%s: larger than %zu MB, not read", path, max / 1000000);
        else
            str_addn(out, buf, n);
    }
    if (s == OK && ferror(f))
        s = err_errno(err, "%s", path);
    if (!in)
        fclose(f);
    if (s != OK)
        str_clear(out);
    return s;
}

enum status file_folder(const char *path, struct error *err)
{
    char *p = mem_str(path);
    enum status s = OK;
    for (char *c = p + 1; s == OK; c++) {
        if (*c && *c != '/')
            continue;
        char was = *c;
        *c = 0;
        if (mkdir(p, 0700) != 0 && errno != EEXIST) {
            struct stat st;
            int e = errno;
            if (stat(p, &st) != 0 || !S_ISDIR(st.st_mode)) {
                errno = e;
                s = err_errno(err, "cannot make the folder %s", p);
            }
        }
        *c = was;
        if (!was)
            break;
    }
    free(p);
    return s;
}

enum status file_aside_open(struct file_aside *a, const char *path, unsigned mode,
                            struct error *err)
{
    memset(a, 0, sizeof *a);
    const char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        char *folder = mem_strn(path, (size_t)(slash - path));
        enum status s = file_folder(folder, err);
        free(folder);
        if (s != OK)
            return s;
    }
    char *temp = mem_printf("%s.XXXXXX", path);
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0) {
        enum status s = err_errno(err, "cannot write beside %s", path);
        free(temp);
        return s;
    }
    fchmod(fd, mode);
    a->f = fdopen(fd, "wb");
    ensure(a->f != NULL);
    a->path = mem_str(path);
    a->temp = temp;
    return OK;
}

enum status file_aside_commit(struct file_aside *a, struct error *err)
{
    enum status s = OK;
    if (fflush(a->f) != 0 || ferror(a->f) || fsync(fileno(a->f)) != 0)
        s = err_errno(err, "cannot write %s", a->path);
    if (fclose(a->f) != 0 && s == OK)
        s = err_errno(err, "cannot write %s", a->path);
    a->f = NULL;
    if (s == OK && rename(a->temp, a->path) != 0)
        s = err_errno(err, "cannot replace %s", a->path);
    file_aside_drop(a);
    return s;
}

void file_aside_drop(struct file_aside *a)
{
    if (a->f)
        fclose(a->f);
    if (a->temp)
        unlink(a->temp); /* gone already after a rename */
    free(a->temp);
    free(a->path);
    memset(a, 0, sizeof *a);
}

enum status file_replace(const char *path, const void *bytes, size_t n, unsigned mode,
                         struct error *err)
{
    struct file_aside a;
    enum status s = file_aside_open(&a, path, mode, err);
    if (s != OK)
        return s;
    if (n && fwrite(bytes, 1, n, a.f) != n) {
        s = err_errno(err, "cannot write %s", path);
        file_aside_drop(&a);
        return s;
    }
    return file_aside_commit(&a, err);
}

double file_age_s(const char *path)
{
    struct stat st;
    struct timespec now;
    if (stat(path, &st) != 0)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    double age = difftime(now.tv_sec, st.st_mtim.tv_sec);
    return age < 0 ? 0 : age;
}

char *file_place(enum place place, const char *name, struct error *err)
{
    static const struct {
        const char *env, *under;
    } row[] = {{"XDG_CONFIG_HOME", ".config"},
               {"XDG_DATA_HOME", ".local/share"},
               {"XDG_CACHE_HOME", ".cache"},
               {"XDG_STATE_HOME", ".local/state"},
               {"XDG_RUNTIME_DIR", NULL}};
    const char *base = getenv(row[place].env), *home = getenv("HOME");
    if (base && base[0] == '/')
        return mem_printf("%s/vigie/%s", base, name);
    if (place == PLACE_RUNTIME)
        return mem_printf("/tmp/vigie-%u/%s", (unsigned)getuid(), name);
    if (home && home[0] == '/')
        return mem_printf("%s/%s/vigie/%s", home, row[place].under, name);
    err_set(err, E_ABSENT, "no HOME and no %s: nowhere to keep %s; set one of them", row[place].env,
            name);
    return NULL;
}

char *file_in_home(const char *path)
{
    const char *home = getenv("HOME");
    if (path[0] == '/' || !home || !*home)
        return mem_str(path);
    return mem_printf("%s/%s", home, path[0] == '~' && path[1] == '/' ? path + 2 : path);
}

/* The top of the source tree above a path, cut there: a folder with the build's own files beside the one that is
 * wanted. */
static bool source_tree(char *path, const char *name)
{
    for (int up = 0; up < 5; up++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return false;
        *slash = 0;
        char *mark = mem_printf("%s/configure.ac", path), *room = mem_printf("%s/src/FLOORS", path),
             *wanted = mem_printf("%s/%s", path, name);
        bool there =
            access(mark, F_OK) == 0 && access(room, F_OK) == 0 && access(wanted, F_OK) == 0;
        free(mark);
        free(room);
        free(wanted);
        if (there)
            return true;
    }
    return false;
}

char *file_shipped(const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = 0;
        if (source_tree(self, name))
            return mem_printf("%s/%s", self, name);
    }
    return mem_printf("%s/%s", VIGIE_DATADIR, name);
}
