check_PROGRAMS += tests/store/check_store
tests_store_check_store_SOURCES = tests/store/check_store.c
tests_store_check_store_LDADD = $(ROOMS_STORE) $(TEST_LIBS)
BENCHES += tests/store/bench_store
tests_store_bench_store_SOURCES = tests/store/bench_store.c
tests_store_bench_store_LDADD = $(ROOMS_STORE)
