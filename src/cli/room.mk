cli_files = \
	include/vigie/cli/cli.h src/cli/cli.h src/cli/cli.c \
	src/cli/cmds.h src/cli/table.c src/cli/where.h src/cli/where.c src/cli/print.h src/cli/print.c \
	src/cli/cmd_config.c src/cli/cmd_help.c src/cli/cmd_version.c
cli_files += src/cli/cmd_transits.c src/cli/transits_table.h src/cli/transits_table.c src/cli/opinion.h src/cli/opinion.c
cli_files += src/cli/cmd_skymap.c src/cli/cmd_sky.c src/cli/sky_fn.h src/cli/sky_fn_place.c src/cli/sky_fn_time.c src/cli/cmd_twilight.c
cli_files += src/cli/planets.h src/cli/planets.c
cli_files += src/cli/cmd_table.c src/cli/table_view.h src/cli/table_view.c
cli_files += src/cli/cmd_vo.c src/cli/vo_ask.h src/cli/vo_ask.c src/cli/vo_registry.c src/cli/vo_several.c src/cli/vo_tap.c src/cli/vo_words.c src/cli/vo_get.c src/cli/vo_gaia.c
cli_files += src/cli/cmd_alerts.c src/cli/alerts_cli.h src/cli/alerts_table.h src/cli/alerts_table.c src/cli/alerts_watch.c src/cli/alerts_fetch.c
cli_files += src/cli/cmd_tonight.c src/cli/tonight.h src/cli/tonight_page.c src/cli/tonight_json.c
cli_files += src/cli/cmd_screen.c src/cli/cmd_run.c src/cli/cmd_send.c
cli_files += src/cli/cmd_devices.c src/cli/tonight_devices.c src/cli/devices_bench.h src/cli/devices_bench.c src/cli/devices_test.c
