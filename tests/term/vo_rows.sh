#!/bin/bash
# Results in the VO tab by keys: sort, filter expression, columns chosen, scatter plot, histogram, chart; two results matched by position;
# saved as FITS, ECSV and VOTable; no rows; 20,000 rows; the thesaurus upwards and downwards; the history; positions from an
# alert, a transit, the mount.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vo_lib.sh"

# saved NAME ROWS: what is seen, saved under that name by keys.
saved() {
    keys w
    see 'save as: '
    keys C-u
    type_line "$1"
    see "$1: $2 rows"
}
open_terminal 80x24 tmux-256color
type_line vigie
see '1 Alerts'
keys 3
see 'Nothing is asked yet'

# the thesaurus: wider, narrower, taken into the form
keys i
see 'UAT concept'
keys -l gamma-ray-bursts
keys C-t
see '> +gamma-ray-bursts'
see 'wider +transients'
keys k
see '>wider +transients'
keys Enter
see 'narrower +gamma-ray-bursts'
keys a
see '> UAT concept +transients '
keys C-u
keys Tab Tab Tab
see '> Words'
keys -l everything
keys Enter
see '7 services found'

# two cones of one field at once, matched by position
keys j j j Space Space
see '^\* +4 Theta stars'
see '^\* +5 Alpha bursts'
keys Enter
see '2 services: Theta stars, Alpha bursts'
keys -l '288.26 19.77'
keys Tab C-u
keys -l 5d
keys Enter
see 'Theta stars .* 3 +[0-9.]+s'
see 'Alpha bursts .* 4 +[0-9.]+s'
keys x
see 'x on another result matches it with Theta stars'
keys j
see 'EVIL'
keys x
see 'match within: 2"'
keys C-u
keys -l 10
keys \"
keys Enter
see 'match Theta stars x Alpha bursts'
see '2 rows'
see 'GRB 221009A'
saved pairs.vot 2
ok
"$VIGIE" table convert "$HOME/pairs.vot" "$T/pairs.csv" && grep -q '^101,.*GRB 221009A' "$T/pairs.csv" && grep -q '^102,.*SYN 240702S' "$T/pairs.csv" ||
    fail "pairs: $(cat "$T/pairs.csv")"

# the same table in three more formats, read back: equal
keys H
see 'cone 288.26 19.77 5d'
keys j
keys Enter
see 'Theta stars .* 3 +[0-9.]+s'
keys Enter
see 'vmag mag'
saved stars.csv 3
saved stars.fits 3
saved stars.ecsv 3
keys w
see 'save as: '
keys C-u
keys -l stars.vot
keys Tab
see 'save as \(BINARY2\): stars.vot'
keys Enter
see 'stars.vot: 3 rows'
ok
grep -q '<BINARY2>' "$HOME/stars.vot" || fail "stars.vot is not BINARY2"
for f in fits ecsv vot; do
    ok
    "$VIGIE" table convert "$HOME/stars.$f" "$T/$f.csv" || fail "stars.$f is not read"
    cmp -s "$T/$f.csv" "$HOME/stars.csv" || fail "stars.$f: $(diff "$T/$f.csv" "$HOME/stars.csv")"
done

# sort, filter, columns
keys l l l
see '> vmag mag'
keys o
see 'sorted by vmag'
see '> +103'
keys o
see '> +102'
keys o
gone 'sorted by'
keys /
see 'words, or an expression'
keys -l 'vmag < 12 and dej > 19'
see '1 of 3 rows'
keys Enter
see '/ vmag < 12'
keys /
keys C-u
keys -l 'vmag <<'
see 'filter|column|expression'
keys Escape
see '1 of 3 rows'
keys Escape
gone '1 of 3 rows'
keys c
see 'columns +[0-9] of 4 shown'
keys Space Space
keys Enter
see '2 of 4 columns'
gone 'raj deg'
see 'vmag mag'
# plots
keys v
see 'against'
see '288|286|11|14'
keys Tab
see 'rows a bin'
keys Tab
see 'positions'
see 'height 10.5 deg .*centre of the query .*3 rows'
keys Escape
see 'vmag mag'
# positions as hours and degrees; a row in full
keys c
see 'columns +[0-9] of 4 shown'
keys Space Space
keys Enter
see 'raj deg'
keys L
see '19:13:03'
keys Enter
see 'Number of the star in a catalogue that'
keys Escape
see 'Enter open'

# no rows
keys H
see 'registry words everything'
keys G
keys Enter
see '7 services found'
keys G
see '> +7 Kappa none'
keys Enter
see '288.26 19.77'
keys Enter
see '0 rows'
# very many: sorted and filtered while the keys answer
keys H
see 'registry words everything'
keys G
keys Enter
see '7 services found'
keys G k
see '> +6 Iota many'
keys Enter
see '288.26 19.77'
keys Enter
see '20000 rows'
keys l l l o
see 'sorted by g'
see '12345'
see '3.125'
keys /
see 'words, or an expression'
keys -l 'g < 10.02'
see '[0-9]+ of 20000 rows'
keys Enter
keys v
see 'positions'
see '[0-9]+ rows'
keys Escape
see 'Enter open'
keys Escape
gone 'of 20000 rows'
keys G
see '> +[0-9]+'
keys g g
see '12345'

# the history: an entry changed, asked again, forgotten
keys H
see 'history'
keys j
keys e
see 'new query'
see 'F5|Enter ask'
keys Escape
see 'Enter open'
keys H
see 'X forget'
see 'q5 +cone 288.26 19.77 5d .*20000 rows'
keys X
see 'y yes'
keys y
gone '20000 rows'
see 'q4 +cone 288.26 19.77 5d'
keys Escape
gone 'X forget'

# from a transit: the form with name and position
keys 2
see '[0-9]+ of [0-9]+'
keys C
see '\[cone\]'
see 'Position .* = [0-9][0-9]:[0-9][0-9]:[0-9]'
keys Escape
gone '\[cone\]'
keys :
type_line detach
as_found
end_session

# from an alert, from the mount of the demo
type_line 'vigie --demo --at 2026-11-23T21:14:07Z'
see '1 Alerts'
keys 1
see 'RA ICRS'
keys C
see '\[cone\]'
see 'Position .* = [0-9][0-9]:[0-9][0-9]:[0-9]'
keys Escape
gone '\[cone\]'
keys 4
see 'Mount +lx200 +tracking'
keys C
see '\[cone\]'
see 'Position +telescope = [0-9][0-9]:[0-9][0-9]:[0-9]'
keys Escape
gone '\[cone\]'
keys q
see 'end the night'
keys e
as_found
