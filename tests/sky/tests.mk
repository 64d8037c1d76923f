check_PROGRAMS += tests/sky/check_almanac
tests_sky_check_almanac_SOURCES = tests/sky/check_almanac.c
tests_sky_check_almanac_LDADD = $(ROOMS_SKY) $(TEST_LIBS)
