#!/bin/bash
# `vigie alerts`: show, import, list, watch, with packets of the test's own; all of the corpus when VIGIE_CORPUS names it.
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

cd "$home" || exit 1
packet() { # LOCAL ROLE DATE RA ERROR PARAMS
    echo "<VOEvent ivorn='ivo://nasa.gsfc.gcn/SWIFT#$1' role='$2'><Who><Date>$3</Date></Who><What><Param name='TrigID' value='1000001'/>$6</What>" \
        "<WhereWhen><ObsDataLocation><ObservationLocation><AstroCoords coord_system_id='UTC-FK5-GEO'><Time><TimeInstant><ISOTime>2026-11-23T20:00:00" \
        "</ISOTime></TimeInstant></Time><Position2D unit='deg'><Value2><C1>$4</C1><C2>42.3</C2></Value2><Error2Radius>$5</Error2Radius></Position2D>" \
        "</AstroCoords></ObservationLocation></ObsDataLocation></WhereWhen></VOEvent>"
}
mkdir in
packet BAT_GRB_Pos_1-1 observation 2026-11-23T20:01:00 35.6 4 "" >in/1.xml
packet XRT_Pos_1-2 observation 2026-11-23T20:05:00 35.7 0.001 "<Param name='Rate' value='7.5'/>" >in/2.xml
packet BAT_GRB_Pos_1-3 test 2026-11-23T20:06:00 35.7 0.001 "<Param name='esc' value='&#x9b;31m&#x202e;'/>" >in/3.xml
echo '{"trigger_id":"x1","source_name":"AT 2026abc","type":"ot","ra":10,"dec":20,"transient_flux":16.5,"transient_flux_units":"mag"}' >in/4.json
echo '<html>' >in/bad.xml
at="--at 2026-11-23T21:14:07Z" site="--site 43.9317,5.7133,650"

expect 0 '"format":"voevent","id":"ivo://nasa.gsfc.gcn/SWIFT#BAT_GRB_Pos_1-1".*"ra_deg":35.6,"dec_deg":42.3,"error_deg":4' "$VIGIE" alerts show in/1.xml --json
expect 0 'position +02 22 24.00 \+42 18 00.0 ICRS' "$VIGIE" alerts show in/1.xml
expect 0 'u009b31m.u202e' "$VIGIE" alerts show in/3.xml --json
expect 1 'in/bad.xml: ' "$VIGIE" alerts show in/bad.xml
expect 1 'no-such-file' "$VIGIE" alerts show no-such-file
expect 2 'usage: vigie alerts' "$VIGIE" alerts show
expect 2 'no .alerts frobnicate' "$VIGIE" alerts frobnicate
if "$VIGIE" alerts show in/3.xml | grep -q $'\xc2\x9b\|\xe2\x80\xae'; then echo "FAIL: a control code reaches the terminal"; bad=$((bad + 1)); fi

expect 1 '5 files: 3 new events, 1 revisions, 0 known already, 1 unreadable' "$VIGIE" alerts import in
expect 0 '5 files: 0 new events, 0 revisions, 5 known already, 0 unreadable' "$VIGIE" alerts import in
expect 0 '"known":1' "$VIGIE" alerts import in/1.xml --json
expect 0 '2 of 2 events; 1 tests and utility packets kept apart' "$VIGIE" alerts list
expect 0 '"revisions":2,"change":"moved 4.4.*"alt_deg":8' "$VIGIE" alerts list $at $site --filter 'type=grb' --json
expect 0 '1 of 2 events, filter Rate>7' "$VIGIE" alerts list --filter 'Rate>7'
expect 0 '0 of 2 events' "$VIGIE" alerts list $at $site --filter 'alt>85'
expect 0 'AT 2026abc +ot +16.5' "$VIGIE" alerts list $at $site --sort mag --limit 1
expect 0 '3 of 3 events' "$VIGIE" alerts list --all
expect 0 'in/bad.xml: ' "$VIGIE" alerts list --unreadable
expect 2 'filter, at "alt>"|filter, at its end' "$VIGIE" alerts list --filter 'alt>'
expect 2 'no view bright' "$VIGIE" alerts list --filter @bright
expect 2 'sort: colour is none of' "$VIGIE" alerts list --sort colour
mkdir -p .config/vigie && echo 'alerts.view.bright = mag<17' >.config/vigie/config
expect 0 '1 of 2 events, filter mag<17' "$VIGIE" alerts list --filter @bright
expect 0 '1 files: 0 new events, 0 revisions, 1 known' bash -c '"$VIGIE" alerts import - <in/1.xml'
expect 0 'no alerts to list' "$VIGIE" alerts list --demo

expect 1 'searches need your user id' "$VIGIE" alerts cone '02 58 10 -08 57 27' 2
expect 2 'is no radius' "$VIGIE" alerts cone '02 58 10 -08 57 27' 200
expect 1 'offline' "$VIGIE" alerts fetch 1306404 --offline
expect 2 'one event at a time' "$VIGIE" alerts fetch a b --voevent

# watch: what is dropped into the spool is told, and a reader that goes away ends it.
"$VIGIE" alerts watch --offline --json >watch.out 2>watch.err &
pid=$!
for _ in $(seq 100); do [ -d .local/share/vigie/spool/done ] && break; sleep .05; done
sed 's/1000001/1000002/; s/_1-1/_2-1/' in/1.xml >.local/share/vigie/spool/new.xml
for _ in $(seq 100); do grep -q '"news":"new".*"event_key":"swift/1000002"' watch.out && break; sleep .05; done
grep -q '"news":"new".*"event_key":"swift/1000002"' watch.out || { echo "FAIL: watch said $(cat watch.out watch.err)"; bad=$((bad + 1)); }
kill -TERM $pid
wait $pid || { echo "FAIL: watch ended with $?"; bad=$((bad + 1)); }

if [ -n "${VIGIE_CORPUS:-}" ]; then
    expect 1 ' 0 known already, | unreadable \(kept\)' "$VIGIE" alerts import "$VIGIE_CORPUS/alerts/voevent" --store "$home/corpus.db"
else
    echo "check_alerts.sh: VIGIE_CORPUS is not set: the import of the corpus is left out" >&2
fi
echo "$n commands, $bad failures"
[ $bad -eq 0 ]
