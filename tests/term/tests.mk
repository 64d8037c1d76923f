dist_check_SCRIPTS += tests/term/plain.sh
EXTRA_DIST += tests/term/lib.sh
