"""Where log lines come from: files, directories, standard input, memory."""
