"""What an OpenCode conversation is, as pure data and functions.

Nothing here does I/O, reads a clock, draws a random number or logs: time and identifiers come in with the events.

    wire JSON --dialects--> Event --reduce.apply--> State + [Change] --patch/view--> JSON for a page
"""
