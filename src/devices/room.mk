devices_files = include/vigie/devices/device.h src/devices/words.c src/devices/backend.h
