# lib.sh - a terminal to test in: tmux on a socket of its own, a home of its own, waiting by looking
# (bounded), never by sleeping for luck. Sourced by the tests beside it.
set -u
command -v tmux >/dev/null || { echo "FAIL: tmux is missing: ./bootstrap check installs it"; exit 1; }
[ -x "${VIGIE:?}" ] || { echo "FAIL: no program at $VIGIE"; exit 1; }

T=$(mktemp -d /tmp/vt.XXXXXX) || exit 1
TMUX_NAME=vigie-test-$$
unset TMUX XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME SSH_CONNECTION COLORTERM NO_COLOR VIGIE_REPLAY VIGIE_RECORD
export HOME=$T/home XDG_RUNTIME_DIR=$T/run TMPDIR=$T/tmp LC_ALL=C.UTF-8 SHELL=/bin/sh
mkdir -p "$HOME/.config/vigie" "$T/run" "$T/tmp" "$T/bin"
chmod 700 "$T/run"
ln -s "$VIGIE" "$T/bin/vigie"
export PATH=$T/bin:$PATH
printf 'site.OHP = 43.9317, 5.7133, 650\nsite = OHP\n' >"$HOME/.config/vigie/config"
LOG=$HOME/.local/state/vigie/session.log
WAIT=${VIGIE_TEST_WAIT:-60} # seconds that anything may take: a machine may be busy
n_checks=0 n_bad=0 n_opened=0

t() { tmux -L "$TMUX_NAME" -f /dev/null "$@"; }

# fail: what was wanted, what stands on the screen; the test is over.
fail() {
    n_bad=$((n_bad + 1))
    echo "FAIL: $*"
    t capture-pane -p 2>/dev/null | sed '/^ *$/d; s/^/    |/'
    tail -5 "$LOG" 2>/dev/null
    exit 1
}

ok() { n_checks=$((n_checks + 1)); }

# until_true WHAT COMMAND...: the command succeeds within $WAIT seconds.
until_true() {
    local what=$1 end=$((SECONDS + WAIT))
    shift
    ok
    until "$@"; do
        [ $SECONDS -le $end ] || fail "$what"
        sleep 0.05
    done
}

screen_has() { t capture-pane -p 2>/dev/null | grep -qE -- "$1"; }
screen_lacks() { ! screen_has "$1"; }
see() { until_true "never seen: $1" screen_has "$1"; }
gone() { until_true "still there: $1" screen_lacks "$1"; }
keys() { t send-keys "$@"; }
type_line() { t send-keys -l "$1"; t send-keys Enter; }

# open_terminal WxH TERM: a shell with a prompt in a window of that size.
open_terminal() {
    t kill-server 2>/dev/null
    n_opened=$((n_opened + 1)) # the old server may still be on its way out: another name
    TMUX_NAME=vigie-test-$$-$n_opened
    until_true "tmux does not start" t new-session -d -x "${1%x*}" -y "${1#*x}" "exec env TERM=$2 PS1='ready> ' ENV= sh -i" 2>/dev/null
    t set -g status off >/dev/null
    t resize-window -x "${1%x*}" -y "${1#*x}" >/dev/null
    see '^ready>$'
    remember
}

# remember, same_as_before: modes of the terminal and what a program can leave behind on it.
state_of_terminal() {
    local tty
    tty=$(t display -p '#{pane_tty}')
    stty -g <"$tty"
    t display -p 'alternate=#{alternate_on} cursor=#{cursor_flag} insert=#{insert_flag} keypad=#{keypad_flag} cursor-keys=#{keypad_cursor_flag} mouse=#{mouse_any_flag}#{mouse_sgr_flag} wrap=#{wrap_flag} region=#{scroll_region_upper}-#{scroll_region_lower} origin=#{origin_flag}'
}
remember() { state_of_terminal >"$T/before"; }
is_as_before() { state_of_terminal | cmp -s - "$T/before"; }
as_found() {
    see 'ready>$'
    until_true "the terminal is not as it was found: $(state_of_terminal | diff - "$T/before" | tr '\n' ' ')" is_as_before
    type_line 'echo "ec""ho works"'
    see '^echo works'
    t send-keys -R
    keys Enter
    see '^ready>$'
}

# The processes: the client is the child of the pane's shell; the session's pid is in its lock.
client_pid() { pgrep -P "$(t display -p '#{pane_pid}')" | tail -1; }
session_pid() { head -1 "$HOME/.local/share/vigie/vigie.db.lock" 2>/dev/null; }
runs() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; }
ended() { ! runs "$1"; }

# end_session: TERM, in order; its record of slow turns is shown, the sanitizers must be silent.
end_session() {
    local pid
    pid=$(session_pid)
    runs "$pid" && kill -TERM "$pid"
    until_true "the session $pid does not end" ended "$pid"
    clean_log "$@"
}

# clean_log [crashed]: no report of a sanitizer, no crash but those meant; slow turns are shown (how fast a machine is, is no test's matter).
clean_log() {
    ok
    grep -hE 'slow turns' "$LOG" | grep -v '; 0 slow turns'
    grep -hE 'ERROR: |runtime error|LeakSanitizer' "$LOG" && { cat "$LOG"; fail "a sanitizer spoke"; }
    [ "${1:-}" = crashed ] || ! grep -h 'crash of process' "$LOG" || fail "the session crashed"
}

finish() {
    local pid
    pid=$(session_pid)
    runs "$pid" && kill -KILL "$pid"
    t kill-server 2>/dev/null
    rm -rf "$T"
    echo "$(basename "$0"): $n_checks checks, $n_bad failed"
}
trap 'rc=$?; finish; exit $rc' EXIT
trap 'exit 1' INT TERM
