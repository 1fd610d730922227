"""Helpers of the tests: servers that fail on demand, a real server with a scripted model, and ways to wait."""
