#!/bin/bash
# The console by its keys, in a terminal: lines of several lines, a paste that runs nothing, the history searched, Tab,
# help of names, values and words, the tasks with progress and their end, and each command of the console.
. "$(dirname "$0")/lib.sh"

command_line() {
    keys ':'
    type_line "$1"
}
clear_console() {
    command_line console-clear
    gone "$1"
}
# paste TEXT: as a terminal does that marks what is pasted
paste() {
    t set-buffer -- "$1"
    t paste-buffer -p
}

open_terminal 80x24 tmux-256color
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
keys 6
see '^ vigie>'

# a line that ends too early goes on
type_line 'for i = 1, 2 do'
see '^\.\.\.\.\.\.>'
type_line 'print("round " .. i)'
type_line 'end'
see '^round 2'
see '^ vigie>$'

# what is pasted runs when Enter is pressed, not before
paste $'pasted = 40\npasted = pasted + 2\nprint("pasted is " .. pasted)'
see '^ vigie> pasted = 40'
see '^\.\.\.\.\.\.> print'
ok
sleep 0.5
screen_has '^pasted is' && fail "a paste ran by itself"
keys Enter
see '^pasted is 42'
paste 'q' # a letter that is a key elsewhere
see '^ vigie> q$'
keys C-u

# the history: searched backwards, by what a line begins with
keys C-r
keys -l 'round'
see '^\(search\) round: for i = 1, 2 do'
keys Escape
sleep 0.5
see '^ vigie>$'
keys -l 'pasted'
keys Up
see 'print\("pasted is'
keys C-c
see '^ vigie>$'

# Tab, and Tab again
keys -l 'sky.'
keys Tab
see 'words may stand here: Tab lists them'
keys Tab
see '^  airmass +\(alt: angle\)'
see 'more: Tab'
keys -l 'alta'
keys Tab
see '^ vigie> sky.altaz$'
see '^  sky.altaz\(c: coord' # the help of what stands there
keys -l '?'
keys Enter
see 'Where a place in the sky stands'
type_line 'files.write("of_a_test.txt", "x") return "written"'
see '^written$'
keys -l 'files.read("of_a'
keys Tab
see '^ vigie> files.read\("of_a_test.txt'
keys -l '")'
keys Enter
see '^x$'
clear_console '^x$'

# help of a word, of a value; an example
type_line 'help"parallactic"'
see 'Angle at the star between zenith and pole'
type_line 'stars = tbl.new{{ra = 10, mag = 5}, columns = {{name = "ra", unit = "deg"}, "mag"}}'
clear_console 'parallactic'
type_line 'stars?'
see '^tbl:status -> string'
type_line 'examples(sky.airmass)'
see '^ vigie> print\(sky.airmass\(30\)\)'
keys Enter
see '^1\.99'
clear_console 'airmass'

# values as people read them: units under the names, twenty rows of many, what is left out
type_line 'stars'
see '^ ra +mag'
see '^deg'
see '^ 10 +5'
type_line 'many = {} for i = 1, 1254 do many[i] = {n = i} end'
type_line 'long = tbl.new(many) return long'
see '^… 1 234 more – show\(_\) opens a tab'
see '^1254'
ok
screen_has '^ *11$' && fail "more than ten rows of the head"
type_line 'show(_)'
see '1254 rows'
see '\[3 VO'
keys 6
see '^ vigie>'
clear_console '1254'

# a failure, its hint, its traceback
type_line 'function deep(x) return x.y end'
type_line 'deep(nil)'
see ':tb for the traceback'
command_line tb
see 'stack traceback'
see 'in function <line [0-9]+:1>'
clear_console 'stack traceback'

# :time, :pp, :set, :tasks, :log
command_line 'time sky.night()'
see '^-- [0-9]+\.[0-9]+ s'
type_line '{a = {b = {c = {d = {1}}}}}'
see 'c = \{\.\.\.\}'
command_line pp
see '^\{a = \{b = \{c = \{d = \{1\}\}\}\}\}'
command_line 'set transits.min-alt 33'
see 'transits.min-alt'
type_line 'session.get"transits.min-alt"'
see '^33'
command_line "log $T/console.txt"
see 'written to'
type_line '"this is in the log"'
see '^this is in the log'
command_line 'log off'
until_true "the log lacks a line" grep -q '^this is in the log' "$T/console.txt"
clear_console 'in the log'

# tasks: progress, cancelled by x; C-c ends the line that runs
type_line 'spawn(function() progress(0.4, "frame 4 of 10") sleep(600) end, {name = "darks", detach = true}) return nil'
type_line 'sleep(500)'
command_line tasks
see '^ *[0-9]+ darks +waiting'
see '^2 tasks'
see '^ vigie~'
keys Escape
sleep 0.5
keys t
see 'darks .*####\.\.\.\.\.\. 40% frame 4 of 10'
keys G
see '^  >line [0-9]+ +sleep'
keys k
keys x
gone '^  .darks'
keys Escape
see '^ vigie~'
keys C-c
see 'line [0-9]+: cancelled'
see '^ vigie>'
command_line tasks
see '^0 tasks'

# what runs behind the prompt is tagged and does not split what is being typed
type_line 'spawn(function() sleep(1) print("from behind") end, {name = "behind", detach = true}) return nil'
keys -l 'half a line'
see '^\[behind\] from behind'
see '^ vigie> half a line$'
keys C-u

# two consoles: each has its output, its line and what C-c ends; both are there after a detach
type_line 'print("this is the first") sleep(500)'
see '^this is the first'
keys -l 'left in one'
keys C-o
see 'console 2/2'
gone 'this is the first'
see '^ vigie>$'
type_line 'spawn(function() sleep(2) print("behind two") end, {name = "bg", detach = true}) return nil'
type_line 'sleep(400)'
see '^ vigie~'
keys C-c
see 'cancelled'
keys -l 'left in two'
keys Escape
sleep 0.5
command_line detach
see 'ready>$'
type_line vigie
see 'console 2/2'
see '^ vigie> left in two'
see '^\[bg\] behind two'
keys i
keys C-o
see 'console 1/2'
see '^this is the first'
see '^ vigie~ left in one'
screen_has 'behind two' && fail "the output of one console is in the other"
keys C-c
see 'line [0-9]+: cancelled'
see '^ vigie>$'
keys C-o
see '^ vigie> left in two'
keys C-u
command_line 'console-other 1'
see 'console 1/2'

# a terminal that does not mark what is pasted
command_line paste
keys -l 'for i = 1, 2 do'
keys Enter
keys -l 'print("by hand", i) end'
keys Enter
ok
screen_has '^by hand' && fail ":paste ran a line"
keys C-d
keys Enter
see '^by hand +2'

# :save keeps what was entered, as a script
command_line 'save session.lua'
see 'session.lua holds the lines of this session'
ok
grep -q '^pasted = pasted + 2' "$HOME/.config/vigie/scripts/session.lua" || fail "the lines are not in it"
grep -q '^needs   = {.*"session".*}' "$HOME/.config/vigie/scripts/session.lua" || fail "it does not say what it needs"
grep -q '^-- deep(nil)' "$HOME/.config/vigie/scripts/session.lua" || fail "what failed is to be a comment"
grep -q ':time\|:pp' "$HOME/.config/vigie/scripts/session.lua" && fail "commands are in it"

# at night nothing but red leaves the program: of 256 colours only the pure reds and black
command_line 'theme night'
type_line 'print("in the dark") return nosuch.x'
see '^in the dark'
see 'nosuch'
ok
t capture-pane -p -e | grep -oE '[34]8;5;[0-9]+' | sort -u >"$T/colours"
[ -s "$T/colours" ] || fail "no colours at all"
grep -vE ';(16|52|88|124|160|196)$' "$T/colours" && fail "another colour than red"

command_line detach
as_found
end_session
