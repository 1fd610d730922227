"""Commands that come late, because the server waits for an MCP server that hangs: agents and models do not wait for them."""

from __future__ import annotations

import asyncio

import pytest

from opencode_widget.sync import resync

from ..support.runtimes import Connect
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.wait import eventually

GREET = b'[{"name": "greet", "template": "hi"}]'


async def test_agents_and_models_come_at_once_and_the_commands_later(connect: Connect, fake_server: FakeServer) -> None:
    ready = asyncio.Event()

    async def late(exchange: Exchange, _normal: object) -> None:
        await ready.wait()
        await exchange.answer(GREET)

    fake_server.always["/command"] = late
    runtime = connect(fake_server.url)
    await runtime.ready()
    await eventually(lambda: runtime.state.catalogue.models and runtime.state.catalogue.agents, within=1.8)
    assert not ready.is_set()
    assert runtime.state.catalogue.commands == ()
    ready.set()
    await eventually(lambda: [command.name for command in runtime.state.catalogue.commands] == ["greet"])
    assert runtime.state.catalogue.models


async def test_commands_that_are_in_time_are_asked_for_once(connect: Connect, fake_server: FakeServer) -> None:
    fake_server.always["/command"] = faults.body(GREET)
    runtime = connect(fake_server.url)
    await eventually(lambda: runtime.state.catalogue.commands)
    assert len(fake_server.seen("GET", "/command")) == 1


async def test_commands_that_cannot_be_had_are_asked_for_again(
    connect: Connect, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resync, "LATE_AGAIN", 0.05)
    fake_server.faults["/command"] = [faults.never_answer, faults.unavailable]
    fake_server.always["/command"] = faults.body(GREET)
    runtime = connect(fake_server.url)
    await eventually(lambda: runtime.state.catalogue.commands, within=10)
    assert len(fake_server.seen("GET", "/command")) == 3
