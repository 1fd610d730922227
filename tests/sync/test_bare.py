"""The server of the brief: its events are all that there is."""

from __future__ import annotations

import asyncio

import pytest

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.state import MessageState
from opencode_widget.operations import prompts, turn
from opencode_widget.operations.event_feed import stream_turn
from opencode_widget.server.http.client import Limits
from opencode_widget.sync import history
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.runtime import InstanceRuntime

from ..support.runtimes import Connect, texts
from ..support.servers import faults
from ..support.servers.bare import BareServer
from ..support.wait import eventually

LIMITS = Limits(connect=1, hello=0.5, answer=1, silence=20)


async def opened(server: BareServer, connect: Connect) -> tuple[InstanceRuntime, str]:
    """An instance that heard of one session."""
    runtime = connect(server.url, limits=LIMITS)
    await runtime.ready()
    id = str(server.add_session("Brief")["id"])
    await eventually(lambda: id in runtime.state.sessions)
    return runtime, id


async def test_it_is_connected_and_shows_what_its_events_say(connect: Connect) -> None:
    async with BareServer() as server:
        runtime, id = await opened(server, connect)
        assert runtime.connection.state is ConnectionState.CONNECTED
        assert runtime.state.sessions[id].info.title == "Brief"
        server.rename(id, "Renamed")
        await eventually(lambda: runtime.state.sessions[id].info.title == "Renamed")
        answer = await turn.ask(runtime, id, "one two tool")
        assert answer.text == "one two tool "
        assert [part.tool for part in answer.parts if part.tool] == ["bash"]
        child = server.add_session("Child", parent=id)["id"]
        await eventually(lambda: child in runtime.state.sessions)
        assert runtime.state.sessions[child].info.parent == id


async def test_a_turn_is_streamed(connect: Connect) -> None:
    async with BareServer() as server:
        runtime, id = await opened(server, connect)
        events = [event async for event in stream_turn(runtime, id, "one two three")]
        assert "".join(event.text for event in events if isinstance(event, e.PartDelta)) == "one two three "


async def test_what_was_said_survives_a_reconnect_and_a_session_without_a_name_is_shown(connect: Connect) -> None:
    async with BareServer() as server:
        runtime, id = await opened(server, connect)
        await turn.ask(runtime, id, "said before")
        server.channel.end()
        await eventually(lambda: len(server.seen("GET", "/events")) >= 3 and runtime.is_live)
        assert texts(runtime, id) == ["said before "]
        await turn.ask(runtime, id, "and after")
        assert texts(runtime, id) == ["said before ", "and after "]
        await runtime.history.refetch(id)
        assert texts(runtime, id) == ["said before ", "and after "]


async def test_messages_of_a_session_that_was_never_announced_are_shown(connect: Connect) -> None:
    async with BareServer() as server:
        quiet = str(server.add_session("Before anybody listened")["id"])
        runtime = connect(server.url, limits=LIMITS)
        await runtime.ready()
        assert runtime.state.sessions == {}
        server.answer_later(quiet, "hello there")
        await eventually(lambda: quiet in runtime.state.sessions and texts(runtime, quiet) == ["hello there "])


async def test_what_it_has_not_is_said_to_be_missing(connect: Connect) -> None:
    async with BareServer() as server:
        runtime, id = await opened(server, connect)
        with pytest.raises(errors.NotSupported, match="cannot create a session"):
            await runtime.new_session()
        with pytest.raises(errors.NotSupported, match="cannot stop a turn"):
            await prompts.abort(runtime, id)


@pytest.mark.parametrize(
    "absent",
    [
        faults.html_page,
        faults.body(b"<h1>Not found</h1>", "text/html", 404),
        faults.body(b'{"error": "no"}', status=404),
        faults.body(b"", "text/plain", 405),
        faults.body(b"", "text/plain", 501),
    ],
    ids=["web page", "404 page", "404 JSON", "405", "501"],
)
async def test_it_may_answer_other_calls_in_any_way_that_is_no_answer(connect: Connect, absent: faults.Fault) -> None:
    async with BareServer(absent) as server:
        runtime, id = await opened(server, connect)
        assert (await turn.ask(runtime, id, "one two")).text == "one two "
        server.channel.end()
        await eventually(lambda: len(server.seen("GET", "/events")) >= 3 and runtime.is_live)
        assert texts(runtime, id) == ["one two "]
        with pytest.raises(errors.NotSupported):
            await runtime.new_session()
        with pytest.raises(errors.NotSupported):
            await prompts.abort(runtime, id)


@pytest.mark.parametrize(
    "absent", [faults.html_page, faults.body(b"", "text/plain", 404), faults.body(b"", status=405)]
)
async def test_with_a_list_of_sessions_and_no_messages_it_is_shown_with_what_its_events_say(
    connect: Connect, absent: faults.Fault
) -> None:
    async with BareServer(absent, has_sessions=True) as server:
        early = str(server.add_session("Early")["id"])
        runtime, id = await opened(server, connect)
        assert runtime.state.sessions[early].info.title == "Early"
        assert (await turn.ask(runtime, id, "one two")).text == "one two "
        server.channel.end()
        await eventually(lambda: len(server.seen("GET", "/events")) >= 3 and runtime.is_live)
        assert (await turn.ask(runtime, id, "three")).text == "three "
        assert texts(runtime, id) == ["one two ", "three "]


async def test_an_answer_that_ended_while_the_stream_was_cut_does_not_run_for_ever(connect: Connect) -> None:
    async with BareServer() as server:
        runtime, id = await opened(server, connect)
        asking = asyncio.create_task(turn.ask(runtime, id, "hold the door"))
        await eventually(lambda: runtime.session(id).busy)
        server.always["/events"] = faults.unavailable
        server.channel.end()
        await eventually(lambda: not runtime.is_live)
        server.release()
        await asyncio.sleep(0.1)
        server.always.clear()
        await eventually(lambda: runtime.is_live)
        assert (await asyncio.wait_for(asking, 10)).state is MessageState.INTERRUPTED
        assert not runtime.session(id).busy


async def test_an_answer_that_goes_on_after_a_cut_is_whole(connect: Connect) -> None:
    async with BareServer() as server:
        runtime, id = await opened(server, connect)
        asking = asyncio.create_task(turn.ask(runtime, id, "hold the door"))
        await eventually(lambda: runtime.session(id).busy)
        server.channel.end()
        await eventually(lambda: len(server.seen("GET", "/events")) >= 3 and runtime.is_live)
        server.release()
        answer = await asyncio.wait_for(asking, 10)
        assert (answer.text, answer.state) == ("hold the door ", MessageState.COMPLETE)


async def test_what_nobody_else_keeps_is_not_dropped(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 0)
    async with BareServer() as server:
        runtime, id = await opened(server, connect)
        await turn.ask(runtime, id, "one")
        runtime.history.drop_unused()
        assert texts(runtime, id) == ["one "]
