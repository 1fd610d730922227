"""Connected to servers of early releases, as they were seen to behave."""

from __future__ import annotations

import pytest

from opencode_widget.server.http.client import Limits

from ..support import shapes
from ..support.runtimes import Connect, selected, texts
from ..support.servers.early import EarlyServer
from ..support.wait import eventually


async def test_a_stream_that_says_nothing_at_first_is_used_at_once(connect: Connect) -> None:
    """1.0.152 sends nothing until something happens."""
    async with EarlyServer(greets=False) as server:
        runtime = connect(server.url, limits=Limits(connect=1, hello=0.3, answer=1, silence=20))
        session = await selected(runtime, server)
        server.put_message(shapes.user("msg_0", session))
        server.answer(session, "Yes indeed.")
        await eventually(lambda: texts(runtime, session)[-1:] == ["Yes indeed."])
        assert len(server.seen("GET", "/global/event")) == 1


async def test_a_release_newer_than_the_tested_one_is_used_and_said_to_be_so(connect: Connect) -> None:
    async with EarlyServer(version="1.99.0", health=True, deltas=True, cursors=True) as server:
        runtime = connect(server.url)
        await runtime.ready()
        assert runtime.connection.detail.startswith("OpenCode 1.99.0: newer than ")
        session = await selected(runtime, server)
        server.emit("telepathy.received", thought=1)
        await eventually(lambda: "telepathy.received" in runtime.state.oddities)
        server.put_message(shapes.user("msg_0", session))
        server.answer(session, "It goes on.")
        await eventually(lambda: texts(runtime, session)[-1:] == ["It goes on."])


async def test_a_permission_waits_on_through_a_reconnect_and_can_be_answered(connect: Connect) -> None:
    async with EarlyServer() as server:
        runtime = connect(server.url)
        session = await selected(runtime, server)
        server.set_status(session, "busy")
        server.ask_permission("per_1", session)
        await eventually(lambda: "per_1" in runtime.state.requests)
        server.end_streams()
        await eventually(lambda: len(server.seen("GET", "/global/event")) == 2 and runtime.is_live)
        assert "per_1" in runtime.state.requests
        client = await runtime.reach()
        assert await client.answer_permission("per_1", "once")
        await eventually(lambda: not runtime.state.requests)


async def test_a_permission_of_a_turn_that_ended_meanwhile_is_gone(connect: Connect) -> None:
    async with EarlyServer() as server:
        runtime = connect(server.url)
        session = await selected(runtime, server)
        server.set_status(session, "busy")
        server.ask_permission("per_1", session)
        await eventually(lambda: "per_1" in runtime.state.requests)
        del server.statuses[session]
        server.end_streams()
        await eventually(lambda: not runtime.state.requests)


@pytest.mark.parametrize(("version", "health"), [("1.0.185", False), ("1.2.15", True)])
async def test_all_messages_of_a_long_session_are_fetched(connect: Connect, version: str, health: bool) -> None:
    """Up to 1.2.20 a server gives the newest messages, and no sign that there are more."""
    ids = [f"msg_{number:04d}" for number in range(130)]
    async with EarlyServer(version=version, health=health) as server:
        server.add_session("ses_1")
        for number, id in enumerate(ids):
            server.messages["ses_1"].append({"info": shapes.user(id, "ses_1", at=number), "parts": []})
        runtime = connect(server.url)
        await runtime.ready()
        await runtime.history.open("ses_1")
        assert runtime.session("ses_1").ids == ids[-100:]
        await runtime.history.older("ses_1")
        assert (runtime.session("ses_1").ids, runtime.session("ses_1").more) == (ids, None)
        await runtime.history.refetch("ses_1")
        assert (runtime.session("ses_1").ids, runtime.session("ses_1").more) == (ids, None)
