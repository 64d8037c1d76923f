/* bench_tbl.c - a table of a million rows in the hands of a script: what a row costs to look at, what the
 * table weighs, how long where, sort and a column take, how long the longest step of the host is
 * meanwhile. Prints figures; asserts nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runner.h"
#include "vigie/base/clock.h"
#include "vigie/base/mem.h"

enum { ROWS = 1000000 };

static struct runner r;

static double peak_mb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

static double now_mb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static double seconds(void)
{
    const struct clock *c = clock_system();
    return (double)CLOCK_MS(c) / 1000;
}

/* per: so many things are done; 0: the whole is told. */
static void told(const char *what, const char *code, double per)
{
    double t = seconds();
    const char *said = runner_line(&r, code);
    t = seconds() - t;
    if (per > 0)
        printf("  %-44s %8.0f ns   longest step %5.1f ms   %s", what, t / per * 1e9, r.worst_ms,
               *said ? said : "\n");
    else
        printf("  %-44s %8.3f s    longest step %5.1f ms   %s", what, t, r.worst_ms,
               *said ? said : "\n");
}

static void write_table(void)
{
    char *path = mem_printf("%s/big.csv", r.folder);
    FILE *f = fopen(path, "w");
    free(path);
    ensure(f != NULL);
    fputs("id,ra,dec,mag,flag\n", f);
    for (long i = 0; i < ROWS; i++)
        fprintf(f, "%ld,%.6f,%.6f,%.3f,%d\n", 4500000000000000000L + i * 7919,
                (double)(i * 137 % 360000) / 1000, (double)(i * 71 % 180000) / 1000 - 90,
                6 + (double)(i * 7919 % 1000003) / 70000, i % 50 == 0);
    fclose(f);
}

int main(void)
{
    runner_open(&r, NULL, NULL);
    write_table();
    printf("tbl: %d rows of 5 columns (long, 3 double, long): 40 bytes of cells a row\n", ROWS);
    double before = now_mb();
    told("tbl.read of CSV", "big = tbl.read'big.csv'", 0);
    double after = now_mb();
    printf("  memory: %.1f bytes a row (%.0f MB), of it in Lua %.1f kB\n",
           (after - before) * 1048576 / ROWS, after - before,
           (double)lua_host_memory(r.host) / 1024);
    told("an empty loop", "for i = 1, 1e6 do end", ROWS);
    told("t[i]", "local t = big for i = 1, #t do local row = t[i] end", ROWS);
    told("t[i].mag", "local t = big for i = 1, #t do local m = t[i].mag end", ROWS);
    told("for row in t:rows() do row.mag", "for row in big:rows() do local m = row.mag end", ROWS);
    told("t.mag[i]", "local m = big.mag for i = 1, #m do local x = m[i] end", ROWS);
    told("row.mag of one row", "local row = big[1] for i = 1, 1e6 do local x = row.mag end", ROWS);
    told("t.mag:mean()", "return big.mag:mean()", 0);
    told("t.mag:median()", "return big.mag:median()", 0);
    told("where \"mag < 12 and dec > 0\"", "return #big:where'mag < 12 and dec > 0'", 0);
    told("where(function)", "return #big:where(function(r) return r.mag < 12 and r.dec > 0 end)",
         0);
    told("sort", "big:sort'mag' return big[1].mag", 0);
    told("add_column(function)",
         "big:add_column('x', function(r) return r.ra + r.dec end) return #big.fieldnames", 0);
    told("select of 2", "return #big:select{'ra', 'dec'}", 0);
    told("save as VOTable", "big:save'big.vot'", 0);
    printf("  peak of the process %.0f MB; Lua holds %.1f kB\n", peak_mb(),
           (double)lua_host_memory(r.host) / 1024);
    runner_close(&r);
    return 0;
}
