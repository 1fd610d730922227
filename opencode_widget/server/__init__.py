"""One OpenCode server: its process, HTTP calls, event stream and dialects. It knows nothing of notebooks."""
