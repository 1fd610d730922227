"""Exceptions that user code may raise."""

from __future__ import annotations

import asyncio


class Abrupt(BaseException):
    """Not an Exception, and unknown to asyncio."""


class Mute(Exception):
    """Cannot be converted to text."""

    def __str__(self) -> str:
        raise SystemExit("no words")

    __repr__ = __str__


class Unwritable(Exception):
    """Its traceback cannot be formatted."""

    @property
    def __notes__(self) -> list[str]:  # type: ignore[override]
        raise KeyboardInterrupt


FAULTS: tuple[type[BaseException], ...] = (
    ValueError,
    KeyboardInterrupt,
    SystemExit,
    GeneratorExit,
    asyncio.CancelledError,
    StopIteration,
    StopAsyncIteration,
    RecursionError,
    MemoryError,
    Abrupt,
    Mute,
    Unwritable,
)
