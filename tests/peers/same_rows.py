"""same_rows.py FILE.vot FILE.csv STILTS.csv N: astropy reads the VOTable, and its N rows are those of both CSV files (ours, and what STILTS
made of the VOTable)."""
import csv
import sys
import warnings

warnings.simplefilter("ignore")
import numpy as np
from astropy.table import Table

vot, ours, theirs, rows = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
v = Table.read(vot, format="votable", use_names_over_ids=True)
c = list(csv.DictReader(open(ours, encoding="utf-8")))
s = list(csv.DictReader(open(theirs, encoding="utf-8")))
assert len(v) == len(c) == len(s) == rows, (len(v), len(c), len(s))
assert list(v.colnames) == list(c[0]) == list(s[0])
n = 0
for i in range(rows):
    for k in v.colnames:
        x, y, z = v[k][i], c[i][k], s[i][k]
        if np.ma.is_masked(x) or (isinstance(x, (float, np.floating)) and x != x):
            assert y == "" and z in ("", "NaN"), (k, x, y, z)
        elif isinstance(x, (float, np.floating)):
            assert type(x)(y) == x == type(x)(z), (k, x, y, z)
        elif isinstance(x, (bool, np.bool_)):
            assert y in ("T", "true") if x else y in ("F", "false"), (k, x, y)
        else:
            assert str(x) == y == z, (k, x, y, z)
        n += 1
print(n, "cells equal")
