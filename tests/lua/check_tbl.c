/* check_tbl.c - tables as scripts have them: cells as they are (null apart from NaN, whole numbers
 * exact), rows and columns, what makes tables from tables, files, what is gone, and that nothing holds the
 * loop. Expected values: counted by hand.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static struct runner r;

static void setup(void)
{
    runner_open(&r, NULL, NULL);
}

static void teardown(void)
{
    runner_close(&r);
}

#define GIVES(code, want) ck_assert_str_eq(runner_line(&r, code), want)
#define SAYS(code, part)                                                                           \
    do {                                                                                           \
        const char *said = runner_line(&r, code);                                                  \
        ck_assert_msg(strstr(said, part) != NULL, "%s\nsays: %s", code, said);                     \
    } while (0)

#define STARS                                                                                      \
    "local t = tbl.new{{'Vega', 279.23, 38.78, 0.03}, {'Deneb', 310.36, 45.28, nil}, {'Altair', "  \
    "297.7, 8.87, 0.77}, columns = {'name', {name = 'ra', unit = 'deg', ucd = "                    \
    "'pos.eq.ra;meta.main'}, {name = 'dec', unit = 'deg', ucd = 'pos.eq.dec;meta.main'}, {name = " \
    "'mag', unit = 'mag', description = 'V'}}} "

START_TEST(cells)
{
    GIVES(STARS "return #t, t[1].name, t[2].mag, t[3]['mag'], t[4]", "= 3\tVega\tnil\t0.77\tnil\n");
    GIVES(STARS "return t[1]:getbyucd'pos.eq.ra;meta.main', t[1]:getbyucd'time.epoch'",
          "= 279.23\tnil\n");
    /* whole numbers to the last digit, NaN is no null, both booleans */
    GIVES("local t = tbl.new{{i = 9007199254740993, x = 0/0, b = true}, {i = math.mininteger, b = "
          "false}} return t[1].i, t[2].i, t[1].x ~= t[1].x, t[2].x, t[1].b, t[2].b",
          "= 9007199254740993\t-9223372036854775808\ttrue\tnil\ttrue\tfalse\n");
    GIVES("local t = tbl.new{{a = angle'1d30m', d = duration'2min', t = time'2026-11-23T02:00'}} "
          "return t[1].a, t.a.unit, t[1].d, t.d.unit, t[1].t",
          "= 1.5\tdeg\t120.0\ts\t2026-11-23T02:00:00.000Z\n");
    GIVES("local t = tbl.new{{x = 1}, {x = 2.5}} return t[1].x, t[2].x, t.x.datatype",
          "= 1.0\t2.5\tdouble\n");
    GIVES(STARS "local s = '' for r in t:rows() do s = s .. r.name .. ' ' end return s",
          "= Vega Deneb Altair \n");
}
END_TEST

START_TEST(columns)
{
    GIVES(STARS "return #t.mag, t.mag:min(), t.mag:max(), t.mag:mean(), t.mag:median(), "
                "t.mag:sum()",
          "= 3\t0.03\t0.77\t0.4\t0.4\t0.8\n");
    GIVES(STARS "return t.mag.unit, t.mag.description, t.ra.ucd, t:column'ra'[1], t.mag[2]",
          "= mag\tV\tpos.eq.ra;meta.main\t279.23\tnil\n");
    GIVES(STARS "return table.concat(t.fieldnames, ' '), t.status, t.meta.partial, "
                "t.fielddescs[2].unit",
          "= name ra dec mag\tOK\tfalse\tdeg\n");
    GIVES("return tbl.new{{x = 0/0}}.x:mean(), tbl.new{{x = 0/0}}.x:sum()", "= nil\t0.0\n");
    GIVES(
        "local t = tbl.new{{i = 9007199254740993}, {i = 1}, {i = 2}} return t.i:max(), t.i:sum(), "
        "t.i:mean()",
        "= 9007199254740993\t9007199254740996\t3.0023997515803e+15\n");
    SAYS(STARS "return t.name:mean()", "! argument: the column name holds no numbers");
}
END_TEST

START_TEST(tables_of_tables)
{
    GIVES(STARS "return #t:where'mag < 0.5 and dec > 0', #t:where'mag is null', #t", "= 1\t1\t3\n");
    GIVES(STARS "return #t:where(function(r) sleep(0.001) return r.mag and r.mag > 0.5 end)",
          "= 1\n");
    GIVES(STARS "local r = t[3] local s = t:sort('mag', {desc = true}) return s == t, t[1].name, "
                "t[2].name, t[3].name, r.name",
          "= true\tAltair\tVega\tDeneb\tAltair\n");
    GIVES(STARS "t:sort'ra' local u = t:select{'mag', 'name'} return table.concat(u.fieldnames, "
                "' '), u[3].name, #t:head(2), #t:head(99), t:head(1)[1].name",
          "= mag name\tDeneb\t2\t3\tVega\n");
    GIVES(STARS "local v = t:where'dec > 10' t:add_column('half', function(r) return r.mag and "
                "r.mag / 2 end, {unit = 'mag', ucd = 'phot.mag'}) return t[3].half, t[2].half, "
                "t.half.unit, #v.fieldnames, #t.fieldnames",
          "= 0.385\tnil\tmag\t4\t5\n");
    GIVES(STARS
          "local v = t:where'dec > 10' v:add_column('n', function(r) return r.name:len() end) "
          "return #v, v[1].n, v[2].n, #t.fieldnames",
          "= 2\t4\t5\t4\n");
    GIVES(STARS "local u = tbl.new{{ra = 279.2301, dec = 38.78, what = 'a'}, {ra = 10, dec = 10, "
                "what = 'b'}} local j = t:join(u, {radius = '2arcsec'}) return #j, j[1].name, "
                "j[1].what, j[1].separation > 0.27 and j[1].separation < 0.29, j[1].ra_2",
          "= 1\tVega\ta\ttrue\t279.2301\n");
    SAYS("return tbl.new{{x = 1}}:join(tbl.new{{x = 1}})",
         "! argument: join: the first table has no columns of a position");
}
END_TEST

START_TEST(said_when_wrong)
{
    SAYS(STARS "return t[0]", "! argument: lists begin at 1 in Lua; the first is [1]");
    SAYS(STARS "return t.mag[0]", "! argument: lists begin at 1 in Lua; the first is [1]");
    SAYS(STARS "return t.names", "! argument: there is no column names; did you mean name?");
    SAYS(STARS "return t[1].maq", "! argument: there is no column maq; did you mean mag?");
    SAYS(STARS "return t:where'mgg < 3'", "did you mean mag?");
    SAYS(STARS "t.mag = 3", "! argument: a table is not changed by assignment");
    SAYS(STARS "t[1].mag = 3", "! argument: the cells of a table are not changed");
    SAYS(STARS "return t.sort('mag')", "call it with a colon");
    SAYS(STARS "return t:sort('mag', {dsc = true})", "there is no dsc; did you mean desc?");
    SAYS(STARS "t:add_column('mag', function() return 1 end)", "there is a column mag already");
    SAYS(STARS "t:add_column('x', function(r) return r.name == 'Vega' and 1 or 'b' end)",
         "row 2 of x is of another type");
    SAYS("tbl.new{{x = print}}", "row 1 of x is a function");
    SAYS(STARS "t:save'x.doc'", "! argument: tbl:write: x.doc: no format has this ending");
    SAYS("return samp.send", "! gone: samp: this build of vigie has no samp");
    r.grants = "";
    ck_assert_str_eq(runner_script(&r, "local t = tbl.new{{x = 1}} t:save('x.csv')"),
                     "! permission: tbl:write: the header must say it: needs = { \"files\" }\n");
    ck_assert_str_eq(runner_script(&r, "tbl.read('x.csv')"),
                     "! permission: tbl.read: the header must say it: needs = { \"files\" }\n");
}
END_TEST

START_TEST(gone)
{
    SAYS(STARS "local row = t[1] t:close() return row.ra",
         "! gone: this row is of a table that was closed");
    SAYS(STARS "local ra = t.ra t:close() return ra[1]",
         "! gone: this column is of a table that was closed");
    SAYS(STARS "t:close() return #t", "! gone: this table was closed");
    GIVES(STARS "local v = t:where'dec > 10' t:close() return #v, v[1].name", "= 2\tVega\n");
    SAYS(STARS "do local u <close> = t end return t[1]", "! gone: this table was closed");
    /* the rows of a view whose cells were renewed */
    SAYS(STARS "local v = t:where'dec > 40' local row = v[1] v:add_column('n', function() return 1 "
               "end) return row.name",
         "! gone: this row is of a table that has other cells now");
    SAYS(STARS "return t:where(function(r) t:close() return true end)", "! gone");
    SAYS(STARS "t:add_column('n', function(r) t:close() return 1 end)", "! gone");
}
END_TEST

START_TEST(files)
{
    static const char *const ending[] = {"csv", "tsv", "vot", "fits", "ecsv"};
    char code[600];
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        snprintf(code, sizeof code,
                 STARS "t:save('s.%s') local u = tbl.read's.%s' return #u, u[1].name, u[3].mag, "
                       "u[1].ra, #u.fieldnames",
                 ending[i], ending[i]);
        GIVES(code, "= 3\tVega\t0.77\t279.23\t4\n");
    }
    GIVES(STARS "t:where'mag > 0.5':write('v.vot', {format = 'binary2'}) local u = tbl.read'v.vot' "
                "return #u, u[1].name, u.ra.ucd",
          "= 1\tAltair\tpos.eq.ra;meta.main\n");
    SAYS(STARS "t:save's.csv'", "! io: tbl:write: s.csv is there already; {overwrite = true}");
    GIVES(STARS "t:head(1):save('s.csv', {overwrite = true}) return #tbl.read's.csv'", "= 1\n");
    GIVES(STARS "t:save('table', {format = 'csv', overwrite = true}) return #tbl.read('table', "
                "{format = 'csv'})",
          "= 3\n");
    SAYS("tbl.read'none.csv'", "! io: tbl.read: none.csv: No such file");
    SAYS("tbl.read'../x.csv'", "! permission: tbl.read: \"../x.csv\" lies outside");
    SAYS("files.write('bad.vot', '<VOTABLE><x', {overwrite = true}) return tbl.read'bad.vot'",
         "! parse: tbl.read: bad.vot");
    SAYS(STARS "return tbl.read('s.vot', {table = 2})", "! argument: tbl.read: s.vot has 1 table");
}
END_TEST

START_TEST(shown)
{
    GIVES(STARS "return t", "= name        ra    dec   mag\n"
                            "           deg    deg   mag\n"
                            "Vega    279.23  38.78  0.03\n"
                            "Deneb   310.36  45.28     -\n"
                            "Altair   297.7   8.87  0.77\n");
    SAYS("local l = {} for i = 1, 1254 do l[i] = {i = i} end return tbl.new(l)",
         "\n  10\n\xE2\x80\xA6 1 234 more\n1245\n");
    /* what a service sends does not reach a terminal as it is */
    SAYS("show(tbl.new{{s = 'a\\27[2Jb'}})", "a\xEF\xBF\xBD[2Jb");
    GIVES("print(tbl.new{{x = 1}}[1])", "{x = 1}\n");
}
END_TEST

/* A large table: what takes long yields; the cells weigh their bytes. */
START_TEST(large)
{
    ck_assert_str_eq(
        runner_line(&r,
                    "big = nil local l = {} for i = 1, 200000 do l[i] = {i, (i * 7919) % 200003} "
                    "end big = tbl.new{table.unpack(l, 1, 1), columns = {'i', 'x'}}"),
        "");
    /* the cells of 400000 rows made in C: doubled by a file of its own */
    runner_line(&r, "local p = {} for i = 1, 400000 do p[i] = i .. ',' .. (i * 7919) % 400009 end "
                    "files.write('big.csv', 'i,x\\n' .. table.concat(p, '\\n') .. '\\n')");
    ck_assert_str_eq(runner_line(&r, "big = tbl.read'big.csv' return #big, big.x:max()"),
                     "= 400000\t400008\n");
    double worst = r.worst_ms;
    size_t before = lua_host_memory(r.host);
    ck_assert_str_eq(runner_line(&r, "big:sort'x' return big[1].i, #big:where'x < 1000'"),
                     "= 263322\t999\n");
    worst = r.worst_ms > worst ? r.worst_ms : worst;
    ck_assert_str_eq(runner_line(&r, "local n = 0 for row in big:rows() do n = n + row.x end "
                                     "return n == big.x:sum(), #big:where(function(q) return q.x "
                                     "% 2 == 0 end) > 0"),
                     "= true\ttrue\n");
    worst = r.worst_ms > worst ? r.worst_ms : worst;
    ck_assert_msg(lua_host_memory(r.host) < before + (8u << 20), "%zu bytes of Lua for 400000 rows",
                  lua_host_memory(r.host) - before);
    /* views that nobody holds do not pile up; those that are held come to an end */
    ck_assert_str_eq(runner_line(&r, "for i = 1, 400 do big:head(400000) end return 'done'"),
                     "= done\n");
    SAYS("local l = {} for i = 1, 1000 do l[i] = big:head(400000) end",
         "! limit: the tables of all scripts would be above 1024 MB");
    printf("tbl: longest step of the host %.1f ms\n", worst);
    r.cancel_ms = 30;
    runner_line(&r, "while true do big:sort'x' big:sort'i' end");
    ck_assert_int_eq(r.state, LUA_TASK_CANCELLED);
    runner_line(&r, "while true do for row in big:rows() do local y = row.x end end");
    ck_assert_int_eq(r.state, LUA_TASK_CANCELLED);
    runner_line(&r, "big:where(function() while true do end end)");
    ck_assert_int_eq(r.state, LUA_TASK_CANCELLED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tbl");
    TCase *c = tcase_create("tbl");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, cells);
    tcase_add_test(c, columns);
    tcase_add_test(c, tables_of_tables);
    tcase_add_test(c, said_when_wrong);
    tcase_add_test(c, gone);
    tcase_add_test(c, files);
    tcase_add_test(c, shown);
    tcase_add_test(c, large);
    tcase_set_timeout(c, 60);
    suite_add_tcase(suite, c);
    SRunner *s = srunner_create(suite);
    srunner_run_all(s, CK_NORMAL);
    int failed = srunner_ntests_failed(s);
    srunner_free(s);
    return failed != 0;
}
