client_files = \
	include/vigie/client/client.h src/client/client.c \
	src/client/send.c src/client/rescue.h src/client/rescue.c \
	src/client/start.h src/client/start.c
