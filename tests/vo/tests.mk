check_PROGRAMS += tests/vo/check_registry tests/vo/check_ask
tests_vo_check_registry_SOURCES = tests/vo/check_registry.c
tests_vo_check_registry_LDADD = $(ROOMS_VO) $(TEST_LIBS)
tests_vo_check_ask_SOURCES = tests/vo/check_ask.c tests/io/server.c tests/io/server.h
tests_vo_check_ask_LDADD = $(ROOMS_VO) $(TEST_LIBS) -lpthread
check_PROGRAMS += tests/vo/check_job
tests_vo_check_job_SOURCES = tests/vo/check_job.c tests/io/server.c tests/io/server.h
tests_vo_check_job_LDADD = $(ROOMS_VO) $(TEST_LIBS) -lpthread
