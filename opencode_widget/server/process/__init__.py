"""`opencode serve` as a child process: found, installed, started, supervised, ended."""
