"""Markdown of agents and users: parsed into a tree that can say only what is harmless, and written as HTML and Markdown."""
