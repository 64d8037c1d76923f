store_files =
