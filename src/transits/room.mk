transits_files = \
	include/vigie/transits/catalogue.h src/transits/rows.h src/transits/rows.c src/transits/planets_json.c src/transits/names.c src/transits/demo.c src/transits/own.c \
	include/vigie/transits/news.h src/transits/news.c include/vigie/transits/nasa.h src/transits/nasa.c \
	include/vigie/transits/export.h src/transits/export.c
# Ephemerides, events, lists
transits_files += \
	include/vigie/transits/ephemeris.h src/transits/ephemeris.c \
	include/vigie/transits/event.h src/transits/event.c \
	include/vigie/transits/list.h src/transits/list.c \
	include/vigie/transits/record.h src/transits/record.c \
	src/transits/watch.h src/transits/watch.c src/transits/score.c
# The live catalogue
transits_files += include/vigie/transits/fetch.h src/transits/fetch.c src/transits/fetch_nasa.c
