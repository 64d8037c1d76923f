#!/bin/bash
# The commands sky and twilight: lines in and out, refusals in their place, sites, clocks, exit statuses.
set -u
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME
export HOME=$home
n=0 bad=0

fail() {
    echo "FAIL: $*"
    bad=$((bad + 1))
}

# expect STATUS PATTERN INPUT COMMAND...: exit status, and a regular expression that the output must hold.
expect() {
    local want=$1 pattern=$2 input=$3 out rc
    shift 3
    out=$(printf '%b' "$input" | "$@" 2>&1)
    rc=$?
    n=$((n + 1))
    if [ $rc -ne "$want" ] || ! grep -qE -- "$pattern" <<<"$out"; then
        fail "$*: status $rc (want $want), no /$pattern/ in: $out"
    fi
}

# A refusal stands in its place, and the filter goes on: four lines in, four out.
lines='{"ra_deg": 83.8, "dec_deg": -5.4}\n\n{"ra_deg": 83.8\n{"ra_deg": 0, "dec_deg": 90}'
out=$(printf '%b' "$lines" | "$VIGIE" sky constellation 2>"$home/err")
[ $? -eq 1 ] || fail "a refused line must give exit status 1"
[ "$(wc -l <<<"$out")" -eq 4 ] || fail "four lines in, not four out: $out"
[ "$(sed -n 1p <<<"$out")" = '{"constellation":"Ori"}' ] || fail "line 1: $out"
[ "$(sed -n 4p <<<"$out")" = '{"constellation":"UMi"}' ] || fail "line 4: $out"
[ "$(grep -c '^{"error":"[^"]' <<<"$out")" -eq 2 ] || fail "two refusals: $out"
[ "$(grep -c '^vigie sky: line [23]: ' "$home/err")" -eq 2 ] || fail "two lines on stderr: $(cat "$home/err")"

star='"ra_deg": 10, "dec_deg": 20'
expect 0 '"mjd_utc":57753.99998842' "{\"utc\": \"2016-12-31T23:59:60Z\", $star}" "$VIGIE" sky time --site 43.9,5.7,650
expect 1 'no leap second' "{\"utc\": \"2017-12-31T23:59:60Z\", $star}" "$VIGIE" sky time --site 43.9,5.7,650
expect 1 '"error":"site is missing"' "{\"utc\": \"2026-11-23\", $star}" "$VIGIE" sky time
expect 0 '"mjd_utc":61367.00' "{\"utc\": \"now\", $star}" "$VIGIE" sky time --site -31.2,-70.7,2400 --at 2026-11-23T00:00:00.5
expect 1 '"error":"utc: .*-001-01-01' "{\"utc\": \"-001-01-01\", $star}" "$VIGIE" sky time --site 0,0,0
expect 1 '"error":"dec_deg is no number' '{"ra_deg": 1, "dec_deg": "2"}' "$VIGIE" sky constellation
expect 1 '"error":"dec_deg: 91 is not in -90 .. 90' '{"ra_deg": 1, "dec_deg": 91}' "$VIGIE" sky constellation
expect 1 '"error":"no JSON object"' '[1, 2]' "$VIGIE" sky frames
expect 0 '"deg":-0.01,"error":false' '{"parse": "-0:00:36", "context": "dec"}' "$VIGIE" sky sexagesimal
expect 0 '"deg":41.27' '{"parse": "+41\xdf16:12", "context": "dec"}' "$VIGIE" sky sexagesimal
expect 0 '"text":"05 34 31.92"' '{"format_deg": 83.633, "kind": "ra", "decimals": 2}' "$VIGIE" sky sexagesimal
expect 0 '"refracted":null' "{\"utc\": \"2026-11-23\", $star}" "$VIGIE" sky altaz --site 43.9,5.7,650
expect 2 'no function nothing' '' "$VIGIE" sky nothing
expect 2 'usage: vigie sky FUNCTION' '' "$VIGIE" sky
expect 0 '^$' '' "$VIGIE" sky time

# An answer comes before the next question is asked.
coproc filter { "$VIGIE" sky constellation 2>/dev/null; }
echo '{"ra_deg": 0, "dec_deg": -90}' >&"${filter[1]}"
read -r -t 20 answer <&"${filter[0]}" || answer=none
[ "$answer" = '{"constellation":"Oct"}' ] || fail "a line at a time: $answer"
eval "exec ${filter[1]}>&-"
wait

# Nights: polar day and polar night say so, the night of --at is the one that holds it.
expect 0 '"date":"2026-06-21".*"-0.833":\{"events":\[\],"always":"above"\}' '' "$VIGIE" twilight --site 78.2,15.6,10 --from 2026-06-21 --json
expect 0 '"date":"2026-12-21".*"-0.833":\{"events":\[\],"always":"below"\}' '' "$VIGIE" twilight --site 78.2,15.6,10 --from 2026-12-21 --json
expect 0 '"date":"2026-11-22"' '' "$VIGIE" twilight --site 43.9,5.7,650 --at 2026-11-23T03:00:00 --json
expect 0 '^2026-11-25  16:' '' "$VIGIE" twilight --site 43.9,5.7,650 --from 2026-11-24 --days 2
[ "$("$VIGIE" twilight --site 43.9,5.7,650 --from 2026-11-24 --days 7 --json | wc -l)" -eq 7 ] || fail "seven nights"
expect 2 'no site: give --site' '' "$VIGIE" twilight
expect 2 '\-\-site: "1,2" is no site' '' "$VIGIE" twilight --site 1,2
expect 2 '\-\-site: .*latitude' '' "$VIGIE" twilight --site 91,2,3
expect 2 '\-\-from: ' '' "$VIGIE" twilight --site 1,2,3 --from yesterday
expect 2 '\-\-days: 1.5 is no whole number' '' "$VIGIE" twilight --site 1,2,3 --days 1.5
expect 2 '\-\-at: ' '' "$VIGIE" twilight --site 1,2,3 --at 0001-01-01
mkdir -p "$home/.config/vigie"
printf 'site = Pole\nsite.Pole = -90, 0, 2835\n' >"$home/.config/vigie/config"
expect 0 '"always":"above"' '' "$VIGIE" twilight --from 2026-12-21 --json
expect 2 'no site "Nowhere"' '' "$VIGIE" twilight --site Nowhere

echo "$n calls, $bad failed"
[ $bad -eq 0 ]
