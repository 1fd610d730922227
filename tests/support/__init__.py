"""What the tests stand on: servers that fail on demand, a real server with a scripted model, and ways to wait."""
