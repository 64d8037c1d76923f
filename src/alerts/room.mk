alerts_files = \
	include/vigie/alerts/alert.h src/alerts/own.h src/alerts/alert.c src/alerts/keys.c \
	src/alerts/decode.c src/alerts/dec_voevent.c src/alerts/dec_json.c
