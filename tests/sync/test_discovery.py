"""Sessions that the stream does not name: those of other programs, and older ones."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from opencode_widget.errors import ConnectionFailed, OpenCodeError
from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, SessionInfo
from opencode_widget.sync.discovery import LOOK_AT_MOST, SESSIONS

from ..model import builders
from ..support.runtimes import Connect, connected, texts
from ..support.scripts import say, script
from ..support.servers.real import RealServer
from ..support.wait import eventually
from .parts import Collaborators

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


@pytest.mark.timeout(90)
async def test_sessions_of_another_process_in_the_same_folder_are_found(
    own_server: RealServer,
    model: Demo,
    opencode_binary: Path,
    tmp_path: Path,
    project: Path,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("opencode_widget.sync.discovery.LOOK", 0.3)
    runtime = await connected(connect, own_server, str(project))
    # The same data, another process.
    other = await asyncio.to_thread(RealServer, opencode_binary, model.env, tmp_path / "server", project)
    await asyncio.to_thread(other.start)
    try:
        with other.client(project) as raw:
            made = (await asyncio.to_thread(raw.post, "/session", json={"title": "Elsewhere"})).json()
            await eventually(lambda: made["id"] in runtime.state.sessions)
            await runtime.history.open(made["id"])
            body = {"parts": [{"type": "text", "text": script(say("Said elsewhere"))}]}
            await asyncio.to_thread(raw.post, f"/session/{made['id']}/message", json=body)
        await eventually(lambda: texts(runtime, made["id"])[-1:] == ["Said elsewhere"])
    finally:
        await asyncio.to_thread(other.stop)


def foreign(id: str = "theirs", updated: float = 2, **more: Any) -> SessionInfo:
    return builders.session_info(id, updated=updated, **more)


async def look(parts: Collaborators, *answers: tuple[SessionInfo, ...] | OpenCodeError) -> None:
    """Look as often as there are answers."""
    for answer in answers:
        parts.client.latest = answer
        await parts.discovery._look(parts.server)


async def test_a_session_that_another_program_made_is_added(parts: Collaborators) -> None:
    parts.connect()
    await look(parts, (foreign(),))
    assert set(parts.state.sessions) == {builders.SES, "theirs"}
    assert parts.history.fetches == {}, "its messages are fetched when somebody opens it"


async def test_a_session_that_is_known_and_unchanged_is_no_news(parts: Collaborators) -> None:
    parts.connect(foreign())
    before = len(parts.applied)
    assert not await parts.discovery._look(parts.server)
    parts.client.latest = (foreign(), foreign(updated=1))
    assert not await parts.discovery._look(parts.server)
    assert len(parts.applied) == before


async def test_the_messages_of_a_changed_session_are_fetched_again_where_they_are_kept(parts: Collaborators) -> None:
    parts.connect(foreign())
    await parts.history.open("theirs")
    await look(parts, (foreign(updated=3),))
    await parts.history.fetches["theirs"]
    assert parts.client.count("history", "theirs") == 2


async def test_the_messages_of_a_busy_session_come_by_the_stream(parts: Collaborators) -> None:
    parts.connect(foreign())
    await parts.history.open("theirs")
    parts.apply(e.StatusChanged(session_id="theirs", status=BUSY))
    await look(parts, (foreign(updated=3),))
    assert parts.history.fetches == {}


async def test_a_look_that_fails_changes_nothing(parts: Collaborators) -> None:
    parts.connect()
    before = len(parts.applied)
    await look(parts, ConnectionFailed("away"))
    assert len(parts.applied) == before


async def test_looks_are_more_seldom_while_nothing_is_found_and_rest_while_the_server_is_away(
    parts: Collaborators, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pauses, by a clock of the test's own: it lays down what each look finds."""
    pauses: list[float] = []
    ended = RuntimeError("enough")
    sleep = asyncio.sleep

    async def record(seconds: float) -> None:
        await sleep(0)
        if seconds > 0:
            pauses.append(seconds)
        if len(pauses) == 3:
            parts.client.latest = (foreign(),)
        if len(pauses) == 4:
            parts.lose()
        if len(pauses) == 6:
            raise ended

    monkeypatch.setattr("opencode_widget.sync.discovery.asyncio.sleep", record)
    parts.connect()
    with pytest.raises(RuntimeError) as caught:
        await parts.discovery.keep_looking(parts.server)
    assert caught.value is ended
    assert pauses == [5.0, 6.0, pytest.approx(7.2), 5.0, 5.0, 5.0]
    assert parts.client.count("latest") == 3, "no look while the server is away"


async def test_the_pause_has_a_greatest_length(parts: Collaborators, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def record(seconds: float) -> None:
        await sleep(0)
        if seconds > 0:
            pauses.append(seconds)
        if len(pauses) == 12:
            raise RuntimeError

    monkeypatch.setattr("opencode_widget.sync.discovery.asyncio.sleep", record)
    parts.connect()
    with pytest.raises(RuntimeError):
        await parts.discovery.keep_looking(parts.server)
    assert max(pauses) == pauses[-1] == LOOK_AT_MOST


async def test_older_sessions_are_listed_by_a_greater_limit_which_later_loads_keep(parts: Collaborators) -> None:
    parts.connect()
    parts.client.sessions = (builders.session_info(), builders.session_info("old"))
    parts.client.found = e.Overview(more_sessions=True)
    await parts.discovery.more_sessions()
    assert "old" in parts.state.sessions
    assert parts.state.more_sessions
    assert parts.client.asked[-1] == ("overview", 2 * SESSIONS)
    assert parts.discovery.limit == 2 * SESSIONS


async def test_only_a_known_session_can_be_elsewhere(parts: Collaborators) -> None:
    parts.connect(builders.session_info(), builders.session_info("sub", parent=builders.SES, directory="/worktree"))
    elsewhere = [id for id in (builders.SES, "sub", "unknown") if parts.discovery.is_elsewhere(id)]
    assert elsewhere == ["sub"]
