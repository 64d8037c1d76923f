# Unit tests: one program a module, on Check, each case in its own process.
# A row of tests/<room>/tests.mk:  check_PROGRAMS += tests/sky/check_time
#                                  tests_sky_check_time_SOURCES = tests/sky/check_time.c
#                                  tests_sky_check_time_LDADD = $(ROOMS_SKY) $(TEST_LIBS)
# A benchmark (tests/<room>/bench_x.c) is added to BENCHES; make bench builds and runs them all.
TEST_LIBS = $(CHECK_LIBS)
# Check's time limits are there for tests that hang; a busy machine must not fail one.
AM_TESTS_ENVIRONMENT = CK_DEFAULT_TIMEOUT=60; export CK_DEFAULT_TIMEOUT; CK_TIMEOUT_MULTIPLIER=4; export CK_TIMEOUT_MULTIPLIER; \
	VIGIE_TEST_DATA='$(abs_top_srcdir)/tests/data'; export VIGIE_TEST_DATA; \
	VIGIE='$(abs_top_builddir)/src/vigie'; export VIGIE; LC_ALL=C.UTF-8; export LC_ALL; \
	TOP_SRCDIR='$(abs_top_srcdir)'; export TOP_SRCDIR; TOP_BUILDDIR='$(abs_top_builddir)'; export TOP_BUILDDIR; CC='$(CC)'; export CC; \
	SAN_CFLAGS='$(SAN_CFLAGS)'; export SAN_CFLAGS; LIBS_base='$(UV_LIBS)'; LIBS_formats='$(YAJL_LIBS) $(XML_LIBS) $(FITS_LIBS) $(ZLIB_LIBS)'; \
	LIBS_io='$(CURL_LIBS) $(SERIAL_LIBS) $(KAFKA_LIBS)'; LIBS_sky='$(ERFA_LIBS)'; LIBS_store='$(SQLITE_LIBS)'; LIBS_ui='$(NCURSES_LIBS)'; LIBS_lua='$(LUA_LIBS)'; \
	export LIBS_base LIBS_formats LIBS_io LIBS_sky LIBS_store LIBS_ui LIBS_lua;

dist_check_SCRIPTS = tests/floors.sh
include tests/base/tests.mk
include tests/formats/tests.mk
include tests/io/tests.mk
include tests/sky/tests.mk
include tests/store/tests.mk
include tests/transits/tests.mk
include tests/alerts/tests.mk
include tests/vo/tests.mk
include tests/devices/tests.mk
include tests/session/tests.mk
include tests/ui/tests.mk
include tests/lua/tests.mk
include tests/client/tests.mk
include tests/cli/tests.mk
include tests/term/tests.mk
include tests/fuzz/tests.mk
include tests/peers/tests.mk

EXTRA_PROGRAMS += $(BENCHES)
bench: src/vigie $(BENCHES)
	@for b in $(BENCHES); do $(AM_TESTS_ENVIRONMENT) ./$$b || exit 1; done
.PHONY: bench
