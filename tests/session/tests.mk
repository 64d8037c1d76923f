check_PROGRAMS += tests/session/check_core
tests_session_check_core_SOURCES = tests/session/check_core.c
tests_session_check_core_LDADD = $(ROOMS_SESSION) $(TEST_LIBS)
check_PROGRAMS += tests/session/check_doors
tests_session_check_doors_SOURCES = tests/session/check_doors.c
tests_session_check_doors_LDADD = $(ROOMS_SESSION) $(TEST_LIBS)
