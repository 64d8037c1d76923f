alerts_files = \
	include/vigie/alerts/alert.h src/alerts/own.h src/alerts/alert.c src/alerts/keys.c \
	src/alerts/decode.c src/alerts/dec_voevent.c src/alerts/dec_json.c \
	include/vigie/alerts/event.h src/alerts/event.c src/alerts/bag.h src/alerts/bag.c \
	include/vigie/alerts/book.h src/alerts/book_own.h src/alerts/book.c src/alerts/book_more.c \
	src/alerts/book_rows.c \
	include/vigie/alerts/judge.h src/alerts/judge.c \
	include/vigie/alerts/filter.h src/alerts/filter_own.h src/alerts/filter.c src/alerts/filter_parse.c \
	src/alerts/filter_fields.c \
	include/vigie/alerts/list.h src/alerts/list.c \
	include/vigie/alerts/feed.h src/alerts/source.h src/alerts/feed.c src/alerts/table.c src/alerts/src_spool.c \
	include/vigie/alerts/colibri.h src/alerts/colibri.c src/alerts/src_colibri.c \
	src/alerts/vtp.h src/alerts/vtp.c src/alerts/src_vtp.c \
	src/alerts/stream.h src/alerts/stream.c src/alerts/src_gcn.c src/alerts/src_colibri_stream.c \
	include/vigie/alerts/rules.h src/alerts/rules.c \
	include/vigie/alerts/skymap.h src/alerts/skymap.c src/alerts/skymap_up.c src/alerts/inline_map.c
