#!/bin/sh
# Holds the rooms to src/FLOORS: each room's archive, whole, must link with the rooms below it and nothing else, and each
# #include must be one that the table allows. Prints file, line and the rule that is broken.
set -u
top=${TOP_SRCDIR:?} build=${TOP_BUILDDIR:?}
table=$top/src/FLOORS
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

# --- includes
for room in $(awk '!/^#/ && NF {print $1}' "$table"); do
    find "$top/src/$room" "$top/include/vigie/$room" -name '*.[ch]' 2>/dev/null
done | sort | xargs awk -v top="$top/" -v table="$table" '
    BEGIN {
        while ((getline line < table) > 0) {
            if (line ~ /^#/ || line ~ /^ *$/) continue
            n = split(line, w, /   +/)             # name, floor, rooms, outside headers: columns apart by three blanks or more
            rooms[w[1]] = " " w[3] " "; outside[w[1]] = w[4]; seen[w[1]] = 1
            m = split(w[4], o, / +/)
            for (i = 1; i <= m; i++) if (o[i] != "-") owner[o[i]] = owner[o[i]] " " w[1]
        }
        close(table)
    }
    # how many folders a path climbs; a file in a sub-folder of a room may climb to the room, not out of it
    function ups(h) { return gsub(/\.\.\//, "", h) }
    function fail(why) { printf "%s:%d: %s\n", substr(FILENAME, length(top) + 1), FNR, why; n_bad++ }
    FNR == 1 {
        f = substr(FILENAME, length(top) + 1)
        room = f; sub(/^include\/vigie\//, "", room); sub(/^src\//, "", room); sub(/\/.*/, "", room)
        public = f ~ /^include\//
    }
    /^[ \t]*#[ \t]*include/ {
        line = $0
        if (line ~ /"/) { split(line, q, /"/); h = q[2]; local = 1 } else { split(line, q, /[<>]/); h = q[2]; local = 0 }
        if (h ~ /^vigie\//) {
            other = h; sub(/^vigie\//, "", other); sub(/\/.*/, "", other)
            if (other != room && index(rooms[room], " " other " ") == 0) fail("room " room " may not include room " other " (" h ")")
            next
        }
        if (local) {
            if (public) fail("a public header includes a private one (" h ")")
            else if (ups(h) > split(f, parts, "/") - 3) fail("reaches into another folder (" h ")")
            next
        }
        for (p in owner) {
            hit = p ~ /\/$/ ? index(h, p) == 1 : h == p
            if (hit && index(owner[p] " ", " " room " ") == 0) fail("outside header " h " belongs to room" owner[p])
        }
        if ((h == "curses.h" || h ~ /^ncurses/ || h == "term.h") && f !~ /^src\/ui\/(term|input)[a-z_]*\.[ch]$/) fail(h " belongs to src/ui/term*.c and input*.c")
        if (h == "uv.h" && f !~ /^src\/base\/loop/) fail("uv.h belongs to src/base/loop*")
    }
    END { exit n_bad > 0 }' || bad=1

# --- lists: a file that no list names is not in the tarball
for f in $(cd "$top" && find src include -name '*.[ch]' | sort); do
    grep -qwF -- "$f" "$top"/src/*/room.mk "$top/Makefile.am" || { echo "$f: stands in no room.mk"; bad=1; }
done

# --- links
echo 'int main(void){return 0;}' >"$work/main.c"
libs_of() { eval "printf '%s' \"\${LIBS_$1:-}\""; }
while read -r room rest; do
    case $room in '#'* | '') continue ;; esac
    below=$(awk -v r="$room" '!/^#/ && $1 == r { split($0, w, /   +/); print w[3] }' "$table")
    [ "$below" = - ] && below=
    archives= outside=$(libs_of "$room")
    for b in $below; do archives="$archives $build/src/lib$b.a" outside="$outside $(libs_of "$b")"; done
    # shellcheck disable=SC2086
    if ! ${CC:-cc} ${SAN_CFLAGS:-} "$work/main.c" -Wl,--whole-archive "$build/src/lib$room.a" -Wl,--no-whole-archive \
        -Wl,--start-group $archives -Wl,--end-group $outside -lm -o "$work/a" 2>"$work/err"; then
        echo "room $room does not link with the floors below it alone:"
        grep -o 'undefined reference.*' "$work/err" | sort -u | head -20
        [ -s "$work/err" ] && grep -q 'undefined reference' "$work/err" || head -5 "$work/err"
        bad=1
    fi
done <"$table"

[ $bad -eq 0 ] && echo "floors: $(awk '!/^#/ && NF' "$table" | wc -l) rooms, each holds with the floors below it alone"
exit $bad
