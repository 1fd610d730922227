"""Servers that fail on demand, a real one, and a proxy between."""
