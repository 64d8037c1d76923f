check_PROGRAMS += tests/alerts/check_decode
tests_alerts_check_decode_SOURCES = tests/alerts/check_decode.c
tests_alerts_check_decode_LDADD = $(ROOMS_ALERTS) $(TEST_LIBS)
check_PROGRAMS += tests/alerts/check_book
tests_alerts_check_book_SOURCES = tests/alerts/check_book.c
tests_alerts_check_book_LDADD = $(ROOMS_ALERTS) $(TEST_LIBS)
