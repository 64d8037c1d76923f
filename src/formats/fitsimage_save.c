/* fitsimage_save.c - where an image goes on disk: a name that is not taken, whole or not at all, room left. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"
#include "vigie/formats/fitsimage.h"

enum { PART = 40, NUMBERS = 100000 };

/* Letters, digits, + and - as they are, the rest one underscore. */
static void add_part(struct str *out, const char *text)
{
    size_t start = out->n;
    for (const char *s = text; s && *s && out->n - start < PART; s++) {
        bool plain = (*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') ||
                     (*s >= 'a' && *s <= 'z') || *s == '-' || *s == '+' || *s == '.';
        if (plain && !(*s == '.' && out->n == start))
            str_addc(out, *s);
        else if (out->n > start && out->s[out->n - 1] != '_')
            str_addc(out, '_');
    }
    while (out->n > start && out->s[out->n - 1] == '_')
        out->s[--out->n] = '\0';
    if (out->n > start)
        str_addc(out, '_');
}

const char *fitsimage_name(const struct fitsimage_about *a, int n, char out[FITSIMAGE_NAME])
{
    struct str t = {0};
    char when[32] = "";
    time_t s = (time_t)(a->begin_ns / 1000000000);
    struct tm tm;
    add_part(&t, a->object && *a->object ? a->object : a->kind);
    add_part(&t, a->filter);
    if (a->begin_ns >= 0 && gmtime_r(&s, &tm))
        strftime(when, sizeof when, "%Y%m%dT%H%M%S_", &tm);
    snprintf(out, FITSIMAGE_NAME, "%s%s%d.fits", str_c(&t), when, n);
    str_clear(&t);
    return out;
}

int64_t fitsimage_room(const char *folder)
{
    char *path = mem_str(*folder ? folder : ".");
    struct statvfs v;
    int64_t room = -1;
    for (;;) {
        if (statvfs(path, &v) == 0) {
            room = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
            break;
        }
        char *slash = strrchr(path, '/');
        if (!slash || slash == path)
            break;
        *slash = '\0';
    }
    free(path);
    return room;
}

/* A name that another file has is not taken from it. Where the file system knows no such renaming, by a second name. */
static int give_name(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (link(from, to) != 0)
        return -1;
    unlink(from);
    return 0;
}

static enum status write_aside(const char *path, const void *bytes, size_t n, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const char *p = bytes;
    bool good = fd >= 0;
    for (size_t done = 0; good && done < n;) {
        ssize_t k = write(fd, p + done, n - done);
        good = k > 0 || (k < 0 && errno == EINTR);
        done += k > 0 ? (size_t)k : 0;
    }
    good = good && fsync(fd) == 0;
    if (!good)
        err_errno(err, "%s", path);
    if (fd >= 0 && close(fd) != 0 && good) {
        err_errno(err, "%s", path);
        good = false;
    }
    if (!good)
        unlink(path);
    return good ? OK : err ? err->status : E_IO;
}

enum status fitsimage_save(const struct fitsimage_about *a, const char *folder, const void *bytes,
                           size_t n, uint64_t keep, char **path, struct error *err)
{
    char name[FITSIMAGE_NAME];
    int64_t room = fitsimage_room(folder);
    if (room >= 0 && (uint64_t)room < keep + n)
        return err_set(err, E_RANGE,
                       "%.120s: %.1f GB free, the image was not written: %.1f GB are to stay free",
                       folder, (double)room / 1e9, (double)keep / 1e9);
    enum status s = file_folder(folder, err);
    if (s != OK)
        return s;
    char *aside = mem_printf("%s/.vigie-%ld.part", folder, (long)getpid());
    s = write_aside(aside, bytes, n, err);
    *path = NULL;
    for (int i = 1; s == OK && !*path; i++) {
        char *to = mem_printf("%s/%s", folder, fitsimage_name(a, i, name));
        if (give_name(aside, to) == 0) {
            *path = to;
            break;
        }
        if (errno != EEXIST || i == NUMBERS)
            s = err_errno(err, "%s", to);
        free(to);
    }
    if (s != OK)
        unlink(aside);
    free(aside);
    return s;
}
