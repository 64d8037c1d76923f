#!/bin/bash
# Files that results of the VO tab lead to, by keys: images and spectra listed with what they are and how large, one fetched with its
# progress, ended, taken up again; the FITS header alone; links of a dataset (DataLink) followed; a file that cannot be had.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vo_lib.sh"

open_terminal 80x24 tmux-256color
type_line vigie
see '1 Alerts'
keys 3
see 'Nothing is asked yet'
ask_registry everything
see '7 services found'

# images
keys j
see '>  2 Zeta images'
keys Enter
see '\[images\]'
keys -l '288.26 19.77'
keys Enter
see 'Field 1 in V'
see 'Field 2 in R'
asked 'GET /sia\?.*POS=288.26,19.77.*SIZE='
# what a row is, in full; its header without the rest
keys Enter
see 'row 1 of 4'
see 'size +57600 byte'
see 'd fetch  f FITS header'
keys f
see 'header of small.fits'
see "OBJECT  = 'Field of a burst'"
see 'NAXIS1  = +150'
keys Escape
see 'row 1 of 4'
keys n
see 'Field 2 in R'
keys Escape
see 'Enter open'
# fetched: the size first, how far it is, ended with what came kept aside, taken up again
keys d
see 'fetch into: large.fits'
keys Enter
see 'fetching large.fits \.\.\. [0-9]+ of 20[0-9][0-9] kB +C-c cancels'
until_true "nothing comes" test -s "$HOME/large.fits.part"
sleep 0.5
keys C-c
see 'large.fits.*cancelled|cancelled'
ok
[ ! -e "$HOME/large.fits" ] || fail "half a file stands as a whole one"
[ -s "$HOME/large.fits.part" ] || fail "what came is gone"
n=$(stat -c %s "$HOME/large.fits.part")
keys d
see 'fetch into: large.fits'
keys Enter
see 'large.fits: 20[0-9][0-9]\.[0-9] kB'
asked '^GET /file/large.fits'
ok
[ "$(stat -c %s "$HOME/large.fits")" = 2004480 ] || fail "large.fits: $(stat -c %s "$HOME/large.fits") bytes, $n of them before"
head -c 30 "$HOME/large.fits" | grep -q '^SIMPLE  = ' || fail "it does not begin as a FITS file"
# a file that is there already
keys d
see 'fetch into: large.fits'
keys Enter
see 'is there already: Enter again replaces it'
keys Escape
gone 'fetch into'
# links: a question of its own; a link that says why there is none
keys j
keys d
see 'links ivo://test/f\?3'
see 'The image itself'
see '#this'
asked 'GET /links\?.*ID=ivo'
keys Enter
see 'row 1 of 2'
keys n
see 'NotFoundFault: no flat'
gone 'd fetch'
keys p
see 'The image itself'
keys Escape
see 'Enter open'
keys d
see 'fetch into: small.fits'
keys Enter
see 'small.fits: 49.0 kB'
ok
[ "$(stat -c %s "$HOME/small.fits")" = 48960 ] || fail "small.fits: $(stat -c %s "$HOME/small.fits") bytes"
# back to the images: a file that cannot be had
keys H
see 'images 288.26 19.77'
keys j
keys Enter
see 'Field 4 is no image'
keys G
keys d
see 'fetch into: bad'
keys Enter
see 'HTTP 500'
ok
[ ! -e "$HOME/bad.fits" ] || fail "an error page was kept as a file"
keys f
see 'header of'
see 'HTTP 500'
keys Escape
see 'Enter open'

# spectra
keys H
see 'registry words everything'
keys G
keys Enter
see '7 services found'
keys j j
see '>  3 Eta spectra'
keys Enter
see '\[spectra\]'
see '288.26 19.77' # the last place
keys Enter
see 'Spectrum of a star'
see 'HD 1'
keys f
see 'NAXIS1  = +150'
keys Escape
see 'Spectrum of a star'
keys :
type_line detach
as_found
end_session
