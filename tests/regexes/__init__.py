"""Checks every regular expression of both languages: on a text that somebody wrote for it, none may take more than linear time."""
