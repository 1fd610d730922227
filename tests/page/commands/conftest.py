"""A client of a fake server with one session."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from opencode_widget.server.endpoints import attached_server

from ...support.command_client import CommandClient
from ...support.servers.fake import FakeServer


@pytest_asyncio.fixture
async def client(fake_server: FakeServer) -> AsyncIterator[CommandClient]:
    fake_server.add_session("ses_1")
    client = CommandClient()
    client.instance = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await client.instance.ready()
    yield client
    await client.manager.close()
