devices_files = include/vigie/devices/device.h src/devices/words.c src/devices/backend.h
# The rack: a place a device, whoever drives it.
devices_files += include/vigie/devices/rack.h src/devices/rack_own.h src/devices/rack.c src/devices/slot.c src/devices/state.c \
	src/devices/config.c src/devices/wirelog.c src/devices/table.c
# Safety, under every door.
devices_files += include/vigie/devices/safety.h src/devices/safety_own.h src/devices/safety.c src/devices/gate.c src/devices/geometry.c \
	src/devices/shutdown.c
