transits_files = \
	include/vigie/transits/ephemeris.h include/vigie/transits/event.h include/vigie/transits/list.h
