#!/bin/bash
# `vigie --plain`: lines in, lines out, in a terminal and in a pipe; no cursor motion; a session that is the same one.
. "$(dirname "$0")/lib.sh"

out=$(printf 'note seeing 2.1"\nnote clear sky\nsite\nalarm-test notice\nno-such\ntransits\nalarms\n' | timeout 60 vigie --plain --offline 2>&1)
for want in 'noted' 'site OHP: 43.9317 north, 5.7133 east, 650 m' 'notice 1 raised' 'no command no-such' 'user note: clear sky' 'notice 1: this is a test' 'times in UTC; ' 'an open "'; do
    ok
    grep -qF -- "$want" <<<"$out" || fail "no \"$want\" in: $out"
done
ok
grep -q $'\033' <<<"$out" && fail "escape sequences in plain lines"
runs "$(session_pid)" || fail "the session ended with the pipe"
ok
grep -q $'\tuser\tinfo\tnote\tclear sky$' "$HOME"/.local/state/vigie/20*.log || fail "the note is not in the night log"

open_terminal 80x24 vt100
type_line 'vigie --plain'
see '^vigie at OHP'
see '^>'
type_line 'alarm-ack'
see 'alarm 1 acknowledged'
type_line 'quit'
see 'yes or no[?]'
type_line 'no'
see 'not done'
type_line 'detach'
see 'detached; the session goes on'
as_found
end_session

# headless: the same session without a client; a second one is refused with a sentence
vigie --headless --offline 2>"$T/headless" &
pid=$!
until_true "headless does not come up" eval '[ "$(session_pid)" = $pid ]'
ok
vigie --headless --offline 2>"$T/second" && fail "a second session on the same store"
grep -q "session (process $pid) holds this store" "$T/second" || fail "no sentence: $(cat "$T/second")"
out=$(printf 'loop-slow\n' | timeout 60 vigie --plain 2>&1)
ok
grep -q '^0 slow turns' <<<"$out" || fail "slow turns: $out"
kill -TERM $pid
ok
wait $pid || fail "headless ended with $?"
