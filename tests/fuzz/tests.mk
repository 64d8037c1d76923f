# One target a parser: tests/fuzz/fuzz_<x>.c, its seeds in tests/fuzz/seeds/<x>/, further ones in tests/fuzz/seeds.list. As an
# ordinary test its seeds are replayed; with --enable-fuzz and clang, `make fuzz` builds it for libFuzzer instead. To add one: its
# name here. It may use every room: what a target's own sources do not name is not linked.
FUZZERS = tests/fuzz/fuzz_alert tests/fuzz/fuzz_csv tests/fuzz/fuzz_datalink tests/fuzz/fuzz_device tests/fuzz/fuzz_filter \
	tests/fuzz/fuzz_fitsimage tests/fuzz/fuzz_fitstable tests/fuzz/fuzz_imagebytes tests/fuzz/fuzz_indi tests/fuzz/fuzz_input \
	tests/fuzz/fuzz_json tests/fuzz/fuzz_keys tests/fuzz/fuzz_own tests/fuzz/fuzz_planets tests/fuzz/fuzz_registry \
	tests/fuzz/fuzz_sesame tests/fuzz/fuzz_sexa tests/fuzz/fuzz_sky tests/fuzz/fuzz_skymap tests/fuzz/fuzz_table \
	tests/fuzz/fuzz_theme tests/fuzz/fuzz_transits tests/fuzz/fuzz_uat tests/fuzz/fuzz_vosi tests/fuzz/fuzz_vtp \
	tests/fuzz/fuzz_wire tests/fuzz/fuzz_xml
tests_fuzz_fuzz_device_SOURCES = tests/fuzz/fuzz_device.c tests/devices/desk.c
tests_fuzz_fuzz_datalink_SOURCES = tests/fuzz/fuzz_datalink.c tests/fuzz/each_table.c tests/fuzz/each_table.h
tests_fuzz_fuzz_registry_SOURCES = tests/fuzz/fuzz_registry.c tests/fuzz/each_table.c tests/fuzz/each_table.h

# Programs without sources and libraries of their own take <name>.c and this.
if FUZZ
LDADD = $(FUZZ_ENGINE) $(ROOMS_UI)
EXTRA_PROGRAMS += $(FUZZERS)
else
LDADD = tests/fuzz/libreplay.a $(ROOMS_UI)
check_LIBRARIES += tests/fuzz/libreplay.a
check_PROGRAMS += $(FUZZERS)
endif
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c
fuzz: $(FUZZERS)
.PHONY: fuzz
