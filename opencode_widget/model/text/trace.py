"""Removes the JavaScript stack with which some messages of a server end."""

from __future__ import annotations

import re

TRACE = re.compile(r"\n[ \t]+at ")


def without_trace(words: str) -> str:
    """A message without its stack."""
    trace = TRACE.search(words)
    return words[: trace.start()].rstrip() if trace is not None else words
