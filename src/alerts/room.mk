alerts_files =
