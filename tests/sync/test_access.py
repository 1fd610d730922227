"""Whoever needs the server gets its client when it can be used, or an error that says why not."""

from __future__ import annotations

import asyncio

import pytest

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.state import State
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.endpoints import InvalidServer
from opencode_widget.sync.access import Access
from opencode_widget.sync.connection import Connection, ConnectionState
from opencode_widget.sync.event_loop import HomeLoop

from ..model import builders
from ..support.runtimes import Connect
from ..support.servers.fake import FakeServer
from ..support.wait import eventually
from .parts import Collaborators

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


# ---- single rules, without a server -------------------------------------------------------------------------------------


async def test_the_client_is_given_out_while_the_instance_is_live(parts: Collaborators) -> None:
    assert (parts.access.is_live, parts.access.live_client) == (False, None)
    parts.connect()
    assert parts.access.live_client is parts.server
    assert await parts.access.ready() is parts.server
    assert await parts.access.reach() is parts.server
    parts.lose()
    assert parts.access.live_client is None
    assert parts.access.client is parts.server, "as it was last connected"


async def test_a_connection_over_which_nothing_was_fetched_yet_is_not_live(parts: Collaborators) -> None:
    parts.access.client = parts.server
    parts.reconnector.connected("1.0")
    parts.apply(e.Connected())
    waiting = asyncio.create_task(parts.access.ready())
    await asyncio.sleep(0)
    assert not waiting.done()
    parts.apply(e.Loaded(overview=e.Overview()))
    assert await asyncio.wait_for(waiting, 1) is parts.server


async def test_once_the_server_is_given_up_its_error_is_raised(parts: Collaborators) -> None:
    error = errors.AuthenticationFailed("Another password, please.")
    waiting = asyncio.create_task(parts.access.ready())
    await asyncio.sleep(0)
    parts.reconnector.state = Connection(DISCONNECTED, error=error)
    parts.condition.notify()
    for ask in (waiting, parts.access.ready(), parts.access.reach()):
        with pytest.raises(errors.AuthenticationFailed, match="Another password"):
            await ask


async def test_whoever_waits_for_an_instance_that_closes_gets_an_error(parts: Collaborators) -> None:
    waiting = asyncio.create_task(parts.access.ready())
    await asyncio.sleep(0)
    parts.access.closed = True
    parts.condition.notify()
    for ask in (waiting, parts.access.ready(), parts.access.reach()):
        with pytest.raises(errors.Closed, match="project is closed"):
            await ask
    with pytest.raises(errors.Closed):
        parts.access.check_open()


async def test_a_server_that_starts_is_waited_for_without_a_limit_of_ours(
    parts: Collaborators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode_widget.sync.access.PATIENCE", 0)
    reaching = asyncio.create_task(parts.access.reach())
    await asyncio.sleep(0.01)
    assert not reaching.done()
    parts.connect()
    assert await asyncio.wait_for(reaching, 1) is parts.server


async def test_a_session_is_found_by_its_id_or_the_error_names_the_folder(parts: Collaborators) -> None:
    parts.connect()
    assert parts.access.session(builders.SES).id == builders.SES
    with pytest.raises(errors.NotFound, match="project has no session 'unknown'"):
        parts.access.session("unknown")


@pytest.mark.parametrize(
    ("directory", "named", "url", "title"),
    [
        ("/work/parser", "/other", "http://host:1", "parser"),
        (None, "/work/lexer", "http://host:1", "lexer"),
        (r"C:\work\parser", None, None, "parser"),
        ("/", None, None, "/"),
        (None, None, "http://host:1", "host:1"),
        (None, None, None, "server"),
    ],
)
async def test_the_title_is_the_last_of_the_folder_or_the_address(
    directory: str | None, named: str | None, url: str | None, title: str
) -> None:
    parts = Collaborators()
    state = State(directory=directory)
    endpoint = InvalidServer(errors.NotOpenCode("x"), named, url)
    access = Access(state, endpoint, parts.reconnector, parts.condition, parts.loop)
    assert (access.title, access.directory) == (title, directory or named)


async def test_once_the_loop_has_ended_the_instance_is_shown_as_disconnected(parts: Collaborators) -> None:
    parts.connect()
    loop = HomeLoop(background=True)
    access = Access(parts.state, parts.reconnector.endpoint, parts.reconnector, parts.condition, loop)
    assert access.connection.state is CONNECTED
    loop.stop()
    assert access.connection.state is DISCONNECTED
    assert isinstance(access.connection.error, errors.Closed)
    access.closed = True
    assert access.connection.state is CONNECTED, "that it was closed says more"
