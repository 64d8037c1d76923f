/* bench_table.c - how fast a VOTable of a million rows and ten columns is read, and what it weighs:
 * TABLEDATA, BINARY (written here: vigie writes BINARY2), BINARY2, each in a process of its own; beside them STILTS and astropy where they are
 * installed, whole processes with their start. Made here, of the kinds of columns that a catalogue of
 * stars has. Prints rates; asserts nothing.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vigie/base/clock.h"
#include "vigie/formats/tableio.h"
#include "vigie/formats/tableops.h"
#include "vigie/formats/votable.h"

enum { ROWS = 1000000, PIECE = 1 << 16 };

static double seconds(void)
{
    return (double)clock_thread_us() * 1e-6;
}

static struct table *make(void)
{
    static const struct table_field field[] = {
        {.name = "source_id", .datatype = "long", .ucd = "meta.id;meta.main"},
        {.name = "ra", .datatype = "double", .unit = "deg", .ucd = "pos.eq.ra;meta.main"},
        {.name = "dec", .datatype = "double", .unit = "deg", .ucd = "pos.eq.dec;meta.main"},
        {.name = "parallax", .datatype = "float", .unit = "mas", .ucd = "pos.parallax"},
        {.name = "pmra", .datatype = "float", .unit = "mas/yr"},
        {.name = "pmdec", .datatype = "float", .unit = "mas/yr"},
        {.name = "gmag", .datatype = "float", .unit = "mag", .ucd = "phot.mag;em.opt"},
        {.name = "nobs", .datatype = "int", .ucd = "meta.number"},
        {.name = "var", .datatype = "boolean", .ucd = "meta.code"},
        {.name = "name", .datatype = "char", .arraysize = "*", .ucd = "meta.id"}};
    struct table *t = table_new(NULL);
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        table_add(t, &field[i]);
    for (int64_t i = 0; i < ROWS; i++) {
        char name[32];
        double x = (double)i;
        int n = snprintf(name, sizeof name, "VG J%d+%d", 100000 + (int)(i % 899999),
                         10000 + (int)(i % 79999));
        table_put_int(t, 0, 4500000000000000000 + i * 7919);
        table_put_double(t, 1, fmod(x * 137.50776405, 360));
        table_put_double(t, 2, asin(2 * (x + 0.5) / ROWS - 1) * 180 / M_PI);
        if (i % 17)
            table_put_double(t, 3, 1 + (double)(i % 9973) / 997);
        table_put_double(t, 4, 50 * sin(x * 0.001));
        table_put_double(t, 5, 50 * cos(x * 0.0013));
        table_put_double(t, 6, 6 + 14 * sqrt((x + 1) / ROWS));
        table_put_int(t, 7, 10 + i % 90);
        *(uint8_t *)table_put_room(t, 8, 1) = i % 50 == 0;
        table_put_string(t, 9, name, (size_t)n);
        struct error err;
        ensure(table_row_end(t, &err) == OK);
    }
    return t;
}

static void write_one(const struct table *t, enum table_format format, const char *path,
                      const char *what)
{
    struct error err;
    struct stat st = {0};
    double from = seconds();
    ensure(table_write_file(NULL, t, format, path, &err) == OK && stat(path, &st) == 0);
    double took = seconds() - from;
    printf("  write %-10s %7.1f MB  %6.2f s  %6.0f MB/s  %5.2f M rows/s\n", what,
           (double)st.st_size * 1e-6, took, (double)st.st_size * 1e-6 / took, ROWS * 1e-6 / took);
}

static void big_endian(struct str *out, uint64_t v, int bytes)
{
    for (int i = bytes; i-- > 0;)
        str_addc(out, (char)(v >> (8 * i)));
}

static void real(struct str *out, const char *datatype, double v)
{
    uint64_t d;
    uint32_t f;
    float single = (float)v;
    memcpy(&d, &v, sizeof d);
    memcpy(&f, &single, sizeof f);
    if (datatype[0] == 'd')
        big_endian(out, d, 8);
    else
        big_endian(out, f, 4);
}

/* VOTable 1.3, section 6: a row of BINARY. */
static void row_binary(const struct table *t, size_t row, struct str *out)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *datatype = t->column[c].field.datatype;
        int64_t i = 0;
        size_t n = 0;
        if (strcmp(datatype, "double") == 0 || strcmp(datatype, "float") == 0) {
            real(out, datatype, table_double(t, row, c));
        } else if (strcmp(datatype, "char") == 0) {
            const char *text = table_text(t, row, c, &n);
            big_endian(out, n, 4);
            str_addn(out, text, n);
        } else {
            table_int(t, row, c, &i);
            if (strcmp(datatype, "boolean") == 0)
                str_addc(out, i ? 'T' : 'F');
            else
                big_endian(out, (uint64_t)i, strcmp(datatype, "long") == 0 ? 8 : 4);
        }
    }
}

static void base64(const struct str *bytes, size_t n, FILE *f)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < n ? (uint8_t)bytes->s[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            fputc(i + k > n ? '=' : digit[v >> (18 - 6 * k) & 63], f);
        if (i % 48 == 45)
            fputc('\n', f);
    }
}

static void write_binary(const struct table *t, const char *path)
{
    struct str bytes = {0};
    FILE *f = fopen(path, "w");
    ensure(f != NULL);
    fputs("<?xml version=\"1.0\"?>\n<VOTABLE version=\"1.3\" "
          "xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\"><RESOURCE><TABLE>\n",
          f);
    for (size_t c = 0; c < t->n_columns; c++) {
        const struct table_field *d = &t->column[c].field;
        fprintf(f, "<FIELD name=\"%s\" datatype=\"%s\"%s/>\n", d->name, d->datatype,
                d->arraysize ? " arraysize=\"*\"" : "");
    }
    fputs("<DATA><BINARY><STREAM encoding=\"base64\">\n", f);
    for (size_t row = 0; row < t->rows; row++) {
        row_binary(t, row, &bytes);
        if (bytes.n < PIECE && row + 1 < t->rows)
            continue;
        size_t whole = row + 1 < t->rows ? bytes.n / 48 * 48 : bytes.n; /* lines of 64 digits */
        base64(&bytes, whole, f);
        memmove(bytes.s, bytes.s + whole, bytes.n - whole);
        bytes.n -= whole;
    }
    fputs("\n</STREAM></BINARY></DATA></TABLE></RESOURCE></VOTABLE>\n", f);
    ensure(fclose(f) == 0);
    str_clear(&bytes);
}

/* In a child, so that its peak of memory is its own. */
static void read_one(const char *path, const char *what, bool slow)
{
    fflush(stdout);
    pid_t pid = fork();
    ensure(pid >= 0);
    if (pid == 0) {
        struct error err;
        struct rusage u;
        struct stat st;
        char *piece = malloc(PIECE);
        FILE *f = fopen(path, "rb");
        ensure(f && piece && fstat(fileno(f), &st) == 0);
        struct votable *v = votable_new(NULL);
        if (slow)
            votable_slow(v);
        double from = seconds();
        for (size_t n; (n = fread(piece, 1, PIECE, f)) > 0;)
            ensure(votable_feed(v, piece, n, &err) == OK);
        ensure(votable_end(v, &err) == OK && votable_doc(v)->tables.at[0]->rows == ROWS);
        double took = seconds() - from;
        getrusage(RUSAGE_SELF, &u);
        printf("  read  %-10s %7.1f MB  %6.2f s  %6.0f MB/s  %5.2f M rows/s  peak %ld MB%s\n", what,
               (double)st.st_size * 1e-6, took, (double)st.st_size * 1e-6 / took,
               ROWS * 1e-6 / took, u.ru_maxrss / 1024, slow ? "  (XML library only)" : "");
        fflush(stdout);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    ensure(status == 0);
}

/* Another reader of the same file, if it is there: test says so, command reads (both for the shell). */
static void read_elsewhere(const char *name, const char *test, const char *command,
                           const char *path, const char *what)
{
    struct timespec from, to;
    struct stat st;
    char *line = mem_printf("%s >/dev/null 2>&1", test);
    bool there = system(line) == 0;
    free(line);
    if (!there)
        return;
    fflush(stdout);
    line = mem_printf("FILE=%s; export FILE; exec timeout 180 %s >/dev/null 2>&1", path, command);
    clock_gettime(CLOCK_MONOTONIC, &from);
    bool good = system(line) == 0;
    clock_gettime(CLOCK_MONOTONIC, &to);
    free(line);
    ensure(stat(path, &st) == 0);
    double took = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
    if (good)
        printf("  %-7s %-9s %7.1f MB  %6.2f s  %6.0f MB/s  %5.2f M rows/s\n", name, what,
               (double)st.st_size * 1e-6, took, (double)st.st_size * 1e-6 / took,
               ROWS * 1e-6 / took);
    else
        printf("  %-7s %-9s could not read it in 180 s\n", name, what);
}

static void work_on(const struct table *t)
{
    static const char *const filters[] = {"gmag < 15 and dec < 0", "name ~ '99+1'",
                                          "distance(ra, dec, 180, 0) < 10 and not var"};
    struct table_rows rows = {0};
    for (size_t c = 0; c < t->n_columns; c++) {
        table_rows_all(t, &rows);
        double from = seconds();
        table_sort(t, c, false, &rows);
        printf("  sort by %-10s %6.2f s\n", t->column[c].field.name, seconds() - from);
    }
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct table_filter *f;
        struct error err;
        ensure(table_filter_new(t, filters[i], &f, &err) == OK);
        table_rows_all(t, &rows);
        double from = seconds();
        table_filter_apply(f, &rows);
        printf("  filter %-45s %6.2f s, %zu rows\n", filters[i], seconds() - from, rows.n);
        table_filter_free(f);
    }
    table_rows_clear(&rows);
    struct table_place place;
    struct table_pair *pair;
    size_t n;
    struct error err;
    ensure(table_place_of(t, &place));
    double from = seconds();
    ensure(table_match(&place, &place, 2.0 / 3600 * M_PI / 180, false, 100000000, &pair, &n,
                       &err) == OK);
    printf("  match with itself within 2 arcsec %6.2f s, %zu pairs\n", seconds() - from, n);
    free(pair);
}

/* The write runs in a child too: what it allocates must not count for the readers that follow. */
static void make_files(char *const path[4])
{
    pid_t pid = fork();
    ensure(pid >= 0);
    if (pid == 0) {
        struct table *t = make();
        write_one(t, TABLE_VOTABLE, path[0], "TABLEDATA");
        write_one(t, TABLE_VOTABLE_BINARY2, path[1], "BINARY2");
        write_one(t, TABLE_CSV, path[2], "CSV");
        write_binary(t, path[3]);
        work_on(t);
        fflush(stdout);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    ensure(status == 0);
}

int main(void)
{
    char folder[] = "/tmp/vigie-bench-XXXXXX";
    ensure(mkdtemp(folder) != NULL);
    char *path[4] = {mem_printf("%s/td.vot", folder), mem_printf("%s/b2.vot", folder),
                     mem_printf("%s/t.csv", folder), mem_printf("%s/b.vot", folder)};
    printf("tables: %d rows, 10 columns\n", ROWS);
    fflush(stdout);
    make_files(path);
    read_one(path[0], "TABLEDATA", false);
    read_one(path[0], "TABLEDATA", true);
    read_one(path[3], "BINARY", false);
    read_one(path[1], "BINARY2", false);
    read_one(path[1], "BINARY2", true);
    static const char *const what[] = {"TABLEDATA", "BINARY2", NULL, "BINARY"};
    for (int i = 0; i < 4; i++) {
        if (!what[i])
            continue; /* CSV */
        read_elsewhere("STILTS", "command -v stilts", "stilts tpipe in=\"$FILE\" omode=count",
                       path[i], what[i]);
        read_elsewhere(
            "astropy", "/usr/bin/python3 -c 'import astropy'",
            "/usr/bin/python3 -W ignore -c 'import os; from astropy.io.votable import parse; "
            "parse(os.environ[\"FILE\"])'",
            path[i], what[i]);
    }
    for (int i = 0; i < 4; i++) {
        unlink(path[i]);
        free(path[i]);
    }
    rmdir(folder);
    return 0;
}
