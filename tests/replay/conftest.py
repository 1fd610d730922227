"""The fixtures of recordings; see `tests/support/runtimes.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from blockbuster import blockbuster_ctx

from opencode_widget import OpenCode

from ..support.runtimes import PATIENT, comms

__all__ = ["comms"]

Keep = Callable[[OpenCode], OpenCode]


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """As for all tests. To begin and to end a recording, and to read one, a cell waits for the disk, as the user asked it to."""
    with blockbuster_ctx("opencode_widget") as detector:
        functions = detector.functions.values()
        for function in functions:
            function.can_block_in("anywidget/_file_contents.py", {"__str__"})
            function.can_block_in("replay/writer.py", {"__init__", "_opened", "stop"})
            function.can_block_in("replay/lines.py", {"_read"})
        yield


@pytest_asyncio.fixture
async def keep() -> AsyncIterator[Keep]:
    """Closes the widgets that it is given, at the end."""
    made: list[OpenCode] = []

    def add(widget: OpenCode) -> OpenCode:
        made.append(widget)
        return widget

    yield add
    for widget in made:
        await widget.close()


def attached(server: Any, folder: str, **more: Any) -> OpenCode:
    """A widget on a running server."""
    return OpenCode(folder, url=server.url, password=server.password, backoff=PATIENT, **more)
