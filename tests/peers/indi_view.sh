#!/usr/bin/env bash
# The Devices tab in a terminal with a real indiserver behind it: any property is found by a search, set after a question, and set
# back by one key; the server's own client (indi_getprop) says what the driver really has. An exposure comes into a file.
scripts=${VIGIE_PEERS:?}/devices
VIGIE=$(cd "${TOP_BUILDDIR:?}" && pwd)/src/vigie
. "$(dirname "$0")/../term/lib.sh"
port=$((20000 + $$ % 20000))
over() {
    "$scripts/indi-down" -p "$port" -d "$T/server" >/dev/null 2>&1
    finish
}
trap 'rc=$?; over; exit $rc' EXIT
HOME=$HOME "$scripts/indi-up" -p "$port" -d "$T/server" || exit 1
has() { [ "$(indi_getprop -p "$port" -1 -t 5 "CCD Simulator.$1" 2>/dev/null)" = "$2" ]; }
cat >>"$HOME/.config/vigie/config" <<END
devices.clock = any
device.CCD = camera indi 127.0.0.1:$port "CCD Simulator"
END

open_terminal 120x40 tmux-256color
type_line vigie
see '4 Devices'
keys 4
see 'CCD +indi.* idle'
keys Enter
see 'Property +Value +State +Meaning'
keys /
type_line 'ccd_gain'
see '>CCD_GAIN.GAIN +90 '
keys e
type_line '42'
see 'Set CCD_GAIN.GAIN from 90 to 42'
keys y
see '>CCD_GAIN.GAIN +42 '
until_true 'the driver has no gain of 42' has CCD_GAIN.GAIN 42
keys U
see 'Set CCD: CCD_GAIN.GAIN back from 42 to 90'
keys n
until_true 'no was no' has CCD_GAIN.GAIN 42
keys U
see 'back from 42 to 90'
keys y
until_true 'the gain was not set back' has CCD_GAIN.GAIN 90
see '>CCD_GAIN.GAIN +90 '
keys Escape
see 'Chip +1280 x 1024'
keys :
type_line 'bin 2'
see 'Next +bin 2'
keys E
type_line '1 object=M1'
see 'Last image .*/M1_.*fits'
see 'Check +min [0-9]+'
ok
image=$(find "$HOME" "$T" -name 'M1_*.fits' | head -1)
head -c 2880 "$image" | grep -aq 'NAXIS1  = *640' || fail "the image is not binned: $image"
end_session
