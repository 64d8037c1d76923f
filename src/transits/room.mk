transits_files = \
	include/vigie/transits/catalogue.h src/transits/rows.h src/transits/rows.c src/transits/planets_json.c src/transits/names.c src/transits/demo.c \
	include/vigie/transits/ephemeris.h include/vigie/transits/event.h include/vigie/transits/list.h
