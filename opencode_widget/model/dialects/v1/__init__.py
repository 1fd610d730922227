"""OpenCode 1.x: the JSON of its events and routes."""
