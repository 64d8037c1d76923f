client_files =
