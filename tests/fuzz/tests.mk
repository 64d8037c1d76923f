# One target a parser: tests/fuzz/fuzz_<x>.c, its seeds in tests/fuzz/seeds/<x>/. As an ordinary test its seeds are replayed
# (check_<x>); with --enable-fuzz and clang, `make fuzz` builds fuzz_<x> for libFuzzer. A row:
#   check_PROGRAMS += tests/fuzz/check_json
#   tests_fuzz_check_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/replay.c
#   tests_fuzz_check_json_CPPFLAGS = $(AM_CPPFLAGS) -DSEEDS='"alerts/json","exoclock"'     (only if seeds lie in the corpus)
#   tests_fuzz_check_json_LDADD = $(ROOMS_FORMATS)
#   FUZZERS += tests/fuzz/fuzz_json
#   tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c
#   tests_fuzz_fuzz_json_LDADD = $(ROOMS_FORMATS)
#   tests_fuzz_fuzz_json_LDFLAGS = $(FUZZER_LINK)
EXTRA_PROGRAMS += $(FUZZERS)
fuzz: $(FUZZERS)
.PHONY: fuzz

check_PROGRAMS += tests/fuzz/check_json tests/fuzz/check_csv
tests_fuzz_check_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/replay.c
tests_fuzz_check_json_LDADD = $(ROOMS_FORMATS)
tests_fuzz_check_csv_SOURCES = tests/fuzz/fuzz_csv.c tests/fuzz/replay.c
tests_fuzz_check_csv_LDADD = $(ROOMS_FORMATS)
FUZZERS += tests/fuzz/fuzz_json tests/fuzz/fuzz_csv
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c
tests_fuzz_fuzz_json_LDADD = $(ROOMS_FORMATS)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZER_LINK)
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c
tests_fuzz_fuzz_csv_LDADD = $(ROOMS_FORMATS)
tests_fuzz_fuzz_csv_LDFLAGS = $(FUZZER_LINK)

check_PROGRAMS += tests/fuzz/check_planets
tests_fuzz_check_planets_SOURCES = tests/fuzz/fuzz_planets.c tests/fuzz/replay.c
tests_fuzz_check_planets_CPPFLAGS = $(AM_CPPFLAGS) -DSEEDS='"exoclock"'
tests_fuzz_check_planets_LDADD = $(ROOMS_TRANSITS)
FUZZERS += tests/fuzz/fuzz_planets
tests_fuzz_fuzz_planets_SOURCES = tests/fuzz/fuzz_planets.c
tests_fuzz_fuzz_planets_LDADD = $(ROOMS_TRANSITS)
tests_fuzz_fuzz_planets_LDFLAGS = $(FUZZER_LINK)

check_PROGRAMS += tests/fuzz/check_own
tests_fuzz_check_own_SOURCES = tests/fuzz/fuzz_own.c tests/fuzz/replay.c
tests_fuzz_check_own_LDADD = $(ROOMS_TRANSITS)
FUZZERS += tests/fuzz/fuzz_own
tests_fuzz_fuzz_own_SOURCES = tests/fuzz/fuzz_own.c
tests_fuzz_fuzz_own_LDADD = $(ROOMS_TRANSITS)
tests_fuzz_fuzz_own_LDFLAGS = $(FUZZER_LINK)

check_PROGRAMS += tests/fuzz/check_sexa tests/fuzz/check_sky
tests_fuzz_check_sexa_SOURCES = tests/fuzz/fuzz_sexa.c tests/fuzz/replay.c
tests_fuzz_check_sexa_LDADD = $(ROOMS_FORMATS)
tests_fuzz_check_sky_SOURCES = tests/fuzz/fuzz_sky.c tests/fuzz/replay.c
tests_fuzz_check_sky_LDADD = $(ROOMS_SKY)
FUZZERS += tests/fuzz/fuzz_sexa tests/fuzz/fuzz_sky
tests_fuzz_fuzz_sexa_SOURCES = tests/fuzz/fuzz_sexa.c
tests_fuzz_fuzz_sexa_LDADD = $(ROOMS_FORMATS)
tests_fuzz_fuzz_sexa_LDFLAGS = $(FUZZER_LINK)
tests_fuzz_fuzz_sky_SOURCES = tests/fuzz/fuzz_sky.c
tests_fuzz_fuzz_sky_LDADD = $(ROOMS_SKY)
tests_fuzz_fuzz_sky_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_theme tests/fuzz/check_keys tests/fuzz/check_input
tests_fuzz_check_theme_SOURCES = tests/fuzz/fuzz_theme.c tests/fuzz/replay.c
tests_fuzz_check_theme_LDADD = $(ROOMS_UI)
tests_fuzz_check_keys_SOURCES = tests/fuzz/fuzz_keys.c tests/fuzz/replay.c
tests_fuzz_check_keys_LDADD = $(ROOMS_UI)
tests_fuzz_check_input_SOURCES = tests/fuzz/fuzz_input.c tests/fuzz/replay.c
tests_fuzz_check_input_LDADD = $(ROOMS_UI)
FUZZERS += tests/fuzz/fuzz_theme tests/fuzz/fuzz_keys tests/fuzz/fuzz_input
tests_fuzz_fuzz_theme_SOURCES = tests/fuzz/fuzz_theme.c
tests_fuzz_fuzz_theme_LDADD = $(ROOMS_UI)
tests_fuzz_fuzz_theme_LDFLAGS = $(FUZZER_LINK)
tests_fuzz_fuzz_keys_SOURCES = tests/fuzz/fuzz_keys.c
tests_fuzz_fuzz_keys_LDADD = $(ROOMS_UI)
tests_fuzz_fuzz_keys_LDFLAGS = $(FUZZER_LINK)
tests_fuzz_fuzz_input_SOURCES = tests/fuzz/fuzz_input.c
tests_fuzz_fuzz_input_LDADD = $(ROOMS_UI)
tests_fuzz_fuzz_input_LDFLAGS = $(FUZZER_LINK)

check_PROGRAMS += tests/fuzz/check_xml
tests_fuzz_check_xml_SOURCES = tests/fuzz/fuzz_xml.c tests/fuzz/replay.c
tests_fuzz_check_xml_CPPFLAGS = $(AM_CPPFLAGS) -DSEEDS='"alerts/voevent","alerts/synthetic-malformed"'
tests_fuzz_check_xml_LDADD = $(ROOMS_FORMATS)
FUZZERS += tests/fuzz/fuzz_xml
tests_fuzz_fuzz_xml_SOURCES = tests/fuzz/fuzz_xml.c
tests_fuzz_fuzz_xml_LDADD = $(ROOMS_FORMATS)
tests_fuzz_fuzz_xml_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_alert
tests_fuzz_check_alert_SOURCES = tests/fuzz/fuzz_alert.c tests/fuzz/replay.c
tests_fuzz_check_alert_CPPFLAGS = $(AM_CPPFLAGS) -DSEEDS='"alerts/voevent","alerts/json","alerts/astrocolibri","alerts/synthetic-malformed"'
tests_fuzz_check_alert_LDADD = $(ROOMS_ALERTS)
FUZZERS += tests/fuzz/fuzz_alert
tests_fuzz_fuzz_alert_SOURCES = tests/fuzz/fuzz_alert.c
tests_fuzz_fuzz_alert_LDADD = $(ROOMS_ALERTS)
tests_fuzz_fuzz_alert_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_filter
tests_fuzz_check_filter_SOURCES = tests/fuzz/fuzz_filter.c tests/fuzz/replay.c
tests_fuzz_check_filter_LDADD = $(ROOMS_ALERTS)
FUZZERS += tests/fuzz/fuzz_filter
tests_fuzz_fuzz_filter_SOURCES = tests/fuzz/fuzz_filter.c
tests_fuzz_fuzz_filter_LDADD = $(ROOMS_ALERTS)
tests_fuzz_fuzz_filter_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_vtp
tests_fuzz_check_vtp_SOURCES = tests/fuzz/fuzz_vtp.c tests/fuzz/replay.c
tests_fuzz_check_vtp_LDADD = $(ROOMS_ALERTS)
FUZZERS += tests/fuzz/fuzz_vtp
tests_fuzz_fuzz_vtp_SOURCES = tests/fuzz/fuzz_vtp.c
tests_fuzz_fuzz_vtp_LDADD = $(ROOMS_ALERTS)
tests_fuzz_fuzz_vtp_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_wire
tests_fuzz_check_wire_SOURCES = tests/fuzz/fuzz_wire.c tests/fuzz/replay.c
tests_fuzz_check_wire_LDADD = $(ROOMS_BASE)
FUZZERS += tests/fuzz/fuzz_wire
tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c
tests_fuzz_fuzz_wire_LDADD = $(ROOMS_BASE)
tests_fuzz_fuzz_wire_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_transits
tests_fuzz_check_transits_SOURCES = tests/fuzz/fuzz_transits.c tests/fuzz/replay.c
tests_fuzz_check_transits_LDADD = $(ROOMS_SESSION)
FUZZERS += tests/fuzz/fuzz_transits
tests_fuzz_fuzz_transits_SOURCES = tests/fuzz/fuzz_transits.c
tests_fuzz_fuzz_transits_LDADD = $(ROOMS_SESSION)
tests_fuzz_fuzz_transits_LDFLAGS = $(FUZZER_LINK)

check_PROGRAMS += tests/fuzz/check_skymap
tests_fuzz_check_skymap_SOURCES = tests/fuzz/fuzz_skymap.c tests/fuzz/replay.c
tests_fuzz_check_skymap_CPPFLAGS = $(AM_CPPFLAGS) -DSEEDS='"alerts/moc"'
tests_fuzz_check_skymap_LDADD = $(ROOMS_ALERTS)
FUZZERS += tests/fuzz/fuzz_skymap
tests_fuzz_fuzz_skymap_SOURCES = tests/fuzz/fuzz_skymap.c
tests_fuzz_fuzz_skymap_LDADD = $(ROOMS_ALERTS)
tests_fuzz_fuzz_skymap_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_device
tests_fuzz_check_device_SOURCES = tests/fuzz/fuzz_device.c tests/devices/desk.c tests/fuzz/replay.c
tests_fuzz_check_device_LDADD = $(ROOMS_DEVICES)
FUZZERS += tests/fuzz/fuzz_device
tests_fuzz_fuzz_device_SOURCES = tests/fuzz/fuzz_device.c tests/devices/desk.c
tests_fuzz_fuzz_device_LDADD = $(ROOMS_DEVICES)
tests_fuzz_fuzz_device_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_indi
tests_fuzz_check_indi_SOURCES = tests/fuzz/fuzz_indi.c tests/fuzz/replay.c
tests_fuzz_check_indi_LDADD = $(ROOMS_DEVICES)
FUZZERS += tests/fuzz/fuzz_indi
tests_fuzz_fuzz_indi_SOURCES = tests/fuzz/fuzz_indi.c
tests_fuzz_fuzz_indi_LDADD = $(ROOMS_DEVICES)
tests_fuzz_fuzz_indi_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_imagebytes
tests_fuzz_check_imagebytes_SOURCES = tests/fuzz/fuzz_imagebytes.c tests/fuzz/replay.c
tests_fuzz_check_imagebytes_LDADD = $(ROOMS_DEVICES)
FUZZERS += tests/fuzz/fuzz_imagebytes
tests_fuzz_fuzz_imagebytes_SOURCES = tests/fuzz/fuzz_imagebytes.c
tests_fuzz_fuzz_imagebytes_LDADD = $(ROOMS_DEVICES)
tests_fuzz_fuzz_imagebytes_LDFLAGS = $(FUZZER_LINK)
check_PROGRAMS += tests/fuzz/check_fitsimage
tests_fuzz_check_fitsimage_SOURCES = tests/fuzz/fuzz_fitsimage.c tests/fuzz/replay.c
tests_fuzz_check_fitsimage_LDADD = $(ROOMS_FORMATS)
FUZZERS += tests/fuzz/fuzz_fitsimage
tests_fuzz_fuzz_fitsimage_SOURCES = tests/fuzz/fuzz_fitsimage.c
tests_fuzz_fuzz_fitsimage_LDADD = $(ROOMS_FORMATS)
tests_fuzz_fuzz_fitsimage_LDFLAGS = $(FUZZER_LINK)
