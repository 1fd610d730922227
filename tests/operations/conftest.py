"""The fixtures that tests of operations share; see `tests/support/runtimes.py` and `tests/support/open_session.py`."""

from __future__ import annotations

import pytest_asyncio

from ..support.open_session import OpenSession, open_fake, open_real
from ..support.runtimes import Connect, comms, connect, fake_proxy, folder, no_blocking_calls, proxy
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer

__all__ = ["comms", "connect", "fake_proxy", "folder", "no_blocking_calls", "proxy"]


@pytest_asyncio.fixture
async def fake(fake_server: FakeServer, connect: Connect) -> OpenSession:
    """The session "ses_1" of the fake server."""
    return await open_fake(fake_server, connect)


@pytest_asyncio.fixture
async def session(server: RealServer, connect: Connect, folder: str) -> OpenSession:
    """A new session of a real server."""
    return await open_real(server, connect, folder)
