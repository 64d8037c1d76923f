#!/bin/bash
# The VO tab by keys, against a small server: registry, four services at once (one answers, one fails, one never answers, one drips for
# ever), C-c, filter, save, history; a job of the server that is taken up again after KILL; no network: the kept answer with its age.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vo_lib.sh"

open_terminal 80x24 tmux-256color
type_line vigie
see '1 Alerts'
keys 3
see 'Nothing is asked yet'
# the registry: a concept completed, the count while it is written
keys i
see 'UAT concept'
keys -l gamma-ray-b
see 'Gamma-ray bursts'
keys Tab
see '> UAT concept +gamma-ray-bursts'
see '4 records'
keys C-t
see 'wider +transients'
keys Escape
see 'UAT concept'
keys Enter
see '4 services found'
see 'Alpha bursts'
# all four at once
for _ in 1 2 3 4; do keys Space; done
keys Enter
see '4 services: Alpha'
keys -l '288.26 19.77'
keys Tab
keys C-u
keys -l 5d
keys Enter
see 'Alpha bursts .* 4 +[0-9.]+s'
see 'Beta errors .*refused'
see 'Gamma never .*(running|late)'
see 'Delta drip .*\.\.\.'
see 'GRB 221009A'
# text from outside stays text
see 'EVIL .0;OWNED'
ok
[ "$(t display -p '#{pane_title}')" != OWNED ] || fail "a cell set the title"
# each is ended alone; rows that came stay
keys j
see 'the database is on fire'
keys j
keys C-c
see 'Gamma never .*stopped'
see 'Delta drip .*\.\.\.'
keys j
keys C-c
see 'Delta drip +d/slow +[0-9]+ stopped'
see 'not all'
# the table: sort, filter, one row, save
keys g g
see 'GRB 221009A'
keys Enter
keys l l l o o
see 'sorted by t90'
keys /
keys -l 't90 > 1'
see '2 of 4 rows'
keys Enter
keys w
see 'save as: 288-26-19-77-alpha'
keys C-u
type_line grb.csv
see 'grb.csv: 2 rows'
ok
[ "$(head -2 "$HOME/grb.csv")" = "name,ra,dec,t90,n
GRB 221009A,288.2645,19.7734,327,4500000000000000001" ] || fail "grb.csv: $(cat "$HOME/grb.csv")"
keys Escape
gone '2 of 4 rows'
keys w
see 'save as'
keys C-u
type_line grb.vot
see 'grb.vot: 4 rows'
ok
[ "$(vigie table info "$HOME/grb.vot" --json 2>/dev/null | grep -o '"rows":4')" ] || fail "grb.vot: $(vigie table info "$HOME/grb.vot")"
keys Enter
see 'Name of the b'
keys Escape
gone 'Name of the b'
keys v
see 'against'
keys Tab
see 'rows a bin'
keys Tab
see 'positions'
keys Escape
see 'Alpha bursts'
# history, and the same again
keys H
see 'q2 +cone 288.26 19.77 5d'
keys Escape
gone 'Query  What'
# a job of the server: KILL while it runs; the next session takes it up
keys A
see 'ADQL'
keys -l 'SELECT TOP 5 * FROM bursts'
keys BTab BTab BTab Right
see '\[job\]'
keys Tab
keys -l "$BASE/tap"
keys F5
see 'EXECUTING'
pid=$(session_pid)
kill -KILL "$pid"
until_true "still there after KILL" ended "$pid"
see 'ready>'
t send-keys -R
type_line vigie
see '1 Alerts'
keys 3
see 'EXECUTING'
touch "$T/release"
see '4 rows'
see 'GRB 221009A'
# no network at all: what was kept, with its age
keys :
type_line quit
see 'y yes'
keys y
until_true "does not end" ended "$(session_pid)"
pkill -P $SERVER 2>/dev/null
kill $SERVER
type_line 'vigie --offline'
see '1 Alerts'
keys 3
keys H
see 'q2 +cone'
keys j
keys Enter
see '0 min old'
see 'GRB 221009A'
keys H
see 'q1 +registry'
keys j j j
keys Enter
see '4 services found'
keys :
type_line detach
as_found
end_session crashed
