base_files = \
	include/vigie/base/err.h src/base/err.c \
	include/vigie/base/mem.h src/base/mem.c \
	include/vigie/base/str.h src/base/str.c \
	include/vigie/base/utf8.h src/base/utf8.c \
	include/vigie/base/clock.h src/base/clock.c \
	include/vigie/base/log.h src/base/log.c \
	include/vigie/base/file.h src/base/file.c \
	include/vigie/base/conf.h src/base/conf.c \
	include/vigie/base/loop.h src/base/loop_own.h src/base/loop.c src/base/loop_more.c \
	include/vigie/base/stop.h src/base/stop.c \
	include/vigie/base/sha256.h src/base/sha256.c include/vigie/base/wire.h src/base/wire.c
