#!/bin/bash
# 500 lines pasted into the console of a real terminal: nothing of them runs before Enter, then all of it, in order.
. "$(dirname "$0")/lib.sh"

for i in $(seq 500); do echo "n = (n or 0) + $i"; done >"$T/lines.lua"
pasted() { # pasted OPTION FILE: into the pane; -p marks it as the terminal does
    t load-buffer "$2"
    t paste-buffer $1 -d
}
command_line() {
    keys ':'
    type_line "$1"
}

open_terminal 80x24 tmux-256color
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
keys 6
see '^ *vigie>'
pasted -p "$T/lines.lua"
see 'n = \(n or 0\) \+ 500'
"$VIGIE" send 'print(n == nil and "nothing ran")' >"$T/out" 2>&1
ok
grep -q '^nothing ran' "$T/out" || fail "before Enter: $(cat "$T/out")"
keys Enter
until_true "the sum is wrong: $("$VIGIE" send 'print(n)' 2>&1)" sh -c '[ "$("$1" send "print(n)")" = 125250 ]' - "$VIGIE"

command_line detach
as_found
end_session
