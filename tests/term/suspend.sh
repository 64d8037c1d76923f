#!/bin/bash
# C-z and back; TSTP from outside; STOP and CONT; a session that does not answer is named and can be left.
. "$(dirname "$0")/lib.sh"

open_terminal 80x24 tmux-256color
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'

# C-z: the shell has its terminal back; fg draws everything anew
keys C-z
as_found
t resize-window -x 90 -y 30
type_line fg
until_true "not drawn whole after fg" eval 't capture-pane -p | sed -n 30p | grep -q "UTC"'
see '7 Log'
t resize-window -x 80 -y 24
until_true "not drawn at 80x24" eval 't capture-pane -p | sed -n 24p | grep -q "UTC"'

# the same by a signal
kill -TSTP "$(client_pid)"
as_found
type_line fg
see 'UTC [0-9: -]+.*OHP'

# a session that stands still is named within some 5 s, and C-c leaves it
pid=$(session_pid)
kill -STOP "$pid"
see 'does not answer'
kill -CONT "$pid" # it comes back: the words go
gone 'does not answer'
see 'UTC [0-9: -]+.*OHP'
kill -STOP "$pid"
see 'does not answer'
keys j
keys C-c
see 'left; the session runs but does not answer'
as_found
# one that does not answer at the door
type_line 'vigie --offline'
see 'does not answer'
keys C-c
see 'ready>$'
kill -CONT "$pid"
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
keys :
type_line detach
as_found
end_session
