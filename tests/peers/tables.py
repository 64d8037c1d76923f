#!/usr/bin/python3
"""tables.py CORPUS FOLDER - each table with rows of each file of the corpus, written by vigie in every format and read by astropy: its
canonical cells (the corpus's README) must be those that astropy reads of the source; of CSV, read by Python's own reader, those of
expected.jsonl. Where astropy cannot read the source, the cells of the CSV, which are those expected, stand for it, and a format that
astropy refuses with the same words is named with them. The first table goes through `vigie table convert`, the further ones through tbl.read
and tbl:write. Where astropy 5.2 reads other than the standards say:
- columns on which the corpus finds its two readers at odds are left out, as it says (columns_agree);
- BINARY2: its bits are 0x08 and, in lists, a byte each; of lists "2x2*" it takes the count for that of rows. A column of single bits is
  left out, and so is in this format a table with such lists (named);
- FITS: texts are ASCII (the standard), others stand there as ?; nulls of logicals and bits are read as F and 0; lists of logicals of any length are
  left as bytes, the nulls of integer lists of any length as their number;
- TABLEDATA: XML has no control characters, they stand there as U+FFFD;
- ECSV: blanks at line ends inside a text are lost;
- float in lists of any length is not rounded to single precision when read from TABLEDATA: rounded here."""
import csv, hashlib, json, math, os, re, subprocess, sys, warnings

warnings.simplefilter("ignore")
import numpy as np
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table

CORPUS, FOLDER = sys.argv[1:3]
VIGIE = os.environ["VIGIE"]
csv.field_size_limit(sys.maxsize)
FORMATS = [("td.vot", []), ("b2.vot", ["--binary"]), ("t.fits", []), ("t.ecsv", []), ("t.csv", [])]
done, bad = {}, 0


def number(x, single):
    if isinstance(x, (complex, np.complexfloating)):
        return number(x.real, single) + " " + number(x.imag, single)
    if isinstance(x, (bool, np.bool_)):
        return "T" if x else "F"
    if isinstance(x, (int, np.integer)):
        return str(int(x))
    x = float(np.float32(x)) if single else float(x)
    return "nan" if x != x else ("%.9g" if single else "%.17g") % (x or 0.0)


def clean(s, field):
    """Of an array of strings the blanks between empty ones count."""
    if "x" not in (field.get("arraysize") or ""):
        s = s.split("\0")[0].strip()
    elif not s.strip():
        s = ""
    for a, b in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        s = s.replace(a, b)
    return s


def cell(x, field):
    """As the corpus's README has it. field: datatype and arraysize as written."""
    d = field.get("datatype")
    if x is None or x is np.ma.masked:
        return ""
    if isinstance(x, bytes):
        x = x.decode("utf-8", "replace")
    if isinstance(x, str):
        return clean(x, field)
    single = d in ("float", "floatComplex")
    if isinstance(x, (np.ndarray, list, tuple)):
        mask = np.ma.getmaskarray(x).ravel() if isinstance(x, np.ma.MaskedArray) else None
        flat = np.asarray(x).ravel() if not isinstance(x, list) else x
        real = d in ("float", "double")             # an element that is null and one that is NaN are one for astropy
        e = [("nan" if real else "") if mask is not None and mask[i] else cell(v, field) or ("nan" if real else "")
             for i, v in enumerate(flat)]
        if d in ("char", "unicodeChar"):            # each is filled up with blanks
            e = [v.rstrip() for v in e]
        if d == "bit":
            e = ["1" if v in ("T", "1") else "0" for v in e]
        return "" if all(v in ("", "nan") for v in e) else " ".join(e)
    s = number(x, single)
    if d == "bit":
        return "1" if s in ("T", "1") else "0"
    if d == "boolean":
        return {"1": "T", "0": "F"}.get(s, s)
    return "" if s in ("nan", "nan nan") else s


def from_text(s, field):
    d, size = field.get("datatype"), field.get("arraysize")
    numbers = d in ("float", "double", "floatComplex", "doubleComplex", "short", "int", "long", "unsignedByte", "bit", "boolean")
    if not numbers:
        return clean(s, field)
    e = s.split() if size in (None, "1") else s.split(" ")
    if d in ("float", "floatComplex"):
        e = [number(np.float32(v or "nan"), True) for v in e]
    elif d in ("double", "doubleComplex"):
        e = [number(float(v or "nan"), False) for v in e]
    return "" if all(v in ("", "nan") for v in e) else " ".join(e)


def votable_cells(table, fields):
    a = table.array
    return [[cell(a[n][i], k) for n, k in zip(a.dtype.names, fields)] for i in range(len(a))]


def read(path, fields):
    if path.endswith(".csv"):
        with open(path, encoding="utf-8", newline="") as f:
            r = csv.reader(f)
            next(r)
            return [[from_text(s, k) for s, k in zip(row, fields)] for row in r]
    if path.endswith(".vot"):
        return votable_cells(parse(path, verify="ignore").get_first_table(), fields)
    t = Table.read(path, format="ascii.ecsv") if path.endswith(".ecsv") else Table.read(path)
    logical = {ord("T"): "T", ord("F"): "F", 0: ""}
    rows = [[cell(t[n][i], k) for n, k in zip(t.colnames, fields)] for i in range(len(t))]
    for c, (n, k) in enumerate(zip(t.colnames, fields)):
        if path.endswith(".fits") and k.get("datatype") == "boolean" and t[n].dtype == object:
            for i, r in enumerate(rows):
                r[c] = " ".join(logical[int(v)] for v in t[n][i])
        if path.endswith(".fits") and "har" in k["datatype"] and "x" in (k.get("arraysize") or ""):
            width = int(fits.getheader(path, 1)["TFORM%d" % (c + 1)].split("A")[1])
            for i, r in enumerate(rows):            # 42A14: astropy does not divide it
                text = str(t[n][i]) if r[c] else ""
                r[c] = clean(" ".join(text[i:i + width].rstrip() for i in range(0, len(text), width)), k)
    return rows


def as_read(key, rows, fields):
    """What of the cells can be the same in this format; see above."""
    flags = [i for i, k in enumerate(fields) if k.get("datatype") == "boolean"]
    if key == "td.vot":
        rows = [[re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", s) for s in r] for r in rows]
    elif key == "t.fits":
        rows = [["".join(c if ord(c) < 127 else "?" for c in s) for s in r] for r in rows]
        bits = [i for i, k in enumerate(fields) if k.get("datatype") == "bit"]
        rows = [["" if i in flags and set(c) <= set("F ") or i in bits and set(c) <= set("0 ") else
                 " ".join(e or "F" for e in c.split(" ")) if i in flags else c for i, c in enumerate(r)] for r in rows]
        lists = [i for i, k in enumerate(fields) if "har" in k["datatype"] and "x" in (k.get("arraysize") or "")]
        rows = [[c.rstrip() if i in lists else c for i, c in enumerate(r)] for r in rows]   # as many as the longest list has
    elif key == "t.ecsv":
        rows = [[re.sub(r"\s*\\n\s*", r"\\n", c) for c in r] for r in rows]
    elif key == "b2.vot":
        bits = [i for i, k in enumerate(fields) if k.get("datatype") == "bit" and k.get("arraysize") in (None, "1")]
        rows = [["" if i in bits else c for i, c in enumerate(r)] for r in rows]
    return rows


def sha(rows):
    return hashlib.sha256("".join("\t".join(r) + "\n" for r in rows).encode("utf-8", "surrogatepass")).hexdigest()


def odd_lists(fields):
    return any("*" in (k.get("arraysize") or "") and (k["datatype"] == "bit" or ("x" in k["arraysize"] and "har" not in k["datatype"]))
               for k in fields)


def by_stilts(name):
    """BINARY2 and TABLEDATA as STILTS reads them are one."""
    global bad
    said = [subprocess.run(["stilts", "tpipe", "in=" + os.path.join(FOLDER, f), "ofmt=csv"], capture_output=True, text=True, timeout=60)
            for f in ("td.vot", "b2.vot")]
    if said[0].returncode or said[1].returncode or said[0].stdout != said[1].stdout:
        bad += 1
        print("FAIL: %s: STILTS reads BINARY2 and TABLEDATA otherwise: %.200s" % (name, said[1].stderr))


def convert(path, name, how):
    """The first table, by the command. Whether there is something to read."""
    global bad
    p = subprocess.run([VIGIE, "table", "convert", path, os.path.join(FOLDER, how[0])] + how[1], capture_output=True, text=True, timeout=100)
    # the rows are written, and the exit status tells that they are not all: the service says ERROR, or there are less than declared
    partial = p.returncode == 1 and ("the service says: " in p.stderr or "a table says it has " in p.stderr)
    if p.returncode != 0 and not partial:
        bad += 1
        print("FAIL: %s to %s: exit %d: %s" % (name, how[0], p.returncode, p.stderr.strip()[:200]))
    return p.returncode == 0 or partial


def convert_further(path, name, k):
    """Table k (from 0) by a script, in every format; scripts read and write where they are started."""
    global bad
    with open(path, "rb") as f, open(os.path.join(FOLDER, "source.xml"), "wb") as g:
        g.write(f.read())
    lua = "local t = tbl.read('source.xml', {table = %d}) " % (k + 1) + " ".join(
        "t:write('%s', {overwrite = true%s})" % (out, ", format = 'binary2'" if more else "") for out, more in FORMATS)
    p = subprocess.run([VIGIE, "run", "-e", lua], capture_output=True, text=True, timeout=100, cwd=FOLDER)
    if p.returncode:
        bad += 1
        print("FAIL: %s: the script: exit %d: %s" % (name, p.returncode, p.stderr.strip()[:200]))
    return p.returncode == 0


def reason(e):
    """What astropy says, without the place where it says it."""
    said = re.sub(r"^.*?: (?=[EW]\d\d: )", "", str(e).replace("\n", " "))
    return "%s: %.90s" % (type(e).__name__, said)


def compare(name, table, how, source, why):
    """why: the reason for which astropy did not read the source, else None."""
    global bad
    out, key = os.path.join(FOLDER, how[0]), how[0]
    fields, take = table["fields"], table.get("columns_agree")
    if key == "b2.vot" and odd_lists(fields):
        unread.append("%s: only BINARY2: of lists of any length astropy takes the count for bytes of bits or for rows" % name)
        return
    try:
        rows = read(out, fields)
    except Exception as e:
        if why and reason(e)[:40] == why[:40]:
            unread.append("%s: %s: %s" % (name, key, reason(e)))
            return
        bad += 1
        print("FAIL: %s to %s: astropy does not read it: %s: %.200s" % (name, key, type(e).__name__, e))
        return
    done[key] = done.get(key, 0) + 1
    take = range(len(fields)) if take is None else take
    fields = [fields[k] for k in take]
    rows = [[r[k] for k in take] for r in rows]
    if key == "t.csv":
        if name in EXPECTED_OF_STIL:
            unread.append(name + ": only the comparison with expected.jsonl: STIL has taken lists of ? for F there")
        elif sha(rows) != table["cells_sha256"]:
            bad += 1
            print("FAIL: %s to %s: other cells than those of expected.jsonl" % (name, key))
        return
    rows, want = as_read(key, rows, fields), as_read(key, [[r[k] for k in take] for r in source], fields)
    for i, w in enumerate(want):                           # the nulls in integer lists of any length
        for k, f in enumerate(fields):
            if key == "t.fits" and "*" in (f.get("arraysize") or "") and f["datatype"] in ("unsignedByte", "short", "int", "long"):
                g, e = rows[i][k].split(" "), w[k].split(" ")
                rows[i][k] = " ".join("" if j < len(e) and not e[j] else x for j, x in enumerate(g)) if w[k] else rows[i][k]
    if rows == want:
        return
    bad += 1
    for i, (g, w) in enumerate(zip(rows, want)):
        for k, (x, y) in enumerate(zip(g, w)):
            if x != y:
                print("FAIL: %s to %s: row %d, %s (%s %s): %.80r, expected %.80r" % (
                    name, key, i, fields[k].get("name"), fields[k].get("datatype"), fields[k].get("arraysize"), x, y))
                return
    print("FAIL: %s to %s: rows %d, expected %d" % (name, key, len(rows), len(want)))


entries = [json.loads(line) for line in open(os.path.join(CORPUS, "expected.jsonl"))]
only = os.environ.get("ONLY")
# their streams hold 64-bit integers where the FIELDs say int
EXPECTED_OF_STIL = ("cdsvot__stilts_all_but_k_test.expect.2.vot",)  # its reader, the only one, takes lists of ? for lists of F
MISWRITTEN = ("gen__astropy_binary.vot", "gen__astropy_binary2.vot")
lint, unread, empty, further = [], [], 0, 0
for e in entries:
    tables = e.get("tables") or []
    if e.get("must") != "read" or not tables or (only and not re.search(only, e["file"])):
        continue
    if e["file"] in MISWRITTEN:
        unread.append(e["file"] + ": 64-bit integers where its FIELDs say int")
        continue
    path, why, sources = os.path.join(CORPUS, "files", e["file"]), None, None
    try:                                                # the same reader on both sides: its own habits do not count
        sources = list(parse(path, verify="ignore").iter_tables())
        for t in sources:
            t.array
    except Exception as x:
        why = reason(x)
    for k, t in enumerate(tables):
        if not t["rows"] or "cells_sha256" not in t:
            empty += 1
            continue
        name = e["file"] if k == 0 else "%s, table %d" % (e["file"], k + 1)
        if k and not convert_further(path, name, k):
            continue
        further += k > 0
        wanted = [how for how in FORMATS if k or convert(path, name, how)]
        source = votable_cells(sources[k], t["fields"]) if sources else None
        if not sources:                                 # the CSV, once its cells have been found to be the right ones
            compare(name, t, FORMATS[-1], None, why)
            source = read(os.path.join(FOLDER, "t.csv"), t["fields"])
        for how in wanted[:-1] if not sources else wanted:
            compare(name, t, how, source, why)
    if sources and len(lint) < 12 and e["file"].startswith(("gen__", "dachs__", "pyvo__")):
        lint.append(path)

for path in lint:
    for out, more in FORMATS[:2]:
        out = os.path.join(FOLDER, out)
        subprocess.run([VIGIE, "table", "convert", path, out] + more, check=True, timeout=100)
        # what stood in the file before is as it was, and votlint trips over the streams of some DaCHS answers, which STILTS itself reads:
        # only what it does not say of the source too is ours
        say = [set(re.sub(r"\(l\.\d+.*?\)|\d+", "", line) for line in subprocess.run(
            ["stilts", "votlint", f], capture_output=True, text=True).stdout.splitlines() if line.startswith("ERROR")) for f in (path, out)]
        mine = say[1] - say[0]
        if any("Stream ended" in x for x in say[0]):
            mine = {x for x in mine if "Row count" not in x}
        if mine:
            bad += 1
            print("FAIL: votlint on %s of %s: %s" % (os.path.basename(out), os.path.basename(path), sorted(mine)[:3]))
    by_stilts(os.path.basename(path))
for line in unread:
    print("left out: " + line)
print("tables: read back by astropy: %s (%d of them behind the first of their file); without rows or expected cells, left out: %d; "
      "votlint and STILTS on %d; %d failed" % (", ".join("%s %d" % (k, v) for k, v in done.items()), further, empty, len(lint), bad))
sys.exit(bad > 0)
