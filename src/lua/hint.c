/* hint.c - see hint.h. A table of what the message says and what helps. Not: our own errors, which say it themselves.
 */
#include "hint.h"

#include <stddef.h>
#include <string.h>

/* struct trap - found: a part of the message; NULL: any. code: a part of a text that did not compile. */
struct trap {
    const char *found, *code, *hint;
};

static const char
    no_files[] = "scripts reach files through files.read, files.write, files.csv_read",
    no_shell[] =
        "a script reaches neither the shell nor the process: files, log, session are there",
    no_debug[] = "the program's insides are not for scripts: an error has e.traceback",
    not_here[] = "this vigie has no such module: help() lists what there is";

static const struct trap traps[] = {
    {"near '!'", NULL, "not equal is ~= in Lua, not is not"},
    {"near '='", "!=", "not equal is ~= in Lua"},
    {"'then' expected", ":", "a block is `if x then ... end`, not `if x:`"},
    {"'do' expected", ":", "a block is `for ... do ... end`, not `for ...:`"},
    {"near", "def ", "a function is `function f(x) ... end`"},
    {"near", "import ",
     "nothing is imported: sky, transits, alerts, files ... are there; help() lists them"},
    {"near", "elif ", "it is elseif, and `then` behind the condition"},
    {"near", "+=", "there is no +=: x = x + 1"},
    {"near", "lambda ", "it is function(x) return x + 1 end"},
    {"expected near 'goto'", NULL, "goto is a word of the language: mount.slew"},
    {"expected near 'end'", NULL, "end is a word of the language: t[\"end\"], or stop"},
    {"near '#'", "\n#", "a comment begins with --"},
    {"unexpected symbol near '#'", NULL, "a comment begins with --"},
    {"(global 'None')", NULL, "None is nil in Lua"},
    {"(global 'True')", NULL, "it is true and false, written small"},
    {"(global 'len')", NULL, "the length of t is #t"},
    {"(global 'range')", NULL, "a loop over numbers is `for i = 1, 10 do ... end`"},
    {"(global 'str')", NULL, "tostring(x)"},
    {"(global 'float')", NULL, "tonumber(text)"},
    {"(global 'int')", NULL, "tonumber(text), or x // 1"},
    {"(method 'append')", NULL, "a list grows by t[#t + 1] = x"},
    {"attempt to perform arithmetic on a string value", NULL,
     "texts are joined by .., as in a .. b"},
    {"(global 'io')", NULL, no_files},
    {"(global 'dofile')", NULL, "script.run(\"name\") runs a script of the library"},
    {"(global 'loadfile')", NULL, "script.run(\"name\") runs a script of the library"},
    {"(global 'package')", NULL, no_debug},
    {"(global 'debug')", NULL, no_debug},
    {"(field 'dump')", NULL, "there is no bytecode here: a script is text"},
    {"(field 'getenv')", NULL, no_shell},
    {"(field 'execute')", NULL, no_shell},
    {"(field 'exit')", NULL, no_shell},
    {"(field 'remove')", NULL, no_files},
    {"(field 'rename')", NULL, no_files},
    {"(field 'tmpname')", NULL, no_files},
    {"(global 'mount')", NULL, not_here},
    {"(global 'camera')", NULL, not_here},
    {"(global 'focuser')", NULL, not_here},
    {"(global 'wheel')", NULL, not_here},
    {"(global 'dome')", NULL, not_here},
    {"(global 'power')", NULL, not_here},
    {"(global 'weather')", NULL, not_here},
    {"(global 'samp')", NULL, not_here},
    {"(global 'targets')", NULL, not_here},
};

const char *hint_for(const char *message, const char *code)
{
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        const struct trap *t = &traps[i];
        if (strstr(message, t->found) && (!t->code || (code && strstr(code, t->code))))
            return t->hint;
    }
    return NULL;
}
