"""What is thrown away without having been closed: Python tells in a warning, which pytest gives to whichever test runs then."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unclosed() -> Iterator[list[str]]:
    """The words of all such warnings within; call `gc.collect` at the end of it."""
    found: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always", ResourceWarning)
        warnings.showwarning = lambda message, *_, **__: found.append(str(message))
        yield found
