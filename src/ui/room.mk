ui_files =
