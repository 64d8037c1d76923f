#!/bin/bash
# `vigie devices`: what it lists, refuses and reports. The self test runs against the demo's simulated mount, through the real driver
# and a pseudo-terminal; a port that is not there, a device that does not answer are exit status 4.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work XDG_RUNTIME_DIR=$work TMPDIR=$work
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
bad=0
want() { # want STATUS PATTERN COMMAND...: exit status, and a line that stdout or stderr must hold
    local status=$1 pattern=$2 rc
    shift 2
    timeout 300 "$@" >"$work/out" 2>&1 </dev/null
    rc=$?
    if [ $rc -ne "$status" ] || ! grep -qE -- "$pattern" "$work/out"; then
        echo "FAIL: $*: status $rc for $status, wanted /$pattern/"
        sed 's/^/    /' "$work/out"
        bad=1
    fi
}
printf 'site.OHP = 43.9317, 5.7133, 650\ndevices.clock = any\ndevice.Scope = mount lx200 pty:%s/none\ndevice.Bad = mount lx200\n' "$work" >"$work/config"
want 0 '^Mount +mount +lx200 +pty:/dev/pts/' "$VIGIE" devices list --demo
for name in Camera Focuser Wheel; do # those of the demo's session
    want 0 "^$name +[a-z]+ +[a-z0-9]+ +pty:" "$VIGIE" devices list --demo
done
want 0 '^\{"name":"Mount","kind":"mount","driver":"lx200","address":"pty:' "$VIGIE" devices list --demo --json
want 0 'device.Bad: device.NAME = KIND DRIVER ADDRESS' "$VIGIE" devices list --config "$work/config"
want 4 'Scope' "$VIGIE" devices status --config "$work/config"
want 0 '"link":"ready","identity":"OnStep .*"ra_deg":[0-9.]+' "$VIGIE" devices status --demo --json
want 0 '' "$VIGIE" devices ports
want 2 'devices' "$VIGIE" devices
want 2 'devices' "$VIGIE" devices test
want 1 'no device is called' "$VIGIE" devices test Nobody --demo --yes
want 1 'says that it may be' "$VIGIE" devices test Mount --demo
want 0 '^1[0-9] passed, 0 failed' "$VIGIE" devices test Mount --demo --yes
for check in 'slew of 2 deg' 'slew back' 'stop in a slew' 'below the horizon' 'sync where it points' 'guide north' 'sidereal time'; do
    grep -q "^pass  $check" "$work/out" || { echo "FAIL: no pass of \"$check\""; bad=1; }
done

# a script that needs a device runs in the running session, and nowhere else
mkdir -p "$work/.config/vigie/scripts"
printf 'site.OHP = 43.9317, 5.7133, 650\nalerts.colibri = no\ndevice.Mount = mount still sample ra=35.6 dec=42.3 tracking=yes\n' >"$work/.config/vigie/config"
cat >"$work/.config/vigie/scripts/where.lua" <<'END'
--[[ vigie-script
name = where
summary = says where the mount points
needs = mount
param times : int = 1 "How often"
--]]
mount.connect()
print(p.times, mount.name, mount.tracking)
END
want 1 'no session runs' "$VIGIE" run where
"$VIGIE" --headless --offline >"$work/log" 2>&1 &
pid=$!
for i in $(seq 300); do
    ls "$work"/vigie/*.sock >/dev/null 2>&1 && break
    sleep 0.1
done
want 0 '^3.Mount.true' "$VIGIE" run where --times 3
want 0 '^02 20 .* .42 1' "$VIGIE" send 'session.pointing'
want 1 'not synchronised|stands still' "$VIGIE" send 'mount.park()'
# a file that is in no library all the same, with what lies beside it
mkdir "$work/elsewhere"
sed 's/mount.name/require("tools").label/' "$work/.config/vigie/scripts/where.lua" >"$work/elsewhere/there.lua"
echo 'return { label = "beside" }' >"$work/elsewhere/tools.lua"
want 0 '^2.beside.true' "$VIGIE" run "$work/elsewhere/there.lua" --times 2
(cd "$work/elsewhere" && want 0 '^1.beside.true' "$VIGIE" run there.lua) || bad=1
want 2 'no parameter tims; did you mean times' "$VIGIE" run "$work/elsewhere/there.lua" --tims 2
# one that says it needs less than it uses is held to that there too
sed 's/needs = mount/needs = camera/' "$work/.config/vigie/scripts/where.lua" >"$work/elsewhere/sly.lua"
want 1 'mount.connect: the header must say it: needs = . "mount" .' "$VIGIE" run "$work/elsewhere/sly.lua"
kill $pid
wait $pid
want 1 'no session runs' "$VIGIE" run "$work/elsewhere/there.lua"
exit $bad
