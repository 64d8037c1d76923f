session_files = \
	include/vigie/session/options.h src/session/options.c \
	include/vigie/session/session.h src/session/own.h src/session/session.c \
	include/vigie/session/command.h src/session/command.c \
	include/vigie/session/event.h src/session/event.c \
	include/vigie/session/job.h src/session/job.c \
	include/vigie/session/nightlog.h src/session/nightlog.c \
	include/vigie/session/alarm.h src/session/alarm.c \
	include/vigie/session/site.h src/session/site.c \
	src/session/sky_now.h src/session/sky_now.c \
	include/vigie/session/viewer.h src/session/plain.c \
	include/vigie/session/doors.h src/session/doors.c include/vigie/session/screen.h \
	include/vigie/session/process.h src/session/process.c \
	src/session/crash.h src/session/crash.c \
	src/session/server.h src/session/server.c \
	src/session/cmd_main.c src/session/cmd_alarm.c src/session/cmd_site.c src/session/cmd_transits.c \
	include/vigie/session/alertbook.h src/session/alertbook.h src/session/alertbook.c src/session/alert_pass.c src/session/alert_try.c \
	src/session/ringer.c src/session/cmd_alerts.c src/session/alert_samples.c \
	include/vigie/session/tonight.h src/session/tonight.h src/session/tonight.c src/session/tonight_filter.c \
	src/session/maker.c src/session/transit_watch.c \
	include/vigie/session/console.h src/session/console.h src/session/console.c src/session/scroll.c src/session/past.c \
	src/session/scripts.c src/session/presets.c src/session/asked.c src/session/diff.c src/session/cmd_console.c \
	src/session/trust.c src/session/edit.c src/session/import.c src/session/cmd_scripts.c
session_files += include/vigie/session/devicedesk.h src/session/devicedesk.h src/session/devicedesk.c src/session/device_target.c \
	src/session/cmd_devices.c src/session/simdesk.c src/session/device_property.c src/session/device_look.c
session_files += include/vigie/session/camdesk.h src/session/camdesk.c src/session/cmd_camera.c
session_files += include/vigie/session/vodesk.h src/session/vodesk.h src/session/vodesk.c src/session/vo_words.c \
	src/session/vo_start.c src/session/vo_past.c src/session/vo_arrange.c src/session/vo_match.c src/session/vo_uat.c src/session/vo_load.c \
	src/session/vo_samples.c src/session/vo_write.c
