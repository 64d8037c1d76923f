#!/usr/bin/env bash
# A real indiserver with INDI's own simulators, driven through the device rack (tests/devices/indi_drive.c): slews, images,
# focus, wheel, dome; drivers and the server killed in the middle of each. Needs what VIGIE_PEERS/devices/indi-up needs.
set -euo pipefail
scripts=${VIGIE_PEERS:?}/devices
work=$(mktemp -d)
port=${INDI_PORT:-$((20000 + $$ % 20000))}
done_with() {
    "$scripts/indi-down" -p "$port" -d "$work/server" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap done_with EXIT
"$scripts/indi-up" -p "$port" -d "$work/server"
timeout 600 "${TOP_BUILDDIR:?}/tests/devices/indi_drive" "$port" "$work/server" "$scripts" "$work"
