"""Records what a real server sends."""
