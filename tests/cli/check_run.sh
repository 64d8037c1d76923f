#!/bin/sh
# `vigie run`: scripts with parameters, lines of Lua, refusals with their sentences, exit statuses, Ctrl-C.
fail() { echo "check_run: $*" >&2; exit 1; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
unset VIGIE_SITE
HOME=$dir; XDG_CONFIG_HOME=; XDG_DATA_HOME=; XDG_STATE_HOME=; XDG_CACHE_HOME=; XDG_RUNTIME_DIR=
export HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR
cd "$dir" || exit 1

# want STATUS OUT ERR ARGS...: OUT is the whole of stdout, ERR a part of stderr ("" for silence)
want() {
    status=$1 out=$2 err=$3
    shift 3
    "$VIGIE" run --demo --at 2026-11-23T21:14:07Z "$@" >out 2>err </dev/null
    got=$?
    [ $got -eq "$status" ] || fail "run $*: exit $got, not $status: $(cat err)"
    [ "$(cat out)" = "$out" ] || fail "run $*: printed \"$(cat out)\", not \"$out\""
    if [ -z "$err" ]; then
        [ ! -s err ] || fail "run $*: said \"$(cat err)\""
    else
        grep -qF -- "$err" err || fail "run $*: said \"$(cat err)\", not \"$err\""
    fi
}

want 0 2 "" -e '1 + 1'
want 0 2026-11-23T21:14:07Z "" -e 'time.now()'
want 0 "a	1" "" -e 'print("a", 1)'
want 0 "one
two" "" -e 'print"one" sleep(0.01) print"two"'
want 0 "5	5	7" "" -e 'x = 5 return load("return x", "n", "t")(), load"return x"(), load("return x", "n", "t", {x = 7})()'
want 0 "" "seeing 2.1" -e 'log.info("seeing %.1f", 2.1)'
want 1 "" "-e:1: oops" -e 'error"oops"'
want 1 "" "script: no flats   (-e:1)" -e 'fail("no %s", "flats")'
want 1 "" "unexpected symbol" -e 'x = = 3'
want 1 "" "sky has no altax; did you mean altaz?" -e 'sky.altax()'
want 0 "a^[[31mb" "" -e 'print("a\27[31mb")'
want 2 "" "usage: vigie run"
want 1 "" "none.lua: No such file or directory" none.lua
want 2 "" "no option --deep; the script's own parameters stand behind its name" --deep 5 x.lua

cat >plan.lua <<'END'
--[[ vigie-script
name    = "Plan"
summary = "what the test needs"
api     = 1
needs   = { "sky" }
param depth : number  = 5     "Least depth" min=0 max=100
param far   : angle   = "30'" "Radius"
param when  : time    = now
param all   : boolean = false
param kind  : choice  = low   of="low,high"
param site  : string  = here
]]
print(p.depth, p.far, p.when, p.all, p.kind, p.site)
END
want 0 "5.0	30'	2026-11-23T21:14:07Z	false	low	here" "" plan.lua
want 0 "7.5	1d	2026-11-24T00:00:00Z	true	high	here" "" plan.lua --depth 7.5 --far=1d --when 2026-11-24 --all --kind high
want 0 "5.0	30'	2026-11-23T21:14:07Z	false	low	Paranal" "" plan.lua -- --site Paranal
want 2 "" "no parameter deph; did you mean depth?" plan.lua --deph 5
grep -q -- "--depth .*number .*Least depth .0 .. 100. (5)" err || fail "a wrong parameter does not list those there are"
want 2 "" "depth: 200 is above 100" plan.lua --depth 200
want 2 "" 'depth: "deep" is no number' plan.lua --depth deep
want 2 "" 'kind: "new" is none of low,high' plan.lua --kind new
want 2 "" "--depth needs a value" plan.lua --depth
want 2 "" "a script's parameters are --name value" plan.lua 5
"$VIGIE" run --demo plan.lua --help | grep -q "^Plan - what the test needs" || fail "no help of a script"
"$VIGIE" run --demo - --depth 3 <plan.lua | grep -q "^3" || fail "no script from standard input"

cat >greedy.lua <<'END'
--[[ vigie-script
needs = { "session" }
]]
print(pcall(sky.night))
sky.night()
END
want 1 'false	permission: sky.night: the header must say it: needs = { "sky" }' \
    'permission: sky.night: the header must say it: needs = { "sky" }' greedy.lua
printf -- '--[[ vigie-script\nparm x : int\n]]\n' >bad.lua
want 1 "" "bad.lua: line 2:" bad.lua

# options hold for this run; nothing of the user's is made or changed by --demo
want 0 33 "" -e 'session.set("transits.min-alt", 33) return session.get"transits.min-alt"'
[ ! -e "$dir/.config" ] || fail "run wrote a configuration"

# a list of records is a table: who and when first, events by their time, numbers short, dates whole
"$VIGIE" run --demo --at 2026-11-23T21:00:00Z -e 'transits.tonight{min_depth = 17, planet = "WASP-12b"}' >out 2>err
grep -qE '^planet +ingress +mid +egress +mag_v +depth +duration' out || fail "a list is no table: $(cat out err)"
grep -qE '^WASP-12b  2026-11-23T23:3.:..Z  2026-11-24T01:0.:..Z' out || fail "a list: $(cat out)"
want 0 "time                a
   2          1.23457
-     2461371.8853436" "" -e '{{a = 1.23456789, time = 2}, {a = 2461371.8853436}}'
want 0 "1	2
{a = {b = {c = {d = {1}}}}}" "" -e 'print(1, 2) pp{a = {b = {c = {d = {1}}}}}'

# Ctrl-C: in order, and soon
cat >forever.lua <<'END'
on_exit(function(why) print("left: " .. why) end)
print "begun"
while true do pcall(function() while true do end end) end
END
"$VIGIE" run --demo forever.lua >out 2>err &
pid=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q begun out && break
    sleep 0.1
done
grep -q begun out || fail "what a script prints is not seen while it runs"
kill -TERM $pid
began=$(date +%s)
wait $pid
[ $? -eq 1 ] || fail "a cancelled script does not end with 1"
[ $(($(date +%s) - began)) -le 2 ] || fail "the cancel took longer than 2 s"
grep -q "left: ended from outside" out || fail "on_exit did not run: $(cat out err)"
grep -q cancelled err || fail "the cancel was not told"

# the scripts that come with the program
scripts=${TOP_SRCDIR:-.}/lua
"$VIGIE" run --demo --at 2026-11-23T21:00:00Z "$scripts/plan.lua" --min_depth 12 --base night >out 2>err || fail "plan.lua: $(cat err)"
grep -q "^WASP-12b .*2026-11-24T01:0[12]" out || fail "plan.lua does not list WASP-12b: $(cat out)"
head -1 night.csv | grep -q "^planet,star,epoch" || fail "plan.lua wrote no CSV"
grep -q "^BEGIN:VEVENT" night.ics || fail "plan.lua wrote no calendar"
"$VIGIE" run --demo --at 2026-11-23T21:00:00Z "$scripts/flats.lua" --nights 2 >out 2>err || fail "flats.lua: $(cat err)"
[ $(wc -l <out) -eq 3 ] || fail "flats.lua does not list two nights: $(cat out)"
"$VIGIE" run "$scripts/watch_alerts.lua" --help | grep -q -- "--rule" || fail "watch_alerts.lua has no rule"
"$VIGIE" run --demo --at 2026-11-23T21:00:00Z "$scripts/report.lua" >out 2>err || fail "report.lua: $(cat err)"
grep -q "^# Night of 2026-11-23" report.md || fail "report.lua: $(cat report.md)"
grep -q "^| WASP-12b | 23:3[0-9] | 01:0[0-9] | 02:3[0-9] |" report.md || fail "report.lua lists no WASP-12b: $(cat report.md)"
[ "$(grep -c '^## ' report.md)" -eq 3 ] || fail "report.lua lacks a part"
# BJD of a light curve: WASP-12 on this night is 397 s early by light time, 69.184 s between the scales, so 466 s to add
printf 'JD_UTC,mag\n2461368.5,12.1\n2461368.6,12.2\n' >lc.csv
"$VIGIE" run --demo "$scripts/bjd.lua" --file lc.csv --target "06 30 32.8 +29 40 20" >out 2>err || fail "bjd.lua: $(cat err)"
awk -F, 'NR == 1 && $1 != "BJD_TDB" { exit 1 }
         NR > 1 { d = ($1 - $2) * 86400; if (d < 460 || d > 472) exit 1; n++ } END { exit n != 2 }' light_curve.csv ||
    fail "bjd.lua: $(cat light_curve.csv)"
"$VIGIE" run --demo "$scripts/bjd.lua" --file light_curve.csv --target "06 30 32.8 +29 40 20" --column BJD_TDB \
    --scale bjd_tdb --out back.csv >out 2>err || fail "bjd.lua, the other way: $(cat err)"
[ "$(cut -d, -f2 back.csv | tr '\n' ' ')" = "JD_UTC 2461368.50000000 2461368.60000000 " ] || fail "bjd.lua does not come back: $(cat back.csv)"
"$VIGIE" run --demo "$scripts/bjd.lua" --file lc.csv --target "06 30 32.8 +29 40 20" --column HJD >out 2>err && fail "bjd.lua took a column that is not there"
grep -q "lc.csv has no column HJD; it has JD_UTC, mag" err || fail "bjd.lua: $(cat err)"
"$VIGIE" run --demo "$scripts/night_hooks.lua" --bell no >out 2>err &
pid=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q waiting out && break
    sleep 0.1
done
kill -TERM $pid
wait $pid
grep -q "the hooks end: ended from outside" out || fail "night_hooks.lua: $(cat out err)"
for s in "$scripts"/*.lua; do
    "$VIGIE" run "$s" --help >out 2>err || fail "$s: $(cat err)"
    grep -q " - ..........*" out || fail "$s has no summary: $(cat out)"
done
# sets of values kept in a script's form
mkdir -p .local/share/vigie/presets
printf 'depth = 9\n[deep]\ndepth = 40\nkind = high\nold = 1\n' >.local/share/vigie/presets/plan.lua.conf
preset() { "$VIGIE" run --at 2026-11-23T21:14:07Z plan.lua "$@" >out 2>err; }
preset --preset deep --far 1d || fail "--preset: $(cat err)"
[ "$(cut -f1,2,5 out)" = "40.0	1d	high" ] || fail "--preset deep: $(cat out)"
preset --depth 7 --preset deep || fail "--preset: $(cat err)"
[ "$(cut -f1,5 out)" = "7.0	high" ] || fail "what is given does not win over the preset: $(cat out)"
preset --preset deap && fail "a preset that is not there"
grep -q "plan.lua has no preset deap; it has deep" err || fail "--preset deap: $(cat err)"
grep -q -- "--depth .*number" err || fail "the parameters are not listed"
# modules: those of the program, files beside the script; nothing else
mkdir -p mods/lib elsewhere
cat >mods/main.lua <<'END'
local t = require "tools"
print(t.twice(21), require "tools" == t, require "lib.deep", require "vigie.sky" == sky)
for _, name in ipairs{"nope", "../tools", "lib..deep", "/etc/passwd", "loop", "wrong", "linked", "vigie.skyy", "bytes"} do
    print((select(2, try(require, name)).message:gsub("^require: ", "")))
end
END
echo 'sleep(0.01) calls = (calls or 0) + 1 return { twice = function(x) return 2 * x end, calls = calls }' >mods/tools.lua
echo 'return "deep"' >mods/lib/deep.lua
echo 'require "loop"' >mods/loop.lua
echo 'x = = 1' >mods/wrong.lua
printf '\033LuaT' >mods/bytes.lua
echo 'return "reached"' >elsewhere/secret.lua
ln -s ../elsewhere/secret.lua mods/linked.lua
want 0 "42	true	deep	true
no module nope: there is no nope.lua beside the script
\"../tools\" is no module: letters, digits, _ and -, folders parted by dots
\"lib..deep\" is no module: letters, digits, _ and -, folders parted by dots
\"/etc/passwd\" is no module: letters, digits, _ and -, folders parted by dots
loop is being read already: does it require itself?
wrong.lua:1: unexpected symbol near '='
linked.lua leads out of the script's folder
the program has no module skyy
attempt to load a binary chunk (mode is 't')" "" mods/main.lua
want 1 "" "what was typed has no folder" -e 'require "tools"'
# a module whose reading was given up is read anew; two tasks that want one wait for the same
echo 'sleep(again and 0.01 or 30) reads = (reads or 0) + 1 return "slow"' >mods/slow.lua
cat >mods/twice.lua <<'END'
print((select(2, try(with_timeout, 0.1, require, "slow")).kind))
again = true
local t = all{spawn(function() return require "slow" end), spawn(function() return require "slow" end)}
print(t[1], t[2], reads)
END
want 0 "timeout
slow	slow	1" "" mods/twice.lua

"$VIGIE" run --stub >vigie.d.lua || fail "no stub"
"$VIGIE" run -e "$(printf 'if false then\n%s\nend' "$(cat vigie.d.lua)")" >out 2>err || fail "the stub is no Lua: $(cat err)"
[ "$(grep -c '^---@param' vigie.d.lua)" -gt 80 ] || fail "the stub says nothing about parameters"
"$VIGIE" run --reference | grep -q "^sky.altaz(c: coord" || fail "no reference"
"$VIGIE" run --stub | grep -q "^function sky.altaz(c, t) end" || fail "no stub"
exit 0
