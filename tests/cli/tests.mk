dist_check_SCRIPTS += tests/cli/check_cli.sh
