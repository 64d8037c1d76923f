ui_files = \
	include/vigie/ui/door.h \
	src/ui/role.h src/ui/role.c \
	src/ui/glyph.h src/ui/glyph.c \
	src/ui/canvas.h src/ui/canvas.c \
	src/ui/theme.h src/ui/theme.c src/ui/theme_file.c \
	src/ui/key.h src/ui/key.c \
	src/ui/input.h src/ui/input.c \
	src/ui/keymap.h src/ui/keymap.c \
	src/ui/term.h src/ui/term.c \
	src/ui/fuzzy.h src/ui/fuzzy.c \
	src/ui/line.h src/ui/line.c src/ui/editor.h src/ui/editor.c \
	src/ui/views/console_own.h src/ui/views/console.c src/ui/views/console_prompt.c \
	src/ui/views/console_form.c src/ui/views/console_preset.c src/ui/views/console_draw.c \
	src/ui/widgets/list.h src/ui/widgets/list_own.h src/ui/widgets/list.c src/ui/widgets/list_pass.c \
	src/ui/widgets/plot.h src/ui/widgets/plot.c \
	src/ui/widgets/text.h src/ui/widgets/text.c \
	src/ui/view.h src/ui/views/views.h src/ui/views/table.c src/ui/views/log.c \
	src/ui/views/alerts.c src/ui/views/alerts_own.h src/ui/views/alerts_list.c src/ui/views/alerts_text.c \
	src/ui/views/alerts_facts.c src/ui/views/alerts_curve.c src/ui/views/alerts_sources.c \
	src/ui/views/transits_own.h src/ui/views/transits.c src/ui/views/transits_list.c \
	src/ui/views/transits_night.c src/ui/views/transits_text.c \
	src/ui/views/devices_own.h src/ui/views/devices.c src/ui/views/devices_list.c src/ui/views/devices_text.c \
	src/ui/views/devices_draw.c src/ui/views/devices_jog.c \
	src/ui/views/vo_own.h src/ui/views/vo.c src/ui/views/vo_lists.c src/ui/views/vo_grid.c \
	src/ui/views/vo_form.c src/ui/views/vo_adql.c src/ui/views/vo_tree.c src/ui/views/vo_text.c src/ui/views/vo_plot.c \
	src/ui/views/vo_draw.c src/ui/views/vo_commands.c src/ui/views/vo_prompt.c \
	src/ui/ui.h src/ui/ui.c src/ui/keys.c src/ui/commands.c src/ui/look.c \
	src/ui/frame.c src/ui/status.c src/ui/palette.c src/ui/help.c \
	src/ui/door.c src/ui/screen.c

# The themes, installed and built in.
theme_files = themes/contrast.theme themes/day.theme themes/dusk.theme themes/mono.theme \
	themes/night-amber.theme themes/night.theme
themesdir = $(pkgdatadir)/themes
dist_themes_DATA = $(theme_files)
nodist_src_libui_a_SOURCES = src/ui/themes_built.c
CLEANFILES += src/ui/themes_built.c
src/ui/themes_built.c: $(theme_files)
	@$(MKDIR_P) src/ui
	$(AM_V_GEN){ echo '/* themes_built.c - made from themes/ by make. */'; echo '#include "../src/ui/theme.h"'; \
	  echo 'const struct theme_builtin theme_builtins[] = {'; \
	  for f in $(theme_files); do n=$${f##*/}; echo "{\"$${n%.theme}\","; \
	    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $(srcdir)/$$f; echo '},'; done; \
	  echo '{0}};'; } > $@.tmp && mv $@.tmp $@
