check_PROGRAMS += tests/formats/check_xml tests/formats/check_voevent
tests_formats_check_xml_SOURCES = tests/formats/check_xml.c
tests_formats_check_xml_LDADD = $(ROOMS_FORMATS) $(TEST_LIBS)
tests_formats_check_voevent_SOURCES = tests/formats/check_voevent.c
tests_formats_check_voevent_LDADD = $(ROOMS_FORMATS) $(TEST_LIBS)
