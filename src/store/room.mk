store_files = \
	include/vigie/store/store.h src/store/store_own.h src/store/store.c \
	src/store/query.c src/store/migrate.c
