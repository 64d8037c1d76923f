check_PROGRAMS += tests/alerts/check_decode
tests_alerts_check_decode_SOURCES = tests/alerts/check_decode.c
tests_alerts_check_decode_LDADD = $(ROOMS_ALERTS) $(TEST_LIBS)
