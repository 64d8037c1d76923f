formats_files =
