/* files.c - see files.h. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vigie/base/file.h"

struct files_out {
    int dir, fd;
    const char *what;
    char temp[48], base[256];
};

static const char t_out[] = "vigie.out";

static int refuse(lua_State *L, const char *what, const char *path)
{
    return problem_raise(
        L, "permission",
        "%s: \"%.80s\" lies outside the work folder %.120s; scripts get no further", what, path,
        HOST(L)->folder);
}

static int fail_io(lua_State *L, const char *what, const char *path, int why)
{
    if (why == EXDEV || why == ELOOP)
        return refuse(L, what, path);
    return problem_raise(L, "io", "%s: %.120s: %s", what, path, strerror(why));
}

static int work_folder(lua_State *L, const char *what)
{
    struct error err;
    const char *folder = HOST(L)->folder;
    if (!folder)
        problem_raise(L, "permission", "%s: scripts have no work folder here", what);
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        if (file_folder(folder, &err) != OK)
            problem_raise_error(L, &err);
        fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    if (fd < 0)
        fail_io(L, what, folder, errno);
    return fd;
}

/* Without openat2 (before Linux 5.6): part by part, no link followed at all. */
static int open_by_parts(int dir, const char *path, int flags, unsigned mode)
{
    char part[256];
    int at = dup(dir), next;
    if (path[0] == '/') {
        close(at);
        errno = EXDEV;
        return -1;
    }
    for (;;) {
        size_t n = strcspn(path, "/");
        bool last = !path[n + strspn(path + n, "/")];
        if (n >= sizeof part || (n == 2 && memcmp(path, "..", 2) == 0)) {
            close(at);
            errno = n >= sizeof part ? ENAMETOOLONG : EXDEV;
            return -1;
        }
        memcpy(part, path, n);
        part[n] = 0;
        next = openat(at, n ? part : ".",
                      (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC, mode);
        int why = errno;
        close(at);
        errno = why;
        if (next < 0 || last)
            return next;
        at = next;
        path += n + strspn(path + n, "/");
    }
}

static int open_beneath(int dir, const char *path, int flags, unsigned mode)
{
    struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC),
                           .mode = flags & O_CREAT ? mode : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, dir, path, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        return open_by_parts(dir, path, flags, mode);
    return (int)fd;
}

int files_beneath(const char *folder, const char *path)
{
    struct stat st;
    int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = dir < 0 ? -1 : open_beneath(dir, path, O_RDONLY | O_NONBLOCK, 0);
    int why = errno;
    if (dir >= 0)
        close(dir);
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        fd = -1;
        why = ENOENT;
    }
    errno = why;
    return fd;
}

static const char *path_arg(lua_State *L, int index, const char *what)
{
    size_t n;
    const char *path = luaL_checklstring(L, index, &n);
    if (strlen(path) != n || n > 4000)
        problem_raise(L, "argument", "%s: that is no path", what);
    return n ? path : ".";
}

int files_open(lua_State *L, int index, const char *what, int flags, bool absent_ok)
{
    const char *path = path_arg(L, index, what);
    int dir = work_folder(L, what), fd = open_beneath(dir, path, flags | O_NONBLOCK, 0644),
        why = errno;
    struct stat st;
    close(dir);
    if (fd < 0 && absent_ok && why == ENOENT)
        return -1;
    if (fd < 0)
        fail_io(L, what, path, why);
    if (!(flags & O_DIRECTORY) && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        problem_raise(L, "io", "%s: %.120s is no file", what, path);
    }
    return fd;
}

int files_look(lua_State *L, int index, const char *what)
{
    const char *path = path_arg(L, index, what);
    int dir = work_folder(L, what), fd = open_beneath(dir, path, O_PATH, 0), why = errno;
    close(dir);
    if (fd < 0 && why != ENOENT && why != ENOTDIR)
        fail_io(L, what, path, why);
    return fd;
}

int files_split(lua_State *L, int index, const char *what, const char **base)
{
    const char *path = path_arg(L, index, what), *slash = strrchr(path, '/');
    *base = slash ? slash + 1 : path;
    if (!**base || strcmp(*base, ".") == 0 || strcmp(*base, "..") == 0 || strlen(*base) > 200)
        problem_raise(L, "argument", "%s: \"%.80s\" names no file", what, path);
    int dir = work_folder(L, what);
    if (!slash)
        return dir;
    lua_pushlstring(L, path, slash == path ? 1 : (size_t)(slash - path));
    int in = open_beneath(dir, lua_tostring(L, -1), O_PATH | O_DIRECTORY, 0), why = errno;
    close(dir);
    if (in < 0)
        fail_io(L, what, path, why);
    lua_pop(L, 1);
    return in;
}

/* ---- writing ---- */

static void drop(struct files_out *o)
{
    if (o->fd >= 0)
        close(o->fd);
    if (o->dir >= 0) {
        if (o->temp[0])
            unlinkat(o->dir, o->temp, 0);
        close(o->dir);
    }
    o->fd = o->dir = -1;
}

static int out_gone(lua_State *L)
{
    drop(lua_touserdata(L, 1));
    return 0;
}

struct files_out *files_out(lua_State *L, int index, const char *what)
{
    static unsigned count;
    const char *base;
    index = lua_absindex(L, index);
    struct files_out *o = lua_newuserdatauv(L, sizeof *o, 0);
    memset(o, 0, sizeof *o);
    o->dir = o->fd = -1;
    o->what = what;
    if (luaL_newmetatable(L, t_out)) {
        lua_pushcfunction(L, out_gone);
        lua_setfield(L, -2, "__gc");
        lua_pushliteral(L, "locked");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    o->dir = files_split(L, index, what, &base);
    strcpy(o->base, base);
    snprintf(o->temp, sizeof o->temp, ".vigie-%ld-%u", (long)getpid(), ++count);
    o->fd = openat(o->dir, o->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (o->fd < 0) {
        int why = errno;
        o->temp[0] = 0;
        fail_io(L, what, base, why);
    }
    return o;
}

void files_put(lua_State *L, struct files_out *o, const void *bytes, size_t n)
{
    for (const char *p = bytes; n > 0;) {
        ssize_t k = write(o->fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            fail_io(L, o->what, o->base, k < 0 ? errno : EIO);
        p += k;
        n -= (size_t)k;
    }
}

void files_commit(lua_State *L, struct files_out *o, bool overwrite)
{
    int rc = close(o->fd);
    o->fd = -1;
    if (rc == 0 && overwrite)
        rc = renameat(o->dir, o->temp, o->dir, o->base);
    else if (rc == 0)
        rc = renameat2(o->dir, o->temp, o->dir, o->base, RENAME_NOREPLACE);
    int why = errno;
    if (rc == 0)
        o->temp[0] = 0; /* nothing of it is left beside */
    drop(o);
    if (rc != 0 && why == EEXIST)
        problem_raise(L, "io", "%s: %.120s is there already; {overwrite = true} writes over it",
                      o->what, o->base);
    if (rc != 0)
        fail_io(L, o->what, o->base, why);
}
