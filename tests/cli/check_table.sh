#!/bin/bash
# `vigie table`: info, head, convert, with tables of the test's own; what is broken is told and kept as far as it goes.
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
fields='<FIELD name="id" datatype="long"/><FIELD name="mag" datatype="float" unit="mag" ucd="phot.mag"/><FIELD name="name" datatype="char" arraysize="*"/>'
rows='<TR><TD>9007199254740993</TD><TD>0.1</TD><TD>M31</TD></TR><TR><TD/><TD>NaN</TD><TD>a&#x9b;31m,"b"</TD></TR>'
table="<VOTABLE version='1.4'><RESOURCE><INFO name='QUERY_STATUS' value='OK'/><TABLE name='t'>$fields<DATA><TABLEDATA>$rows</TABLEDATA></DATA></TABLE>"
echo "$table</RESOURCE></VOTABLE>" >a.vot
echo "$table<INFO name='QUERY_STATUS' value='OVERFLOW'/></RESOURCE></VOTABLE>" >cut.vot
echo "$table" >broken.vot
echo '<VOTABLE><INFO name="QUERY_STATUS" value="ERROR">no column foo</INFO></VOTABLE>' >error.vot
echo '<html/>' >page.vot
printf 'ra,dec\n1,2\n3,4\n' >p.csv
gzip -k a.vot

info='"file":"a.vot","format":"votable","version":"1.4","tables":\[\{"name":"t","rows":2,"fields":\[\{"name":"id","datatype":"long","arraysize":null,"unit":null,"ucd":null,"utype":null,"xtype":null\},\{"name":"mag","datatype":"float","arraysize":null,"unit":"mag","ucd":"phot.mag"'
expect 0 "$info" "$VIGIE" table info a.vot --json
expect 0 '"status":"OVERFLOW","message":null' "$VIGIE" table info cut.vot --json
expect 0 '"status":"ERROR","message":"no column foo"' "$VIGIE" table info error.vot --json
expect 0 '"format":"csv","version":null,"tables":\[\{"name":null,"rows":2,"fields":\[\{"name":"ra","datatype":null' "$VIGIE" table info p.csv --json
expect 0 'table 1 t: 2 rows' "$VIGIE" table info a.vot.gz
expect 1 'page.vot: .*its root is html' "$VIGIE" table info page.vot
expect 1 'broken.vot: ' "$VIGIE" table info broken.vot --json
expect 1 'nosuch: No such file' "$VIGIE" table info nosuch
expect 1 'no table in it: no column foo' "$VIGIE" table head error.vot
expect 0 '^9007199254740993  0.1  M31$' "$VIGIE" table head a.vot
# Without a name, by a pipe: CSV and TSV are told by what divides them, what is no text is refused.
expect 0 '^ 3    4$' sh -c '"$VIGIE" table head - <p.csv'
expect 0 '"format":"tsv".*"rows":1' sh -c 'printf "ra\tdec\n1\t2,3\n" | "$VIGIE" table info - --json'
expect 0 '"format":"votable"' sh -c 'cat a.vot.gz | "$VIGIE" table info - --json'
expect 1 'neither VOTable nor FITS' sh -c 'printf "{\"a\":1}" | "$VIGIE" table info -'
expect 1 'neither VOTable nor FITS' sh -c 'printf "a,\000\001" | "$VIGIE" table info -'
expect 0 '"id":9007199254740993,"mag":0.1,"name":"M31"' "$VIGIE" table head a.vot --rows 1 --json
expect 0 '"id":null,"mag":null,"name":"a.u009b31m' "$VIGIE" table head a.vot --json
expect 2 'is not in 1' "$VIGIE" table head a.vot --rows 0
expect 2 'usage' "$VIGIE" table
expect 2 'usage' "$VIGIE" table convert a.vot
expect 2 'no format has this ending' "$VIGIE" table convert a.vot b.doc
expect 1 'partial: the first 2 rows' "$VIGIE" table convert broken.vot broken.csv
expect 0 '^9007199254740993,0.1,M31$' cat broken.csv
expect 0 'partial: the first 2 rows' "$VIGIE" table convert cut.vot cut2.vot
expect 0 'QUERY_STATUS" value="OVERFLOW"' cat cut2.vot

# There and back through every format: the same CSV.
"$VIGIE" table convert a.vot want.csv
for to in b.vot b.xml b.fits b.ecsv b.tsv b.csv; do
    expect 0 '^$' "$VIGIE" table convert a.vot $to
    expect 0 '^$' "$VIGIE" table convert $to back.csv
    if [ $to = b.fits ]; then # FITS has ASCII alone
        expect 0 '^9007199254740993,0.1,M31$' cat back.csv
    else
        expect 0 '^$' cmp want.csv back.csv
    fi
done
expect 0 '^$' "$VIGIE" table convert a.vot b2.vot --binary
expect 0 'BINARY2' cat b2.vot
expect 0 '^$' "$VIGIE" table convert b2.vot back.csv
expect 0 '^$' cmp want.csv back.csv
expect 0 '^9007199254740993,0.1,M31$' "$VIGIE" table convert a.vot -
# what a service says is one line, without controls; numbers too long for a column stay as they are
printf '<VOTABLE><RESOURCE><INFO name="QUERY_STATUS" value="ERROR">bad \302\2331m\n  thing</INFO></RESOURCE></VOTABLE>' >said.vot
expect 1 "bad $(printf '\357\277\275')1m thing\$" "$VIGIE" table head said.vot
printf 'id,x\n9007199254740993,1\n92233720368547758079,2.5\n' >long.csv
expect 0 '^$' "$VIGIE" table convert long.csv same.csv
expect 0 '^$' cmp long.csv same.csv
[ $bad -eq 0 ] && echo "check_table: $n passed"
exit $((bad > 0))
