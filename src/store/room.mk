store_files = \
	include/vigie/store/store.h
