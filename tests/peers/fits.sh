#!/usr/bin/env bash
# astropy reads what vigie writes: every keyword, the pixels, the world coordinates; what it completes keeps what was there;
# what it unpacks is what astropy had packed. Needs python3 with astropy (Debian: python3-astropy).
set -euo pipefail
py=/usr/bin/python3 # Debian's, where Debian's astropy is
$py -c 'import astropy' || { echo "fits.sh: python3-astropy is missing"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
DRIVE=${TOP_BUILDDIR:?}/tests/formats/fits_drive WORK=$work timeout 120 $py - <<'PY'
import os, subprocess, sys, warnings
import numpy as np
from astropy.io import fits
from astropy.time import Time
from astropy.wcs import WCS
from astropy.coordinates import SkyCoord
import astropy.units as u
warnings.simplefilter('error')
work, drive = os.environ['WORK'], os.environ['DRIVE']
run = lambda *a: subprocess.run([drive, *a], check=True)
path = lambda n: os.path.join(work, n)
bad = 0
def must(ok, what):
    global bad
    bad += not ok
    print(('  ' if ok else 'FAIL ') + what)

run('write', path('own.fits'))
with fits.open(path('own.fits'), checksum=False) as f:
    f.verify('exception')
    h, d = f[0].header, f[0].data
    x, y = np.meshgrid(np.arange(300), np.arange(200))
    must(d.dtype.kind == 'u' and d.dtype.itemsize == 2 and np.array_equal(d, (x * 217 + y * 31) % 65536), 'pixels are what was written, unsigned 16 bit')
    must(h['BITPIX'] == 16 or f[0]._orig_bitpix == 16, 'BITPIX 16')
    must(abs(Time(h['DATE-OBS'], scale='utc').unix - 1795765242.935) < 1e-6, 'DATE-OBS ' + h['DATE-OBS'])
    want = dict(EXPTIME=120.5, OBJCTALT=62.5, OBJCTAZ=271.25, AIRMASS=1.1268, SITELAT=-23.5, SITELONG=-70.4, SITEELEV=2400,
                XPIXSZ=3.76, FOCALLEN=530, APTDIA=106, GAIN=100, OFFSET=50, XBINNING=1, YBINNING=1, RA=10.6847, DEC=41.2687)
    want['CCD-TEMP'] = -10
    for k, v in want.items():
        must(abs(h[k] - v) < 1e-6, f'{k} {h[k]}')
    for k, v in dict(OBJECT="M 31's core", FILTER='Ha', INSTRUME='ASI2600', TELESCOP='FSQ-106', IMAGETYP='Light Frame', OBSERVER='me').items():
        must(h[k] == v, f'{k} {h[k]}')
    c = SkyCoord(h['OBJCTRA'], h['OBJCTDEC'], unit=(u.hourangle, u.deg))
    must(c.separation(SkyCoord(10.6847, 41.2687, unit='deg')).arcsec < 0.2, 'OBJCTRA, OBJCTDEC agree with RA, DEC')
    w = WCS(h)
    m = w.pixel_to_world(149.5, 99.5)
    must(m.separation(SkyCoord(10.6847, 41.2687, unit='deg')).arcsec < 0.01, 'the middle is where it pointed')
    must(h['ROWORDER'] == 'TOP-DOWN', 'the first row is the upper one')
    up = w.pixel_to_world(149.5, 89.5)
    must(abs(m.position_angle(up).deg - 30) < 0.01, f'up is at position angle {m.position_angle(up).deg:.3f}')
    must(abs(m.separation(up).arcsec / 10 - 206264.806 * 3.76e-3 / 530) < 1e-4, f'{m.separation(up).arcsec / 10:.4f} arcsec a pixel')
    right = w.pixel_to_world(159.5, 99.5)
    must(abs((m.position_angle(right).deg - 300 + 180) % 360 - 180) < 0.01, 'right is west of up (not mirrored)')

rng = np.random.default_rng(1)
theirs = rng.integers(0, 65535, (50, 70)).astype('uint16')
hdu = fits.PrimaryHDU(theirs)
hdu.header['OBJECT'] = 'their own'
hdu.header['EXPTIME'] = 3.25
hdu.header['HIERARCH a long one'] = 5
hdu.header.add_comment('a word of theirs')
hdu.header.add_history('what happened')
extra = fits.BinTableHDU.from_columns([fits.Column(name='a', format='J', array=[1, 2, 3])])
fits.HDUList([hdu, extra]).writeto(path('theirs.fits'))
run('complete', path('theirs.fits'), path('completed.fits'))
with fits.open(path('completed.fits')) as f:
    f.verify('exception')
    h = f[0].header
    must(np.array_equal(f[0].data, theirs), 'completed: their pixels')
    must(h['OBJECT'] == 'their own' and h['EXPTIME'] == 3.25 and h['a long one'] == 5, 'completed: their keywords')
    must('a word of theirs' in str(h['COMMENT']) and 'what happened' in str(h['HISTORY']), 'completed: their words')
    must(h['INSTRUME'] == 'ASI2600' and abs(h['SITELAT'] + 23.5) < 1e-6, 'completed: ours beside them')
    must(list(f[1].data['a']) == [1, 2, 3], 'completed: their table behind it')

for name, data in dict(u16=theirs, i16=theirs.astype('int32').clip(0, 32767).astype('int16'), u8=(theirs >> 8).astype('uint8'),
                       i32=(theirs.astype('int32') - 7)).items():
    for kind in ('RICE_1', 'GZIP_1', 'GZIP_2'):
        c = fits.CompImageHDU(data, compression_type=kind)
        c.header['OBJECT'] = 'packed'
        fits.HDUList([fits.PrimaryHDU(), c]).writeto(path('packed.fits'), overwrite=True)
        run('unpack', path('packed.fits'), path('plain.fits'))
        with fits.open(path('plain.fits')) as f:
            f.verify('exception')
            must(np.array_equal(f[0].data, data) and f[0].header['OBJECT'] == 'packed', f'unpacked {kind} {name}')
print('fits: all agree' if not bad else f'fits: {bad} differ')
sys.exit(bad > 0)
PY
