"""What a load fetches, and what is fetched between two loads: the rules at the head of `sync/resync.py`, without a server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from opencode_widget.errors import AuthenticationFailed, ConnectionFailed, NotFound, NotOpenCode, OpenCodeError
from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.entities import BUSY, IDLE, Activity, Agent, AnsweredBy, Catalogue, SessionInfo, Status
from opencode_widget.model.reduce.changes import SessionChanged, WordsMissed
from opencode_widget.model.state import HistoryState

from ..model import builders
from ..model.builders import SES
from ..support.wait import eventually
from .parts import Collaborators


def numbered(number: int, *events: e.Event, session: str = SES) -> Decoded:
    """An event of a log, with its number there."""
    return Decoded(events, "x", log_position=(session, number))


def rename(title: str, session: str = SES) -> e.SessionPatched:
    return e.SessionPatched(session_id=session, changes={"title": title})


async def opened(parts: Collaborators, *sessions: SessionInfo) -> None:
    """A live instance whose usual session is selected, with its messages here."""
    parts.connect(*sessions)
    parts.selected = SES
    await parts.history.open(SES)
    parts.client.asked.clear()


async def reload(parts: Collaborators) -> tuple[str, ...]:
    """Lose the stream and load over a new one."""
    parts.lose()
    return await reconnect(parts)


async def reconnect(parts: Collaborators) -> tuple[str, ...]:
    parts.apply(e.Connected())
    return await parts.resync._load(parts.server)


def position(parts: Collaborators) -> int | None:
    return parts.resync._positions.get(SES)


async def test_a_load_fetches_the_messages_of_wanted_sessions_alone(parts: Collaborators) -> None:
    parts.client.sessions = tuple(builders.session_info(id) for id in (SES, "pinned", "other"))
    await opened(parts)
    parts.history.pinned["pinned"] = 1
    await reload(parts)
    assert {asked[1] for asked in parts.client.asked if asked[0] == "history"} == {SES, "pinned"}


async def test_a_session_that_the_list_lacks_is_fetched_only_where_it_lives_elsewhere(parts: Collaborators) -> None:
    elsewhere = builders.session_info("sub", parent=SES, directory="/worktree")
    parts.client.sessions = (builders.session_info(), elsewhere, builders.session_info("gone"))
    await opened(parts)
    parts.client.sessions = (builders.session_info(),)
    parts.history.pinned.update({"sub": 1, "gone": 1})
    await reload(parts)
    assert parts.client.count("history", "sub") == 1
    assert parts.client.count("history", "gone") == 0
    assert set(parts.state.sessions) == {SES, "sub"}


async def test_a_log_is_read_from_the_last_event_that_was_applied(parts: Collaborators) -> None:
    await opened(parts)
    parts.receive(numbered(7, rename("Seven")))
    parts.client.logs[SES] = [numbered(8, rename("Eight")), numbered(9)]
    await reload(parts)
    assert parts.client.count("replay", SES, 7) == 1
    assert parts.client.count("history") == 0
    assert parts.state.sessions[SES].info.title == "Eight"
    assert position(parts) == 9


async def test_an_empty_log_leaves_the_position_where_it_is(parts: Collaborators) -> None:
    await opened(parts)
    parts.receive(numbered(7))
    parts.client.logs[SES] = []
    await reload(parts)
    await reload(parts)
    assert parts.client.count("replay", SES, 7) == 2


@pytest.mark.parametrize(
    "log",
    [None, NotFound("none"), NotOpenCode("odd"), [numbered(8, e.HistoryRewritten(session_id=SES))]],
    ids=["no log", "not found", "not readable", "rewritten"],
)
async def test_where_the_log_cannot_be_used_the_messages_are_fetched(parts: Collaborators, log: Any) -> None:
    await opened(parts)
    parts.receive(numbered(7))
    parts.client.logs[SES] = log
    await reload(parts)
    assert parts.client.count("history", SES) == 1
    assert position(parts) is None
    assert parts.state.sessions[SES].history_state is HistoryState.READY


async def test_a_position_counts_from_the_load_that_applied_its_event(parts: Collaborators) -> None:
    await opened(parts)
    parts.receive(numbered(7))
    parts.client.logs[SES] = []
    parts.lose()
    parts.apply(e.Connected())
    parts.receive(numbered(9, rename("Nine")))
    assert position(parts) == 7, "the event is buffered"
    await parts.resync._load(parts.server)
    assert position(parts) == 9
    assert parts.state.sessions[SES].info.title == "Nine"


async def test_a_position_of_an_event_that_was_only_buffered_goes_with_the_stream(parts: Collaborators) -> None:
    await opened(parts)
    parts.receive(numbered(7))
    parts.lose()
    parts.apply(e.Connected())
    parts.receive(numbered(9, rename("Nine")))
    parts.lose()
    parts.client.logs[SES] = [numbered(8), numbered(9, rename("Nine"))]
    await reconnect(parts)
    assert parts.client.count("replay", SES, 7) == 1
    assert parts.state.sessions[SES].info.title == "Nine"


async def test_a_position_of_a_session_whose_messages_were_being_fetched_goes_with_the_stream(
    parts: Collaborators,
) -> None:
    await opened(parts)
    parts.apply(e.HistoryLoading(session_id=SES))
    parts.receive(numbered(7))
    await reload(parts)
    assert parts.client.count("replay") == 0
    assert parts.client.count("history", SES) == 1


async def test_messages_that_cannot_be_read_cost_their_session_alone_and_are_fetched_again(
    parts: Collaborators,
) -> None:
    parts.client.sessions = (builders.session_info(), builders.session_info("bad"))
    await opened(parts)
    parts.history.pinned["bad"] = 1
    parts.client.messages["bad"] = NotOpenCode("odd")
    await reload(parts)
    assert parts.access.is_live
    await parts.history.fetches["bad"]
    assert parts.client.count("history", "bad") == 2
    assert parts.state.sessions["bad"].history_state is HistoryState.FAILED
    assert parts.state.sessions[SES].history_state is HistoryState.READY


@pytest.mark.parametrize("error", [ConnectionFailed("away"), AuthenticationFailed("who?")], ids=["away", "refused"])
async def test_a_failure_that_concerns_the_connection_ends_the_load(parts: Collaborators, error: OpenCodeError) -> None:
    await opened(parts)
    parts.client.messages[SES] = error
    with pytest.raises(type(error)):
        await reload(parts)
    assert "Loaded" not in parts.kinds()[-1]


async def test_a_session_that_was_deleted_during_a_load_is_not_fetched_again(parts: Collaborators) -> None:
    await opened(parts)
    parts.client.messages[SES] = NotFound("gone")

    def delete(asked: tuple[Any, ...]) -> None:
        if asked[0] == "history":
            parts.receive(Decoded((e.SessionRemoved(session_id=SES),), "x"))

    parts.client.hook = delete
    await reload(parts)
    assert SES not in parts.state.sessions
    assert parts.history.fetches == {}


# ---- until the connection ends ----


@contextlib.asynccontextmanager
async def kept(parts: Collaborators) -> AsyncIterator[None]:
    """A connection that is kept loaded, as long as the block runs."""
    parts.apply(e.Connected())
    tasks = [
        asyncio.create_task(work(parts.server)) for work in (parts.resync.keep_loaded, parts.resync.keep_catalogue)
    ]
    try:
        await parts.condition.wait_for(lambda: bool(parts.versions))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes seconds later comes at once."""
    for name in ("BURST", "SECOND_LOOK", "AGAIN"):
        monkeypatch.setattr(f"opencode_widget.sync.resync.{name}", 0.01)


async def test_a_load_is_followed_by_the_agents_and_says_the_version(parts: Collaborators) -> None:
    parts.client.agents = Catalogue((Agent("build"),))
    parts.access.client = parts.server
    async with kept(parts):
        await parts.condition.wait_for(lambda: bool(parts.state.catalogue.agents))
        assert parts.versions == ["OpenCode 1.0.0"]
        assert await parts.access.ready() is parts.server


async def test_a_server_without_agents_can_be_used(parts: Collaborators, caplog: pytest.LogCaptureFixture) -> None:
    parts.client.agents = NotFound("no such page")
    parts.access.client = parts.server
    with caplog.at_level("INFO"):
        async with kept(parts):
            await eventually(lambda: "no agents and models" in caplog.text)
            assert parts.access.is_live


async def test_a_server_that_dropped_its_state_is_loaded_again(parts: Collaborators) -> None:
    async with kept(parts):
        parts.client.sessions = (builders.session_info("new"),)
        parts.receive(Decoded((e.Disposed(),), "x"))
        await parts.condition.wait_for(lambda: "new" in parts.state.sessions)
        assert parts.client.count("overview") == 2


@pytest.mark.usefixtures("hurried")
async def test_agents_that_changed_are_fetched_again_and_a_burst_of_changes_once(parts: Collaborators) -> None:
    async with kept(parts):
        await eventually(lambda: parts.client.count("catalogue") == 1)
        for _ in range(20):
            parts.receive(Decoded((e.CatalogueStale(),), "x"))
        await eventually(lambda: parts.client.count("catalogue") == 2)
        await asyncio.sleep(0.05)
        assert parts.client.count("catalogue") == 2


async def test_a_history_that_the_server_rewrote_is_fetched_again(parts: Collaborators) -> None:
    await opened(parts)
    parts.receive(Decoded((e.HistoryRewritten(session_id=SES),), "x"))
    await parts.history.fetches[SES]
    assert parts.client.count("history", SES) == 1


async def test_other_events_fetch_nothing(parts: Collaborators) -> None:
    await opened(parts)
    parts.receive(Decoded((e.Heartbeat(),), "x"))
    await asyncio.sleep(0)
    assert parts.client.asked == []


@pytest.mark.usefixtures("hurried")
async def test_an_end_that_was_lost_right_after_the_load_is_found_by_a_second_look(parts: Collaborators) -> None:
    await opened(parts)
    parts.client.found = e.Overview(statuses={SES: BUSY})

    def rest(asked: tuple[Any, ...]) -> None:
        if parts.versions:
            parts.client.found = e.Overview()

    parts.client.hook = rest
    async with kept(parts):
        assert parts.state.sessions[SES].busy
        await parts.condition.wait_for(lambda: not parts.state.sessions[SES].busy)
        await eventually(lambda: parts.client.count("history", SES) == 2, what="its last words are fetched")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("still", ["at work", "told meanwhile", "deleted", "not answered"])
async def test_a_second_look_changes_only_what_no_event_reported(parts: Collaborators, still: str) -> None:
    parts.client.found = e.Overview(statuses={SES: BUSY})
    retry = Status(Activity.RETRY, "busy", 1)

    def meanwhile(asked: tuple[Any, ...]) -> None:
        if not parts.versions or asked[0] != "overview":
            return
        if still != "at work":
            parts.client.found = e.Overview()
        if still == "told meanwhile":
            parts.apply(e.StatusChanged(session_id=SES, status=retry))
        elif still == "deleted":
            parts.apply(e.SessionRemoved(session_id=SES))
        elif still == "not answered":
            raise ConnectionFailed("away")

    parts.client.hook = meanwhile
    async with kept(parts):
        await eventually(lambda: parts.client.count("overview") == 2)
        await asyncio.sleep(0)
        session = parts.state.sessions.get(SES)
        expected = {"told meanwhile": retry, "deleted": None}.get(still, BUSY)
        assert (session.status if session else None) == expected
        assert e.StatusChanged(session_id=SES, status=IDLE) not in parts.applied


@pytest.mark.usefixtures("hurried")
async def test_without_messages_here_a_second_look_fetches_none(parts: Collaborators) -> None:
    parts.client.found = e.Overview(statuses={SES: BUSY})

    def rest(asked: tuple[Any, ...]) -> None:
        if parts.versions:
            parts.client.found = e.Overview()

    parts.client.hook = rest
    async with kept(parts):
        await parts.condition.wait_for(lambda: not parts.state.sessions[SES].busy)
        assert parts.client.count("history") == 0


async def test_a_request_that_is_gone_after_the_load_was_answered_meanwhile(parts: Collaborators) -> None:
    parts.connect()
    parts.apply(e.Asked(session_id=SES, request=builders.permission_info()))
    parts.lose()
    async with kept(parts):
        answers = [event for event in parts.applied if isinstance(event, e.Answered)]
        assert [(event.request_id, event.answered_by) for event in answers] == [("per", AnsweredBy.UNKNOWN)]


# ---- what was dropped for lack of room ----


@pytest.mark.usefixtures("hurried")
async def test_messages_of_which_words_were_dropped_are_fetched_again_once(parts: Collaborators) -> None:
    await opened(parts)
    for _ in range(3):
        parts.resync.fetch_missed([WordsMissed(SES)])
    await eventually(lambda: parts.client.count("history", SES) == 1)
    await eventually(lambda: not parts.history.fetches)
    parts.resync.fetch_missed([WordsMissed(SES)])
    await eventually(lambda: parts.client.count("history", SES) == 2)


@pytest.mark.usefixtures("hurried")
async def test_where_events_of_no_session_were_dropped_everything_is_fetched(parts: Collaborators) -> None:
    async with kept(parts):
        parts.access.client = parts.server
        parts.resync.fetch_missed([WordsMissed(None)])
        await eventually(lambda: parts.client.count("overview") == 2)


@pytest.mark.usefixtures("hurried")
async def test_what_would_be_dropped_again_is_not_fetched(parts: Collaborators) -> None:
    await opened(parts)
    parts.resync.fetch_missed([WordsMissed(SES, again=False), SessionChanged(SES)])
    assert parts.resync._missed == set()


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("how", ["lost", "closed", "unknown", "not kept"])
async def test_nothing_is_fetched_where_it_is_of_no_use(parts: Collaborators, how: str) -> None:
    await opened(parts)
    parts.resync.fetch_missed([WordsMissed("unknown" if how == "unknown" else SES)])
    if how == "lost":
        parts.lose()
    elif how == "closed":
        parts.access.closed = True
    elif how == "not kept":
        parts.apply(e.HistoryDropped(session_id=SES))
    await eventually(lambda: not parts.resync._missed)
    assert parts.client.asked == []
