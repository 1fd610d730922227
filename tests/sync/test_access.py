"""Whoever needs the server gets its client when it can be used, or an error that says why not."""

from __future__ import annotations

import pytest

from opencode_widget import errors
from opencode_widget.server.backoff import Backoff
from opencode_widget.sync.connection import ConnectionState

from ..support.runtimes import Connect
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

CONNECTING, CONNECTED, RECONNECTING, DISCONNECTED = ConnectionState


@pytest.mark.parametrize("how", ["nudge", "reach"])
async def test_a_visible_page_or_a_command_brings_a_lost_server_back(
    fake_server: FakeServer, connect: Connect, how: str
) -> None:
    runtime = connect(fake_server.url, backoff=Backoff(initial=0.01, jitter=0, attempts=1))
    await runtime.ready()
    await fake_server.stop()
    await eventually(lambda: runtime.connection.state is DISCONNECTED)
    await fake_server.start()
    if how == "nudge":
        runtime.reconnector.nudge()
        await runtime.ready()
    else:
        await runtime.reach()
    assert runtime.is_live


async def test_a_command_that_waits_in_vain_says_how_it_stands(
    fake_server: FakeServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode_widget.sync.access.PATIENCE", 0.2)
    runtime = connect(fake_server.url, backoff=Backoff(initial=60, maximum=60, jitter=0))
    await runtime.ready()
    await fake_server.stop()
    await eventually(lambda: runtime.connection.state is RECONNECTING)
    with pytest.raises(errors.ConnectionFailed, match=r"is reconnecting in \d+ s"):
        await runtime.reach()
