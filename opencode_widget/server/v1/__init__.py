"""The client of OpenCode 1.x."""
