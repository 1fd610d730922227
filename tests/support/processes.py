"""Finds the processes that a test has started, apart from those of the session's browser and servers."""

from __future__ import annotations

import psutil


def descendants() -> set[psutil.Process]:
    """Return all descendants of this process."""
    return set(psutil.Process().children(recursive=True))


def started_since(standing: set[psutil.Process]) -> set[psutil.Process]:
    """Return the descendants of this process that are neither in `standing` nor started by one of those.

    A browser or server that runs for the whole session may start processes of its own at any time.
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
