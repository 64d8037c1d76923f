#!/bin/sh
# The use case against recorded answers: the registry by a concept, a cone search, two files, from the command line, from the
# library, with parameters as a form gives them; `vigie table` reads the same rows back.
fail() { echo "grb: $*" >&2; exit 1; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
unset VIGIE_SITE
HOME=$dir; XDG_CONFIG_HOME=; XDG_DATA_HOME=; XDG_STATE_HOME=; XDG_CACHE_HOME=; XDG_RUNTIME_DIR=
VIGIE_REPLAY=$VIGIE_TEST_DATA/vo-lua IVOA_REGISTRY=http://reg.g-vo.org/tap
export HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR VIGIE_REPLAY IVOA_REGISTRY
cd "$dir" || exit 1

"$VIGIE" run "$TOP_SRCDIR/lua/grb.lua" >out 2>err </dev/null || fail "exit $?: $(cat err)"
grep -q '^2 resources$' out || fail "printed: $(cat out)"
grep -q '^GRB  *3 rows$' out || fail "printed: $(cat out)"
grep -q '^written: grb.csv grb.vot$' out || fail "printed: $(cat out)"
cat >want <<'END'
name,ra,dec,t90,redshift,trigger,remark
GRB A,210.75,54.25,2.5,0.7,9007199254740993,näh
GRB B,211.125,54.5,30.25,,2,
GRB C,210.5,54,,1.25,-3,"a, ""b"""
END
tr -d '\r' <grb.csv | diff - want || fail "grb.csv is not what came"
"$VIGIE" table convert grb.vot back.csv || fail "grb.vot cannot be read"
tr -d '\r' <back.csv | diff - want || fail "grb.vot has other rows"

# parameters: a title that no service has; a place; names of the files
"$VIGIE" run "$TOP_SRCDIR/lua/grb.lua" --want nothing >out 2>err </dev/null && fail "a service was found"
grep -q 'no service had a row within 1d of 14 03 38.6 +54 18 42' err || fail "said: $(cat err)"
"$VIGIE" run "$TOP_SRCDIR/lua/grb.lua" --base second --want sample >out 2>err </dev/null || fail "$(cat err)"
cmp -s grb.csv second.csv || fail "second.csv differs"
# a place may be named: it is looked up before the script runs, wherever its parameters come from
"$VIGIE" run "$TOP_SRCDIR/lua/grb.lua" --base named --pos "SN 2023ixf" >out 2>err </dev/null || fail "$(cat err)"
cmp -s grb.csv named.csv || fail "named.csv differs"
printf -- '--[[ vigie-script\nneeds = { "files" }\nparam place : coord = "SN 2023ixf"\n]]\nprint(p.place:to_string())\n' >at.lua
"$VIGIE" run at.lua >out 2>err </dev/null || fail "$(cat err)"
grep -q '^14 03 38.6[0-9]* +54 18 42' out || fail "SN 2023ixf lies at $(cat out err)"
"$VIGIE" run at.lua --place "14 03 38.6 +54 18 99" >out 2>err </dev/null && fail "99 seconds of arc were taken"
grep -q '^vigie run: place: ' err || fail "said: $(cat err)"
"$VIGIE" run at.lua --offline >out 2>err </dev/null || fail "the kept answer was not used: $(cat err)"
VIGIE_REPLAY= "$VIGIE" run at.lua --offline --place "M 77" >out 2>err </dev/null && fail "looked up without a network"
grep -q "^vigie run: network: Sesame: .*not asked, the network is off" err || fail "said: $(cat err)"
"$VIGIE" run -e 'coord"M 31"' >out 2>err </dev/null && fail "a name was a position"
grep -q 'for a name: coord.from_name' err || fail "said: $(cat err)"
# what this build lacks is said when it is used, after the files are there
rm -f grb.csv
"$VIGIE" run "$TOP_SRCDIR/lua/grb.lua" --topcat yes >out 2>err </dev/null && fail "sent without SAMP?"
grep -q 'samp' err || fail "said: $(cat err)"
[ -s grb.csv ] || fail "grb.csv was not written"
# from the library, as a form and other scripts start it
mkdir -p .config/vigie/scripts && cp "$TOP_SRCDIR/lua/grb.lua" .config/vigie/scripts/ || fail "no library"
"$VIGIE" run -e 'script.run("grb", {base = "third", radius = angle(1)})' >out 2>err </dev/null || fail "$(cat err)"
cmp -s second.csv third.csv || fail "third.csv differs"
# the console's way, line by line
"$VIGIE" run -e 'local res = vo.registry.search{uat = "gamma-ray-bursts", servicetype = "conesearch"}
local t = res["GRB"]:get_service"conesearch":search{pos = "14 03 38.6 +54 18 42", radius = "1d"}
t:save"line.csv" return #t' >out 2>err </dev/null || fail "$(cat err)"
[ "$(cat out)" = 3 ] || fail "printed: $(cat out)"
cmp -s second.csv line.csv || fail "line.csv differs"
