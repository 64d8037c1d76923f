check_PROGRAMS += tests/transits/check_catalogue tests/transits/check_names
tests_transits_check_catalogue_SOURCES = tests/transits/check_catalogue.c
tests_transits_check_catalogue_LDADD = $(ROOMS_TRANSITS) $(TEST_LIBS)
tests_transits_check_names_SOURCES = tests/transits/check_names.c
tests_transits_check_names_LDADD = $(ROOMS_TRANSITS) $(TEST_LIBS)
BENCHES += tests/transits/bench_catalogue
tests_transits_bench_catalogue_SOURCES = tests/transits/bench_catalogue.c
tests_transits_bench_catalogue_LDADD = $(ROOMS_TRANSITS)
