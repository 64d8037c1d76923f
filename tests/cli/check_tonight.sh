#!/bin/bash
# The page of the night: demo without network and home, polar cases in words, what is over, width, JSON lines.
set -u
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME
export HOME=$home
n=0 bad=0

# expect STATUS PATTERN COMMAND...: exit status, and a regular expression that stdout and stderr together must hold.
expect() {
    local want=$1 pattern=$2 out rc
    shift 2
    out=$("$@" 2>&1 </dev/null)
    rc=$?
    n=$((n + 1))
    if [ $rc -ne "$want" ] || ! grep -qE -- "$pattern" <<<"$out"; then
        echo "FAIL: $*: status $rc (want $want), no /$pattern/ in: $out"
        bad=$((bad + 1))
    fi
}

at=(--at 2026-11-23T18:10:00Z)
expect 0 '^Night of 2026-11-23/24 ' "$VIGIE" --demo tonight "${at[@]}"
expect 0 '^All times UTC; now 2026-11-23 18:10:00 .*43\.9317 N  5\.7133 E  650 m$' "$VIGIE" --demo tonight "${at[@]}"
# Ivshina & Winn's ephemeris: BJD_TDB 2461368.5487 at mid, 397 s of light time and 69 s of scales earlier in UTC
expect 0 '^WASP-12b +23:32 01:02 02:32 ' "$VIGIE" --demo tonight "${at[@]}"
expect 0 '^Best +[A-Za-z0-9-]+, 0\.[0-9]+: completeness' "$VIGIE" --demo tonight "${at[@]}"
expect 0 '^Filters  [0-9]+ of [0-9]+ transits; hidden: ' "$VIGIE" --demo tonight "${at[@]}"
expect 0 '^Planets  built-in sample: [0-9]+ planets$' "$VIGIE" --demo tonight "${at[@]}"
expect 0 '^Night of' env -i "$VIGIE" --demo tonight
expect 0 '^Over +[0-9]+ transits of this night' "$VIGIE" --demo tonight --at 2026-11-24T05:10:00Z
expect 0 '^No transit is left tonight' "$VIGIE" --demo tonight --at 2026-11-24T06:30:00Z
expect 0 '^Night of 2026-11-24/25' "$VIGIE" --demo tonight --at 2026-11-24T07:00:00Z # after sunrise: the coming night
expect 0 'The best 3 of [0-9]+ transits' "$VIGIE" --demo tonight "${at[@]}" --rows 3
expect 2 '0 is not in 1' "$VIGIE" --demo tonight --rows 0

# Nights without dark, without sunset, without sunrise.
expect 0 '^Dark +never: the Sun is lowest at [0-9:]+, -[6-9]\.[0-9] deg \(nautical' "$VIGIE" --demo tonight --site 60,-150,0 --at 2026-06-20
expect 0 '^Sun +does not set: it is day for 24 hours' "$VIGIE" --demo tonight --site 78.2,15.6,0 --at 2026-06-20
expect 0 '^Sun +does not rise: polar night, with twilight about noon' "$VIGIE" --demo tonight --site 78.2,15.6,0 --at 2026-12-20
expect 0 '^Sun +does not rise: astronomical night for 24 hours' "$VIGIE" --demo tonight --site 87,15.6,0 --at 2026-12-20
expect 0 '^Dark +all through \(24 h 00 min' "$VIGIE" --demo tonight --site 87,15.6,0 --at 2026-12-20

# No site is a sentence that says what to do; no catalogue is no reason to show nothing.
expect 2 'no site: give --site LAT,LON,HEIGHT' "$VIGIE" --offline tonight
expect 0 'built-in sample: [0-9]+ planets; ' "$VIGIE" --offline tonight --site 44,5,600
expect 1 'no-such-file' "$VIGIE" tonight --site 44,5,600 --catalogue "$home/no-such-file"

wide=$("$VIGIE" --demo tonight "${at[@]}" | awk 'length($0) > 80')
[ -z "$wide" ] || { echo "FAIL: wider than 80 columns: $wide"; bad=$((bad + 1)); }

json=$("$VIGIE" --demo tonight --json "${at[@]}")
first=$(head -1 <<<"$json") last=$(tail -1 <<<"$json")
transits=$(grep -c '^{"kind":"transit","transit":{"planet":' <<<"$json")
grep -q '^{"kind":"night","date":"2026-11-23","now_utc":"2026-11-23T18:10:00' <<<"$first" || { echo "FAIL: $first"; bad=$((bad + 1)); }
grep -q "^{\"kind\":\"transits\",\"listed\":$transits," <<<"$last" || { echo "FAIL: $last"; bad=$((bad + 1)); }

# Alerts: nothing is made of a store that is not there; an event of yesterday that is up is shown, one of next week is not.
[ ! -e "$home/.local/share/vigie/vigie.db" ] || { echo "FAIL: a page has made a store"; bad=$((bad + 1)); }
packet() { # NAME TIME
    printf '<?xml version="1.0"?>\n<v:VOEvent xmlns:v="http://www.ivoa.net/xml/VOEvent/v2.0" version="2.0" role="observation" ivorn="ivo://x.y/z#%s">' "$1"
    printf '<Who><Date>%s</Date></Who><WhereWhen><ObsDataLocation><ObservatoryLocation id="x"/><ObservationLocation><AstroCoordSystem id="UTC-FK5-GEO"/>' "$2"
    printf '<AstroCoords coord_system_id="UTC-FK5-GEO"><Time unit="s"><TimeInstant><ISOTime>%s</ISOTime></TimeInstant></Time>' "$2"
    printf '<Position2D unit="deg"><Value2><C1>30</C1><C2>40</C2></Value2><Error2Radius>0.01</Error2Radius></Position2D>'
    printf '</AstroCoords></ObservationLocation></ObsDataLocation></WhereWhen><Why><Name>%s</Name></Why></v:VOEvent>\n' "$1"
}
packet "SN 2026near" 2026-11-22T20:00:00 >"$home/near.xml"
packet "SN 2026next" 2026-11-30T20:00:00 >"$home/next.xml"
expect 0 '2 new events' "$VIGIE" alerts import "$home/near.xml" "$home/next.xml"
here=(--offline tonight --site 44,5,600 "${at[@]}")
expect 0 '^SN 2026near  .* [0-9]+ deg +[01]\.[0-9][0-9]$' "$VIGIE" "${here[@]}"
expect 0 '"kind":"alert","alert":\{.*SN 2026near' "$VIGIE" "${here[@]}" --json
"$VIGIE" "${here[@]}" 2>&1 | grep -q 2026next && { echo "FAIL: an alert of the future"; bad=$((bad + 1)); }

# The list of transits as a file.
for kind in csv json ics; do
    expect 0 "list\.$kind: [0-9]+ transits" "$VIGIE" --demo transits "${at[@]}" --export "$home/list.$kind"
done
head -1 "$home/list.csv" | grep -q '^planet,star,epoch,mid_bjd_tdb,' || { echo "FAIL: CSV"; bad=$((bad + 1)); }
head -1 "$home/list.ics" | grep -q $'^BEGIN:VCALENDAR\r$' || { echo "FAIL: calendar"; bad=$((bad + 1)); }
[ "$(grep -c '"planet":' "$home/list.json")" = "$("$VIGIE" --demo transits "${at[@]}" --json 2>/dev/null | wc -l)" ] ||
    { echo "FAIL: JSON"; bad=$((bad + 1)); }
expect 2 'its ending must be .csv, .json or .ics' "$VIGIE" --demo transits --export "$home/list.txt"
expect 1 'list.csv' "$VIGIE" --demo transits "${at[@]}" --export "$home/list.csv/list.csv"

echo "$n commands, $bad failures"
[ $bad -eq 0 ]
