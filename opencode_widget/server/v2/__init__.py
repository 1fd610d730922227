"""The client of OpenCode 2.x."""
