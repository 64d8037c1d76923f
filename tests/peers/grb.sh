#!/bin/sh
# The use case whole, unchanged, against a real server of the Virtual Observatory (GAVO DaCHS): $VIGIE_PEERS/design/examples/grb.lua
# finds resources by a concept, asks cone searches, writes grb.csv and grb.vot; `vigie table`, astropy and STILTS read the same
# rows back. Then what scripts ask of TAP: in one go, as jobs, with uploads; each constraint of the registry counts as the
# server's own README says.
fail() { echo "grb: $*" >&2; exit 1; }
port=${VO_PORT:-18080} base=http://localhost:${VO_PORT:-18080}
sh=${SHELL:-/bin/sh}
curl -sf -o /dev/null "$base/tap/availability" || { "$VIGIE_PEERS/vo-server/up" >/tmp/grb-up.$$ 2>&1 || { cat /tmp/grb-up.$$ >&2; rm -f /tmp/grb-up.$$; fail "no server"; }; rm -f /tmp/grb-up.$$; started=yes; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"; [ -z "$started" ] || "$VIGIE_PEERS/vo-server/down" server' EXIT
unset VIGIE_SITE VIGIE_REPLAY
HOME=$dir; XDG_CONFIG_HOME=; XDG_DATA_HOME=; XDG_STATE_HOME=; XDG_CACHE_HOME=; XDG_RUNTIME_DIR=
IVOA_REGISTRY=$base/tap
export HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR IVOA_REGISTRY
cd "$dir" || exit 1
for tool in stilts /usr/bin/python3; do command -v $tool >/dev/null || fail "$tool is not installed"; done

# GRB 221009A
"$VIGIE" run "$VIGIE_PEERS/design/examples/grb.lua" --topcat false --pos "19 13 03.5 +19 46 24" --radius 5d >out 2>err ||
    fail "exit $?: $(cat err)"
grep -q '^6 resources$' out || fail "printed: $(cat out)"
grep -q 'HTTP 404' err || fail "the broken services were not told: $(cat err)"
"$VIGIE" table convert grb.vot ours.csv || fail "vigie table"
cmp -s grb.csv ours.csv || fail "grb.csv and grb.vot differ"
rows=$(($(wc -l <grb.csv) - 1))
[ "$rows" -eq 7 ] || fail "$rows rows, not 7"
stilts -Djava.awt.headless=true tpipe in=grb.vot ofmt=csv out=stilts.csv || fail "stilts"
[ $(($(wc -l <stilts.csv) - 1)) -eq 7 ] || fail "stilts: $(wc -l <stilts.csv) lines"
stilts -Djava.awt.headless=true votlint grb.vot >lint 2>&1 || fail "votlint: $(cat lint)"
/usr/bin/python3 "$TOP_SRCDIR/tests/peers/same_rows.py" grb.vot grb.csv stilts.csv 7 || fail "astropy reads other rows"

# by a concept and what is around it, and every other constraint: the counts of the server's README
cat >registry.lua <<'END'
local function n(o) return #vo.registry.search(o) end
print(n{uat = "gamma-ray-bursts"}, n{uat = {"gamma-ray-bursts", expand_up = 1}},
  n{uat = {"transient-sources", expand_down = 3}}, n{"burst"}, n{"gamma", "burst"}, n{servicetype = "scs"},
  n{servicetype = "tap"}, n{servicetype = "sia2"}, n{waveband = "gamma-ray"}, n{author = "%Hubble%"},
  n{ucd = "phot.mag;em.ir%"}, n{datamodel = "obscore"}, n{datamodel = "regtap"}, n{spectral = "5eV"},
  n{temporal = {time"2019-01-14", time"2019-01-20"}})
END
"$VIGIE" run registry.lua >out 2>err || fail "$(cat err)"
want="7 9 6 11 8 684 1 1 16 11 400 1 1 1 60"
[ "$(tr '\t' ' ' <out)" = "$want" ] || fail "registry: $(cat out), not $want"

cat >tap.lua <<'END'
local tap = vo.tap(os.base)
END
sed -i "s|os.base|'$base/tap'|" tap.lua
cat >>tap.lua <<'END'
local t = tap:run_sync("SELECT TOP 3 name, raj2000, dej2000, t90 FROM grb.main WHERE name LIKE 'GRB%' ORDER BY name")
print(#t, t.status, tap:run_sync("SELECT * FROM grb.main", {maxrec = 5}).status)
local ok, e = try(tap.run_sync, tap, "SELECT nope FROM grb.main")
print(e.kind, e.message:find("nope", 1, true) ~= nil)
print(#tap:run_async("SELECT raj2000 FROM grb.main"))
local up = tbl.new{{ra = 288.26, dec = 19.77, id = 9007199254740993}, {ra = 1, dec = 2, id = 1}}
print(tap:run_sync("SELECT * FROM TAP_UPLOAD.t WHERE ra > 100", {uploads = {t = up}})[1].id)
print(tap:run_async("SELECT count(*) AS n FROM TAP_UPLOAD.t", {uploads = {t = up:where"ra > 100"}})[1].n)
local job = tap:submit_job("SELECT raj2000 FROM grb.main")
print(job.phase, job:run():wait{timeout = "1min"}, #job:fetch_result())
job:delete()
job = tap:submit_job("SELECT count(*) FROM stars.main a, stars.main b, stars.main c WHERE a.ra + b.ra + c.ra < 0")
job:run()
job:wait{phases = {"EXECUTING"}, timeout = "1min"}
print(job:abort())
END
"$VIGIE" run tap.lua >out 2>err || fail "$(cat err)"
cat >want <<'END'
3	OK	OVERFLOW
service	true
2416
9007199254740993
1
PENDING	COMPLETED	2416
ABORTED
END
diff out want || fail "tap"
echo "grb.lua: 7 rows read back the same by vigie, astropy and STILTS; 15 registry constraints; TAP sync, async, upload, abort"
