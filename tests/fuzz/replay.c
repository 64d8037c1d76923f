/* replay.c - runs a fuzz target over files: the ordinary test. Its seeds are those in tests/fuzz/seeds/<target>, and
 * what tests/fuzz/seeds.list adds. Each file is given whole, then each of its prefixes at a few hundred lengths, then with single bytes
 * changed, so that a short corpus still reaches the error paths.
 * Not: a fuzzer; `./configure --enable-fuzz CC=clang` builds those. */
#include <dirent.h>
#include <glob.h>
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

static size_t file_or_folder(const char *path, unsigned tries)
{
    DIR *d = opendir(path);
    if (!d) {
        one_file(path, tries);
        return 1;
    }
    closedir(d);
    return folder(path, tries);
}

/* What the pattern, a word of the list, names. A pattern that finds nothing is an error: seeds have moved. */
static size_t pattern(const char *word, const char *data, const char *corpus)
{
    bool own = strncmp(word, "data/", 5) == 0;
    char *path = mem_printf("%s/%s", own ? data : corpus, strchr(word, '/') + 1);
    size_t n = 0;
    glob_t found;
    if (glob(path, 0, NULL, &found) != 0) {
        fprintf(stderr, "replay: seeds.list: nothing is called %s\n", word);
        exit(1);
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        n += file_or_folder(found.gl_pathv[i], own ? OWN_TRIES : CORPUS_TRIES);
    globfree(&found);
    free(path);
    return n;
}

/* The line of this target in seeds.list. */
static size_t listed(const char *name, const char *data, const char *corpus)
{
    struct str list = {0};
    struct error err;
    char *path = mem_printf("%s/../fuzz/seeds.list", data), *line, *word, *lines, *words;
    size_t n = 0;
    bool without = false;
    if (file_read(path, 1 << 16, &list, &err) != OK) {
        fprintf(stderr, "replay: %s\n", err.text);
        exit(1);
    }
    for (line = strtok_r(list.s, "\n", &lines); line; line = strtok_r(NULL, "\n", &lines)) {
        word = strtok_r(line, " ", &words);
        while (word && strcmp(line, name) == 0 && (word = strtok_r(NULL, " ", &words))) {
            if (strncmp(word, "data/", 5) == 0 || corpus)
                n += pattern(word, data, corpus);
            else
                without = true;
        }
    }
    if (without)
        fprintf(stderr, "%s: VIGIE_CORPUS is not set: its files are left out\n", name);
    str_clear(&list);
    free(path);
    return n;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    const char *data = getenv("VIGIE_TEST_DATA");
    name += strncmp(name, "fuzz_", 5) == 0 ? 5 : 0; /* fuzz_table -> seeds/table */
    data = data ? data : "tests/data";
    char *own = mem_printf("%s/../fuzz/seeds/%s", data, name);
    size_t n = folder(own, OWN_TRIES);
    free(own);
    n += listed(name, data, getenv("VIGIE_CORPUS"));
    if (n == 0) {
        fprintf(stderr, "replay: no seeds for %s\n", name);
        return 1;
    }
    printf("%s: %zu seeds\n", name, n);
    return 0;
}
