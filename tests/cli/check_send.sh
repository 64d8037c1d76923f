#!/bin/bash
# `vigie send`: lines of Lua into a running session of --demo: answers, failures, statuses, waiting, several at once,
# Ctrl-C, bounds. The session is one of its own: its socket lies in this test's folder.
fail() { echo "check_send: $*" >&2; exit 1; }
dir=$(mktemp -d) || exit 1
unset VIGIE_SITE
export HOME=$dir XDG_CONFIG_HOME= XDG_DATA_HOME= XDG_STATE_HOME= XDG_CACHE_HOME= XDG_RUNTIME_DIR=$dir/run TMPDIR=$dir
mkdir -m 700 "$dir/run"
cd "$dir" || exit 1
trap '[ -n "$pid" ] && kill -KILL $pid 2>/dev/null; rm -rf "$dir"' EXIT

# want STATUS OUT ERR LUA: OUT is the whole of stdout, ERR a part of stderr ("" for silence)
want() {
    "$VIGIE" send --demo "$4" >out 2>err </dev/null
    got=$?
    [ $got -eq "$1" ] || fail "send $4: exit $got, not $1: $(cat err)"
    [ "$(cat out)" = "$2" ] || fail "send $4: printed \"$(cat out)\", not \"$2\""
    if [ -z "$3" ]; then
        [ ! -s err ] || fail "send $4: said \"$(cat err)\""
    else
        grep -qF -- "$3" err || fail "send $4: said \"$(cat err)\", not \"$3\""
    fi
}

want 1 "" "no session runs as a demo; \`vigie\` or \`vigie --headless\` starts one" '1'
"$VIGIE" --demo --headless >log 2>&1 &
pid=$!
for i in $(seq 300); do
    [ -S "$dir/run/vigie/demo.sock" ] && break
    sleep 0.1
done

# longer than the ten seconds after which a session that says nothing is given up
"$VIGIE" send --demo 'sleep(11) return "after 11 s"' >long 2>&1 &
long=$!

want 0 2 "" '1 + 1'
want 0 "a	b
c" "" 'print("a", "b") print("c")'
want 0 "" "" 'kept = 40'
want 0 42 "" 'kept + 2'
want 0 7 "" 'spawn(function() sleep(0.05) return 7 end)'
want 0 "from a child" "" 'spawn(function() print("from a child") end):wait()'
want 1 "" ":1: oops" 'error "oops"'
want 1 "" "no flats" 'fail("no %s", "flats")'
want 1 "" "unexpected symbol" 'x = = 3'
want 1 "" "near <eof>" 'for i = 1, 3 do'
want 3 "" "timeout: wait_for" 'wait_for(function() end, {timeout = 0.05})'
want 0 "a^[[31mb" "" 'print("a\27[31mb")'
want 1 "" "sky has no altax; did you mean altaz?" 'sky.altax()'
want 0 1000000 "" '#("x"):rep(1e6)'
want 0 "from standard input" "" 'print "from standard input"'
echo 'print "from a pipe"' | "$VIGIE" send --demo - >out 2>err || fail "send -: $(cat err)"
[ "$(cat out)" = "from a pipe" ] || fail "send -: $(cat out)"
head -c 70000 /dev/zero | tr '\0' ' ' | "$VIGIE" send --demo - >out 2>err && fail "a text above 64 kB was taken"
grep -q "at most 65532 bytes" err || fail "a long text: $(cat err)"
"$VIGIE" send --demo 'for i = 1, 20000 do print(i, ("x"):rep(60)) end' >out 2>err || fail "much output: $(cat err)"
[ "$(wc -l <out)" -eq 20000 ] || fail "of 20000 lines $(wc -l <out) came"
"$VIGIE" send >out 2>err
[ $? -eq 2 ] || fail "no line: $(cat err)"

# several at once; each hears its own
for i in 1 2 3 4 5; do
    "$VIGIE" send --demo "sleep(0.5) print('this is $i')" >"out.$i" 2>&1 &
    sends="$sends $!"
done
wait $sends
for i in 1 2 3 4 5; do
    [ "$(cat "out.$i")" = "this is $i" ] || fail "number $i heard: $(cat "out.$i")"
done

# who goes takes his task along: its on_exit runs
"$VIGIE" send --demo 'on_exit(function(why) left = why end) while true do end' >out 2>err &
one=$!
sleep 0.5
want 0 still "" '"still"'
kill -INT $one
kill -TERM $one 2>/dev/null
wait $one 2>/dev/null
want 0 "the observer" "" 'wait_for(function() return left end, {timeout = 5})'

# what a session's scripts can do with each other: hooks, commands
want 0 "" "" 'hits = 0 hook = command{name = "count-up", help = "Counts", run = function() hits = hits + 1 end}'
want 0 "" "" 'cmd"count-up"'
want 0 1 "" 'wait_for(function() return hits > 0 and hits end, {timeout = 5})'
want 0 "" "" 'hook:off()'
want 0 "" "" 'new = 0 h = alarms.on{level = "notice", run = function(a) new = a.text end}'
want 0 clouds "" 'alarms.raise{text = "clouds", level = "warning"} return wait_for(function() return new ~= 0 and new end, {timeout = 5})'

wait $long || fail "work of 11 s: $(cat long)"
[ "$(cat long)" = "after 11 s" ] || fail "work of 11 s: $(cat long)"

kill -TERM $pid
wait $pid
pid=
grep -E 'ERROR: |runtime error|crash' log && fail "the session did not end well: $(cat log)"
exit 0
