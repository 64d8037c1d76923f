/* file.h - whole small files, replaced in one step; the program's own folders.
 * Not: streams; anything of unbounded size.
 */
#ifndef VIGIE_BASE_FILE_H
#define VIGIE_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

/* file_read - a whole file (or "-": standard input) into `out`, which is emptied first.
 *   max      bytes; a larger file is E_RANGE and out is left empty
 *   err      "planets.json: No such file or directory"; a folder is E_IO
 *   test     tests/base/check_file.c */
enum status file_read(const char *path, size_t max, struct str *out, struct error *err) MUST_CHECK;

/* file_replace - write n bytes beside `path`, flush to disk, rename over it: the old file or the
 * new one is there, never half of one. The folder is made if missing. mode: permissions, such as
 * 0644. On failure nothing is left behind and the old file is as it was. */
enum status file_replace(const char *path, const void *bytes, size_t n, unsigned mode,
                         struct error *err) MUST_CHECK;

/* struct file_aside - the same for what is written piece by piece: open, write to f, then commit or
 * drop. */
struct file_aside {
    FILE *f;
    char *path, *temp;
};
enum status file_aside_open(struct file_aside *a, const char *path, unsigned mode,
                            struct error *err) MUST_CHECK;
enum status file_aside_commit(struct file_aside *a, struct error *err) MUST_CHECK;
void file_aside_drop(struct file_aside *a);

/* file_folder - make a folder and its parents (0700). */
enum status file_folder(const char *path, struct error *err) MUST_CHECK;

/* file_age_s - seconds since the file was last written, by the machine's clock; -1 if there is
 * none. */
double file_age_s(const char *path);

/* file_place - the path of `name` in one of the program's folders, in memory that the caller frees:
 *   PLACE_CONFIG  $XDG_CONFIG_HOME/vigie   or ~/.config/vigie
 *   PLACE_DATA    $XDG_DATA_HOME/vigie     or ~/.local/share/vigie
 *   PLACE_CACHE   $XDG_CACHE_HOME/vigie    or ~/.cache/vigie
 *   PLACE_STATE   $XDG_STATE_HOME/vigie    or ~/.local/state/vigie
 *   PLACE_RUNTIME $XDG_RUNTIME_DIR/vigie   or /tmp/vigie-UID
 *   returns  NULL if there is no home: E_ABSENT, "no HOME: ..." */
enum place { PLACE_CONFIG, PLACE_DATA, PLACE_CACHE, PLACE_STATE, PLACE_RUNTIME };
char *file_place(enum place place, const char *name, struct error *err) MUST_CHECK;

/* file_in_home - a path as the user writes it, in memory that the caller frees: "~/x" and "x" lie in his
 * home, since the session does not live in the folder he is in; "/x", and all without HOME, as it is.
 *   test     tests/base/check_file.c */
char *file_in_home(const char *path);

/* file_shipped - the path of a folder that comes with the program ("lua", "themes"), in memory that the
 * caller frees: that of the source tree when the program runs from a build inside it, else where it is
 * installed. It need not be there.
 *   test     tests/base/check_file.c */
char *file_shipped(const char *name);

#endif
