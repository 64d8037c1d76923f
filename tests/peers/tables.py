#!/usr/bin/python3
"""tables.py CORPUS FOLDER - the first table of each file of the corpus, written by vigie in every format and read by astropy: its canonical
cells (the corpus's README) must be those that astropy reads of the source (what it cannot read there is left out and named); of CSV, read by
Python's own reader, those of expected.jsonl. Where astropy 5.2 reads other than the standards say:
- columns on which the corpus finds its two readers at odds are left out, as it says (columns_agree);
- BINARY2: its bits are 0x08 and, in lists, a byte each; of lists "2x2*" it takes the count for that of rows. A column of single bits is
  left out, and so is in this format a table with such lists (named);
- FITS: texts are ASCII (the standard), others stand there as ?; nulls of logicals and bits are read as F and 0; lists of logicals of any length are
  left as bytes, the nulls of integer lists of any length as their number;
- ECSV: blanks at line ends inside a text are lost;
- float in lists of any length is not rounded to single precision when read from TABLEDATA: rounded here."""
import csv, hashlib, json, math, os, re, subprocess, sys, warnings

warnings.simplefilter("ignore")
import numpy as np
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


def clean(s):
    s = s.split("\0")[0].strip()
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
        return clean(x)
    single = d in ("float", "floatComplex")
    if isinstance(x, (np.ndarray, list, tuple)):
        mask = np.ma.getmaskarray(x).ravel() if isinstance(x, np.ma.MaskedArray) else None
        flat = np.asarray(x).ravel() if not isinstance(x, list) else x
        real = d in ("float", "double")             # an element that is null and one that is NaN are one for astropy
        e = [("nan" if real else "") if mask is not None and mask[i] else cell(v, field) or ("nan" if real else "")
             for i, v in enumerate(flat)]
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
        return clean(s) if "x" not in (size or "") or s.strip() else ""
    e = s.split() if size in (None, "1") else s.split(" ")
    if d in ("float", "floatComplex"):
        e = [number(np.float32(v or "nan"), True) for v in e]
    elif d in ("double", "doubleComplex"):
        e = [number(float(v or "nan"), False) for v in e]
    return "" if all(v in ("", "nan") for v in e) else " ".join(e)


def read(path, fields):
    if path.endswith(".csv"):
        with open(path, encoding="utf-8", newline="") as f:
            r = csv.reader(f)
            next(r)
            return [[from_text(s, k) for s, k in zip(row, fields)] for row in r]
    if path.endswith(".vot"):
        a = parse(path, verify="ignore").get_first_table().array
        names = a.dtype.names
        return [[cell(a[n][i], k) for n, k in zip(names, fields)] for i in range(len(a))]
    t = Table.read(path, format="ascii.ecsv") if path.endswith(".ecsv") else Table.read(path)
    logical = {ord("T"): "T", ord("F"): "F", 0: ""}
    rows = [[cell(t[n][i], k) for n, k in zip(t.colnames, fields)] for i in range(len(t))]
    for c, (n, k) in enumerate(zip(t.colnames, fields)):
        if path.endswith(".fits") and k.get("datatype") == "boolean" and t[n].dtype == object:
            for i, r in enumerate(rows):
                r[c] = " ".join(logical[int(v)] for v in t[n][i])
    return rows


def as_read(key, rows, fields):
    """What of the cells can be the same in this format; see above."""
    flags = [i for i, k in enumerate(fields) if k.get("datatype") == "boolean"]
    if key == "t.fits":
        rows = [["".join(c if ord(c) < 127 else "?" for c in s) for s in r] for r in rows]
        bits = [i for i, k in enumerate(fields) if k.get("datatype") == "bit"]
        rows = [["" if i in flags and set(c) <= set("F ") or i in bits and set(c) <= set("0 ") else
                 " ".join(e or "F" for e in c.split(" ")) if i in flags else c for i, c in enumerate(r)] for r in rows]
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


def compare(name, table, path, how, source):
    global bad
    out = os.path.join(FOLDER, how[0])
    p = subprocess.run([VIGIE, "table", "convert", path, out] + how[1], capture_output=True, text=True, timeout=100)
    key = how[0]
    # the rows are written, and the exit status tells that they are not all: the service says ERROR, or there are less than declared
    partial = p.returncode == 1 and ("the service says: " in p.stderr or "a table says it has " in p.stderr)
    if p.returncode != 0 and not partial:
        bad += 1
        print("FAIL: %s to %s: exit %d: %s" % (name, key, p.returncode, p.stderr.strip()[:200]))
        return
    fields, take = table["fields"], table.get("columns_agree")
    if key == "b2.vot" and odd_lists(fields):
        unread.append(name + " (BINARY2)")
        return
    try:
        rows = read(out, fields)
    except Exception as e:
        bad += 1
        print("FAIL: %s to %s: astropy does not read it: %s: %.200s" % (name, key, type(e).__name__, e))
        return
    done[key] = done.get(key, 0) + 1
    take = range(len(fields)) if take is None else take
    fields = [fields[k] for k in take]
    rows = [[r[k] for k in take] for r in rows]
    if key == "t.csv":
        if sha(rows) != table["cells_sha256"]:
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
lint, unread = [], []
for e in entries:
    tables = e.get("tables") or []
    if e.get("must") != "read" or not tables or "cells_sha256" not in tables[0] or not tables[0]["rows"]:
        continue
    if only and not re.search(only, e["file"]):
        continue
    path = os.path.join(CORPUS, "files", e["file"])
    try:                                                # the same reader on both sides: its own habits do not count
        a = parse(path, verify="ignore").get_first_table().array
        source = [[cell(a[n][i], k) for n, k in zip(a.dtype.names, tables[0]["fields"])] for i in range(len(a))]
    except Exception:
        unread.append(e["file"])
        continue
    for how in FORMATS:
        compare(e["file"], tables[0], path, how, source)
    if len(lint) < 12 and e["file"].startswith(("gen__", "dachs__", "pyvo__")):
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
print("tables: read back by astropy: %s; votlint and STILTS on %d; left out, as astropy cannot read them: %s; %d failed" % (
    ", ".join("%s %d" % (k, v) for k, v in done.items()), len(lint), ", ".join(unread), bad))
sys.exit(bad > 0)
