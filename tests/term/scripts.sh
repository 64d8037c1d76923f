#!/bin/bash
# The library of scripts by its commands: list, load, export, diff, run; a script's form: a wrong value is said while it
# is typed, good ones run and are there again; a command made in Lua stands in the palette and in the help.
. "$(dirname "$0")/lib.sh"

mkdir -p "$HOME/.config/vigie/scripts" "$T/other"
cat >"$HOME/.config/vigie/scripts/doubling.lua" <<'LUA'
--[[ vigie-script
name    = "Doubling"
summary = "Twice a number"
]]
function twice(x)
  return 2 * x
end
print("twice is", twice(21))
LUA
command_line() {
    keys ':'
    type_line "$1"
}
clear_console() {
    command_line console-clear
    gone "$1"
}

open_terminal 80x24 tmux-256color
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
keys 6
see '^ vigie>'

command_line 'script list'
see 'doubling.lua .*Twice a number'
see 'plan.lua .*The night'
clear_console 'doubling'

# run: a task with globals of its own
command_line 'script run doubling'
see 'twice is +42'
see 'doubling.lua: done'
type_line '"it is " .. type(twice)'
see 'it is nil'
clear_console 'twice'

# load: in the console's own environment; shown as one line, and not in the history
command_line 'script load doubling'
see '^> :script load .*doubling.lua'
see 'twice is +42'
ok
screen_has 'return 2 \* x' && fail "the whole file is echoed"
type_line 'twice(4)'
see '^8$'
ok
grep -q 'twice(4)' "$HOME/.local/share/vigie/history" || fail "no history"
grep -q 'return 2' "$HOME/.local/share/vigie/history" && fail "the file is in the history"

# load does not answer a question that waits
type_line 'n = ui.ask("How many darks?")'
see '^answer\?'
keys Escape
sleep 0.5 # alone: with what follows it would be an Alt key
command_line 'script load doubling'
see 'asks for an answer'
keys i
type_line 5
see '^ vigie>'
type_line '"darks " .. n'
see 'darks 5'

# export: a copy beside; what is there stays. diff: what another of that name has else
command_line "script export doubling $T/copy.lua"
see 'doubling is in '
ok
cmp -s "$HOME/.config/vigie/scripts/doubling.lua" "$T/copy.lua" || fail "the copy differs"
command_line "script export doubling $T/copy.lua"
see 'is there already'
sed 's/2 \* x/x + x/' "$T/copy.lua" >"$T/other/doubling.lua"
command_line "script diff $T/other/doubling.lua"
see '-  return 2 \* x'
see '\+  return x \+ x'
clear_console 'return x'

# diff of a name: the one in use against that behind it
command_line 'script diff doubling'
see 'is the only one of its name'
sed 's/^summary .*/summary = "mine"/' "$TOP_SRCDIR/lua/plan.lua" >"$HOME/.config/vigie/scripts/plan.lua"
command_line 'script diff plan'
see '^-summary = "The night'
see '^\+summary = "mine"'
rm "$HOME/.config/vigie/scripts/plan.lua"
clear_console 'mine'

# the form of a shipped script
command_line 'console-form plan'
see 'Least depth, mmag'
keys C-u
keys -l 5000
see '^ - min_depth: .*1000'
keys F5
sleep 0.5
see 'Lowest altitude' # it did not run
keys C-u
keys -l 7.25
gone '^ - min_depth'
keys F5
see 'plan.lua: done'
ok
grep -q '^min_depth = 7.25' "$HOME/.local/share/vigie/presets/plan.lua.conf" || fail "the values are not kept"
command_line 'console-form plan'
see 'Least depth, mmag +7.25'

# a set of values under a name; what the script is
keys F2
see '^> +last run +min_depth=7.25'
keys s
keys -l shallow
keys Enter
see 'these values are kept as shallow'
ok
sed -n '/^\[shallow\]/,$p' "$HOME/.local/share/vigie/presets/plan.lua.conf" | grep -q '^min_depth = 7.25' ||
    fail "the set is not in the file"
keys F1
see 'may do +shipped with vigie'
see '^ --min_depth : number = 5'
keys Escape
see 'Least depth, mmag +7.25'
keys Escape
gone 'Lowest altitude'
keys i
clear_console 'plan.lua: done'

# named alone a script with parameters is a form, with values it runs
command_line 'run plan'
see 'Least depth, mmag +7.25'
keys Escape
gone 'Lowest altitude'
keys i
command_line 'run plan --preset shallow --min_alt 85d'
see 'plan.lua: done'
clear_console 'plan.lua: done'

# a command made at the prompt
type_line 'command{name="count-darks", keys="D", help="Count the darks of tonight", run=function() print("darks are counted") end}'
clear_console 'Count the darks of'
keys ':'
keys -l 'count-d'
see 'count-darks .*Count the darks'
keys Enter
see '^(\[.*\] )?darks are counted'
keys Escape
sleep 0.5
clear_console 'darks are counted'
keys '?'
keys -l '/darks'
see '^ *> *D +count-darks +Count the darks of tonight'
keys Escape
sleep 0.5
keys Escape
sleep 0.5
keys D
see '^(\[.*\] )?darks are counted'
command_line detach
as_found
end_session
