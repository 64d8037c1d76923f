#!/bin/bash
# `vigie vo` without a network: queries shown, refusals, what is no service. Answers of services: tests/vo.
set -u
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME IVOA_REGISTRY
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
echo '{"terms":{"grb":{"label":"Bursts","wider":["top"],"narrower":[]},"top":{"label":"Top","wider":[],"narrower":["grb"]}}}' >uat
vo="$VIGIE vo"
expect 2 'usage' $vo
expect 2 'usage' $vo registry
expect 2 'usage' $vo cone http://127.0.0.1:1/ 1 2
expect 0 "standard_id = 'ivo://ivoa.net/std/conesearch'" $vo registry --service scs --adql
expect 0 "res_subject IN \('grb', 'top'\)" $vo registry --uat grb --up 1 --vocabulary uat --adql --offline
expect 2 "no concept 'grbs'; near: grb" $vo registry --uat grbs --vocabulary uat --adql --offline
expect 0 "ivo_hasword\(res_title, 'o''neill'\)" $vo registry "o'neill" --adql
expect 0 'CIRCLE\(10, -20, 0.5\)' $vo registry --place 10,-20,0.5 --adql
expect 2 'is not RA,DEC' $vo registry --place here --adql
expect 2 "no service type 'con'; known: scs" $vo registry --service con --adql
expect 1 'offline' $vo registry gamma --offline
expect 1 'offline' $vo resolve M31 --offline
expect 3 '127.0.0.1:1: no connection' $vo cone http://127.0.0.1:1/scs 00:42:44 +41:16:08 0.1
expect 2 'is no size in degrees' $vo cone http://127.0.0.1:1/scs 1 2 200
expect 2 'RA|right ascension|ascension|M31' $vo cone http://127.0.0.1:1/scs M31 2 1
expect 1 'not the address of a web service' $vo tap ftp://x 'SELECT 1'
[ $bad -eq 0 ] && echo "check_vo: $n passed"
exit $((bad > 0))
