"""Which processes a test has started, told apart from those of the session's browser and servers."""

from __future__ import annotations

import psutil


def descendants() -> set[psutil.Process]:
    """All that this process has started, and what they have."""
    return set(psutil.Process().children(recursive=True))


def started_since(standing: set[psutil.Process]) -> set[psutil.Process]:
    """The descendants of this process that are neither among `standing` nor started by one of those.

    A browser or a server that stands for the whole session starts processes of its own when it likes.
    """
    found: set[psutil.Process] = set()
    for process in descendants() - standing:
        try:
            elders = process.parents()
        except psutil.NoSuchProcess:
            continue
        if standing.isdisjoint(elders):
            found.add(process)
    return found
