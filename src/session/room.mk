session_files = \
	include/vigie/session/options.h src/session/options.c
