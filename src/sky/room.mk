sky_files =
