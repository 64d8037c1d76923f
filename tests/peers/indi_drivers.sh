#!/usr/bin/env bash
# Each simulated device in front of INDI's own driver for its protocol, which nobody here wrote: the driver connects, positions agree
# with the simulator's mechanics, a slew arrives, abort stops. One indiserver on a free port, ended at the end.
set -uo pipefail
top=${TOP_BUILDDIR:?} peers=${VIGIE_PEERS:?}
work=$(mktemp -d) bad=0 sims=()
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
finish() {
    [ ${#sims[@]} -gt 0 ] && kill "${sims[@]}" 2>/dev/null
    "$peers/devices/indi-down" -p "$port" -d "$work/indi" >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
fail() { echo "FAILED: $*"; bad=1; }
set_() { indi_setprop -p "$port" "$@" 2>/dev/null; }
get_() { indi_getprop -p "$port" -t 2 -1 "$1" 2>/dev/null; }
true_of() { tail -n 1 "$work/$1.log"; } # ra_h H dec_deg D still|moving

# Separation in arc seconds of "RA_H DEC_DEG" twice.
apart() { awk -v a="$1" -v b="$2" -v c="$3" -v d="$4" 'BEGIN { r = atan2(0, -1) / 180; x = sin((d - b) * r / 2); y = sin((c - a) * 15 * r / 2)
    h = x * x + cos(b * r) * cos(d * r) * y * y; printf "%.1f", 2 * atan2(sqrt(h), sqrt(1 - h)) / r * 3600 }'; }
agrees() { # sim, device, property, most arc seconds, word
    local ra dec t
    ra=$(get_ "$2.$3.RA") dec=$(get_ "$2.$3.DEC")
    read -r _ tra _ tdec _ <<<"$(true_of "$1")"
    [ -n "$ra" ] && [ -n "$dec" ] || { fail "$1: $2 gives no position"; return 1; }
    t=$(apart "$ra" "$dec" "$tra" "$tdec")
    awk -v t="$t" -v m="$4" 'BEGIN { exit !(t <= m) }' || { fail "$1, $5: INDI has $ra $dec, the mechanics $tra $tdec: $t\" apart"; return 1; }
    echo "$1 and $2, $5: $t\" apart"
}

# INDI's drivers flush their port both ways before each question. On a real line what was drained is gone and cannot be flushed; a
# pseudo-terminal forgets what the simulator has not yet read (moonlite: the target, just before the go). So flush the input alone. And an answer
# comes 5 ms after its question: one that comes at once is flushed by drivers that flush after they have asked.
cat >"$work/drained.c" <<'C'
#include <sys/ioctl.h>
#include <termios.h>
int tcflush(int fd, int queue) { (void)queue; return ioctl(fd, TCFLSH, TCIFLUSH); }
C
cc -shared -fPIC -O1 "$work/drained.c" -o "$work/drained.so" || exit 1
LD_PRELOAD="$work/drained.so" "$peers/devices/indi-up" -p "$port" -d "$work/indi" indi_lx200basic indi_lx200autostar indi_lx200_OnStep indi_lx200_10micron \
    indi_celestron_gps indi_synscan_telescope indi_ioptronv3_telescope indi_moonlite_focus indi_robo_focus indi_lakeside_focus indi_tcfs_focus \
    indi_qhycfw2_wheel indi_xagyl_wheel indi_optec_wheel indi_trutech_wheel indi_quantum_wheel || exit 1

# Local sidereal time in hours at the simulator's site: targets that are up whenever this runs.
lst=$(python3 -c 'import time; d = time.time() / 86400 + 2440587.5 - 2451545.0; print(((280.46061837 + 360.98564736629 * d + 5.7133) % 360) / 15)')
hour() { awk -v l="$lst" -v h="$1" 'BEGIN { x = l + h; while (x >= 24) x -= 24; while (x < 0) x += 24; printf "%.5f", x }'; }

mount() { # sim, INDI's device, most arc seconds
    local sim=$1 dev=$2 most=$3
    "$top/tests/devices/simulate" "$sim" --link "$work/$sim" --delay 5 --speed 6 --at "$(hour 1)" 42 >"$work/$sim.log" 2>&1 &
    sims+=($!)
    sleep 1
    set_ "$dev.DEVICE_AUTO_SEARCH.INDI_DISABLED=On"
    set_ "$dev.DEVICE_PORT.PORT=$work/$sim"
    # A driver that flushes an answer away when this machine is busy gives up; an observer presses connect again.
    local try ra
    for try in 1 2 3; do
        set_ "$dev.CONNECTION.CONNECT=On"
        for _ in $(seq 20); do
            ra=$(get_ "$dev.EQUATORIAL_EOD_COORD.RA")
            [ "$ra" ] && [ "$ra" != 0 ] && break 2
            sleep 0.5
        done
        echo "$sim: $dev has not connected at try $try"
    done
    [ "$(get_ "$dev.CONNECTION.CONNECT")" = On ] || { fail "$sim: $dev does not connect"; tail -n 5 "$work/indi/log"; return; }
    sleep 2
    agrees "$sim" "$dev" EQUATORIAL_EOD_COORD "$most" "at rest"
    set_ "$dev.TELESCOPE_PARK.UNPARK=On"
    set_ "$dev.ON_COORD_SET.TRACK=On"
    set_ "$dev.EQUATORIAL_EOD_COORD.RA;DEC=$(hour 2);35"
    sleep 7
    agrees "$sim" "$dev" EQUATORIAL_EOD_COORD "$most" "after a slew"
    read -r _ tra _ tdec how <<<"$(true_of "$sim")"
    local off
    off=$(apart "$tra" "$tdec" "$(hour 2)" 35)
    awk -v t="$off" 'BEGIN { exit !(t < 30) }' || fail "$sim: the slew ended $off\" from its target"
    echo "$sim and $dev: the slew arrived, $off\" off"
    set_ "$dev.EQUATORIAL_EOD_COORD.RA;DEC=$(hour -3);60"
    sleep 2.5
    [ "$(true_of "$sim" | awk '{print $5}')" = moving ] || fail "$sim: the second slew does not move"
    set_ "$dev.TELESCOPE_ABORT_MOTION.ABORT=On"
    sleep 2
    [ "$(true_of "$sim" | awk '{print $5}')" = still ] || fail "$sim: abort does not stop it"
    read -r _ tra _ tdec how <<<"$(true_of "$sim")"
    off=$(apart "$tra" "$tdec" "$(hour -3)" 60)
    awk -v t="$off" 'BEGIN { exit !(t > 3600) }' || fail "$sim: it arrived before abort could stop it"
    echo "$sim and $dev: abort stopped it"
    set_ "$dev.CONNECTION.DISCONNECT=On"
}

while IFS='|' read -r sim dev most; do
    mount "$sim" "$dev" "$most"
done <<'ROWS'
lx200|LX200 Basic|10
autostar|LX200 Autostar|10
onstep|LX200 OnStep|10
10micron|10micron|3
nexstar|Celestron GPS|3
synscan|SynScan|15
ioptron|iOptronV3|3
ROWS

number_of() { get_ "$1" | cut -d. -f1; }
join() { # sim, INDI's device, property that tells
    "$top/tests/devices/simulate" "$1" --link "$work/$1" --delay 5 >"$work/$1.log" 2>&1 &
    sims+=($!)
    sleep 1
    set_ "$2.DEVICE_AUTO_SEARCH.INDI_DISABLED=On"
    set_ "$2.DEVICE_PORT.PORT=$work/$1"
    for _ in 1 2 3; do
        set_ "$2.CONNECTION.CONNECT=On"
        for _ in $(seq 20); do
            [ "$(get_ "$2.CONNECTION.CONNECT")" = On ] && [ "$(get_ "$2.$3")" ] && return
            sleep 0.5
        done
        echo "$1: $2 has not connected at this try"
    done
    fail "$1: $2 does not connect"
    return 1
}
until_is() { # property, value, seconds
    for _ in $(seq $(($3 * 2))); do
        [ "$(number_of "$1")" = "$2" ] && return
        sleep 0.5
    done
    return 1
}

# Two moves, outward and inward, and one that is stopped. INDI's robo_focus waits for the end of a move before it hears of a stop; its
# lakeside_focus has no room for more than three digits of steps.
focuser() { # sim, INDI's device, two positions, where to while it is stopped or "-"
    local dev=$2 at=ABS_FOCUS_POSITION.FOCUS_ABSOLUTE_POSITION is
    join "$1" "$dev" "$at" || return
    until_is "$dev.$at" 1000 5 || fail "$1: INDI reads position '$(get_ "$dev.$at")', it stands at 1000"
    for is in "$3" "$4"; do
        set_ "$dev.$at=$is"
        until_is "$dev.$at" "$is" 15 || fail "$1: a move to $is ended at '$(get_ "$dev.$at")'"
    done
    if [ "$5" != - ]; then
        set_ "$dev.$at=$5"
        sleep 1
        set_ "$dev.FOCUS_ABORT_MOTION.ABORT=On"
        sleep 3
        is=$(number_of "$dev.$at")
        [ "${is:-0}" -gt "$4" ] && [ "$is" -lt "$5" ] || fail "$1: abort did not stop it ('$is')"
        sleep 2
        [ "$(number_of "$dev.$at")" = "$is" ] || fail "$1: it moves on after abort"
        echo "$1 and $dev: position, two moves, abort at $is"
    else
        echo "$1 and $dev: position, two moves"
    fi
    set_ "$dev.CONNECTION.DISCONNECT=On"
}
focuser moonlite MoonLite 2000 1500 6000
focuser robofocus RoboFocus 2000 1500 -
focuser lakeside Lakeside 1900 1500 2490
focuser tcfs "Optec TCF-S" 2000 1500 -

wheel() { # sim, INDI's device
    local dev=$2 slot=FILTER_SLOT.FILTER_SLOT_VALUE
    join "$1" "$dev" "$slot" || return
    for n in 3 1 4; do
        set_ "$dev.$slot=$n"
        until_is "$dev.$slot" "$n" 15 || fail "$1: filter $n was asked for, INDI has '$(get_ "$dev.$slot")'"
    done
    echo "$1 and $dev: filters 3, 1, 4"
    set_ "$dev.CONNECTION.DISCONNECT=On"
}
while IFS='|' read -r sim dev; do
    wheel "$sim" "$dev" </dev/null
done <<'ROWS'
qhycfw2|QHYCFW2
xagyl|XAGYL Wheel
ifw|Optec IFW
trutech|TruTech Wheel
quantum|Quantum Wheel
ROWS

exit $bad
