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
# The same server through the program: its own self test of a mount, with INDI's simulator in the part of the hardware.
cat >"$work/conf" <<END
site.there = 51,-2.3,72
site = there
devices.clock = any
device.Mount = mount indi 127.0.0.1:$port "Telescope Simulator"
END
high=$(/usr/bin/python3 -c 'import time; d = time.time() / 86400 + 2440587.5 - 2451545.0; print(((280.46061837 + 360.98564736629 * d - 2.3) % 360) / 15)')
mount="Telescope Simulator"
# The watchdog, armed and fed by nobody any more, parks the mount: a new server without it.
"$scripts/indi-down" -p "$port" -d "$work/server" >/dev/null
rm -rf "$work/server/home/.indi"
"$scripts/indi-up" -p "$port" -d "$work/server"
indi_setprop -p "$port" "$mount.CONNECTION.CONNECT=On"
sleep 2
indi_setprop -p "$port" "$mount.GEOGRAPHIC_COORD.LAT;LONG;ELEV=51;357.7;72"
sleep 1
indi_setprop -p "$port" "$mount.TELESCOPE_PARK.UNPARK=On" "$mount.ON_COORD_SET.TRACK=On"
indi_setprop -p "$port" "$mount.EQUATORIAL_EOD_COORD.RA;DEC=$high;40"
sleep 15
timeout 200 "${TOP_BUILDDIR:?}/src/vigie" devices test Mount --yes --config "$work/conf" | tee "$work/report"
grep -q '^pass  *slew of' "$work/report" || { echo "FAILED: the self test of the mount moved nothing"; exit 1; }
cat >>"$work/conf" <<END
device.Camera = camera indi 127.0.0.1:$port "CCD Simulator"
device.Focuser = focuser indi 127.0.0.1:$port "Focuser Simulator"
device.Wheel = wheel indi 127.0.0.1:$port "Filter Simulator"
END
for device in Camera Focuser Wheel; do
    timeout 200 "${TOP_BUILDDIR:?}/src/vigie" devices test "$device" --yes --config "$work/conf"
done
