#!/bin/bash
# Whatever dies, and however: the terminal is as it was found; what can go on goes on; what happened is said.
. "$(dirname "$0")/lib.sh"

up() {
    type_line 'vigie --offline'
    see 'UTC [0-9: -]+.*OHP'
}

open_terminal 80x24 tmux-256color

# the client's own ends: the session does not notice
for sig in TERM INT HUP SEGV BUS FPE ILL ABRT QUIT; do
    up
    pid=$(session_pid)
    kill -$sig "$(client_pid)"
    as_found
    until_true "the session died of the client's SIG$sig" runs "$pid"
    [ "$pid" = "$(session_pid)" ] || fail "another session after the client's SIG$sig"
done

# KILL cannot be caught: the session goes on, the modes are the shell's to reset
up
kill -KILL "$(client_pid)"
until_true "the killed client is still there" eval '[ -z "$(client_pid)" ]'
runs "$pid" || fail "the session died of the client's SIGKILL"
open_terminal 80x24 tmux-256color
up
[ "$pid" = "$(session_pid)" ] || fail "another session after the client's SIGKILL"

# the line drops: tmux closes the terminal under the client
t kill-server
runs "$pid" || fail "the session died with the terminal"
open_terminal 80x24 tmux-256color
up
[ "$pid" = "$(session_pid)" ] || fail "another session after the terminal went"

# the session's ends: TERM and INT in order
for sig in TERM INT; do
    pid=$(session_pid)
    kill -$sig "$pid"
    see 'the session has ended'
    as_found
    until_true "the session runs on after SIG$sig" ended "$pid"
    up
done
clean_log

# HUP is none of its business
pid=$(session_pid)
kill -HUP "$pid"
keys 2
see '\[2 Transits\]'
runs "$pid" || fail "the session died of HUP"

# crashes: a sentence with the place of the report, and the next start works
for sig in SEGV BUS FPE ILL ABRT; do
    pid=$(session_pid)
    kill -$sig "$pid"
    see "session \(process $pid\) crashed"
    as_found
    grep -q "crash of process $pid: SIG$sig" "$LOG" || fail "no report of SIG$sig in $LOG"
    up
done
pid=$(session_pid)
kill -KILL "$pid"
see "session \(process $pid\) ended without a word"
as_found

# a stale socket, and a store that another session holds under another runtime folder
up
keys :
type_line detach
as_found
XDG_OTHER=$T/run2
mkdir -m 700 "$XDG_OTHER"
type_line "XDG_RUNTIME_DIR=$XDG_OTHER vigie --offline"
see 'UTC [0-9: -]+.*OHP'
keys :
type_line detach
see 'detached'
as_found

# a folder that others may enter is not used
chmod 755 "$T/run/vigie"
type_line 'vigie --offline'
see 'open to other users: chmod 700'
chmod 700 "$T/run/vigie"
end_session crashed

# a store that cannot be made
type_line 'vigie --offline --store /proc/nowhere/x.db'
see '^vigie: .*/proc/nowhere'
as_found
