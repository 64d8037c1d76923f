#!/bin/bash
# Devices in a running demo: a simulated mount behind a pseudo-terminal, reached through the real driver. A slew asks and says what it
# will meet; ! in the middle of it, from another tab, stops it and says when it was seen standing still; the arrows move it and end by
# themselves; what is forbidden is refused in words; the wire is shown; the journal has it all.
. "$(dirname "$0")/lib.sh"

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
see 'Mount stands still, seen [0-9.]+ s after the stop'
keys 4
see 'Mount +lx200 +(tracking|standing)'
see 'deg to go'
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
see ':Q[ns]#'
keys w
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

