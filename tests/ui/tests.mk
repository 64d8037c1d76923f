check_PROGRAMS += tests/ui/check_canvas tests/ui/check_theme tests/ui/check_input tests/ui/check_keymap tests/ui/check_term
tests_ui_check_canvas_SOURCES = tests/ui/check_canvas.c
tests_ui_check_canvas_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_theme_SOURCES = tests/ui/check_theme.c
tests_ui_check_theme_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_input_SOURCES = tests/ui/check_input.c
tests_ui_check_input_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_keymap_SOURCES = tests/ui/check_keymap.c
tests_ui_check_keymap_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_term_SOURCES = tests/ui/check_term.c tests/ui/vt.h tests/ui/vt.c
tests_ui_check_term_LDADD = $(ROOMS_UI) $(TEST_LIBS)
dist_check_SCRIPTS += tests/ui/golden.sh
golden: src/vigie
	$(AM_TESTS_ENVIRONMENT) GOLDEN=write $(top_srcdir)/tests/ui/golden.sh
.PHONY: golden
check_PROGRAMS += tests/ui/check_list tests/ui/check_plot tests/ui/check_fuzzy tests/ui/check_line tests/ui/check_door tests/ui/check_purity
tests_ui_check_list_SOURCES = tests/ui/check_list.c
tests_ui_check_list_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_plot_SOURCES = tests/ui/check_plot.c
tests_ui_check_plot_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_fuzzy_SOURCES = tests/ui/check_fuzzy.c
tests_ui_check_fuzzy_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_line_SOURCES = tests/ui/check_line.c
tests_ui_check_line_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_door_SOURCES = tests/ui/check_door.c tests/ui/vt.h tests/ui/vt.c
tests_ui_check_door_LDADD = $(ROOMS_UI) $(TEST_LIBS)
tests_ui_check_purity_SOURCES = tests/ui/purity.c tests/ui/vt.h tests/ui/vt.c
tests_ui_check_purity_LDADD = $(ROOMS_UI) $(TEST_LIBS)
