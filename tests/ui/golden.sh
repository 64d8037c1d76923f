#!/bin/bash
# Golden screens: `vigie screen` of each view at one instant, with the built-in catalogue, against tests/ui/golden/. A difference is
# shown; `make golden` writes what is now, to be looked at before it is kept. A name with a + behind it has its roles compared too.
set -u
cd "$TOP_SRCDIR/tests/ui" || exit 99
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work XDG_CACHE_HOME=$work XDG_RUNTIME_DIR=$work
export TZ=CET-1
at=2026-11-23T21:14:07Z
bad=0 n=0
while read -r name view args; do
    case $name in '' | '#'*) continue ;; esac
    kinds=txt
    case $name in *+) name=${name%+} kinds="txt roles" ;; esac
    for kind in $kinds; do
        extra=; [ $kind = roles ] && extra=--roles
        eval "\"\$VIGIE\" screen $view --demo --at $at $args $extra" >"$work/out" 2>"$work/err" || { echo "$name: $(cat "$work/err")"; bad=1; continue; }
        if [ "${GOLDEN:-}" = write ]; then
            cp "$work/out" "golden/$name.$kind"
        elif ! diff -u "golden/$name.$kind" "$work/out"; then
            bad=1
        fi
        n=$((n + 1))
    done
done <golden/list
[ "$n" -gt 0 ] || { echo "no screen was made"; bad=1; }
exit $bad
