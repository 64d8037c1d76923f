dist_check_SCRIPTS += tests/cli/check_cli.sh
dist_check_SCRIPTS += tests/cli/check_tonight.sh
dist_check_SCRIPTS += tests/cli/check_sky.sh
check_PROGRAMS += tests/cli/check_home
tests_cli_check_home_SOURCES = tests/cli/check_home.c tests/io/server.c
tests_cli_check_home_LDADD = $(ROOMS_BASE) $(TEST_LIBS)
