sky_files = \
	include/vigie/sky/scale.h src/sky/scale.c src/sky/light.c \
	include/vigie/sky/site.h src/sky/site.c \
	include/vigie/sky/horizon.h src/sky/horizon.c \
	include/vigie/sky/almanac.h src/sky/almanac_own.h src/sky/almanac.c src/sky/almanac_find.c \
	src/sky/jd.h src/sky/roots.h src/sky/roots.c
