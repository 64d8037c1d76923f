#!/usr/bin/env bash
# `vigie vo` against a real server of the Virtual Observatory (GAVO DaCHS), its registry answers compared with those of pyvo. The server is
# started by $VIGIE_PEERS/vo-server/up unless it runs already; only what was started here is ended here.
# VO_PORT, VO_PGPORT: its ports.
set -uo pipefail
: "${VIGIE:?}" "${TOP_SRCDIR:?}"
home=$(mktemp -d) || exit 1
started=
cleanup() {
    [ -n "$started" ] && "$VIGIE_PEERS/vo-server/down" all
    rm -rf "$home"
}
trap cleanup EXIT
export VO_PORT=${VO_PORT:-18080}
base=http://localhost:$VO_PORT
missing=
for p in python3-pyvo python3-astropy curl; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' $p 2>/dev/null)" = installed ] || missing="$missing $p"
done
if [ -n "$missing" ]; then
    [ "$(id -u)" = 0 ] || { echo "vo: missing$missing: run this as root, or install them"; exit 1; }
    # shellcheck disable=SC2086
    apt-get -o DPkg::Lock::Timeout=600 -qq -y --no-install-recommends install $missing >"$home/apt.log" 2>&1 ||
        { tail -5 "$home/apt.log"; echo "vo: cannot install$missing"; exit 1; }
fi
if ! curl -sf -o "$home/up" "$base/tap/availability"; then
    [ "$(id -u)" = 0 ] || { echo "vo: the server is started by root only: run this as root"; exit 1; }
    started=yes
    "$VIGIE_PEERS/vo-server/up" >"$home/up" 2>&1 || { tail -20 "$home/up"; echo "vo: the server does not start"; exit 1; }
fi
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME IVOA_REGISTRY
HOME=$home timeout 900 /usr/bin/python3 "$TOP_SRCDIR/tests/peers/vo.py" "$base" "$VIGIE_PEERS/vo-server/data/uat.desise" "$home"
