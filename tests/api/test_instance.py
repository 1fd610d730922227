"""The Python handle of an instance."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from opencode_widget import errors
from opencode_widget.model.entities import Problem
from opencode_widget.server.endpoints import OwnedServer, attached_server
from opencode_widget.sync.connection import ConnectionState

from ..support import shapes
from ..support.command_client import CommandClient
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually


async def test_an_instance_describes_itself_before_and_after_it_is_connected(fake_server: FakeServer) -> None:
    client = CommandClient()
    instance = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    assert (instance.version, instance.dialect, instance.directory) == (None, None, None)
    assert (instance.connection, instance.url, instance.owned) == ("connecting", fake_server.url, False)
    assert (await instance) is instance
    assert (instance.version, instance.dialect) == ("OpenCode 1.18.33", "OpenCode 1.x")
    assert (instance.directory, instance.title) == ("/project", "project")
    assert (instance.connection, instance.error, instance.log) == (ConnectionState.CONNECTED, None, ())
    assert instance.id == client.manager.selection.instance
    assert repr(instance) == "<Instance project: connected, 0 sessions>"
    await client.manager.close()
    assert repr(instance) == "<Instance project: closed, 0 sessions>"


async def test_sessions_come_latest_first_with_those_of_sub_agents_and_without_archived_ones(
    client: CommandClient, fake_server: FakeServer
) -> None:
    fake_server.add_session("ses_2", "Second")
    fake_server.add_session("ses_below", "Below", parent="ses_1")
    info = fake_server.add_session("ses_old", "Old")
    info = {**info, "time": {**info["time"], "archived": shapes.NOW}}
    fake_server.emit("session.updated", durable=True, sessionID="ses_old", info=info)
    runtime = client.instance._runtime
    await eventually(lambda: "ses_old" in runtime.state.sessions and runtime.session("ses_old").info.archived)
    assert [session.id for session in client.instance.sessions] == ["ses_below", "ses_2", "ses_1"]
    drawn = client.instance._repr_html_()
    assert "Second" in drawn
    assert "Old" not in drawn


async def test_an_unknown_session_is_not_found(client: CommandClient) -> None:
    assert client.instance.session("ses_1").title == "A session"
    with pytest.raises(errors.NotFound, match="ses_x"):
        client.instance.session("ses_x")


async def test_a_new_session_is_selected(client: CommandClient) -> None:
    session = await client.instance.new_session("Sheep")
    assert (session.title, client.instance._runtime.selected) == ("Sheep", session.id)


async def test_it_counts_the_sessions_whose_messages_it_keeps(client: CommandClient) -> None:
    assert client.instance.held_sessions == 0
    await client.instance.session("ses_1").load()
    assert client.instance.held_sessions == 1


async def test_alerts_and_malformed_events_can_be_read(client: CommandClient, fake_server: FakeServer) -> None:
    client.instance._runtime.alert(Problem("Name", "What failed.", "What to do."))
    assert client.instance.notices == ("What failed. What to do.",)
    fake_server.emit("session.updated", sessionID=7)
    await eventually(lambda: client.instance.oddities)
    assert client.instance.oddities == {"session.updated": 1}


async def test_a_lost_server_is_named_and_reached_again_on_demand(
    client: CommandClient, fake_server: FakeServer
) -> None:
    await fake_server.stop()
    await eventually(lambda: client.instance.connection is ConnectionState.DISCONNECTED)
    assert isinstance(client.instance.error, errors.ConnectionFailed)
    with pytest.raises(errors.ConnectionFailed):
        await client.instance.ready()
    await fake_server.start()
    client.instance.reconnect()
    await eventually(lambda: client.instance.connection is ConnectionState.CONNECTED)
    assert client.instance.error is None


async def test_a_server_that_is_not_ours_is_not_restarted(client: CommandClient) -> None:
    with pytest.raises(errors.OpenCodeError):
        await client.instance.restart()
    assert client.instance.connection == "connected"


async def test_a_closed_instance_does_nothing_any_more(client: CommandClient) -> None:
    await client.instance.close()
    with pytest.raises(errors.Closed):
        await client.instance.new_session()


@pytest.mark.timeout(120)
async def test_a_server_of_our_own_is_restarted_and_keeps_its_sessions(
    opencode_binary: Path, server: RealServer, project: Path, tmp_path: Path
) -> None:
    env = {name: str(tmp_path / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    client = CommandClient()
    client.instance = client.manager.add(OwnedServer(project, binary=opencode_binary, env=env))
    session = await client.instance.new_session("Kept")
    before = client.instance.url
    await client.instance.restart()
    assert client.instance.connection == "connected"
    assert session.title == "Kept"
    assert (await session.load(), before is not None) == ([], True)
    log = await asyncio.to_thread(lambda: client.instance.log)
    assert any("listening" in line for line in log)
    await client.manager.close()
