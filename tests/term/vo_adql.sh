#!/bin/bash
# ADQL in the VO tab by keys: the registry's own query shown, edited in $EDITOR while the session goes on, checked on return, run;
# examples of a service, its tables and columns; a job of the server that outlives vigie, taken up again, aborted.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vo_lib.sh"

# An editor that is seen on the terminal, waits, and writes what it is told to.
cat >"$T/bin/my-editor" <<END
#!/bin/sh
echo "editor on \$1"
cp "\$1" $T/given
printf 'press a key> '
read line
[ ! -f $T/new-text ] || cat $T/new-text >"\$1"
END
chmod +x "$T/bin/my-editor"
export EDITOR=my-editor

open_terminal 80x24 tmux-256color
type_line vigie
see '1 Alerts'
keys 3
see 'Nothing is asked yet'

# the query that the fields make
keys i
see 'UAT concept'
keys -l gamma-ray-bursts
keys C-o
see 'in place of the fields'
see "FROM rr.resource NATURAL LEFT OUTER JOIN"
see "'gamma-ray-bursts'"
see 'C-r the fields again'
keys C-r
see '> UAT concept +gamma-ray-bursts'
keys C-o
see 'in place of the fields'

# in the user's editor, while the session goes on; what is wrong with it is told with its line
keys C-o
see 'editor on .*/query.adql'
see 'press a key>'
ok
grep -q "IN ('gamma-ray-bursts')" "$T/given" || fail "the editor was given: $(cat "$T/given")"
"$VIGIE" send 'n = 1' || fail "the session does not answer while the editor runs"
printf 'SELECT *\n\tFROM everything\nWHERE (ivoid <> '"''"'\n' >"$T/new-text"
keys Enter
see '    FROM everything'
see 'ADQL: line 3: this \( is not closed'
keys C-o
see 'press a key>'
printf 'SELECT * FROM everything\n' >"$T/new-text"
keys Enter
see 'ADQL taken from the editor'
keys F5
see '7 services found'
see 'Epsilon tables'
asked 'POST /tap/sync.*everything'

# an editor that fails; the text stays
keys i
see 'SELECT \* FROM everything'
printf '#!/bin/sh\nexit 3\n' >"$T/bin/my-editor"
keys C-o
see 'the editor ended with status 3'
see 'SELECT \* FROM everything'
keys Escape
see 'Epsilon tables'

# examples of the service: chosen, taken into the form, run
keys E
see 'examples of Epsilon tables'
see 'Bursts near a position'
see 'WHERE 1 = CONTAINS'
keys j
see 'WHERE t90 > 2'
keys Enter
see 'SELECT TOP 5 \* FROM bursts WHERE t90 > 2'
see 'F5 run'
keys F5
see 'tap SELECT TOP 5'
see 'GRB 221009A'
asked 'FROM%20bursts%20WHERE%20t90%20%3E%202'

# its tables, the columns of one, a query on it begun
keys T
see 'Gamma-ray bursts of all missions'
keys Enter
see 'How long it shone'
asked "table_name%20%3D%20%27bursts%27"
keys A
see 'SELECT TOP 100'
see 'FROM bursts'
keys C-x
see 'examples of Epsilon tables'
keys Escape
see 'FROM bursts'
keys Escape

# a job: taken up again by the next session, then aborted at the server
keys A
see '> ADQL'
keys BTab BTab BTab Right
see '\[job\]'
keys F5
see 'EXECUTING'
keys :
type_line quit
see 'y yes'
keys y
until_true "does not end" ended "$(session_pid)"
as_found
type_line vigie
see '1 Alerts'
keys 3
see 'EXECUTING'
keys C-c
see 'stopped|aborted'
asked 'POST /tap/async/j1/phase.*PHASE=ABORT'
keys :
type_line detach
as_found
end_session
