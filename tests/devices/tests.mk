check_PROGRAMS += tests/devices/check_rack
tests_devices_check_rack_SOURCES = tests/devices/check_rack.c tests/devices/fake.c tests/devices/fake.h
tests_devices_check_rack_LDADD = $(ROOMS_DEVICES) $(TEST_LIBS)
