io_files = \
	include/vigie/io/http.h
