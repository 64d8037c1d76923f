#!/usr/bin/python3
"""vo.py BASE UAT FOLDER - `vigie vo` against a running server at BASE: registry by each constraint, every
protocol, jobs, errors. What is expected comes from pyvo, or from ADQL that stands here, or from the thesaurus UAT."""
import json, os, signal, subprocess, sys, time, urllib.request, warnings

warnings.simplefilter("ignore")
BASE, UAT, FOLDER = sys.argv[1:4]
TAP = BASE + "/tap"
os.environ["IVOA_REGISTRY"] = TAP
import pyvo
from astropy.io import fits
from astropy.table import Table

VIGIE = os.environ["VIGIE"]
os.chdir(FOLDER)
n = bad = 0


def check(what, got, want):
    global n, bad
    n += 1
    if got != want:
        bad += 1
        print("FAIL: %s: %.300r, expected %.300r" % (what, got, want))


def holds(what, text, part):
    check(what + " (" + part + ")", part if part in text else text, part)


def vigie(*args, rc=0):
    p = subprocess.run([VIGIE, "vo"] + list(args), capture_output=True, text=True, timeout=200)
    check("exit of " + " ".join(args)[:150] + " " + p.stderr[-200:] * (p.returncode != rc), p.returncode, rc)
    return p


def rows(*args, rc=0):
    return [json.loads(line) for line in vigie(*args, "--json", rc=rc).stdout.splitlines()]


tap = pyvo.dal.TAPService(TAP)


def sql(query):
    return tap.run_sync(query, maxrec=200000)


# ---- registry: the same records as pyvo, or as the same condition written by hand (RegTAP 1.2, sections 8 and 9)
def text(x):
    return x.decode() if isinstance(x, bytes) else str(x)


def by_hand(condition):
    r = sql("SELECT DISTINCT ivoid FROM rr.resource NATURAL LEFT OUTER JOIN rr.capability "
            "NATURAL LEFT OUTER JOIN rr.interface WHERE " + condition)
    return sorted(text(x["ivoid"]) for x in r)


def ivoids(*args):
    return sorted(r["ivoid"] for r in rows("registry", *args, "--fresh"))


def registry(what, want, *args):
    got = ivoids(*args)
    check("registry: " + what, got, want)
    check("registry: count of " + what, vigie("registry", *args, "--count", "--fresh", rc=0 if want else 1).stdout.strip(), str(len(want)))
    print("registry %-34s %4d records" % (what, len(got)))


terms = json.load(open(UAT))["terms"]


def expand(term, up, down):
    def walk(key, steps):
        seen = fresh = {term}
        for _ in range(steps):
            fresh = {x for t in fresh for x in terms[t].get(key, []) if x in terms} - seen
            seen = seen | fresh
        return seen
    return walk("wider", up) | walk("narrower", down)


def about(*t):
    return "ivoid IN (SELECT ivoid FROM rr.res_subject WHERE res_subject IN (%s))" % ",".join("'%s'" % x for x in t)


U = ["--vocabulary", UAT]
registry("UAT", by_hand(about("gamma-ray-bursts")), "--uat", "gamma-ray-bursts", *U)
registry("UAT, one step wider", by_hand(about(*expand("gamma-ray-bursts", 1, 0))), "--uat", "gamma-ray-bursts", "--up", "1", *U)
registry("UAT, three steps narrower", by_hand(about(*expand("transient-sources", 0, 3))), "--uat", "transient-sources", "--down", "3", *U)
registry("UAT, two concepts", by_hand(about("gamma-ray-bursts", "supernovae")), "--uat", "gamma-ray-bursts,supernovae", *U)
check("free text (pyvo, which leaves out what no program can ask)",
      sorted(r["ivoid"] for r in rows("registry", "burst", "--fresh") if any(i["usable"] for i in r["interfaces"])),
      sorted({r.ivoid for r in pyvo.registry.search(keywords=["burst"])}))
word = "(1=ivo_hasword(res_description,'%s') OR 1=ivo_hasword(res_title,'%s') OR ivoid IN (SELECT ivoid FROM rr.res_subject WHERE res_subject ILIKE '%%%s%%'))"
registry("free text, two words", by_hand(word % (("gamma",) * 3) + " AND " + word % (("burst",) * 3)), "gamma", "burst")
for kind, theirs in (("scs", "conesearch"), ("sia", "sia"), ("ssa", "ssa"), ("tap", "tap")):
    registry("service type %s (pyvo)" % kind, sorted({r.ivoid for r in pyvo.registry.search(servicetype=theirs)}), "--service", kind)
registry("service type sia2", by_hand("standard_id LIKE 'ivo://ivoa.net/std/sia#query-2.%'"), "--service", "sia2")
registry("waveband (pyvo)", sorted({r.ivoid for r in pyvo.registry.search(waveband="gamma-ray")}), "--waveband", "gamma-ray")
registry("waveband, either of two", by_hand("1=ivo_hashlist_has(waveband,'gamma-ray') OR 1=ivo_hashlist_has(waveband,'radio')"), "--waveband", "Gamma-ray,radio")
registry("waveband, both of two", by_hand("1=ivo_hashlist_has(waveband,'optical') AND 1=ivo_hashlist_has(waveband,'infrared')"), "--waveband", "optical", "--waveband", "infrared")
registry("author", by_hand("ivoid IN (SELECT ivoid FROM rr.res_role WHERE role_name LIKE '%Hubble%' AND base_role='creator')"), "--author", "%Hubble%")
registry("UCD", by_hand("ivoid IN (SELECT ivoid FROM rr.table_column WHERE ucd LIKE 'phot.mag;em.ir%')"), "--ucd", "phot.mag;em.IR%")
registry("data model obscore", by_hand("ivoid IN (SELECT ivoid FROM rr.res_detail WHERE detail_xpath='/capability/dataModel/@ivo-id' AND 1=ivo_nocasematch(detail_value,'ivo://ivoa.net/std/obscore%'))"), "--datamodel", "obscore")
registry("data model regtap", by_hand("ivoid IN (SELECT ivoid FROM rr.res_detail WHERE detail_xpath='/capability/dataModel/@ivo-id' AND 1=ivo_nocasematch(detail_value,'ivo://ivoa.net/std/regtap%'))"), "--datamodel", "regtap")
registry("ivoid", ["ivo://x-vigie.test/multi"], "--ivoid", "ivo://X-vigie.test/Multi")
space = "ivoid IN (SELECT ivoid FROM rr.stc_spatial WHERE 1=%s)"
registry("a point", by_hand(space % "CONTAINS(MOC(6, POINT(288.26, 19.77)), coverage)"), "--place", "288.26,19.77")
registry("a circle, covered", by_hand(space % "CONTAINS(MOC(6, CIRCLE(288.26, 19.77, 2)), coverage)"), "--place", "288.26,19.77,2", "--meet", "covers")
registry("a circle, overlapped", by_hand(space % "INTERSECTS(coverage, MOC(6, CIRCLE(10.7, 41.3, 5)))"), "--place", "10.7,41.3,5")
registry("a polygon, covered", by_hand(space % "CONTAINS(MOC(6, POLYGON(10, 41, 12, 41, 11, 43)), coverage)"), "--region", "10,41,12,41,11,43")
registry("a MOC, enclosing", by_hand(space % "CONTAINS(coverage, MOC('0/0-11'))"), "--region", "0/0-11", "--meet", "enclosed")
registry("5 eV", by_hand("ivoid IN (SELECT ivoid FROM rr.stc_spectral WHERE 8.0108831e-19 BETWEEN spectral_start AND spectral_end)"), "--spectrum", "5 eV")
registry("400 to 700 nm", by_hand("ivoid IN (SELECT ivoid FROM rr.stc_spectral WHERE 1=ivo_interval_overlaps(spectral_start, spectral_end, 2.8377797e-19, 4.9661145e-19))"), "--spectrum", "400..700 nm")
registry("a time", by_hand("ivoid IN (SELECT ivoid FROM rr.stc_temporal WHERE 1=ivo_interval_overlaps(time_start, time_end, 58497, 58503))"), "--time", "58497..58503")
registry("several at once", by_hand(about("gamma-ray-bursts") + " AND standard_id='ivo://ivoa.net/std/conesearch' AND 1=ivo_hashlist_has(waveband,'gamma-ray')"),
         "--uat", "gamma-ray-bursts", "--service", "scs", "--waveband", "gamma-ray", *U)
registry("ivoids, either of two", ["ivo://x-vigie.test/broken/404", "ivo://x-vigie.test/multi"], "--ivoid", "ivo://x-vigie.test/multi,ivo://x-vigie.test/broken/404")
registry("authors, either of two", by_hand("ivoid IN (SELECT ivoid FROM rr.res_role WHERE (role_name LIKE '%Hubble%' OR role_name LIKE '%Hog%') AND base_role='creator')"), "--author", "%Hubble%|%Hog%")
registry("UCDs, either of two", by_hand("ivoid IN (SELECT ivoid FROM rr.table_column WHERE ucd LIKE 'phot.mag;em.ir%' OR ucd LIKE 'src.redshift%')"), "--ucd", "phot.mag;em.IR%,src.redshift%")
registry("service types, either of two", by_hand("standard_id IN ('ivo://ivoa.net/std/ssa', 'ivo://ivoa.net/std/tap')"), "--service", "ssa,tap")
registry("coverage, or not known", by_hand(space % "CONTAINS(MOC(6, POINT(288.26, 19.77)), coverage) OR coverage IS NULL"), "--place", "288.26,19.77", "--unknown")
registry("either of two, and each of four", by_hand("(" + about("gamma-ray-bursts", "supernovae") + ") AND standard_id IN ('ivo://ivoa.net/std/conesearch', 'ivo://ivoa.net/std/tap') AND "
         "(1=ivo_hashlist_has(waveband,'gamma-ray') OR 1=ivo_hashlist_has(waveband,'optical')) AND " + space % "CONTAINS(MOC(6, POINT(288.26, 19.77)), coverage)"),
         "--uat", "gamma-ray-bursts,supernovae", "--service", "scs,tap", "--waveband", "gamma-ray,optical", "--place", "288.26,19.77", *U)
check("words, service and waveband at once (pyvo)", sorted(r["ivoid"] for r in rows("registry", "gamma", "--service", "scs", "--waveband", "gamma-ray", "--fresh")),
      sorted({r.ivoid for r in pyvo.registry.search(keywords=["gamma"], servicetype="conesearch", waveband="gamma-ray")}))
check("pyvo and the thesaurus agree on GRBs", len(by_hand(about("gamma-ray-bursts"))), 7)
holds("an unknown concept", vigie("registry", "--uat", "gamma-ray-burst", *U, rc=2).stderr, "near: gamma-ray-bursters, gamma-ray-bursts")
adql = vigie("registry", "--uat", "gamma-ray-bursts", *U, "--adql").stdout
check("the ADQL that is shown, asked again", sorted(r["ivoid"] for r in rows("registry", "--query", adql, "--fresh")), by_hand(about("gamma-ray-bursts")))
check("the same query to pyvo", len({text(r["ivoid"]) for r in sql(adql)}), 7)

# mirrors and what is kept
p = vigie("registry", "burst", "--count", "--registry", "http://localhost:1/tap", "--fresh", rc=3)
holds("a registry that is not there", p.stderr, "no connection")
env = os.environ["IVOA_REGISTRY"]
os.environ["IVOA_REGISTRY"] = "http://localhost:1/tap " + TAP
p = vigie("registry", "--service", "ssa", "--fresh")
holds("the second mirror", p.stderr, "no connection")
os.environ["IVOA_REGISTRY"] = "http://localhost:1/tap"
kept = vigie("registry", "--service", "ssa", "--fresh")
holds("the kept answer", kept.stderr, "a kept answer, 0 min old")
check("the kept answer is the same", kept.stdout, p.stdout)
holds("offline", vigie("registry", "--service", "ssa", "--offline").stderr, "a kept answer")
os.environ["IVOA_REGISTRY"] = env


# ---- cone search, and several at once
def same_table(what, got, want):
    """JSON rows of ours against a table of pyvo's, all columns, nulls apart."""
    check(what + ": rows", len(got), len(want))
    for g, w in zip(got, want):
        for name in w.colnames:
            x, y = g.get(name), w[name]
            if hasattr(y, "mask") and getattr(y, "mask", False) is not False and y.mask.all() if hasattr(y, "mask") and hasattr(y.mask, "all") else str(y) == "--":
                y = None
            elif hasattr(y, "tolist"):
                y = y.tolist()
            y = text(y) if isinstance(y, (bytes, str)) else y
            if isinstance(y, float) and y != y:
                y = None
            if isinstance(y, list):
                continue
            if isinstance(x, str) and isinstance(y, str):
                x, y = x.strip(), y.strip()
            if isinstance(x, float) and isinstance(y, float) and abs(x - y) <= 2e-7 * abs(y):
                continue                                    # a float of 32 bits is written with its own digits
            if x in (None, "") and y in (None, ""):
                continue
            check("%s: %s" % (what, name), x, y)


SCS, GRB = BASE + "/stars/q/scs/scs.xml?", BASE + "/grb/q/scs/scs.xml?"
same_table("SCS", rows("cone", GRB, "288.2645", "19.7734", "5"), pyvo.dal.SCSService(GRB).search(pos=(288.2645, 19.7734), radius=5).to_table())
same_table("SCS, 5 degrees", rows("cone", SCS, "83.8", "-5.4", "5"), pyvo.dal.SCSService(SCS).search(pos=(83.8, -5.4), radius=5).to_table())
cut = vigie("cone", SCS, "83.8", "-5.4", "5", "--rows", "10", "--save", "cut.vot")
holds("an answer that is cut", cut.stderr, "the answer is cut")
holds("an answer that is cut", cut.stderr, "cut.vot: 10 rows, partial")
info = subprocess.run([VIGIE, "table", "info", "cut.vot", "--json"], capture_output=True, text=True).stdout
check("the mark in the file", json.loads(info)["status"], "OVERFLOW")
check("astropy reads it", len(Table.read("cut.vot")), 10)
p = vigie("cone", "288.2645", "19.7734", "5", "--uat", "gamma-ray-bursts", *U, "--json")
lines = [json.loads(x) for x in p.stdout.splitlines()]
states = [x for x in lines if "state" in x and "service" in x]
check("services of GRBs", len(states), 7)
check("how they ended", sorted(x["state"] for x in states), ["done"] * 4 + ["error"] * 3)
check("rows of all", sum(x["rows"] for x in states), len(lines) - len(states))
for part in ("HTTP 404: not there", "answered a web page, no table", "no connection: Connection refused"):
    holds("broken records", p.stderr, part)
check("a record of no machine's", [i for r in rows("registry", "--ivoid", "ivo://x-vigie.test/web/only") for i in r["interfaces"] if i["usable"]], [])
check("two cone searches in one record", len([i for r in rows("registry", "--ivoid", "ivo://x-vigie.test/multi") for i in r["interfaces"] if i["usable"]]), 2)

# ---- images, spectra, links, a download
SIA, SSA = BASE + "/img/q/i/siap.xml?", BASE + "/spec/q/s/ssap.xml?"
sia = pyvo.dal.SIAService(SIA).search(pos=(10.6847, 41.2688), size=0.1)
got = rows("sia", SIA, "10.6847", "41.2688", "0.1")
check("SIA1", sorted(r["accref"] for r in got), sorted(r.getdataurl() for r in sia))
got = rows("sia2", BASE + "/__system__/siap2/sitewide/siap2.xml?", "10.6847", "41.2688", "0.2")
check("SIA2", sorted(r["access_url"] for r in got), sorted(text(r["access_url"]) for r in sql(
    "SELECT access_url FROM ivoa.obscore WHERE dataproduct_type='image' AND 1=INTERSECTS(s_region, CIRCLE(10.6847, 41.2688, 0.2))")))
check("SIA2 by wavelength", len(rows("sia2", BASE + "/__system__/siap2/sitewide/siap2.xml?", "--spectrum", "V", "--kind", "image")),
      len(sql("SELECT obs_id FROM ivoa.obscore WHERE dataproduct_type='image' AND em_min <= 587e-9 AND em_max >= 503e-9")))
ssa = pyvo.dal.SSAService(SSA).search(pos=(10.6847, 41.2688), diameter=1.0)
got = rows("ssa", SSA, "10.6847", "41.2688", "1")
check("SSA", sorted(r["accref"] for r in got), sorted(r.getdataurl() for r in ssa))
did = got[0]["ssa_pubDID"]
links = rows("datalink", BASE + "/spec/q/sdl/dlmeta", did)
check("DataLink", sorted(x["semantics"] for x in links), sorted(x.semantics for x in ssa[0].getdatalink()))
wrong = vigie("datalink", BASE + "/spec/q/sdl/dlmeta", "ivo://no/such", "--json")
holds("a link of no dataset", wrong.stdout, "NotFoundFault")
url = [r.getdataurl() for r in sia if "fits" in text(r.format)][0]
vigie("get", url, "got.fits")
with open("got.fits", "rb") as f:
    check("a dataset", f.read() == urllib.request.urlopen(url).read(), True)
head = vigie("header", "got.fits").stdout
check("its header", vigie("header", url).stdout, head)
for key in ("NAXIS1", "OBJECT", "FILTER"):
    want = fits.getheader("got.fits")[key]
    check("card " + key, [str(want) in line for line in head.splitlines() if line.startswith(key.ljust(8) + "=")], [True])
vigie("get", url, "files/")
check("its name", len(os.listdir("files")), 1)
vigie("get", BASE + "/no/such/file", "no.fits", rc=1)
check("no file of an error", os.path.exists("no.fits"), False)

# ---- TAP
same_table("TAP", rows("tap", TAP, "SELECT TOP 50 * FROM stars.main ORDER BY star_id"), sql("SELECT TOP 50 * FROM stars.main ORDER BY star_id").to_table())
Table({"ra": [10.68, 83.8], "dec": [41.27, -5.4]}).write("mine.csv", format="ascii.csv")
join = ("SELECT u.ra, s.star_id FROM tap_upload.t AS u JOIN stars.main AS s ON 1=CONTAINS(POINT(s.raj2000, s.dej2000), "
        "CIRCLE(u.ra, u.dec, 0.5)) ORDER BY s.star_id")
want = sorted(int(x["star_id"]) for x in tap.run_sync(join, uploads={"t": Table.read("mine.csv", format="ascii.csv")}))
check("upload", sorted(r["star_id"] for r in rows("tap", TAP, join, "--upload", "t=mine.csv")), want)
check("upload to a job", sorted(r["star_id"] for r in rows("tap", TAP, join, "--upload", "t=mine.csv", "--async")), want)
check("it has rows", len(want) > 0, True)
p = vigie("tap", TAP, "SELECT * FROM stars.main", "--async", "--rows", "200000", "--save", "all.vot")
check("the whole table by a job", len(Table.read("all.vot")), int(sql("SELECT COUNT(*) AS n FROM stars.main")[0]["n"]))
for phase in ("PENDING", "COMPLETED"):
    holds("phases", p.stderr, phase)
for query, part in (("SELEC nothing", "Could not parse"), ("SELECT x FROM no.table", "table"), ("SELECT nocolumn FROM stars.main", "nocolumn")):
    holds("TAP refuses", vigie("tap", TAP, query, rc=1).stderr, part)
    holds("a job fails", vigie("tap", TAP, query, "--async", rc=1).stderr, part)
holds("no TAP", vigie("tap", BASE + "/static", "SELECT 1", rc=1).stderr, "HTTP 404")

LONG = "SELECT COUNT(*) FROM stars.main AS a JOIN stars.main AS b ON a.vmag < b.vmag WHERE SIN(a.vmag*b.bv) > 0.9"


def job_under_way(query, *more):
    q = subprocess.Popen([VIGIE, "vo", "tap", TAP, query, "--async"] + list(more), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    for line in q.stderr:
        if "EXECUTING" in line or "COMPLETED" in line:
            return q, line.split()[2], line.split()[3]
    check("a job under way", q.wait(), "EXECUTING")
    return q, None, None


def phase_of(url):
    return urllib.request.urlopen(url + "/phase").read().decode().strip()


q, url, phase = job_under_way(LONG, "--keep")
check("a long job", phase, "EXECUTING")
q.send_signal(signal.SIGINT)
err = q.stderr.read()
check("Ctrl-C: exit", q.wait(60), 1)
holds("Ctrl-C", err, "the job was aborted")
check("the service has aborted it", phase_of(url), "ABORTED")
q, url, phase = job_under_way("SELECT TOP 300 * FROM stars.main ORDER BY star_id", "--keep")
q.kill()                                               # as a machine that loses its power
q.wait()
check("a job taken up by its URL", len(rows("job", url, "--keep")), 300)
check("and again", len(rows("job", url)), 300)
try:
    gone = phase_of(url)
except urllib.error.HTTPError as e:
    gone = e.code
check("then it is deleted", gone, 404)
holds("a job that is gone", vigie("job", url, rc=1).stderr, "404")
q, url, phase = job_under_way(LONG, "--keep")
q.kill()
q.wait()
vigie("job", url, "--abort", "--keep")
check("aborted by another run", phase_of(url), "ABORTED")

# ---- what a service holds and says
got = [r["table"] for r in rows("tables", TAP)]
check("tables", sorted(got), sorted(text(x["table_name"]) for x in sql("SELECT table_name FROM tap_schema.tables")))
want = {c.name: (c.unit or None, c.ucd or None) for c in tap.tables["grb.main"].columns}
check("columns", {r["column"]: (r["unit"], r["ucd"]) for r in rows("tables", TAP, "grb.main")}, want)
check("examples", [e["query"].split() for e in rows("examples", TAP)], [e["QUERY"].split() for e in tap.examples])
told = rows("info", TAP)[0]
check("info", (told["available"], told["upload"], told["rows_default"]), (True, True, tap.maxrec))

# ---- observations
got = rows("obsloc", TAP)
check("ObsLocTAP", sorted(r["obs_id"] for r in got), sorted(text(r["obs_id"]) for r in sql("SELECT obs_id FROM ivoa.obsplan")))
check("ObsLocTAP: statuses", len({r["execution_status"] for r in got}), 5)
check("ObsLocTAP: planned around M 31", len(rows("obsloc", TAP, "10.6847", "41.2688", "1", "--kind", "Planned")), len(sql(
    "SELECT obs_id FROM ivoa.obsplan WHERE execution_status='Planned' AND 1=CONTAINS(POINT(s_ra, s_dec), CIRCLE(10.6847, 41.2688, 1))")))
check("ObsCore, by the centre", sorted(r["obs_id"] for r in rows("obscore", TAP, "10.6847", "41.2688", "1", "--centre")), sorted(text(r["obs_id"]) for r in sql(
    "SELECT obs_id FROM ivoa.obscore WHERE 1=CONTAINS(POINT(s_ra, s_dec), CIRCLE(10.6847, 41.2688, 1))")))
at_edge = ["10.75", "41.3", "0.01"]                     # in images whose centre lies outside of the circle
met = sorted(text(r["obs_id"]) for r in sql("SELECT obs_id FROM ivoa.obscore WHERE 1=INTERSECTS(CIRCLE(10.75, 41.3, 0.01), s_region)"))
check("ObsCore, what meets the circle", sorted(r["obs_id"] for r in rows("obscore", TAP, *at_edge)), met)
check("ObsCore: there are such, and none has its centre there", (len(met) > 0, len(rows("obscore", TAP, *at_edge, "--centre"))), (True, 0))

# ---- saved in every format
for name in ("s.vot", "s.csv", "s.ecsv", "s.fits"):
    vigie("cone", GRB, "288.2645", "19.7734", "5", "--save", name)
    form = {"csv": "ascii.csv", "ecsv": "ascii.ecsv"}.get(name.split(".")[1])
    t = Table.read(name, format=form) if form else Table.read(name)
    check("rows of " + name, (len(t), "GRB 221009A" in [text(x).strip() for x in t["name"]]), (7, True))
print("vo: %d comparisons, %d failed" % (n, bad))
sys.exit(bad > 0)
