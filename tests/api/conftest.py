"""The fixtures that tests of the Python handles share; see `tests/support/runtimes.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from opencode_widget.api.instance import Instance
from opencode_widget.api.session import Session
from opencode_widget.server.endpoints import attached_server

from ..support.command_client import CommandClient
from ..support.managers import manage
from ..support.runtimes import comms, connect, fake_proxy, folder, no_blocking_calls, proxy
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer

__all__ = ["comms", "connect", "fake_proxy", "folder", "no_blocking_calls", "proxy"]


@pytest_asyncio.fixture
async def client(fake_server: FakeServer) -> AsyncIterator[CommandClient]:
    """A page of an instance of the fake server, which has the session "ses_1"."""
    fake_server.add_session("ses_1")
    client = CommandClient()
    client.instance = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await client.instance.ready()
    yield client
    await client.manager.close()


@pytest_asyncio.fixture
async def fake(client: CommandClient) -> Session:
    """The session "ses_1" of the fake server, which answers no prompt by itself."""
    session = client.instance.session("ses_1")
    await session.load()
    return session


@pytest_asyncio.fixture
async def instance(server: RealServer, folder: str) -> AsyncIterator[Instance]:
    """An instance of a real server."""
    manager = manage()
    yield manager.add(attached_server(server.url, folder, "opencode", server.password))
    await manager.close()


@pytest_asyncio.fixture
async def session(instance: Instance) -> Session:
    """A new session of a real server."""
    return await instance.new_session("A session")
