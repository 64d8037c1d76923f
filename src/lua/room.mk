lua_files = \
	include/vigie/lua/lua.h src/lua/host.h src/lua/host.c src/lua/task.c src/lua/start.c \
	src/lua/coro.c src/lua/pattern.c src/lua/problem.c src/lua/safe.c \
	src/lua/prelude.h src/lua/prelude.c \
	src/lua/api.h src/lua/api.c src/lua/api_table.c src/lua/types.c src/lua/values.c src/lua/header.h src/lua/header.c \
	src/lua/reference.c src/lua/globals.h src/lua/globals.c src/lua/saved.h src/lua/saved.c src/lua/hint.h src/lua/hint.c src/lua/api_task.c src/lua/push.h src/lua/push.c src/lua/raw.h \
	src/lua/api_transits.c src/lua/api_alerts.c src/lua/api_alarms.c src/lua/api_command.c \
	src/lua/files.h src/lua/files.c src/lua/api_files.c src/lua/api_ui.c src/lua/api_plot.c src/lua/api_form.c src/lua/api_script.c src/lua/api_require.c \
	src/lua/api_base.c src/lua/api_log.c src/lua/api_sky.c \
	include/vigie/session/script.h src/lua/param.h src/lua/param.c src/lua/run.c \
	src/lua/pretty.h src/lua/pretty.c src/lua/complete.h src/lua/complete_own.h src/lua/complete.c src/lua/complete_text.c src/lua/complete_vo.c src/lua/console.c src/lua/init.c \
	src/lua/tbl.h src/lua/tbl.c src/lua/tbl_row.c src/lua/tbl_ops.c src/lua/tbl_make.c src/lua/tbl_file.c \
	src/lua/tbl_show.c src/lua/api_tbl.c \
	src/lua/vo.h src/lua/vo.c src/lua/vo_tap.h src/lua/vo_tap.c src/lua/vo_job.c src/lua/vo_service.c \
	src/lua/vo_registry.h src/lua/vo_registry.c src/lua/vo_record.c src/lua/vo_names.c

# The scripts that come with the program; where the library looks for them.
scriptsdir = $(pkgdatadir)/lua
dist_scripts_DATA = lua/grb.lua lua/plan.lua lua/flats.lua lua/watch_alerts.lua lua/report.lua lua/bjd.lua lua/night_hooks.lua lua/README.md
lua_files += src/lua/devices.h src/lua/devices.c src/lua/api_mount.c src/lua/api_camera.c src/lua/api_devices.c
