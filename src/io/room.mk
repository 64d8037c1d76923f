io_files =
