"""A fake OpenCode 2.1 server."""
