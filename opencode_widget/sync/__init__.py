"""The state of one instance, kept true to its server: the stream, reconnects, fetches. On the home loop only."""
