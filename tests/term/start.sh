#!/bin/bash
# Start, type, resize, detach, attach again at another size, quit, in four kinds of terminal and two sizes.
. "$(dirname "$0")/lib.sh"

for term in tmux-256color screen-256color linux vt100; do
    for size in 80x24 120x40; do
        open_terminal $size $term
        type_line 'vigie --offline'
        see 'UTC [0-9: -]+.*OHP'
        keys 2
        see '\[2 Transits\]'
        keys j
        keys k
        t resize-window -x 100 -y 30
        until_true "not drawn at 100x30 ($term)" eval 't capture-pane -p | sed -n 30p | grep -q "UTC"'
        t resize-window -x "${size%x*}" -y "${size#*x}"
        until_true "not drawn at $size again ($term)" eval 't capture-pane -p | sed -n "${size#*x}p" | grep -q "UTC"'
        keys C-l
        see '\[2 Transits\]'
        keys :
        type_line detach
        see 'detached; the session goes on'
        as_found
        runs "$(session_pid)" || fail "the session does not run after detach"
        type_line 'vigie --offline'
        see '\[2 Transits\]' # as it was left
        keys :
        type_line detach
        as_found
    done
done
pid=$(session_pid)
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
# another client takes over, and the first says so
t new-window "exec env TERM=tmux-256color PS1='other> ' ENV= sh -i"
see 'other>'
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
t select-window -t 0
see 'another vigie has taken the session over'
as_found
t select-window -t 1
keys :
type_line quit
see '[?]'
keys y
see 'the session has ended'
until_true "the session runs on after quit" ended "$pid"
clean_log
