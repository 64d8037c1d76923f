/* api_log.c - module log: lines into the night log, and those of a night read back. Not: the log (session/nightlog.c).
 */
#include <stdlib.h>
#include <string.h>

#include "push.h"
#include "vigie/base/file.h"
#include "vigie/session/session.h"

enum { LOG_FILE_MAX = 20 << 20, LOG_ROWS = 100000 };

static int log_at(lua_State *L, enum log_level level)
{
    struct lua_host *h = HOST(L);
    const char *name = h->running ? h->running->name : "script";
    lua_getglobal(L, "format"); /* of the empty globals: nothing a script can reach */
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    log_put(level, "lua", name, "%s", lua_tostring(L, -1));
    return 0;
}

static int log_info(lua_State *L)
{
    return log_at(L, LOG_INFO);
}

static int log_warn(lua_State *L)
{
    return log_at(L, LOG_WARN);
}

static int log_error(lua_State *L)
{
    return log_at(L, LOG_TROUBLE);
}

/* ---- lines of a night ---- */

static void push_row(lua_State *L, const char *const field[5], lua_Integer i)
{
    static const char *const name[] = {"time", "room", "level", "subject", "text"};
    struct jd_utc t;
    lua_createtable(L, 0, 5);
    if (utc_parse(field[0], clock_system(), &t, NULL) == OK)
        set_time(L, name[0], t);
    for (int k = 1; k < 5; k++)
        set_text(L, name[k], field[k]);
    lua_rawseti(L, -2, i);
}

static bool wanted(const char *const field[5], const char *room)
{
    return !room || strcmp(field[1], room) == 0;
}

/* The lines of a file, in a table on the top: five fields parted by tabs. Ends them in place. */
static void push_file(lua_State *L, char *text, const char *room)
{
    lua_Integer n = 0;
    for (char *p = text, *next; *p && n < LOG_ROWS; p = next) {
        const char *field[5];
        size_t len = strcspn(p, "\n");
        next = p + len + (p[len] == '\n');
        p[len] = 0;
        int k = 0;
        for (char *f = p; f && k < 5; k++) {
            field[k] = f;
            f = k < 4 ? strchr(f, '\t') : NULL;
            if (f)
                *f++ = 0;
        }
        if (k == 5 && wanted(field, room))
            push_row(L, field, ++n);
    }
}

static void push_memory(lua_State *L, const struct session *s, const char *evening,
                        const char *room)
{
    const struct nightlog *log = session_log(s);
    const struct site *site = session_site(s, NULL);
    lua_Integer n = 0;
    for (size_t i = 0; i < nightlog_n(log); i++) {
        const struct log_line *l = nightlog_at(log, i);
        char of[11], iso[UTC_TEXT];
        night_evening(l->wall_ns, site ? site->lon_rad : 0, of);
        utc_format(utc_of_wall(l->wall_ns), 3, iso);
        const char *const field[5] = {iso, l->room, log_level_name(l->level), l->subject,
                                      l->message};
        if (strcmp(of, evening) == 0 && wanted(field, room))
            push_row(L, field, ++n);
    }
}

/* lines{night, room}: a night is named by the date of its evening. The file of the night, else what this
 * process remembers. */
static int log_lines(lua_State *L)
{
    struct session *s = here(L, "log.lines");
    const struct site *site = session_site(s, NULL);
    struct error err;
    char evening[11];
    night_evening(session_now_ns(s), site ? site->lon_rad : 0, evening);
    if (opt_field(L, 1, "night"))
        snprintf(evening, sizeof evening, "%s", lua_tostring(L, -1));
    if (strspn(evening, "0123456789-") != 10)
        return problem_raise(L, "argument",
                             "log.lines: night is the date of an evening: 2026-11-23");
    const char *room = opt_field(L, 1, "room") ? lua_tostring(L, -1) : NULL,
               *folder = session_folder(s);
    struct str *text = push_str(L);
    char *name = mem_printf("%s.log", evening);
    char *path = folder            ? mem_printf("%s/%s", folder, name)
                 : session_demo(s) ? NULL
                                   : file_place(PLACE_STATE, name, &err);
    enum status st = path ? file_read(path, LOG_FILE_MAX, text, &err) : E_ABSENT;
    free(path);
    free(name);
    lua_newtable(L);
    set_list(L);
    if (st == OK && text->n)
        push_file(L, text->s, room);
    else if (st == OK || st == E_ABSENT)
        push_memory(L, s, evening, room);
    else
        return problem_raise_error(L, &err);
    return 1;
}

static const struct lua_fn rows[] = {
    {"info", log_info, "(format: string, ...)", "nothing", "A line in the night log.",
     "log.info(\"seeing %.1f\", 2.1)"},
    {"warn", log_warn, "(format: string, ...)", "nothing", "A warning in the night log.",
     "log.warn(\"clouds from the west\")"},
    {"error", log_error, "(format: string, ...)", "nothing", "A trouble in the night log.",
     "log.error(\"focus lost\")"},
    {"lines", log_lines, "{[night: string], [room: string]}",
     "rows {time, room, level, subject, text}",
     "The lines of the night log, oldest first: of this night, or of the one whose evening has the "
     "date "
     "`night`; room: only those of one part of the program (\"user\": notes).",
     "log.info(\"seeing 2.1\") for i, l in ipairs(log.lines{}) do print(l.time, l.text) end"},
    {0}};
const struct lua_module lua_module_log = {"log", NULL, "lines in the night log", rows, NULL};
