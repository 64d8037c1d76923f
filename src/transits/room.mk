transits_files =
