"""`opencode serve` as a child process: find, install, start, supervise and end it."""
