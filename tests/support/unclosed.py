"""Finds resources that were dropped without being closed. Python reports them by a warning, which pytest attributes to whatever test runs
then.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unclosed() -> Iterator[list[str]]:
    """Yield the messages of all such warnings in the block; call `gc.collect` at its end."""
    found: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always", ResourceWarning)
        warnings.showwarning = lambda message, *_, **__: found.append(str(message))
        yield found
