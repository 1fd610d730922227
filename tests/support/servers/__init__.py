"""Servers that fail on demand, a real server, and a proxy."""
