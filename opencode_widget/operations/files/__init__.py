"""The files of a prompt: read, checked, and turned into what models take."""
