#!/bin/bash
# Alerts in a running session: a file in the spool folder becomes a row and rings; killed (KILL) in the middle of hundreds, the next
# session goes on: nothing lost, nothing twice; what came while nobody looked is there at the next attach; hostile text stays text.
. "$(dirname "$0")/lib.sh"

printf 'alerts.colibri = no\nclock.seconds = no\n' >>"$HOME/.config/vigie/config"
SPOOL=$HOME/.local/share/vigie/spool
now=$(date -u +%Y-%m-%dT%H:%M:%S)

# packet NAME TRIGGER [TYPE]: dropped whole, as a script of a broker would do it
packet() {
    printf '{"trigger_id":"%s","source_name":"%s","type":"%s","ra":35.6,"dec":80.3,"err":0.01,"time":"%s"}' \
        "$2" "$1" "${3:-ot}" "$now" >"$SPOOL/.new" && mv "$SPOOL/.new" "$SPOOL/$2.json"
}
n_events() { vigie alerts list --all --json 2>/dev/null | wc -l; }
n_done() { ls "$SPOOL/done" 2>/dev/null | wc -l; }

open_terminal 80x24 tmux-256color
type_line 'vigie --offline'
see '\[1 Alerts\]'
see 'No alerts yet'
see 'Spool'
packet 'AT 2026first' t1
see 'AT 2026fir'
see '\[1 Alerts 1\]'
keys Enter
see 'source_name +AT 2026first'
see '\[1 Alerts\]' # it was looked at
keys v
see '"trigger_id":"t1"'
keys Escape
see 'Score'
# a title for the terminal, a right-to-left mark, a clear screen: text, no more
printf '{"trigger_id":"evil","source_name":"E\\u001b]0;OWNED\\u0007\\u001b[2J\\u202Evil","type":"ot","ra":1,"dec":80,"time":"%s"}' "$now" >"$SPOOL/evil.json"
see 'E.\]0;OWNED'
ok
[ "$(t display -p '#{pane_title}')" != OWNED ] || fail "a packet set the title"
see 'AT 2026fir'
keys :
type_line detach
see 'detached; the session goes on'
packet 'AT 2026second' t2
until_true "not taken in while nobody looked" eval '[ "$(n_done)" = 3 ]'
type_line 'vigie --offline'
see 'AT 2026sec'
keys :
type_line detach
as_found

# hundreds, and KILL in the middle
pid=$(session_pid)
for i in $(seq 300); do
    printf '{"trigger_id":"k%d","source_name":"K %d","type":"ot","ra":%d,"dec":%d,"time":"%s"}' "$i" "$i" "$i" $((i % 90)) "$now" >"$T/k$i.json"
done
mv "$T"/k*.json "$SPOOL"
until_true "nothing was taken in" eval '[ "$(n_done)" -gt 20 ]'
kill -KILL "$pid"
until_true "still there after KILL" ended "$pid"
left=$(ls "$SPOOL" | grep -c json)
[ "$left" -gt 0 ] || echo "note: all were taken in before KILL"
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
until_true "not all were taken in: $(n_done)" eval '[ "$(n_done)" = 303 ]'
until_true "events: $(n_events), not 303" eval '[ "$(n_events)" = 303 ]'
see '303 of 303'
ok
[ "$(vigie alerts list --all --json 2>/dev/null | grep -o '"name":"K [0-9]*"' | sort -u | wc -l)" = 300 ] || fail "some are lost or twice"
keys :
type_line 'alert-filter nonsense<<'
see 'filter, at'
keys :
type_line 'alert-why K 299'
see 'in the list'
keys :
type_line detach
as_found
end_session
