dist_check_SCRIPTS += tests/term/start.sh tests/term/crash.sh tests/term/suspend.sh tests/term/resize.sh tests/term/plain.sh tests/term/alerts.sh
EXTRA_DIST += tests/term/lib.sh
BENCHES += tests/term/bench_start
tests_term_bench_start_SOURCES = tests/term/bench_start.c tests/term/viewer.c tests/term/viewer.h
tests_term_bench_start_LDADD = $(ROOMS_BASE)
BENCHES += tests/term/bench_console
tests_term_bench_console_SOURCES = tests/term/bench_console.c tests/term/viewer.h tests/term/viewer.c
tests_term_bench_console_LDADD = $(ROOMS_BASE)
