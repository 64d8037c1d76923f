#!/bin/bash
# The ground of the command line: usage, help, manual, completion, configuration, exit statuses.
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

expect 0 '^vigie [0-9]+\.[0-9]+' "$VIGIE" version
expect 0 '^\{.*"version": "[0-9.]+".*\}$' "$VIGIE" version --json
expect 0 '^vigie [0-9]' "$VIGIE" --version
expect 0 '^Commands' "$VIGIE" help
expect 0 '^Commands' "$VIGIE" --help
expect 2 'no command verzion; did you mean version' "$VIGIE" verzion
expect 2 'no command zzzzzzzzzz; .vigie help. lists them' "$VIGIE" zzzzzzzzzz
expect 2 'no option --jsn; did you mean --json' "$VIGIE" version --jsn
expect 2 'no option -x$' "$VIGIE" version -x
expect 2 'usage: vigie version' "$VIGIE" version more
expect 2 'usage: vigie config' "$VIGIE" config more
expect 2 'no name and no LAT' "$VIGIE" twilight --site ''
expect 2 'planet: nothing named' "$VIGIE" transits --demo --planet ' ,'
expect 0 'there is none; every option has its default' "$VIGIE" config --check
expect 0 '^# no HOME' env -u HOME "$VIGIE" config
expect 2 '\-\-site needs a value' "$VIGIE" version --site
expect 2 '\-\-json takes no value' "$VIGIE" version --json=yes
expect 2 'no command nothing' "$VIGIE" help nothing
expect 1 'no-such-file' "$VIGIE" version --config "$home/no-such-file"
expect 1 'cannot write the result' bash -c '"$VIGIE" help >/dev/full'

# Every command of the list has help, and stands in manual and completion.
man=$("$VIGIE" help --man) completion=$("$VIGIE" help --completion)
bash -n <<<"$completion" || { echo "FAIL: the completion is no bash"; bad=$((bad + 1)); }
for c in $("$VIGIE" help | awk '/^Commands/ {on = 1; next} /^$/ {on = 0} on {print $1}'); do
    expect 0 "^vigie $c" "$VIGIE" help "$c"
    grep -q "^\.SS $c" <<<"$man" || { echo "FAIL: $c is not in the manual"; bad=$((bad + 1)); }
    grep -q "\\b$c\\b" <<<"$completion" || { echo "FAIL: $c is not in the completion"; bad=$((bad + 1)); }
done

# shellcheck disable=SC1090
words=$(bash -c "source <(printf '%s' \"\$0\"); COMP_WORDS=(vigie vers); COMP_CWORD=1; _vigie; echo \${COMPREPLY[@]}" "$completion")
[ "$words" = version ] || { echo "FAIL: completion of 'vers' gave '$words'"; bad=$((bad + 1)); }

# Configuration: its lines are checked one by one, and a wrong one does not stop the others.
mkdir -p "$home/.config/vigie"
printf 'site = OHP\nsite.OHP = 43.9317, 5.7133, 650\ntransits.min-alt = 95\nnonsense = 3\n' >"$home/.config/vigie/config"
expect 1 'config:3: transits.min-alt: 95 is not in 0 .. 90 deg' "$VIGIE" config --check
expect 1 'config:4: no option named nonsense' "$VIGIE" config --check
expect 0 'site +=? *OHP|site +\= OHP' "$VIGIE" config
expect 0 'config:3: transits.min-alt: 95' "$VIGIE" version
[ "$("$VIGIE" config --check 2>&1 | grep -c 'min-alt')" -eq 1 ] || { echo "FAIL: a wrong line is told twice"; bad=$((bad + 1)); }
expect 0 '^\{"name":"transits.min-alt","value":"20","unit":"deg","given":false,' "$VIGIE" config --json
printf 'site = OHP\nsite.OHP = 43.9, 5.7, 650\n' >"$home/other"
expect 0 '0 wrong lines' "$VIGIE" config --check --config "$home/other"
printf 'site = Pic\nsite.OHP = 43.9, 5.7\n' >"$home/other"
expect 1 'no site "Pic"; there is OHP' "$VIGIE" config --check --config "$home/other"
expect 1 'site.OHP: "43.9, 5.7" is no site' "$VIGIE" config --check --config "$home/other"
expect 0 '^vigie' env -u HOME "$VIGIE" version

echo "$n calls, $bad failed"
exit $((bad > 0))
