io_files = \
	src/io/hash.h \
	include/vigie/io/http.h src/io/http_own.h src/io/http.c src/io/http_curl.c \
	include/vigie/io/record.h src/io/record.c \
	include/vigie/io/keep.h src/io/keep.c
io_files += src/io/link_own.h include/vigie/io/link.h src/io/link.c include/vigie/io/tcp.h src/io/tcp.c
io_files += include/vigie/io/transport.h src/io/transport_own.h src/io/transport.c src/io/serial.c src/io/udp.c src/io/exec.c
io_files += include/vigie/io/kafka.h src/io/kafka.c
io_files += include/vigie/io/guardian.h src/io/guardian_own.h src/io/guardian.c src/io/guardian_watch.c
io_files += include/vigie/io/shout.h src/io/shout.c
