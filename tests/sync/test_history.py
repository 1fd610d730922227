"""The messages of single sessions: fetched once for all who wait, again after a failure, and page by page."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from opencode_widget import errors
from opencode_widget.errors import ConnectionFailed
from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY
from opencode_widget.model.state import HistoryState
from opencode_widget.server.http.client import Limits
from opencode_widget.sync import history as module

from ..model import builders
from ..model.builders import SES
from ..support.runtimes import Connect, connected, texts
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually
from .parts import Collaborators, ScriptedClient


async def test_who_stops_waiting_for_a_history_does_not_stop_it(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.ready()
    fake_server.faults["/session/ses_1/message"] = [faults.slow(0.2)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await runtime.history.open("ses_1")
    await eventually(lambda: runtime.session("ses_1").history_state is HistoryState.READY)


async def test_whoever_waits_for_a_history_when_it_is_closed_gets_an_error(
    fake_server: FakeServer, connect: Connect
) -> None:
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


async def test_a_listener_may_ask_again_at_once_for_a_history_that_failed(
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


# ---- single rules, without a server -------------------------------------------------------------------------------------


def message(id: str, at: float, session: str = SES) -> e.LoadedMessage:
    return builders.fetched(builders.user_info(id, session, at), builders.text_info("x" * 100, f"prt_{id}"))


async def test_all_who_open_a_session_share_one_fetch(parts: Collaborators) -> None:
    parts.connect()
    await asyncio.gather(*(parts.history.open(SES) for _ in range(5)))
    assert parts.client.count("history") == 1
    await parts.history.open(SES)
    assert parts.client.count("history") == 1, "they are here"


async def test_a_fetch_asks_for_as_many_messages_as_are_here(
    parts: Collaborators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    parts.connect()
    parts.client.messages[SES] = tuple(message(f"m{number}", number) for number in range(3))
    await parts.history.open(SES)
    await parts.history.refetch(SES)
    assert [asked[2] for asked in parts.client.asked] == [2, 3]


async def test_a_fetch_that_failed_together_with_the_connection_is_made_once_more(parts: Collaborators) -> None:
    parts.connect()
    parts.client.messages[SES] = ConnectionFailed("away")
    later = ScriptedClient()

    def reconnect(_asked: object) -> None:
        parts.lose()
        parts.client = later
        parts.connect()

    parts.client.hook = reconnect
    session = await parts.history.open(SES)
    assert session.history_state is HistoryState.READY
    assert later.count("history", SES) == 1


async def test_a_fetch_that_fails_twice_is_an_error(parts: Collaborators) -> None:
    parts.connect()
    parts.client.messages[SES] = ConnectionFailed("It is away.")
    later = ScriptedClient()
    later.messages[SES] = ConnectionFailed("It is away again.")

    def reconnect(_asked: object) -> None:
        parts.lose()
        parts.client = later
        parts.connect()

    parts.client.hook = reconnect
    with pytest.raises(ConnectionFailed, match="away again"):
        await parts.history.open(SES)
    assert later.count("history", SES) == 1


async def test_a_fetch_that_failed_alone_is_not_made_again(parts: Collaborators) -> None:
    parts.connect()
    parts.client.messages[SES] = errors.NotOpenCode("It is odd.")
    with pytest.raises(ConnectionFailed, match="odd"):
        await parts.history.open(SES)
    assert parts.client.count("history") == 1


async def test_an_unknown_session_cannot_be_fetched_again(parts: Collaborators) -> None:
    parts.connect()
    with pytest.raises(errors.NotFound, match="unknown"):
        await parts.history.refetch("unknown")
    assert parts.client.asked == []


async def test_what_is_wanted_is_selected_or_pinned_or_at_work(parts: Collaborators) -> None:
    parts.connect(*(builders.session_info(id) for id in ("selected", "pinned", "busy", "idle", "empty")))
    for id in ("busy", "idle", "empty"):
        parts.client.messages[id] = (message("m", 1, id),) if id != "empty" else ()
        await parts.history.open(id)
    for id in ("busy", "empty"):
        parts.apply(e.StatusChanged(session_id=id, status=BUSY))
    assert set(parts.history.wanted()) == {"busy"}
    parts.selected = "selected"
    parts.history.pinned["pinned"] = 1
    assert set(parts.history.wanted()) == {"selected", "pinned", "busy"}


@pytest.mark.parametrize("bound", ["KEPT", "KEPT_SIZE"])
async def test_messages_that_nobody_wants_are_dropped_beyond_the_bounds_the_longest_unchanged_first(
    parts: Collaborators, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    infos = [builders.session_info(f"s{number}", updated=number) for number in range(4)]
    parts.connect(*infos)
    parts.selected = "s0"
    for info in infos:
        parts.client.messages[info.id] = (message("m", 1, info.id),)
        await parts.history.open(info.id)
    weight = parts.state.sessions["s1"].weight
    assert weight > 0
    monkeypatch.setattr(module, bound, 2 if bound == "KEPT" else 2 * weight)
    parts.history.drop_unused()
    kept = [id for id, session in parts.state.sessions.items() if session.history_state is HistoryState.READY]
    assert kept == ["s0", "s2", "s3"]


# ---- older messages ----


async def paged(parts: Collaborators, *pages: str) -> None:
    """A session whose newest message is here; `pages` names an older message each."""
    parts.client.older = {
        f"page-{number}": e.History(
            SES, (message(id, 100 - number),), f"page-{number + 1}" if number < len(pages) else None, None
        )
        for number, id in enumerate(pages, 1)
    }
    parts.connect()
    parts.client.messages[SES] = (message("newest", 200),)
    await parts.history.open(SES)


def ids(parts: Collaborators) -> list[str]:
    return parts.state.sessions[SES].ids


async def test_older_messages_come_page_by_page_until_there_are_none(parts: Collaborators) -> None:
    await paged(parts, "b", "a")
    for expected in (["b", "newest"], ["a", "b", "newest"], ["a", "b", "newest"]):
        await parts.history.older(SES)
        assert ids(parts) == expected
    assert parts.client.count("history") == 3


async def test_all_pages_up_to_a_message_come_at_once(parts: Collaborators) -> None:
    await paged(parts, "c", "b", "a")
    await parts.history.older(SES, until="b")
    assert ids(parts) == ["b", "c", "newest"]


async def test_a_page_that_leads_to_itself_ends_the_search(parts: Collaborators) -> None:
    await paged(parts, "b")
    parts.client.older["page-1"] = e.History(SES, (message("b", 99),), "page-1", None)
    await parts.history.older(SES, until="nowhere")
    assert parts.client.count("history") == 2


async def test_a_message_that_is_nowhere_is_looked_for_only_so_far(
    parts: Collaborators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGES", 5)
    await paged(parts, *(f"m{number}" for number in range(9)))
    await parts.history.older(SES, until="nowhere")
    assert parts.client.count("history") == 1 + 5


@pytest.mark.parametrize("until", [None, "newest"])
async def test_pages_get_what_the_kernel_has_before_anything_is_fetched(
    parts: Collaborators, until: str | None
) -> None:
    await paged(parts, "b")
    parts.can_reveal = True
    await parts.history.show_older(SES, until)
    assert parts.revealed == [(SES, until)]
    assert ids(parts) == ["newest"]


@pytest.mark.parametrize(("until", "revealed"), [(None, [(SES, None)]), ("b", [(SES, "b")])])
async def test_pages_get_what_is_fetched_where_the_kernel_has_no_more(
    parts: Collaborators, until: str | None, revealed: list[tuple[str, str | None]]
) -> None:
    await paged(parts, "b", "a")
    await parts.history.show_older(SES, until)
    assert parts.revealed == revealed
    assert ids(parts) == ["b", "newest"]
