"""The fixtures that tests of an instance share; see `tests/support/runtimes.py`."""

import pytest_asyncio

from ..support.runtimes import comms, connect, fake_proxy, folder, no_blocking_calls, proxy
from .parts import Collaborators

__all__ = ["comms", "connect", "fake_proxy", "folder", "no_blocking_calls", "parts", "proxy"]


@pytest_asyncio.fixture
async def parts() -> Collaborators:
    """The collaborators of a runtime, with a client that says what the test lays down."""
    return Collaborators()
