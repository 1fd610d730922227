"""OpenCode in a notebook."""
