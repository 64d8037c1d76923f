check_PROGRAMS += tests/io/check_http
tests_io_check_http_SOURCES = tests/io/check_http.c tests/io/server.c tests/io/server.h
tests_io_check_http_LDADD = $(ROOMS_IO) $(TEST_LIBS)
check_PROGRAMS += tests/io/check_record tests/io/check_keep
tests_io_check_record_SOURCES = tests/io/check_record.c tests/io/server.c
tests_io_check_record_LDADD = $(ROOMS_IO) $(TEST_LIBS)
tests_io_check_keep_SOURCES = tests/io/check_keep.c
tests_io_check_keep_LDADD = $(ROOMS_IO) $(TEST_LIBS)
