"""The messages of single sessions: fetched once for all who wait, again after a failure, and page by page."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.state import HistoryState
from opencode_widget.server.http.client import Limits
from opencode_widget.sync import history as module

from ..support.runtimes import Connect, connected, texts
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually


async def test_who_stops_waiting_for_a_history_does_not_stop_it(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.ready()
    fake_server.faults["/session/ses_1/message"] = [faults.slow(0.2)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await runtime.history.open("ses_1")
    await eventually(lambda: runtime.session("ses_1").history_state is HistoryState.READY)


async def test_who_waits_for_a_history_when_it_is_closed_is_told_so(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url, limits=Limits(answer=30))
    await runtime.ready()
    fake_server.always["/session/ses_1/message"] = faults.never_answer
    opening = asyncio.create_task(runtime.history.open("ses_1"))
    await eventually(lambda: fake_server.seen("GET", "/session/ses_1/message"))
    await runtime.close()
    with pytest.raises(errors.Closed):
        await opening


@pytest.mark.parametrize("fault", [faults.html_page, faults.unavailable, faults.body(b"{oops")])
async def test_a_history_that_cannot_be_fetched_fails_alone_and_can_be_fetched_later(
    fake_server: FakeServer, connect: Connect, fault: faults.Fault
) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.ready()
    fake_server.faults["/session/ses_1/message"] = [fault]
    with pytest.raises(errors.OpenCodeError):
        await runtime.history.open("ses_1")
    assert runtime.session("ses_1").history_state is HistoryState.FAILED
    assert runtime.session("ses_1").problem is not None
    assert runtime.is_live
    await runtime.history.open("ses_1")
    assert runtime.session("ses_1").history_state is HistoryState.READY


async def test_who_hears_that_a_history_failed_may_ask_for_it_again_at_once(
    fake_server: FakeServer, connect: Connect
) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.ready()
    again: list[asyncio.Task[object]] = []

    def listen(event: e.Event, _changes: object) -> None:
        if isinstance(event, e.HistoryFailed):
            again.append(
                asyncio.create_task(runtime.history.open("ses_1"))
            )  # its first step comes before the fetch is off the list

    runtime.listeners.add(listen)
    fake_server.faults["/session/ses_1/message"] = [faults.html_page]
    with pytest.raises(errors.OpenCodeError):
        await runtime.history.open("ses_1")
    await again[0]
    assert runtime.session("ses_1").history_state is HistoryState.READY


async def test_older_messages_are_fetched_once_however_often_they_are_asked_for(
    server: RealServer, project: Path, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 4)
    runtime = await connected(connect, server, str(project))
    session = (await runtime.new_session("Long", select=False)).id
    with server.client(project) as raw:
        for number in range(10):
            body = {"noReply": True, "parts": [{"type": "text", "text": f"m{number}"}]}
            await asyncio.to_thread(raw.post, f"/session/{session}/message", json=body)
    await eventually(lambda: len(runtime.session(session).ids) == 10)
    runtime.history.drop_unused()
    runtime.state.sessions[session].forget_history()
    await runtime.history.open(session)
    assert texts(runtime, session) == [f"m{number}" for number in range(6, 10)]
    await asyncio.gather(*(runtime.history.older(session) for _ in range(3)))
    assert texts(runtime, session) == [f"m{number}" for number in range(2, 10)]
    await runtime.history.older(session)
    await runtime.history.older(session)
    assert texts(runtime, session) == [f"m{number}" for number in range(10)]
