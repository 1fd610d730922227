"""What code of a user's may raise."""

from __future__ import annotations

import asyncio


class Abrupt(BaseException):
    """No Exception, and unknown to asyncio."""


class Mute(Exception):
    """Has no words."""

    def __str__(self) -> str:
        raise SystemExit("no words")

    __repr__ = __str__


class Unwritable(Exception):
    """Its traceback cannot be written."""

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
