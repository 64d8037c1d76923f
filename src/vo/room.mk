vo_files =
