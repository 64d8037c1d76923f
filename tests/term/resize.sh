#!/bin/bash
# Two hundred sizes between 40x10 and 300x100 while keys and data arrive; then everything is where it belongs.
. "$(dirname "$0")/lib.sh"

open_terminal 80x24 tmux-256color
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
keys 2
see '\[2 Transits\]'
for i in $(seq 200); do
    t resize-window -x $((40 + i * 101 % 261)) -y $((10 + i * 37 % 91))
    case $((i % 10)) in
    0) keys : && type_line 'transits-days 3' ;;
    5) keys : && type_line 'transits-days 1' ;;
    7) keys 7 ;;
    *) keys j k ;;
    esac
done
t resize-window -x 60 -y 10
until_true "not drawn at 60x10" eval 't capture-pane -p | sed -n 10p | grep -q "UTC"'
t resize-window -x 30 -y 8
see '(small|40x10)'
t resize-window -x 120 -y 40
until_true "not drawn at 120x40" eval 't capture-pane -p | sed -n 40p | grep -q "UTC"'
keys 2
see '\[2 Transits\]'
# what stands on the screen is what a whole frame puts there
settled() {
    t capture-pane -p | sed '$d' >"$T/one"
    keys C-l
    sleep 0.5 # a whole frame; the loop around it looks again if that was too short
    t capture-pane -p | sed '$d' | cmp -s - "$T/one"
}
until_true "the screen differs from a whole frame" settled
t resize-window -x 80 -y 24
until_true "not drawn at 80x24" eval 't capture-pane -p | sed -n 24p | grep -q "UTC"'
keys :
type_line detach
as_found
end_session
