"""OpenCode 2.x: the JSON of its events and routes."""
