#!/usr/bin/env bash
# libserialport's own branch of the transport on a pseudo-terminal, which a shim (LD_PRELOAD) gives a name in sysfs and modem lines: a
# question is answered, a link in another folder is resolved, a second program is refused and names the first, RTS edges of a 2.5 s
# release lie within 20 ms, HUPCL is set on the shutter's port while it is open and after kill -9: then the kernel drops the lines.
set -uo pipefail
top=${TOP_BUILDDIR:?} peers=${VIGIE_PEERS:?}
work=$(mktemp -d) bad=0 pids=()
finish() { [ ${#pids[@]} -gt 0 ] && kill "${pids[@]}" 2>/dev/null; rm -rf "$work"; }
trap finish EXIT
fail() { echo "FAILED: $*"; bad=1; }
cc -shared -fPIC -O1 "$peers/devices/ptyshim.c" -o "$work/shim.so" -ldl || exit 1
drive() { LD_PRELOAD="$work/shim.so" ASAN_OPTIONS=verify_asan_link_order=0 PTYSHIM_LOG="$work/lines" "$top/tests/devices/serial_drive" "$@"; }

"$top/tests/devices/simulate" onstep --link "$work/usb-OnStep-if00" >"$work/mount" 2>&1 &
pids+=($!)
sleep 0.5
answer=$(drive talk "$work/usb-OnStep-if00" ':GVP#')
[ "$answer" = 'On-Step#' ] || fail "a mount on a serial port answered '$answer'"
echo "a question through libserialport: $answer"
drive list >/dev/null || fail "the ports cannot be listed"

# A terminal that stays, and tells whether HUPCL is set on it.
cat >"$work/owner.py" <<'P'
import os, pty, signal, sys, termios, time
m, s = pty.openpty()
os.symlink(os.ttyname(s), sys.argv[1])
a = termios.tcgetattr(s); a[2] &= ~termios.HUPCL; termios.tcsetattr(s, termios.TCSANOW, a)
os.close(s)
def say(*_):
    open(sys.argv[2], "w").write("set" if termios.tcgetattr(m)[2] & termios.HUPCL else "clear")
signal.signal(signal.SIGUSR1, say)
while True: time.sleep(1)
P
python3 "$work/owner.py" "$work/shutter" "$work/hupcl" &
owner=$!
pids+=("$owner")
sleep 0.7
hupcl() { rm -f "$work/hupcl"; kill -USR1 "$owner"; sleep 0.4; cat "$work/hupcl"; }
[ "$(hupcl)" = clear ] || fail "HUPCL is set before anybody opened the port"

rm -f "$work/lines"
said=$(drive expose "$work/shutter" 2.5) || fail "the release was not done: $said"
echo "$said" | tail -n 1
# The last two edges of RTS are the exposure; those before belong to the opening of the port.
on=$(grep 'RTS=1' "$work/lines" | tail -n 1 | cut -d' ' -f1)
off=$(grep 'RTS=0' "$work/lines" | awk -v on="$on" '$1 > on { print $1; exit }')
length=$(awk -v a="$on" -v b="$off" 'BEGIN { printf "%.3f", b - a }')
awk -v l="$length" 'BEGIN { exit !(l >= 2.48 && l <= 2.52) }' || fail "RTS was on for $length s, not 2.5 s"
before=$(awk -v on="$on" '$1 < on { l = $3 " " $4 } END { print l }' "$work/lines")
case $before in '' | 'RTS=0 DTR=0') ;; *) fail "after the port was opened the lines were left at $before" ;; esac
echo "RTS edges of a 2.5 s release: $length s apart"

drive expose "$work/shutter" 60 >"$work/hold" 2>&1 &
hold=$!
for _ in $(seq 40); do grep -q clicked "$work/hold" && break; sleep 0.1; done
sleep 0.3
[ "$(hupcl)" = set ] || fail "HUPCL is not set on the port of a shutter"
drive talk "$work/shutter" x >/dev/null 2>"$work/busy"
[ $? -eq 3 ] && grep -q "in use" "$work/busy" || fail "a second program was let onto the port: $(cat "$work/busy")"
echo "a second program: $(cat "$work/busy")"
# The process itself, not the shell around it.
child=$(pgrep -P "$hold" -f serial_drive | head -n 1)
kill -9 "${child:-$hold}"
wait "$hold" 2>/dev/null
[ "$(hupcl)" = set ] || fail "HUPCL is gone after kill -9: the kernel would leave the shutter open"
echo "HUPCL is set while a shutter is open and after kill -9"
drive expose "$work/shutter" 0.3 >/dev/null || fail "the port cannot be had again after kill -9"

exit $bad
