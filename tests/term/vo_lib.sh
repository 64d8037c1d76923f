# vo_lib.sh - the small server of the Virtual Observatory beside the terminal (lib.sh): $SERVER its process, $BASE its address,
# $T/release ends its job, $T/release.log what it was asked. Sourced by the tests beside it, after lib.sh.
"$TOP_BUILDDIR/tests/term/vo_server" "$TOP_SRCDIR/tests/data/vo" "$T/port" "$T/release" &
SERVER=$!
trap 'rc=$?; pkill -P $SERVER 2>/dev/null; kill $SERVER 2>/dev/null; finish; exit $rc' EXIT
until_true "the server does not start" test -s "$T/port"
BASE=http://127.0.0.1:$(cat "$T/port")
unset http_proxy https_proxy all_proxy IVOA_REGISTRY VISUAL
printf 'alerts.colibri = no\nclock.seconds = no\nvo.registry = %s/tap\n' "$BASE" >>"$HOME/.config/vigie/config"
mkdir -p "$HOME/.cache/vigie/vo"
printf '{"terms":{"gamma-ray-bursts":{"label":"Gamma-ray bursts","description":"Bursts.","wider":["transients"],"narrower":[]},"transients":{"label":"Transients","description":"What comes and goes.","wider":[],"narrower":["gamma-ray-bursts"]}}}' |
    tee "$HOME/.cache/vigie/uat.desise" >"$HOME/.cache/vigie/vo/uat.desise"

# asked PATTERN: the server was asked for it. ask_registry WORDS: the form of the registry, filled in and sent.
asked() { until_true "never asked: $1" grep -qE -- "$1" "$T/release.log"; }
ask_registry() {
    keys i
    see 'UAT concept'
    keys Tab Tab Tab
    see '> Words'
    keys -l "$1"
    keys Enter
}
