check_PROGRAMS += tests/devices/check_rack
tests_devices_check_rack_SOURCES = tests/devices/check_rack.c tests/devices/fake.c tests/devices/fake.h
tests_devices_check_rack_LDADD = $(ROOMS_DEVICES) $(TEST_LIBS)
check_PROGRAMS += tests/devices/check_safety
tests_devices_check_safety_SOURCES = tests/devices/check_safety.c tests/devices/fake.c tests/devices/fake.h tests/sky/oracle.h
tests_devices_check_safety_LDADD = $(ROOMS_DEVICES) $(TEST_LIBS)
