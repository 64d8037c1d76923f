#!/usr/bin/env bash
# The VOTables of $VIGIE_CORPUS through vigie into every format, read back by astropy; a sample by STILTS, whose votlint must be content.
set -uo pipefail
: "${VIGIE:?}" "${TOP_SRCDIR:?}"
[ -d "${VIGIE_CORPUS:-}/votable" ] || { echo "tables: VIGIE_CORPUS must name the folder of the corpus"; exit 1; }
missing=
for p in python3-astropy stilts; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' $p 2>/dev/null)" = installed ] || missing="$missing $p"
done
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
if [ -n "$missing" ]; then
    [ "$(id -u)" = 0 ] || { echo "tables: missing$missing: run this as root, or install them"; exit 1; }
    # shellcheck disable=SC2086
    apt-get -o DPkg::Lock::Timeout=600 -qq -y --no-install-recommends install $missing >"$home/apt.log" 2>&1 ||
        { tail -5 "$home/apt.log"; echo "tables: cannot install$missing"; exit 1; }
fi
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME
HOME=$home timeout 1500 /usr/bin/python3 "$TOP_SRCDIR/tests/peers/tables.py" "$VIGIE_CORPUS/votable" "$home"
