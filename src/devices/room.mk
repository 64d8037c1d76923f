devices_files = include/vigie/devices/device.h src/devices/words.c src/devices/backend.h
# The rack: a place a device, whoever drives it.
devices_files += include/vigie/devices/rack.h src/devices/rack_own.h src/devices/rack.c src/devices/slot.c src/devices/state.c \
	src/devices/config.c src/devices/wirelog.c src/devices/ward.c src/devices/table.c src/devices/still.c
# Safety, under every door.
devices_files += include/vigie/devices/safety.h src/devices/safety_own.h src/devices/safety.c src/devices/gate.c src/devices/geometry.c \
	src/devices/shutdown.c src/devices/soon.c
# Native drivers: questions and answers on a wire, what every mount needs, a driver each.
devices_files += src/devices/exchange.h src/devices/exchange.c src/devices/driver.h src/devices/driver.c src/devices/native.c \
	src/devices/mount.h src/devices/mount.c
devices_files += src/devices/lx200.h src/devices/lx200.c src/devices/drv_lx200.h src/devices/drv_lx200.c src/devices/drv_lx200_ask.c \
	src/devices/drv_nexstar.c src/devices/drv_ioptron.c src/devices/drv_bulb.c src/devices/drv_allsky340.c \
	src/devices/drv_moonlite.c src/devices/drv_focuser.c src/devices/drv_wheel.c src/devices/drv_nmea.c
# Simulated devices.
devices_files += include/vigie/devices/sim.h src/devices/sim_own.h src/devices/sim.c src/devices/sim_mount.c src/devices/sim_lx200.c \
	src/devices/sim_nexstar.c src/devices/sim_ioptron.c src/devices/sim_moonlite.c src/devices/sim_focuser.c src/devices/sim_wheel.c src/devices/sim_gps.c \
	src/devices/sim_shutter.c src/devices/sim_allsky.c src/devices/sim_sky.c
# INDI.
devices_files += src/devices/indi_wire.h src/devices/indi_wire.c src/devices/indi_number.c src/devices/indi_model.h src/devices/indi_model.c \
	src/devices/indi_own.h src/devices/indi_server.c src/devices/indi_unit.c src/devices/indi_ask.c src/devices/indi_verbs.c \
	src/devices/indi_values.c src/devices/indi_image.c
# Alpaca.
devices_files += src/devices/alpaca_own.h src/devices/alpaca.c src/devices/alpaca_facts.c src/devices/alpaca_ask.c \
	src/devices/alpaca_image.c src/devices/alpaca_find.c
# A look at an image.
devices_files += include/vigie/devices/frame.h src/devices/frame.c
# What was said over the last hours; what a wire's questions mean.
devices_files += include/vigie/devices/history.h src/devices/history.c src/devices/meaning.c
# A saved wire log as a device.
devices_files += include/vigie/devices/replay.h src/devices/replay.c
