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
echo 'SELECT 1 FROM rr.x' >q.adql
expect 2 'usage' $vo
expect 2 'usage' $vo registry
expect 1 'needs a position' $vo cone http://127.0.0.1:1/
expect 2 'usage' $vo cone 1 2 3
expect 2 'usage' $vo cone http://127.0.0.1:1/ 1 2 3 --uat grb
expect 0 "standard_id = 'ivo://ivoa.net/std/conesearch'" $vo registry --service scs --adql
expect 0 "res_subject IN \('grb', 'top'\)" $vo registry --uat grb --up 1 --vocabulary uat --adql --offline
expect 2 "no concept 'grbs'; near: grb" $vo registry --uat grbs --vocabulary uat --adql --offline
expect 0 "ivo_hasword\(res_title, 'o''neill'\)" $vo registry "o'neill" --adql
expect 0 'CIRCLE\(10, -20, 0.5\)' $vo registry --place 10,-20,0.5 --adql
expect 2 'is not RA,DEC' $vo registry --place here --adql
expect 2 "no service type 'con'; known: scs" $vo registry --service con --adql
expect 1 'network is off' $vo registry gamma --offline
expect 1 'network is off' $vo resolve M31 --offline
expect 3 '127.0.0.1:1: no connection' $vo cone http://127.0.0.1:1/scs 00:42:44 +41:16:08 0.1
expect 2 'is no size: degrees' $vo cone http://127.0.0.1:1/scs 1 2 200
expect 2 'is no size: degrees' $vo cone http://127.0.0.1:1/scs 1 2 d
expect 3 'no connection' $vo cone http://127.0.0.1:1/scs 1 2 5d
expect 2 'RA|right ascension|ascension|M31' $vo cone http://127.0.0.1:1/scs M31 2 1
expect 1 'not the address of a web service' $vo tap ftp://x 'SELECT 1'
expect 0 "hashlist_has.*'optical'.* OR .*'uv'.*" $vo registry --waveband optical,uv --adql
expect 0 "AND \(1 = ivo_hashlist_has" $vo registry --waveband optical --waveband uv --adql
expect 0 "LIKE '%Hubble, E.%' OR role_name LIKE '%Kant%'" $vo registry --author '%Hubble, E.%|%Kant%' --adql
expect 0 'CONTAINS\(coverage, MOC\(8, POLYGON\(1, 2, 3, 2, 2, 4' $vo registry --region 1,2,3,2,2,4 --meet enclosed --order 8 --adql
expect 0 "INTERSECTS\(coverage, MOC\('4/0-3 5/16'\)\) OR coverage IS NULL" $vo registry --region '4/0-3 5/16' --meet overlaps --unknown --adql
expect 2 'is neither corners' $vo registry --region 1,2,3 --adql
expect 2 'is not covers, enclosed or overlaps' $vo registry --place 1,2 --meet near --adql
expect 0 '8.01088e-19|8.0108831.*e-19 BETWEEN spectral_start' $vo registry --spectrum '5 eV' --adql
expect 0 'ivo_interval_overlaps\(time_start, time_end, 58497, 58504\)' $vo registry --time 2019-01-14..2019-01-20 --adql
expect 2 'has no unit' $vo registry --spectrum 500 --adql
expect 0 "LIKE 'ivo://ivoa.net/std/sia#query-2.%' OR standard_id LIKE 'ivo://ivoa.net/std/sia#query-aux-2.%'" $vo registry --service sia2 --auxiliary --adql
expect 0 'COUNT\(DISTINCT ivoid\)' $vo registry gamma --count --adql
expect 2 'usage' $vo gaia 1
expect 2 'is no size' $vo gaia 10 20 200
expect 1 'a radius of 20 degrees; 0 to 5' $vo gaia 10 20 20
expect 2 'epoch: ' $vo gaia 10 20 "5'" --epoch yesterday
expect 1 'network is off' $vo gaia 10 20 "5'" --offline
field="17:57:48.5 +04:41:36 5' --max-mag 13 --at 2026-11-23T18:00:00Z"
VIGIE_REPLAY=$VIGIE_TEST_DATA/vo-lua expect 0 '4472832130942575872 +269.446068' $vo gaia $field
expect 0 'a kept field, 0 min old' $vo gaia $field --offline
expect 0 '4472832130942575872 +269.446068' $vo gaia $field --offline
expect 0 'the built-in core' $vo uat --offline
expect 0 'gamma-ray-bursts  \(Gamma-ray bursts\)' $vo uat gamma-ray-bursts --offline
expect 0 '\^ burst-astrophysics' $vo uat gamma-ray-bursts --offline
expect 1 "no concept 'gama-ray-bursts'; near:" $vo uat gama-ray-bursts --offline
expect 0 '"narrower":\["grb"\]' $vo uat top --vocabulary uat --json
expect 0 "res_subject IN \('gamma-ray-bursts'" $vo registry --uat gamma-ray-bursts --adql --offline
expect 3 'nobody: error, 0 rows.*no connection' $vo cone 1 2 3 --services http://127.0.0.1:1/nobody
expect 3 '"state":"error"' $vo cone 1 2 3 --services http://127.0.0.1:1/a,http://127.0.0.1:1/b --json
expect 2 'is no size' $vo cone http://127.0.0.1:1/ 1 2 "x'"
expect 2 'is not NAME=FILE' $vo tap http://127.0.0.1:1/ 'SELECT 1' --upload uat
expect 2 'no-such-file' $vo tap http://127.0.0.1:1/ 'SELECT 1' --upload t=no-such-file
expect 2 'is not KEY=VALUE' $vo sia2 http://127.0.0.1:1/ 1 2 3 --param x
expect 1 'cannot be asked for a range of time' $vo cone http://127.0.0.1:1/ 1 2 3 --time now
expect 1 'needs a range of time' $vo objvis http://127.0.0.1:1/ 1 2
expect 3 'no connection' $vo tables http://127.0.0.1:1/tap
expect 3 'no connection' $vo info http://127.0.0.1:1/tap
expect 3 'no connection' $vo get http://127.0.0.1:1/x.fits x.fits
expect 1 '^$' test -e x.fits.part
expect 3 'no connection' $vo job http://127.0.0.1:1/async/x
printf 'vo.sesame = http://127.0.0.1:1/s\nvo.simbad = http://127.0.0.1:1/tap\n' >nobody
expect 3 'no connection' $vo cone http://127.0.0.1:1/ M31 0.1 --config nobody
expect 3 'no connection' $vo gaia M31 0.1 --config nobody
expect 3 '^vigie vo: 127.0.0.1:1: no connection[^:]*: [^:]*$' $vo registry gamma --registry http://127.0.0.1:1/tap
expect 0 '^SELECT 1 FROM rr.x$' $vo registry --query @q.adql --adql
expect 1 'No such file' $vo registry --query @none.adql
expect 2 '^obscore\|obsloc URL' $vo obsloc
expect 0 '^gaia PLACE RADIUS' $vo gaia --help
expect 3 'no connection' $vo cone http://127.0.0.1:1/ 10 -41.5 0.1
expect 3 'no connection' $vo cone http://127.0.0.1:1/ 10 -41:30:00 0.1
expect 2 'no option -x' $vo cone http://127.0.0.1:1/ 10 -x 0.1
expect 1 'not the address of a job' $vo job ftp://x
printf '%-80s%-80s%-80s%-2640s' 'SIMPLE  =                    T' 'BITPIX  =                    8' 'NAXIS   =                    0' END >x.fits
expect 0 '^BITPIX  =                    8$' $vo header x.fits
expect 1 'it is no FITS file' $vo header uat
expect 1 'No such file' $vo header none.fits
[ $bad -eq 0 ] && echo "check_vo: $n passed"
exit $((bad > 0))
