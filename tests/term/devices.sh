#!/bin/bash
# Devices in a running demo: a simulated mount behind a pseudo-terminal, reached through the real driver. A slew asks and says what it
# will meet; ! in the middle of it, from another tab, stops it and says when it was seen standing still; the arrows move it and end by
# themselves; what is forbidden is refused in words; the wire is shown with what it means; focuser and wheel move by the same
# keys; the interlock holds; a sequence shows how far it is; the journal has it all. And the tab of who has configured nothing yet.
. "$(dirname "$0")/lib.sh"

# The line above the clocks: true once it says that all stands still; anything but the stop before that is a fault.
stop_or_end() {
    local line
    line=$(t capture-pane -p | tail -2 | head -1)
    case $line in
    *'Mount stands still, seen'*) return 0 ;;
    *'STOP written'*) return 1 ;;
    esac
    fail "while it was not yet seen standing still the screen said: $line"
}

# Nothing configured: what this machine has, and the line that makes a device.
open_terminal 80x24 tmux-256color
type_line 'vigie'
see '4 Devices'
keys 4
see 'No device is configured'
see 'Found +[^ ]'
see ':set device.Mount mount lx200 serial:/dev/'
see 's slew... +p park...'
keys :
type_line 'set device.Filters manual names=L,R,G,B'
see 'is no kind of device' # and it is not kept
keys :
type_line 'set device.Filters wheel manual names=L,R,G,B slots=4'
see 'Filters +manual'
keys c
see 'Filters +manual +idle'
keys F
see ': wheel'
type_line 'G'
see 'Turn Filters to G'
keys y
see 'Filters +manual +idle +3 G'
ok
grep -q 'device.Filters = manual' "$HOME/.config/vigie/config" && fail 'a wrong line was kept'
end_session
open_terminal 80x24 tmux-256color
type_line 'vigie --demo --at 2026-11-23T21:14:07Z'
see '4 Devices'
keys 4
see 'Mount +lx200 +tracking'
see 'OnStep .*On-Step'
see '! STOP ALL MOTION'
# below the horizon, below the limit: refused, nothing moves
keys :
type_line 'slew-to 14:00:00 -20:00:00'
see 'below the horizon'
# a question that says what it will meet; no is no
keys :
type_line 'slew-to 04:00:00 +30:00:00'
see 'Slew Mount to 04:00:00.0 \+30:00:00 +alt 60 az 10[56]'
see 'telescope west of the pier'
keys n
gone 'Slew Mount to'
ok
screen_has 'slewing' && fail "it slews without a yes"
keys :
type_line 'slew-to 04:00:00 +30:00:00'
see 'y yes +N no'
keys y
see 'Mount +lx200 +slewing'
see 'asked by key|asked by palette'
keys 7 # from another tab
see '\[7 Log\]'
keys !
see 'STOP ALL asked by key: written to [0-9] dev'
see 'STOP written to 2 devices; waiting to see it stand still'
# what the others say meanwhile does not take the word away: the next thing in that line is the end of it
until_true "the stop did not stay on the screen: $(t capture-pane -p | tail -2)" stop_or_end
keys 4
see 'Mount +lx200 +(tracking|standing)'
see 'deg from there' # not "to go": it stands
# what moves by itself is held until it is given leave
see 'STOP stands'
keys p a
see 'y yes +N no'
keys y
see 'interlock: open'
# by hand: a key, then nothing: it ends by itself
keys s j
see 'Move the mount by the arrow keys until Esc'
keys y
see 'ARROWS MOVE THE MOUNT'
keys Up Up Up
keys w
see 'dawn: park' # any other key ends it
keys w
see ':M[ns]#'
see 'right ascension\?'
see ':Q[ns]#'
keys w
# the focuser and the wheel by the same keys
keys G k
see '>Focuser'
keys s j
see 'Move Focuser by the arrow keys, 10 steps a key'
keys y
see 'ARROWS MOVE Focuser, 10 steps a key'
keys Up
see 'Focuser .* idle +1010 steps'
keys +
see '100 steps a key'
keys Down
see 'Focuser .* idle +910 steps'
keys Escape
see 'interlock: open'
keys j
see '>Wheel'
keys s j
see 'Turn Wheel by the arrow keys'
keys y Right
see 'Wheel .* idle +2 R'
keys Escape
see 'interlock: open'
# the interlock: held, and lifted by a yes
keys i
see 'INTERLOCK SET'
keys f
see ': focus'
type_line '2000'
see 'Move Focuser to 2000'
keys y
see 'the interlock is set: nothing is moved'
keys i
see 'Lift the interlock'
keys y
see 'interlock: open'
# what holds for the exposures to come; a sequence with its progress, its end, its images
keys k k
see '>Camera'
keys :
type_line 'roi 64,0,512,480'
see 'Next +part 64,0 512x480'
keys E
see ': expose'
type_line '1 2 object=M33'
see 'Sequence +[#.]+ [01] of 2, 1 s each'
see 'Sequence +done: 2 of 2, 1 s each'
see 'Last image .*/M33_R_'
see 'Check +min [0-9]+ +median [0-9]+ +max [0-9]+ +0 saturated +[0-9]+ stars'
# the last hours, and back
keys H
see 'tube C +Focuser +now|last 3 hours'
keys H
# a script takes an image with all its words, and reads its header
keys 6
see '\[6 Console\]'
type_line 'h = camera.expose{seconds="0.2s", roi={64,0,512,480}, filter="G", name="M 81", type="light"}.header print(h.NAXIS1, h.FILTER, h.OBJECT, h.EXPTIME, h.SIMPLE)'
see '^512[[:space:]]+G[[:space:]]+M 81[[:space:]]+0.2[[:space:]]+true'
type_line 'print(try(camera.expose, {seconds=1, roi={1,2}}))'
see 'roi is \{x, y, w, h\}'
keys Escape
sleep 0.5 # alone: with what follows it would be an Alt key
keys 4
see '\[4 Devices\]'
# parked: a slew is refused until it is released
keys p p
see 'Park the mount'
keys y
see 'Mount +lx200 +parked'
keys :
type_line 'slew-to 04:00:00 +30:00:00'
see 'is parked; `unpark` first'
# an ordered end as a drill asks nothing of the devices
keys :
type_line 'shutdown drill'
see 'drill: ordered end'
ok
grep -q '"device":"Mount","verb":"slew","event":"asked"' "$T"/tmp/*/*-devices.jsonl "$T"/tmp/*/*/*-devices.jsonl 2>/dev/null || fail "no journal: $(find "$T" -name '*.jsonl')"
keys q
see 'end the night'
keys e
as_found

