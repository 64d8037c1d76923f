#!/bin/bash
# Hooks and init.lua in a real session process: what init.lua sets up is there, hooks are called at the events, commands of scripts
# stand beside the program's own, the end of the session runs on_exit and session.on("end").
fail() { echo "check_hooks: $*" >&2; exit 1; }
dir=$(mktemp -d) || exit 1
unset VIGIE_SITE
export HOME=$dir XDG_CONFIG_HOME= XDG_DATA_HOME= XDG_STATE_HOME= XDG_CACHE_HOME= XDG_RUNTIME_DIR=$dir/run TMPDIR=$dir
mkdir -m 700 "$dir/run"
mkdir -p "$dir/.config/vigie/scripts" "$dir/.local/share/vigie/scripts"
cd "$dir" || exit 1
trap '[ -n "$pid" ] && kill -KILL $pid 2>/dev/null; rm -rf "$dir"' EXIT
printf 'site.OHP = 43.9317, 5.7133, 650\nsite = OHP\n' >"$dir/.config/vigie/config"
cat >"$dir/.config/vigie/init.lua" <<'END'
log.info("init.lua runs")
session.on("attach", function() files.append("seen.txt", "attach\n") end)
session.on("end", function() files.append("seen.txt", "end\n") end)
session.on("dusk", function(t) files.append("seen.txt", "dusk " .. t.iso:sub(1, 13) .. "\n") end)
alerts.on("new", function(e) files.append("seen.txt", "alert " .. e.name .. "\n") end)
alarms.on{ level = "warning", run = function(a) files.append("seen.txt", "alarm " .. a.text .. "\n") end }
command{ name = "greet", args = "NAME", help = "Greets", run = function(args) files.append("seen.txt", "hello " .. args[1] .. "\n") end }
session.set("transits.min-alt", 10 + 13)
on_exit(function(why) log.info("init.lua ends: %s", why) end)
END
cat >"$dir/.local/share/vigie/scripts/foreign.lua" <<'END'
--[[ vigie-script
needs = { "files" }
]]
files.write("foreign.txt", "x", { overwrite = true })
print("wrote")
END
send() { "$VIGIE" send "$@" 2>err || fail "send $*: $(cat err)"; }
seen() {
    for i in $(seq 200); do
        grep -qF -- "$1" "$dir/.local/share/vigie/work/seen.txt" 2>/dev/null && return
        sleep 0.1
    done
    fail "never seen: $1; but: $(cat "$dir/.local/share/vigie/work/seen.txt" 2>/dev/null) $(cat log)"
}

# two seconds before astronomical dusk (Sun at -18 deg at OHP; the almanac of this program says when)
dusk=$("$VIGIE" run --at 2026-11-23T12:00:00Z --offline -e '(sky.sun_set(nil, -18) - duration"3s").iso') || fail "no dusk"
"$VIGIE" --headless --offline --at "$dusk" >log 2>&1 &
pid=$!
for i in $(seq 300); do
    "$VIGIE" send 'print(1)' >/dev/null 2>&1 && break
    sleep 0.1
done
[ "$(send 'session.get"transits.min-alt"')" = 23 ] || fail "init.lua did not set the option"
seen "dusk 2026-11-23T1"
send 'cmd"greet Vera"'
seen "hello Vera"
send 'alarms.raise{text = "clouds come", level = "warning"}' >/dev/null
seen "alarm clouds come"
send 'alerts.import [[{"id": "sample-1", "event_name": "Sample 1", "trigger_time": "2026-11-23T17:00:00Z", "ra": 30, "dec": 40}]]' >/dev/null
seen "alert Sample 1"
echo | "$VIGIE" --plain >/dev/null 2>&1
seen attach
[ "$(send '#script.list() > 0')" = true ] || fail "no scripts"

# an imported script asks, whoever runs it; nobody there: it is refused; on a terminal or a pipe it is asked there
printf 'no\n' | "$VIGIE" run foreign >out 2>err && fail "a script from outside ran without leave"
grep -q "foreign.lua wants to use files. Grant it" err || fail "it did not ask: $(cat err)"
grep -q "foreign.lua may not use files: the observer said no" err || fail "no refusal: $(cat err)"
[ ! -e foreign.txt ] || fail "it wrote all the same"
"$VIGIE" run foreign </dev/null >out 2>err && fail "a script from outside ran though nobody answered"
grep -q "nobody answered" err || fail "no answer: $(cat err)"
printf 'yes\n' | "$VIGIE" run foreign >out 2>err || fail "leave was given: $(cat err)"
grep -q wrote out || fail "it did not run: $(cat out err)"
"$VIGIE" run foreign </dev/null >out 2>err || fail "it asks again: $(cat err)"
echo '-- changed' >>"$dir/.local/share/vigie/scripts/foreign.lua"
"$VIGIE" run foreign </dev/null >out 2>err && fail "a changed script keeps the leave of the old one"
[ "$(stat -c %a "$dir/.local/share/vigie/grants")" = 600 ] || fail "others can read the grants"

# by its path it is no more trusted than by its name
printf 'no\n' | "$VIGIE" run "$dir/.local/share/vigie/scripts/../scripts/foreign.lua" >out 2>err && fail "by its path a script from outside ran without leave"
grep -q "wants to use files. Grant it" err || fail "by its path it did not ask: $(cat err)"

# what moves something is asked for at every run, though it was granted before
cat >"$dir/.local/share/vigie/scripts/mover.lua" <<'END'
--[[ vigie-script
needs = { "mount", "camera", "dome", "power" }
]]
print("it moves")
END
# answers the session's question once; fails if none comes
answer() {
    for i in $(seq 100); do
        "$VIGIE" send "cmd\"answer $1\"" >/dev/null 2>&1 && return
        sleep 0.1
    done
    fail "nothing was asked: $(cat out err)"
}
for run in 1 2; do
    "$VIGIE" run mover >out 2>err </dev/null &
    one=$!
    for cap in mount camera dome power; do answer yes; done
    wait $one || fail "run $run: leave was given: $(cat out err)"
    grep -q "it moves" out || fail "run $run: $(cat out err)"
done
"$VIGIE" run mover >out 2>err </dev/null &
one=$!
answer yes
answer no
wait $one && fail "it ran without the leave for the camera"
grep -q "may not use camera: the observer said no" err || fail "no refusal: $(cat out err)"

# init.lua again: what it hooked before is gone, the new is there
cat >"$dir/.config/vigie/init.lua" <<'END'
local tools = require "tools"
command{ name = "greet", args = "NAME", help = "Greets anew", run = function(args) files.append("seen.txt", tools.word .. args[1] .. "\n") end }
session.on("end", function() files.append("seen.txt", "the end\n") end)
END
echo 'return { word = "salut " }' >"$dir/.config/vigie/tools.lua"
send 'cmd"reload"'
for i in $(seq 50); do
    "$VIGIE" send 'cmd"greet Ada"' >/dev/null 2>&1 && grep -q 'salut Ada' "$dir/.local/share/vigie/work/seen.txt" && break
    sleep 0.1
done
seen "salut Ada"
[ "$(grep -c '^hello' "$dir/.local/share/vigie/work/seen.txt")" = 1 ] || fail "the old command lives"
send 'print(pcall(require, "nothing"))' >out
grep -q 'no module nothing' out || fail "require in a console: $(cat out)"

kill -TERM $pid
wait $pid
pid=
seen "the end"
grep -rqs "init.lua ends: done" "$dir/.local/state/vigie" || fail "on_exit of init.lua did not run"

# at the instant that a line of Lua gives, a demo's session with a hook, which is to be called with what it is called
hooked() { # hooked INSTANT HOOK WANTED: fn(text) notes what it was called with
    local at
    at=$("$VIGIE" run --demo --at 2026-11-23T21:00:00Z -e "($1).iso") || fail "no instant $1"
    "$VIGIE" --headless --demo --at "$at" >log2 2>&1 &
    pid=$!
    for i in $(seq 300); do
        "$VIGIE" send --demo 'print(1)' >/dev/null 2>&1 && break
        sleep 0.1
    done
    "$VIGIE" send --demo "said = nil fn = function(text) said = text end $2" >out 2>&1 || fail "hook $2: $(cat out)"
    "$VIGIE" send --demo 'wait_for(function() return said end, {timeout = 60})' >out 2>&1 || fail "hook $2 was not called: $(cat out log2)"
    grep -q "^$3" out || fail "hook $2: called with $(cat out), not $3"
    kill -TERM $pid
    wait $pid
    pid=
    grep -E 'ERROR: |runtime error' log2 && fail "$(cat log2)"
}
hooked 'sky.sun_rise(nil, -18) - duration"4s"' 'session.on("dawn", function(t) fn("dawn " .. t.iso) end)' 'dawn 2026-11-24T0[4-6]:'
wasp='transits.list{planet = "WASP-12b", all = true, from = time.now(), to = time.now() + duration"12h"}[1]'
hooked "$wasp.ingress.time - duration'604s'" 'transits.on("ingress", function(t) fn(t.planet .. " " .. t.ingress.time.iso) end, {before = "10min", planet = "WASP-12b"})' \
    'WASP-12b 2026-11-23T23:3'
hooked "$wasp.mid.time - duration'4s'" 'transits.on("mid", function(t) fn(t.planet .. " " .. t.mid.time.iso) end, {planet = "WASP-12b", all = true})' \
    'WASP-12b 2026-11-24T01:0'
grep -E 'ERROR: |runtime error' log && fail "$(cat log)"
exit 0
