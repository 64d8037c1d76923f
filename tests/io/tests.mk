check_PROGRAMS += tests/io/check_http
tests_io_check_http_SOURCES = tests/io/check_http.c tests/io/server.c tests/io/server.h
tests_io_check_http_LDADD = $(ROOMS_IO) $(TEST_LIBS)
