#!/bin/bash
# The use case by keys in the VO tab, against a real server of the Virtual Observatory (GAVO DaCHS): resources by a concept of the thesaurus,
# counted while it is written; several services asked for a position, those that fail told; the table, a row, grb.csv and grb.vot;
# the same rows read back by `vigie table`, STILTS and astropy. Then by the form of grb.lua in the Console tab: the same files.
base=http://localhost:${VO_PORT:-18080}
if ! curl -sf -o /dev/null "$base/tap/availability"; then
    log=$(mktemp)
    "$VIGIE_PEERS/vo-server/up" >"$log" 2>&1 || { cat "$log"; rm -f "$log"; echo "vo_tab: no server"; exit 1; }
    rm -f "$log"
    started=yes
fi
. "${TOP_SRCDIR:?}/tests/term/lib.sh"
trap 'rc=$?; [ -z "${started:-}" ] || "$VIGIE_PEERS/vo-server/down" server; finish; exit $rc' EXIT
unset http_proxy https_proxy all_proxy IVOA_REGISTRY
for tool in stilts /usr/bin/python3; do command -v $tool >/dev/null || fail "$tool is not installed"; done
printf 'alerts.colibri = no\nvo.registry = %s/tap\n' "$base" >>"$HOME/.config/vigie/config"
mkdir -p "$HOME/.cache/vigie/vo"
cp "$VIGIE_PEERS/vo-server/data/uat.desise" "$HOME/.cache/vigie/vo/uat.desise"

# read_back FILE.vot FILE.csv ROWS: the same rows for all who read them.
read_back() {
    ok
    "$VIGIE" table convert "$1" "$T/ours.csv" || fail "vigie table convert $1"
    cmp -s "$2" "$T/ours.csv" || fail "$2 and $1 differ: $(diff "$2" "$T/ours.csv" | head -3)"
    stilts -Djava.awt.headless=true tpipe in="$1" ofmt=csv out="$T/stilts.csv" || fail "stilts does not read $1"
    stilts -Djava.awt.headless=true votlint "$1" >"$T/lint" 2>&1 || fail "votlint: $(cat "$T/lint")"
    /usr/bin/python3 "$TOP_SRCDIR/tests/peers/same_rows.py" "$1" "$2" "$T/stilts.csv" "$3" || fail "astropy reads other rows in $1"
    rm -f "$T/ours.csv" "$T/stilts.csv"
}

open_terminal 80x24 tmux-256color
type_line vigie
see '1 Alerts'
keys 3
see 'Nothing is asked yet'
# the concept, completed; how many records, while it is written
keys i
see 'UAT concept'
keys -l gamma-ray-burs
see 'Gamma-ray bursts'
see '> gamma-ray-bursters'
keys C-n
see '> gamma-ray-bursts'
keys Tab
see '> UAT concept +gamma-ray-bursts '
see ' 7 records'
# one step wider there are two more
keys Tab
keys -l 1
see ' 9 records'
keys C-u
see ' 7 records'
keys Tab Tab Tab
see '> Service type'
keys Right
see 'Service type +scs'
keys Enter
see '[0-9]+ services found'
see 'Gamma-ray burst catalogue'
# all that were found, but the second of two of the same record
n=$(t capture-pane -p | grep -oE '[0-9]+ services found' | grep -oE '^[0-9]+')
for _ in $(seq "$n"); do keys Space; done
keys Enter
see "$n services: "
keys -l '19 13 03.5 +19 46 24'
keys Tab C-u
keys -l 5d
keys Enter
see "$n services, [0-9]+ done"
see 'Broken: service that answers .* absent'
see 'Broken: service that answers .* no table'
see 'Broken: service on a closed p.* failed'
see 'Gamma-ray burst catalogue .* 7 [0-9.]+s'
# the cursor on it, its table, one of its rows
for _ in $(seq "$n"); do
    screen_has '^.[- ]>[0-9]+ +Gamma-ray burst catalogue' && break
    keys j
    sleep 0.2
done
see '^.[- ]>[0-9]+ +Gamma-ray burst catalogue'
keys Enter
see 'GRB 221009A'
keys Enter
see 'row 1 of 7'
see 't90 +327 s'
see 'Duration T90'
keys Escape
gone 'row 1 of 7'
for f in grb.csv grb.vot; do
    keys w
    see 'save as: '
    keys C-u
    type_line $f
    see "$f: 7 rows"
done
read_back "$HOME/grb.vot" "$HOME/grb.csv" 7
cp "$HOME/grb.csv" "$T/by-keys.csv"
rm "$HOME/grb.csv" "$HOME/grb.vot"

# the shipped script, by its form in the console
keys 6
see 'vigie>'
keys :
type_line 'console-form grb'
see 'Concept of the UAT'
keys Tab C-u
keys -l '19 13 03.5 +19 46 24'
keys Tab C-u
keys -l 5d
keys F5
see 'written: grb.csv grb.vot'
see 'grb.lua: done'
work=$HOME/.local/share/vigie/work
until_true "no grb.vot" test -s "$work/grb.vot"
read_back "$work/grb.vot" "$work/grb.csv" 7
ok
cmp -s "$work/grb.csv" "$T/by-keys.csv" || fail "by keys and by the form of the script: other rows"
# what the script shows stands in the VO tab
keys :
type_line 'tab vo'
see '7 rows'
see 'GRB 221009A'
keys :
type_line detach
as_found
end_session
echo "vo_tab: by keys and by the form of grb.lua 7 rows, read back the same by vigie, astropy and STILTS"
