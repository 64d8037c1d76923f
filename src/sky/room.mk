sky_files = \
	include/vigie/sky/scale.h src/sky/scale.c src/sky/light.c \
	include/vigie/sky/site.h src/sky/site.c \
	include/vigie/sky/horizon.h src/sky/horizon.c \
	include/vigie/sky/object.h \
	include/vigie/sky/healpix.h src/sky/healpix.c \
	include/vigie/sky/place.h src/sky/place.c \
	include/vigie/sky/frame.h src/sky/frame.c src/sky/constellation.c \
	include/vigie/sky/event.h src/sky/event.c \
	include/vigie/sky/track.h src/sky/track.c \
	include/vigie/sky/almanac.h src/sky/almanac_own.h src/sky/almanac.c src/sky/almanac_find.c \
	src/sky/jd.h src/sky/roots.h src/sky/roots.c
