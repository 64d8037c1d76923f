/* replay.c - runs a fuzz target over files: the ordinary test. Folders of seeds are the arguments: tests/fuzz/seeds/<target>, and
 * folders below VIGIE_CORPUS when that is set. Each file is given whole, then each of its prefixes at a few hundred lengths, then with single bytes
 * changed, so that a short corpus still reaches the error paths.
 * Not: a fuzzer; `./configure --enable-fuzz CC=clang` builds those. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/file.h"
#include "vigie/base/mem.h"

/* The project's own seeds are few and small; of a corpus each file is tried whole and a little. */
enum { OWN_TRIES = 100, CORPUS_TRIES = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly n bytes, so that the sanitizer sees a read one byte too far. */
static void one(const char *s, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    ensure(copy != NULL);
    if (n)
        memcpy(copy, s, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

/* tries: how many prefixes, and how many changed bytes. */
static void one_file(const char *path, unsigned tries)
{
    struct str t = {0};
    struct error err;
    if (file_read(path, 20000000, &t, &err) != OK) {
        fprintf(stderr, "replay: %s\n", err.text);
        exit(1);
    }
    one(str_c(&t), t.n);
    size_t step = t.n / tries + 1;
    if (t.n < 100000) {
        for (size_t n = 0; n < t.n; n += step)
            one(t.s, n);
        uint32_t seed = 12345;
        for (int i = 0; i < (int)tries && t.n; i++) {
            seed = seed * 1664525 + 1013904223;
            char *p = t.s + seed % t.n, was = *p;
            *p = (char)(seed >> 24);
            one(t.s, t.n);
            *p = was;
        }
    }
    str_clear(&t);
}

static size_t folder(const char *path, unsigned tries)
{
    DIR *d = opendir(path);
    size_t n = 0;
    if (!d)
        return 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        char *p = mem_printf("%s/%s", path, e->d_name);
        DIR *sub = opendir(p);
        if (sub) {
            closedir(sub);
            n += folder(p, tries);
        } else {
            one_file(p, tries);
            n++;
        }
        free(p);
    }
    closedir(d);
    return n;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    if (strncmp(name, "lt-", 3) == 0)
        name += 3;
    name += strncmp(name, "check_", 6) == 0
                ? 6
                : 0; /* check_votable -> seeds/votable, and SEEDS below the corpus */
    const char *data = getenv("VIGIE_TEST_DATA"), *corpus = getenv("VIGIE_CORPUS");
    char *own = mem_printf("%s/../fuzz/seeds/%s", data ? data : "tests/data", name);
    size_t n = folder(own, OWN_TRIES);
    free(own);
    if (n == 0) {
        fprintf(stderr, "replay: no seeds for %s\n", name);
        return 1;
    }
#ifdef SEEDS
    static const char *const more[] = {SEEDS};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (!corpus) {
            fprintf(stderr, "%s: VIGIE_CORPUS is not set: only the project's own %zu seeds\n", name,
                    n);
            break;
        }
        char *p = mem_printf("%s/%s", corpus, more[i]);
        n += folder(p, CORPUS_TRIES);
        free(p);
    }
#else
    (void)corpus;
#endif
    printf("%s: %zu seeds\n", name, n);
    return 0;
}
